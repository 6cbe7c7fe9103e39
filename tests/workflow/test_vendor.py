"""The eight steps of a three-legged RMA on a real store: done rightly, too early, twice, undone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bench.policy.facts import Contact, Outcome, Route
from bench.policy.vendor_case import SentAheadWhy
from bench.store.records import State, Step
from bench.workflow import escalate, ship, vendor
from bench.workflow.capture import captured
from bench.workflow.desk import Refused
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.undo import undo
from tests.workflow.helpers import FEDEX, TODAY, UPS, World, a_capture, days_ago, expected_row
from tests.workflow.situations import Act, name_of
from tests.workflow.vendor_acts import (
    AHEAD,
    ANSWERED,
    BROKEN,
    CHOOSE,
    END,
    ESCALATE,
    EXCHANGE,
    FINE,
    LICENCES,
    MENDED,
    MOVED,
    PULSE,
    RECEIVE,
    RETURN,
    RMA,
    SCAN_IN,
    SHIP,
    STALLS,
    THREE_LEGGED,
    TICKET,
    TRACK,
    TRANSFERRED,
    VERIFIED,
    act,
    appliance,
    case_of,
    last_event,
    noted,
    refused,
    up_to,
)

on_one_engine = pytest.mark.engines("sqlite")
DUE = days_ago(-5)
"""Five calendar days after the advance-exchange."""
OURS = [one for one in THREE_LEGGED if one not in (RECEIVE, BROKEN)]


# --- the whole story


def test_the_whole_story_of_three_legs(world: World) -> None:
    rma_id = appliance(world)
    seen = []
    for one in THREE_LEGGED:
        rma = act(world, rma_id, one)
        assert expected_row(world.desk, rma) == rma, "the events say the same"
        seen.append((rma.state, rma.why_here))
    assert seen[5:] == [
        (State.EXPECTED, "on its way"),
        (State.RECEIVED, "day 22, early"),
        (State.AWAITING_VENDOR, "vendor: advance exchange"),
        (State.AWAITING_VENDOR, "return it by 2 Nov 2026"),
        (State.AWAITING_VENDOR, "vendor: new unit on its way"),
        (State.CLOSED, "the vendor's unit is in stock, the defective one went back"),
    ]
    case, rma = case_of(world, rma_id), world.rma(rma_id)
    assert (case.route, case.noted_on, case.ended_on) == (Route.THREE_LEGGED, TODAY, TODAY)
    assert rma.closed_why == case.ended_why
    assert rma.advance_due_on is None, "no thirty days for step 5 of a three-legged RMA"
    stock, new = world.view(rma_id).replacement, world.store.unit(case.vendor_unit_id)
    assert stock is not None
    assert (stock.serial, stock.replaces_id) == ("STOCK1", rma.unit_id)
    assert stock.shipped_on == TODAY
    assert (new.serial, new.replaces_id, new.customer) == ("FROMVENDOR1", None, ""), "on the shelf"
    assert new.contract_ends_on == PULSE["contract_ends_on"]


def test_the_new_unit_may_come_before_the_old_one_leaves(world: World) -> None:
    rma_id = up_to(world, EXCHANGE)
    rma = act(world, rma_id, SCAN_IN)
    assert (rma.state, rma.case_open) == (State.AWAITING_VENDOR, True)
    assert rma.why_here == "return it by 2 Nov 2026"
    rma = act(world, rma_id, RETURN)
    assert (rma.state, rma.case_open) == (State.CLOSED, False)


def test_the_whole_story_is_undone_step_by_step(world: World) -> None:
    rma_id = appliance(world)
    rows = [world.rma(rma_id), *(act(world, rma_id, one) for one in THREE_LEGGED)]
    units = replace(world.unit(rma_id), version=0)
    for row in reversed(rows[:-1]):
        rma = world.undo(rma_id)
        assert replace(rma, version=0, since=None) == replace(row, version=0, since=None)
    assert replace(world.unit(rma_id), version=0) == units
    stock, new = world.store.find("STOCK1")[0], world.store.find("FROMVENDOR1")[0]
    assert (stock.replaces_id, stock.customer, stock.shipped_on) == (None, "", None)
    assert (new.replaces_id, new.contract_ends_on) == (None, None)
    assert act(world, rma_id, *THREE_LEGGED).state is State.CLOSED, "and all of it again"


# --- each step


DONE: list[tuple[Act, Step, dict[str, Any], dict[str, Any]]] = [
    (
        TICKET,
        Step.VENDOR_TICKET_OPENED,
        {"vendor_ticket": "V-77", "packet": "ab" * 32, "file": ""},
        {"vendor_ticket": "V-77", "opened_on": TODAY, "packet": "ab" * 32},
    ),
    (
        VERIFIED,
        Step.LICENSE_TICKET_OPENED,
        {"license_ticket": "V-77-1"},
        {"license_ticket": "V-77-1", "license_on": TODAY},
    ),
    (
        TRANSFERRED,
        Step.LICENSE_TRANSFERRED,
        {"rma_detail": "RD-5"},
        {"rma_detail": "RD-5", "rma_detail_on": TODAY},
    ),
    (LICENCES, Step.LICENCES_MADE, {}, {"licences_on": TODAY}),
    (
        AHEAD,
        Step.SENT_AHEAD,
        {"why": "three_legged", "serial": "STOCK1", "tracking": UPS, "due_on": None},
        {},
    ),
    (
        EXCHANGE,
        Step.EXCHANGE_OPENED,
        {"exchange_ticket": "V-77-2", "due_on": DUE.isoformat()},
        {"exchange_ticket": "V-77-2", "exchange_on": TODAY, "return_due_on": DUE},
    ),
    (
        RETURN,
        Step.SENT_TO_VENDOR,
        {"tracking": FEDEX, "carrier": "FedEx"},
        {"returned_on": TODAY, "return_tracking": FEDEX, "return_carrier": "FedEx"},
    ),
    (
        SCAN_IN,
        Step.VENDOR_UNIT_RECEIVED,
        {"serial": "FROMVENDOR1"},
        {"vendor_unit_on": TODAY, "answer": None, "tested": None},
    ),
]


@on_one_engine
@pytest.mark.parametrize(("one", "step", "told", "kept"), DONE, ids=name_of)
def test_each_step_is_told_in_full_and_moves_the_case(
    world: World, one: Act, step: Step, told: dict[str, Any], kept: dict[str, Any]
) -> None:
    rma_id = up_to(world, *THREE_LEGGED[: THREE_LEGGED.index(one)] or (CHOOSE,))
    world.wait(hours=1)
    saved = one[0](world.desk, world.op(), rma_id, *one[1:])
    event, case = last_event(world, rma_id), case_of(world, rma_id)
    assert (saved.step, event.step, event.actor) == (step, step, "Ana")
    assert {name: event.data[name] for name in told} == told
    assert (event.data["on"], event.data["stalls_on"]) == (TODAY.isoformat(), STALLS.isoformat())
    assert {name: getattr(case, name) for name in kept} == kept
    assert (case.moved_at, case.stalls_on) == (world.clock.now(), STALLS)
    rma = world.rma(rma_id)
    assert expected_row(world.desk, rma) == rma


def test_what_went_ahead_stands_on_the_return(world: World) -> None:
    rma = world.rma(up_to(world, AHEAD))
    assert (rma.sent_ahead_on, rma.sent_ahead_why) == (TODAY, SentAheadWhy.THREE_LEGGED)


@on_one_engine
def test_the_label_of_the_replacement_is_not_that_of_the_return(world: World) -> None:
    rma_id = up_to(world, *THREE_LEGGED[: THREE_LEGGED.index(RETURN)])
    before = world.everything()
    with pytest.raises(Refused, match=f"{UPS} is the replacement on its way to the customer"):
        vendor.send_to_vendor(world.desk, world.op(), rma_id, UPS)
    assert world.everything() == before
    world.do(*RETURN[:1], rma_id, *RETURN[1:])
    assert case_of(world, rma_id).return_tracking == FEDEX


@on_one_engine
@pytest.mark.parametrize(
    "one", [a for a in THREE_LEGGED if a not in (RECEIVE, BROKEN)], ids=name_of
)
def test_the_same_op_id_saves_once_and_another_is_refused(world: World, one: Act) -> None:
    rma_id = up_to(world, *THREE_LEGGED[: THREE_LEGGED.index(one)] or (CHOOSE,))
    if one is CHOOSE:
        world.undo(rma_id)
    op = world.op()
    assert not one[0](world.desk, op, rma_id, *one[1:]).already
    before = world.everything()
    assert one[0](world.desk, op, rma_id, *one[1:]).already
    assert world.everything() == before
    with pytest.raises(Refused):
        one[0](world.desk, world.op(), rma_id, *one[1:])
    assert world.everything() == before


EARLY: list[tuple[tuple[Act, ...], Act, str, str]] = [
    ((), TICKET, "the serial of the replacement that we ship from stock is missing", "name the"),
    ((CHOOSE,), VERIFIED, "no ticket from us that it could verify", "open the vendor ticket"),
    ((CHOOSE, TICKET), TRANSFERRED, "has not verified the failure", "record the first sub-ticket"),
    ((CHOOSE, TICKET, VERIFIED), LICENCES, "the license-transfer is not done", "wait"),
    ((), AHEAD, "no unit from our stock is named", "name the replacement unit"),
    ((CHOOSE, TICKET, VERIFIED), EXCHANGE, "the defective unit is not here yet", "receive it"),
    (
        (CHOOSE, TICKET, VERIFIED, RECEIVE),
        EXCHANGE,
        "the defective unit has not been diagnosed",
        "diagnose it",
    ),
    (
        (CHOOSE, TICKET, VERIFIED, RECEIVE, MENDED),
        EXCHANGE,
        "no replacement is needed, the outcome is repair: the case ends here",
        "end the case",
    ),
    ((CHOOSE, TICKET, RECEIVE, BROKEN), EXCHANGE, "has not verified the failure", "record the"),
    ((CHOOSE, TICKET, VERIFIED, RECEIVE, BROKEN), RETURN, "nobody has asked", "sub-ticket first"),
    ((CHOOSE, TICKET, VERIFIED, RECEIVE, BROKEN), SCAN_IN, "nobody has asked", "sub-ticket first"),
    ((CHOOSE, TICKET, VERIFIED, RECEIVE, BROKEN), END, "needs a replacement", "advance-exchange"),
    ((CHOOSE, TICKET, VERIFIED), END, "the defective unit is not here yet", "receive it"),
    ((RECEIVE, BROKEN), RMA, "a three-legged RMA has no such step", "choose one of its own"),
    ((), ANSWERED, "no escalation waits for an answer", "nothing was changed"),
    ((), ESCALATE, "the vendor has no ticket yet", "open the vendor ticket first"),
]


@on_one_engine
@pytest.mark.parametrize(("before", "one", "what", "remedy"), EARLY)
def test_a_step_too_early_says_what_is_missing_and_changes_nothing(
    world: World, before: tuple[Act, ...], one: Act, what: str, remedy: str
) -> None:
    rma_id = appliance(world)
    act(world, rma_id, *before)
    refused(world, rma_id, one, what, remedy)


@on_one_engine
def test_each_part_of_the_ticket_is_asked_for(world: World) -> None:
    rma_id = world.expect("PS1", **PULSE)
    noted(world, rma_id, vendor="Pulse Secure")
    wants = []
    ways: tuple[Any, ...] = (
        lambda: act(world, rma_id, CHOOSE),
        lambda: noted(world, rma_id, symptom="no boot"),
        lambda: noted(world, rma_id, troubleshooting="another outlet"),
        lambda: noted(world, rma_id, output="panic"),
    )
    for fill in ways:
        with pytest.raises(Refused) as caught:
            act(world, rma_id, TICKET)
        wants.append(caught.value.what)
        fill()
    assert [want.split(" is ")[0].split(" are ")[0] for want in wants] == [
        "the serial of the replacement that we ship from stock",
        "the failure symptom",
        "the troubleshooting steps",
        "the output from the defective unit",
    ]
    assert act(world, rma_id, TICKET).vendor is not None


@on_one_engine
@pytest.mark.parametrize("number", ["", " ", "BENCHOK", "é", "x" * 41, "\x1b[2J", "-1"])
def test_what_cannot_be_a_number_of_the_vendor_is_refused(world: World, number: str) -> None:
    rma_id = up_to(world, CHOOSE)
    with pytest.raises(Refused, match="is no vendor ticket"):
        vendor.open_ticket(world.desk, world.op(), rma_id, number)
    assert case_of(world, rma_id).vendor_ticket == ""


@on_one_engine
def test_scans_into_stock_that_cannot_be_are_refused(world: World) -> None:
    rma_id = up_to(world, RETURN)
    before = world.everything()
    for serial, what in (
        ("", "nothing is no serial"),
        ("PS1", "that is the returned unit itself"),
        ("STOCK1", "STOCK1 is in this return already"),
    ):
        with pytest.raises(Refused, match=what):
            act(world, rma_id, (vendor.receive_vendor_unit, serial))
    assert world.everything() == before


# --- a case that began elsewhere, was not needed, or moved otherwise


def test_a_case_that_the_ticket_begins_is_three_legged(world: World) -> None:
    """All five parts can be there before anybody opened Vendor: found by the first of these
    tests, a ticket then made a phone's case of it."""
    rma_id = world.received("PS1", **PULSE)
    world.do(diagnose, rma_id, Diagnosis(Outcome.REPLACE, "no boot", findings="other outlet"))
    act(world, rma_id, CHOOSE)
    captured(world.desk, world.op(), rma_id, a_capture())
    act(world, rma_id, TICKET)
    case = case_of(world, rma_id)
    assert (case.route, case.noted_on, case.vendor_ticket) == (Route.THREE_LEGGED, TODAY, "V-77")
    assert act(world, rma_id, VERIFIED, EXCHANGE).vendor is not None


def test_no_replacement_needed_and_the_case_ends_by_hand(world: World) -> None:
    rma_id = up_to(world, RECEIVE)
    rma = act(world, rma_id, FINE)
    assert rma.state is State.AWAITING_CONTACT
    rma = act(world, rma_id, END)
    assert (rma.case_open, case_of(world, rma_id).ended_why) == (False, "no replacement needed")
    rma = world.do(ship.contacted, rma_id, Contact.YES)
    assert (rma.state, rma.why_here) == (State.DIAGNOSED, "replaced already: close it")
    assert world.do(ship.close, rma_id, "kept as stock").state is State.CLOSED
    for one in (MOVED, ESCALATE, END, EXCHANGE, (vendor.note,)):
        with pytest.raises(Refused, match="the case has ended: no replacement needed"):
            act(world, rma_id, one)


def test_the_way_back_waits_while_the_case_is_open(world: World) -> None:
    rma_id = up_to(world, BROKEN)
    for one, what in (
        (TRACK, "it may not ship: a replacement went to the customer on 28 Oct 2026"),
        (SHIP, "it may not ship: a replacement went to the customer"),
        ((ship.close, "x"), "the vendor case is still open"),
    ):
        with pytest.raises(Refused, match=what):
            act(world, rma_id, one)


def test_a_cancelled_return_has_no_vendor_steps(world: World) -> None:
    rma_id = up_to(world, TICKET)
    world.do(ship.cancel, rma_id, "keeps it")
    with pytest.raises(Refused, match="is cancelled"):
        act(world, rma_id, VERIFIED)
    world.undo(rma_id)
    assert act(world, rma_id, VERIFIED).case_open


def test_a_unit_that_nobody_has_a_route_for_gets_no_case(world: World) -> None:
    rma_id = world.received("X1", brand="Nonesuch")
    with pytest.raises(Refused, match="no vendor route for Nonesuch: enter its brand"):
        noted(world, rma_id)


def test_only_what_is_named_is_noted_anew_and_foreign_text_is_cleaned(world: World) -> None:
    rma_id = appliance(world)
    noted(world, rma_id, output="line one\r\nline\x1b[2J two\x00")
    case = case_of(world, rma_id)
    assert case.symptom == "no boot"
    assert "\x1b" not in case.output
    assert "\x00" not in case.output
    assert case.output.splitlines()[0] == "line one"


# --- stalled, moved, escalated


def test_three_business_days_without_a_move_and_the_case_is_stalled(world: World) -> None:
    """Wednesday to Monday; the weekend does not count."""
    rma_id = up_to(world, BROKEN)
    moved_at = case_of(world, rma_id).moved_at
    world.wait(days=4, hours=14)
    fresh = expected_row(world.desk, world.rma(rma_id))
    assert (fresh.rank, fresh.why_here) == (420, "vendor: advance exchange")
    world.wait(days=1)
    stalled = expected_row(world.desk, world.rma(rma_id))
    assert (stalled.mark, stalled.rank) == ("hold", 190)
    assert (stalled.why_here, stalled.since) == ("stalled: vendor: advance exchange", moved_at)
    rma = act(world, rma_id, MOVED)
    assert (rma.rank, rma.why_here) == (420, "vendor: advance exchange")
    assert last_event(world, rma_id).data["why"] == "they promised to call"
    assert rma.wakes_on == days_ago(-8), "Thursday week: Monday and three business days"


def test_an_escalation_is_kept_with_its_text_and_its_answer(world: World) -> None:
    rma_id = up_to(world, BROKEN)
    act(world, rma_id, ESCALATE)
    case, event = case_of(world, rma_id), last_event(world, rma_id)
    assert (case.escalation, case.escalation_detail) == ("faster_progress", "the customer is down")
    assert (case.escalated_at, case.escalated_by) == (world.clock.now(), "Ana")
    assert "V-77" in event.data["text"]
    assert "PS1" in event.data["text"]
    assert world.rma(rma_id).why_here == "escalated, no answer yet"
    act(world, rma_id, ANSWERED)
    assert case_of(world, rma_id).escalation_answer == "an engineer has it"
    assert world.rma(rma_id).why_here == "vendor: advance exchange"
    with pytest.raises(Refused, match="no escalation waits for an answer"):
        act(world, rma_id, ANSWERED)
    act(world, rma_id, ESCALATE)
    assert case_of(world, rma_id).escalation_answer == "", "a new one waits anew"


@on_one_engine
@pytest.mark.parametrize(
    ("level", "args", "what"),
    [
        ("gold", ("faster_progress", "x"), "latinum"),
        ("platinum", ("wish", "x"), "wish is no reason of the vendor"),
        ("platinum", ("faster_progress", " \n"), "detail"),
    ],
)
def test_an_escalation_is_refused(
    world: World, level: str, args: tuple[str, str], what: str
) -> None:
    rma_id = appliance(world, service_level=level)
    act(world, rma_id, CHOOSE, TICKET)
    before = world.everything()
    with pytest.raises(Refused, match=what):
        act(world, rma_id, (escalate.escalate, *args))
    assert world.everything() == before


def test_two_benches_pass_one_gate_once(world: World) -> None:
    rma_id = up_to(world, VERIFIED)
    other = replace(world.desk, actor="Jonas K.", station="Dock 7")
    vendor.license_transferred(other, world.op(), rma_id, "RD-5")
    with pytest.raises(Refused, match="the RMA Detail Number is recorded already"):
        act(world, rma_id, TRANSFERRED)
    undo(other, world.op(), rma_id)
    assert act(world, rma_id, TRANSFERRED).vendor is not None
