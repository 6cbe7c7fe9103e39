"""The mouse: rows of the queue, keys of the key line, choices of a question; the size changes."""

from __future__ import annotations

from bench.policy.facts import Outcome
from bench.screens.guides import Help
from bench.store.records import State
from tests.screens.helpers import Bench
from tests.screens.test_flow import OTHER, SERIAL, SMALL, THIRD, WIDE, open_glass

THREE = (SERIAL, OTHER, THIRD)


def three(bench: Bench) -> None:
    """Three expected units, in this order."""
    for serial in THREE:
        bench.expect(serial, 40)


async def test_a_row_is_chosen_then_opened(bench: Bench) -> None:
    """One click chooses, a second one opens; the unit itself is still to be scanned."""
    three(bench)
    async with open_glass(bench) as glass:
        await glass.click(THIRD)
        assert glass.place == "Queue"
        await glass.click(THIRD)
        assert (glass.place, glass.word) == ("Receive", "SCAN IT")
        assert THIRD in glass.text
        assert "from the queue" in glass.said


async def test_a_double_click_opens_the_row_under_it(bench: Bench) -> None:
    """Both clicks of a double click are on the same row: that one opens."""
    three(bench)
    async with open_glass(bench) as glass:
        await glass.click(OTHER, times=2)
        assert (glass.place, glass.word) == ("Receive", "SCAN IT")
        assert OTHER in glass.text


async def test_rows_by_keys(bench: Bench) -> None:
    """Arrows and enter do the same; so does BENCHNEXT. The ends hold."""
    three(bench)
    bench.diagnosed("AA0001", Outcome.REPAIR)
    async with open_glass(bench) as glass:
        await glass.scan("BENCHNEXT")
        assert (glass.place, "AA0001" in glass.text) == ("Ship", True)
        await glass.key("f2", "up", "end", "down", "enter")
        assert (glass.place, glass.word) == ("Receive", "SCAN IT")
        assert any(serial in glass.text for serial in THREE)


async def test_keys_of_the_key_line(bench: Bench) -> None:
    """Each can be clicked: help, the screens, undo, a code to type."""
    rma_id = bench.diagnosed(SERIAL, Outcome.REPAIR)
    async with open_glass(bench, SERIAL) as glass:
        await glass.click("F8 record")
        assert glass.place == "Record"
        await glass.click("F1 help")
        assert isinstance(glass.dialog, Help)
        await glass.key("escape")
        await glass.click("^f type a code")
        assert "Type a serial" in glass.question
        await glass.key("escape")
        await glass.click("^z undo")
        await glass.click("wrong key or code")
        assert (glass.place, bench.rma(rma_id).state) == ("Diagnose", State.RECEIVED)
        await glass.click("F2 queue")
        assert glass.place == "Queue"


async def test_choices_of_a_question(bench: Bench) -> None:
    """A click takes the choice; the last one opens its line."""
    rma_id = bench.received(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        await glass.click("BENCHHOLD hold")
        await glass.click("part or stock unit missing")
        assert bench.rma(rma_id).held_why == "part or stock unit missing"
        await glass.scan("BENCHHOLD")
        await glass.click("another reason")
        await glass.write("lost")
        await glass.key("enter")
        assert bench.rma(rma_id).held_why == "lost"


# --- another size


async def test_card_and_lines_follow_the_size(bench: Bench) -> None:
    """Opened narrow and widened the card stands there; opened wide and narrowed the two lines."""
    bench.received(SERIAL, customer="Northgate Dental")
    async with open_glass(bench, SERIAL, size=SMALL) as glass:
        assert "direct client · shipped" in glass.text
        assert "warranty" not in glass.text
        await glass.resize(WIDE)
        assert "original unit, 0 of 1 used" in glass.text
        assert "direct client · shipped" not in glass.text
        await glass.scan("BENCHDESK", SERIAL)
        await glass.resize(SMALL)
        assert f"{SERIAL}  Northgate Dental" in glass.text
        assert "original unit" not in glass.text


async def test_size_changes_while_a_question_is_open(bench: Bench) -> None:
    """The screen below the question follows too, and answering paints the right one."""
    bench.diagnosed(SERIAL, Outcome.REPAIR)
    async with open_glass(bench, SERIAL, "BENCHHOLD", size=WIDE) as glass:
        await glass.resize(SMALL)
        await glass.scan("BENCHOK")
        assert f"{SERIAL}  Northgate Dental" in glass.text
        assert glass.word == "HOLD"
        await glass.scan("BENCHHOLD")
        await glass.resize(WIDE)
        await glass.scan("BENCHNO")
        assert "original unit, 0 of 1 used" in glass.text


async def test_queue_follows_the_size(bench: Bench) -> None:
    """The day's figures stand at the side where there is room, else under the title."""
    three(bench)
    async with open_glass(bench, size=SMALL) as glass:
        assert "expected 3" in glass.text
        await glass.resize(WIDE)
        assert "ON ITS WAY" in glass.text
        assert "rush left 0 · expected 3" not in glass.text
        await glass.resize(SMALL)
        assert "rush left 0 · expected 3" in glass.text
