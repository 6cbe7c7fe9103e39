"""The labels of this bench in one line each: what still waits first, the oldest on top."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from bench.store.records import PrintJob
from bench.text import printable
from bench.widgets.job_words import age_words, job_mark, job_state, job_title
from bench.widgets.legs_text import fit, wrapped
from bench.widgets.marks import DONE, HOLD, NONE, REFUSED, SIGNS

_LEAD = 3
"""Cells for the sign before a row."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: heading, width in cells (0: the rest), and from which width on it shows."""

    title: str
    width: int
    from_width: int = 0


COLUMNS = (
    Column("LABEL", 30),
    Column("PRINTER", 7, from_width=60),
    Column("STATE", 0),
    Column("AGE", 7),
    Column("TRIES", 5, from_width=84),
)


def _local(moment: datetime) -> datetime:
    return moment.astimezone()


def widths(width: int) -> list[int]:
    """The width of each column in a list of that width; 0 for one that is not shown."""
    shown = [c.width if width >= c.from_width else -1 for c in COLUMNS]
    rest = max(10, width - _LEAD - sum(w + 1 for w in shown if w > 0) - 1)
    return [rest if w == 0 else max(0, w) for w in shown]


class JobList(ScrollView, can_focus=True):
    """Some hundreds of jobs at most; tells with Opened, and Chosen when the cursor moves."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "jobs--head",
        "jobs--chosen",
        "jobs--quiet",
        "jobs--done",
        "jobs--hold",
        "jobs--refused",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "up", show=False, id="jobs.up"),
        Binding("down", "move(1)", "down", show=False, id="jobs.down"),
        Binding("pageup", "page(-1)", "page up", show=False, id="jobs.pageup"),
        Binding("pagedown", "page(1)", "page down", show=False, id="jobs.pagedown"),
        Binding("home", "move(-1000000000)", "first", show=False, id="jobs.first"),
        Binding("end", "move(1000000000)", "last", show=False, id="jobs.last"),
        Binding("enter", "open", "do what is next", show=False, id="jobs.open"),
    ]

    cursor = reactive(0)

    class Opened(Message):
        """Enter was pressed on a job, or it was clicked a second time."""

    class Chosen(Message):
        """Another job is under the cursor."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: Sequence[PrintJob] = ()
        self.empty = ""
        """What stands there while there is no job."""
        self._loaded = False
        self._now = datetime.min.replace(tzinfo=UTC)
        self._local: Callable[[datetime], datetime] = _local

    def load(
        self,
        jobs: Sequence[PrintJob],
        now: datetime,
        local: Callable[[datetime], datetime] = _local,
    ) -> None:
        """Shows these jobs, in their order; the cursor stays on its job wherever that is now."""
        before = self.chosen
        self.jobs, self._now, self._local, self._loaded = tuple(jobs), now, local, True
        found = (i for i, job in enumerate(jobs) if before and job.id == before.id)
        self.cursor = next(found, min(self.cursor, max(0, len(jobs) - 1)))
        self.virtual_size = Size(self.size.width, len(jobs) + 1)
        self.refresh()

    @property
    def chosen(self) -> PrintJob | None:
        """The job under the cursor."""
        return self.jobs[self.cursor] if self.cursor < len(self.jobs) else None

    def render_line(self, y: int) -> Strip:
        """The heading, which stays, or a job; words where there is none."""
        width = self.size.width
        if not self.jobs:
            return self._empty(y, width)
        if y == 0:
            return self._head(width)
        index = self.scroll_offset.y + y - 1
        if index >= len(self.jobs):
            return Strip.blank(width, self.rich_style)
        return self._line(self.jobs[index], index == self.cursor, width)

    def _empty(self, y: int, width: int) -> Strip:
        text = self.empty if self._loaded else "Reading the labels."
        rows = [row for part in text.split("\n") for row in wrapped(part, width, 9) or [""]]
        row = printable(rows[y]) if y < len(rows) else ""
        style = self.rich_style + Style(bold=y == 0)
        return Strip([Segment(set_cell_size(row, width), style)], width)

    def _head(self, width: int) -> Strip:
        style = self.get_component_rich_style("jobs--head")
        shown = zip(COLUMNS, widths(width), strict=True)
        text = " " * _LEAD + "".join(set_cell_size(c.title, w) + " " for c, w in shown if w)
        return Strip([Segment(set_cell_size(text, width), style)], width)

    def _line(self, job: PrintJob, chosen: bool, width: int) -> Strip:
        base, mark = self.rich_style, job_mark(job)
        if chosen:
            background = self.get_component_rich_style("jobs--chosen").bgcolor
            base += Style(bgcolor=background, bold=True)
        colour = base + self._colour("quiet" if mark == NONE else mark)
        quiet = base + self._colour("quiet")
        state = colour + Style(bold=mark in (HOLD, REFUSED)) if mark != DONE else base
        if mark == NONE and job.state.unfinished:
            state = base
        segments = [Segment(f" {SIGNS[mark]} ", colour + Style(bold=True))]
        texts = (
            job_title(job),
            job.printer,
            job_state(job, self._now, self._local),
            age_words(job.at, self._now),
            str(job.tries),
        )
        styles = (base + Style(bold=True), base, state, quiet, quiet)
        for text, size, style in zip(texts, widths(width), styles, strict=True):
            if size:
                text = set_cell_size(fit(printable(text), size), size)
                segments.append(Segment(text + " ", style))
        return Strip(segments).adjust_cell_length(width, base)

    def _colour(self, name: str) -> Style:
        return Style(color=self.get_component_rich_style(f"jobs--{name}", partial=True).color)

    def watch_cursor(self) -> None:
        """Keeps the job under the cursor in sight, and tells of it."""
        top, rows = self.scroll_offset.y, max(1, self.size.height - 1)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + rows:
            self.scroll_to(y=self.cursor - rows + 1, animate=False)
        self.refresh()
        if self._loaded:
            self.post_message(self.Chosen())

    def action_move(self, by: int) -> None:
        """Moves the cursor by so many jobs."""
        self.cursor = max(0, min(len(self.jobs) - 1, self.cursor + by))

    def action_page(self, by: int) -> None:
        """Moves the cursor by so many screenfuls."""
        self.action_move(by * max(1, self.size.height - 2))

    def action_open(self) -> None:
        """Tells that something is to be done with the chosen job."""
        if self.chosen is not None:
            self.post_message(self.Opened())

    def on_click(self, event: events.Click) -> None:
        """Chooses the clicked job; a second click opens it."""
        index = self.scroll_offset.y + event.y - 1
        if event.y == 0 or not 0 <= index < len(self.jobs):
            return
        if index == self.cursor:
            self.action_open()
        self.cursor = index

    def on_resize(self) -> None:
        """The columns follow the width."""
        self.virtual_size = Size(self.size.width, len(self.jobs) + 1)
