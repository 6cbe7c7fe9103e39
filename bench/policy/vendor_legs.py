"""The picture of a vendor case: three legs with their moves, what comes next, who owes what.

Pure. Customer and us, us and the vendor, and the hardware between us and the vendor; the numbers
of the moves are those of DOMAIN section 5 (three-legged) and the order of section 6 (phones).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bench.policy.clocks import Clocks
from bench.policy.facts import Route
from bench.policy.vendor_case import VendorAnswer, VendorCase
from bench.policy.vendor_duties import Deadline, Duty, deadline, duties, stalled_days
from bench.policy.vendor_facts import NO_UNIT
from bench.policy.vendor_plan import (
    CaseFacts,
    CaseStep,
    Gap,
    Party,
    complete,
    done,
    gaps,
    is_over,
    next_step,
    ready,
    route_of,
    steps_of,
)
from bench.policy.vendor_words import (
    ANSWERS,
    LEG_OF,
    LEGS,
    NUMBERS,
    PARTIES,
    PHONE_NUMBERS,
    TITLES,
    TO_DO,
    LegName,
)
from bench.policy.words import OUTCOMES, day
from bench.text import clean_line

__all__ = [
    "TITLES",
    "Deadline",
    "Duty",
    "Leg",
    "LegName",
    "Move",
    "Plan",
    "Standing",
    "plan",
    "vendor_name",
]
_S = CaseStep


class Standing(StrEnum):
    """How a move stands."""

    DONE = "done"
    NEXT = "next"
    OPEN = "open"
    """It could be done now, beside the next one."""
    BLOCKED = "blocked"
    OFF = "off"
    """It will not come: the case has ended, or does not need it."""


@dataclass(frozen=True, slots=True)
class Move:
    """One step of the case as the picture shows it."""

    step: CaseStep
    number: str
    """"" for the end of a case, which has none."""
    party: Party
    """Whose move it is."""
    leg: LegName
    title: str
    standing: Standing
    detail: str
    """Done: the number, tracking or unit. Else: what is to be done, or what is missing."""
    done_on: date | None
    due_on: date | None
    days_left: int | None
    """In the days of its clock; below 0 is late."""
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of the case, with its state in one line."""

    name: LegName
    title: str
    ends: tuple[Party, Party]
    moves: tuple[Move, ...]
    state: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole picture. `moves` has END only where the case has ended or may be ended."""

    moves: tuple[Move, ...]
    legs: tuple[Leg, ...]
    next: Move | None
    duties: tuple[Duty, ...]
    stalled: bool
    stalled_days: int
    """Business days since the last movement."""


def plan(facts: CaseFacts, clocks: Clocks, today: date) -> Plan:
    """The picture of that day. A unit without a vendor route has no moves and empty legs."""
    now = _Now(facts, clocks, today, next_step(facts), is_over(facts))
    steps = [s for s in steps_of(route_of(facts)) if s is not _S.END or _shows_end(facts)]
    moves = tuple(_move(step, now) for step in steps)
    case = facts.case
    return Plan(
        moves=moves,
        legs=tuple(_leg(name, moves, facts) for name in LegName),
        next=next((move for move in moves if move.step is now.upcoming), None),
        duties=duties(facts, clocks, today),
        stalled=case is not None and case.is_stalled(today) and not complete(facts),
        stalled_days=0 if complete(facts) else stalled_days(facts, clocks, today),
    )


def vendor_name(facts: CaseFacts) -> str:
    """Who has the case: by name where it is known, else the vendor or the distributor."""
    named = clean_line(facts.case.vendor, 40) if facts.case else ""
    distributor = route_of(facts) is Route.DISTRIBUTOR
    return named or ("the distributor" if distributor else "the vendor")


def _shows_end(facts: CaseFacts) -> bool:
    return done(_S.END, facts) or ready(_S.END, facts)


@dataclass(frozen=True, slots=True)
class _Now:
    """What every move of one picture has in common."""

    facts: CaseFacts
    clocks: Clocks
    on: date
    upcoming: CaseStep | None
    over: bool


def _move(step: CaseStep, now: _Now) -> Move:
    facts = now.facts
    missing, standing = gaps(step, facts), _standing(step, now)
    off = standing in (Standing.DONE, Standing.OFF)
    by = Deadline() if off else deadline(step, facts, now.clocks, now.on)
    three_legged = route_of(facts) is Route.THREE_LEGGED
    return Move(
        step=step,
        number=(NUMBERS if three_legged else PHONE_NUMBERS).get(step, ""),
        party=_party(step, facts),
        leg=LEG_OF[step],
        title=TITLES[step],
        standing=standing,
        detail=_detail(step, facts, standing, missing),
        done_on=_done_on(step, facts),
        due_on=by.due_on,
        days_left=by.days_left,
        gaps=missing,
    )


def _standing(step: CaseStep, now: _Now) -> Standing:
    facts = now.facts
    if done(step, facts):
        return Standing.DONE
    if step is now.upcoming:
        return Standing.NEXT
    if now.over or (step is _S.TESTED and facts.ships_straight):
        return Standing.OFF
    return Standing.OPEN if ready(step, facts) else Standing.BLOCKED


def _party(step: CaseStep, facts: CaseFacts) -> Party:
    if step is _S.DIAGNOSED:
        return Party.CUSTOMER if facts.received_on is None else Party.US
    return PARTIES.get(step, Party.US)


def _detail(step: CaseStep, facts: CaseFacts, standing: Standing, missing: tuple[Gap, ...]) -> str:
    if standing is Standing.DONE:
        return _done_detail(step, facts)
    if standing is Standing.OFF:
        return _off_detail(step, facts)
    if standing is Standing.BLOCKED or (missing and not ready(step, facts)):
        more = f", and {len(missing) - 1} more" if len(missing) > 1 else ""
        return missing[0].what + more
    if step is _S.TESTED and facts.case is not None and facts.case.tested is False:
        return "it failed its test: test it again, or end the case"
    if step is _S.RETURN and facts.case is not None and facts.case.tested is False:
        return f"ship the replacement that failed back to {vendor_name(facts)}"
    return TO_DO[step].format(vendor=vendor_name(facts))


def _off_detail(step: CaseStep, facts: CaseFacts) -> str:
    answer = facts.case.answer if facts.case else None
    if step in (_S.VENDOR_UNIT, _S.TESTED) and answer in NO_UNIT:
        return NO_UNIT[answer]
    if step is _S.TESTED and facts.ships_straight:
        return "not needed: it may go to the reseller untested"
    return "not needed any more" if facts.case else "not needed"


def _done_detail(step: CaseStep, facts: CaseFacts) -> str:
    case, outcome = facts.case, facts.outcome
    if step is _S.TICKET:
        return clean_line(facts.ticket, 60)
    if step is _S.SENT_AHEAD:
        return clean_line(facts.replacement_serial, 60)
    if step is _S.DIAGNOSED:
        return OUTCOMES[outcome].lower() if outcome else ""
    return clean_line(_of_case(step, case), 80) if case else ""


def _of_case(step: CaseStep, case: VendorCase) -> str:
    said: dict[CaseStep, str] = {
        _S.VENDOR_TICKET: case.vendor_ticket,
        _S.SUB_TICKET: case.license_ticket,
        _S.LICENSE_TRANSFER: case.rma_detail,
        _S.EXCHANGE: case.exchange_ticket,
        _S.RETURN: f"{case.return_carrier} {case.return_tracking}",
        _S.VENDOR_RMA: case.vendor_rma,
        _S.VENDOR_UNIT: case.vendor_unit_serial,
        _S.ANSWER: ANSWERS[case.answer or VendorAnswer.REPLACEMENT],
        _S.TESTED: "passed",
        _S.END: case.ended_why,
    }
    return said.get(step, "")


def _done_on(step: CaseStep, facts: CaseFacts) -> date | None:
    case = facts.case
    if not done(step, facts):
        return None
    if step is _S.SENT_AHEAD:
        return facts.sent_ahead_on
    if step is _S.DIAGNOSED:
        return facts.diagnosed_on
    return _DAYS[step](case) if case and step in _DAYS else None


def _leg(name: LegName, moves: tuple[Move, ...], facts: CaseFacts) -> Leg:
    own = tuple(move for move in moves if move.leg is name)
    title, ends = LEGS[name]
    return Leg(name, title, ends, own, _state(own, facts))


def _state(moves: tuple[Move, ...], facts: CaseFacts) -> str:
    """The leg in one line: what is to be done in it, what it waits for, or that it is done."""
    for wanted in (Standing.NEXT, Standing.OPEN, Standing.BLOCKED):
        for move in moves:
            if move.standing is wanted:
                due = f", by {day(move.due_on)}" if move.due_on else ""
                return move.detail + due
    if facts.case is not None and not facts.case.is_open:
        why = clean_line(facts.case.ended_why)
        return f"ended: {why}" if why else "ended"
    if any(move.standing is Standing.DONE for move in moves):
        return "done"
    return "nothing to do"


_DAYS: Mapping[CaseStep, Callable[[VendorCase], date | None]] = {
    _S.VENDOR_TICKET: lambda c: c.opened_on,
    _S.SUB_TICKET: lambda c: c.license_on,
    _S.LICENSE_TRANSFER: lambda c: c.rma_detail_on,
    _S.LICENCES: lambda c: c.licences_on,
    _S.EXCHANGE: lambda c: c.exchange_on,
    _S.RETURN: lambda c: c.returned_on,
    _S.VENDOR_UNIT: lambda c: c.vendor_unit_on,
    _S.VENDOR_RMA: lambda c: c.vendor_rma_on,
    _S.ANSWER: lambda c: c.answered_on or c.vendor_unit_on,
    _S.TESTED: lambda c: c.tested_on,
    _S.END: lambda c: c.ended_on,
}
