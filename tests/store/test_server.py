"""The server's doors: who may in, who may do what, and that no password is ever shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from bench.store.errors import AccessRefused, NotAllowed, RuleBroken, Unreachable
from bench.store.records import Alias
from bench.store.server import grant, prepare
from bench.store.store import Store
from bench.store.watch import SOMETHING, open_watch
from tests import pg
from tests.store.helpers import a_unit, an_rma, log, save


def _as(url: str, user: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{user}@{parts.hostname}:{parts.port}"))


@pytest.fixture
def shop(pg_url: str) -> Iterator[str]:
    """A prepared database."""
    url = pg.fresh(pg_url)
    prepare(url)
    yield url
    pg.forget(url)


@pytest.fixture
def clerk(shop: str) -> Iterator[str]:
    """The URL of a role that may work at benches."""
    pg.execute(shop, "CREATE ROLE clerk LOGIN")
    grant(shop, "clerk")
    yield _as(shop, "clerk")
    pg.execute(shop, "DROP OWNED BY clerk", "DROP ROLE clerk")


def test_a_role_without_rights_is_told_whom_to_ask(shop: str) -> None:
    pg.execute(shop, "CREATE ROLE guest LOGIN")
    try:
        with pytest.raises(NotAllowed, match="bench db grant"):
            Store.open(_as(shop, "guest"))
    finally:
        pg.execute(shop, "DROP ROLE guest")


def test_a_bench_does_every_step(clerk: str) -> None:
    store = Store.open(clerk)
    save(store, a_unit(), an_rma())
    store.write("e1", lambda tx: (log(tx, "e1", rma_id="r1"), tx.next_running("Bench 2")))
    rma = store.rma("r1")
    assert rma is not None
    store.write("", lambda tx: tx.save_rma(rma))
    assert store.has_event("e1")
    label = Alias("LABEL", "u1", "label", "e1")
    store.write("", lambda tx: tx.add_alias(label))
    assert store.aliases_of("u1") == [label]
    store.write("", lambda tx: tx.drop_alias("LABEL"))
    assert store.aliases_of("u1") == []
    store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET actor = 'Bob'",
        "DELETE FROM event",
        "TRUNCATE event",
        "DROP TRIGGER event_no_change ON event",
        "ALTER TABLE event DISABLE TRIGGER ALL",
        "CREATE OR REPLACE FUNCTION event_refuse_change() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN NEW; END $$",
        "DELETE FROM unit",
        "DELETE FROM rma",
        "DELETE FROM technician",
        "TRUNCATE alias",
        "DROP TABLE event CASCADE",
        "INSERT INTO schema_migration (name, applied) VALUES ('9999_tomorrow', now())",
    ],
)
def test_a_bench_cannot_change_history(clerk: str, statement: str) -> None:
    store = Store.open(clerk)
    save(store, a_unit())
    store.write("e1", lambda tx: log(tx, "e1"))
    with pytest.raises(NotAllowed):
        store._link.rows(statement)
    assert [event.actor for event in store.events()] == ["Ana"]
    store.close()


@pytest.mark.parametrize(
    "what", ["UPDATE event SET actor = ''", "DELETE FROM event", "TRUNCATE event CASCADE"]
)
def test_not_even_the_owner_does_it_by_accident(shop: str, what: str) -> None:
    store = Store.open(shop)
    save(store, a_unit())
    store.write("e1", lambda tx: log(tx, "e1"))
    with pytest.raises(RuleBroken, match="never changed"):
        store._link.rows(what)
    store.close()


def test_a_database_that_is_not_there_is_said_at_once(pg_url: str) -> None:
    with pytest.raises(AccessRefused, match="nowhere"):
        Store.open(pg.named(pg_url, "nowhere"))


def test_nobody_at_that_port(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="does not answer"):
        Store.open("postgresql://bench@127.0.0.1:1/x", patience=0.1)


def test_the_password_comes_from_its_file_and_is_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "hunter2-and-more"
    with pg.server() as own:
        prepare(own.url)
        pg.execute(own.url, f"CREATE ROLE clerk LOGIN PASSWORD '{secret}'")
        grant(own.url, "clerk")
        rules = own.home / "data" / "pg_hba.conf"
        rules.write_text("host all clerk 127.0.0.1/32 scram-sha-256\n" + rules.read_text())
        pg.execute(own.url, "SELECT pg_reload_conf()")
        file = tmp_path / "pass"
        monkeypatch.setenv("PGPASSFILE", str(file))
        where = _as(own.url, "clerk")
        for content in ("", f"127.0.0.1:{own.port}:*:clerk:not-{secret}\n"):
            file.write_text(content)
            file.chmod(0o600)
            with pytest.raises(AccessRefused, match=r"password.*\.pgpass") as told:
                Store.open(where)
            assert secret not in str(told.value)
        file.write_text(f"127.0.0.1:{own.port}:*:clerk:{secret}\n")
        Store.open(where).close()


# --- what others do


def test_a_step_is_told_to_the_others(where: Path | str) -> None:
    store = Store.open(where)
    save(store, a_unit("u1"), a_unit("u2"))
    watch = open_watch(where)
    assert watch.wait(3) == SOMETHING
    assert watch.wait(0.1) == ()
    store.write("e1", lambda tx: log(tx, "e1", "u2"))
    told = watch.wait(3)
    assert told == (("u2",) if isinstance(where, str) else SOMETHING)
    assert watch.wait(0.1) == ()
    watch.close()
    assert watch.wait(3) == ()
    store.close()


def test_what_was_not_saved_is_not_told(shop: str) -> None:
    store = Store.open(shop)
    save(store, a_unit("u1"))
    watch = open_watch(shop)
    assert watch.wait(3) == SOMETHING

    def fails(tx: object) -> None:
        log(tx, "e1")  # type: ignore[arg-type]
        raise LookupError

    with pytest.raises(LookupError):
        store.write("e1", fails)
    assert watch.wait(0.3) == ()
    watch.close()
    store.close()


def test_a_watch_outlives_its_server(tmp_path: Path) -> None:
    with pg.server() as own:
        prepare(own.url)
        watch = open_watch(own.url)
        assert watch.wait(3) == SOMETHING
        own.stop("immediate")
        assert watch.wait(0.5) == ()
        own.start()
        assert watch.wait(10) == SOMETHING
        watch.close()
        assert watch.wait(1) == ()
