"""The words of a vendor case: its steps, what is known of it, which steps are done.

Pure. The order of the steps: DOMAIN sections 5 (appliances, three-legged RMA; Pulse Secure
KB40448) and 6 (phones).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bench.policy.facts import Channel, Outcome, Route
from bench.policy.vendor_case import VendorAnswer, VendorCase
from bench.text import clean_text


class CaseStep(StrEnum):
    """One step of a case. TICKET and DIAGNOSED are done elsewhere and only seen here."""

    TICKET = "ticket"
    VENDOR_TICKET = "vendor_ticket"
    SUB_TICKET = "sub_ticket"
    LICENSE_TRANSFER = "license_transfer"
    LICENCES = "licences"
    SENT_AHEAD = "sent_ahead"
    DIAGNOSED = "diagnosed"
    EXCHANGE = "exchange"
    RETURN = "return"
    VENDOR_UNIT = "vendor_unit"
    VENDOR_RMA = "vendor_rma"
    ANSWER = "answer"
    TESTED = "tested"
    END = "end"
    """No replacement comes of it: the case ends before its time."""


class Go(StrEnum):
    """Where a missing condition is filled."""

    FACTS = "facts"
    RECEIVE = "receive"
    DIAGNOSE = "diagnose"
    CONSOLE = "console"
    REPLACEMENT = "replacement"
    SYMPTOM = "symptom"
    TROUBLESHOOTING = "troubleshooting"
    OUTPUT = "output"
    CASE = "case"
    STEP = "step"
    """Take another step of the case first: `Gap.step`."""


class Party(StrEnum):
    """The three of a three-legged RMA. A distributor stands where the vendor does."""

    CUSTOMER = "customer"
    US = "us"
    VENDOR = "vendor"


@dataclass(frozen=True, slots=True)
class Gap:
    """One condition that is missing: what, what to do about it, and where."""

    what: str
    remedy: str
    go: Go
    step: CaseStep | None = None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """All that the gates may look at. Days are the warehouse's; None and "": not known, not yet."""

    case: VendorCase | None
    """None: not begun."""
    route: Route | None
    """By the brand; None: no vendor route. A case that has begun keeps its own."""
    brand: str = ""
    service_level: str = ""
    ticket: str = ""
    channel: Channel | None = None
    received_on: date | None = None
    diagnosed_on: date | None = None
    outcome: Outcome | None = None
    replacement_serial: str = ""
    """Of the unit from our stock."""
    sent_ahead_on: date | None = None
    advance_due_on: date | None = None
    """The last day in time for the original of an advance replacement, as it was promised."""
    vendor_rma_wanted: bool | None = None
    """False: no trouble found, or the Partner Team decides."""
    ships_straight: bool = False
    """A replacement for this customer may go straight to them, untested by us."""
    symptom: str = ""
    """Of the diagnosis here; the case has its own besides. So have the next two."""
    troubleshooting: str = ""
    outputs: int = 0
    """Console captures of the defective unit here."""


_S = CaseStep
_THREE_LEGGED = (
    *(_S.TICKET, _S.VENDOR_TICKET, _S.SUB_TICKET, _S.LICENSE_TRANSFER, _S.LICENCES),
    *(_S.SENT_AHEAD, _S.DIAGNOSED, _S.EXCHANGE, _S.RETURN, _S.VENDOR_UNIT, _S.END),
)
_PHONE = (
    *(_S.DIAGNOSED, _S.VENDOR_RMA, _S.RETURN, _S.ANSWER),
    *(_S.VENDOR_UNIT, _S.TESTED, _S.END),
)
NO_UNIT = {
    VendorAnswer.CREDIT: "the vendor gave a credit: no unit comes",
    VendorAnswer.DROP_SHIPPED: "the vendor ships the replacement to the reseller: none comes here",
    VendorAnswer.REFUSED: "the vendor refused: no unit comes",
}
"""The answers after which no unit comes to us, and why none does."""


def route_of(facts: CaseFacts) -> Route | None:
    """The route of the case: its own once it has begun, whatever the brand says by then."""
    return facts.case.route if facts.case else facts.route


def steps_of(route: Route | None) -> tuple[CaseStep, ...]:
    """The steps that a case on that route can have, in the order of DOMAIN; END is the last."""
    if route is None:
        return ()
    return _THREE_LEGGED if route is Route.THREE_LEGGED else _PHONE


def done(step: CaseStep, facts: CaseFacts) -> bool:
    """Whether the step has been done."""
    case = facts.case
    if step is CaseStep.TICKET:
        return said(facts.ticket)
    if step is CaseStep.SENT_AHEAD:
        return facts.sent_ahead_on is not None
    if step is CaseStep.DIAGNOSED:
        return facts.outcome is not None
    return case is not None and _DONE[step](case)


def complete(facts: CaseFacts) -> bool:
    """Whether nobody owes the case anything more, or it has ended before its time.

    Three-legged: the vendor's unit is in stock and ours is on its way back; and where a replacement
    went out, its licences are made, for the customer was promised a unit that works. Phones: a
    credit, a refusal, a drop-shipment, or a replacement here that has passed its test where it
    needs one.
    """
    case = facts.case
    if case is None:
        return False
    if not case.is_open:
        return True
    here = done(CaseStep.VENDOR_UNIT, facts)
    if case.route is Route.THREE_LEGGED:
        promised = facts.sent_ahead_on is not None and not done(CaseStep.LICENCES, facts)
        return here and done(CaseStep.RETURN, facts) and not promised
    return case.answer in NO_UNIT or (here and (facts.ships_straight or case.tested is True))


def said(value: str) -> bool:
    """Whether a foreign text says anything once it is cleaned."""
    return bool(clean_text(value))


_DONE: Mapping[CaseStep, Callable[[VendorCase], bool]] = {
    CaseStep.VENDOR_TICKET: lambda c: said(c.vendor_ticket) or c.opened_on is not None,
    CaseStep.SUB_TICKET: lambda c: said(c.license_ticket) or c.license_on is not None,
    CaseStep.LICENSE_TRANSFER: lambda c: said(c.rma_detail),
    CaseStep.LICENCES: lambda c: c.licences_on is not None,
    CaseStep.EXCHANGE: lambda c: said(c.exchange_ticket) or c.exchange_on is not None,
    CaseStep.RETURN: lambda c: c.returned_on is not None,
    CaseStep.VENDOR_UNIT: lambda c: c.vendor_unit_on is not None,
    CaseStep.VENDOR_RMA: lambda c: said(c.vendor_rma),
    CaseStep.ANSWER: lambda c: c.answer is not None or c.vendor_unit_on is not None,
    CaseStep.TESTED: lambda c: c.tested is True,
    CaseStep.END: lambda c: not c.is_open,
}
