"""Random steps on a few units, undo among them: what must hold whatever anyone does."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bench.policy.facts import Channel, Contact, Outcome, Payer, Speed
from bench.settings import Settings
from bench.store.records import Rma, State, Step
from bench.workflow import ship
from bench.workflow.capture import Settling, captured, console_differed, settle_console
from bench.workflow.desk import Refused, load_rules, open_desk
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.projection import last_own, standing
from bench.workflow.proving import prove
from bench.workflow.receive import Receipt, correct_facts, receive, receive_unannounced
from bench.workflow.undo import undo
from tests.workflow.helpers import (
    FEDEX,
    UPS,
    World,
    a_capture,
    days_ago,
    expected_row,
    new_clock,
)

RULES = load_rules(Settings())
SERIALS = ("UNIT-A", "UNIT-B", "UNIT-C", "UNIT-D")
TEXT = st.sampled_from(["wait", "agreed", "", "  "])
FACTS = st.dictionaries(
    st.sampled_from(
        ["shipped_on", "customer", "channel", "model", "ticket", "opened_on", "address"]
    ),
    st.none(),
    max_size=3,
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "shipped_on": st.sampled_from([days_ago(n) for n in (3, 40, 900)]),
    "opened_on": st.sampled_from([days_ago(n) for n in (0, 2, 20)]),
    "customer": st.sampled_from(["Alder", "Birch"]),
    "channel": st.sampled_from(Channel),
    "model": st.sampled_from(["T54W", "T46U"]),
    "ticket": st.sampled_from(["T-1", "T-2"]),
    "address": st.sampled_from(["12 Mill Road, Leeds", "3 Quay, York"]),
}
UNITS = st.sampled_from(SERIALS)


class AnyOrder(RuleBasedStateMachine):
    """A bench where everything is tried at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="bench-test-")
        clock = new_clock()
        place = Settings(
            station="B2",
            technician="Ana",
            timezone="UTC",
            database=Path(self.folder.name) / "bench.db",
        )
        self.world = World(open_desk(place, RULES, clock), clock)
        self.logged: dict[str, Any] = {}

    def teardown(self) -> None:
        """Closes the store, proves what is in it, and removes its directory."""
        self.world.store.close()
        assert prove(self.world.store.where, deep=True).count == 0
        self.folder.cleanup()

    @initialize()
    def fill(self) -> None:
        """One expected, one known, and one that nobody knows."""
        self.world.expect("UNIT-A", 22)
        self.world.stock("UNIT-B", 400)

    # --- helpers

    def newest(self, serial: str) -> Rma | None:
        """The newest RMA of a unit."""
        found = self.world.store.find(serial)
        rmas: list[Rma] = self.world.store.rmas_of(found[0].id) if found else []
        return rmas[0] if rmas else None

    def attempt(self, serial: str, step: Any, *args: Any) -> None:
        """Does a step, twice under one op id; a refused one must change nothing."""
        rma = self.newest(serial)
        if rma is None:
            return
        self.world.wait(minutes=7)
        before, op = self.world.everything(), self.world.op()
        try:
            saved = step(self.world.desk, op, rma.id, *args)
        except Refused:
            assert self.world.everything() == before
            return
        after = self.world.everything()
        if saved.already:  # under another op id: nothing was there to be done
            assert after == before
            return
        assert len(after[2]) == len(before[2]) + 1, "one event for each step"
        assert step(self.world.desk, op, rma.id, *args).already
        assert self.world.everything() == after

    # --- steps

    @rule(serial=UNITS, box=st.none() | st.booleans())
    def receive(self, serial: str, box: bool | None) -> None:
        """Receives what is expected."""
        self.attempt(serial, receive, Receipt(box))

    @rule(serial=UNITS, box=st.none() | st.booleans())
    def receive_unannounced(self, serial: str, box: bool | None) -> None:
        """Receives what nobody expected."""
        before = self.world.everything()
        facts = {"brand": "Yealink", "shipped_on": days_ago(100)}
        try:
            receipt = Receipt(box, facts=facts)
            receive_unannounced(self.world.desk, self.world.op(), serial, None, receipt)
        except Refused:
            assert self.world.everything() == before

    @rule(serial=UNITS, outcome=st.sampled_from(Outcome))
    def diagnose(self, serial: str, outcome: Outcome) -> None:
        """Diagnoses."""
        self.attempt(serial, diagnose, Diagnosis(outcome, "x"))

    @rule(serial=UNITS, answer=st.sampled_from(Contact))
    def contact(self, serial: str, answer: Contact) -> None:
        """Records the customer's answer."""
        self.attempt(serial, ship.contacted, answer)

    @rule(serial=UNITS, accepted=st.booleans())
    def quote(self, serial: str, accepted: bool) -> None:
        """Records the answer to a quote."""
        self.attempt(serial, ship.quote_answered, accepted)

    @rule(serial=UNITS, by=TEXT, why=TEXT)
    def packaging(self, serial: str, by: str, why: str) -> None:
        """A supervisor accepts."""
        self.attempt(serial, ship.accept_packaging, by, why)

    @rule(serial=UNITS, rush=st.booleans())
    def rush(self, serial: str, rush: bool) -> None:
        """The customer asks for rush."""
        self.attempt(serial, ship.ask_rush, rush)

    @rule(
        serial=UNITS,
        speed=st.none() | st.sampled_from(Speed),
        payer=st.none() | st.sampled_from([Payer.US, Payer.CUSTOMER]),
        why=TEXT,
    )
    def override(self, serial: str, speed: Speed | None, payer: Payer | None, why: str) -> None:
        """Overrides."""
        self.attempt(serial, ship.override, speed, payer, why)

    @rule(serial=UNITS, why=TEXT)
    def hold(self, serial: str, why: str) -> None:
        """Holds."""
        self.attempt(serial, ship.hold, why)

    @rule(serial=UNITS)
    def release(self, serial: str) -> None:
        """Releases."""
        self.attempt(serial, ship.release)

    @rule(serial=UNITS, number=st.sampled_from([UPS, FEDEX, "1Z999AA10123456785"]))
    def track(self, serial: str, number: str) -> None:
        """Scans a tracking number."""
        self.attempt(serial, ship.scan_tracking, number)

    @rule(serial=UNITS, stock=UNITS)
    def swap(self, serial: str, stock: str) -> None:
        """Names a replacement: one of the units, which may be anywhere by then."""
        self.attempt(serial, diagnose, Diagnosis(Outcome.REPLACE))
        self.attempt(serial, ship.choose_replacement, stock)

    @rule(serial=UNITS, stock=UNITS, box=st.booleans())
    def the_way_of_a_swap(self, serial: str, stock: str, box: bool) -> None:
        """Replaced and shipped, so that chains grow."""
        self.receive_unannounced(serial, box)
        self.swap(serial, stock)
        self.attempt(serial, ship.quote_answered, True)
        self.attempt(serial, ship.scan_tracking, FEDEX)
        self.attempt(serial, ship.ship)

    @rule(serial=UNITS)
    def ship(self, serial: str) -> None:
        """Ships."""
        self.attempt(serial, ship.ship)

    @rule(serial=UNITS)
    def the_usual_way(self, serial: str) -> None:
        """Straight to the door, so that shipped ones are common."""
        for step in ((receive, Receipt(True)), (diagnose, Diagnosis(Outcome.REPAIR))):
            self.attempt(serial, *step)
        for last in ((ship.scan_tracking, UPS), (ship.ship,)):
            self.attempt(serial, *last)

    @rule(serial=UNITS, why=TEXT)
    def close(self, serial: str, why: str) -> None:
        """Closes."""
        self.attempt(serial, ship.close, why)

    @rule(serial=UNITS, why=TEXT)
    def cancel(self, serial: str, why: str) -> None:
        """Cancels."""
        self.attempt(serial, ship.cancel, why)

    @rule(serial=UNITS, facts=st.fixed_dictionaries({}, optional=VALUES))
    def correct(self, serial: str, facts: dict[str, Any]) -> None:
        """Puts facts right."""
        self.attempt(serial, correct_facts, facts)

    @rule(serial=UNITS, number=st.integers(1, 3))
    def capture(self, serial: str, number: int) -> None:
        """A capture of the console is sealed."""
        self.attempt(serial, captured, a_capture(number))

    @rule(serial=UNITS, number=st.integers(1, 3), named=UNITS)
    def differ(self, serial: str, number: int, named: str) -> None:
        """The console names a serial."""
        self.attempt(serial, console_differed, a_capture(number).capture, named)

    @rule(serial=UNITS, how=st.sampled_from(Settling))
    def settle(self, serial: str, how: str) -> None:
        """Says how the other serial came about."""
        self.attempt(serial, settle_console, how)

    @rule(serial=UNITS, number=st.integers(0, 5))
    def undo_by_name(self, serial: str, number: int) -> None:
        """Takes a step back as if it had been seen as the last one."""
        rma = self.newest(serial)
        events = self.world.store.events_of_rma(rma.id) if rma else []
        if number < len(events):
            self.attempt(serial, undo, events[-1 - number].op_id)

    @rule(serial=UNITS)
    def undo(self, serial: str) -> None:
        """Takes the last step back."""
        self.attempt(serial, undo)

    @rule(serial=UNITS, number=st.integers(0, 3))
    def undo_an_old_one(self, serial: str, number: int) -> None:
        """Tries to take back the last step of an older return."""
        found = self.world.store.find(serial)
        rmas = self.world.store.rmas_of(found[0].id) if found else []
        if number < len(rmas):
            before = self.world.everything()
            try:
                undo(self.world.desk, self.world.op(), rmas[number].id)
            except Refused:
                assert self.world.everything() == before

    # --- what must hold

    @invariant()
    def the_row_is_what_the_events_make_it(self) -> None:
        """Each RMA's row is the fold of its events, settled by the policy."""
        for rma in self.world.store.rmas("", 99):
            if rma.state.is_open:
                assert replace(expected_row(self.world.desk, rma), since=None) == replace(
                    rma, since=None
                )

    @invariant()
    def no_chain_closes(self) -> None:
        """Whatever replaced what, each chain has an end."""
        for unit in self.world.store.units("", 99):
            assert self.world.store.chain_of(unit.id)[1] == ""

    @invariant()
    def one_open_rma_per_unit(self) -> None:
        """No unit is on two open RMAs."""
        rmas = self.world.store.rmas("", 99)
        units = [rma.unit_id for rma in rmas if rma.state.is_open]
        assert len(set(units)) == len(units)

    @invariant()
    def nothing_is_deleted_or_changed(self) -> None:
        """An event that was written stays as it was; sequence numbers have no gap."""
        events = self.world.store.events("", 9999)
        now = {event.op_id: event for event in events}
        assert all(now.get(op) == event for op, event in self.logged.items())
        self.logged = now
        for unit in self.world.store.units("", 99):
            seqs = sorted(event.seq for event in events if event.unit_id == unit.id)
            assert seqs == list(range(1, len(seqs) + 1))

    @invariant()
    def what_can_be_undone_is_the_last_that_counts(self) -> None:
        """The step that a screen names as the last one is the one that an undo would take."""
        for rma in self.world.store.rmas("", 99):
            counted = standing(self.world.store.events_of_rma(rma.id))
            last, own = self.world.view(rma.id).last_step, last_own(counted)
            assert (last.op_id if last else None) == (own.op_id if own else None)

    @invariant()
    def nothing_is_ready_while_the_console_names_another(self) -> None:
        """What is not certain to be the unit on the label is neither diagnosed nor shipped."""
        for rma in self.world.store.rmas("", 99):
            if rma.console_serial and rma.state.is_open:
                assert rma.state in (State.EXPECTED, State.ON_HOLD)

    @invariant()
    def shipped_means_tracked_and_decided(self) -> None:
        """Nothing left without a tracking number, or while it was stopped."""
        for event in self.world.store.events("", 9999):
            if event.step is Step.SHIPPED:
                assert event.data["speed"] in set(Speed)
                assert event.data["payer"] in set(Payer)


AnyOrder.TestCase.settings = settings(
    max_examples=30,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestAnyOrder = AnyOrder.TestCase
