"""Remembered labels taken back: by a further event, and by an undo among the RMA's steps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.policy.facts import Outcome
from bench.store.records import State, Step, Unit
from bench.workflow import ship
from bench.workflow.aliases import forget, remember
from bench.workflow.desk import Refused
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.identify import Known
from bench.workflow.proving import prove
from bench.workflow.receive import Receipt, receive
from bench.workflow.steps import Saved
from bench.workflow.telling import Moved, did, refuse_late
from bench.workflow.undo import undo
from tests.workflow.helpers import UPS, World

MAC = "805EC0A1B2C3"
LABEL = "ab-O1 "


@pytest.fixture
def unit(world: World) -> Unit:
    """A unit in the shipping history, without an RMA."""
    return world.stock("AB-01", 30, mac=MAC)


def _remember(world: World, unit_id: str, scanned: str = LABEL) -> Saved:
    return remember(world.desk, world.op(), unit_id, scanned)


def _labels(world: World, unit_id: str) -> list[str]:
    return [alias.key for alias in world.store.aliases_of(unit_id)]


def _whole(world: World) -> bool:
    return prove(world.store.where, deep=True).count == 0


def test_it_is_forgotten_by_a_further_event(world: World) -> None:
    rma_id = world.received("AB-01")
    unit_id = world.rma(rma_id).unit_id
    _remember(world, unit_id)
    events = world.store.events("", 999)
    saved = forget(world.desk, world.op(), unit_id, "AB-O1")
    assert (saved.step, saved.view.aliases) == (Step.ALIAS_REMOVED, ())
    assert saved.view.events[0].data == {"scanned": LABEL, "key": "AB-O1"}
    assert [event for event in world.store.events("", 999) if event in events] == events
    assert world.scan(LABEL).known is Known.NEAR
    with pytest.raises(Refused, match="AB-O1 is not remembered for this unit any more"):
        forget(world.desk, world.op(), unit_id, "AB-O1")
    assert _whole(world)


def test_a_label_that_was_forgotten_may_mean_another_unit(world: World, unit: Unit) -> None:
    other = world.stock("XY-9", 30)
    _remember(world, unit.id)
    with pytest.raises(Refused, match="not remembered for this unit"):
        forget(world.desk, world.op(), other.id, "AB-O1")
    forget(world.desk, world.op(), unit.id, "AB-O1")
    _remember(world, other.id)
    found = world.scan(LABEL)
    assert found.view is not None
    assert found.view.unit.id == other.id
    assert _whole(world)


def test_undo_takes_it_back_and_brings_it_back(world: World) -> None:
    rma_id = world.received("AB-01")
    unit_id, before = world.rma(rma_id).unit_id, world.rma(rma_id)
    _remember(world, unit_id)
    assert world.view(rma_id).last_step == world.view(rma_id).events[0]
    forget(world.desk, world.op(), unit_id, "AB-O1")
    world.undo(rma_id)
    assert _labels(world, unit_id) == ["AB-O1"]
    world.undo(rma_id)
    assert _labels(world, unit_id) == []
    assert did(world.view(rma_id).events[0]) == "label remembered undone"
    assert replace(world.rma(rma_id), version=0) == replace(before, version=0)
    assert world.undo(rma_id).state is State.EXPECTED
    assert _whole(world)


def test_steps_around_it_are_undone_as_ever(world: World) -> None:
    rma_id = world.received("AB-01")
    unit_id = world.rma(rma_id).unit_id
    _remember(world, unit_id)
    world.do(diagnose, rma_id, Diagnosis(Outcome.REPAIR))
    world.do(ship.scan_tracking, rma_id, UPS)
    world.do(ship.ship, rma_id)
    for state in (State.READY_TO_SHIP, State.READY_TO_SHIP, State.RECEIVED):
        assert world.undo(rma_id).state is state
        assert _labels(world, unit_id) == ["AB-O1"]
    world.undo(rma_id)
    assert _labels(world, unit_id) == []
    assert _whole(world)


def test_an_unannounced_return_is_cancelled_by_its_last_undo(world: World) -> None:
    saved = world.blind("AB-01")
    assert saved.view.rma is not None
    _remember(world, saved.view.unit.id)
    world.undo(saved.view.rma.id)
    assert world.undo(saved.view.rma.id).state is State.CANCELLED


def test_undo_of_what_was_forgotten_since_goes_on(world: World) -> None:
    rma_id = world.received("AB-01")
    unit_id = world.rma(rma_id).unit_id
    _remember(world, unit_id)
    world.do(diagnose, rma_id, Diagnosis(Outcome.REPAIR))
    world.do(ship.scan_tracking, rma_id, UPS)
    world.do(ship.ship, rma_id)
    forget(world.desk, world.op(), unit_id, "AB-O1")
    _remember(world, unit_id, "AB-0I")
    for _ in range(4):
        world.undo(rma_id)
    assert _labels(world, unit_id) == ["AB-0I"]
    assert world.rma(rma_id).state is State.RECEIVED
    assert _whole(world)


def test_what_means_another_unit_by_now_does_not_come_back(world: World) -> None:
    rma_id = world.received("AB-01")
    unit_id, other = world.rma(rma_id).unit_id, world.stock("XY-9", 30, brand="Snom")
    _remember(world, unit_id)
    forget(world.desk, world.op(), unit_id, "AB-O1")
    _remember(world, other.id)
    before = world.everything()
    with pytest.raises(Moved, match="means Snom XY-9 already"):
        world.undo(rma_id)
    assert world.everything() == before
    forget(world.desk, world.op(), other.id, "AB-O1")
    world.undo(rma_id)
    assert _labels(world, unit_id) == ["AB-O1"]
    assert _whole(world)


def test_who_received_it_is_told_and_not_who_remembered_a_label(world: World) -> None:
    rma_id = world.received("AB-01")
    world.wait(minutes=5)
    other = replace(world.desk, actor="Jonas K.", station="Dock 7")
    remember(other, world.op(), world.rma(rma_id).unit_id, LABEL)
    with pytest.raises(Moved, match=r"^received by Ana at Bench 2 at 09:00 already"):
        receive(world.desk, world.op(), rma_id, Receipt())
    undo(other, world.op(), rma_id)
    told = refuse_late(world.desk, Refused("x"), Step.RECEIVED, world.store.events_of_rma(rma_id))
    assert told.what.startswith("received by Ana")
