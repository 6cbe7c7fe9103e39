"""Views, plans and lines of vendor cases, made from facts, for what shows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from bench.policy.decide import decide
from bench.policy.vendor_legs import Plan, plan
from bench.policy.vendor_plan import CaseFacts
from bench.scan.rma_number import format_number
from bench.store.records import Rma, Unit
from bench.workflow.duties import CaseLine
from bench.workflow.gates import facts_of, shipping_of
from bench.workflow.views import UnitView
from tests.policy.grid import tables
from tests.policy.vendor_stories import APPLIANCE, PHONE, S, after, case_with, clocks

MOVED = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)
STALLS = date(2026, 11, 5)
FRIDAY = date(2026, 11, 6)
MIDDLE = case_with(
    replace(
        after(APPLIANCE, S.VENDOR_TICKET, S.SUB_TICKET, S.LICENSE_TRANSFER, S.SENT_AHEAD),
        replacement_serial="0331122017044",
        ticket="48213",
    ),
    vendor="Pulse Secure",
    vendor_ticket="2026-1102-0417",
    moved_at=MOVED,
)
"""Licence transferred, replacement sent, the defective unit not here yet."""
EXCHANGED = case_with(
    after(MIDDLE, S.LICENCES, S.DIAGNOSED, S.EXCHANGE), return_due_on=date(2026, 11, 7)
)
"""Only the two units have to travel."""
AWAY = case_with(
    after(PHONE, S.VENDOR_RMA, S.RETURN), vendor="Lydis", moved_at=MOVED, stalls_on=STALLS
)
"""A phone at its distributor, that has not answered."""
HOSTILE = "\x1b[2J\x1b]0;pwned\x07[/][@click=app.quit]x[/]\u202e\u200b\u2066" + "V" * 200
"""What a ticket number could be."""


def plan_on(facts: CaseFacts, today: date = FRIDAY) -> Plan:
    """The plan of a case on a day."""
    return plan(facts, clocks(), today)


def view_of(facts: CaseFacts) -> UnitView:
    """The unit of a case with its return."""
    phone = facts.brand == PHONE.brand
    unit = Unit(
        "u1", "0331122017001", "0331122017001", facts.brand, "T54W" if phone else "PSA-3000"
    )
    rma = Rma(
        "r1",
        format_number("BK", 4812),
        "u1",
        ticket=facts.ticket,
        customer="Meridian Bank",
        received_on=facts.received_on,
        outcome=facts.outcome,
        vendor=facts.case,
    )
    known = facts_of(unit, rma, [], "")
    decision = decide(known, tables())
    return UnitView(unit, rma, known, decision, shipping_of(rma, decision, unit.serial))


def line_of(facts: CaseFacts, number: int = 1, today: date = FRIDAY) -> CaseLine:
    """The case as the list of all shows it."""
    view, found = view_of(facts), plan_on(facts, today)
    first = found.duties[0] if found.duties else None
    assert view.rma is not None
    return CaseLine(
        rma=replace(view.rma, id=f"r{number}", number=format_number("BK", number)),
        unit=replace(view.unit, id=f"u{number}"),
        plan=found,
        next_title=found.next.title if found.next else "",
        who=first.who if first else None,
        what=first.what if first else "",
        due_on=first.due_on if first else None,
        days_left=first.days_left if first else None,
        stalled=found.stalled,
        stalled_days=found.stalled_days,
        moved_at=facts.case.moved_at if facts.case else None,
    )
