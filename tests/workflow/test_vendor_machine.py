"""Every act of a vendor case at any time, on a real store: none passes early, none gets stuck.

The gates say beforehand what will happen; the store must do exactly that. Each undo gives back
what was there before.
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bench.policy.facts import Channel, Outcome
from bench.policy.vendor_case import VendorAnswer
from bench.policy.vendor_plan import (
    CaseFacts,
    CaseStep,
    Go,
    answer_gaps,
    complete,
    gaps,
    is_over,
    next_step,
    steps_of,
)
from bench.settings import Settings
from bench.store.records import Rma, State
from bench.workflow import escalate, ship, vendor
from bench.workflow.advance import send_ahead
from bench.workflow.case_facts import case_facts
from bench.workflow.desk import Refused, load_rules, open_desk
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.proving import prove
from bench.workflow.receive import Receipt, receive
from bench.workflow.sums import COMPARED
from bench.workflow.undo import undo
from tests.workflow.helpers import FEDEX, UPS, World, expected_row, new_clock
from tests.workflow.vendor_acts import PARTS, PULSE

RULES = load_rules(Settings())
KINDS: dict[str, dict[str, Any]] = {
    "appliance": PULSE,
    "direct phone": {},
    "reseller's phone": {"channel": Channel.RESELLER},
}
GATED: dict[CaseStep, tuple[Any, ...]] = {
    CaseStep.VENDOR_TICKET: (vendor.open_ticket, "V-77"),
    CaseStep.SUB_TICKET: (vendor.verified, "V-77-1"),
    CaseStep.LICENSE_TRANSFER: (vendor.license_transferred, "RD-5"),
    CaseStep.LICENCES: (vendor.licences_made,),
    CaseStep.EXCHANGE: (vendor.exchange_opened, "V-77-2"),
    CaseStep.VENDOR_RMA: (vendor.vendor_rma_given, "DX-9"),
    CaseStep.RETURN: (vendor.send_to_vendor, FEDEX),
    CaseStep.END: (vendor.end, "nothing comes of it"),
}
"""The steps whose gate says all there is to say; the others look at a serial or an answer too."""
WAY = st.sampled_from([VendorAnswer.REPLACEMENT, *VendorAnswer])
"""A replacement more often, for it is the longest way."""


class Bench:
    """The one store of all examples; each has a unit of its own on it."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="bench-test-")
        place = Settings(
            station="B2",
            technician="Ana",
            timezone="UTC",
            database=Path(self.folder.name) / "bench.db",
        )
        clock = new_clock()
        self.world, self.units = World(open_desk(place, RULES, clock), clock), 0

    def close(self) -> None:
        """Proves what is in the store, and removes it."""
        self.world.store.close()
        assert prove(self.world.store.where, deep=True).count == 0
        self.folder.cleanup()


class AnyOrder(RuleBasedStateMachine):
    """One unit with its vendor case."""

    bench: Bench

    @initialize(
        kind=st.sampled_from(list(KINDS)), begun=st.booleans(), hops=st.integers(0, 14), way=WAY
    )
    def begin(self, kind: str, begun: bool, hops: int, way: VendorAnswer) -> None:
        """A unit that is on its way, or some steps further; the clock starts anew."""
        self.world, self.bench.units = self.bench.world, self.bench.units + 1
        self.world.clock.moment = new_clock().moment
        self.serial = f"UNIT{self.bench.units}"
        self.scanned = 0
        self.rma_id = self.world.expect(self.serial, 20, **KINDS[kind])
        self.rows: list[tuple[Rma, date]] = []
        if begun:
            self.note(True)
        for _ in range(hops):
            self.go_on(way, hops % 3 > 0)

    # --- helpers

    def rma(self) -> Rma:
        """The RMA as it is saved."""
        return self.world.rma(self.rma_id)

    def facts(self) -> CaseFacts:
        """What the gates look at."""
        return case_facts(self.world.desk, self.world.view(self.rma_id))

    def there(self) -> tuple[Any, ...]:
        """All that is saved of this unit and of what hangs on it."""
        rma, store = self.rma(), self.world.store
        case = rma.vendor
        hanging = (rma.replacement_id, case.vendor_unit_id if case else None)
        units = [store.unit(unit_id) for unit_id in hanging if unit_id]
        return rma, store.unit(rma.unit_id), units, len(store.events_of_rma(rma.id))

    def attempt(self, step: Any, *args: Any, may: bool | None = None) -> bool:
        """Does a step, twice under one op id; `may`: what its gate says beforehand."""
        self.world.wait(minutes=7)
        before, op, refusal = self.there(), self.world.op(), None
        row = expected_row(self.world.desk, before[0])
        try:
            saved = step(self.world.desk, op, self.rma_id, *args)
        except Refused as refused:
            refusal = refused
        if refusal is not None:
            assert may is not True, f"{step.__name__} has no gap, and yet: {refusal}"
            assert refusal.what
            assert self.there() == before
            return False
        assert may is not False, f"{step.__name__} has gaps, and yet it was saved"
        assert not saved.already
        after = self.there()
        assert after[3] == before[3] + 1, "one event"
        assert step(self.world.desk, op, self.rma_id, *args).already
        assert self.there() == after
        self.rows.append((row, self.world.clock.today()))
        return True

    def own_step(self) -> bool:
        """Whether steps of a case are taken at all."""
        return self.rma().state is not State.CANCELLED

    def gated(self, step: CaseStep) -> bool:
        """A step that its gate alone decides about."""
        act, *args = GATED[step]
        may = self.own_step() and not gaps(step, self.facts())
        return self.attempt(act, *args, may=may)

    def new_serial(self, prefix: str) -> str:
        """A serial that no other unit has."""
        self.scanned += 1
        return f"{prefix}{self.serial}N{self.scanned}"

    # --- what anybody may do at any time

    @rule(whole=st.booleans())
    def note(self, whole: bool) -> None:
        """Parts of the ticket are written down."""
        texts = PARTS if whole else {"symptom": "no boot"}

        def noting(desk: Any, op: str, rma_id: str) -> Any:
            return vendor.note(desk, op, rma_id, **texts)

        case = self.rma().vendor
        self.attempt(noting, may=self.own_step() and (case is None or case.is_open))

    @rule()
    def choose_replacement(self) -> None:
        """A unit from our stock is named."""
        self.attempt(ship.choose_replacement, self.new_serial("STOCK"))

    @rule(step=st.sampled_from(list(GATED)))
    def any_step(self, step: CaseStep) -> None:
        """Whatever the time."""
        self.gated(step)

    @rule(named=st.booleans())
    def send_ahead(self, named: bool) -> None:
        """Step 5, or an advance replacement."""
        case = self.rma().vendor
        three_legged = case is not None and case.is_open and CaseStep.EXCHANGE in self.steps()
        may = not gaps(CaseStep.SENT_AHEAD, self.facts()) if three_legged else None
        self.attempt(send_ahead, self.new_serial("STOCK") if not named and not may else "", UPS,
                     may=may)  # fmt: skip

    @rule()
    def receive(self) -> None:
        """The unit arrives."""
        self.attempt(receive, Receipt(True), may=self.rma().state is State.EXPECTED)

    @rule(outcome=st.sampled_from([Outcome.REPLACE, *Outcome]))
    def diagnose(self, outcome: Outcome) -> None:
        """It is looked at, perhaps once more."""
        self.attempt(diagnose, Diagnosis(outcome, "no boot"))

    @rule(own=st.integers(0, 4))
    def receive_vendor_unit(self, own: int) -> None:
        """The vendor's unit comes; now and then it is the one that was sent."""
        serial = self.serial if own == 0 else self.new_serial("VEND")
        may = self.own_step() and not gaps(CaseStep.VENDOR_UNIT, self.facts())
        if own == 0 and CaseStep.EXCHANGE in self.steps():
            may = False
        self.attempt(vendor.receive_vendor_unit, serial, may=may)

    @rule(answer=WAY)
    def answered(self, answer: VendorAnswer) -> None:
        """The vendor says what it gives."""
        facts = self.facts()
        told = not gaps(CaseStep.ANSWER, facts) and not answer_gaps(answer, facts)
        twice = answer is VendorAnswer.DROP_SHIPPED and self.rma().replacement_id is not None
        serial = self.new_serial("DROP")
        may = told and self.own_step() and not twice
        self.attempt(vendor.answered, answer, 4500, serial, may=may)

    @rule(passed=st.booleans())
    def replacement_tested(self, passed: bool) -> None:
        """The bench test."""
        may = self.own_step() and not gaps(CaseStep.TESTED, self.facts())
        self.attempt(vendor.replacement_tested, passed, "no tone", may=may)

    @rule()
    def moved(self) -> None:
        """Something else happened."""
        may = self.own_step() and self.rma().case_open
        self.attempt(vendor.moved, "they called", may=may)

    @rule()
    def escalate(self) -> None:
        """The vendor is asked to move."""
        self.attempt(escalate.escalate, "faster_progress", "the customer is down")

    @rule()
    def escalation_answered(self) -> None:
        """And it says something."""
        self.attempt(escalate.escalation_answered, "soon")

    @rule()
    def ship_it(self) -> None:
        """Whatever is ready goes out."""
        if self.attempt(ship.scan_tracking, FEDEX):
            self.attempt(ship.ship, may=True)

    @rule(days=st.integers(1, 4))
    def wait(self, days: int) -> None:
        """Days go by."""
        self.world.wait(days=days)

    @rule()
    def undo(self) -> None:
        """The last step is taken back: all is as it was before it, but for what time has done."""
        if not self.rows:
            return
        row, day = self.rows.pop()
        self.world.wait(minutes=7)
        undo(self.world.desk, self.world.op(), self.rma_id)
        now = self.rma()
        names = COMPARED if day != self.world.clock.today() else (*COMPARED, *_PLACE)
        changed = [name for name in names if getattr(now, name) != getattr(row, name)]
        assert not changed, changed

    # --- the way on, so that the late steps are reached often

    @rule(answer=WAY, passed=st.booleans())
    def go_on(self, answer: VendorAnswer, passed: bool) -> None:
        """What the plan says is next is possible, here or on the screen that it names."""
        step, facts = next_step(self.facts()), self.facts()
        if step is None:
            return
        if step in GATED and not gaps(step, facts):
            assert self.gated(step)
        elif step is CaseStep.ANSWER:
            self.answered(answer)
        elif step is CaseStep.TESTED:
            self.replacement_tested(passed)
        elif step is CaseStep.VENDOR_UNIT:
            self.receive_vendor_unit(1)
        elif step is CaseStep.SENT_AHEAD and not gaps(step, facts):
            self.send_ahead(True)
        else:
            self.fill(gaps(step, facts)[0].go)

    def fill(self, go: Go) -> None:
        """Does what a gap asks for, where that is to be done elsewhere."""
        if go is Go.RECEIVE:
            self.receive()
        elif go is Go.DIAGNOSE:
            self.diagnose(Outcome.REPLACE)
        elif go is Go.REPLACEMENT:
            self.choose_replacement()
        elif go in (Go.SYMPTOM, Go.TROUBLESHOOTING, Go.OUTPUT, Go.CONSOLE):
            self.note(True)

    def steps(self) -> tuple[CaseStep, ...]:
        """The steps that a case on this unit's route can have."""
        facts = self.facts()
        return steps_of(facts.case.route if facts.case else facts.route)

    # --- what must hold

    @invariant()
    @precondition(lambda self: hasattr(self, "rma_id"))
    def the_row_is_what_the_events_make_it(self) -> None:
        """But for its place in the queue, which time moves on."""
        rma = self.rma()
        row = expected_row(self.world.desk, rma)
        assert not [n for n in COMPARED if getattr(row, n) != getattr(rma, n)]
        assert row.state is rma.state

    @invariant()
    @precondition(lambda self: hasattr(self, "rma_id"))
    def never_stuck(self) -> None:
        """An open case has a step to take, or waits for something from outside that is named."""
        rma, facts = self.rma(), self.facts()
        if not rma.case_open or not self.own_step():
            return
        step = next_step(facts)
        if step is None:
            assert not complete(facts), "complete, and nobody noticed"
            return
        waits = gaps(step, facts)
        assert not waits or waits[0].go not in (Go.STEP, Go.CASE), waits

    @invariant()
    @precondition(lambda self: hasattr(self, "rma_id"))
    def nothing_goes_out_twice_untested_or_while_it_is_away(self) -> None:
        """Ready to ship means that there is something here to ship, and nobody has got it yet."""
        rma = self.rma()
        case = rma.vendor
        if rma.state is not State.READY_TO_SHIP or case is None:
            return
        assert rma.sent_ahead_on is None
        assert case.answer is not VendorAnswer.DROP_SHIPPED
        here = case.returned_on is None or case.vendor_unit_id == rma.unit_id
        assert here or rma.replacement_id or case.answer is VendorAnswer.REFUSED
        theirs = rma.replacement_id is not None and rma.replacement_id == case.vendor_unit_id
        assert not theirs or case.tested or rma.channel is Channel.RESELLER

    @invariant()
    @precondition(lambda self: hasattr(self, "rma_id"))
    def no_chain_closes(self) -> None:
        """Whatever replaced what, each chain has an end, and the return that gave it out."""
        rma = self.rma()
        if rma.replacement_id is not None:
            links, fault = self.world.store.chain_of(rma.replacement_id)
            assert (fault, [link.id for link, _ in links]) == ("", [rma.unit_id])
            assert links[0][1] == rma

    @invariant()
    @precondition(lambda self: hasattr(self, "rma_id"))
    def what_is_over_owes_nothing(self) -> None:
        """An ended case has no step that could be done."""
        facts = self.facts()
        if facts.case is not None and not facts.case.is_open:
            assert is_over(facts)
            assert not [step for step in self.steps() if not gaps(step, facts)]


_PLACE = ("state", "mark", "rank", "why_here", "wakes_on")


def test_any_order() -> None:
    """All examples on one store, which is proved at the end."""
    bench = Bench()
    AnyOrder.bench = bench
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=20,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert bench.units >= 20
    bench.close()
