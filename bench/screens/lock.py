"""The lock: nobody is at work, and nothing is seen or taken but a badge."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from bench.clock import Clock
from bench.scan.commands import Verb, code
from bench.screens.dialogs import Dialog
from bench.screens.guides import Guide
from bench.text import printable
from bench.widgets.big_word import big_word
from bench.widgets.field import Field
from bench.widgets.marks import HOLD, NONE, SIGNS, STYLES

TICK = 5.0
"""Seconds between two looks at the clock."""


class HiddenField(Field):
    """A line whose text is not shown."""

    def on_mount(self) -> None:
        """Dots in place of letters."""
        self.line.password = True


class Lock(Dialog, inherit_bindings=False):
    """Covers the whole glass until somebody's badge is scanned, or typed without being seen."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, station: str, clock: Clock, typed: Callable[[str], None]) -> None:
        super().__init__()
        self.station, self.clock, self._typed = station, clock, typed
        self.said = Content("")

    def compose(self) -> ComposeResult:
        """The word, what to do, where and when, the line, what was said last, keys."""
        with Vertical(classes="lock"):
            yield Static(id="lock--word", markup=False)
            yield Static("Scan your badge", classes="dialog--title", markup=False)
            yield Static(id="lock--where", markup=False)
            yield HiddenField("badge", "or type it")
            yield Static(id="lock--said", markup=False)
            keys = "f1 help    ctrl+q quit    What is on the bench stays as it is."
            yield Static(keys, id="lock--keys", markup=False)

    def on_mount(self) -> None:
        """Ready to type; the clock goes on."""
        self.query_one(Field).line.focus()
        self.set_interval(TICK, self._paint)
        self._paint()

    def on_resize(self) -> None:
        """The word is as wide as there is room."""
        self._paint()

    def _paint(self) -> None:
        word = big_word("locked", STYLES[HOLD], max(10, self.app.size.width - 10))
        self.query_one("#lock--word", Static).update(word)
        time = f"{self.clock.local(self.clock.now()):%H:%M}"
        self.query_one("#lock--where", Static).update(f"{printable(self.station)} · {time}")
        self.query_one("#lock--said", Static).update(self.said)

    def say(self, text: str, mark: str = NONE) -> None:
        """What became of the last scan; what was typed is forgotten."""
        self.said = Content.styled(f"{SIGNS[mark]} {printable(text)}", f"bold {STYLES[mark]}")
        if mark == NONE:
            self.said = Content.styled(printable(text), "$quiet")
        if self.is_mounted:
            self.query_one(Field).put("")
            self._paint()

    def on_key(self, event: events.Key) -> None:
        """Enter takes what was typed."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            text = self.query_one(Field).value
            self.query_one(Field).put("")
            if text.strip():
                self._typed(text)


class LockHelp(Guide):
    """Why the bench is locked, and how to go on."""

    def paint(self) -> None:
        """Plain sentences."""
        lines = [
            "Badges are in use here, so bench wants to know who acts.",
            "Scan your badge, or type it and press enter.",
            "",
            "What lies on the bench, and what was half entered, is as it was.",
            f"The bench locks by itself when nobody uses it; ctrl+l or {code(Verb.LOCK)} locks it.",
            "",
            "An unknown badge is nobody's: have yourself enrolled by whoever keeps this station",
            "(bench technician add).",
        ]
        self.query_one("#guide--text", Static).update(Content("\n".join(lines)))


class BadgeEntry(Dialog):
    """Asks for somebody's badge beside the technician at work; the answer is its text."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.question = title

    def compose(self) -> ComposeResult:
        """Question, hidden line, keys."""
        with Vertical(classes="dialog"):
            yield Static(self.question, classes="dialog--title", markup=False)
            yield HiddenField("badge", "badge")
            keys = f"scan it, or type it and press enter    esc or {code(Verb.NO)}: never mind"
            yield Static(keys, classes="dialog--keys", markup=False)

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one(Field).line.focus()

    def on_key(self, event: events.Key) -> None:
        """Enter answers."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            if self.query_one(Field).value.strip():
                self.dismiss(self.query_one(Field).value)
