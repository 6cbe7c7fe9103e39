"""How a step of a vendor case is written: gated in its transaction, with the days it hangs on."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bench.policy.clocks import Start
from bench.policy.vendor_case import VendorCase
from bench.policy.vendor_plan import CaseStep, Gap, gaps
from bench.scan.commands import PREFIX
from bench.store.records import Step
from bench.text import clean_line, printable
from bench.workflow.case_facts import case_facts, case_route
from bench.workflow.desk import Desk, Refused
from bench.workflow.steps import Saved, record
from bench.workflow.views import UnitView

if TYPE_CHECKING:
    from bench.store.store import Tx

NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/#-]{0,39}")
"""A vendor's number: of a ticket, a sub-ticket, an RMA."""
Data = dict[str, Any]
Making = Callable[["Tx", UnitView], Data]
"""Makes a step's data inside the transaction. Raises Refused."""


def gated(
    desk: Desk, op_id: str, rma_id: str, gate: CaseStep, step: Step, data: Data | Making
) -> Saved:
    """Writes a step that `policy.vendor_plan` lets pass at this moment. Raises Refused."""

    def made(tx: Tx, view: UnitView) -> Data:
        refuse_gaps(gaps(gate, case_facts(desk, view)))
        return data(tx, view) if callable(data) else dict(data)

    return record_case(desk, op_id, rma_id, step, made)


def record_case(desk: Desk, op_id: str, rma_id: str, step: Step, making: Making) -> Saved:
    """Writes a step of a case; begins the case where it is the first. Raises Refused."""

    def made(tx: Tx, view: UnitView) -> Data:
        return _route(desk, view) | making(tx, view) | days(desk)

    return record(desk, op_id, rma_id, step, made)


def _route(desk: Desk, view: UnitView) -> Data:
    """The route, for a step that begins its case: any may, with what other screens recorded."""
    begun = view.rma is not None and view.rma.vendor is not None
    route = None if begun else case_route(desk, view)
    return {"route": route.value} if route else {}


def days(desk: Desk) -> Data:
    """The day of a step, and the day on which its case stalls unless it moves before."""
    today = desk.clock.today()
    stalls = desk.rules.clocks.due(Start.MOVED, today)
    return {"on": today.isoformat(), "stalls_on": stalls.isoformat() if stalls else None}


def refuse_gaps(missing: tuple[Gap, ...]) -> None:
    """Raises Refused with the first thing that is missing; nothing where all is there."""
    for gap in missing:
        raise Refused(gap.what, gap.remedy)


def the_case(view: UnitView) -> VendorCase:
    """The case of a unit's return. Raises Refused where none was begun."""
    case = view.rma.vendor if view.rma else None
    if case is None:
        raise Refused("no vendor case was begun", "begin it on Vendor")
    return case


def refuse_ended(view: UnitView) -> None:
    """Raises Refused where the case has ended."""
    case = view.rma.vendor if view.rma else None
    if case is not None and not case.is_open:
        raise Refused(f"the case has ended: {case.ended_why}", "undo that step to go on with it")


def vendor_number(text: str, what: str) -> str:
    """A vendor's number as it is kept. Raises Refused for what cannot be one."""
    number = clean_line(text, 60)
    shown = printable(number)[:40] or "nothing"
    if not NUMBER.fullmatch(number) or number.upper().startswith(PREFIX):
        raise Refused(f"{shown} is no {what}", "enter the number as the vendor wrote it")
    return number


def due_on(desk: Desk, view: UnitView, start: Start) -> str | None:
    """The last day in time: by the distributor that has the case, else by the brand."""
    clocks, rma = desk.rules.clocks, view.rma
    level = rma.service_level if rma else ""
    named = desk.rules.tables.brand(view.unit.brand)
    vendor = rma.vendor.vendor if rma and rma.vendor else ""
    theirs = clocks.row(start, vendor, level)
    who = vendor if theirs is not None and theirs.applies else named.name if named else ""
    due = clocks.due(start, desk.clock.today(), who, level)
    return due.isoformat() if due else None
