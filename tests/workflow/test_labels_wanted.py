"""Which labels a step calls for, and that none is queued twice without saying so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.policy.facts import Outcome, Speed
from bench.printer_settings import LabelSort
from bench.store.records import PrintJob, PrintState, State, Step
from bench.workflow import ship
from bench.workflow.labels_wanted import (
    Asked,
    Wish,
    content_of,
    due_labels,
    step_label_id,
    vendor_sorts,
    want,
    want_once,
    withdraw,
)
from bench.workflow.views import UnitView, view_of
from tests.workflow.helpers import World
from tests.workflow.print_helpers import now, put, reprint_of
from tests.workflow.vendor_acts import THREE_LEGGED, VERIFIED, up_to

A, S = Asked, PrintState
ALL = tuple(LabelSort)


def view(world: World, rma_id: str) -> UnitView:
    """The unit as it stands."""
    rma = world.store.rma(rma_id)
    found = view_of(world.desk, rma.unit_id, rma_id)
    assert found is not None
    return found


def wish(world: World, rma_id: str, sort: LabelSort = LabelSort.RMA, printer: str = "B") -> Wish:
    """Its label, wanted of a printer."""
    there = view(world, rma_id)
    content = content_of(sort, there, world.desk.rules)
    return Wish(content, printer, there.unit.id, rma_id)


def wanted(world: World, rma_id: str, printer: str = "B") -> tuple[PrintJob, Asked]:
    """Asked for by a person."""
    world.wait(seconds=1)
    return want(world.desk, world.op(), wish(world, rma_id, printer=printer))


# --- what is due


def test_what_each_step_calls_for(world: World) -> None:
    """Of those that print by themselves."""
    here = view(world, world.received("AB-01"))
    assert due_labels(Step.RECEIVED, here, None, ALL) == [LabelSort.RMA]
    assert due_labels(Step.VENDOR_RMA_GIVEN, here, here, ALL) == [LabelSort.VENDOR]
    assert due_labels(Step.RECEIVED, here, None, (LabelSort.SHIP,)) == []
    assert due_labels(Step.HELD, here, here, ALL) == []


def test_a_ship_label_is_due_once_and_when_the_speed_changes(world: World) -> None:
    rma_id = world.received("AB-01")
    before = view(world, rma_id)
    rma_id = world.diagnosed("AB-02", Outcome.REPAIR)
    ready = view(world, rma_id)
    assert ready.rma is not None
    assert ready.rma.state is State.READY_TO_SHIP
    assert due_labels(Step.DIAGNOSED, ready, before, ALL) == [LabelSort.SHIP]
    assert due_labels(Step.TRACKING_SCANNED, ready, ready, ALL) == []
    assert due_labels(Step.UNDONE, ready, before, ALL) == []
    world.do(ship.override, rma_id, Speed.GROUND, None, "the customer asked for it")
    assert due_labels(Step.OVERRIDDEN, view(world, rma_id), ready, ALL) == [LabelSort.SHIP]


def test_a_step_saved_twice_makes_one_label(world: World) -> None:
    """Under the op id of the step; nor does another step that calls for the very same one."""
    rma_id = world.received("AB-01")
    op_id = step_label_id("op-9", LabelSort.RMA)
    first, how = want_once(world.desk, op_id, wish(world, rma_id))
    again, left = want_once(world.desk, op_id, wish(world, rma_id))
    other, left_too = want_once(world.desk, "op-10-rma", wish(world, rma_id))
    assert (how, left, left_too) == (A.NEW, A.LEFT, A.LEFT)
    assert first == again == other


# --- asked for


def test_what_was_sent_is_printed_again_and_says_so(world: World) -> None:
    rma_id = world.received("AB-01")
    first, _ = wanted(world, rma_id)
    put(world, first, S.SENT)
    second, how = wanted(world, rma_id)
    assert (how, second.again_of, reprint_of(second)) == (A.AGAIN, first.id, 1)
    put(world, second, S.UNSURE)
    third, how = wanted(world, rma_id)
    assert (how, reprint_of(third)) == (A.AGAIN, 2)


def test_the_same_wish_twice_is_one(world: World) -> None:
    """The answer was lost on its way, and it is asked anew."""
    rma_id = world.received("AB-01")
    once = want(world.desk, "wish-1", wish(world, rma_id))
    assert want(world.desk, "wish-1", wish(world, rma_id)) == once


@pytest.mark.parametrize("state", [S.QUEUED, S.SENDING])
def test_what_waits_is_not_queued_twice(world: World, state: PrintState) -> None:
    rma_id = world.received("AB-01")
    first, _ = wanted(world, rma_id)
    put(world, first, state)
    same, how = wanted(world, rma_id)
    assert (same.id, how) == (first.id, A.WAITS)


@pytest.mark.parametrize("state", [S.QUEUED, S.FAILED])
def test_another_printer_gets_what_waits(world: World, state: PrintState) -> None:
    rma_id = world.received("AB-01")
    first, _ = wanted(world, rma_id)
    put(world, first, state)
    moved, how = wanted(world, rma_id, "C")
    assert (moved.id, moved.printer, moved.state, how) == (first.id, "C", S.QUEUED, A.MOVED)


def test_what_failed_is_tried_again_and_is_no_reprint(world: World) -> None:
    """It never came out."""
    rma_id = world.received("AB-01")
    first, _ = wanted(world, rma_id)
    put(world, first, S.FAILED)
    again, how = wanted(world, rma_id)
    assert (again.id, again.state, reprint_of(again), how) == (first.id, S.QUEUED, 0, A.NEW)


def test_a_label_that_says_something_else_is_a_new_one(world: World) -> None:
    """And what still waits of the old words goes: a box must not carry the wrong speed."""
    rma_id = world.diagnosed("AB-01", Outcome.REPAIR)
    old, _ = want(world.desk, world.op(), wish(world, rma_id, LabelSort.SHIP))
    world.do(ship.override, rma_id, Speed.GROUND, None, "the customer asked for it")
    new, how = want(world.desk, world.op(), wish(world, rma_id, LabelSort.SHIP))
    assert (how, new.id != old.id, reprint_of(new)) == (A.NEW, True, 0)
    assert now(world, old).state is S.CANCELLED


def test_the_label_of_another_bench_is_its_own(world: World) -> None:
    rma_id = world.received("AB-01")
    there = replace(world.desk, station="Bench 9")
    theirs, _ = want(there, world.op(), wish(world, rma_id))
    ours, how = wanted(world, rma_id)
    assert (how, ours.id != theirs.id) == (A.NEW, True)


# --- undone


def test_an_undone_step_takes_its_waiting_label_back(world: World) -> None:
    """One that is being tried is named, one that was sent stays."""
    rma_id = world.received("AB-01")
    op_id = step_label_id("op-9", LabelSort.RMA)
    job, _ = want_once(world.desk, op_id, wish(world, rma_id))
    put(world, job, S.SENDING)
    assert withdraw(world.desk, "undo-1", "op-9") == [job.id]
    put(world, job, S.QUEUED)
    assert withdraw(world.desk, "undo-1", "op-9") == []
    assert now(world, job).state is S.CANCELLED
    put(world, job, S.SENT)
    assert withdraw(world.desk, "undo-2", "op-9") == []
    assert now(world, job).state is S.SENT
    assert withdraw(world.desk, "undo-3", "nothing") == []


def test_the_labels_of_a_case_with_a_vendor(world: World) -> None:
    """The box once it has a number, the packet once one was made; the box says what it lacks."""
    assert vendor_sorts(view(world, world.received("AB-01"))) == [LabelSort.VENDOR]
    rma_id = up_to(world, *THREE_LEGGED[: THREE_LEGGED.index(VERIFIED)])
    assert vendor_sorts(view(world, rma_id)) == [LabelSort.PACKET]
    cover = content_of(LabelSort.PACKET, view(world, rma_id), world.desk.rules)
    assert (cover.sort, cover.fields["ticket"]) == (LabelSort.PACKET, "V-77")


def test_a_case_with_number_and_packet_has_two(world: World) -> None:
    rma_id = up_to(world, *THREE_LEGGED)
    assert vendor_sorts(view(world, rma_id)) == [LabelSort.VENDOR, LabelSort.PACKET]
