"""The plan of a vendor case: what may be done now, what is missing if not, and what comes next.

Pure. The words and the facts are in `vendor_facts`, the conditions in `vendor_gates`; both are
to be had from here.
"""

from __future__ import annotations

from bench.policy.facts import Outcome, Route
from bench.policy.vendor_facts import (
    CaseFacts,
    CaseStep,
    Gap,
    Go,
    Party,
    complete,
    done,
    route_of,
    steps_of,
)
from bench.policy.vendor_gates import GATES, Gaps, answer_gaps, parts_missing
from bench.text import clean_line

__all__ = [
    "CaseFacts",
    "CaseStep",
    "Gap",
    "Gaps",
    "Go",
    "Party",
    "answer_gaps",
    "complete",
    "done",
    "gaps",
    "is_over",
    "next_step",
    "parts_missing",
    "ready",
    "route_of",
    "steps_of",
]

_S = CaseStep
_THREE_LEGGED = (
    *(_S.END, _S.TICKET, _S.VENDOR_TICKET, _S.SENT_AHEAD, _S.RETURN, _S.SUB_TICKET),
    *(_S.LICENSE_TRANSFER, _S.LICENCES, _S.DIAGNOSED, _S.EXCHANGE, _S.VENDOR_UNIT),
)
"""What hurts most when it is late comes first. A return has a clock as soon as it may be done."""
_PHONE = (
    *(_S.DIAGNOSED, _S.VENDOR_RMA, _S.RETURN, _S.ANSWER),
    *(_S.VENDOR_UNIT, _S.TESTED, _S.END),
)
_ELSEWHERE = {CaseStep.TICKET: Go.FACTS, CaseStep.DIAGNOSED: Go.DIAGNOSE}
"""The steps that are done on other screens, and on which."""
_FILLED = frozenset(Go) - {Go.STEP, Go.CASE}
"""Where a gap leads that another step of the case does not fill."""


def gaps(step: CaseStep, facts: CaseFacts) -> Gaps:
    """What stands between now and this step, the first to fill first; () if it may be done now.

    A step that is done has one gap that says so. TICKET and DIAGNOSED always have one: they are
    done on other screens, and the gap says on which.
    """
    route, case = route_of(facts), facts.case
    if route is None:
        what = "this unit has no vendor to go to: its brand has no rule, or is not known"
        return (Gap(what, "enter the brand, or ask the Partner Team", Go.FACTS),)
    if case is not None and not case.is_open:
        why = clean_line(case.ended_why)
        what = f"the case has ended: {why}" if why else "the case has ended"
        return (Gap(what, "undo its last step to go on", Go.CASE),)
    if step not in steps_of(route):
        kind = "a three-legged RMA" if route is Route.THREE_LEGGED else "a phone's vendor case"
        return (Gap(f"{kind} has no such step", "choose one of its own steps", Go.CASE),)
    if done(step, facts):
        return (Gap(f"{_ALREADY[step]} already", _UNDO.get(step, _UNDO_STEP), Go.CASE),)
    return GATES[step](facts)


def ready(step: CaseStep, facts: CaseFacts) -> bool:
    """Whether somebody can do the step now, be it on another screen (TICKET, DIAGNOSED)."""
    missing = gaps(step, facts)
    if not missing:
        return True
    elsewhere = _ELSEWHERE.get(step)
    return not done(step, facts) and len(missing) == 1 and missing[0].go is elsewhere


def next_step(facts: CaseFacts) -> CaseStep | None:
    """The step to do next; None where nothing more comes (complete, ended, none needed).

    Of several that can be done it is the one whose lateness hurts most. Where none can, it is
    the first that waits: its gaps say what for. The vendor's ticket comes before what could be
    done meanwhile: it is to be opened at once, and its parts are ours to fill.
    """
    if complete(facts) or not _needed(facts):
        return None
    left = [step for step in _order(facts) if not done(step, facts)]
    able = next((step for step in left if ready(step, facts) or _ours(step, facts)), None)
    return able or next((step for step in left if _waits(step, facts)), None)


def _ours(step: CaseStep, facts: CaseFacts) -> bool:
    """Whether it is the vendor's ticket, and lacks nothing but what we fill in."""
    return step is CaseStep.VENDOR_TICKET and _waits(step, facts) and done(CaseStep.TICKET, facts)


def is_over(facts: CaseFacts) -> bool:
    """Whether the vendor owes nothing more: complete, ended, none needed, or only to be ended."""
    if complete(facts) or not _needed(facts):
        return True
    return next_step(facts) is CaseStep.END


def _waits(step: CaseStep, facts: CaseFacts) -> bool:
    """Whether all that is missing comes from outside the case; to its end nobody looks forward."""
    return step is not CaseStep.END and all(gap.go in _FILLED for gap in gaps(step, facts))


def _order(facts: CaseFacts) -> tuple[CaseStep, ...]:
    route = route_of(facts)
    if route is None:
        return ()
    if route is Route.THREE_LEGGED:
        return _THREE_LEGGED
    wanted = facts.vendor_rma_wanted is not False and facts.outcome is not Outcome.NO_TROUBLE_FOUND
    if wanted or done(CaseStep.RETURN, facts):
        return _PHONE
    return (CaseStep.END, *_PHONE[:-1])  # nothing is away: there is nothing to wait for


def _needed(facts: CaseFacts) -> bool:
    """Whether there is a case, or should be one. A repair is ours: it may have one, if we ask."""
    if facts.case is not None:
        return True
    if facts.route is None or facts.vendor_rma_wanted is False:
        return False
    return facts.outcome in (None, Outcome.REPLACE)


_ALREADY = {
    CaseStep.TICKET: "the customer's ticket is known",
    CaseStep.VENDOR_TICKET: "the vendor has our ticket",
    CaseStep.SUB_TICKET: "the first sub-ticket is recorded",
    CaseStep.LICENSE_TRANSFER: "the RMA Detail Number is recorded",
    CaseStep.LICENCES: "the customer has made the licences",
    CaseStep.SENT_AHEAD: "the replacement went to the customer",
    CaseStep.DIAGNOSED: "the defective unit is diagnosed",
    CaseStep.EXCHANGE: "the advance-exchange is recorded",
    CaseStep.RETURN: "the defective unit went to the vendor",
    CaseStep.VENDOR_UNIT: "the vendor's unit is in stock",
    CaseStep.VENDOR_RMA: "the RMA number is recorded",
    CaseStep.ANSWER: "the vendor has answered",
    CaseStep.TESTED: "the replacement passed its test",
    CaseStep.END: "the case has ended",
}
_UNDO_STEP = "undo that step to change it"
_UNDO = {CaseStep.TICKET: "correct the number among the facts to change it"}
