"""Receiving: expected, known but unannounced, never seen; twice; and facts put right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bench.policy.facts import Channel, Outcome
from bench.scan.rma_number import parse_number
from bench.store.errors import DuplicateSerial
from bench.store.records import Draft, State, Step
from bench.workflow import ship
from bench.workflow.desk import Refused
from bench.workflow.receive import Receipt, correct_facts, receive, receive_unannounced
from bench.workflow.undo import undo
from bench.workflow.views import Place, draft_key, stranger_key
from tests.rma_numbers import number_of
from tests.workflow.helpers import TODAY, World, days_ago


def test_an_expected_unit(world: World) -> None:
    rma_id = world.expect("A1", due_on=days_ago(1), service_level="platinum")
    receipt = Receipt(True, "used", ("psu", "stand"))
    saved = receive(world.desk, world.op(), rma_id, receipt)
    rma = world.rma(rma_id)
    assert (saved.step, saved.already, saved.view.rma) == (Step.RECEIVED, False, rma)
    assert (rma.state, rma.received_on, rma.received_at) == (
        State.RECEIVED,
        TODAY,
        world.clock.now(),
    )
    assert (rma.original_packaging, rma.condition, rma.accessories) == (
        True,
        "used",
        ("psu", "stand"),
    )
    assert (rma.ticket, rma.customer, rma.channel) == ("T-A1", "Alder", Channel.DIRECT)
    assert (rma.service_level, rma.due_on, rma.blind) == ("platinum", days_ago(1), False)
    event = world.store.events_of_rma(rma_id)[-1]
    assert (event.actor, event.station, event.at) == ("Ana", "Bench 2", world.clock.now())


def test_the_same_op_id_twice_changes_nothing(world: World) -> None:
    rma_id, op = world.expect("A1"), world.op()
    receive(world.desk, op, rma_id, Receipt(True))
    before = world.everything()
    again = receive(world.desk, op, rma_id, Receipt(False))
    assert again.already
    assert world.everything() == before


def test_receiving_it_again_is_refused_and_says_so(world: World) -> None:
    rma_id = world.received("A1")
    before = world.everything()
    with pytest.raises(Refused, match=f"already here: RMA {number_of('Bench 2', 1)} is received"):
        receive(world.desk, world.op(), rma_id, Receipt(False))
    assert world.everything() == before


def test_a_known_unit_that_nobody_announced(world: World) -> None:
    unit = world.stock("A1", 10)
    saved = receive_unannounced(world.desk, world.op(), "a1", unit.id, Receipt(True))
    rma = saved.view.rma
    assert rma is not None
    assert saved.view.unit.serial == "A1", "as it was first written"
    assert (rma.state, rma.blind, rma.received_on) == (State.RECEIVED, True, TODAY)
    assert (rma.customer, rma.channel) == ("Alder", Channel.DIRECT), "from the unit"
    assert parse_number(rma.number) == rma.number
    assert saved.view.decision.age_days == 10, "counted to the day of receipt"


def test_a_unit_nobody_knows(world: World) -> None:
    saved = world.blind(
        " 20ez-1y ", True, brand="Grandstream", model="GRP2614", channel=Channel.RESELLER
    )
    unit, rma = saved.view.unit, saved.view.rma
    assert (unit.serial, unit.serial_key) == (" 20ez-1y ", "20EZ-1Y"), "exactly as scanned"
    assert (unit.brand, unit.model, unit.channel) == ("Grandstream", "GRP2614", Channel.RESELLER)
    assert rma is not None
    assert (rma.channel, rma.blind) == (Channel.RESELLER, True)
    assert [gap.fact for gap in saved.view.decision.missing] == ["shipped_on", "outcome"]


def test_nothing_at_all_is_known_of_it(world: World) -> None:
    saved = world.blind("X-1")
    assert {gap.fact for gap in saved.view.decision.missing} == {
        "brand",
        "channel",
        "shipped_on",
        "outcome",
    }
    assert saved.view.decision.speed is None


def test_blind_with_the_same_op_id_changes_nothing(world: World) -> None:
    op, receipt = world.op(), Receipt(True, facts={"brand": "Snom"})
    receive_unannounced(world.desk, op, "X-1", None, receipt)
    before = world.everything()
    assert receive_unannounced(world.desk, op, "X-1", None, receipt).already
    assert world.everything() == before


def test_blind_twice_is_already_here(world: World) -> None:
    world.blind("X-1", brand="Snom")
    before = world.everything()
    with pytest.raises(Refused, match="already here: RMA") as caught:
        world.blind("x-1", brand="SNOM")
    assert caught.value.what == "received by Ana at Bench 2 at 09:00 already"
    assert caught.value.remedy.endswith("nothing was changed")
    assert world.everything() == before, "and no running number is used up"


def test_an_unannounced_one_that_is_expected_is_refused(world: World) -> None:
    rma_id = world.expect("A1")
    with pytest.raises(Refused, match="already here"):
        world.blind("A1", brand="Yealink")
    assert world.rma(rma_id).state is State.EXPECTED


def test_the_same_serial_of_another_brand_is_another_unit(world: World) -> None:
    first = world.blind("4170026913", brand="Htek").view.unit
    second = world.blind("4170026913", brand="Grandstream").view.unit
    assert first.id != second.id


def test_a_unit_comes_back_after_its_rma_was_closed(world: World) -> None:
    rma_id = world.received("A1")
    world.do(ship.cancel, rma_id, "wrong box")
    saved = world.blind("A1", brand="Yealink")
    assert saved.view.rma is not None
    assert saved.view.rma.id != rma_id
    assert [rma.id for rma in saved.view.earlier] == [rma_id]


def test_numbers_run_on_without_gaps(world: World) -> None:
    ids = [world.expect(f"A{n}") for n in range(3)]
    assert [world.rma(i).number for i in ids] == [number_of("Bench 2", n) for n in (1, 2, 3)]
    world.wait(days=100)
    fourth = world.blind("B1").view.rma
    assert fourth is not None
    assert fourth.number == number_of("Bench 2", 4), "a new year changes nothing"


def test_a_number_that_was_undone_is_not_given_again(world: World) -> None:
    first = world.blind("B1").view.rma
    assert first is not None
    undo(world.desk, world.op(), first.id)
    second = world.blind("B2").view.rma
    assert second is not None
    assert second.number == number_of("Bench 2", 2)


def test_each_station_has_numbers_of_its_own(world: World) -> None:
    first = world.blind("B1").view.rma
    other = replace(world.desk, station="Dock 7")
    second = receive_unannounced(other, world.op(), "B2", None, Receipt(True)).view.rma
    assert first is not None
    assert second is not None
    assert (first.number, second.number) == (number_of("Bench 2", 1), number_of("Dock 7", 1))


def test_facts_are_corrected_while_receiving(world: World) -> None:
    rma_id = world.expect("A1", age=40)
    facts: dict[str, Any] = {
        "customer": "Birch",
        "channel": Channel.RESELLER,
        "shipped_on": days_ago(12),
        "ticket": "T-77",
    }
    view = receive(world.desk, world.op(), rma_id, Receipt(True, facts=facts)).view
    assert view.rma is not None
    assert (view.unit.customer, view.unit.channel) == ("Birch", Channel.RESELLER)
    assert (view.rma.customer, view.rma.channel, view.rma.ticket) == (
        "Birch",
        Channel.RESELLER,
        "T-77",
    )
    assert view.decision.age_days == 10
    assert view.rma.mark == "rush"
    changes = view.events[0].data["unit"]
    assert changes["customer"] == ["Alder", "Birch"]
    assert changes["shipped_on"] == [days_ago(42).isoformat(), days_ago(12).isoformat()]


def test_a_fact_that_is_the_same_is_no_change(world: World) -> None:
    rma_id = world.expect("A1")
    receive(world.desk, world.op(), rma_id, Receipt(True, facts={"customer": "Alder"}))
    assert "unit" not in world.store.events_of_rma(rma_id)[-1].data


def test_facts_are_corrected_later_and_the_queue_follows(world: World) -> None:
    rma_id = world.diagnosed("A1", Outcome.REPAIR, age=None)
    assert world.rma(rma_id).state is State.DIAGNOSED
    rma = world.do(correct_facts, rma_id, {"shipped_on": days_ago(20)})
    assert (rma.state, rma.mark) == (State.READY_TO_SHIP, "rush")
    rma = world.do(undo, rma_id)
    assert rma.state is State.DIAGNOSED
    assert world.unit(rma_id).shipped_on is None


def test_correcting_brand_and_serial_into_another_unit_is_refused_and_changes_nothing(
    world: World,
) -> None:
    world.stock("A1", brand="Snom")
    rma_id = world.received("A1")
    before = world.everything()
    with pytest.raises(DuplicateSerial):
        world.do(correct_facts, rma_id, {"brand": "Snom"})
    assert world.everything() == before


def test_receiving_drops_what_was_half_entered(world: World) -> None:
    rma_id = world.expect("A1")
    keys = [draft_key(world.unit(rma_id).id, Place.RECEIVE), stranger_key("X-1")]
    for key in keys:
        world.store.save_draft(Draft(key, "t", "receive", {"model": "x"}, world.clock.now()))
    receive(world.desk, world.op(), rma_id, Receipt(True))
    world.blind("X-1")
    assert [world.store.draft(key) for key in keys] == [None, None]


def test_who_vouched_for_an_unread_label_stands_in_the_event(world: World) -> None:
    rma_id = world.expect("A1")
    receive(world.desk, world.op(), rma_id, Receipt(True, vouched=True))
    assert world.store.events_of_rma(rma_id)[-1].data.get("vouched") is True


def test_an_rma_that_is_not_there(world: World) -> None:
    with pytest.raises(Refused, match="not in the database any more") as caught:
        receive(world.desk, world.op(), "rma-none", Receipt(True))
    assert caught.value.remedy == "scan the unit again"
