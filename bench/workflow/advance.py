"""A replacement that goes out before the defective unit was dealt with, and the clock it starts.

Two reasons: an advance replacement, which the policy offers to a direct customer in the early band
and bills if the original is not back in time (DOMAIN section 3), and step 5 of a three-legged RMA
(section 5). The list of what is out is `workflow.outstanding`, to be had from here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bench.policy.clocks import Start
from bench.policy.facts import Channel, Decision, Route
from bench.policy.vendor_case import SentAheadWhy
from bench.policy.vendor_plan import CaseStep, gaps
from bench.policy.words import BANDS, day
from bench.scan.serials import canonical, is_serial
from bench.store.records import QueueRow, Rma, Step, Unit
from bench.store.rows import loose
from bench.text import printable
from bench.workflow.case_facts import case_facts
from bench.workflow.case_steps import days
from bench.workflow.desk import Desk, Refused
from bench.workflow.outstanding import (
    Outstanding,
    other_than_owed,
    outstanding,
    owed_by_customer,
    owed_of,
)
from bench.workflow.ship import given_out, stock_unit, tracking_data
from bench.workflow.steps import Saved, record, stock_changes
from bench.workflow.views import UnitView

if TYPE_CHECKING:
    from bench.store.store import Tx

__all__ = [
    "BILLING",
    "Outstanding",
    "advance_refusal",
    "bill",
    "billing_rows",
    "other_than_owed",
    "outstanding",
    "owed_by_customer",
    "reason_of",
    "send_ahead",
]
BILLING = (
    *("ticket", "rma", "customer", "brand", "model", "serial", "replacement_serial"),
    *("shipped_on", "due_on", "days_late", "billed_on"),
)
"""The columns of the billing list."""


def send_ahead(desk: Desk, op_id: str, rma_id: str, serial: str, tracking: str) -> Saved:
    """A unit from our stock has left for the customer, under the carrier's number scanned.

    `serial` is that of the stock unit; "": the one that was named as the replacement before. An
    advance replacement starts the clock of its original. Raises Refused.
    """
    carried = tracking_data(desk, tracking)

    def data(tx: Tx, view: UnitView) -> dict[str, Any]:
        why, today = reason_of(view), desk.clock.today()
        _refuse_now(desk, view, why)
        before = _stock(tx, op_id, view, serial)
        stock = replace(given_out(before, view.unit), shipped_on=today)
        tx.save_unit(stock)
        due = desk.rules.clocks.due(Start.ADVANCE_SHIPPED, today)
        clocked = why is SentAheadWhy.ADVANCE and due is not None
        gone = {"why": why.value, "unit_id": stock.id, "serial": stock.serial}
        changes = {"stock": stock_changes(before, stock)}
        until = {"due_on": due.isoformat() if clocked and due else None}
        return gone | changes | carried | days(desk) | until

    return record(desk, op_id, rma_id, Step.SENT_AHEAD, data)


def reason_of(view: UnitView) -> SentAheadWhy:
    """Why a replacement would go out ahead: for an open three-legged case, else in advance."""
    rma = view.rma
    case = rma.vendor if rma else None
    three_legged = case is not None and case.is_open and case.route is Route.THREE_LEGGED
    return SentAheadWhy.THREE_LEGGED if three_legged else SentAheadWhy.ADVANCE


def _refuse_now(desk: Desk, view: UnitView, why: SentAheadWhy) -> None:
    if why is SentAheadWhy.THREE_LEGGED:
        for gap in gaps(CaseStep.SENT_AHEAD, case_facts(desk, view)):
            raise Refused(gap.what, gap.remedy)
    elif refusal := advance_refusal(desk, view):
        raise Refused(*refusal)


def advance_refusal(desk: Desk, view: UnitView) -> tuple[str, str] | None:
    """Why no advance replacement may go out for this return now, and what to do; None: it may.

    For a screen that offers it only where it is possible.
    """
    rma = view.rma
    if rma is None:
        return "there is no return to replace in advance", "announce the RMA first"
    if rma.sent_ahead_on is not None:
        what = f"a replacement went to the customer on {day(rma.sent_ahead_on)} already"
        return what, "undo that step to send another one"
    if rma.received_on is not None:
        return "the original is here already", "diagnose it; what goes back leaves on Ship"
    if refusal := _not_offered(desk, view.decision, view.facts.channel):
        return refusal
    if not rma.ticket:
        what = "an advance replacement is tracked by the customer's ticket, which is not known"
        return what, "enter the ticket number on Record"
    return None


def _not_offered(desk: Desk, decision: Decision, channel: Channel | None) -> tuple[str, str] | None:
    """What the policy says against it (DOMAIN section 3)."""
    if decision.advance_replacement is True:
        return None
    if decision.advance_replacement is None:
        gap = next((gap for gap in decision.missing if gap.fact != "outcome"), None)
        why, who = (gap.why, gap.who) if gap else ("the policy leaves it open", "a supervisor")
        return f"nobody knows yet whether the policy offers one: {why}", f"ask {who}"
    wait = "replace the unit once it is here and diagnosed"
    if channel is Channel.RESELLER:
        what = "resellers keep loan spares: no advance replacement goes to them"
        return what, "have the reseller lend one of its spares"
    last = desk.rules.tables.early_last_day
    band = BANDS[decision.band] if decision.band else "older"
    age = f", day {decision.age_days}" if decision.age_days is not None else ""
    what = f"an advance replacement is offered up to day {last}: this unit is {band}{age}"
    return what, wait


def _stock(tx: Tx, op_id: str, view: UnitView, serial: str) -> Unit:
    """The stock unit that goes out, as it is before. Raises Refused for one that cannot."""
    named = view.replacement
    if named is not None:
        if serial and canonical(serial) != named.serial_key:
            what = f"{printable(serial)[:40]} is not {named.serial}, which was named to go out"
            raise Refused(what, "scan that one, or undo the naming first")
        return named
    if not is_serial(serial):
        shown = printable(serial)[:40] or "nothing"
        raise Refused(f"{shown} is no serial", "scan the label of the stock unit")
    stock = stock_unit(tx, op_id, serial, view.unit)
    if stock.id in {ancestor.id for ancestor, _ in view.chain}:
        what = f"{stock.serial} stands before this unit in its chain of replacements"
        raise Refused(what, "scan another stock unit")
    if stock.model and view.unit.model and loose(stock.model) != loose(view.unit.model):
        what = f"{stock.serial} is a {stock.model}, the original a {view.unit.model}"
        raise Refused(printable(what), "scan a stock unit of the same model")
    return stock


def bill(desk: Desk, op_id: str, rma_id: str) -> Saved:
    """The customer is to pay for a replacement whose original is not back in time.

    Raises Refused where it is not late, not out, or billed already.
    """

    def data(tx: Tx, view: UnitView) -> dict[str, Any]:
        rma = view.rma
        if rma is None or rma.sent_ahead_why is not SentAheadWhy.ADVANCE:
            raise Refused("no advance replacement went out on this RMA", "nothing was changed")
        if rma.billed_on is not None:
            raise Refused(f"it was billed on {day(rma.billed_on)} already", "nothing was changed")
        if not rma.advance_open:
            raise Refused(f"the original came back on {day(rma.received_on)}", "nothing to bill")
        return {"why": _why_billed(desk, rma, view.unit)} | days(desk)

    return record(desk, op_id, rma_id, Step.ADVANCE_BILLED, data)


def _why_billed(desk: Desk, rma: Rma, unit: Unit) -> str:
    owed = owed_of(desk, QueueRow(rma, unit))
    if not owed.late:
        what = f"the original has until {day(owed.due_on)}"
        raise Refused(what, "bill it once that day is over")
    return f"original not back by {day(owed.due_on)}"


def billing_rows(desk: Desk, unbilled_only: bool = False) -> Iterator[dict[str, Any]]:
    """The overdue originals as rows by the names of BILLING, for `exporting.write_csv`."""
    for owed in outstanding(desk):
        if owed.late and (owed.billed_on is None or not unbilled_only):
            yield _billing_row(owed)


def _billing_row(owed: Outstanding) -> dict[str, Any]:
    sent, billed = owed.rma.sent_ahead_on, owed.billed_on
    return {
        "ticket": owed.ticket,
        "rma": owed.rma.number,
        "customer": owed.customer,
        "brand": owed.unit.brand,
        "model": owed.unit.model,
        "serial": owed.unit.serial,
        "replacement_serial": owed.replacement,
        "shipped_on": sent.isoformat() if sent else None,
        "due_on": owed.due_on.isoformat(),
        "days_late": -owed.days_left,
        "billed_on": billed.isoformat() if billed else None,
    }
