"""Diagnose: the check list, what is typed, the outcome; holds and their release."""

from __future__ import annotations

import pytest

from bench.policy.facts import Outcome
from bench.store.records import State, Step
from bench.workflow import ship
from tests.screens.helpers import Bench, post_scan
from tests.screens.test_flow import OTHER, SERIAL, UPS, data, open_glass, steps


@pytest.mark.parametrize(
    ("code", "key", "outcome", "word"),
    [
        ("BENCHNTF", "n", Outcome.NO_TROUBLE_FOUND, "HOLD"),
        ("BENCHFXD", "r", Outcome.REPAIR, "RUSH"),
        ("BENCHREPL", "x", Outcome.REPLACE, "RUSH"),
    ],
)
async def test_outcome_saves_everything(
    bench: Bench, code: str, key: str, outcome: Outcome, word: str
) -> None:
    """By scan and by key: symptom, findings and each check are on the RMA, Ship has the answer."""
    for number, serial in enumerate((SERIAL, OTHER)):
        rma_id = bench.received(serial)
        async with open_glass(bench, serial) as glass:
            await glass.enter(symptom="no dial tone", findings="reseated, fine")
            await glass.scan("BENCHGOOD", "BENCHNEXT", "BENCHDEFECT")
            await (glass.key(key) if number else glass.scan(code))
            assert (glass.place, glass.word) == ("Ship", word)
            assert "diagnosed: " in glass.said
            assert await glass.drafts() == []
        rma = bench.rma(rma_id)
        assert (rma.outcome, rma.symptom, rma.findings) == (
            *(outcome, "no dial tone", "reseated, fine"),
        )
        assert dict(rma.checks) == {"power": "passed", "keys": "failed"}


async def test_check_list_by_keys(bench: Bench) -> None:
    """Good, defect, skip, up and down; the cursor stays inside, a second mark replaces."""
    rma_id = bench.received(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        await glass.key("up", "g", "d", "s", "g")
        assert "✔ powers up" in glass.text
        assert "! display, every line" in glass.text
        assert "○ keys and hook switch" in glass.text
        await glass.key("up", "up", "up", "up", "d", *["down"] * 9, "g")
        assert "! powers up" in glass.text
        assert "✔ registers and calls" in glass.text
        await glass.click("BENCHREPL replace")
    checks = {"power": "failed", "display": "failed", "audio": "passed", "register": "passed"}
    assert dict(bench.rma(rma_id).checks) == checks


async def test_appliance_has_its_own_check_list(bench: Bench) -> None:
    """What is checked depends on the kind of product."""
    bench.received(SERIAL, brand="Pulse Secure", model="PSA-3000")
    async with open_glass(bench, SERIAL) as glass:
        assert "boots on the console" in glass.text
        assert "hook switch" not in glass.text


async def test_earlier_returns_are_in_view(bench: Bench) -> None:
    """What was found last time stands there while the unit is diagnosed again."""
    first = bench.diagnosed(SERIAL, Outcome.REPAIR, 200)
    bench.do(ship.scan_tracking, first, UPS)
    bench.do(ship.ship, first)
    async with open_glass(bench, SERIAL, "BENCHBOX", "BENCHOK") as glass:
        assert glass.place == "Diagnose"
        assert f"RMA {bench.rma(first).number}: repair: DRAM test failed" in glass.items
        assert "repair" in glass.text
        assert glass.field("symptom").value == ""


async def test_draft_is_restored(bench: Bench) -> None:
    """Checks and lines come back after another scan and after a restart, each to its unit."""
    bench.received(SERIAL)
    bench.received(OTHER)
    async with open_glass(bench, SERIAL, "BENCHDEFECT") as glass:
        await glass.enter(symptom="no boot")
        await glass.scan(OTHER)
        assert glass.field("symptom").value == ""
        assert "! powers up" not in glass.text
        await glass.scan("BENCHGOOD", SERIAL)
        assert glass.field("symptom").value == "no boot"
        assert "! powers up" in glass.text
    async with open_glass(bench, SERIAL) as glass:
        assert glass.field("symptom").value == "no boot"
        assert "! powers up" in glass.text
        await glass.scan(OTHER)
        assert "✔ powers up" in glass.text


async def test_hold_with_a_reason_from_the_list(bench: Bench) -> None:
    """Held from Diagnose and released on Ship, or diagnosed while it is held."""
    rma_id = bench.received(SERIAL)
    async with open_glass(bench, SERIAL, "BENCHHOLD", "BENCHNEXT", "BENCHOK") as glass:
        assert "held" in glass.said
        assert "on hold: address to be confirmed" in glass.items
        assert bench.rma(rma_id).state is State.ON_HOLD
        await glass.scan("BENCHFXD")
        assert (glass.word, glass.place) == ("HOLD", "Ship")
        assert "held: address to be confirmed | release it" in glass.next
        await glass.scan(UPS)
        assert glass.refused("on hold: address to be confirmed", "release it")
        await glass.scan("BENCHOK")
        assert glass.word == "RUSH"
    assert bench.rma(rma_id).held_why == ""
    assert steps(bench, rma_id)[-1] is Step.RELEASED


async def test_hold_with_a_reason_in_words(bench: Bench) -> None:
    """The last choice opens a line; an empty one does not count; esc forgets the question."""
    rma_id = bench.received(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        await glass.key("h", "escape")
        assert bench.rma(rma_id).held_why == ""
        await glass.key("h", "up", "enter", "enter")
        assert glass.question == "Why is it held?"
        await glass.write("waits for [b]Jonas[/b]")
        await glass.key("enter")
        assert glass.question == ""
        assert "waits for [b]Jonas[/b]" in glass.text
    assert bench.rma(rma_id).held_why == "waits for [b]Jonas[/b]"


async def test_diagnose_again_from_ship(bench: Bench) -> None:
    """What was entered stands there again; the new outcome replaces the verdict."""
    rma_id = bench.diagnosed(SERIAL, Outcome.REPLACE)
    async with open_glass(bench, SERIAL) as glass:
        assert glass.word == "RUSH"
        await glass.scan("BENCHTEST")
        assert glass.place == "Diagnose"
        assert glass.field("symptom").value == "no boot"
        assert "! powers up" in glass.text
        await glass.enter(findings="works after all")
        await glass.scan("BENCHGOOD", "BENCHNTF")
        assert glass.word == "HOLD"
        assert "do they want it back?" in glass.next
    rma = bench.rma(rma_id)
    assert (rma.outcome, rma.findings) == (Outcome.NO_TROUBLE_FOUND, "works after all")
    assert rma.checks["power"] == "passed"
    assert data(bench, rma_id, Step.DIAGNOSED)["symptom"] == "no boot"


async def test_nothing_to_diagnose_before_receiving(bench: Bench) -> None:
    """An expected unit is received first; a shipped one is over."""
    bench.expect(SERIAL)
    gone = bench.diagnosed(OTHER, Outcome.REPAIR)
    bench.do(ship.scan_tracking, gone, UPS)
    bench.do(ship.ship, gone)
    async with open_glass(bench, SERIAL, "BENCHTEST") as glass:
        assert "receive it first" in glass.next
        await glass.scan("BENCHREPL")
        assert glass.refused("BENCHREPL", "not possible here")
        await glass.scan("BENCHBOX")
        assert glass.place == "Receive"
        await glass.scan(OTHER, "BENCHTEST", "BENCHFXD")
        assert glass.refused("BENCHFXD", "not possible here")


async def test_typing_right_before_the_outcome_leaves_no_draft(bench: Bench) -> None:
    """The last letters and the outcome come together: saved once, and nothing stays parked."""
    rma_id = bench.received(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        glass.field("findings").line.value = "loose cable"
        post_scan(glass.app, "BENCHFXD")
        await glass.settle()
        assert glass.place == "Ship"
        assert await glass.drafts() == []
    assert bench.rma(rma_id).findings == "loose cable"
