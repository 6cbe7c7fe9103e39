"""Letters in the store: one bench gets each, none is lost, and all go out and in again."""

from __future__ import annotations

import shutil
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from bench.policy.letters import LetterKind
from bench.store import migrate
from bench.store.database import Link, Row, open_link
from bench.store.errors import NotAllowed, NotPrepared, RuleBroken, StaleRecord, UnknownRecord
from bench.store.loading import load_file
from bench.store.openform import write_file
from bench.store.records import Letter, LetterState
from bench.store.server import prepare
from bench.store.snapshot import open_snapshot
from bench.store.store import Store
from bench.workflow.proving import prove
from tests import pg
from tests.conftest import SQLITE
from tests.store.helpers import NOON, a_unit, an_rma, later, save
from tests.store.histories import content


def a_letter(name: str = "l1", **more: Any) -> Letter:
    """A queued letter with the id `name`, due at noon."""
    given: dict[str, Any] = {
        **{"id": name, "rma_id": "r1", "unit_id": "u1", "kind": LetterKind.QUOTE_REQUEST},
        **{"to": "a@example.com", "subject": "Žižka", "body": "one\n  two\n"},
        **{"state": LetterState.QUEUED, "message_id": f"<{name}@bench>", "at": NOON},
        **{"actor": "Ana", "station": "bench-1", "next_try_at": NOON},
    }
    return Letter(**given | more)


def keep(store: Store, *letters: Letter) -> None:
    """Adds letters, and the return that they belong to."""
    if store.rma("r1") is None:
        save(store, a_unit(), an_rma())
    for letter in letters:
        store.write("", lambda tx, letter=letter: tx.add_letter(letter))  # type: ignore[misc]


def test_a_letter_comes_back_as_it_was(store: Store) -> None:
    full = a_letter(
        tries=3, why="busy", sent_at=later(5), claimed_by="bench-1 x", claimed_at=later(4)
    )
    keep(store, full, a_letter("l0", state=LetterState.WRITTEN, next_try_at=None))
    assert store.letter("l1") == full
    assert store.letter("none") is None
    assert [letter.id for letter in store.letters_of("r1")] == ["l0", "l1"]
    assert store.letters_of("r2") == []


def test_one_id_is_one_letter(store: Store) -> None:
    keep(store, a_letter())
    for other in (a_letter(message_id="<other@bench>"), a_letter("l2", message_id="<l1@bench>")):
        with pytest.raises(RuleBroken):
            keep(store, other)
    assert len(store.letters_of("r1")) == 1


def test_a_letter_belongs_to_a_return(store: Store) -> None:
    keep(store)
    with pytest.raises(RuleBroken):
        keep(store, a_letter(rma_id="nobody"))


def test_a_change_made_meanwhile_is_not_overwritten(store: Store) -> None:
    keep(store, a_letter())
    first = store.letter("l1")
    assert first is not None
    saved = store.write("", lambda tx: tx.save_letter(replace(first, why="busy")))
    assert (saved.version, store.letter("l1")) == (1, saved)
    with pytest.raises(StaleRecord):
        store.write("", lambda tx: tx.save_letter(first))
    with pytest.raises(UnknownRecord):
        store.write("", lambda tx: tx.save_letter(a_letter("none")))


def test_what_is_due_and_what_is_to_do(store: Store) -> None:
    states = {state: a_letter(state.value, state=state) for state in LetterState}
    keep(
        store,
        *states.values(),
        a_letter("soon", next_try_at=later(60)),
        a_letter("first", next_try_at=later(-1)),
    )
    assert [letter.id for letter in store.letters_due(NOON)] == ["first", "queued"]
    assert [letter.id for letter in store.letters_due(NOON, 1)] == ["first"]
    assert [letter.id for letter in store.letters_due(later(60))] == ["first", "queued", "soon"]
    assert [letter.id for letter in store.letters_queued()] == ["first", "queued", "soon"]
    assert [letter.id for letter in store.letters_todo()] == ["failed", "unsure", "written"]


def test_letters_that_a_bench_holds(store: Store) -> None:
    sending = {"state": LetterState.SENDING, "claimed_by": "bench-1 x"}
    keep(
        store, a_letter(claimed_at=NOON, **sending), a_letter("l2", claimed_at=later(9), **sending)
    )
    assert [letter.id for letter in store.letters_sending(later(9))] == ["l1"]
    assert [letter.id for letter in store.letters_sending(later(10))] == ["l1", "l2"]


def test_a_claim(store: Store) -> None:
    keep(store, a_letter())
    assert store.write("", lambda tx: tx.claim_letter("l1", "b1 x", later(-1))) is None, "too early"
    taken = store.write("", lambda tx: tx.claim_letter("l1", "b1 x", NOON))
    assert taken is not None
    assert (taken.state, taken.tries, taken.claimed_at) == (LetterState.SENDING, 1, NOON)
    assert store.letter("l1") == taken
    assert store.write("", lambda tx: tx.claim_letter("l1", "b2 y", NOON)) is None
    # The answer to the commit was lost: the same try asks again.
    assert store.write("", lambda tx: tx.claim_letter("l1", "b1 x", NOON)) == taken
    assert store.write("", lambda tx: tx.claim_letter("none", "b1 x", NOON)) is None


def test_of_many_benches_one_gets_each_letter(where: Path | str) -> None:
    with closing(Store.open(where, zone=UTC)) as store:
        keep(store, *(a_letter(f"l{n}") for n in range(6)))
    got: list[tuple[str, str]] = []
    gate = threading.Barrier(4)

    def bench(name: str) -> None:
        with closing(Store.open(where, zone=UTC)) as mine:
            gate.wait()
            for due in mine.letters_due(NOON):
                who = f"{name} {due.id}"
                if mine.write("", lambda tx, d=due, w=who: tx.claim_letter(d.id, w, NOON)):  # type: ignore[misc]
                    got.append((due.id, who))

    threads = [threading.Thread(target=bench, args=(f"bench-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(letter for letter, _ in got) == [f"l{n}" for n in range(6)]
    with closing(Store.open(where, zone=UTC)) as store:
        held = {letter.id: letter.claimed_by for letter in store.letters_of("r1")}
    assert held == dict(got)


def test_no_table_is_read_through(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(store, a_letter())
    on_file = store._link.engine == "sqlite"
    if not on_file:  # a server reads small tables through whatever their indexes
        store._link.rows("SET enable_seqscan = off")
    how, column = ("EXPLAIN QUERY PLAN", 3) if on_file else ("EXPLAIN", 0)
    plans: list[str] = []
    plain = Link.rows

    def rows(self: Link, sql: str, params: Any = ()) -> list[Row]:
        plans.extend(str(row[column]) for row in plain(self, f"{how} {sql}", params))
        return plain(self, sql, params)

    monkeypatch.setattr(Link, "rows", rows)
    store.letter("l1")
    store.letters_of("r1")
    store.letters_due(NOON)
    store.letters_queued()
    store.letters_sending(NOON)
    store.letters_todo()
    assert [line for line in plans if "SCAN" in line or "Seq Scan" in line] == []
    assert len([line for line in plans if "letter_unfinished" in line]) >= 6


# --- out and in again, and older databases


@pytest.fixture
def elsewhere(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    """An empty database of the other engine."""
    if engine != SQLITE:
        yield tmp_path / "other.db"
        return
    url = pg.fresh(request.getfixturevalue("pg_url"), pg.TEMPLATE)
    yield url
    pg.forget(url)


def test_letters_go_out_and_in_again(store: Store, elsewhere: Path | str, tmp_path: Path) -> None:
    keep(store, *(a_letter(state.value, state=state, why="\"'\n") for state in LetterState))
    file = tmp_path / "all.jsonl"
    with open_snapshot(store.where) as snapshot:
        written = write_file(snapshot, file, "2026-03-02", pack=False)
    assert written.rows["letter"] == len(LetterState)
    with closing(open_link(elsewhere, 5.0)) as link:
        assert load_file(link, file) == written
    assert content(elsewhere) == content(store.where)
    with closing(Store.open(elsewhere)) as other:
        assert other.letters_of("r1") == store.letters_of("r1")


def _before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder, ignore=shutil.ignore_patterns("000[5-9]*", "__*"))
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)


def test_an_older_file_gets_its_outbox(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as then:
        _before(tmp_path, then)
        Store.open(path).close()
    assert prove(path, deep=True).count == 0, "an older file can be proved as it is"
    with closing(Store.open(path)) as store:
        keep(store, a_letter())
        assert store.letters_due(NOON) == [a_letter()]
    names = [copy.name for copy in (path.parent / migrate.BACKUPS).iterdir()]
    assert names == ["bench.before-0005_letters.db"]


def test_benches_of_an_older_server_can_write_letters_and_delete_none(
    pg_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, role = pg.fresh(pg_url), 'the "late" shift'
    quoted = '"the ""late"" shift"'
    with monkeypatch.context() as then:
        _before(tmp_path, then)
        prepare(shop)
    tables = "unit, rma, alias, draft, event, meta, counter, technician, schema_migration"
    pg.execute(
        shop,
        f"CREATE ROLE {quoted} LOGIN",
        f"GRANT SELECT, INSERT, UPDATE ON {tables} TO {quoted}",
        f"GRANT DELETE ON draft, alias TO {quoted}",
    )
    try:
        with pytest.raises(NotPrepared, match="lacks 0005_letters"):
            Store.open(shop)
        assert prepare(shop)[0] == "0005_letters"
        with closing(Store.open(shop.replace("bench@", "the%20%22late%22%20shift@"))) as store:
            assert store._link.row("SELECT CAST(current_user AS text)") == (role,)
            keep(store, a_letter())
            assert store.write("", lambda tx: tx.claim_letter("l1", "b1 x", NOON))
            with pytest.raises(NotAllowed):
                store._link.rows("DELETE FROM letter")
    finally:
        pg.execute(shop, f"DROP OWNED BY {quoted}", f"DROP ROLE {quoted}")
        pg.forget(shop)
