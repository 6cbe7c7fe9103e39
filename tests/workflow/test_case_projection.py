"""What the steps of a vendor case add up to, from events alone."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest

from bench.policy.facts import Route
from bench.policy.vendor_case import SentAheadWhy, VendorAnswer, VendorCase
from bench.store.records import CASE_STEPS, Event, Rma, State, Step
from bench.workflow.case_projection import CASE, day_of
from bench.workflow.projection import fold
from tests.workflow.test_projection import AT, BLANK, events, undoing

DAY, STALLS, DUE = date(2026, 10, 28), date(2026, 11, 2), date(2026, 11, 9)
ON = {"on": DAY.isoformat(), "stalls_on": STALLS.isoformat()}
Told = tuple[Step, dict[str, Any]]


def told(step: Step, **data: Any) -> Told:
    """A step as `workflow.vendor` writes it."""
    return step, data | ON


HERE: Told = (Step.RECEIVED, {"received_on": "2026-10-28"})
BROKEN: Told = (Step.DIAGNOSED, {"outcome": "replace"})
THREE: Told = told(Step.CASE_NOTED, symptom="no boot", route="three_legged")
PHONE: Told = told(Step.CASE_NOTED, vendor="Distri One", route="distributor")
SENT: Told = told(Step.SENT_TO_VENDOR, carrier="UPS", tracking="1Z")
AHEAD: Told = told(Step.SENT_AHEAD, why="three_legged", unit_id="s1", due_on=None)
MADE: Told = told(Step.LICENCES_MADE)
NUMBER: Told = told(Step.VENDOR_RMA_GIVEN, vendor_rma="DX-9", due_on=DUE.isoformat())
CAME: Told = told(Step.VENDOR_UNIT_RECEIVED, unit_id="v1", to_test=True)
PASSED: Told = told(Step.REPLACEMENT_TESTED, passed=True)
FAILED: Told = told(Step.REPLACEMENT_TESTED, passed=False)


def made(*steps: Told) -> Rma:
    """The RMA that a received and diagnosed unit's steps make."""
    return fold(BLANK, events(HERE, BROKEN, *steps))


def case(*steps: Told) -> VendorCase:
    """Its case."""
    found = made(*steps).vendor
    assert found is not None
    return found


def test_every_step_of_a_case_has_its_meaning() -> None:
    assert set(CASE) == set(CASE_STEPS)


def test_every_field_is_set_by_some_step() -> None:
    """What no event could make would be lost with the next refold."""
    exchange = told(Step.EXCHANGE_OPENED, exchange_ticket="V-2", due_on=DUE.isoformat())
    whole = case(
        THREE,
        told(Step.CASE_NOTED, vendor="Pulse Secure", troubleshooting="outlet", output="panic"),
        told(Step.VENDOR_TICKET_OPENED, vendor_ticket="V", packet="ab"),
        told(Step.LICENSE_TICKET_OPENED, license_ticket="V-1"),
        told(Step.LICENSE_TRANSFERRED, rma_detail="RD"),
        told(Step.LICENCES_MADE),
        exchange,
        told(Step.ESCALATED, reason="other", detail="x"),
        told(Step.ESCALATION_ANSWERED, answer="soon"),
        SENT,
        told(Step.VENDOR_UNIT_RECEIVED, unit_id="v1", serial="S-9"),
    )
    empty = VendorCase(Route.THREE_LEGGED)
    untouched = {f.name for f in fields(VendorCase) if getattr(whole, f.name) == f.default}
    phones = {"vendor_rma", "vendor_rma_on", "answer", "answered_on", "credit_cents"}
    assert untouched == {*phones, "tested", "tested_on"}
    phone = case(PHONE, NUMBER, SENT, told(Step.VENDOR_ANSWERED, answer="credit", credit_cents=1))
    assert all(getattr(phone, name) != getattr(empty, name) for name in phones)
    assert (case(PHONE, NUMBER, SENT, CAME, PASSED).tested_on, whole.symptom) == (DAY, "no boot")


def test_the_promise_stays_what_it_was_when_it_was_made() -> None:
    """The days are in the events: nothing of a clock is read here."""
    found = case(PHONE, NUMBER)
    assert (found.return_due_on, found.stalls_on, found.vendor_rma_on) == (DUE, STALLS, DAY)
    assert found.moved_at == AT + timedelta(hours=4)


@pytest.mark.parametrize(
    ("step", "data", "route"),
    [
        (Step.CASE_NOTED, {"route": "vendor"}, Route.VENDOR),
        (Step.VENDOR_TICKET_OPENED, {"vendor_ticket": "V", "route": "three_legged"},
         Route.THREE_LEGGED),
        (Step.VENDOR_RMA_GIVEN, {"vendor_rma": "R", "route": "distributor"}, Route.DISTRIBUTOR),
        (Step.CASE_MOVED, {"why": "x"}, Route.VENDOR),
    ],
)  # fmt: skip
def test_whatever_comes_first_begins_the_case_on_its_route(
    step: Step, data: dict[str, Any], route: Route
) -> None:
    found = case(told(step, **data))
    assert (found.route, found.noted_on) == (route, DAY)
    assert case(told(step, **data), THREE).route is route, "and it keeps it"


def test_what_went_ahead_in_advance_has_a_clock_and_begins_no_case() -> None:
    rma = made(told(Step.SENT_AHEAD, why="advance", unit_id="s1", due_on=DUE.isoformat()))
    assert rma.vendor is None
    assert (rma.sent_ahead_on, rma.advance_due_on, rma.replacement_id) == (DAY, DUE, "s1")
    assert rma.sent_ahead_why is SentAheadWhy.ADVANCE
    assert made(THREE, AHEAD).advance_due_on is None


BOTH = "the vendor's unit is in stock, the defective one went back"
HERE_NOW = "the vendor's replacement is here"


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ((THREE, CAME), ""),
        ((THREE, SENT), ""),
        ((THREE, SENT, CAME), BOTH),
        ((THREE, CAME, SENT), BOTH),
        ((THREE, AHEAD, SENT, CAME), ""),
        ((THREE, AHEAD, MADE, SENT, CAME), BOTH),
        ((THREE, AHEAD, SENT, CAME, MADE), BOTH),
        ((PHONE, NUMBER, SENT), ""),
        ((PHONE, SENT, told(Step.VENDOR_ANSWERED, answer="replacement")), ""),
        ((PHONE, SENT, told(Step.VENDOR_ANSWERED, answer="credit", credit_cents=0)),
         "the vendor gave a credit"),
        ((PHONE, SENT, told(Step.VENDOR_ANSWERED, answer="refused")), "the vendor refused it"),
        ((PHONE, SENT, told(Step.VENDOR_ANSWERED, answer="drop_shipped", unit_id="v1")),
         "the vendor ships the replacement itself"),
        ((PHONE, SENT, CAME), ""),
        ((PHONE, SENT, CAME, PASSED), HERE_NOW),
        ((PHONE, SENT, CAME, FAILED), ""),
        ((PHONE, SENT, told(Step.VENDOR_UNIT_RECEIVED, unit_id="v1", to_test=False)), HERE_NOW),
        ((PHONE, SENT, told(Step.VENDOR_UNIT_RECEIVED, unit_id="v1")), ""),
        ((PHONE, SENT, told(Step.VENDOR_UNIT_RECEIVED, unit_id="u")), "it came back repaired"),
        ((PHONE, told(Step.CASE_ENDED, why="no trouble found")), "no trouble found"),
    ],
)  # fmt: skip
def test_a_case_ends_with_the_last_thing_that_was_owed(steps: tuple[Told, ...], why: str) -> None:
    found = case(*steps)
    assert (found.ended_why, found.is_open) == (why, not why)
    assert found.ended_on == (DAY if why else None)


def test_a_return_closes_with_its_case_only_where_the_customer_has_a_unit() -> None:
    closed, waiting = made(THREE, AHEAD, MADE, SENT, CAME), made(THREE, SENT, CAME)
    assert (closed.state, closed.closed_why) == (State.CLOSED, BOTH)
    assert closed.closed_at == AT + timedelta(hours=7)
    assert waiting.state is State.DIAGNOSED
    held = fold(BLANK, events(HERE, THREE, AHEAD, MADE, SENT, CAME))
    assert held.state is State.RECEIVED, "nobody has diagnosed it"


def test_a_failed_test_begins_the_wait_anew() -> None:
    rma = made(PHONE, NUMBER, SENT, CAME, FAILED)
    assert rma.vendor == replace(
        case(PHONE),
        tested=False,
        tested_on=DAY,
        moved_at=AT + timedelta(hours=7),
    )
    assert rma.replacement_id is None
    assert case(PHONE, NUMBER, SENT, CAME, FAILED, NUMBER, SENT, CAME).tested is None


def test_the_unit_that_the_customer_has_stays_the_replacement() -> None:
    chosen: Told = (Step.REPLACEMENT_CHOSEN, {"unit_id": "s1"})
    for later in ((), (PASSED,), (FAILED,)):
        assert made(PHONE, chosen, NUMBER, SENT, CAME, *later).replacement_id == "s1"
    assert made(PHONE, NUMBER, SENT, CAME).replacement_id == "v1"
    assert made(THREE, SENT, CAME).replacement_id is None


def test_a_new_escalation_waits_for_an_answer_of_its_own() -> None:
    first = told(Step.ESCALATED, reason="other", detail="x")
    answer = told(Step.ESCALATION_ANSWERED, answer="soon")
    again = case(PHONE, first, answer, told(Step.ESCALATED, reason="faster_progress", detail="y"))
    assert (again.escalation, again.escalation_detail) == ("faster_progress", "y")
    assert (again.escalation_answer, again.escalation_answered_on) == ("", None)
    assert (again.escalated_by, again.escalated_at) == ("Ana", AT + timedelta(hours=6))


def test_letters_and_bills_move_no_case() -> None:
    before = case(PHONE)
    for step in (Step.LETTER_WRITTEN, Step.LETTER_SENT, Step.ADVANCE_BILLED):
        assert case(PHONE, told(step)) == before
    assert made(told(Step.ADVANCE_BILLED)).billed_on == DAY


def test_a_step_without_a_stalling_day_leaves_the_one_before() -> None:
    """A bench whose policy has no such clock any more."""
    moved: Told = (Step.CASE_MOVED, {"on": DAY.isoformat(), "stalls_on": None, "why": "x"})
    assert case(PHONE, moved).stalls_on == STALLS


def test_undone_steps_of_a_case_leave_nothing() -> None:
    steps: tuple[Told, ...] = (HERE, BROKEN, PHONE, NUMBER, SENT, CAME, FAILED)
    all_events: list[Event] = events(*steps)
    for last in range(len(steps), 2, -1):
        undone = [*all_events[:last], undoing(last, 20)]
        assert fold(BLANK, undone) == fold(BLANK, all_events[: last - 1])


@pytest.mark.parametrize("data", [{}, {"on": None}, {"on": ""}])
def test_no_day_is_none(data: dict[str, Any]) -> None:
    assert day_of(data) is None
    assert day_of({"due_on": "2028-02-29"}, "due_on") == date(2028, 2, 29)


def test_a_vendors_answer_is_kept_as_the_policy_names_it() -> None:
    found = case(PHONE, SENT, told(Step.VENDOR_ANSWERED, answer="credit", credit_cents=4500))
    assert (found.answer, found.credit_cents) == (VendorAnswer.CREDIT, 4500)
    assert case(PHONE, SENT, CAME).answer is VendorAnswer.REPLACEMENT
