"""From the diagnosis to the door: answers, overrides, tracking, replacements and their chains."""

from __future__ import annotations

from datetime import date

import pytest

from bench.policy.facts import Contact, Hold, Outcome, Payer, Speed
from bench.store.records import State, Step
from bench.workflow import ship
from bench.workflow.desk import Refused
from tests.workflow.helpers import FEDEX, UPS, World

NTF, REPAIR, REPLACE = Outcome.NO_TROUBLE_FOUND, Outcome.REPAIR, Outcome.REPLACE


# --- what the customer says


def test_wanted_back(world: World) -> None:
    rma_id = world.diagnosed("A1", NTF)
    rma = world.do(ship.contacted, rma_id, Contact.YES)
    assert (rma.state, rma.mark, rma.contact) == (State.READY_TO_SHIP, "ground", Contact.YES)


def test_no_answer_is_counted_and_still_stops_it(world: World) -> None:
    rma_id = world.diagnosed("A1", NTF)
    for tries in (1, 2):
        rma = world.do(ship.contacted, rma_id, Contact.NO_ANSWER)
        assert (rma.state, rma.contact_tries) == (State.AWAITING_CONTACT, tries)
        assert (rma.mark, rma.why_here) == ("hold", "no answer, again 30 Oct")
        assert rma.wakes_on == date(2026, 10, 30), "two business days later"
    assert world.do(ship.contacted, rma_id, Contact.YES).state is State.READY_TO_SHIP


def test_not_wanted_back_is_closed_without_shipping(world: World) -> None:
    rma_id = world.diagnosed("A1", NTF)
    world.do(ship.contacted, rma_id, Contact.NO)
    assert not world.view(rma_id).decision.send_back
    rma = world.do(ship.close, rma_id, "the customer does not want it back")
    assert (rma.state, rma.shipped_at) == (State.CLOSED, None)


def test_the_customer_may_change_their_mind(world: World) -> None:
    rma_id = world.diagnosed("A1", NTF)
    world.do(ship.contacted, rma_id, Contact.NO)
    world.undo(rma_id)
    assert world.do(ship.contacted, rma_id, Contact.YES).state is State.READY_TO_SHIP


def test_rush_at_the_customers_wish(world: World) -> None:
    rma_id = world.diagnosed("A1", NTF, age=100)
    world.do(ship.contacted, rma_id, Contact.YES)
    assert world.do(ship.ask_rush, rma_id, True).mark == "rush"
    shipping = world.view(rma_id).shipping
    assert (shipping.speed, shipping.payer, shipping.overridden) == (
        Speed.RUSH,
        Payer.CUSTOMER,
        False,
    )
    assert world.do(ship.ask_rush, rma_id, False).mark == "ground"


# --- quote and packaging


def test_a_quote_that_is_accepted_opens_the_door(world: World) -> None:
    rma_id = world.diagnosed("A1", REPAIR, 900)
    assert world.do(ship.quote_answered, rma_id, True).state is State.READY_TO_SHIP
    assert Hold.QUOTE in world.view(rma_id).decision.lifted


def test_a_quote_that_is_refused_can_be_closed(world: World) -> None:
    rma_id = world.diagnosed("A1", REPAIR, 900)
    assert world.do(ship.quote_answered, rma_id, False).state is State.WITH_PARTNER_TEAM
    assert world.do(ship.close, rma_id, "quote refused").state is State.CLOSED


def test_a_supervisor_accepts_the_swap_without_the_packaging(world: World) -> None:
    rma_id = world.diagnosed("A1", REPLACE, box=False)
    assert world.rma(rma_id).state is State.ON_HOLD
    rma = world.do(ship.accept_packaging, rma_id, " Petra ", "equivalent  packaging")
    assert (rma.state, rma.packaging_accepted_by) == (State.READY_TO_SHIP, "Petra")
    assert rma.packaging_accepted_why == "equivalent packaging"


def test_the_packaging_turns_up_after_all(world: World) -> None:
    rma_id = world.diagnosed("A1", REPLACE, box=False)
    rma = world.do(ship.confirm_packaging, rma_id)
    assert (rma.state, rma.original_packaging) == (State.READY_TO_SHIP, True)
    assert world.undo(rma_id).original_packaging is False


@pytest.mark.parametrize("empty", ["", "   ", "\x00\u200b"])
def test_a_name_and_a_reason_are_needed(world: World, empty: str) -> None:
    rma_id = world.diagnosed("A1", REPLACE, box=False)
    before = world.everything()
    with pytest.raises(Refused, match="the supervisor's name is needed"):
        world.do(ship.accept_packaging, rma_id, empty, "agreed")
    for step, args in (
        (ship.accept_packaging, ("Petra", empty)),
        (ship.override, (Speed.GROUND, None, empty)),
        (ship.hold, (empty,)),
        (ship.close, (empty,)),
        (ship.cancel, (empty,)),
    ):
        with pytest.raises(Refused, match="a reason is needed: enter it and try again"):
            world.do(step, rma_id, *args)
    assert world.everything() == before


def test_reasons_are_kept_short_and_harmless(world: World) -> None:
    rma_id = world.diagnosed("A1", REPAIR)
    rma = world.do(ship.hold, rma_id, "wait\x1b[2J\nuntil " + "x" * 500)
    assert rma.held_why.startswith("wait[2J until x")
    assert len(rma.held_why) == 200


# --- overrides


def test_an_override_needs_something_to_override(world: World) -> None:
    rma_id = world.diagnosed("A1", REPAIR)
    with pytest.raises(Refused, match="neither a speed nor a payer"):
        world.do(ship.override, rma_id, None, None, "goodwill")


def test_overrides_add_up_and_are_undone_one_by_one(world: World) -> None:
    rma_id = world.diagnosed("A1", REPAIR, age=100)
    world.do(ship.override, rma_id, Speed.RUSH, None, "first")
    rma = world.do(ship.override, rma_id, None, Payer.CUSTOMER, "second")
    assert (rma.override_speed, rma.override_payer, rma.override_reason) == (
        Speed.RUSH,
        Payer.CUSTOMER,
        "second",
    )
    rma = world.undo(rma_id)
    assert (rma.override_speed, rma.override_payer, rma.override_reason) == (
        Speed.RUSH,
        None,
        "first",
    )


# --- tracking and the door


def test_a_tracking_number_is_recognised_and_kept_as_the_carrier_wants_it(world: World) -> None:
    rma_id = world.diagnosed("A1", REPAIR)
    rma = world.do(ship.scan_tracking, rma_id, "1z 999-aa1 0123456784")
    assert (rma.tracking, rma.carrier) == (UPS, "UPS")
    rma = world.do(ship.scan_tracking, rma_id, FEDEX)
    assert (rma.tracking, rma.carrier) == (FEDEX, "FedEx"), "a new label replaces the old one"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("1Z999AA10123456785", "its check digit is wrong"),
        ("1Z999AA1012345678", "has 17 characters instead of 18"),
        ("HELLO-WORLD", "is no tracking number"),
        ("", "No tracking number"),
        ("\x1b[2J", "is no tracking number"),
    ],
)
def test_a_wrong_tracking_number_is_refused_and_named(world: World, text: str, what: str) -> None:
    rma_id = world.diagnosed("A1", REPAIR)
    before = world.everything()
    with pytest.raises(Refused) as caught:
        world.do(ship.scan_tracking, rma_id, text)
    assert what in caught.value.what
    assert caught.value.what.isprintable()
    assert world.everything() == before


def test_shipping_keeps_speed_payer_and_day(world: World) -> None:
    rma_id = world.diagnosed("A1", REPAIR)
    world.do(ship.scan_tracking, rma_id, UPS)
    rma = world.do(ship.ship, rma_id)
    event = world.store.events_of_rma(rma_id)[-1]
    assert (rma.state, rma.shipped_at) == (State.SHIPPED, world.clock.now())
    assert dict(event.data) == {"speed": "rush", "payer": "us", "shipped_on": "2026-10-28"}
    assert world.store.open_rma(rma.unit_id) is None


def test_the_same_op_id_ships_once(world: World) -> None:
    rma_id = world.diagnosed("A1", REPAIR)
    world.do(ship.scan_tracking, rma_id, UPS)
    op = world.op()
    ship.ship(world.desk, op, rma_id)
    before = world.everything()
    assert ship.ship(world.desk, op, rma_id).already
    assert world.everything() == before


def test_it_ships_only_when_ready(world: World) -> None:
    rma_id = world.diagnosed("A1", REPAIR)
    world.do(ship.scan_tracking, rma_id, UPS)
    world.do(ship.hold, rma_id, "customer asked us to wait")
    with pytest.raises(Refused, match="it may not ship: on hold"):
        world.do(ship.ship, rma_id)
    world.do(ship.release, rma_id)
    assert world.do(ship.ship, rma_id).state is State.SHIPPED


# --- the end


def test_closed_and_cancelled_say_why_and_when(world: World) -> None:
    rma_id = world.expect("A1")
    rma = world.do(ship.cancel, rma_id, "the customer keeps it")
    assert (rma.state, rma.closed_why) == (State.CANCELLED, "the customer keeps it")
    assert rma.closed_at == world.clock.now()
    assert world.steps(rma_id) == [Step.EXPECTED, Step.CANCELLED]
