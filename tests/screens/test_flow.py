"""The glass as a technician sees it, for every screen-flow test; whole ways across the bench."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from time import monotonic
from typing import Any
from unittest.mock import patch

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from bench.app import BenchApp
from bench.policy.facts import Outcome
from bench.scan.timing import Timing
from bench.screens.body import Body
from bench.screens.dialogs import Dialog
from bench.screens.home import HomeBody
from bench.store.records import Draft, Rma, State, Step
from bench.widgets.field import Field, Line
from bench.widgets.marks import REFUSED
from bench.widgets.strips import NextStrip, ScanStrip, TopLine
from bench.widgets.verdict import Answer, Verdict
from tests.screens.helpers import Bench, post_scan, reading, settle

pytestmark = pytest.mark.engines("sqlite", "postgresql")

WIDE, SMALL = (132, 40), (80, 24)
SERIAL, OTHER, THIRD = "805EC0A1B2C3", "001FC1F02211", "20EZ1C6F3301"
UPS = "1Z999AA10123456784"
UNDO = ("BENCHUNDO", "BENCHOK")
"""Takes the last step back, for the first of the reasons."""
TIMING = Timing()
HOPS = 20
"""Turns of the loop that messages from widget to widget take at most."""


class Glass:
    """The program at work: scans, keys and clicks go in; what it says comes out."""

    def __init__(self, app: BenchApp, pilot: Pilot[int]) -> None:
        self.app, self.pilot = app, pilot
        self._typed_at = self._scanned_at = 0.0

    # --- in

    async def settle(self) -> None:
        """Waits until the program has dealt with everything so far."""
        app = self.app
        for _ in range(2):
            while app.gatekeeper.gate.deadline is not None or app.message_queue_size:
                await asyncio.sleep(0.002)
            while not app.idle or reading(app):
                await asyncio.sleep(0.002)
            for _ in range(HOPS):
                await asyncio.sleep(0)
        await self.pilot.pause(0)

    async def scan(self, *texts: str, suffix: str = "\r") -> None:
        """Scans, each dealt with before the next one, and none right after a typed letter."""
        await self._until(self._typed_at + TIMING.quiet)
        for text in texts:
            post_scan(self.app, text, suffix)
            self._scanned_at = monotonic()
            await self.settle()

    async def _until(self, moment: float) -> None:
        await asyncio.sleep(max(0.0, moment + 0.02 - monotonic()))

    async def key(self, *names: str) -> None:
        """Keys of a person, one after the other."""
        await self._until(self._scanned_at + TIMING.echo)
        for name in names:
            letter = name if len(name) == 1 else {"enter": "\r", "tab": "\t"}.get(name)
            self.app.post_message(events.Key(name, letter))
            self._typed_at = monotonic() if len(name) == 1 else 0.0
            await self.settle()

    async def write(self, text: str) -> None:
        """Types into the line that has the focus (as a bracketed paste)."""
        self.app.post_message(events.Paste(text))
        await self.settle()

    async def enter(self, **values: str) -> None:
        """Changes fields of the body in front, as typing does."""
        for name, value in values.items():
            self.field(name).line.value = value
        await self.settle()

    async def click(self, text: str, times: int = 1) -> None:
        """Clicks on a text that stands on the glass."""
        for row, line in enumerate(self.rows):
            if (column := line.find(text)) >= 0:
                await self.pilot.click(offset=(column + len(text) // 2, row), times=times)
                await self.settle()
                return
        raise AssertionError(f"{text!r} is not on the glass:\n{self.text}")

    async def resize(self, size: tuple[int, int]) -> None:
        """Another size of the terminal."""
        await self.pilot.resize_terminal(*size)
        await self.settle()

    # --- out

    @property
    def rows(self) -> list[str]:
        """The painted text, row by row."""
        strips = self.app.screen._compositor.render_strips()
        return [strip.text.replace("\xa0", " ") for strip in strips]

    @property
    def text(self) -> str:
        """Everything that is painted."""
        return "\n".join(self.rows)

    @property
    def body(self) -> Body:
        """The body in front."""
        return self.app.frame.body

    @property
    def place(self) -> str:
        """The name of the screen in front, as the top line says it."""
        return self.app.frame.query_one(TopLine).place

    @property
    def saved(self) -> str:
        """What the top line says of saving."""
        return self.app.frame.query_one(TopLine).saved

    @property
    def answer(self) -> Answer:
        """What the verdict of the body in front shows."""
        return self.body.query_one(Verdict).answer

    @property
    def word(self) -> str:
        """The big word."""
        return self.answer.word

    @property
    def next(self) -> str:
        """What NEXT shows: the text and each offer's word."""
        what = self.app.frame.query_one(NextStrip).next
        return " | ".join([what.text, *(offer.word for offer in what.offers)])

    @property
    def said(self) -> str:
        """The whole scan strip in one line, its mark in front."""
        read = self.app.frame.query_one(ScanStrip).read
        return f"[{read.mark}] {read.code} / {read.what} / {read.answer}"

    @property
    def items(self) -> str:
        """The list under the verdict, one line each, marks in front."""
        return "\n".join(f"[{i.mark}] {i.name}: {i.text}" for i in self.answer.items)

    @property
    def question(self) -> str:
        """The title of the dialog on top; "" where none is."""
        dialog = self.app.dialog()
        return str(dialog.query_one(".dialog--title", Static).content) if dialog else ""

    @property
    def dialog(self) -> Dialog:
        """The dialog on top, which must be there."""
        dialog = self.app.dialog()
        assert dialog is not None
        return dialog

    def field(self, name: str) -> Field:
        """A field of the body in front."""
        return self.body.query_one(f"#field-{name}", Field)

    def refused(self, *parts: str) -> bool:
        """Whether the strip refuses, naming all of these; says what it shows where not."""
        missing = [part for part in parts if part not in self.said]
        assert not missing, f"{missing} not in {self.said!r}"
        assert f"[{REFUSED}]" in self.said, self.said
        return True

    async def drafts(self) -> list[Draft]:
        """What is parked, once everything so far is on disk."""
        return await self.app.in_store(lambda desk: desk.store.drafts())


@asynccontextmanager
async def open_glass(
    bench: Bench,
    *scans: str,
    size: tuple[int, int] = WIDE,
    live: bool = False,
    recording: bool = False,
    **settings: Any,
) -> AsyncIterator[Glass]:
    """The program on this store, the queue painted, and then these scans.

    Screens are mounted when they are first needed, not ahead: that saves a third of the time.
    `live`: follows what others do. `recording`: looks for console cables, and follows them.
    """
    app = bench.app(**settings)
    deaf = nullcontext() if live else patch.object(app.live, "start")
    still = nullcontext() if recording else patch.object(app.recording, "start")
    with patch("bench.app.BODIES", {}), deaf, still:
        async with app.run_test(size=size) as pilot:
            yield await _opened(app, pilot, scans)


async def _opened(app: BenchApp, pilot: Pilot[int], scans: tuple[str, ...]) -> Glass:
    glass = Glass(app, pilot)
    await settle(app, pilot)
    home = app.frame.bodies["queue"]
    assert isinstance(home, HomeBody)
    while home.counts is None:
        await asyncio.sleep(0.01)
    await glass.scan(*scans)
    return glass


def steps(bench: Bench, rma_id: str) -> list[Step]:
    """The kinds of the events of an RMA, the oldest first."""
    with bench.desk() as desk:
        return [event.step for event in desk.store.events_of_rma(rma_id)]


def data(bench: Bench, rma_id: str, step: Step) -> dict[str, Any]:
    """What the newest event of this kind carries."""
    with bench.desk() as desk:
        found = [e for e in desk.store.events_of_rma(rma_id) if e.step is step]
    return dict(found[-1].data)


def only_rma(bench: Bench, serial: str) -> Rma:
    """The newest RMA of the one unit with this serial."""
    with bench.desk() as desk:
        (unit,) = desk.store.find(serial)
        return desk.store.rmas_of(unit.id)[0]


Way = Callable[[Glass], Awaitable[None]]


async def by_scans(glass: Glass) -> None:
    """Five scans."""
    await glass.scan(SERIAL, "BENCHOK", "BENCHREPL", UPS, "BENCHOK")


async def by_keys(glass: Glass) -> None:
    """The keyboard alone."""
    await glass.key("ctrl+f")
    await glass.write(SERIAL)
    await glass.key("enter", "y", "x", "ctrl+f")
    await glass.write(UPS)
    await glass.key("enter", "y")


async def by_mouse(glass: Glass) -> None:
    """The mouse for all that is no code."""
    await glass.scan(SERIAL)
    await glass.click("BENCHOK yes")
    await glass.click("BENCHREPL replace")
    await glass.scan(UPS)
    await glass.click("BENCHOK shipped")


async def _whole_way(bench: Bench, way: Way) -> None:
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench) as glass:
        await way(glass)
        assert glass.word == "SHIPPED"
        assert glass.saved == "saved 14:03:22"
    rma = bench.rma(rma_id)
    assert (rma.state, rma.tracking, rma.outcome) == (State.SHIPPED, UPS, Outcome.REPLACE)
    assert steps(bench, rma_id)[1:] == [
        *(Step.RECEIVED, Step.DIAGNOSED, Step.TRACKING_SCANNED, Step.SHIPPED),
    ]


async def test_whole_way_by_scans(bench: Bench) -> None:
    """From the box to the door, nothing but scans."""
    await _whole_way(bench, by_scans)


async def test_whole_way_by_keys(bench: Bench) -> None:
    """The same by keyboard alone."""
    await _whole_way(bench, by_keys)


async def test_whole_way_by_mouse(bench: Bench) -> None:
    """The same by mouse, codes scanned."""
    await _whole_way(bench, by_mouse)


async def test_typed_letters_reach_the_field(bench: Bench) -> None:
    """What a person types key by key stands in the field, and in the unit's record later."""
    bench.expect(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        await glass.key("tab", "tab", "tab")
        line = glass.app.focused
        assert isinstance(line, Line)
        await glass.key("y", "n")
        assert "yn" in line.value
        await glass.key("escape")
        assert not isinstance(glass.app.focused, Line)
        assert glass.place == "Receive"
