"""Labels to print in the store: a station's own, one program gets each, all go out and in again."""

from __future__ import annotations

import shutil
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from bench.printer_settings import LabelSort
from bench.store import migrate
from bench.store.database import Link, Row, open_link
from bench.store.errors import NotAllowed, NotPrepared, RuleBroken, StaleRecord, UnknownRecord
from bench.store.loading import load_file
from bench.store.openform import write_file
from bench.store.records import PrintJob, PrintState
from bench.store.server import grant, prepare
from bench.store.snapshot import open_snapshot
from bench.store.store import Store
from bench.workflow.proving import prove
from tests import pg
from tests.conftest import SQLITE
from tests.store.helpers import NOON, a_unit, an_rma, later, save
from tests.store.histories import content

S, HERE = PrintState, "bench-1"
MARCH = "2026-03-02"


def a_job(name: str = "j1", **more: Any) -> PrintJob:
    """A queued label with the id `name`, asked for at noon."""
    given: dict[str, Any] = {
        **{"id": name, "sort": LabelSort.RMA, "title": "RMA label Žižka", "content": "{}"},
        **{"station": HERE, "printer": "B", "unit_id": "u1", "rma_id": "r1"},
        **{"state": S.QUEUED, "at": NOON, "actor": "Ana", "next_try_at": NOON},
    }
    return PrintJob(**given | more)


def keep(store: Store, *jobs: PrintJob) -> None:
    """Adds jobs, and the return that they are about."""
    if store.rma("r1") is None:
        save(store, a_unit(), an_rma())
    for job in jobs:
        store.write("", lambda tx, job=job: tx.add_print_job(job))  # type: ignore[misc]


def ids(jobs: list[PrintJob]) -> list[str]:
    """What they are called here."""
    return [job.id for job in jobs]


def test_a_job_comes_back_as_it_was(store: Store) -> None:
    more: dict[str, Any] = {"tries": 3, "why": "no paper", "sent_at": later(5)}
    more |= {"claimed_by": "run try", "claimed_at": later(4), "again_of": "j0"}
    full = a_job(**more)
    keep(store, full, a_job("j2", unit_id=None, rma_id=None, sort=LabelSort.BADGE))
    assert store.print_job("j1") == full
    assert store.print_job("none") is None
    assert ids(store.print_jobs_of("r1")) == ["j1"]


def test_one_id_is_one_job_and_a_return_is_one_that_is_there(store: Store) -> None:
    keep(store, a_job())
    for job in (a_job(title="other"), a_job("j2", rma_id="nobody"), a_job("j3", unit_id="nobody")):
        with pytest.raises(RuleBroken):
            keep(store, job)
    assert ids(store.print_jobs_left(HERE)) == ["j1"]


def test_a_change_made_meanwhile_is_not_overwritten(store: Store) -> None:
    keep(store, a_job())
    first = store.print_job("j1")
    assert first is not None
    saved = store.write("", lambda tx: tx.save_print_job(replace(first, why="no paper")))
    assert (saved.version, store.print_job("j1")) == (1, saved)
    with pytest.raises(StaleRecord):
        store.write("", lambda tx: tx.save_print_job(first))
    with pytest.raises(UnknownRecord):
        store.write("", lambda tx: tx.save_print_job(a_job("none")))


def test_the_lists_of_a_station(store: Store) -> None:
    keep(
        store,
        *(a_job(state.value, state=state, at=later(n)) for n, state in enumerate(S)),
        a_job("first", at=later(-1)),
        a_job("c", printer="C", at=later(50)),
        a_job("newest", state=S.SENT, at=later(60)),
        a_job("elsewhere", station="bench-2"),
    )
    left = ["first", "queued", "sending", "unsure", "failed", "c"]
    assert ids(store.print_jobs_left(HERE)) == left
    assert ids(store.print_jobs_left(HERE, 2)) == left[:2]
    assert store.print_jobs_left_count(HERE) == len(left)
    assert ids(store.print_jobs_over(HERE, 9)) == ["newest", "cancelled", "sent"]
    assert ids(store.print_jobs_over(HERE, 1)) == ["newest"]
    assert ids(store.print_jobs_over(HERE, 0)) == []
    assert ids(store.print_jobs_sending(HERE)) == ["sending"]
    assert ids(store.print_jobs_queued(HERE, "B")) == ["first", "queued"]
    assert ids(store.print_jobs_queued(HERE, "B", 1)) == ["first"]
    assert store.printers_waited_for(HERE) == ["B", "C"]
    assert store.printers_waited_for("bench-3") == []
    assert store.print_jobs_left_count("bench-2") == 1


def test_the_family_of_a_label(store: Store) -> None:
    again = [a_job(f"a{n}", again_of="j1", at=later(n)) for n in (2, 1)]
    keep(store, a_job(), a_job("other"), *again)
    for one in (a_job(), *again):
        assert ids(store.print_family(one)) == ["j1", "a1", "a2"]
    assert ids(store.print_family(a_job("other"))) == ["other"]


def test_a_claim(store: Store) -> None:
    keep(store, a_job())
    taken = store.write("", lambda tx: tx.claim_print_job("j1", "run x", later(3)))
    assert taken is not None
    assert (taken.state, taken.tries, taken.claimed_at) == (S.SENDING, 1, later(3))
    assert taken.next_try_at is None
    assert store.print_job("j1") == taken
    assert store.write("", lambda tx: tx.claim_print_job("j1", "run y", NOON)) is None
    # The answer to the commit was lost: the same try asks again.
    assert store.write("", lambda tx: tx.claim_print_job("j1", "run x", NOON)) == taken
    assert store.write("", lambda tx: tx.claim_print_job("none", "run x", NOON)) is None


def test_of_many_programs_one_gets_each_job(where: Path | str) -> None:
    names = [f"j{n}" for n in range(6)]
    with closing(Store.open(where, zone=UTC)) as store:
        keep(store, *map(a_job, names))
    got: list[tuple[str, str]] = []
    gate = threading.Barrier(4)

    def program(run: str) -> None:
        with closing(Store.open(where, zone=UTC)) as mine:
            gate.wait()
            for name in names:
                who = f"{run} {name}"
                if mine.write("", lambda tx, n=name, w=who: tx.claim_print_job(n, w, NOON)):  # type: ignore[misc]
                    got.append((name, who))

    threads = [threading.Thread(target=program, args=(f"run-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(name for name, _ in got) == names
    with closing(Store.open(where, zone=UTC)) as store:
        assert {job.id: job.claimed_by for job in store.print_jobs_left(HERE)} == dict(got)


def test_no_table_is_read_through(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(store, a_job())
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
    store.print_job("j1")
    store.print_jobs_left(HERE)
    store.print_jobs_left_count(HERE)
    store.print_jobs_over(HERE, 9)
    store.print_jobs_sending(HERE)
    store.print_jobs_queued(HERE, "B", 1)
    store.printers_waited_for(HERE)
    store.print_jobs_of("r1")
    store.print_family(a_job())
    assert [line for line in plans if "SCAN" in line or "Seq Scan" in line] == []
    assert len([line for line in plans if "print_job_unfinished" in line]) >= 5
    for index in ("print_job_finished", "print_job_rma_id", "print_job_again_of"):
        assert [line for line in plans if index in line], index


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


def test_jobs_and_letters_of_numbers_go_out_and_in_again(
    store: Store, elsewhere: Path | str, tmp_path: Path
) -> None:
    keep(store, *(a_job(state.value, state=state, why="\"'\n") for state in S))
    store._link.rows("INSERT INTO rma_letters VALUES ('BK', ?, 7)", (HERE,))
    file = tmp_path / "all.jsonl"
    with open_snapshot(store.where) as snapshot:
        written = write_file(snapshot, file, MARCH, pack=False)
    assert (written.rows["print_job"], written.rows["rma_letters"]) == (len(S), 1)
    with closing(open_link(elsewhere, 5.0)) as link:
        assert load_file(link, file) == written
    assert content(elsewhere) == content(store.where)
    with closing(Store.open(elsewhere)) as other:
        assert other.print_jobs_left(HERE) == store.print_jobs_left(HERE)


def _before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder, ignore=shutil.ignore_patterns("000[7-9]*", "__*"))
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)


def test_an_older_file_gets_its_queue(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as then:
        _before(tmp_path, then)
        Store.open(path).close()
    assert prove(path, deep=True).count == 0, "an older file can be proved as it is"
    with closing(Store.open(path)) as store:
        keep(store, a_job())
        assert store.print_jobs_left(HERE) == [a_job()]
    names = [copy.name for copy in (path.parent / migrate.BACKUPS).iterdir()]
    assert names == ["bench.before-0007_labels.db"]


def _used_by_a_worker(shop: str) -> None:
    with closing(Store.open(shop.replace("bench@", "labels@"))) as store:
        keep(store, a_job())
        assert store.write("", lambda tx: tx.claim_print_job("j1", "run x", NOON))
        store._link.rows("INSERT INTO rma_letters VALUES ('BK', 'bench-1', 1)")
        store._link.rows("UPDATE rma_letters SET running = running + 1")
        for table in ("print_job", "rma_letters"):
            with pytest.raises(NotAllowed):
                store._link.rows(f"DELETE FROM {table}")


def test_benches_of_an_older_server_can_print_and_delete_nothing(
    pg_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = pg.fresh(pg_url)
    with monkeypatch.context() as then:
        _before(tmp_path, then)
        prepare(shop)
    pg.execute(shop, "CREATE ROLE labels LOGIN")
    try:
        with monkeypatch.context() as then:
            then.setattr("bench.store.server.KEPT", ("unit", "rma", "alias", "draft", "meta"))
            grant(shop, "labels")
        with pytest.raises(NotPrepared, match="lacks 0007_labels"):
            Store.open(shop)
        assert prepare(shop) == ["0007_labels"]
        _used_by_a_worker(shop)
    finally:
        pg.execute(shop, "DROP OWNED BY labels", "DROP ROLE labels")
        pg.forget(shop)


def test_a_role_that_is_let_in_can_print_and_delete_nothing(pg_url: str) -> None:
    shop = pg.fresh(pg_url, pg.TEMPLATE)
    pg.execute(shop, "CREATE ROLE labels LOGIN")
    try:
        grant(shop, "labels")
        _used_by_a_worker(shop)
    finally:
        pg.execute(shop, "DROP OWNED BY labels", "DROP ROLE labels")
        pg.forget(shop)
