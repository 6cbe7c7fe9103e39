"""Units of work: all or nothing, again from the start, and stopped with a clear word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.scan.rma_number import bench_letters
from bench.store.classification import classify
from bench.store.errors import (
    AlreadyDone,
    DiskTrouble,
    DuplicateNumber,
    DuplicateSerial,
    FileAlreadyImported,
    ReadOnly,
    StaleRecord,
    StorageFull,
    StoreBusy,
    UnitHasOpenRma,
    UnknownRecord,
)
from bench.store.records import State
from bench.store.store import ImportBatch, Store, Tx
from tests.store.helpers import NOON, a_unit, an_rma, log, raw, save


def test_what_raises_saves_nothing(store: Store) -> None:
    def work(tx: Tx) -> None:
        tx.add_unit(a_unit())
        log(tx, "e1")
        raise LookupError

    with pytest.raises(LookupError):
        store.write("e1", work)
    assert store.unit("u1") is None
    assert not store.has_event("e1")


def test_the_answer_comes_back(store: Store) -> None:
    save(store, a_unit())
    event = store.write("e1", lambda tx: log(tx, tx.op_id, data={"a": (1, None)}))
    assert (event.op_id, event.seq) == ("e1", 1)
    assert store.event("e1") == replace(event, data={"a": [1, None]})


def test_a_write_inside_a_write_is_a_mistake(store: Store) -> None:
    with pytest.raises(RuntimeError, match="inside a write"):
        store.write("", lambda tx: store.drop_draft("k"))


def test_versions_count_up(store: Store) -> None:
    save(store, a_unit(), an_rma())
    unit = store.write("", lambda tx: tx.save_unit(a_unit(model="T54W")))
    rma = store.write("", lambda tx: tx.save_rma(an_rma(state=State.RECEIVED)))
    assert (unit.version, rma.version) == (1, 1)
    assert (store.unit("u1"), store.rma("r1")) == (unit, rma)


def test_a_stale_record_is_run_again_and_then_refused(store: Store) -> None:
    save(store, a_unit(), an_rma())
    store.write("", lambda tx: tx.save_unit(a_unit(model="new")))
    store.write("", lambda tx: tx.save_rma(an_rma(ticket="new")))
    runs = []

    def stale(tx: Tx) -> None:
        runs.append(1)
        tx.save_unit(a_unit(model="old"))

    with pytest.raises(StaleRecord, match="Somebody else changed this unit"):
        store.write("", stale)
    assert len(runs) == 3
    with pytest.raises(StoreBusy):
        store.write("", lambda tx: tx.save_rma(an_rma(ticket="old")))
    assert getattr(store.unit("u1"), "model", "") == "new"


def test_a_conflict_heals_when_the_work_reads_anew(store: Store) -> None:
    save(store, a_unit())
    seen = [a_unit(version=5)]

    def work(tx: Tx) -> None:
        unit = seen.pop() if seen else tx.unit("u1")
        assert unit
        tx.save_unit(replace(unit, model="T54W"))

    store.write("", work)
    assert getattr(store.unit("u1"), "model", "") == "T54W"


def test_changing_what_is_not_there(store: Store) -> None:
    with pytest.raises(UnknownRecord, match="The unit u1"):
        store.write("", lambda tx: tx.save_unit(a_unit()))
    with pytest.raises(UnknownRecord, match="The RMA r1"):
        store.write("", lambda tx: tx.save_rma(an_rma()))


def test_one_open_rma_a_unit(store: Store) -> None:
    save(store, a_unit(), an_rma("r1"))
    with pytest.raises(UnitHasOpenRma, match="26-r1") as told:
        save(store, an_rma("r2"))
    assert (told.value.rma_id, told.value.number) == ("r1", "26-r1")
    save(store, an_rma("r3", state=State.CLOSED))
    store.write("", lambda tx: tx.save_rma(an_rma("r1", state=State.SHIPPED)))
    save(store, an_rma("r2"))
    with pytest.raises(UnitHasOpenRma, match="26-r2"):
        store.write("", lambda tx: tx.save_rma(an_rma("r1", version=1)))
    assert [rma.id for rma in store.rmas_of("u1")] == ["r2", "r3", "r1"]


def test_a_serial_is_known_once_a_brand(store: Store) -> None:
    save(store, a_unit("u1", "AB 1", brand="Yea Link"), a_unit("u2", "AB1", brand="Other"))
    with pytest.raises(DuplicateSerial, match="yealink ab1 is already known") as told:
        save(store, a_unit("u3", "ab1", brand="yealink"))
    assert told.value.unit_id == "u1"
    with pytest.raises(DuplicateSerial):
        store.write("", lambda tx: tx.save_unit(a_unit("u2", "AB1", brand="YEALINK")))


def test_a_number_is_used_once(store: Store) -> None:
    save(store, a_unit("u1"), a_unit("u2"), an_rma("r1"))
    with pytest.raises(DuplicateNumber) as told:
        save(store, an_rma("r2", "u2", number="26-r1"))
    assert told.value.rma_id == "r1"


def test_running_numbers_have_no_gaps(store: Store) -> None:
    def failing(tx: Tx) -> None:
        tx.next_running("Bench 2")
        raise LookupError

    own = next(bench_letters("Bench 2"))
    take = [store.write("", lambda tx: tx.next_running("Bench 2"))]
    with pytest.raises(LookupError):
        store.write("", failing)
    take += store.write("", lambda tx: [tx.next_running("Bench 2"), tx.next_running("Bench 2")])
    assert take == [(own, 1), (own, 2), (own, 3)]


def test_a_batch_is_noted_once(store: Store) -> None:
    batch = ImportBatch("ab" * 32, "units.csv", 5, NOON, "Ana")
    store.write("", lambda tx: tx.record_batch(batch))
    assert store.import_batch("ab" * 32) == batch
    assert store.import_batch("cd" * 32) is None
    with pytest.raises(FileAlreadyImported, match=r"units\.csv"):
        store.write("", lambda tx: tx.record_batch(replace(batch, name="copy.csv")))


def test_a_busy_database_gives_up_in_words(path: Path) -> None:
    store = Store.open(path, patience=0.2)
    other = raw(path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy, match="busy"):
        save(store, a_unit())
    assert store.units() == []
    other.execute("ROLLBACK")
    save(store, a_unit())
    assert len(store.units()) == 1
    other.close()
    store.close()


@pytest.mark.engines("sqlite")
def test_a_full_disk_is_named_and_loses_nothing(store: Store) -> None:
    save(store, a_unit())
    (pages,) = store._link.row("PRAGMA page_count") or (0,)
    store._link.rows(f"PRAGMA max_page_count = {pages}")

    def big(tx: Tx) -> None:
        for number in range(2000):
            tx.add_unit(a_unit(f"n{number}", customer="c" * 200))

    with pytest.raises(StorageFull, match="disk is full"):
        store.write("", big)
    assert [unit.id for unit in store.units()] == ["u1"]
    store._link.rows("PRAGMA max_page_count = 1000000")
    save(store, a_unit("u2"))
    assert len(store.units()) == 2


def test_errors_are_known_by_their_causes() -> None:
    known = AlreadyDone("e")
    masked = RuntimeError("cannot rollback")
    masked.__context__ = known
    assert classify(masked) is known
    assert isinstance(classify(PermissionError(13, "no")), ReadOnly)
    assert isinstance(classify(OSError(28, "no space")), StorageFull)
    strange = RuntimeError("cannot rollback")
    strange.__context__ = _sqlite("SQLITE_IOERR_FSYNC")
    assert isinstance(classify(strange), DiskTrouble)
    assert "boom" in classify(ValueError("boom")).what


def _sqlite(name: str) -> Exception:
    error = Exception("disk I/O error")
    error.sqlite_errorname = name  # type: ignore[attr-defined]
    return error
