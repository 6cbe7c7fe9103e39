"""What Vendor says of the case in hand: how it stands in one word, what is next, who owes it."""

from __future__ import annotations

from bench.policy.clocks import Clocks
from bench.policy.facts import Hold, Outcome
from bench.policy.vendor_case import VendorCase
from bench.policy.vendor_legs import Duty, Plan
from bench.policy.vendor_plan import Party
from bench.policy.words import day
from bench.text import printable
from bench.widgets.legs_text import left_words
from bench.widgets.marks import DONE, HOLD, NONE, REFUSED
from bench.widgets.verdict import Answer, Why
from bench.workflow.duties import PARTIES, SOON
from bench.workflow.views import UnitView

TURNS = {
    Party.CUSTOMER: "The customer is next",
    Party.US: "We are next",
    Party.VENDOR: "The vendor is next",
}


def vendor_answer(view: UnitView | None, plan: Plan, clocks: Clocks | None = None) -> Answer:
    """The verdict of the Vendor screen; with `clocks` each WHY names the rule that it comes from.

    What is late comes first, then a case that nobody moves, then what is due soon, then whose
    move it is.
    """
    if view is None:
        return Answer("", NONE, "Scan a unit to see its vendor case.")
    if view.rma is None:
        return Answer("NO RMA", HOLD, "No return of this unit is open: receive it first.")
    if not plan.moves:
        return Answer("NO CASE", HOLD, "No vendor takes this unit: its brand has no rule.")
    case = view.rma.vendor
    if case is None:
        word, mark, sentence = _not_begun(view, plan)
    elif plan.next is None:
        word, mark, sentence = _over(case, plan)
    else:
        word, mark, sentence = _running(case, plan)
    counted = (d for d in plan.duties if d.due_on and (plan.stalled or _is_clocked(d)))
    whys = tuple(_why(duty, clocks) for duty in counted)
    return Answer(word, mark, sentence, whys=whys, extra=_extra(case, plan))


def _not_begun(view: UnitView, plan: Plan) -> tuple[str, str, str]:
    if plan.next is not None:
        return "NO CASE", NONE, f"None has begun yet. {_next(plan)}"
    if Hold.QUOTE in view.decision.holds:
        return "NO CASE", NONE, "None starts: the Partner Team decides about this return."
    if view.facts.outcome is Outcome.NO_TROUBLE_FOUND:
        return "NO CASE", NONE, "None starts: no trouble was found."
    return "NO CASE", NONE, "None is needed for this return."


def _over(case: VendorCase, plan: Plan) -> tuple[str, str, str]:
    if not case.is_open:
        why = printable(case.ended_why) or "nobody wrote why"
        return "ENDED", NONE, f"The case ended on {day(case.ended_on)}: {why}."
    if plan.duties:
        return "CASE", HOLD, f"Nothing can be done now. {_owed(plan.duties[0])}"
    return "DONE", DONE, "Nobody owes this case anything more."


def _running(case: VendorCase, plan: Plan) -> tuple[str, str, str]:
    clocked = [duty for duty in plan.duties if _is_clocked(duty)]
    first = clocked[0] if clocked else None
    left = first.days_left if first else None
    if first is not None and left is not None and left < 0:
        return f"LATE {-left}", REFUSED, _owed(first)
    if plan.stalled:
        days = f"{plan.stalled_days} business day{'' if plan.stalled_days == 1 else 's'}"
        return "STALLED", REFUSED, f"Nothing has moved for {days}. {_next(plan)}"
    if first is not None and left is not None and left <= SOON:
        return ("TODAY" if left == 0 else f"DUE {left}"), HOLD, _owed(first)
    if plan.next is not None and plan.next.party is Party.US:
        return "CASE", HOLD, _next(plan)
    return "WAIT", NONE, _next(plan)


def _is_clocked(duty: Duty) -> bool:
    """Whether it has a last day of its own: a vendor is only reminded when its case stalls."""
    return duty.due_on is not None and duty.who is not Party.VENDOR and duty.step is not None


def _next(plan: Plan) -> str:
    """What is next and whose move it is, or what it lacks."""
    move = plan.next
    if move is None:
        return ""
    whose = f"Next is {move.title}" if move.gaps else TURNS[move.party]
    return f"{whose}: {printable(move.detail)}."


def _owed(duty: Duty) -> str:
    """We owe the vendor the defective unit by 7 Nov 2026: 2 days left."""
    who = PARTIES[duty.who]
    owes = "owe" if duty.who is Party.US else "owes"
    whom = "us" if duty.whom is Party.US else PARTIES[duty.whom]
    sentence = f"{who[0].upper()}{who[1:]} {owes} {whom} {printable(duty.what)}"
    if duty.due_on is None or duty.days_left is None:
        return f"{sentence}."
    return f"{sentence} by {day(duty.due_on)}: {left_words(duty.days_left, duty.unit)}."


def _why(duty: Duty, clocks: Clocks | None) -> Why:
    """The clock of a duty and its rule. A duty knows its clock by the consequence that it took."""
    value = left_words(duty.days_left, duty.unit) if duty.days_left is not None else ""
    for row in clocks.rows if clocks is not None else ():
        if duty.consequence and row.consequence == duty.consequence:
            return Why(value, row.duty, row.rule)
    return Why(value, duty.consequence or _owed(duty))


def _extra(case: VendorCase | None, plan: Plan) -> str:
    """What must not be overlooked: an escalation that waits, a late case that is stalled too."""
    if case is None or not case.is_open:
        return ""
    said = []
    if case.escalated_at is not None and case.escalation_answered_on is None:
        said.append("Escalated, and the vendor has not answered yet.")
    if plan.stalled and any(_is_clocked(d) and (d.days_left or 0) < 0 for d in plan.duties):
        days = f"{plan.stalled_days} business day{'' if plan.stalled_days == 1 else 's'}"
        said.append(f"The case has not moved for {days} either.")
    return " ".join(said)
