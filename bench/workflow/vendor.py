"""The vendor's side of a return: each step of a case, gated, on the events of its RMA.

DOMAIN section 5 (three-legged RMA) and 6 (phones). What may be done when is
`policy.vendor_plan`; here it is asked inside the transaction, so that no two benches pass one gate.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bench.policy.clocks import Start
from bench.policy.facts import Route
from bench.policy.vendor_case import VendorAnswer
from bench.policy.vendor_plan import CaseStep, answer_gaps
from bench.scan.serials import canonical, is_serial
from bench.store.records import Step, Unit
from bench.text import clean_line, clean_text, printable
from bench.workflow.case_facts import case_facts, case_route
from bench.workflow.case_steps import (
    Data,
    due_on,
    gated,
    record_case,
    refuse_ended,
    refuse_gaps,
    the_case,
    vendor_number,
)
from bench.workflow.desk import Desk, Refused
from bench.workflow.projection import standing
from bench.workflow.ship import given_out, needed, stock_unit, tracking_data
from bench.workflow.steps import Saved, stock_changes
from bench.workflow.views import UnitView

if TYPE_CHECKING:
    from bench.store.store import Tx

LONGEST = 20_000
"""Characters of what a unit said for itself, as it came with a ticket."""


def note(desk: Desk, op_id: str, rma_id: str, **texts: str) -> Saved:
    """Begins the case, or notes more of it: vendor, symptom, troubleshooting, output.

    Only what is named is changed. Raises Refused where the unit has no way to a vendor.
    """
    cleaned = {name: clean_text(text, LONGEST) for name, text in texts.items()}

    def data(tx: Tx, view: UnitView) -> Data:
        route = case_route(desk, view)
        if route is None:
            brand = printable(view.unit.brand)[:40] or "a brand that nobody knows"
            raise Refused(f"there is no vendor route for {brand}", "enter its brand on Record")
        refuse_ended(view)
        return dict(cleaned)

    return record_case(desk, op_id, rma_id, Step.CASE_NOTED, data)


def open_ticket(
    desk: Desk, op_id: str, rma_id: str, number: str, packet: str = "", file: str = ""
) -> Saved:
    """The vendor has the ticket, with the packet of five parts; the packet's hash is kept."""
    data = {"vendor_ticket": vendor_number(number, "vendor ticket"), "packet": packet, "file": file}
    return gated(desk, op_id, rma_id, CaseStep.VENDOR_TICKET, Step.VENDOR_TICKET_OPENED, data)


def verified(desk: Desk, op_id: str, rma_id: str, number: str) -> Saved:
    """The vendor has verified the failure: the first sub-ticket, license-transfer, is there."""
    data = {"license_ticket": vendor_number(number, "sub-ticket")}
    return gated(desk, op_id, rma_id, CaseStep.SUB_TICKET, Step.LICENSE_TICKET_OPENED, data)


def license_transferred(desk: Desk, op_id: str, rma_id: str, number: str) -> Saved:
    """The license-transfer has closed with its RMA Detail Number."""
    data = {"rma_detail": vendor_number(number, "RMA Detail Number")}
    return gated(desk, op_id, rma_id, CaseStep.LICENSE_TRANSFER, Step.LICENSE_TRANSFERRED, data)


def licences_made(desk: Desk, op_id: str, rma_id: str) -> Saved:
    """The customer has made the licences for the replacement."""
    return gated(desk, op_id, rma_id, CaseStep.LICENCES, Step.LICENCES_MADE, {})


def exchange_opened(desk: Desk, op_id: str, rma_id: str, number: str) -> Saved:
    """The second sub-ticket, advance-exchange: from now on the defective unit is owed."""
    found = vendor_number(number, "sub-ticket")

    def data(tx: Tx, view: UnitView) -> Data:
        due = due_on(desk, view, Start.EXCHANGE_OPENED)
        return {"exchange_ticket": found, "due_on": due}

    return gated(desk, op_id, rma_id, CaseStep.EXCHANGE, Step.EXCHANGE_OPENED, data)


def vendor_rma_given(desk: Desk, op_id: str, rma_id: str, number: str) -> Saved:
    """The vendor or distributor has given its RMA number: now the unit may be sent there."""
    found = vendor_number(number, "RMA number")

    def data(tx: Tx, view: UnitView) -> Data:
        due = due_on(desk, view, Start.RMA_NUMBER_GIVEN)
        return {"vendor_rma": found, "due_on": due}

    return gated(desk, op_id, rma_id, CaseStep.VENDOR_RMA, Step.VENDOR_RMA_GIVEN, data)


def send_to_vendor(desk: Desk, op_id: str, rma_id: str, tracking: str) -> Saved:
    """The defective unit has left for the vendor, under the carrier's number that was scanned.

    Raises Refused for the number that our replacement to the customer went out under.
    """
    carried = tracking_data(desk, tracking)

    def data(tx: Tx, view: UnitView) -> Data:
        ahead = [e for e in standing(view.events) if e.step is Step.SENT_AHEAD]
        if carried["tracking"] in {event.data.get("tracking") for event in ahead}:
            what = f"{carried['tracking']} is the replacement on its way to the customer"
            raise Refused(what, "scan the carrier's label on the box that goes to the vendor")
        return dict(carried)

    return gated(desk, op_id, rma_id, CaseStep.RETURN, Step.SENT_TO_VENDOR, data)


def answered(
    desk: Desk,
    op_id: str,
    rma_id: str,
    answer: VendorAnswer,
    credit_cents: int | None = None,
    serial: str = "",
) -> Saved:
    """What the vendor gives: a credit in cents, a replacement, one shipped straight, or nothing.

    `serial`: that of a replacement that the vendor ships itself.
    """

    def data(tx: Tx, view: UnitView) -> Data:
        refuse_gaps(answer_gaps(answer, case_facts(desk, view)))
        told: Data = {"answer": answer.value}
        if answer is VendorAnswer.CREDIT:
            if credit_cents is None or not 0 <= credit_cents <= 100_000_00:
                raise Refused("the amount of the credit is needed", "enter it, as 45.00")
            told["credit_cents"] = credit_cents
        if answer is VendorAnswer.DROP_SHIPPED:
            _refuse_second(view)
            told |= _vendor_unit(desk, tx, op_id, view, serial, desk.clock.today())
        return told

    return gated(desk, op_id, rma_id, CaseStep.ANSWER, Step.VENDOR_ANSWERED, data)


def receive_vendor_unit(desk: Desk, op_id: str, rma_id: str, serial: str) -> Saved:
    """The vendor's unit was scanned into stock, and linked to the one that it replaces.

    A phone that comes back under its own serial was repaired: nothing is linked.
    """

    def data(tx: Tx, view: UnitView) -> Data:
        if canonical(serial) == view.unit.serial_key:
            case = view.rma.vendor if view.rma else None
            if case is not None and case.route is not Route.THREE_LEGGED:
                return {"unit_id": view.unit.id, "serial": view.unit.serial}
        straight = view.decision.ships_straight_to_customer is True
        return _vendor_unit(desk, tx, op_id, view, serial) | {"to_test": not straight}

    return gated(desk, op_id, rma_id, CaseStep.VENDOR_UNIT, Step.VENDOR_UNIT_RECEIVED, data)


def replacement_tested(
    desk: Desk, op_id: str, rma_id: str, passed: bool, findings: str = ""
) -> Saved:
    """The bench test of a vendor's replacement, before it goes to a direct customer."""
    data = {"passed": passed, "findings": clean_line(findings, 200)}
    if not passed and not data["findings"]:
        raise Refused("what failed is needed", "say it in a few words")
    return gated(desk, op_id, rma_id, CaseStep.TESTED, Step.REPLACEMENT_TESTED, data)


def moved(desk: Desk, op_id: str, rma_id: str, what: str) -> Saved:
    """Anything else that moved the case: an answer, a call, a promise."""
    text = needed(what, "what happened")

    def data(tx: Tx, view: UnitView) -> Data:
        the_case(view)
        refuse_ended(view)
        return {"why": text}

    return record_case(desk, op_id, rma_id, Step.CASE_MOVED, data)


def end(desk: Desk, op_id: str, rma_id: str, why: str) -> Saved:
    """Ends a case that needs no replacement, or that the vendor refused."""
    data = {"why": needed(why, "why the case ends")}
    return gated(desk, op_id, rma_id, CaseStep.END, Step.CASE_ENDED, data)


def _refuse_second(view: UnitView) -> None:
    """A customer who gets a unit from our stock gets none from the vendor besides."""
    if view.replacement is not None:
        what = f"{view.replacement.serial} from our stock is the replacement for this customer"
        raise Refused(what, "have the vendor ship to us, and record a replacement")


def _vendor_unit(
    desk: Desk, tx: Tx, op_id: str, view: UnitView, serial: str, shipped_on: date | None = None
) -> Data:
    """The unit that a vendor gave, as stock; linked, but for one that only fills up our shelf.

    `shipped_on`: the day on which the vendor ships it to the customer itself.
    """
    if not is_serial(serial):
        shown = printable(serial)[:40] or "nothing"
        raise Refused(f"{shown} is no serial", "scan the label of the vendor's unit")
    before = stock_unit(tx, op_id, serial, view.unit)
    if before.id in {ancestor.id for ancestor, _ in view.chain} | _own(view):
        raise Refused(f"{before.serial} is in this return already", "scan the vendor's unit")
    stock = _linked(view, before)
    if shipped_on is not None:
        stock = replace(stock, shipped_on=shipped_on)
    if stock != before:
        tx.save_unit(stock)
    return {"unit_id": stock.id, "serial": stock.serial, "stock": stock_changes(before, stock)}


def _own(view: UnitView) -> set[str]:
    return {view.replacement.id} if view.replacement is not None else set()


def _linked(view: UnitView, stock: Unit) -> Unit:
    """A phone's replacement takes its place in the chain; an appliance's goes on the shelf, and so
    does a phone whose customer has got another one from us (DOMAIN sections 2, 5 and 6)."""
    case = view.rma.vendor if view.rma else None
    if case is not None and case.route is Route.THREE_LEGGED:
        return replace(stock, contract_ends_on=view.unit.contract_ends_on)
    return stock if view.replacement is not None else given_out(stock, view.unit)
