"""What another bench does shows up here by itself: two programs on one database."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from time import monotonic

import pytest

from bench.policy.facts import Outcome
from bench.store.records import State
from bench.workflow import ship
from bench.workflow.desk import Desk
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.receive import Receipt, correct_facts, receive
from tests.screens.helpers import NOW, RULES, Bench
from tests.screens.test_flow import OTHER, SERIAL, THIRD, Glass, open_glass
from tests.screens.waits import until

pytestmark = pytest.mark.engines("sqlite", "postgresql")

SOON = 2.0
"""Seconds within which a row made on another bench must be seen (issue 3)."""
LATER = NOW + timedelta(minutes=5)


def elsewhere(bench: Bench, step: object, rma_id: str, *args: object) -> None:
    """Jonas at Dock 7 takes a step, five minutes later."""
    assert callable(step)
    with bench.desk(LATER) as desk:
        other = Desk(desk.store, RULES, desk.clock, "Jonas K.", "Dock 7")
        step(other, bench.op(), rma_id, *args)


async def listening(glass: Glass) -> None:
    """The watch has had the time to take its first look."""
    await asyncio.sleep(0.7)


async def test_a_row_made_elsewhere_is_on_the_queue_soon(bench: Bench) -> None:
    """No key and no scan here; it is there within two seconds."""
    bench.expect(SERIAL)
    async with open_glass(bench, live=True) as glass:
        await listening(glass)
        assert OTHER not in glass.text
        begun = monotonic()
        bench.expect(OTHER)
        await until(glass, lambda: OTHER in glass.text)
        assert monotonic() - begun < SOON


async def test_what_is_told_while_a_scan_is_dealt_with_is_shown_after_it(bench: Bench) -> None:
    """It is told once only, so it must not be forgotten."""
    bench.expect(SERIAL)
    async with open_glass(bench, live=True) as glass:
        await listening(glass)
        turns = glass.app.turns
        turns.dealing = True
        bench.expect(OTHER)
        await asyncio.sleep(1.2)
        assert OTHER not in glass.text
        turns.dealing = False
        begun = monotonic()
        await until(glass, lambda: OTHER in glass.text)
        assert monotonic() - begun < SOON


async def test_the_cursor_stays_on_its_row(bench: Bench) -> None:
    """Something more urgent comes in above: the chosen row stays chosen."""
    for serial in (SERIAL, OTHER):
        bench.expect(serial, 200)
    async with open_glass(bench, live=True) as glass:
        await listening(glass)
        await glass.key("down")
        queue = glass.body.query_one("#queue")
        chosen = queue.chosen.rma.id  # type: ignore[attr-defined]
        bench.received(THIRD)
        await until(glass, lambda: THIRD in glass.text)
        await glass.settle()
        assert queue.chosen.rma.id == chosen  # type: ignore[attr-defined]


async def test_the_unit_in_hand_says_who_did_what(bench: Bench) -> None:
    """Diagnosed at another bench: the screen shows it, and the strip says who, where and when."""
    rma_id = bench.received(SERIAL, 200)
    async with open_glass(bench, SERIAL, live=True) as glass:
        await listening(glass)
        elsewhere(bench, diagnose, rma_id, Diagnosis(Outcome.REPAIR, "no boot"))
        await until(glass, lambda: "meanwhile" in glass.said)
        assert "meanwhile: diagnosed by Jonas K. at Dock 7, 14:08" in glass.said
        await glass.scan("BENCHSEND")
        assert glass.word == "GROUND"


async def test_half_entered_fields_survive_the_news(bench: Bench) -> None:
    """A correction is being typed while another bench corrects something else."""
    rma_id = bench.received(SERIAL, 200)
    async with open_glass(bench, SERIAL, "BENCHLOG", live=True) as glass:
        await listening(glass)
        await glass.enter(ticket="99001")
        elsewhere(bench, correct_facts, rma_id, {"customer": "Harbor Legal"})
        await until(glass, lambda: "facts corrected by Jonas K." in glass.said)
        assert glass.field("customer").value == "Harbor Legal"
        assert glass.field("ticket").value == "99001"
        assert "save facts" in glass.next


async def test_receiving_keeps_its_fields_and_says_it_is_here(bench: Bench) -> None:
    """Another bench has received it while its fields were being filled in here."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, SERIAL, "BENCHPSU", live=True) as glass:
        await listening(glass)
        await glass.enter(ticket="99001")
        elsewhere(bench, receive, rma_id, Receipt(True))
        await until(glass, lambda: "received by Jonas K. at Dock 7, 14:08" in glass.said)
        assert glass.word == "HERE"
        assert glass.field("ticket").value == "99001"


async def test_own_steps_are_no_news(bench: Bench) -> None:
    """What this program saves comes back through the watch, and nothing is said of it."""
    bench.expect(SERIAL)
    async with open_glass(bench, SERIAL, live=True) as glass:
        await listening(glass)
        await glass.scan("BENCHOK")
        await glass.enter(symptom="no boot")
        await asyncio.sleep(1.2)
        await glass.settle()
        assert "received as RMA" in glass.said
        assert glass.field("symptom").value == "no boot"


async def test_a_step_that_comes_too_late_names_who_was_first(bench: Bench) -> None:
    """Before the watch has told: the refusal says who received it, where and when."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        elsewhere(bench, receive, rma_id, Receipt(True))
        await glass.scan("BENCHOK")
        assert glass.refused("received by Jonas K. at Dock 7 at 14:08 already")
        assert glass.refused("nothing was changed")


async def test_a_step_refused_by_anothers_hold_names_them(bench: Bench) -> None:
    """The unit was put on hold elsewhere after it was looked at here."""
    rma_id = bench.diagnosed(SERIAL, Outcome.REPAIR)
    async with open_glass(bench, SERIAL) as glass:
        elsewhere(bench, ship.hold, rma_id, "address to be confirmed")
        await glass.scan("1Z999AA10123456784")
        assert glass.refused("hold by Jonas K. at Dock 7 at 14:08", "it may not ship")
    assert bench.rma(rma_id).state is State.ON_HOLD
