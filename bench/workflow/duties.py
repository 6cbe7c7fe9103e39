"""What is owed at the whole bench: every open vendor case, what became due, and what wakes.

A bench that was switched off for weeks shows all of it at once: days are compared when somebody
looks, and nothing hangs on a timer that has to run on the right day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from bench.policy.clocks import DayKind, Start, days_left
from bench.policy.decide import decide
from bench.policy.facts import Contact
from bench.policy.vendor_legs import Duty, Plan
from bench.policy.vendor_plan import Party
from bench.store.errors import StaleRecord
from bench.store.records import QueueRow, Rma, Unit
from bench.text import clean_line
from bench.workflow.case_facts import plan_for
from bench.workflow.desk import Desk
from bench.workflow.gates import facts_of, shipping_of
from bench.workflow.outstanding import Outstanding, outstanding
from bench.workflow.projection import fold
from bench.workflow.views import UnitView, settled

if TYPE_CHECKING:
    from bench.store.store import Tx

SOON = 3
"""Days before its last day from which a duty is shown as due, in the days of its own clock."""
BATCH = 100
"""RMAs that one write settles anew: other benches do not wait long for it."""
_PAGE = 500
PARTIES = {Party.CUSTOMER: "the customer", Party.US: "we", Party.VENDOR: "the vendor"}
"""Who owes something, as a sentence begins."""


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One open vendor case as the list of all shows it."""

    rma: Rma
    unit: Unit
    plan: Plan
    next_title: str
    """What is to be done or waited for next; "" where nothing comes any more."""
    who: Party | None
    """Who owes what is due first; None where nobody owes anything."""
    what: str
    due_on: date | None
    """The soonest last day of all that is owed in the case."""
    days_left: int | None
    """In the days of its clock; below 0 is late."""
    stalled: bool
    stalled_days: int
    """Business days since it moved last."""
    moved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that is late, or soon will be."""

    rma: Rma
    unit: Unit
    who: str
    """Who has to do it: we, the customer, the vendor."""
    what: str
    due_on: date
    days_left: int
    """0: today is the last day in time; below 0: late by so many days of its own clock."""
    consequence: str = ""

    @property
    def late(self) -> bool:
        """Whether its last day is over."""
        return self.days_left < 0


# --- all cases


def cases(desk: Desk) -> list[CaseLine]:
    """Every open vendor case: the stalled ones first, by their last movement; then by the day on
    which something is due, those without one last; then as they came."""
    return sorted((_line(desk, row) for row in _open_cases(desk)), key=_urgency)


def _open_cases(desk: Desk) -> Iterator[QueueRow]:
    place = 0
    while page := desk.store.open_cases(_PAGE, place):
        yield from page
        place += len(page)


def _line(desk: Desk, row: QueueRow) -> CaseLine:
    plan, case = plan_of(desk, row), row.rma.vendor
    first = plan.duties[0] if plan.duties else None
    return CaseLine(
        rma=row.rma,
        unit=row.unit,
        plan=plan,
        next_title=plan.next.title if plan.next else "",
        who=first.who if first else None,
        what=first.what if first else "",
        due_on=first.due_on if first else None,
        days_left=first.days_left if first else None,
        stalled=plan.stalled,
        stalled_days=plan.stalled_days,
        moved_at=case.moved_at if case else None,
    )


def _urgency(line: CaseLine) -> tuple[bool, float, date, str]:
    moved = line.moved_at.timestamp() if line.stalled and line.moved_at else 0.0
    return not line.stalled, moved, line.due_on or date.max, line.rma.id


def plan_of(desk: Desk, row: QueueRow) -> Plan:
    """The plan of a case, read with no more of its unit than the plan looks at."""
    unit, rma = row.unit, row.rma
    chain, fault = desk.store.chain_of(unit.id) if unit.replaces_id else ([], "")
    facts = facts_of(unit, rma, chain, fault)
    decision = decide(facts, desk.rules.tables, desk.rules.prefer)
    view = UnitView(
        unit=unit,
        rma=rma,
        facts=facts,
        decision=decision,
        shipping=shipping_of(rma, decision, unit.serial),
        chain=tuple(chain),
        replacement=desk.store.unit(rma.replacement_id) if rma.replacement_id else None,
    )
    return plan_for(desk.rules, desk.clock, view)


# --- what became due


def due(desk: Desk) -> list[Due]:
    """All that is late, due today or due within SOON days: the one due first at the top.

    Of open vendor cases, of originals that are out, and of customers who did not answer.
    """
    found = [*_of_cases(desk), *_of_advances(desk), *_of_contacts(desk)]
    shown = (one for one in found if one.days_left <= SOON)
    return sorted(shown, key=lambda one: (one.due_on, one.days_left, one.rma.id, one.what))


def _of_cases(desk: Desk) -> Iterator[Due]:
    for row in _open_cases(desk):
        plan = plan_of(desk, row)
        told = [one for duty in plan.duties if (one := _of_duty(row, duty)) is not None]
        yield from told
        if plan.stalled and all(one.days_left > 0 for one in told):
            yield from _of_stalled(desk, row, plan)


def _of_duty(row: QueueRow, duty: Duty) -> Due | None:
    """A duty with a last day; None for one that stands elsewhere in the list, or is not due.

    A vendor that only has to be reminded is due on the day that its case stalls: each case that
    moves will do so within days, so it is not told beforehand.
    """
    if duty.due_on is None or duty.days_left is None:
        return None
    if row.rma.advance_open and duty.who is Party.CUSTOMER:
        return None
    case = row.rma.vendor
    reminder = case is not None and duty.due_on == case.stalls_on and _is_follow_up(duty)
    if reminder and duty.days_left > 0:
        return None
    whom = "us" if duty.whom is Party.US else _name(row, duty.whom)
    verb = "owe" if duty.who is Party.US else "owes"
    what = f"{verb} {whom} {duty.what}"
    who, left = _name(row, duty.who), duty.days_left
    return Due(row.rma, row.unit, who, what, duty.due_on, left, duty.consequence)


def _name(row: QueueRow, party: Party) -> str:
    """Who that is; whoever has the case by name, where it is known."""
    named = row.rma.vendor.vendor if row.rma.vendor and party is Party.VENDOR else ""
    return clean_line(named, 40) or PARTIES[party]


def _is_follow_up(duty: Duty) -> bool:
    return duty.who is Party.VENDOR or duty.step is None


def _of_stalled(desk: Desk, row: QueueRow, plan: Plan) -> Iterator[Due]:
    """A case that nobody has moved for too long, where nothing else says that it is late."""
    case, clocks = row.rma.vendor, desk.rules.clocks
    if case is None or case.stalls_on is None:
        return
    left = days_left(case.stalls_on, desk.clock.today(), DayKind.BUSINESS, clocks.holidays)
    clock = clocks.row(Start.MOVED)
    what = f"have not moved the case for {plan.stalled_days} business days"
    if plan.next is not None:
        what += f"; next: {plan.next.title}"
    late = clock.consequence if clock else ""
    yield Due(row.rma, row.unit, PARTIES[Party.US], what, case.stalls_on, left, late)


def _of_advances(desk: Desk) -> Iterator[Due]:
    clock = desk.rules.clocks.row(Start.ADVANCE_SHIPPED)
    late = clock.consequence if clock else ""
    for owed in outstanding(desk):
        if owed.billed_on is None:
            yield _of_original(owed, late)


def _of_original(owed: Outstanding, consequence: str) -> Due:
    who, what = "the customer", "owes us the original, after an advance replacement"
    if owed.late:
        who, what = "we", "bill the advance replacement: the original is not back"
    return Due(owed.rma, owed.unit, who, what, owed.due_on, owed.days_left, consequence)


def _of_contacts(desk: Desk) -> Iterator[Due]:
    clocks, today = desk.rules.clocks, desk.clock.today()
    clock = clocks.row(Start.CONTACT_TRIED)
    kind, late = (clock.kind, clock.consequence) if clock else (DayKind.CALENDAR, "")
    for row in desk.store.open_contacts():
        again = row.rma.contact_again_on
        if again is None or row.rma.contact is not Contact.NO_ANSWER:
            continue
        tries = "1 try" if row.rma.contact_tries == 1 else f"{row.rma.contact_tries} tries"
        what = f"ask the customer again: wanted back? No answer after {tries}"
        left = days_left(again, today, kind, clocks.holidays)
        yield Due(row.rma, row.unit, "we", what, again, left, late)


# --- what changes by itself


def wake(desk: Desk) -> int:
    """Gives the open RMAs whose day has come the place in the queue that they have now.

    It writes no event, for nothing happened; asked again, it finds nothing more. Two benches at
    once do no harm: one that loses leaves the rest for the next call. Gives how many were settled.
    Raises StoreError kinds.
    """
    woken = 0
    while desk.store.waking(desk.clock.today(), 1):  # a look takes no lock
        try:
            settled_now = desk.store.write("", lambda tx: _wake_some(desk, tx))
        except StaleRecord:
            break
        if not settled_now:
            break
        woken += settled_now
    return woken


def _wake_some(desk: Desk, tx: Tx) -> int:
    """By id, so that two benches take their rows in the same order."""
    ids, done = sorted(tx.waking(desk.clock.today(), BATCH)), 0
    for rma_id in ids:
        rma = tx.rma(rma_id)
        unit = tx.unit(rma.unit_id) if rma else None
        if rma is not None and unit is not None:
            tx.save_rma(settled(desk, unit, fold(rma, tx.events_of_rma(rma_id)), rma))
            done += 1
    return done
