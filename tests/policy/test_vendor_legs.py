"""The picture of a vendor case: who moves, who owes whom what by when, and when it stalls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bench.policy.clocks import DayKind, Start
from bench.policy.facts import Outcome, Route
from bench.policy.vendor_case import VendorAnswer
from bench.policy.vendor_legs import Duty, LegName, Plan, Standing, plan
from bench.policy.vendor_plan import CaseFacts, CaseStep, Party
from bench.text import printable
from tests.policy.vendor_stories import APPLIANCE, MONDAY, PHONE, S, after, case_with, clocks

ADVANCED = after(APPLIANCE, S.VENDOR_TICKET, S.SENT_AHEAD, S.SUB_TICKET)
EXCHANGED = after(ADVANCED, S.LICENSE_TRANSFER, S.LICENCES, S.DIAGNOSED, S.EXCHANGE)
SENT = after(PHONE, S.VENDOR_RMA, S.RETURN)
THURSDAY = MONDAY + timedelta(days=3)
US, VENDOR, CUSTOMER = Party.US, Party.VENDOR, Party.CUSTOMER


def picture(facts: CaseFacts, today: date = MONDAY) -> Plan:
    """The plan of that day, by the clocks that bench comes with."""
    return plan(facts, clocks(), today)


def standings(facts: CaseFacts) -> dict[str, str]:
    """How each move stands, by its number."""
    return {move.number: move.standing.value for move in picture(facts).moves}


def owed(facts: CaseFacts, today: date = MONDAY) -> list[tuple[Party, Party, str]]:
    """Who owes whom what."""
    return [(duty.who, duty.whom, duty.what) for duty in picture(facts, today).duties]


def duty_of(step: CaseStep | None, facts: CaseFacts, today: date = MONDAY) -> Duty:
    """The one duty that this step settles."""
    (found,) = [duty for duty in picture(facts, today).duties if duty.step is step]
    return found


def test_the_numbers_are_those_of_the_eight_steps() -> None:
    """DOMAIN section 5; what has no number of its own there follows its step."""
    assert list(standings(APPLIANCE)) == ["1", "2", "3", "4", "4a", "5", "6", "7", "7a", "8"]
    assert list(standings(PHONE)) == ["1", "2", "3", "4", "5", "6"]


def test_the_three_legged_story() -> None:
    """One move is next at a time; what could be done beside it is open."""
    assert standings(APPLIANCE) == {
        **{"1": "done", "2": "next", "3": "blocked", "4": "blocked", "4a": "blocked"},
        **{"5": "open", "6": "blocked", "7": "blocked", "7a": "blocked", "8": "blocked"},
    }
    assert standings(EXCHANGED) == {
        **dict.fromkeys(("1", "2", "3", "4", "4a", "5", "6", "7"), "done"),
        **{"7a": "next", "8": "open"},
    }
    complete = picture(after(EXCHANGED, S.RETURN, S.VENDOR_UNIT))
    assert {move.standing for move in complete.moves} == {Standing.DONE}
    assert complete.next is None
    assert complete.duties == ()
    assert [leg.state for leg in complete.legs] == ["done"] * 3


def test_a_unit_without_trouble_ends_the_case() -> None:
    """What will not come is off, and only the end is still owed."""
    fine = replace(after(ADVANCED, S.DIAGNOSED), outcome=Outcome.NO_TROUBLE_FOUND)
    plan_now = picture(fine)
    assert plan_now.next is not None
    assert plan_now.next.step is S.END
    off = {move.step for move in plan_now.moves if move.standing is Standing.OFF}
    assert off == {S.LICENSE_TRANSFER, S.LICENCES, S.EXCHANGE, S.RETURN, S.VENDOR_UNIT}
    assert owed(fine) == [(US, VENDOR, "word that no replacement is needed")]
    ended = picture(case_with(fine, ended_on=MONDAY, ended_why="no trouble found"))
    assert ended.moves[-1].detail == "no trouble found"
    assert ended.legs[2].state == "ended: no trouble found"
    assert ended.duties == ()


def test_the_phone_story_direct_and_reseller() -> None:
    """A direct customer's replacement is tested; a reseller's is not."""
    assert list(standings(SENT).values()) == ["done", "done", "done", "next", "open", "blocked"]
    here = after(SENT, S.ANSWER, S.VENDOR_UNIT)
    assert list(standings(here).values()) == ["done"] * 5 + ["next"]
    reseller = picture(replace(here, ships_straight=True))
    assert reseller.next is None
    assert reseller.moves[-1].standing is Standing.OFF
    assert reseller.moves[-1].detail == "not needed: it may go to the reseller untested"


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (VendorAnswer.CREDIT, "the vendor gave a credit: no unit comes"),
        (VendorAnswer.REFUSED, "the vendor refused: no unit comes"),
    ],
)
def test_an_answer_without_a_unit(answer: VendorAnswer, detail: str) -> None:
    """The unit that will not come says why."""
    moves = {move.step: move for move in picture(case_with(SENT, answer=answer)).moves}
    assert moves[S.VENDOR_UNIT].standing is Standing.OFF
    assert moves[S.VENDOR_UNIT].detail == detail


def test_whose_move_it_is() -> None:
    """A unit on its way is the customer's move, one here is ours."""
    parties = {move.step: move.party for move in picture(APPLIANCE).moves}
    assert parties[S.DIAGNOSED] is CUSTOMER
    assert parties[S.SUB_TICKET] is parties[S.LICENSE_TRANSFER] is VENDOR
    here = picture(replace(APPLIANCE, received_on=MONDAY))
    assert {m.step: m.party for m in here.moves}[S.DIAGNOSED] is US


def test_legs_hold_their_moves_and_say_how_they_stand() -> None:
    """Three legs, each in one line."""
    customer, vendor, hardware = picture(EXCHANGED).legs
    steps = [S.TICKET, S.LICENCES, S.SENT_AHEAD, S.DIAGNOSED]
    assert [move.step for move in customer.moves] == steps
    assert [move.step for move in hardware.moves] == [S.RETURN, S.VENDOR_UNIT]
    assert (customer.name, customer.state) == (LegName.CUSTOMER, "done")
    assert (vendor.ends, vendor.state) == ((US, VENDOR), "done")
    assert hardware.state == "ship the defective unit to the vendor, by 7 Nov 2026"


def test_what_is_owed_from_step_to_step() -> None:
    """Each of the three owes what the next steps need, and nothing that is done."""
    assert owed(APPLIANCE) == [
        (US, VENDOR, "our ticket with its five parts"),
        (US, CUSTOMER, "the replacement from our stock"),
    ]
    assert owed(ADVANCED) == [
        (VENDOR, US, "the RMA Detail Number"),
        (CUSTOMER, US, "the defective unit"),
    ]
    assert owed(after(ADVANCED, S.LICENSE_TRANSFER))[0] == (
        *(US, CUSTOMER),
        "the RMA Detail Number D-1, to make their licences with",
    )
    assert owed(EXCHANGED) == [(US, VENDOR, "the defective unit"), (VENDOR, US, "a new unit")]
    assert owed(SENT) == [
        (VENDOR, US, "an answer: credit or replacement"),
        (US, CUSTOMER, "a working unit"),
    ]


def test_the_return_is_due_as_it_was_agreed() -> None:
    """Days left to the last day, a day late on the next one; a kept day beats the table."""
    kept = case_with(EXCHANGED, return_due_on=THURSDAY)
    assert [_left(kept, THURSDAY + timedelta(days=n)) for n in (-1, 0, 1)] == [1, 0, -1]
    assert duty_of(S.RETURN, EXCHANGED).due_on == MONDAY + timedelta(days=5)
    assert "charge" in duty_of(S.RETURN, kept).consequence


def _left(facts: CaseFacts, today: date) -> int | None:
    return duty_of(S.RETURN, facts, today).days_left


def test_a_return_may_be_counted_from_the_vendors_unit_in_business_days() -> None:
    """Another vendor, another clock: it starts when their unit is here."""
    facts = replace(EXCHANGED, brand="Juniper")
    assert duty_of(S.RETURN, facts).due_on is None
    duty = duty_of(S.RETURN, after(facts, S.VENDOR_UNIT))
    assert duty.due_on == clocks().due(Start.REPLACEMENT_RECEIVED, MONDAY, "Juniper")
    assert (duty.days_left, duty.unit) == (10, DayKind.BUSINESS)


def test_the_original_of_an_advance_replacement_has_thirty_days() -> None:
    """DOMAIN section 3; a promise that was kept beats the table. Three-legged has no such day."""
    phone = replace(PHONE, received_on=None, outcome=None, sent_ahead_on=MONDAY)
    duty = duty_of(S.DIAGNOSED, phone, MONDAY + timedelta(days=31))
    assert (duty.who, duty.whom, duty.days_left) == (CUSTOMER, US, -1)
    assert "bill" in duty.consequence
    promised = replace(phone, advance_due_on=THURSDAY)
    assert duty_of(S.DIAGNOSED, promised).due_on == THURSDAY
    assert duty_of(S.DIAGNOSED, ADVANCED).due_on is None
    here = replace(phone, received_on=MONDAY)
    assert duty_of(S.DIAGNOSED, here).due_on is None


def test_what_the_vendor_owes_is_asked_for_when_the_case_stalls() -> None:
    """Section 7: the days of the vendor are those until then, and they come first when shorter."""
    facts = case_with(ADVANCED, stalls_on=THURSDAY)
    duty = duty_of(S.LICENSE_TRANSFER, facts)
    assert (duty.due_on, duty.days_left, duty.unit) == (THURSDAY, 3, DayKind.BUSINESS)
    assert [d.due_on for d in picture(facts).duties] == [THURSDAY, None]
    moves = {move.step: move for move in picture(facts).moves}
    assert moves[S.LICENSE_TRANSFER].days_left == 3
    assert moves[S.SUB_TICKET].due_on is None


def test_the_vendor_ticket_is_owed_at_once() -> None:
    """Section 5, step 2: immediately, so the day of the case is the last one in time."""
    assert duty_of(S.VENDOR_TICKET, APPLIANCE, THURSDAY).days_left == -3
    bare = replace(APPLIANCE, case=None, symptom="")
    assert duty_of(S.VENDOR_TICKET, bare).due_on is None


def test_an_unanswered_escalation_is_followed_up() -> None:
    """Until the vendor answers it."""
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    facts = case_with(ADVANCED, escalated_at=at, stalls_on=THURSDAY)
    duty = duty_of(None, facts)
    assert (duty.who, duty.whom, duty.due_on) == (US, VENDOR, THURSDAY)
    assert "escalation" in duty.what
    answered = case_with(facts, escalation_answered_on=MONDAY)
    assert all(duty.step is not None for duty in picture(answered).duties)


@pytest.mark.parametrize(
    ("days", "stalled", "since"),
    [(0, False, 0), (2, False, 2), (3, True, 3), (4, True, 4), (5, True, 4), (7, True, 5)],
)
def test_a_case_stalls_after_three_business_days(days: int, stalled: bool, since: int) -> None:
    """Thursday is the third day after Monday; a weekend adds none."""
    now = picture(case_with(ADVANCED, stalls_on=THURSDAY), MONDAY + timedelta(days=days))
    assert (now.stalled, now.stalled_days) == (stalled, since)


def test_a_complete_or_ended_case_never_stalls() -> None:
    """Nor does one that nothing has moved yet."""
    late = THURSDAY + timedelta(days=30)
    whole = case_with(after(EXCHANGED, S.RETURN, S.VENDOR_UNIT), stalls_on=THURSDAY)
    ended = case_with(ADVANCED, stalls_on=THURSDAY, ended_on=MONDAY)
    for facts in (whole, ended, APPLIANCE, replace(APPLIANCE, case=None)):
        assert (picture(facts, late).stalled, picture(facts, late).stalled_days) == (False, 0)


def test_a_unit_without_a_route_has_an_empty_picture() -> None:
    """Nothing is invented for a brand that nobody knows."""
    nothing = picture(CaseFacts(case=None, route=None))
    assert (nothing.moves, nothing.duties, nothing.next) == ((), (), None)
    assert [leg.state for leg in nothing.legs] == ["nothing to do"] * 3


def test_who_has_the_case_is_named_and_foreign_text_is_harmless() -> None:
    """Names and numbers of a vendor are cleaned before they are shown."""
    hostile = "Evil\x1b[2J\u202e {vendor} [/]\n"
    facts = case_with(after(PHONE, S.VENDOR_RMA), vendor=hostile, vendor_rma=hostile)
    for move in picture(facts).moves:
        assert printable(move.detail) == move.detail
    named, unnamed = picture(facts).next, picture(after(PHONE, S.VENDOR_RMA)).next
    assert named is not None
    assert named.detail == "ship the defective unit to Evil[2J {vendor} [/]"
    assert unnamed is not None
    assert unnamed.detail == "ship the defective unit to the distributor"
    assert picture(replace(PHONE, route=Route.VENDOR)).next is not None


def test_a_blocked_move_counts_what_is_missing() -> None:
    """The first condition in words, the others by number."""
    bare = replace(APPLIANCE, symptom="", replacement_serial="", outputs=0)
    move = picture(bare).next
    assert move is not None
    assert move.detail.endswith("is missing, and 2 more")
    assert len(move.gaps) == 3
