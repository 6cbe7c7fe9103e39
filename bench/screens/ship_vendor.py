"""What Ship offers while a vendor has the unit, or the customer has a replacement already."""

from __future__ import annotations

from bench.scan.commands import Verb
from bench.store.records import Rma
from bench.widgets.offers import Next, Offer
from bench.workflow.case_gates import credited, is_gone, replaced_already, vendor_stops

CASE = Offer(Verb.VENDOR, "vendor case", "v", extra=True)


def vendor_next(rma: Rma, extras: tuple[Offer, ...], again: Offer) -> Next | None:
    """The next thing for a unit that cannot simply go back; None where it can."""
    if replaced_already(rma) and not rma.case_open:
        shut = Offer(Verb.OK, "close the RMA", "y")
        return Next("the customer has a replacement", (shut, CASE, again))
    stops = vendor_stops(rma)
    if not stops:
        return None
    text = "; ".join(stops[0])
    case = Offer(Verb.VENDOR, "vendor case", "v")
    if not is_gone(rma):
        others = tuple(offer for offer in extras if offer.verb != Verb.VENDOR)
        return Next(text, (case, *others))
    named = Offer(Verb.PUT, "replacement unit", "u")
    shut = Offer(Verb.OK, "close it: credited", "y")
    return Next(text, (named, shut, case) if credited(rma) else (named, case))


def closing_why(rma: Rma) -> str:
    """Why the RMA is closed without a shipment of ours; "" where one is to come."""
    if credited(rma):
        return "the vendor gave a credit"
    return "the customer has a replacement" if replaced_already(rma) else ""
