"""The gates of a vendor case: one function a step, which names every condition that is missing.

Pure. The conditions: DOMAIN sections 5 (three-legged RMA; Pulse Secure KB40448) and 6 (phones).
`bench.policy.vendor_plan` asks them; a gate need not know whether its step is done already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench.policy.facts import Outcome, Route
from bench.policy.vendor_case import VendorAnswer, VendorCase
from bench.policy.vendor_facts import (
    NO_UNIT,
    CaseFacts,
    CaseStep,
    Gap,
    Go,
    complete,
    done,
    route_of,
    said,
)
from bench.policy.words import OUTCOMES

Gaps = tuple[Gap, ...]


def parts_missing(facts: CaseFacts) -> Gaps:
    """Which of the five parts of a vendor ticket are missing (DOMAIN section 5, step 2).

    Four are looked at: a return has its defective serial always.
    """
    case = facts.case
    missing: list[Gap] = []
    if not said(facts.replacement_serial):
        what = "the serial of the replacement that we ship from stock is missing"
        missing.append(Gap(what, "name the replacement unit", Go.REPLACEMENT))
    if not said(facts.symptom) and not (case and said(case.symptom)):
        what = "the failure symptom is missing"
        missing.append(Gap(what, "write how the unit fails", Go.SYMPTOM))
    if not said(facts.troubleshooting) and not (case and said(case.troubleshooting)):
        what = "the troubleshooting steps are missing"
        missing.append(Gap(what, "write what was tried, and what came of it", Go.TROUBLESHOOTING))
    if facts.outputs <= 0 and not (case and said(case.output)):
        what = "the output from the defective unit is missing"
        if facts.received_on is not None:
            missing.append(Gap(what, "record its console", Go.CONSOLE))
        else:
            missing.append(Gap(what, "paste what the customer sent with the ticket", Go.OUTPUT))
    return tuple(missing)


def answer_gaps(answer: VendorAnswer, facts: CaseFacts) -> Gaps:
    """What speaks against this answer; () if the vendor may give it (DOMAIN section 3, end)."""
    if answer is not VendorAnswer.DROP_SHIPPED or facts.ships_straight:
        return ()
    what = "a replacement for this customer comes to us first: we test it before it goes out"
    if facts.channel is None:
        what = "nobody knows whether this customer is a reseller: only to one may it ship straight"
        return (Gap(what, "enter the channel of the customer", Go.FACTS),)
    return (Gap(what, "have the vendor ship it to us, and record a replacement", Go.CASE),)


def _first(step: CaseStep, what: str, remedy: str) -> Gap:
    return Gap(what, remedy, Go.STEP, step)


def _ticket(facts: CaseFacts) -> Gaps:
    """A case is tracked by the customer's ticket with us: without its number nothing starts."""
    if done(CaseStep.TICKET, facts):
        return ()
    what = "the number of the customer's support ticket is missing"
    return (Gap(what, "enter the ticket number", Go.FACTS, CaseStep.TICKET),)


def _looked_at(facts: CaseFacts) -> Gaps:
    """The gap before a diagnosis: the unit is not here, or nobody has diagnosed it."""
    if facts.received_on is None:
        what = "the defective unit is not here yet"
        return (Gap(what, "receive it when it arrives", Go.RECEIVE, CaseStep.DIAGNOSED),)
    if facts.outcome is None:
        what = "the defective unit has not been diagnosed"
        return (Gap(what, "diagnose it and choose an outcome", Go.DIAGNOSE, CaseStep.DIAGNOSED),)
    return ()


def _sub_ticket(facts: CaseFacts) -> Gaps:
    if done(CaseStep.VENDOR_TICKET, facts):
        return ()
    what = "the vendor has no ticket from us that it could verify"
    return (_first(CaseStep.VENDOR_TICKET, what, "open the vendor ticket first"),)


def _verified(facts: CaseFacts) -> Gaps:
    if done(CaseStep.SUB_TICKET, facts):
        return ()
    what = "the vendor has not verified the failure: there is no first sub-ticket"
    return (_first(CaseStep.SUB_TICKET, what, "record the first sub-ticket when it comes"),)


def _licences(facts: CaseFacts) -> Gaps:
    if done(CaseStep.LICENSE_TRANSFER, facts):
        return ()
    what = "the license-transfer is not done: licences made before it are for the wrong unit"
    remedy = "have the customer wait, and record the RMA Detail Number when it comes"
    return (_first(CaseStep.LICENSE_TRANSFER, what, remedy),)


def _sent_ahead(facts: CaseFacts) -> Gaps:
    if said(facts.replacement_serial):
        return _ticket(facts)
    what = "no unit from our stock is named as the replacement"
    return (*_ticket(facts), Gap(what, "name the replacement unit", Go.REPLACEMENT))


def _partner_team(facts: CaseFacts) -> Gaps:
    if facts.vendor_rma_wanted is not False:
        return ()
    what = "this return starts no vendor RMA: the Partner Team decides about it"
    return (Gap(what, "wait for the accepted quote, or correct the facts", Go.FACTS),)


def _exchange(facts: CaseFacts) -> Gaps:
    missing = (*_verified(facts), *_looked_at(facts))
    if facts.received_on is None or facts.outcome is None:
        return missing
    if facts.outcome is not Outcome.REPLACE:
        found = OUTCOMES[facts.outcome].lower()
        what = f"no replacement is needed, the outcome is {found}: the case ends here"
        return (*missing, _first(CaseStep.END, what, "end the case, or diagnose the unit again"))
    return (*missing, *_partner_team(facts))


def _return(facts: CaseFacts) -> Gaps:
    if route_of(facts) is Route.THREE_LEGGED:
        return _exchanged(facts)
    if done(CaseStep.VENDOR_RMA, facts):
        return ()
    what = "a shipment to a vendor without an RMA number is refused"
    return (_first(CaseStep.VENDOR_RMA, what, "get the RMA number and record it"),)


def _exchanged(facts: CaseFacts) -> Gaps:
    if done(CaseStep.EXCHANGE, facts):
        return ()
    what = "nobody has asked the vendor for the advance-exchange"
    return (_first(CaseStep.EXCHANGE, what, "record the second sub-ticket first"),)


def _vendor_rma(facts: CaseFacts) -> Gaps:
    missing = _looked_at(facts)
    if missing:
        return missing
    if facts.outcome is Outcome.NO_TROUBLE_FOUND:
        what = "no trouble was found: no vendor RMA starts"
        return (Gap(what, "diagnose the unit again if that is wrong", Go.DIAGNOSE),)
    return _partner_team(facts)


def _answer(facts: CaseFacts) -> Gaps:
    if done(CaseStep.RETURN, facts):
        return ()
    what = "the vendor does not have the defective unit: nothing is on its way to it"
    return (_first(CaseStep.RETURN, what, "ship the unit to the vendor first"),)


def _no_unit(facts: CaseFacts) -> Gaps:
    answer = facts.case.answer if facts.case else None
    if answer is None or answer not in NO_UNIT:
        return ()
    return (Gap(NO_UNIT[answer], "undo the answer if that is wrong", Go.CASE),)


def _vendor_unit(facts: CaseFacts) -> Gaps:
    if route_of(facts) is Route.THREE_LEGGED:
        return _exchanged(facts)
    return _answer(facts) or _no_unit(facts)


def _tested(facts: CaseFacts) -> Gaps:
    if done(CaseStep.VENDOR_UNIT, facts):
        return _no_unit(facts)
    what = "the vendor's replacement is not here yet"
    missing = _first(CaseStep.VENDOR_UNIT, what, "scan it into stock when it comes")
    return _no_unit(facts) or (missing,)


def _end(facts: CaseFacts) -> Gaps:
    if facts.case is None:
        return (Gap("no case has begun: there is none to end", "leave it as it is", Go.CASE),)
    three_legged = facts.case.route is Route.THREE_LEGGED
    return _end_three_legged(facts) if three_legged else _end_phone(facts, facts.case)


def _end_three_legged(facts: CaseFacts) -> Gaps:
    if done(CaseStep.EXCHANGE, facts):
        what = "the vendor sends a new unit: the advance-exchange has been asked for"
        remedy = "return the defective unit and scan in the new one, or undo the exchange"
        return (Gap(what, remedy, Go.CASE),)
    missing = _looked_at(facts)
    if missing or facts.outcome is not Outcome.REPLACE or facts.vendor_rma_wanted is False:
        return missing
    what = "the unit needs a replacement: the case goes on"
    return (_first(CaseStep.EXCHANGE, what, "ask the vendor for the advance-exchange"),)


def _end_phone(facts: CaseFacts, case: VendorCase) -> Gaps:
    not_wanted = facts.outcome is Outcome.NO_TROUBLE_FOUND or facts.vendor_rma_wanted is False
    if case.answer is VendorAnswer.REFUSED or case.tested is False:
        return ()
    if complete(facts):
        return (Gap("the case is complete", "leave it as it is", Go.CASE),)
    if case.vendor_unit_on is None and (not_wanted or _looked_at(facts)):
        return () if not_wanted else _looked_at(facts)
    what = "the case goes on: the vendor has not refused"
    return (Gap(what, "take its next step, or undo what was wrong", Go.CASE),)


GATES: Mapping[CaseStep, Callable[[CaseFacts], Gaps]] = {
    CaseStep.TICKET: _ticket,
    CaseStep.VENDOR_TICKET: lambda f: (*_ticket(f), *parts_missing(f)),
    CaseStep.SUB_TICKET: _sub_ticket,
    CaseStep.LICENSE_TRANSFER: _verified,
    CaseStep.LICENCES: _licences,
    CaseStep.SENT_AHEAD: _sent_ahead,
    CaseStep.DIAGNOSED: _looked_at,
    CaseStep.EXCHANGE: _exchange,
    CaseStep.RETURN: _return,
    CaseStep.VENDOR_UNIT: _vendor_unit,
    CaseStep.VENDOR_RMA: _vendor_rma,
    CaseStep.ANSWER: _answer,
    CaseStep.TESTED: _tested,
    CaseStep.END: _end,
}
"""The gate of every step; () where nothing is missing."""
