"""What a vendor case and a replacement sent ahead mean for the unit's own way back, and where they
put it in the queue (DOMAIN sections 3, 5, 6 and 7)."""

from __future__ import annotations

from datetime import date

from bench.policy.facts import Outcome, Route
from bench.policy.vendor_case import VendorAnswer, VendorCase
from bench.policy.words import day
from bench.store.records import Rma

STALLED = 190
"""Place in the queue of a case that nobody moves: before all that is merely waiting."""
WAITING = 420


def drop_shipped(rma: Rma) -> bool:
    """Whether the vendor ships the replacement to the customer itself."""
    return rma.vendor is not None and rma.vendor.answer is VendorAnswer.DROP_SHIPPED


def replaced_already(rma: Rma) -> bool:
    """Whether the customer has, or gets from elsewhere, what this unit is replaced with."""
    return rma.sent_ahead_on is not None or drop_shipped(rma)


def needs_test(rma: Rma) -> bool:
    """Whether what would go out is the vendor's replacement, and has not passed the bench test.

    Only where it has to: without that, its case ended when it came (DOMAIN section 3).
    """
    case = rma.vendor
    if case is None or case.vendor_unit_id is None or case.vendor_unit_id == rma.unit_id:
        return False
    theirs = case.route is not Route.THREE_LEGGED and rma.replacement_id == case.vendor_unit_id
    return theirs and case.is_open and case.tested is not True


def waits_for_vendor(rma: Rma) -> bool:
    """Whether nothing can go to the customer before the vendor has done its part."""
    if rma.vendor is None or not rma.case_open or rma.outcome is Outcome.NO_TROUBLE_FOUND:
        return False
    came_back = rma.vendor.vendor_unit_id == rma.unit_id
    return not came_back and (rma.replacement_id is None or needs_test(rma))


def is_gone(rma: Rma) -> bool:
    """Whether the unit itself went to the vendor for good, and nothing was named to go instead."""
    case = rma.vendor
    if case is None or rma.replacement_id is not None or case.vendor_unit_id == rma.unit_id:
        return False
    if case.tested is False:
        return True  # the unit itself went before the replacement that failed
    return case.returned_on is not None and case.answer is not VendorAnswer.REFUSED


def credited(rma: Rma) -> bool:
    """Whether the vendor keeps the unit for a credit: the return may end with that."""
    return is_gone(rma) and rma.vendor is not None and rma.vendor.answer is VendorAnswer.CREDIT


def vendor_stops(rma: Rma) -> list[tuple[str, str]]:
    """What keeps the unit, or its replacement, from being shipped; each with what to do."""
    if replaced_already(rma):
        what = "the vendor ships the replacement itself"
        if rma.sent_ahead_on is not None:
            what = f"a replacement went to the customer on {day(rma.sent_ahead_on)}"
        return [(what, "finish the vendor case" if rma.case_open else "close the RMA")]
    if needs_test(rma):
        return [("the vendor's replacement has not been tested", "test it, on Vendor")]
    if waits_for_vendor(rma):
        return [("the vendor has the case", "record what it does on Vendor")]
    if is_gone(rma):
        return [("the vendor keeps the unit itself", "name the unit that goes out instead")]
    return []


def waiting_phrase(case: VendorCase) -> str:
    """What an open case waits for, in a few words for the queue."""
    if case.escalated_at is not None and case.escalation_answered_on is None:
        return "escalated, no answer yet"
    if case.route is Route.THREE_LEGGED:
        return _three_legged_phrase(case)
    if not case.vendor_rma:
        return "vendor: RMA number wanted"
    if case.returned_on is None:
        return f"send to vendor, RMA {case.vendor_rma}"
    if case.vendor_unit_on is not None:
        return "test the replacement"
    return "vendor: replacement on its way" if case.answer else "vendor: credit or replacement?"


def _three_legged_phrase(case: VendorCase) -> str:
    if not case.vendor_ticket:
        return "open the vendor ticket"
    if not case.license_ticket:
        return "vendor: to verify the failure"
    if not case.exchange_ticket:
        return "vendor: advance exchange" if case.rma_detail else "vendor: RMA Detail Number"
    if case.returned_on is None:
        return f"return it by {day(case.return_due_on, 'the agreed day')}"
    return "vendor: new unit on its way"


def next_waking(rma: Rma, today: date) -> date | None:
    """The next day on which the RMA's place in the queue changes by itself."""
    days = [rma.contact_again_on]
    if rma.vendor is not None and rma.vendor.is_open:
        days.append(rma.vendor.stalls_on)
    return min((found for found in days if found is not None and found > today), default=None)
