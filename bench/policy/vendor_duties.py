"""Who owes whom what by when in a vendor case, and what happens when it is late.

Pure. The days come from what was promised (kept with the case) and else from `clocks`. A vendor
that owes us something has the days until the case counts as stalled (DOMAIN section 7): that is
when we ask, not a promise of theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bench.policy.clocks import ClockRow, Clocks, DayKind, Start, days_left
from bench.policy.facts import Outcome, Route
from bench.policy.vendor_plan import (
    CaseFacts,
    CaseStep,
    Party,
    complete,
    done,
    is_over,
    ready,
    route_of,
    steps_of,
)
from bench.text import clean_line

_S = CaseStep
_CUSTOMER, _US, _VENDOR = Party.CUSTOMER, Party.US, Party.VENDOR


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day in time, if there is one; days left count in `unit`, below 0 is late."""

    due_on: date | None = None
    days_left: int | None = None
    unit: DayKind = DayKind.CALENDAR
    consequence: str = ""


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing owed: `who` owes `whom` `what`. The last day, days left, unit as in Deadline."""

    who: Party
    whom: Party
    what: str
    due_on: date | None
    days_left: int | None
    unit: DayKind
    consequence: str
    """What happens when it is late; "" where nothing is known to."""
    step: CaseStep | None = None
    """The step that settles it; None for the follow-up of an escalation."""


def duties(facts: CaseFacts, clocks: Clocks, today: date) -> tuple[Duty, ...]:
    """Everything that is owed now: the soonest due first, what has no last day at the end."""
    if complete(facts) or (is_over(facts) and facts.case is None):
        return ()
    found = [*_of_steps(facts, clocks, today), *_of_escalation(facts, clocks, today)]
    return tuple(sorted(found, key=lambda duty: duty.due_on or date.max))


def deadline(step: CaseStep, facts: CaseFacts, clocks: Clocks, today: date) -> Deadline:
    """By when the step is to be done; an empty one where no clock runs, or it is done."""
    if complete(facts) or done(step, facts):
        return Deadline()
    if step is _S.RETURN:
        return _of_return(facts, clocks, today)
    if step is _S.DIAGNOSED:
        return _of_original(facts, clocks, today)
    if step is _S.VENDOR_TICKET:
        return _at_once(facts, clocks, today)
    if step in _FROM_VENDOR and ready(step, facts):
        return _follow_up(facts, clocks, today)
    return Deadline()


def stalled_days(facts: CaseFacts, clocks: Clocks, today: date) -> int:
    """Business days since the case moved last; 0 where nothing has moved it yet.

    Counted from the day on which it stalls, which was counted from the warehouse's day of the move.
    """
    case, row = facts.case, clocks.row(Start.MOVED)
    if case is None or case.stalls_on is None or row is None:
        return 0
    if today >= case.stalls_on:
        return row.days + days_left(today, case.stalls_on, DayKind.BUSINESS, clocks.holidays)
    return max(0, row.days - days_left(case.stalls_on, today, DayKind.BUSINESS, clocks.holidays))


def _deadline(
    due: date | None, row: ClockRow | None, clocks: Clocks, today: date, late: str = ""
) -> Deadline:
    if due is None:
        return Deadline()
    unit = row.kind if row else DayKind.CALENDAR
    left = days_left(due, today, unit, clocks.holidays)
    return Deadline(due, left, unit, row.consequence if row else late)


def _of_return(facts: CaseFacts, clocks: Clocks, today: date) -> Deadline:
    """What was agreed when the clock began; else the earliest that a clock gives now."""
    case = facts.case
    if case is None:
        return Deadline()
    brand, level = facts.brand, facts.service_level
    three_legged = case.route is Route.THREE_LEGGED
    begun = Start.EXCHANGE_OPENED if three_legged else Start.RMA_NUMBER_GIVEN
    if case.return_due_on is not None:
        return _deadline(case.return_due_on, clocks.row(begun, brand, level), clocks, today)
    found: list[tuple[date, Start]] = []
    since = case.exchange_on if three_legged else case.vendor_rma_on
    for start, on in ((begun, since), (Start.REPLACEMENT_RECEIVED, case.vendor_unit_on)):
        if on is not None and (due := clocks.due(start, on, brand, level)) is not None:
            found.append((due, start))
    if not found:
        return Deadline()
    due, start = min(found)
    return _deadline(due, clocks.row(start, brand, level), clocks, today)


def _of_original(facts: CaseFacts, clocks: Clocks, today: date) -> Deadline:
    """The original of an advance replacement; step 5 of a three-legged RMA sets no day for it."""
    if facts.sent_ahead_on is None or facts.received_on is not None:
        return Deadline()
    start, brand, level = Start.ADVANCE_SHIPPED, facts.brand, facts.service_level
    due = facts.advance_due_on
    if due is None and route_of(facts) is not Route.THREE_LEGGED:
        due = clocks.due(start, facts.sent_ahead_on, brand, level)
    return _deadline(due, clocks.row(start, brand, level), clocks, today)


def _at_once(facts: CaseFacts, clocks: Clocks, today: date) -> Deadline:
    """The vendor ticket is to be opened immediately (DOMAIN section 5, step 2)."""
    begun = facts.case.noted_on if facts.case else None
    late = "the vendor's help starts only with the ticket"
    return _deadline(begun, None, clocks, today, late)


def _follow_up(facts: CaseFacts, clocks: Clocks, today: date) -> Deadline:
    case = facts.case
    return _deadline(case.stalls_on if case else None, clocks.row(Start.MOVED), clocks, today)


def _of_steps(facts: CaseFacts, clocks: Clocks, today: date) -> Iterator[Duty]:
    over = is_over(facts)
    for step in steps_of(route_of(facts)):
        if done(step, facts) or not (step is _S.END if over else _is_owed(step, facts)):
            continue
        who, whom, what = _debt(step, facts)
        by = deadline(step, facts, clocks, today)
        yield Duty(who, whom, what, by.due_on, by.days_left, by.unit, by.consequence, step)
    if not over and _owes_unit(facts):
        what = "a working unit"
        yield Duty(_US, _CUSTOMER, what, None, None, DayKind.CALENDAR, "", _S.VENDOR_UNIT)


def _of_escalation(facts: CaseFacts, clocks: Clocks, today: date) -> Iterator[Duty]:
    case = facts.case
    if case is None or case.escalated_at is None or case.escalation_answered_on is not None:
        return
    by, what = _follow_up(facts, clocks, today), "a reminder: the escalation has no answer"
    yield Duty(_US, _VENDOR, what, by.due_on, by.days_left, by.unit, by.consequence)


def _is_owed(step: CaseStep, facts: CaseFacts) -> bool:
    if step is _S.VENDOR_UNIT and route_of(facts) is not Route.THREE_LEGGED:
        return done(_S.ANSWER, facts) and ready(step, facts)
    if step is _S.VENDOR_TICKET:
        return True
    if step is _S.SENT_AHEAD:
        return done(_S.TICKET, facts)
    if step is _S.DIAGNOSED:
        return facts.received_on is not None or facts.sent_ahead_on is not None
    return step is not _S.END and ready(step, facts)


def _owes_unit(facts: CaseFacts) -> bool:
    """Whether a phone's customer waits for what the vendor gives."""
    if route_of(facts) is Route.THREE_LEGGED or facts.case is None:
        return False
    return facts.sent_ahead_on is None and facts.outcome in (Outcome.REPAIR, Outcome.REPLACE)


def _debt(step: CaseStep, facts: CaseFacts) -> tuple[Party, Party, str]:
    if step is _S.DIAGNOSED and facts.received_on is None:
        return _CUSTOMER, _US, "the defective unit"
    if step is _S.LICENCES and facts.case is not None:
        number = clean_line(facts.case.rma_detail, 40)
        return _US, _CUSTOMER, f"the RMA Detail Number {number}, to make their licences with"
    return _DEBTS[step]


_FROM_VENDOR = (_S.SUB_TICKET, _S.LICENSE_TRANSFER, _S.ANSWER, _S.VENDOR_UNIT)
_DEBTS = {
    _S.TICKET: (_CUSTOMER, _US, "the number of their support ticket"),
    _S.VENDOR_TICKET: (_US, _VENDOR, "our ticket with its five parts"),
    _S.SUB_TICKET: (_VENDOR, _US, "its verdict: the first sub-ticket"),
    _S.LICENSE_TRANSFER: (_VENDOR, _US, "the RMA Detail Number"),
    _S.SENT_AHEAD: (_US, _CUSTOMER, "the replacement from our stock"),
    _S.DIAGNOSED: (_US, _CUSTOMER, "a diagnosis of the defective unit"),
    _S.EXCHANGE: (_US, _VENDOR, "the request for the advance-exchange"),
    _S.RETURN: (_US, _VENDOR, "the defective unit"),
    _S.VENDOR_UNIT: (_VENDOR, _US, "a new unit"),
    _S.VENDOR_RMA: (_US, _VENDOR, "the request for an RMA number"),
    _S.ANSWER: (_VENDOR, _US, "an answer: credit or replacement"),
    _S.TESTED: (_US, _CUSTOMER, "a bench test of the replacement"),
    _S.END: (_US, _VENDOR, "word that no replacement is needed"),
}
