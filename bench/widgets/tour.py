"""The tour of the demo: one line, one step at a time, gone for good with one key."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from bench.datafile import Table, data_dir

KEY = "ctrl+t"
"""Ends the tour at any moment."""
LOOKING = ("opened", "help", "codes")
"""What is seen without anything being saved; the last line outlasts it."""


@dataclass(frozen=True, slots=True)
class TourStep:
    """What to do, and what is seen of it once it has been done."""

    text: str
    does: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tour:
    """All the steps, and what is said after the last one."""

    steps: tuple[TourStep, ...]
    end: str


def load_tour(file: Path | None = None, consoles: bool = sys.platform != "win32") -> Tour:
    """Reads `tour.toml`, without `consoles` less the steps that need them.

    Raises DataError naming file and key.
    """
    table = Table.read(file or data_dir() / "tour.toml")
    steps = []
    for entry in table.tables("step"):
        step = TourStep(entry.text("text"), frozenset(entry.texts("does")))
        needed = entry.yes("consoles", False)
        if consoles or not needed:
            steps.append(step)
        entry.done()
    tour = Tour(tuple(steps), table.text("end"))
    table.done()
    if not all(step.does for step in tour.steps):
        raise table.wrong("step", "at least one thing to see in each step (does)")
    return tour


class TourLine(Widget):
    """Shows the step to do. Never takes the focus, a key or a scan."""

    DEFAULT_CSS = "TourLine { height: 1; background: $strip; }"

    def __init__(self, tour: Tour) -> None:
        super().__init__()
        self.tour, self.place, self._seen = tour, 0, set[str]()

    def saw(self, kind: str) -> None:
        """The technician did something: perhaps it was what the step asks for."""
        if self.place >= len(self.tour.steps):
            if kind not in LOOKING:
                self.remove()
            return
        does = self.tour.steps[self.place].does
        self._seen |= {kind} & does
        if self._seen == does:
            self.place, self._seen = self.place + 1, set()
        self.refresh()

    def render(self) -> RenderResult:
        """Which step of how many, its text, and how to end the tour."""
        steps, width = self.tour.steps, self.size.width
        over = self.place >= len(steps)
        text = self.tour.end if over else steps[self.place].text
        where = "✔" if over else f"{self.place + 1}/{len(steps)}"
        left = Content.assemble((f" TOUR {where}", "$accent bold"), f"  {text}")
        right = Content.assemble(("^t", "bold"), (" end", "$quiet"), " ")
        right = right.stylize("@click=app.end_tour")
        if left.cell_length + right.cell_length + 1 > width:
            return left.truncate(width, ellipsis=True)
        gap = " " * (width - left.cell_length - right.cell_length)
        return Content.assemble(left, gap, right)
