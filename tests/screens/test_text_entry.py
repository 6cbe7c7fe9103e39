"""The dialog for several lines: pasted whole, taken by key and by code, left without an answer."""

from __future__ import annotations

import pytest

from bench.screens.letter_dialog import Text
from bench.screens.text_entry import TextEntry
from bench.screens.turns import Job
from tests.screens.helpers import Bench
from tests.screens.test_flow import SMALL, Glass, open_glass

pytestmark = pytest.mark.engines("sqlite")
LINES = "SK> boot\ncan't mount root\n\t[/] \x1b[2J end"


async def ask(glass: Glass, text: str = "") -> list[str]:
    """Shows the dialog; its answers go into the list."""
    answers: list[str] = []

    async def answered(answer: str) -> None:
        answers.append(answer)

    async def show() -> None:
        glass.app.ask(TextEntry("What did it say?", "All of it.", text), answered)

    glass.app.turns.add(Job(show))
    await glass.settle()
    return answers


@pytest.mark.parametrize("way", ["ctrl+s", "BENCHOK"])
async def test_lines_are_taken_as_they_were_pasted(bench: Bench, way: str) -> None:
    """Enter makes a new line: it does not answer."""
    async with open_glass(bench, size=SMALL) as glass:
        answers = await ask(glass)
        await glass.write(LINES)
        await glass.key("enter")
        assert answers == []
        await (glass.scan(way) if way.startswith("BENCH") else glass.key(way))
    (answer,) = answers
    assert answer.split("\n")[:2] == ["SK> boot", "can't mount root"]


@pytest.mark.parametrize("way", ["escape", "BENCHNO"])
async def test_never_mind(bench: Bench, way: str) -> None:
    """The answer is empty, whatever stands there."""
    async with open_glass(bench) as glass:
        answers = await ask(glass, "half a sentence")
        await (glass.scan(way) if way.startswith("BENCH") else glass.key(way))
        assert answers == [""]


async def test_nothing_is_no_answer(bench: Bench) -> None:
    """The dialog stays and says so."""
    async with open_glass(bench) as glass:
        answers = await ask(glass, "  \n ")
        await glass.key("ctrl+s")
        assert (answers, "nothing entered" in glass.text) == ([], True)


async def test_a_scan_does_not_land_in_the_text(bench: Bench) -> None:
    """A unit's code is refused; the text stays as it was."""
    async with open_glass(bench) as glass:
        await ask(glass, "mine")
        await glass.scan("805EC0A1B2C3")
        assert glass.refused("805EC0A1B2C3")
        assert glass.dialog.query_one(Text).text == "mine"
