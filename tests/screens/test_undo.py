"""Undo from every screen, as a new event; never what another bench has built on meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bench.policy.facts import Contact, Outcome
from bench.store.records import State, Step
from bench.workflow import ship
from bench.workflow.desk import Desk
from bench.workflow.undo import undo
from tests.screens.helpers import NOW, RULES, Bench
from tests.screens.test_flow import OTHER, SERIAL, UNDO, UPS, Glass, data, open_glass, steps

pytestmark = pytest.mark.engines("sqlite", "postgresql")

LATER = NOW + timedelta(minutes=5)


def answered_elsewhere(bench: Bench, rma_id: str) -> None:
    """Jonas at Dock 7 records that the customer wants it back."""
    with bench.desk(LATER) as desk:
        other = Desk(desk.store, RULES, desk.clock, "Jonas K.", "Dock 7")
        ship.contacted(other, bench.op(), rma_id, Contact.YES)


async def test_every_step_back_to_the_beginning(bench: Bench) -> None:
    """One step at a time, each named, down to the announcement, which is not undone here."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, SERIAL, "BENCHOK", "BENCHFXD", UPS, "BENCHOK") as glass:
        for name, place, state in (
            ("shipped", "Ship", State.READY_TO_SHIP),
            ("tracking number", "Ship", State.READY_TO_SHIP),
            ("diagnosed", "Diagnose", State.RECEIVED),
            ("received", "Receive", State.EXPECTED),
        ):
            assert f"undo {name}" in glass.next
            await glass.scan("BENCHUNDO")
            assert glass.question == f"Why is “{name}” of 14:03:22 undone?"
            await glass.scan("BENCHOK")
            assert f"undone: {name} of 14:03:22" in glass.said
            assert (glass.place, bench.rma(rma_id).state) == (place, state)
        assert "undo" not in glass.next
        await glass.scan("BENCHUNDO")
        assert glass.refused("announcement", "cancel the RMA instead")
        assert glass.word == "EXPECTED"
    assert len(steps(bench, rma_id)) == 9


async def test_undo_from_every_screen(bench: Bench) -> None:
    """Record, Policy, Ship, Diagnose, Receive: the last step of the unit in hand, by ctrl+z."""
    rma_id = bench.received(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        for verb in ("LOG", "RULES", "SEND", "TEST", "BOX"):
            await glass.scan(f"BENCH{verb}")
            await glass.key("ctrl+z", "1")
            assert "undone: received" in glass.said, verb
            assert glass.place == "Receive"
            await glass.scan("BENCHOK")
            assert bench.rma(rma_id).state is State.RECEIVED


async def test_undo_on_the_queue_takes_back_the_last_step_of_this_station(bench: Bench) -> None:
    """Nothing in hand: the last thing that was done here, whichever unit it was."""
    bench.received(OTHER)
    rma_id = bench.diagnosed(SERIAL, Outcome.REPAIR)
    async with open_glass(bench, *UNDO) as glass:
        assert "undone: diagnosed" in glass.said
        assert (glass.place, SERIAL in glass.said) == ("Diagnose", True)
    assert bench.rma(rma_id).state is State.RECEIVED
    assert steps(bench, rma_id)[-1] is Step.UNDONE


async def test_nothing_to_undo(bench: Bench) -> None:
    """An empty bench, a stranger, a unit without any return."""
    bench.unit(OTHER)
    async with open_glass(bench, "BENCHUNDO") as glass:
        for scan in ("BENCHDESK", SERIAL, OTHER):
            await glass.scan(scan, "BENCHUNDO")
            assert glass.refused("there is nothing to undo here", "scan the unit")


async def _meanwhile(bench: Bench, glass: Glass, rma_id: str) -> None:
    before = steps(bench, rma_id)
    await glass.scan("BENCHUNDO")
    if glass.question:
        await glass.scan("BENCHOK")
    assert glass.refused("customer's answer by Jonas K. at Dock 7 at 14:08")
    assert steps(bench, rma_id) == before
    assert glass.saved in ("nothing changed", "ready")


async def test_undo_after_another_desk_went_on(bench: Bench) -> None:
    """The step seen here is no longer the last one: refused, and says who did what."""
    rma_id = bench.diagnosed(SERIAL, Outcome.NO_TROUBLE_FOUND)
    async with open_glass(bench, SERIAL) as glass:
        answered_elsewhere(bench, rma_id)
        await _meanwhile(bench, glass, rma_id)


async def test_undo_on_the_queue_leaves_other_desks_steps_alone(bench: Bench) -> None:
    """Another desk went on with the unit of this station's last step: that is not undone here."""
    rma_id = bench.diagnosed(SERIAL, Outcome.NO_TROUBLE_FOUND)
    answered_elsewhere(bench, rma_id)
    async with open_glass(bench) as glass:
        await _meanwhile(bench, glass, rma_id)


async def test_undone_by_another_bench_first(bench: Bench) -> None:
    """Both saw the same last step: one undid it, and the other is told who and when."""
    rma_id = bench.received(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        with bench.desk(LATER) as desk:
            other = Desk(desk.store, RULES, desk.clock, "Jonas K.", "Dock 7")
            undo(other, bench.op(), rma_id)
        before = steps(bench, rma_id)
        await glass.scan(*UNDO)
        assert glass.refused("Jonas K. at Dock 7 undid it at 14:08")
        assert steps(bench, rma_id) == before


async def test_the_reason_is_kept(bench: Bench) -> None:
    """By its number, by arrows and enter, and in one's own words."""
    rma_id = bench.received(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        await glass.key("ctrl+z", "3")
        assert data(bench, rma_id, Step.UNDONE)["why"] == "new information"
        await glass.scan("BENCHOK")
        await glass.key("ctrl+z", "down", "enter")
        assert data(bench, rma_id, Step.UNDONE)["why"] == "wrong key or code"
        await glass.scan("BENCHOK")
        await glass.key("ctrl+z", "4")
        await glass.write("box of another customer")
        await glass.key("enter")
        assert data(bench, rma_id, Step.UNDONE)["why"] == "box of another customer"
        await glass.scan("BENCHLOG")
        assert "received: box of another customer" in glass.text


async def test_a_bare_enter_undoes_nothing(bench: Bench) -> None:
    """The end of a spoilt scan is an enter: it does not choose a reason; escape leaves it alone."""
    rma_id = bench.received(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        await glass.key("ctrl+z", "enter")
        assert "Why is “received” of" in glass.question
        await glass.key("escape")
    assert bench.rma(rma_id).state is State.RECEIVED
