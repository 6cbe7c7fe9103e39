"""Phones at their vendor or distributor: the number first, what is given, its test, the chain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bench.policy.facts import Band, Channel, Outcome, Route
from bench.policy.vendor_case import VendorAnswer
from bench.store.records import State, Step
from bench.workflow import ship, vendor
from bench.workflow.advance import send_ahead
from bench.workflow.desk import Refused
from bench.workflow.receive import receive
from tests.workflow.helpers import FEDEX, TODAY, UPS, World, days_ago, expected_row
from tests.workflow.situations import Act
from tests.workflow.vendor_acts import (
    BROKEN,
    CHOOSE,
    CREDIT,
    END,
    FAILED,
    FINE,
    MENDED,
    PASSED,
    RECEIVE,
    REFUSED,
    REPLACED,
    RETURN,
    RMA,
    SCAN_IN,
    SHIP,
    STALLS,
    STRAIGHT,
    TICKET,
    TRACK,
    act,
    away,
    case_of,
    last_event,
    phone,
    refused,
    resellers,
)

on_one_engine = pytest.mark.engines("sqlite")
AGAIN: Act = (vendor.vendor_rma_given, "DX-10")
ANOTHER: Act = (vendor.receive_vendor_unit, "FROMVENDOR2")


# --- the whole stories


def test_a_direct_customers_replacement_is_tested_until_one_passes(world: World) -> None:
    rma_id = phone(world)
    way = (RMA, RETURN, REPLACED, SCAN_IN, FAILED, AGAIN, RETURN, ANOTHER, PASSED, TRACK, SHIP)
    seen = []
    for one in way:
        rma = act(world, rma_id, one)
        assert expected_row(world.desk, rma) == rma, "the events say the same"
        seen.append((rma.state.value, rma.why_here))
    assert seen == [
        ("awaiting_vendor", "send to vendor, RMA DX-9"),
        ("awaiting_vendor", "vendor: credit or replacement?"),
        ("awaiting_vendor", "vendor: replacement on its way"),
        ("awaiting_vendor", "test the replacement"),
        ("awaiting_vendor", "vendor: RMA number wanted"),
        ("awaiting_vendor", "send to vendor, RMA DX-10"),
        ("awaiting_vendor", "vendor: credit or replacement?"),
        ("awaiting_vendor", "test the replacement"),
        ("ready_to_ship", "ground, scan tracking"),
        ("ready_to_ship", "ground, ship it"),
        ("shipped", "shipped"),
    ]
    case, sent = case_of(world, rma_id), world.view(rma_id).replacement
    assert sent is not None
    assert (case.route, case.vendor, case.vendor_rma) == (Route.DISTRIBUTOR, "Distri One", "DX-10")
    assert case.ended_why == "the vendor's replacement is here"
    assert (sent.serial, sent.replaces_id) == ("FROMVENDOR2", world.rma(rma_id).unit_id)
    assert (sent.customer, sent.shipped_on) == ("Alder", TODAY)


def test_a_resellers_replacement_is_shipped_straight(world: World) -> None:
    rma_id = resellers(world)
    rma = act(world, rma_id, STRAIGHT)
    assert (rma.state, rma.why_here) == (State.DIAGNOSED, "replaced already: close it")
    assert not rma.case_open
    sent = world.view(rma_id).replacement
    assert sent is not None
    assert (sent.serial, sent.replaces_id) == ("STRAIGHT1", rma.unit_id)
    assert (sent.shipped_on, sent.channel) == (TODAY, Channel.RESELLER)
    with pytest.raises(Refused, match="the vendor ships the replacement itself: close the RMA"):
        act(world, rma_id, TRACK)
    assert world.do(ship.close, rma_id, "from the vendor").state is State.CLOSED


def test_a_resellers_replacement_that_comes_to_us_needs_no_test(world: World) -> None:
    rma_id = resellers(world)
    rma = act(world, rma_id, SCAN_IN)
    assert (rma.state, rma.case_open) == (State.READY_TO_SHIP, False)
    assert last_event(world, rma_id).data["to_test"] is False
    assert act(world, rma_id, TRACK, SHIP).state is State.SHIPPED


def test_after_a_credit_a_unit_from_our_stock_goes_out(world: World) -> None:
    rma_id = away(world)
    rma = act(world, rma_id, CREDIT)
    case = case_of(world, rma_id)
    assert (case.answer, case.credit_cents) == (VendorAnswer.CREDIT, 4500)
    assert (rma.state, rma.case_open) == (State.DIAGNOSED, False)
    with pytest.raises(Refused, match="the vendor keeps the unit itself: name the unit that goes"):
        act(world, rma_id, TRACK)
    assert act(world, rma_id, CHOOSE).state is State.READY_TO_SHIP
    assert act(world, rma_id, TRACK, SHIP).state is State.SHIPPED


def test_a_phone_comes_back_repaired_under_its_own_serial(world: World) -> None:
    rma_id = away(world, REPLACED, outcome=Outcome.REPAIR)
    rma = act(world, rma_id, (vendor.receive_vendor_unit, " ph1 "))
    assert (rma.state, rma.replacement_id) == (State.READY_TO_SHIP, None)
    assert case_of(world, rma_id).ended_why == "it came back repaired"
    assert world.unit(rma_id).replaces_id is None
    assert act(world, rma_id, TRACK, SHIP).state is State.SHIPPED
    assert world.unit(rma_id).shipped_on == days_ago(102), "no new ship date for a repair"


def test_a_refusal_sends_the_phone_back_as_it_is(world: World) -> None:
    rma_id = away(world)
    rma = act(world, rma_id, REFUSED)
    assert (rma.state, case_of(world, rma_id).ended_why) == (
        State.READY_TO_SHIP,
        "the vendor refused it",
    )


def test_given_up_after_a_failed_test_nothing_goes_out_but_stock(world: World) -> None:
    """The phone itself stayed with the vendor when its replacement failed."""
    rma_id = away(world, SCAN_IN, FAILED)
    rma = act(world, rma_id, END)
    assert (rma.state, rma.case_open) == (State.DIAGNOSED, False)
    with pytest.raises(Refused, match="name the unit that goes out instead"):
        act(world, rma_id, TRACK)
    assert act(world, rma_id, CHOOSE).state is State.READY_TO_SHIP


def test_no_trouble_found_after_all_and_the_case_ends(world: World) -> None:
    rma_id = phone(world)
    rma = act(world, rma_id, FINE)
    assert rma.state is State.AWAITING_CONTACT
    assert not act(world, rma_id, END).case_open


# --- who got what, when our stock was quicker


def test_when_our_stock_went_out_the_vendors_unit_fills_the_shelf(world: World) -> None:
    """Found by this test: the vendor's unit took the place of the one that the customer has."""
    rma_id = phone(world)
    act(world, rma_id, CHOOSE, TRACK, SHIP, RMA, RETURN, SCAN_IN)
    rma, sent = world.rma(rma_id), world.view(rma_id).replacement
    assert sent is not None
    assert (rma.state, sent.serial) == (State.SHIPPED, "STOCK1")
    shelf = world.store.find("FROMVENDOR1")[0]
    assert (shelf.replaces_id, shelf.customer) == (None, "")
    assert world.store.chain_of(sent.id)[0][0][1] == rma, "the chain knows the return"
    act(world, rma_id, FAILED)
    rma = act(world, rma_id, AGAIN, RETURN, ANOTHER, PASSED)
    assert (rma.replacement_id, rma.case_open) == (sent.id, False)
    other = world.diagnosed("PH2", Outcome.REPLACE, 100)
    chosen = world.do(ship.choose_replacement, other, "FROMVENDOR2").replacement_id
    assert chosen == world.store.find("FROMVENDOR2")[0].id, "free for the next customer"


def test_an_advance_replacement_stays_what_the_customer_has(world: World) -> None:
    rma_id = world.expect("PH1", 20)
    world.do(send_ahead, rma_id, "STOCK1", UPS)
    act(world, rma_id, RECEIVE, BROKEN)
    vendor.note(world.desk, world.op(), rma_id, vendor="Distri One")
    assert world.rma(rma_id).state is State.AWAITING_VENDOR
    rma = act(world, rma_id, RMA, RETURN, SCAN_IN, PASSED)
    sent = world.view(rma_id).replacement
    assert sent is not None
    assert (rma.state, rma.closed_why) == (State.CLOSED, "the vendor's replacement is here")
    assert sent.serial == "STOCK1"


def test_nobody_gets_two(world: World) -> None:
    rma_id = phone(world, channel=Channel.RESELLER)
    act(world, rma_id, CHOOSE, RMA, RETURN)
    before = world.everything()
    with pytest.raises(Refused, match="STOCK1 from our stock is the replacement") as caught:
        act(world, rma_id, STRAIGHT)
    assert caught.value.remedy == "have the vendor ship to us, and record a replacement"
    assert world.everything() == before


# --- the chain afterwards (DOMAIN section 2)


def back_again(world: World, serial: str) -> Any:
    """What the policy says of the replacement when it comes back itself."""
    view = world.blind(serial, brand="Yealink").view
    assert not [gap for gap in view.decision.missing if gap.fact != "outcome"]
    return view.decision


def test_in_warranty_the_vendors_replacement_inherits_the_start(world: World) -> None:
    rma_id = away(world, SCAN_IN, PASSED)
    act(world, rma_id, TRACK, SHIP)
    world.wait(days=60)
    found = back_again(world, "FROMVENDOR1")
    assert (found.warranty_start, found.replacements_used) == (days_ago(102), 1)
    assert found.band is Band.IN_WARRANTY


@pytest.mark.parametrize("straight", [True, False])
def test_after_an_initial_doa_it_starts_anew_on_the_day_it_shipped(
    world: World, straight: bool
) -> None:
    rma_id = resellers(world, age=10)
    world.wait(days=2)
    one, way = (STRAIGHT, ()) if straight else (SCAN_IN, (TRACK, SHIP))
    act(world, rma_id, one, *way)
    world.wait(days=20)
    found = back_again(world, "STRAIGHT1" if straight else "FROMVENDOR1")
    assert (found.warranty_start, found.age_days) == (days_ago(-2), 20)
    assert (found.replacements_used, found.band) == (0, Band.EARLY)


# --- each step


DONE: list[tuple[tuple[Act, ...], Act, Step, dict[str, Any], dict[str, Any]]] = [
    ((), RMA, Step.VENDOR_RMA_GIVEN, {"vendor_rma": "DX-9", "due_on": None},
     {"vendor_rma": "DX-9", "vendor_rma_on": TODAY, "return_due_on": None}),
    ((RMA,), RETURN, Step.SENT_TO_VENDOR, {"tracking": FEDEX, "carrier": "FedEx"},
     {"returned_on": TODAY, "return_tracking": FEDEX}),
    ((RMA, RETURN), CREDIT, Step.VENDOR_ANSWERED, {"answer": "credit", "credit_cents": 4500},
     {"answer": VendorAnswer.CREDIT, "answered_on": TODAY, "ended_on": TODAY}),
    ((RMA, RETURN), REPLACED, Step.VENDOR_ANSWERED, {"answer": "replacement"},
     {"answer": VendorAnswer.REPLACEMENT, "vendor_unit_on": None, "ended_on": None}),
    ((RMA, RETURN), REFUSED, Step.VENDOR_ANSWERED, {"answer": "refused"},
     {"answer": VendorAnswer.REFUSED, "ended_on": TODAY}),
    ((RMA, RETURN), SCAN_IN, Step.VENDOR_UNIT_RECEIVED,
     {"serial": "FROMVENDOR1", "to_test": True},
     {"answer": VendorAnswer.REPLACEMENT, "vendor_unit_on": TODAY, "tested": None}),
    ((RMA, RETURN, SCAN_IN), PASSED, Step.REPLACEMENT_TESTED, {"passed": True, "findings": ""},
     {"tested": True, "tested_on": TODAY, "ended_on": TODAY}),
    ((RMA, RETURN, SCAN_IN), FAILED, Step.REPLACEMENT_TESTED, {"findings": "no tone"},
     {"tested": False, "vendor_rma": "", "returned_on": None, "vendor_unit_id": None,
      "answer": None, "ended_on": None}),
]  # fmt: skip


@on_one_engine
@pytest.mark.parametrize(("before", "one", "step", "told", "kept"), DONE)
def test_each_step_done_twice_and_undone(
    world: World,
    before: tuple[Act, ...],
    one: Act,
    step: Step,
    told: dict[str, Any],
    kept: dict[str, Any],
) -> None:
    rma_id = phone(world)
    there = act(world, rma_id, *before)
    op = world.op()
    rma = one[0](world.desk, op, rma_id, *one[1:]).view.rma
    event, case = last_event(world, rma_id), case_of(world, rma_id)
    assert event.step is step
    assert {name: event.data[name] for name in told} == told
    assert (event.data["on"], event.data["stalls_on"]) == (TODAY.isoformat(), STALLS.isoformat())
    assert {name: getattr(case, name) for name in kept} == kept
    assert case.moved_at == world.clock.now()
    everything = world.everything()
    assert one[0](world.desk, op, rma_id, *one[1:]).already
    with pytest.raises(Refused):
        act(world, rma_id, one)
    assert world.everything() == everything
    assert world.rma(rma_id) == rma
    rma = world.undo(rma_id)
    assert replace(rma, version=0, since=None) == replace(there, version=0, since=None)


@on_one_engine
@pytest.mark.parametrize(
    ("before", "one", "what", "remedy"),
    [
        ((), RETURN, "a shipment to a vendor without an RMA number is refused", "get the RMA"),
        ((RMA,), CREDIT, "nothing is on its way to it", "ship the unit to the vendor first"),
        ((RMA,), SCAN_IN, "nothing is on its way to it", "ship the unit to the vendor first"),
        ((RMA, RETURN), PASSED, "the vendor's replacement is not here yet", "scan it into stock"),
        ((RMA, RETURN, CREDIT), SCAN_IN, "the case has ended: the vendor gave a credit", "undo"),
        ((RMA, RETURN), STRAIGHT, "comes to us first: we test it", "record a replacement"),
        ((), END, "the case goes on: the vendor has not refused", "take its next step"),
        ((FINE,), RMA, "no trouble was found: no vendor RMA starts", "diagnose the unit again"),
        ((), TICKET, "a phone's vendor case has no such step", "choose one of its own"),
        ((RMA, RETURN, SCAN_IN), TRACK, "has not been tested", "test it, on Vendor"),
        ((RMA, RETURN), (vendor.answered, VendorAnswer.CREDIT), "the amount of the", "as 45.00"),
        ((RMA, RETURN), (vendor.answered, VendorAnswer.CREDIT, -1), "the amount of the", "45.00"),
        ((RMA, RETURN, SCAN_IN), (vendor.replacement_tested, False), "what failed is", "say it"),
        ((RMA,), (vendor.send_to_vendor, "1Z999AA10123456785"), "check digit", "scan the"),
    ],
)
def test_a_step_too_early_or_wrong_says_why_and_changes_nothing(
    world: World, before: tuple[Act, ...], one: Act, what: str, remedy: str
) -> None:
    rma_id = phone(world)
    act(world, rma_id, *before)
    refused(world, rma_id, one, what, remedy)


@on_one_engine
def test_a_number_needs_the_unit_here_and_diagnosed(world: World) -> None:
    rma_id = world.expect("PH1", 100)
    with pytest.raises(Refused, match="the defective unit is not here yet: receive it"):
        act(world, rma_id, RMA)
    act(world, rma_id, RECEIVE)
    with pytest.raises(Refused, match="has not been diagnosed: diagnose it"):
        act(world, rma_id, RMA)
    act(world, rma_id, MENDED)
    assert act(world, rma_id, RMA).state is State.AWAITING_VENDOR, "no note is needed before"
    assert case_of(world, rma_id).route is Route.DISTRIBUTOR


@on_one_engine
def test_out_of_warranty_nothing_starts_before_the_quote(world: World) -> None:
    rma_id = world.diagnosed("PH1", Outcome.REPLACE, 900)
    with pytest.raises(Refused, match="the Partner Team decides"):
        act(world, rma_id, RMA)


@on_one_engine
def test_the_same_unit_may_come_again_after_a_failed_test(world: World) -> None:
    rma_id = away(world, SCAN_IN, FAILED, AGAIN, RETURN)
    rma = act(world, rma_id, SCAN_IN, PASSED)
    assert (rma.state, case_of(world, rma_id).vendor_rma) == (State.READY_TO_SHIP, "DX-10")


@on_one_engine
def test_a_vendors_unit_that_is_in_use_is_refused(world: World) -> None:
    world.received("HERE1")
    rma_id = away(world)
    with pytest.raises(Refused, match="HERE1 is in use elsewhere"):
        act(world, rma_id, (vendor.receive_vendor_unit, "HERE1"))


@on_one_engine
def test_the_policy_of_the_day_it_came_says_whether_it_is_tested(world: World) -> None:
    """A site that tests what goes to resellers as well: its own policy, and not a fixed rule."""
    rules = world.desk.rules
    strict = replace(rules.tables, ships_straight={Channel.DIRECT: False, Channel.RESELLER: False})
    world.desk = replace(world.desk, rules=replace(rules, tables=strict))
    rma_id = resellers(world)
    with pytest.raises(Refused, match="comes to us first: we test it"):
        act(world, rma_id, STRAIGHT)
    rma = act(world, rma_id, SCAN_IN)
    assert (rma.state, rma.why_here) == (State.AWAITING_VENDOR, "test the replacement")
    assert act(world, rma_id, PASSED).state is State.READY_TO_SHIP


def test_the_original_of_an_advance_is_received_as_before(world: World) -> None:
    rma_id = world.expect("PH1", 20)
    world.do(send_ahead, rma_id, "STOCK1", UPS)
    rma = world.do(receive, rma_id, RECEIVE[1])
    assert (rma.state, rma.advance_open) == (State.RECEIVED, False)
