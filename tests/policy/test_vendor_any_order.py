"""Every order of the steps of a vendor case, against a second telling of DOMAIN sections 5, 6."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bench.policy.facts import Outcome, Route
from bench.policy.vendor_case import VendorAnswer
from bench.policy.vendor_legs import Standing, plan
from bench.policy.vendor_plan import (
    CaseFacts,
    CaseStep,
    Go,
    answer_gaps,
    complete,
    done,
    gaps,
    is_over,
    next_step,
    steps_of,
)
from tests.policy.vendor_stories import MONDAY, S, after, case_with, clocks

NTF, REPLACE = Outcome.NO_TROUBLE_FOUND, Outcome.REPLACE
ELSEWHERE = (S.TICKET, S.DIAGNOSED)
PARTS: dict[str, Any] = {
    "replacement_serial": "STOCK-1",
    "symptom": "dead",
    "troubleshooting": "reset",
    "outputs": 1,
}
ALL: dict[str, Any] = {"ticket": "T-1", **PARTS}
NOTHING: dict[str, Any] = {"symptom": "", "replacement_serial": ""}
BEFORE = {
    S.SUB_TICKET: (S.VENDOR_TICKET,),
    S.LICENSE_TRANSFER: (S.SUB_TICKET,),
    S.LICENCES: (S.LICENSE_TRANSFER,),
    S.EXCHANGE: (S.SUB_TICKET, S.DIAGNOSED),
    S.VENDOR_RMA: (S.DIAGNOSED,),
    S.ANSWER: (S.RETURN,),
    S.TESTED: (S.VENDOR_UNIT,),
}
"""What comes before what, for the steps where it is the same on every route."""


def allowed(step: CaseStep, facts: CaseFacts, taken: frozenset[CaseStep]) -> bool:
    """Whether a step may be done: told once more, by the steps that were taken."""
    three_legged, outcome = facts.route is Route.THREE_LEGGED, facts.outcome
    answer = facts.case.answer if facts.case else None
    if step in ELSEWHERE or step in taken or not taken.issuperset(BEFORE.get(step, ())):
        return False
    if step in (S.VENDOR_TICKET, S.SENT_AHEAD):
        parts = PARTS if step is S.VENDOR_TICKET else ("replacement_serial",)
        return bool(facts.ticket) and all(getattr(facts, part) for part in parts)
    if step is S.EXCHANGE:
        return outcome is REPLACE
    if step is S.VENDOR_RMA:
        return outcome is not NTF
    if step in (S.RETURN, S.VENDOR_UNIT) and three_legged:
        return S.EXCHANGE in taken
    if step is S.RETURN:
        return S.VENDOR_RMA in taken
    if step is S.VENDOR_UNIT:
        return S.RETURN in taken and answer in (None, VendorAnswer.REPLACEMENT)
    if step is S.ANSWER:
        return S.VENDOR_UNIT not in taken
    if step is S.END:
        return _may_end(facts, taken, answer)
    return True


def _may_end(facts: CaseFacts, taken: frozenset[CaseStep], answer: VendorAnswer | None) -> bool:
    if facts.case is None or S.DIAGNOSED not in taken:
        return False
    if facts.route is Route.THREE_LEGGED:
        return facts.outcome is not REPLACE and S.EXCHANGE not in taken
    if answer in (VendorAnswer.CREDIT, VendorAnswer.DROP_SHIPPED) or S.VENDOR_UNIT in taken:
        return False
    return answer is VendorAnswer.REFUSED or facts.outcome is NTF


class AnyOrder(RuleBasedStateMachine):
    """Steps, facts and undoings as they come; a step with gaps changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.facts = CaseFacts(None, Route.THREE_LEGGED)
        self.taken: frozenset[CaseStep] = frozenset()
        self.ended = False
        self.before: list[tuple[CaseFacts, frozenset[CaseStep], bool, object]] = []

    @initialize(route=st.sampled_from(Route), straight=st.booleans(), well_on=st.booleans())
    def begin(self, route: Route, straight: bool, well_on: bool) -> None:
        """From nothing, or with everything done that can be before the unit is here."""
        self.facts = CaseFacts(None, route, ships_straight=straight)
        if well_on:
            self.tell_all(True)
            for step in steps_of(route):
                self.attempt(step, VendorAnswer.REPLACEMENT)

    @rule(there=st.booleans())
    def tell_all(self, there: bool) -> None:
        """Everything that can be told at once, so that the late steps are reached often."""
        told = ALL if there else NOTHING
        self._keep(replace(self.facts, **told), self.taken)

    @rule(name=st.sampled_from(list(ALL)), there=st.booleans())
    def tell(self, name: str, there: bool) -> None:
        """A fact is entered, or taken back."""
        value = ALL[name] if there else type(ALL[name])()
        self._keep(replace(self.facts, **{name: value}), self.taken)

    @rule()
    def receive(self) -> None:
        if self.facts.received_on is None:
            self._keep(replace(self.facts, received_on=MONDAY), self.taken)

    @rule(outcome=st.sampled_from(Outcome))
    def diagnose(self, outcome: Outcome) -> None:
        """On its own screen, which asks for the unit; it may be done again."""
        if self.facts.received_on is not None:
            wanted = outcome is not NTF
            facts = replace(self.facts, outcome=outcome, vendor_rma_wanted=wanted)
            self._keep(facts, self.taken | {S.DIAGNOSED})

    @rule(step=st.sampled_from(CaseStep), answer=st.sampled_from(VendorAnswer))
    def attempt(self, step: CaseStep, answer: VendorAnswer) -> None:
        """A step with gaps changes nothing; one without is done."""
        if gaps(step, self.facts) or (step is S.ANSWER and answer_gaps(answer, self.facts)):
            return
        facts = after(self.facts, step)
        if step is S.ANSWER:
            facts = case_with(facts, answer=answer)
        assert done(step, facts)
        self._keep(facts, self.taken | {step}, step is S.END)

    @rule(answer=st.sampled_from(VendorAnswer))
    def go_on(self, answer: VendorAnswer) -> None:
        """What is next, so that the late steps are reached often."""
        step = next_step(self.facts)
        if step is S.DIAGNOSED:
            self.receive()
            self.diagnose(REPLACE)
        elif step is not None:
            self.attempt(step, answer)

    @rule()
    def undo(self) -> None:
        """The step before: the same gaps as then, whatever has happened since."""
        if self.before:
            self.facts, self.taken, self.ended, then = self.before.pop()
            assert self._all_gaps() == then

    @invariant()
    def gates_agree(self) -> None:
        """A step may be done exactly where the second telling lets it be done."""
        for step in CaseStep:
            missing, own = gaps(step, self.facts), step in steps_of(self.facts.route)
            may = own and not self.ended and allowed(step, self.facts, self.taken)
            assert (missing == ()) is may, (step, missing)

    @invariant()
    def never_stuck(self) -> None:
        """Complete, not needed, or one step is next: to be done now, or with what it waits for."""
        step = next_step(self.facts)
        if step is None:
            assert complete(self.facts) or self.facts.case is None
            return
        assert not done(step, self.facts)
        waits = gaps(step, self.facts)
        if waits:
            assert step is not S.END
            others = [s for s in steps_of(self.facts.route) if s not in (step, S.END)]
            at_once = (*ELSEWHERE, S.VENDOR_TICKET)  # before what could be done meanwhile
            assert not any(gaps(s, self.facts) == () for s in others) or step in at_once
            assert all(gap.go is not Go.STEP and gap.go is not Go.CASE for gap in waits)

    @invariant()
    def there_is_a_way_out(self) -> None:
        """Whoever does what is next, again and again, completes the case."""
        facts = self.facts
        for _ in range(20):
            step = next_step(facts)
            if step is None:
                break
            if gaps(step, facts) and step not in ELSEWHERE:
                facts = replace(facts, received_on=MONDAY, **ALL)
                continue
            facts = after(facts, step)
        assert complete(facts) or facts.case is None

    @invariant()
    def the_picture_agrees(self) -> None:
        """One move at most is next; a blocked one says why; the legs hold every move once."""
        picture = plan(self.facts, clocks(), MONDAY)
        by_standing = [move.standing for move in picture.moves]
        assert by_standing.count(Standing.NEXT) == (next_step(self.facts) is not None)
        assert all(m.detail and m.gaps for m in picture.moves if m.standing is Standing.BLOCKED)
        in_legs = [move.step for leg in picture.legs for move in leg.moves]
        assert sorted(in_legs) == sorted(move.step for move in picture.moves)
        if is_over(self.facts) and not self.ended and self.facts.case is not None:
            assert len(picture.duties) <= 1

    def _all_gaps(self) -> object:
        return [gaps(step, self.facts) for step in CaseStep]

    def _keep(
        self, facts: CaseFacts, taken: frozenset[CaseStep], ended: bool | None = None
    ) -> None:
        self.before.append((self.facts, self.taken, self.ended, self._all_gaps()))
        self.facts, self.taken = facts, taken
        self.ended = self.ended if ended is None else ended


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
