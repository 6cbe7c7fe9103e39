"""What a console told, taken back; and the technician's own undo, which passes it over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bench.store.records import Rma, State, Step
from bench.workflow import ship
from bench.workflow.capture import (
    Settling,
    captured,
    captures_of,
    console_differed,
    recording_id,
    settle_console,
)
from bench.workflow.desk import Refused
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.proving import prove
from bench.workflow.receive import Receipt, receive
from bench.workflow.telling import Moved, did, refuse_late, refuse_unseen
from bench.workflow.undo import undo
from tests.workflow.helpers import World, a_capture
from tests.workflow.situations import REPAIR

CONSOLE, ONE = "0331122017044", a_capture().capture


@pytest.fixture
def here(world: World) -> str:
    """A unit that is here."""
    return world.received("A1")


def differ(world: World, rma_id: str, serial: str = CONSOLE) -> Rma:
    """The console names another serial."""
    return world.do(console_differed, rma_id, ONE, serial)


def back(world: World, rma_id: str) -> Rma:
    """Takes the newest event back by its name."""
    return world.do(undo, rma_id, world.view(rma_id).events[0].op_id)


def same(one: Rma, other: Rma) -> bool:
    """The same but for version and waiting time."""
    return replace(one, version=0, since=None) == replace(other, version=0, since=None)


def test_an_undo_takes_the_technicians_own_last_step(world: World, here: str) -> None:
    world.do(diagnose, here, Diagnosis(REPAIR))
    world.do(captured, here, a_capture())
    differ(world, here)
    last = world.view(here).last_step
    assert last is not None
    assert last.step is Step.DIAGNOSED
    assert world.store.last_event("Bench 2") == last
    rma = world.do(undo, here, last.op_id)
    assert (rma.outcome, rma.captures, rma.console_serial) == (None, 1, CONSOLE)
    assert world.undo(here).state is State.EXPECTED
    with pytest.raises(Refused, match="announcement"):
        world.undo(here)
    assert prove(world.store.where, deep=True).count == 0


def test_each_is_taken_back_by_name_and_done_again(world: World, here: str) -> None:
    rows = [world.rma(here)]
    acts: tuple[tuple[Any, ...], ...] = (
        (captured, a_capture()),
        (console_differed, ONE, CONSOLE),
        (settle_console, "board_swapped"),
    )
    rows += [world.do(act[0], here, *act[1:]) for act in acts]
    for row in reversed(rows[:-1]):
        seen = next(e for e in world.view(here).events if not _gone(world, here, e.op_id))
        assert same(world.do(undo, here, seen.op_id), row)
    for act, row in zip(acts, rows[1:], strict=True):
        assert same(world.do(act[0], here, *act[1:]), row)
    assert prove(world.store.where, deep=True).count == 0


def _gone(world: World, rma_id: str, op_id: str) -> bool:
    events = world.store.events_of_rma(rma_id)
    done = {e.reverses for e in events} | {e.op_id for e in events if e.step is Step.UNDONE}
    return op_id in done


def test_undoing_what_was_settled_brings_the_hold_back(world: World, here: str) -> None:
    differ(world, here)
    world.do(settle_console, here, Settling.WRONG_CABLE)
    rma = world.undo(here)
    assert (rma.state, rma.console_serial) == (State.ON_HOLD, CONSOLE)
    with pytest.raises(Refused, match="the console names"):
        world.do(diagnose, here, Diagnosis(REPAIR))
    assert back_to_the_difference(world, here).state is State.RECEIVED


def back_to_the_difference(world: World, rma_id: str) -> Rma:
    """Takes the difference itself back."""
    events = world.store.events_of_rma(rma_id)
    named = next(e for e in events if e.step is Step.CONSOLE_DIFFERED)
    return world.do(undo, rma_id, named.op_id)


def test_a_difference_that_was_settled_stays(world: World, here: str) -> None:
    differ(world, here)
    world.do(settle_console, here, Settling.BOARD_SWAPPED)
    before = world.everything()
    with pytest.raises(Refused, match="settled after that") as caught:
        back_to_the_difference(world, here)
    assert caught.value.remedy == "undo that first"
    assert world.everything() == before


def test_a_bench_that_tries_again_does_not_bring_back_what_was_taken_back(
    world: World, here: str
) -> None:
    op = recording_id(Step.CAPTURED, here, ONE)
    captured(world.desk, op, here, a_capture())
    (one,) = captures_of(world.store.events_of_rma(here))
    assert one.op_id == op
    assert world.do(undo, here, op).captures == 0
    assert captured(world.desk, op, here, a_capture()).already
    assert world.rma(here).captures == 0
    assert did(world.view(here).events[0]) == "console captured undone"


def test_what_stands_alone_is_no_return(world: World) -> None:
    rma = world.blind("B2").view.rma
    assert rma is not None
    world.do(captured, rma.id, a_capture())
    assert world.undo(rma.id).state is State.CANCELLED
    with pytest.raises(Refused, match="nothing to undo"):
        world.undo(rma.id)


def test_undone_by_another_bench_first(world: World, here: str) -> None:
    differ(world, here)
    seen = world.view(here).events[0].op_id
    undo(replace(world.desk, actor="Jonas K.", station="Dock 7"), world.op(), here, seen)
    with pytest.raises(Moved, match=r"Jonas K\. at Dock 7 undid it"):
        undo(world.desk, world.op(), here, seen)


def test_the_queue_undo_passes_over_what_the_bench_recorded(world: World, here: str) -> None:
    world.do(ship.hold, here, "wait")
    world.do(captured, here, a_capture())
    last = world.store.last_event("Bench 2")
    assert last is not None
    assert last.step is Step.HELD


def test_who_was_first_is_told_and_not_what_a_bench_recorded(world: World, here: str) -> None:
    other = replace(world.desk, actor="Jonas K.", station="Dock 7")
    captured(other, world.op(), here, a_capture())
    with pytest.raises(Moved, match=r"^received by Ana at Bench 2 at 09:00 already"):
        receive(world.desk, world.op(), here, Receipt())
    back(world, here)
    events = world.store.events_of_rma(here)
    assert refuse_late(world.desk, Refused("x"), Step.RECEIVED, events).what.startswith("received")


def test_a_refusal_names_a_difference_but_no_capture(world: World, here: str) -> None:
    seen, refused = world.view(here), Refused("no")
    captured(world.desk, world.op(), here, a_capture())
    assert refuse_unseen(world.desk, refused, seen) is refused
    differ(world, here)
    told = refuse_unseen(world.desk, refused, seen)
    assert told.what == "another serial on the console by Ana at Bench 2 at 09:00: no"
