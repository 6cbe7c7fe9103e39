"""What NEXT offers for a vendor case: the step in turn, or the first thing that it lacks."""

from __future__ import annotations

from enum import Enum

from bench.policy.vendor_legs import Move, Plan, Standing
from bench.policy.vendor_plan import CaseStep, Go
from bench.scan.commands import Verb
from bench.widgets.offers import Next, Offer
from bench.workflow.views import Place, UnitView


class Awaits(Enum):
    """What the next scan is to be."""

    NOTHING = "nothing"
    REPLACEMENT = "replacement"
    """The unit from our stock that goes to the customer."""
    VENDOR_UNIT = "vendor unit"


_NO = Offer(Verb.NO, "never mind", "n")
_AWAITED = {
    Awaits.REPLACEMENT: "scan the serial of the stock unit that goes out",
    Awaits.VENDOR_UNIT: "scan the serial of the vendor's unit",
}
_QUESTIONS = {
    CaseStep.VENDOR_TICKET: ("all five parts are there: open the vendor ticket", "ticket number"),
    CaseStep.SUB_TICKET: ("has the vendor verified it?", "sub-ticket number"),
    CaseStep.LICENSE_TRANSFER: ("has the RMA Detail Number come?", "RMA Detail Number"),
    CaseStep.LICENCES: ("has the customer made the licences?", "made"),
    CaseStep.SENT_AHEAD: ("scan the tracking number of the replacement", "type it"),
    CaseStep.EXCHANGE: ("ask for the advance exchange", "sub-ticket number"),
    CaseStep.RETURN: ("scan the tracking number of the return", "type it"),
    CaseStep.VENDOR_UNIT: ("scan the vendor's unit into stock", "scan it now"),
    CaseStep.VENDOR_RMA: ("ask for the RMA number", "RMA number"),
    CaseStep.ANSWER: ("what does the vendor give?", "its answer"),
    CaseStep.END: ("no replacement is needed", "end the case"),
}
"""What is asked when a step can be done, and the word of its offer."""
_FILL = {
    Go.FACTS: "enter the facts",
    Go.RECEIVE: "receive it",
    Go.DIAGNOSE: "diagnose it",
    Go.CONSOLE: "console",
    Go.REPLACEMENT: "name the replacement",
    Go.SYMPTOM: "enter the symptom",
    Go.TROUBLESHOOTING: "enter what was tried",
    Go.OUTPUT: "add the output",
    Go.CASE: "note the case",
    Go.STEP: "that step first",
}


def next_of(view: UnitView, plan: Plan, move: Move | None, awaits: Awaits) -> Next:
    """What can be done for the case of a unit now."""
    if view.rma is None:
        return Next("receive it first", (Offer(Verb.BOX, "receive", "enter"),))
    if awaits is not Awaits.NOTHING:
        return Next(_AWAITED[awaits], (_NO,))
    extras = _extras(view, plan)
    if not plan.moves:
        record = Offer(Verb.LOG, "enter its brand", "enter")
        return Next("its brand has no vendor route", (record, *extras))
    if move is None:
        over = view.rma.vendor is not None and not view.rma.vendor.is_open
        on = () if view.place is Place.VENDOR else (Offer(Verb.NEXT, "its next step", "enter"),)
        return Next("the case has ended" if over else "no vendor case is needed", (*on, *extras))
    if move.standing is Standing.DONE:
        return Next(f"{move.title}: done", extras)
    if move.gaps:
        gap = move.gaps[0]
        return Next(gap.what, (Offer(Verb.NEXT, _FILL[gap.go], "enter"), *extras))
    if move.step is CaseStep.TESTED:
        good, bad = Offer(Verb.GOOD, "passed", "g"), Offer(Verb.DEFECT, "failed", "d")
        return Next("the bench test of the replacement?", (good, bad, *extras))
    question, word = _QUESTIONS[move.step]
    return Next(question, (Offer(Verb.OK, word, "y"), *extras))


def _extras(view: UnitView, plan: Plan) -> tuple[Offer, ...]:
    rma = view.rma
    case = rma.vendor if rma else None
    offers = []
    if case is not None and case.is_open:
        waits = case.escalated_at is not None and case.escalation_answered_on is None
        word = "answer to the escalation" if waits else "escalate"
        offers += [
            Offer(Verb.PUSH, word, "e", extra=True),
            Offer(Verb.NOTE, "note a movement", "m", extra=True),
        ]
        if any(move.step is CaseStep.VENDOR_TICKET for move in plan.moves):
            offers.append(Offer(Verb.BUNDLE, "packet", "p", extra=True))
    offers.append(Offer(Verb.LETTER, "letter", "l", extra=True))
    return tuple(offers)
