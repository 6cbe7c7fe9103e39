"""The event log and the rules that the database keeps by itself, whoever writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.store.copying import driver
from bench.store.errors import AlreadyDone, AlreadyUndone, RuleBroken
from bench.store.records import Step
from bench.store.store import Store
from tests.store.helpers import a_unit, an_rma, later, log, raw, save

EVENT = "op_id, unit_id, rma_id, seq, step, at, actor, station, data, reverses, hash"
REST = "'held', '', '', '', '', NULL, zeroblob(32)"


@pytest.fixture
def logged(store: Store) -> Store:
    """A store with two events of u1 and one of u2."""
    save(store, a_unit("u1"), a_unit("u2"))
    store.write("e1", lambda tx: log(tx, "e1"))
    store.write("e2", lambda tx: log(tx, "e2", at=later(1)))
    store.write("e3", lambda tx: log(tx, "e3", "u2", at=later(2)))
    return store


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET actor = 'Bob' WHERE op_id = 'e1'",
        "UPDATE OR REPLACE event SET seq = 2 WHERE op_id = 'e1'",
        "DELETE FROM event WHERE op_id = 'e2'",
        "DELETE FROM event",
        f"REPLACE INTO event ({EVENT}) SELECT {EVENT} FROM event WHERE op_id = 'e2'",
        f"REPLACE INTO event ({EVENT}) VALUES ('e9', 'u1', NULL, 2, {REST})",
        f"REPLACE INTO event ({EVENT}) VALUES ('e1', 'u2', NULL, 2, {REST})",
        f"INSERT INTO event ({EVENT}) VALUES ('e9', 'u1', NULL, 4, {REST})",
        "DELETE FROM unit WHERE id = 'u1'",
    ],
)
def test_history_cannot_be_changed(logged: Store, path: Path, statement: str) -> None:
    before = logged.events()
    with pytest.raises(RuleBroken):
        logged._link.rows(statement)
    connection = raw(path)
    if not statement.endswith("unit WHERE id = 'u1'"):  # foreign keys are ours to switch on
        with pytest.raises(driver.IntegrityError):
            connection.execute(statement)
    connection.close()
    assert logged.events() == before


def test_the_same_op_id_makes_one_event(logged: Store) -> None:
    with pytest.raises(AlreadyDone) as told:
        logged.write("e1", lambda tx: log(tx, "e1", "u2"))
    assert told.value.op_id == "e1"
    assert [event.op_id for event in logged.events()] == ["e1", "e2", "e3"]
    assert logged.has_event("e1")
    assert not logged.has_event("e4")
    assert logged.write("e1", lambda tx: (tx.done(), tx.done("e4"))) == (True, False)


def test_a_repeated_step_saves_nothing_of_itself(logged: Store) -> None:
    def twice() -> None:
        def work(tx: object) -> None:
            raise AssertionError

        logged.write("e1", work)

    with pytest.raises(AssertionError):
        twice()
    with pytest.raises(AlreadyDone):
        logged.write("e1", lambda tx: (tx.add_unit(a_unit("u3")), log(tx, "e1", "u3")))
    assert logged.unit("u3") is None


def test_seq_counts_per_unit(logged: Store) -> None:
    assert [event.seq for event in logged.events_of_unit("u1")] == [2, 1]
    assert [event.seq for event in logged.events_of_unit("u2")] == [1]
    assert [event.op_id for event in logged.events_of_unit("u1", 1)] == ["e2"]


def test_events_of_an_rma_come_oldest_first(logged: Store) -> None:
    save(logged, an_rma())
    for op_id in ("e8", "e7", "e6"):
        logged.write(op_id, lambda tx, op_id=op_id: log(tx, op_id, rma_id="r1"))  # type: ignore[misc]
    assert [event.op_id for event in logged.events_of_rma("r1")] == ["e8", "e7", "e6"]


def test_the_last_event_skips_what_is_undone(logged: Store) -> None:
    assert getattr(logged.last_event("bench-1"), "op_id", "") == "e3"
    assert logged.last_event("bench-2") is None
    for number, reversed_id in enumerate(("e3", "e2", "e1")):
        op_id = f"x{number}"
        unit = "u2" if reversed_id == "e3" else "u1"
        logged.write(
            op_id,
            lambda tx: log(tx, op_id, unit, Step.UNDONE, at=later(9), reverses=reversed_id),  # noqa: B023
        )
        last = logged.last_event("bench-1")
        assert (last.op_id if last else None) == {"e3": "e2", "e2": "e1", "e1": None}[reversed_id]


def test_of_events_in_the_same_moment_the_later_saved_is_last(store: Store) -> None:
    save(store, a_unit("u1"), a_unit("u2"))
    for op_id, unit in (("z", "u1"), ("y", "u2"), ("a", "u1")):
        store.write(op_id, lambda tx, o=op_id, u=unit: log(tx, o, u))  # type: ignore[misc]
    assert getattr(store.last_event("bench-1"), "op_id", "") == "a"


def test_a_step_is_undone_once(logged: Store) -> None:
    logged.write("x", lambda tx: log(tx, "x", step=Step.UNDONE, reverses="e2"))
    with pytest.raises(AlreadyUndone, match="undone before"):
        logged.write("y", lambda tx: log(tx, "y", step=Step.UNDONE, reverses="e2"))


@pytest.mark.parametrize("state", ["expected", "shipped"])
def test_the_database_itself_allows_one_open_rma(store: Store, path: Path, state: str) -> None:
    save(store, a_unit(), an_rma())
    columns = [row[1] for row in store._link.rows("PRAGMA table_info(rma)")]
    fresh = {"id": "'r2'", "number": "'26-9'", "state": f"'{state}'", "is_open": "1"}
    values = ", ".join(fresh.get(name, name) for name in columns)
    connection = raw(path)
    # A state that is over cannot be passed off as open either, so is_open never lies.
    what = "UNIQUE" if state == "expected" else "CHECK"
    with pytest.raises(driver.IntegrityError, match=what):
        connection.execute(f"INSERT INTO rma SELECT {values} FROM rma")
    connection.close()
