"""A key that waits for the gate is shown as pressed at once, where it stands, until it acts."""

from __future__ import annotations

import asyncio

import pytest
from textual import events
from textual.content import Content
from textual.widget import Widget

from bench.widgets.offers import PRESSED
from bench.widgets.strips import KeyLine, NextStrip
from tests.screens.helpers import Bench, post_scan
from tests.screens.test_flow import OTHER, SERIAL, SMALL, WIDE, Glass, open_glass


async def held(glass: Glass, key: str) -> None:
    """A key has just been pressed; the gate holds it."""
    glass.app.post_message(events.Key(key, key if len(key) == 1 else None))
    for _ in range(20):
        await asyncio.sleep(0)
    assert glass.app.gatekeeper.gate.deadline is not None


def pressed(glass: Glass) -> list[str]:
    """The keys that are shown as pressed in NEXT and in the line of the keys."""

    def of(strip: Widget) -> list[str]:
        content = strip.render()
        assert isinstance(content, Content)
        return [content.plain[s.start : s.end] for s in content.spans if s.style == PRESSED]

    frame = glass.app.frame
    return [*of(frame.query_one(NextStrip)), *of(frame.query_one(KeyLine))]


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        pytest.param("f4", "F4", id="of the line of the keys"),
        pytest.param("f12", "F12", id="for which that line has no room"),
        pytest.param("y", "y", id="on offer in NEXT"),
        pytest.param("1", "1", id="on offer on the screen only"),
    ],
)
async def test_a_key_is_shown_before_it_acts(bench: Bench, key: str, shown: str) -> None:
    bench.expect(SERIAL)
    async with open_glass(bench, SERIAL, size=SMALL) as glass:
        assert pressed(glass) == []
        await held(glass, key)
        assert pressed(glass) == [shown]
        await glass.settle()
        assert pressed(glass) == []


@pytest.mark.parametrize("key", ["y", "f3"])
async def test_a_scan_that_begins_with_a_key_leaves_nothing_pressed(bench: Bench, key: str) -> None:
    """Neither while the rest of it comes nor after it."""
    bench.expect(SERIAL)
    async with open_glass(bench, SERIAL, size=WIDE) as glass:
        glass.app.post_message(events.Key(key, key if len(key) == 1 else None))
        post_scan(glass.app, OTHER, suffix="")
        for _ in range(60):
            await asyncio.sleep(0)
        assert pressed(glass) == []
        post_scan(glass.app, "", "\r")
        await glass.settle()
        assert pressed(glass) == []


async def test_keys_that_do_nothing_here_and_letters_of_a_field_are_not(bench: Bench) -> None:
    """Nothing is promised that does not come; a field shows its letters itself."""
    bench.expect(SERIAL)
    async with open_glass(bench, SERIAL, size=WIDE) as glass:
        await held(glass, "§")
        assert pressed(glass) == []
        await glass.settle()
        glass.field("customer").line.focus()
        await glass.settle()
        await held(glass, "y")
        assert pressed(glass) == []
        assert glass.field("customer").value.endswith("y")
        await glass.settle()
