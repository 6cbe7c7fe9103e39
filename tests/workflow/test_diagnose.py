"""Diagnosing: what is kept, what it decides, and a second look."""

from __future__ import annotations

import pytest

from bench.policy.facts import Contact, Outcome, Speed
from bench.store.records import Draft, State, Step
from bench.workflow import ship
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.views import Place, draft_key
from tests.workflow.helpers import UPS, World

NTF, REPAIR, REPLACE = Outcome.NO_TROUBLE_FOUND, Outcome.REPAIR, Outcome.REPLACE


def test_what_was_found_is_kept(world: World) -> None:
    rma_id = world.received("A1")
    world.wait(minutes=20)
    found = Diagnosis(REPAIR, " no\x1b[2J boot ", {"power": "failed"}, "line 1\r\nline 2\x07")
    rma = world.do(diagnose, rma_id, found)
    assert (rma.outcome, rma.symptom) == (REPAIR, "no[2J boot"), "nothing kept can act later"
    assert (rma.checks, rma.findings) == ({"power": "failed"}, "line 1\nline 2")
    assert rma.diagnosed_at == world.clock.now()


@pytest.mark.parametrize(
    ("outcome", "age", "state", "speed"),
    [
        (NTF, 5, State.AWAITING_CONTACT, Speed.GROUND),
        (NTF, 100, State.AWAITING_CONTACT, Speed.GROUND),
        (REPAIR, 30, State.READY_TO_SHIP, Speed.RUSH),
        (REPAIR, 31, State.READY_TO_SHIP, Speed.GROUND),
        (REPLACE, 30, State.READY_TO_SHIP, Speed.RUSH),
        (REPLACE, 31, State.READY_TO_SHIP, Speed.GROUND),
        (REPAIR, 900, State.WITH_PARTNER_TEAM, Speed.GROUND),
        (NTF, 900, State.WITH_PARTNER_TEAM, Speed.GROUND),
    ],
)
def test_the_outcome_decides_the_way_back(
    world: World, outcome: Outcome, age: int, state: State, speed: Speed
) -> None:
    rma_id = world.diagnosed("A1", outcome, age)
    assert (world.rma(rma_id).state, world.view(rma_id).decision.speed) == (state, speed)


def test_no_trouble_found_out_of_warranty_needs_quote_and_contact(world: World) -> None:
    rma_id = world.diagnosed("A1", NTF, 900)
    assert world.do(ship.quote_answered, rma_id, True).state is State.AWAITING_CONTACT
    assert world.do(ship.contacted, rma_id, Contact.YES).state is State.READY_TO_SHIP


def test_a_later_diagnosis_replaces_the_earlier_one(world: World) -> None:
    rma_id = world.diagnosed("A1", NTF)
    world.do(ship.contacted, rma_id, Contact.NO)
    rma = world.do(diagnose, rma_id, Diagnosis(REPAIR, "one-way audio"))
    assert (rma.outcome, rma.state) == (REPAIR, State.READY_TO_SHIP)
    assert world.view(rma_id).decision.send_back, "what the customer said was about no trouble"
    assert world.undo(rma_id).state is State.DIAGNOSED
    assert world.steps(rma_id)[-1] is Step.UNDONE


def test_the_same_op_id_twice_is_one_diagnosis(world: World) -> None:
    rma_id, op = world.received("A1"), world.op()
    diagnose(world.desk, op, rma_id, Diagnosis(REPAIR))
    before = world.everything()
    assert diagnose(world.desk, op, rma_id, Diagnosis(NTF)).already
    assert world.everything() == before


def test_a_tracking_number_survives_a_second_diagnosis(world: World) -> None:
    rma_id = world.diagnosed("A1", REPAIR)
    world.do(ship.scan_tracking, rma_id, UPS)
    assert world.do(diagnose, rma_id, Diagnosis(REPLACE)).tracking == UPS


def test_long_texts_are_cut(world: World) -> None:
    rma_id = world.received("A1")
    rma = world.do(diagnose, rma_id, Diagnosis(REPAIR, "x" * 10_000, {}, "y" * 10_000))
    assert (len(rma.symptom), len(rma.findings)) == (2000, 4000)


def test_the_half_entered_diagnosis_is_dropped(world: World) -> None:
    rma_id = world.received("A1")
    key = draft_key(world.unit(rma_id).id, Place.DIAGNOSE)
    world.store.save_draft(Draft(key, "t", "diagnose", {"symptom": "x"}, world.clock.now()))
    world.do(diagnose, rma_id, Diagnosis(REPAIR))
    assert world.store.draft(key) is None


def test_earlier_outcomes_are_in_view(world: World) -> None:
    first = world.diagnosed("A1", NTF, age=100)
    world.do(ship.contacted, first, Contact.NO)
    world.do(ship.close, first, "the customer does not want it back")
    world.wait(days=30)
    second = world.blind("A1", brand="Yealink").view
    assert [rma.outcome for rma in second.earlier] == [NTF]
    assert second.place is Place.DIAGNOSE
