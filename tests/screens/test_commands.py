"""Commands and dialogs: who gets a command, what a scan does to a question that is open."""

from __future__ import annotations

import pytest
from textual.command import CommandPalette

from bench.policy.facts import Outcome
from bench.screens.dialogs import Pick
from bench.screens.guides import Codes, Help
from bench.store.records import State
from tests.screens.helpers import Bench, post_scan
from tests.screens.test_flow import OTHER, SERIAL, THIRD, UPS, open_glass

KEEP = "20EZ1C6F33O1"
"""Differs from THIRD by one O for a 0."""


# --- near matches, several brands


async def test_near_match_is_chosen(bench: Bench) -> None:
    """What differs is shown in brackets; the unit that was meant opens, nothing is merged."""
    bench.expect(KEEP, brand="Grandstream")
    async with open_glass(bench, THIRD) as glass:
        assert f"{THIRD} is not known" in glass.question
        assert "20EZ1C6F33‹O›1" in glass.text
        assert "only a near match" in glass.said
        await glass.scan("BENCHOK")
        assert (glass.place, glass.word) == ("Receive", "EXPECTED")
        assert KEEP in glass.text


async def test_none_of_the_near_matches(bench: Bench) -> None:
    """ "None of them" is a serial of its own; never mind leaves everything as it was."""
    bench.expect(KEEP, brand="Grandstream")
    async with open_glass(bench, THIRD, "BENCHNO") as glass:
        assert (glass.question, glass.place) == ("", "Queue")
        await glass.scan(THIRD, "BENCHNEXT", "BENCHNEXT", "BENCHOK")
        assert (glass.place, glass.word) == ("Receive", "UNKNOWN")
        await glass.scan("BENCHOK")
        assert glass.place == "Diagnose"
        await glass.scan(THIRD, KEEP)
        assert (glass.place, glass.word) == ("Receive", "EXPECTED")


async def test_same_serial_in_two_brands_is_asked(bench: Bench) -> None:
    """The choice names both; the mouse takes the second one."""
    bench.expect("0001234567", brand="Snom", model="D785")
    bench.received("0001234567", brand="Htek", model="UC926")
    async with open_glass(bench, "0001234567") as glass:
        assert "several brands carry 0001234567" in glass.question
        assert "0001234567" in glass.said
        assert "Htek UC926" in glass.text
        await glass.click("Snom D785  0001234567")
        assert (glass.place, glass.word) == ("Receive", "EXPECTED")
        await glass.scan("0001234567", "BENCHOK")
        assert glass.place == "Diagnose"


# --- commands


async def test_unknown_command_is_named(bench: Bench) -> None:
    """BENCHFOO is no command, in any case, on any screen; it never becomes a serial."""
    bench.received(SERIAL)
    async with open_glass(bench) as glass:
        for text in ("BENCHFOO", "benchfoo", "BENCH"):
            await glass.scan(text)
            assert glass.refused(text.upper(), "is no command")
            assert glass.place == "Queue"
        await glass.scan(SERIAL, "BENCHFOO")
        assert glass.refused("BENCHFOO is no command", "BENCHNTF no trouble found")
        assert glass.place == "Diagnose"
    with bench.desk() as desk:
        assert desk.store.find("BENCHFOO") == []


async def test_impossible_command_is_named(bench: Bench) -> None:
    """A command that this screen has no use for says so, and what is possible instead."""
    rma_id = bench.received(SERIAL)
    async with open_glass(bench, "BENCHRUSH") as glass:
        assert glass.refused("BENCHRUSH (rush) is not possible here", "BENCHNEXT open")
        await glass.scan("BENCHHOLD")
        assert glass.refused("BENCHHOLD (hold) is not possible here")
        await glass.scan(SERIAL, "BENCHOK", "BENCHPUT")
        assert glass.refused("BENCHPUT (put away) is not possible here")
    assert bench.rma(rma_id).state is State.RECEIVED


async def test_every_place_by_command_and_key(bench: Bench) -> None:
    """The screens open by scan and by key, with the unit in hand; the queue lays it down."""
    bench.received(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        for verb, key, place in (
            *(("BOX", "f3", "Receive"), ("TEST", "f4", "Diagnose"), ("SEND", "f6", "Ship")),
            *(("LOG", "f8", "Record"), ("RULES", "ctrl+r", "Policy")),
        ):
            await glass.scan(f"BENCH{verb}")
            assert glass.place == place
            await glass.key("f4" if place != "Diagnose" else "f6", key)
            assert glass.place == place
        await glass.key("f2")
        assert glass.place == "Queue"
        await glass.scan("BENCHSEND")
        assert "Scan a unit to ship it." in glass.text


async def test_screens_without_a_unit_say_what_to_scan(bench: Bench) -> None:
    """Nothing in hand: every screen asks for a scan, and no outcome or answer is possible."""
    async with open_glass(bench) as glass:
        for verb in ("BOX", "TEST", "SEND", "LOG"):
            await glass.scan(f"BENCH{verb}")
            assert "Scan " in glass.answer.sentence
            assert "no unit in hand" in glass.text
            for code in ("BENCHOK", "BENCHNO", "BENCHREPL", "BENCHGOOD", "BENCHNEXT"):
                await glass.scan(code)
                assert glass.refused(code)


# --- dialogs


async def test_command_goes_to_the_dialog_on_top_only(bench: Bench) -> None:
    """OK answers the question and not the screen below; other commands are refused."""
    rma_id = bench.diagnosed(SERIAL, Outcome.REPAIR)
    async with open_glass(bench, SERIAL, UPS, "BENCHHOLD") as glass:
        assert glass.question == "Why is it held?"
        for code in ("BENCHREPL", "BENCHUNDO", "BENCHDESK", "BENCHHOLD"):
            await glass.scan(code)
            assert glass.refused(f"{code} is not possible here", "answer the question first")
            assert glass.question == "Why is it held?"
        await glass.key("f2")
        assert glass.question == "Why is it held?"
        await glass.scan("BENCHOK")
        assert glass.question == ""
    rma = bench.rma(rma_id)
    assert (rma.state, rma.held_why) == (State.ON_HOLD, "customer asked us to wait")


async def test_code_while_a_question_is_open_is_refused(bench: Bench) -> None:
    """A unit, a tracking number, a stranger: named, refused, and the question stays."""
    rma_id = bench.diagnosed(SERIAL, Outcome.REPAIR)
    bench.expect(OTHER)
    async with open_glass(bench, SERIAL, "BENCHHOLD") as glass:
        for code in (OTHER, UPS, "ZZ99887766"):
            await glass.scan(code)
            assert glass.refused(f"{code}: a question is open", "scan BENCHNO")
        await glass.scan("BENCHNO")
        assert (glass.question, glass.place) == ("", "Ship")
        assert SERIAL in glass.text
    assert bench.rma(rma_id).held_why == ""


async def test_typed_answer_is_not_disturbed_by_a_scan(bench: Bench) -> None:
    """A scan while a reason is being typed does not end up in the line."""
    bench.received(SERIAL)
    async with open_glass(bench, SERIAL, "BENCHHOLD") as glass:
        await glass.key("up", "enter")
        await glass.write("waiting for the")
        await glass.scan(OTHER)
        line = glass.dialog.query_one("#line-free")
        assert getattr(line, "value", "") == "waiting for the"


@pytest.mark.parametrize(("opens", "kind"), [("BENCHHELP", Help), ("BENCHSHEET", Codes)])
async def test_guide_is_closed_by_a_scan(bench: Bench, opens: str, kind: type) -> None:
    """Help and codes ask nothing: a unit or a command closes them and is carried out."""
    rma_id = bench.diagnosed(SERIAL, Outcome.REPAIR)
    bench.expect(OTHER)
    async with open_glass(bench, OTHER, opens) as glass:
        assert isinstance(glass.dialog, kind)
        assert "BENCHOK" in glass.text
        await glass.scan(SERIAL)
        assert (glass.app.dialog(), glass.place) == (None, "Ship")
        await glass.scan(opens, opens)
        assert isinstance(glass.dialog, kind)
        await glass.scan("BENCHHOLD")
        assert isinstance(glass.dialog, Pick)
        await glass.key("escape")
        await glass.scan(opens, UPS, opens)
        await glass.key("f9", "escape", "f1", "q")
        assert glass.app.dialog() is None
    assert bench.rma(rma_id).tracking == UPS


async def test_scan_over_the_command_palette(bench: Bench) -> None:
    """The palette closes, the scan is carried out, and nothing of it is typed anywhere."""
    rma_id = bench.received(SERIAL)
    async with open_glass(bench) as glass:
        await glass.key("ctrl+p")
        assert isinstance(glass.app.screen, CommandPalette)
        await glass.scan(SERIAL)
        assert not isinstance(glass.app.screen, CommandPalette)
        assert glass.place == "Diagnose"
        await glass.key("ctrl+p")
        post_scan(glass.app, "BENCHFXD")
        await glass.settle()
        assert glass.place == "Ship"
    assert bench.rma(rma_id).outcome is Outcome.REPAIR


async def test_type_a_code(bench: Bench) -> None:
    """What cannot be scanned is typed: a serial, a command; never mind changes nothing."""
    bench.received(SERIAL)
    async with open_glass(bench) as glass:
        await glass.key("ctrl+f")
        assert "Type a serial" in glass.question
        await glass.write(f" {SERIAL.lower()} ")
        await glass.key("enter")
        assert glass.place == "Diagnose"
        await glass.key("ctrl+f")
        await glass.write("benchdesk")
        await glass.scan("BENCHOK")
        assert glass.place == "Queue"
        await glass.key("ctrl+f")
        await glass.write(SERIAL)
        await glass.key("escape")
        assert (glass.question, glass.place) == ("", "Queue")
