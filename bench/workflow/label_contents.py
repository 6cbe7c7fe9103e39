"""What each label says, in words: from a unit as it stands, or from a piece of the bench's own.

Pure: no session, no printer. Refused is raised where there is nothing to print, with what to do.
"""

from __future__ import annotations

from datetime import date

from bench.evidence.packet import PARTS, Part
from bench.labels.label import LabelContent
from bench.policy.facts import Hold, Route
from bench.policy.vendor_case import VendorCase
from bench.policy.words import HOLDS, PAYERS, SPEEDS, day
from bench.printer_settings import LabelSort, PrinterSettings
from bench.scan.equipment import Sort, equipment_code
from bench.scan.rma_number import barcode_text
from bench.store.records import Rma, State, Step, Unit
from bench.workflow.address_line import address_parts
from bench.workflow.case_gates import replaced_already, vendor_stops
from bench.workflow.desk import Refused, Rules
from bench.workflow.projection import standing
from bench.workflow.views import UnitView

ON_HOLD = "HOLD"
"""What stands on a ship label in the place of a speed, while something stops the unit."""


def rma_label(view: UnitView, rules: Rules) -> LabelContent:
    """The label that a unit gets when it is received. Raises Refused."""
    rma, unit = _rma(view), view.unit
    if rma.state is State.EXPECTED:
        raise Refused(f"RMA {rma.number} has not been received yet", "receive the unit first")
    if rma.state is State.CANCELLED:
        raise Refused(f"RMA {rma.number} is cancelled", "undo that first, or open a new RMA")
    names = {choice.id: choice.name for choice in rules.catalogue.conditions}
    return _content(
        LabelSort.RMA,
        f"RMA label {rma.number}",
        number=rma.number,
        code=barcode_text(rma.number),
        serial=unit.serial,
        model=_model(unit),
        customer=rma.customer or unit.customer,
        received=day(rma.received_on, ""),
        technician=_received_by(view),
        condition=names.get(rma.condition, rma.condition),
    )


def ship_label(view: UnitView) -> LabelContent:
    """How the unit goes back, or what it still waits for. Raises Refused where nothing will go."""
    rma, unit, shipping = _rma(view), view.unit, view.shipping
    _refuse_unshipped(view, rma)
    gone = rma.shipped_at is not None
    ready = gone or not shipping.stops
    speed = SPEEDS[shipping.speed].upper() if ready and shipping.speed else ON_HOLD
    return _content(
        LabelSort.SHIP,
        f"ship label {rma.number}",
        number=rma.number,
        code=barcode_text(rma.number),
        speed=speed,
        customer=rma.customer or unit.customer,
        address="\n".join(address_parts(rma.address)),
        payer=PAYERS[shipping.payer] if shipping.payer else "",
        holds="" if gone else "\n".join(_holds(view, rma)),
        serial=unit.serial,
        model=_model(unit),
        tracking=f"{rma.carrier} {rma.tracking}".strip(),
        replacement=view.replacement.serial if view.replacement else "",
    )


def vendor_label(view: UnitView) -> LabelContent:
    """The vendor's RMA number for the outside of the box. Raises Refused while there is none.

    A box to a vendor or distributor without a number is refused there (DOMAIN section 6).
    """
    rma, unit, case = _rma(view), view.unit, _case(view)
    number = _vendor_number(case)
    vendor = case.vendor or unit.brand
    if not number:
        what = f"no RMA number from {vendor or 'the vendor'} yet"
        raise Refused(what, "ask for it and record it on Vendor: a box without one is not taken")
    return _content(
        LabelSort.VENDOR,
        f"vendor return label {number}",
        vendor=vendor,
        vendor_rma=number,
        ticket=case.vendor_ticket,
        serial=unit.serial,
        number=rma.number,
    )


def packet_label(view: UnitView, made: date | None = None) -> LabelContent:
    """The cover of the packet for the vendor. Raises Refused where no packet was made.

    `made`: the day of one made just now, before the ticket that it goes with is recorded.
    """
    rma, unit, case = _rma(view), view.unit, _case(view)
    if made is None and not case.packet:
        raise Refused(f"no packet was made for RMA {rma.number}", "make it on Vendor first")
    return _content(
        LabelSort.PACKET,
        f"packet cover {rma.number}",
        number=rma.number,
        code=barcode_text(rma.number),
        vendor=case.vendor or unit.brand,
        ticket=case.vendor_ticket,
        vendor_rma=_vendor_number(case),
        serial=unit.serial,
        model=_model(unit),
        customer=rma.customer or unit.customer,
        parts="\n".join(_parts(view)),
        made=day(made or case.opened_on, ""),
    )


def badge_label(name: str, code: str) -> LabelContent:
    """A badge: the name, and the code as bars alone."""
    return _content(LabelSort.BADGE, f"badge of {name}", name=name, code=code)


def port_label(letters: str, port: str, name: str = "") -> LabelContent:
    """The label of a console cable; `port` is where it is plugged in."""
    code = equipment_code(Sort.CONSOLE, letters)
    title = f"label of console cable {letters}"
    return _content(LabelSort.PORT, title, code=code, letters=letters, name=name, port=port)


def printer_label(printer: PrinterSettings) -> LabelContent:
    """The label that is stuck to a printer."""
    letters, name = printer.letters, printer.name
    code = equipment_code(Sort.PRINTER, letters)
    title = f"label of printer {letters}"
    return _content(LabelSort.PRINTER, title, code=code, letters=letters, name=name)


def _content(sort: LabelSort, title: str, **fields: str) -> LabelContent:
    return LabelContent(sort, title, {name: text for name, text in fields.items() if text})


def _rma(view: UnitView) -> Rma:
    if view.rma is None:
        raise Refused(f"{view.unit.serial} has no RMA", "receive the unit first")
    return view.rma


def _case(view: UnitView) -> VendorCase:
    rma = _rma(view)
    if rma.vendor is None or rma.state is State.CANCELLED:
        raise Refused(f"RMA {rma.number} has no case with a vendor", "begin one on Vendor")
    return rma.vendor


def _model(unit: Unit) -> str:
    return f"{unit.brand} {unit.model}".strip()


def _received_by(view: UnitView) -> str:
    """Who took the unit in; events are the newest first."""
    rma = _rma(view)
    own = [event for event in reversed(view.events) if event.rma_id == rma.id]
    names = [event.actor for event in standing(own) if event.step is Step.RECEIVED]
    return names[-1] if names else ""


def _vendor_number(case: VendorCase) -> str:
    """The number that the vendor knows the box by: of a three-legged RMA, its second sub-ticket."""
    three_legged = case.route is Route.THREE_LEGGED
    return case.vendor_rma or (case.exchange_ticket if three_legged else "")


# --- the way back


def _refuse_unshipped(view: UnitView, rma: Rma) -> None:
    """Raises Refused where nothing of this return will leave, or nobody knows yet how."""
    if rma.shipped_at is not None:
        return
    if not rma.state.is_open:
        why = rma.closed_why or rma.state.value
        raise Refused(f"nothing of RMA {rma.number} is shipped: {why}", "")
    if rma.state is State.EXPECTED:
        raise Refused(f"RMA {rma.number} has not been received yet", "receive the unit first")
    if replaced_already(rma):
        what, remedy = vendor_stops(rma)[0]
        raise Refused(f"nothing goes back: {what}", remedy)
    held = rma.held_why or rma.console_serial
    if rma.outcome is None and not held:
        raise Refused("the unit has not been diagnosed", "choose an outcome on Diagnose first")
    if rma.outcome is not None and not view.decision.send_back:
        raise Refused("the customer does not want it back", "close the RMA instead of shipping")


def _holds(view: UnitView, rma: Rma) -> list[str]:
    """What stops it, a line each."""
    quote = HOLDS[Hold.QUOTE]
    refused = rma.outcome is not None and rma.quote_accepted is False
    lines = [what for what, _ in view.shipping.stops]
    return ["the customer refused the quote" if refused and w == quote else w for w in lines]


def _parts(view: UnitView) -> list[str]:
    """The five parts of a packet, with the serials and how many recordings are in it."""
    rma, other = _rma(view), view.replacement
    count = "1 recording" if rma.captures == 1 else f"{rma.captures} recordings"
    more = {
        Part.DEFECTIVE_SERIAL: view.unit.serial,
        Part.REPLACEMENT_SERIAL: other.serial if other else "",
        Part.OUTPUT: count if rma.captures else "",
    }
    return [f"{PARTS[part]}: {more[part]}" if more.get(part) else PARTS[part] for part in Part]
