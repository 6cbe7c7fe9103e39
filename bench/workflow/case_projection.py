"""What the steps of a vendor case add up to: pure, a part of `projection.fold`.

The days and amounts that a policy gave are in the events themselves: a later policy changes no
promise that was made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bench.policy.facts import Route
from bench.policy.vendor_case import SentAheadWhy, VendorAnswer, VendorCase
from bench.policy.vendor_facts import CaseFacts, complete
from bench.store.records import Event, Rma, State, Step

Data = Mapping[str, Any]
NOTED = ("vendor", "symptom", "troubleshooting", "output")
"""What is noted of a case in words."""


def day_of(data: Data, name: str = "on") -> date | None:
    """A day out of an event's data."""
    value = data.get(name)
    return date.fromisoformat(value) if value else None


def _case(rma: Rma, event: Event, **changes: Any) -> Rma:
    """The RMA with its case changed; anything that is done for a case moves it."""
    case = rma.vendor or _begun(event)
    stalls = day_of(event.data, "stalls_on") or case.stalls_on
    return replace(rma, vendor=replace(case, moved_at=event.at, stalls_on=stalls, **changes))


def _begun(event: Event) -> VendorCase:
    route = Route(event.data.get("route") or Route.VENDOR)
    return VendorCase(route, noted_on=day_of(event.data))


def _noted(rma: Rma, event: Event) -> Rma:
    return _case(rma, event, **{name: event.data[name] for name in NOTED if name in event.data})


def _opened(rma: Rma, event: Event) -> Rma:
    data = event.data
    ticket, packet = data["vendor_ticket"], data.get("packet", "")
    return _case(rma, event, vendor_ticket=ticket, packet=packet, opened_on=day_of(data))


def _sent_ahead(rma: Rma, event: Event) -> Rma:
    data, why = event.data, SentAheadWhy(event.data["why"])
    rma = replace(
        rma,
        sent_ahead_on=day_of(data),
        sent_ahead_why=why,
        replacement_id=data["unit_id"],
        advance_due_on=day_of(data, "due_on") if why is SentAheadWhy.ADVANCE else None,
    )
    return rma if rma.vendor is None else _case(rma, event)


def _exchange(rma: Rma, event: Event) -> Rma:
    data = event.data
    return _case(
        rma,
        event,
        exchange_ticket=data["exchange_ticket"],
        exchange_on=day_of(data),
        return_due_on=day_of(data, "due_on"),
    )


def _rma_given(rma: Rma, event: Event) -> Rma:
    data = event.data
    due = day_of(data, "due_on")
    number, day = data["vendor_rma"], day_of(data)
    return _case(rma, event, vendor_rma=number, vendor_rma_on=day, return_due_on=due)


def _returned(rma: Rma, event: Event) -> Rma:
    data = event.data
    sent = {"return_carrier": data["carrier"], "return_tracking": data["tracking"]}
    return _end_if_done(_case(rma, event, returned_on=day_of(data), **sent), event)


def _answered(rma: Rma, event: Event) -> Rma:
    data, answer = event.data, VendorAnswer(event.data["answer"])
    rma = _case(
        rma,
        event,
        answer=answer,
        answered_on=day_of(data),
        credit_cents=data.get("credit_cents"),
    )
    if answer is VendorAnswer.DROP_SHIPPED:
        rma = replace(rma, replacement_id=data["unit_id"])
        rma = _case(rma, event, **_unit(data))
    return _end_if_done(rma, event)


def _unit_received(rma: Rma, event: Event) -> Rma:
    data = event.data
    answer = rma.vendor.answer if rma.vendor else None
    if rma.vendor is not None and rma.vendor.route is not Route.THREE_LEGGED:
        answer = VendorAnswer.REPLACEMENT
        if data["unit_id"] != rma.unit_id and rma.replacement_id is None:
            rma = replace(rma, replacement_id=data["unit_id"])
    rma = _case(rma, event, tested=None, tested_on=None, answer=answer, **_unit(data))
    return _end_if_done(rma, event)


def _unit(data: Data) -> dict[str, Any]:
    """The unit that the vendor gave."""
    serial = str(data.get("serial", ""))
    return {
        "vendor_unit_id": data["unit_id"],
        "vendor_unit_serial": serial,
        "vendor_unit_on": day_of(data),
    }


def _tested(rma: Rma, event: Event) -> Rma:
    passed, day = bool(event.data["passed"]), day_of(event.data)
    rma = _case(rma, event, tested=passed, tested_on=day)
    if passed:
        return _end_if_done(rma, event)
    if rma.vendor is not None and rma.replacement_id == rma.vendor.vendor_unit_id:
        rma = replace(rma, replacement_id=None)
    # It goes back as it came: with a number of its own, and the wait begins anew.
    again = {
        "vendor_rma": "",
        "vendor_rma_on": None,
        "return_due_on": None,
        "returned_on": None,
        "return_carrier": "",
        "return_tracking": "",
        "answer": None,
        "answered_on": None,
        "vendor_unit_id": None,
        "vendor_unit_serial": "",
        "vendor_unit_on": None,
    }
    return _case(rma, event, **again)


def _licences(rma: Rma, event: Event) -> Rma:
    return _end_if_done(_case(rma, event, licences_on=day_of(event.data)), event)


def _end_if_done(rma: Rma, event: Event) -> Rma:
    """The case ends by itself with the last thing that was owed (DOMAIN sections 5 and 6)."""
    why = _ended_why(rma, event)
    if not why:
        return rma
    rma = _case(rma, event, ended_on=day_of(event.data), ended_why=why)
    if rma.sent_ahead_on is None or rma.state is not State.DIAGNOSED:
        return rma
    return replace(rma, state=State.CLOSED, closed_at=event.at, closed_why=why)


def _ended_why(rma: Rma, event: Event) -> str:
    """What completed a case that nobody owes anything on any more; "" where somebody does."""
    case = rma.vendor
    if case is None:
        return ""
    if case.route is Route.THREE_LEGGED:
        over = complete(CaseFacts(case, case.route, sent_ahead_on=rma.sent_ahead_on))
        return "the vendor's unit is in stock, the defective one went back" if over else ""
    if case.answer is VendorAnswer.CREDIT:
        return "the vendor gave a credit"
    if case.answer is VendorAnswer.REFUSED:
        return "the vendor refused it"
    if case.answer is VendorAnswer.DROP_SHIPPED:
        return "the vendor ships the replacement itself"
    if case.vendor_unit_on is None:
        return ""
    if case.vendor_unit_id == rma.unit_id:
        return "it came back repaired"
    # Whether it is to be tested was the policy's word when it came (DOMAIN section 3).
    if case.tested or not event.data.get("to_test", True):
        return "the vendor's replacement is here"
    return ""


def _ended(rma: Rma, event: Event) -> Rma:
    return _case(rma, event, ended_on=day_of(event.data), ended_why=event.data["why"])


def _escalated(rma: Rma, event: Event) -> Rma:
    data = event.data
    return _case(
        rma,
        event,
        escalation=data["reason"],
        escalation_detail=data["detail"],
        escalated_at=event.at,
        escalated_by=event.actor,
        escalation_answer="",
        escalation_answered_on=None,
    )


def _escalation_answered(rma: Rma, event: Event) -> Rma:
    answer = event.data["answer"]
    return _case(rma, event, escalation_answer=answer, escalation_answered_on=day_of(event.data))


def _plain(column: str, day: str) -> Callable[[Rma, Event], Rma]:
    """A step that sets one text of a case, and the day on which it was set."""

    def apply(rma: Rma, event: Event) -> Rma:
        return _case(rma, event, **{column: event.data[column], day: day_of(event.data)})

    return apply


CASE: dict[Step, Callable[[Rma, Event], Rma]] = {
    Step.CASE_NOTED: _noted,
    Step.VENDOR_TICKET_OPENED: _opened,
    Step.LICENSE_TICKET_OPENED: _plain("license_ticket", "license_on"),
    Step.LICENSE_TRANSFERRED: _plain("rma_detail", "rma_detail_on"),
    Step.LICENCES_MADE: _licences,
    Step.SENT_AHEAD: _sent_ahead,
    Step.EXCHANGE_OPENED: _exchange,
    Step.VENDOR_RMA_GIVEN: _rma_given,
    Step.SENT_TO_VENDOR: _returned,
    Step.VENDOR_ANSWERED: _answered,
    Step.VENDOR_UNIT_RECEIVED: _unit_received,
    Step.REPLACEMENT_TESTED: _tested,
    Step.CASE_MOVED: _case,
    Step.CASE_ENDED: _ended,
    Step.ESCALATED: _escalated,
    Step.ESCALATION_ANSWERED: _escalation_answered,
    Step.ADVANCE_BILLED: lambda r, e: replace(r, billed_on=day_of(e.data)),
    Step.LETTER_WRITTEN: lambda r, e: r,
    Step.LETTER_SENT: lambda r, e: r,
}
"""What each step of a case makes of its RMA."""
