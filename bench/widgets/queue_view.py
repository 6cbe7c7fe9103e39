"""The queue: a line-API table over pages of the store, so that its length costs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
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

from bench.store.records import QueueRow, State
from bench.text import printable
from bench.widgets.marks import NONE, SIGNS
from bench.widgets.unit_card import state_name, unit_name

PAGE = 100
"""Rows fetched at a time."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, its width in cells (0: the rest), from which width on it shows."""

    title: str
    width: int
    from_width: int = 0


COLUMNS = (
    Column("UNIT", 19),
    Column("SERIAL", 18),
    Column("FOR", 22, 100),
    Column("STATE", 17, 78),
    Column("WHY HERE", 0),
)


def cells(row: QueueRow, today: date) -> tuple[str, ...]:
    """A row's texts, in the order of COLUMNS."""
    rma, unit = row.rma, row.unit
    return (
        unit_name(unit),
        unit.serial,
        rma.customer or unit.customer or "customer not known",
        state_name(rma.state),
        _why(row, today),
    )


def _why(row: QueueRow, today: date) -> str:
    rma = row.rma
    if rma.state is not State.EXPECTED or rma.due_on is None or rma.mark != NONE:
        return rma.why_here
    days = (today - rma.due_on).days
    if days > 0:
        return f"due since {days} day{'s' if days > 1 else ''}"
    return "due today" if days == 0 else f"due in {-days} day{'s' if days < -1 else ''}"


class QueueView(ScrollView, can_focus=True):
    """Rows by page; asks for a page with Needs, tells with Opened which row was chosen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "queue--head",
        "queue--name",
        "queue--chosen",
        "queue--quiet",
        *(f"queue--{mark}" for mark in SIGNS),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "up", show=False, id="queue.up"),
        Binding("down", "move(1)", "down", show=False, id="queue.down"),
        Binding("pageup", "page(-1)", "page up", show=False, id="queue.pageup"),
        Binding("pagedown", "page(1)", "page down", show=False, id="queue.pagedown"),
        Binding("home", "move(-1000000000)", "first", show=False, id="queue.first"),
        Binding("end", "move(1000000000)", "last", show=False, id="queue.last"),
    ]

    cursor = reactive(0)

    class Needs(Message):
        """Rows from `offset` on are needed to paint."""

        def __init__(self, offset: int) -> None:
            self.offset = offset
            super().__init__()

    class Opened(Message):
        """A row was clicked."""

        def __init__(self, row: QueueRow) -> None:
            self.row = row
            super().__init__()

    def __init__(self) -> None:
        super().__init__(id="queue")
        self.total = 0
        self.today = date.min
        self._pages: dict[int, Sequence[QueueRow]] = {}
        self._asked: set[int] = set()

    def load(self, total: int, first: Sequence[QueueRow], today: date) -> None:
        """Shows a queue of `total` rows, whose first page is at hand."""
        before = self.chosen
        self.total, self.today = total, today
        self._pages, self._asked = {0: first}, {0}
        self.cursor = self._place_of(before)
        self.virtual_size = Size(self.size.width, total + 1)
        self.refresh()

    def _place_of(self, before: QueueRow | None) -> int:
        """Where the chosen row stands now; gone or far away, the cursor stays where it is."""
        rows = self._pages[0]
        found = (i for i, row in enumerate(rows) if before and row.rma.id == before.rma.id)
        return next(found, min(self.cursor, max(0, self.total - 1)))

    def add(self, offset: int, rows: Sequence[QueueRow]) -> None:
        """Takes a further page."""
        self._pages[offset] = rows
        self.refresh()

    @property
    def chosen(self) -> QueueRow | None:
        """The row under the cursor, where it has been fetched."""
        return self._row(self.cursor)

    def _row(self, index: int) -> QueueRow | None:
        page = self._pages.get(index - index % PAGE, ())
        return page[index % PAGE] if index % PAGE < len(page) else None

    def render_line(self, y: int) -> Strip:
        """The heading, which stays, or a row."""
        width = self.size.width
        if y == 0:
            return self._head(width)
        index = self.scroll_offset.y + y - 1
        if index >= self.total:
            return Strip.blank(width, self.rich_style)
        row = self._row(index)
        if row is None:
            self._ask(index)
            return Strip.blank(width, self.rich_style)
        return self._line(row, index == self.cursor, width)

    def _ask(self, index: int) -> None:
        offset = index - index % PAGE
        if offset not in self._asked:
            self._asked.add(offset)
            self.post_message(self.Needs(offset))

    def _widths(self, width: int) -> list[int]:
        shown = [c.width if width >= c.from_width else -1 for c in COLUMNS]
        shown[0] += 6 if width >= 110 else 0
        rest = max(8, width - 3 - sum(w + 1 for w in shown if w > 0))
        return [rest if w == 0 else w for w in shown]

    def _head(self, width: int) -> Strip:
        style = self.get_component_rich_style("queue--head")
        text = "   " + "".join(
            set_cell_size(c.title, w) + " "
            for c, w in zip(COLUMNS, self._widths(width), strict=True)
            if w > 0
        )
        return Strip([Segment(set_cell_size(text, width), style)], width)

    def _line(self, row: QueueRow, chosen: bool, width: int) -> Strip:
        base = self.rich_style
        if chosen:
            base += Style(bgcolor=self.get_component_rich_style("queue--chosen").bgcolor)
        name = self.get_component_rich_style("queue--name")
        quiet = self.get_component_rich_style("queue--quiet")
        mark = self.get_component_rich_style(f"queue--{row.rma.mark}", partial=True)
        styles = [base + Style(bold=name.bold), base, base, base + Style(color=quiet.color), base]
        sign = SIGNS.get(row.rma.mark, "○")
        segments = [Segment(f" {sign} ", base + Style(color=mark.color, bold=True))]
        texts = cells(row, self.today)
        for text, size, style in zip(texts, self._widths(width), styles, strict=True):
            if size > 0:
                segments.append(Segment(set_cell_size(printable(text), size) + " ", style))
        return Strip(segments).adjust_cell_length(width, base)

    def watch_cursor(self) -> None:
        """Keeps the row under the cursor in sight."""
        top, rows = self.scroll_offset.y, max(1, self.size.height - 1)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + rows:
            self.scroll_to(y=self.cursor - rows + 1, animate=False)
        self.refresh()

    def action_move(self, by: int) -> None:
        """Moves the cursor by so many rows."""
        self.cursor = max(0, min(self.total - 1, self.cursor + by))

    def action_page(self, by: int) -> None:
        """Moves the cursor by so many screenfuls."""
        self.action_move(by * max(1, self.size.height - 2))

    def on_click(self, event: events.Click) -> None:
        """Chooses the clicked row; a second click on it opens it."""
        index = self.scroll_offset.y + event.y - 1
        if not 0 <= index < self.total or event.y == 0:
            return
        if index == self.cursor and (row := self._row(index)) is not None:
            self.post_message(self.Opened(row))
        self.cursor = index

    def on_resize(self) -> None:
        """The columns follow the width."""
        self.virtual_size = Size(self.size.width, self.total + 1)
