"""Every open vendor case in one line: the stalled ones first, then by what is due soonest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
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

from bench.policy.vendor_plan import Party
from bench.policy.words import day
from bench.text import printable
from bench.widgets.legs_text import SOON, fit, left_words, wrapped
from bench.widgets.marks import NONE, REFUSED, SIGNS
from bench.widgets.unit_card import unit_name
from bench.workflow.duties import CaseLine

STALLED = "◆"
"""The sign of a case that nobody has moved for too long."""
OURS = "▸"
"""The sign of a case in which we owe what is due first."""
EMPTY = """No vendor case is open.

A vendor case follows a defective unit: our ticket with the vendor or the distributor, its RMA \
number, the unit on its way back, and the replacement or the credit that comes of it.

To begin one, scan the serial of a unit whose diagnosis is replace; for an appliance, as soon as \
its return is announced.
"""
_WHO = {Party.CUSTOMER: "customer", Party.US: "we", Party.VENDOR: "vendor"}
_LEAD = 3
"""Cells for the sign before a row."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: heading, width in cells (0: the rest), and from which width on it shows."""

    title: str
    width: int
    from_width: int = 0
    wide: int = 0
    """Its width from ROOMY on, where it is another one."""


ROOMY = 120
COLUMNS = (
    Column("UNIT", 10, wide=22),
    Column("SERIAL", 16),
    Column("FOR", 20, from_width=ROOMY),
    Column("TICKET / RMA", 14, from_width=100),
    Column("NEXT", 0),
    Column("OWED BY", 8),
    Column("DAYS LEFT", 14),
    Column("LAST MOVED", 14, from_width=110),
)
_MOVED = len(COLUMNS) - 1


def _local(moment: datetime) -> datetime:
    return moment.astimezone()


def _stalled_words(line: CaseLine) -> str:
    days = line.stalled_days
    return f"stalled {days} day{'' if days == 1 else 's'}"


def _number(line: CaseLine) -> str:
    """The vendor's number for the case: the one that it has come to last."""
    case = line.rma.vendor
    return (case.vendor_rma or case.vendor_ticket) if case else ""


def cells(line: CaseLine, width: int, local: Callable[[datetime], datetime]) -> tuple[str, ...]:
    """A case's texts, in the order of COLUMNS, as a list of that width shows them."""
    left = left_words(line.days_left) if line.days_left is not None else ""
    moved = day(local(line.moved_at).date()) if line.moved_at else "not yet"
    if line.stalled:
        moved = _stalled_words(line)
        if width < COLUMNS[_MOVED].from_width:
            left = moved
    return (
        unit_name(line.unit) if width >= ROOMY else line.unit.model or unit_name(line.unit),
        line.unit.serial,
        line.rma.customer or line.unit.customer or "customer not known",
        _number(line) or "none yet",
        line.next_title or "nothing",
        _WHO[line.who] if line.who else "nobody",
        left or "no day set",
        moved,
    )


def widths(width: int) -> list[int]:
    """The width of each column in a list of that width; 0 for one that is not shown."""
    roomy = width >= ROOMY
    shown = [(c.wide if roomy and c.wide else c.width) for c in COLUMNS]
    shown = [w if width >= c.from_width else -1 for w, c in zip(shown, COLUMNS, strict=True)]
    rest = max(8, width - _LEAD - sum(w + 1 for w in shown if w > 0) - 1)
    return [rest if w == 0 else max(0, w) for w in shown]


class CaseList(ScrollView, can_focus=True):
    """The open cases, some hundreds at most; tells with Opened which one was chosen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "cases--head",
        "cases--chosen",
        "cases--quiet",
        "cases--ours",
        "cases--soon",
        "cases--late",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "up", show=False, id="cases.up"),
        Binding("down", "move(1)", "down", show=False, id="cases.down"),
        Binding("pageup", "page(-1)", "page up", show=False, id="cases.pageup"),
        Binding("pagedown", "page(1)", "page down", show=False, id="cases.pagedown"),
        Binding("home", "move(-1000000000)", "first", show=False, id="cases.first"),
        Binding("end", "move(1000000000)", "last", show=False, id="cases.last"),
        Binding("enter", "open", "open", show=False, id="cases.open"),
    ]

    cursor = reactive(0)

    class Opened(Message):
        """A case was chosen, by enter or by a second click."""

        def __init__(self, line: CaseLine) -> None:
            self.line = line
            super().__init__()

    def __init__(self) -> None:
        super().__init__()
        self.lines: Sequence[CaseLine] = ()
        self._loaded = False
        self._local: Callable[[datetime], datetime] = _local

    def load(
        self, lines: Sequence[CaseLine], local: Callable[[datetime], datetime] = _local
    ) -> None:
        """Shows these cases, in their order; `local` gives a moment as the warehouse's clock does.

        The cursor stays on its case, where that is still open.
        """
        before = self.chosen
        self.lines, self._local, self._loaded = tuple(lines), local, True
        found = (i for i, line in enumerate(lines) if before and line.rma.id == before.rma.id)
        self.cursor = next(found, min(self.cursor, max(0, len(lines) - 1)))
        self.virtual_size = Size(self.size.width, len(lines) + 1)
        self.refresh()

    @property
    def chosen(self) -> CaseLine | None:
        """The case under the cursor."""
        return self.lines[self.cursor] if self.cursor < len(self.lines) else None

    def render_line(self, y: int) -> Strip:
        """The heading, which stays, or a case; words where there is none."""
        width = self.size.width
        if not self.lines:
            return self._empty(y, width)
        if y == 0:
            return self._head(width)
        index = self.scroll_offset.y + y - 1
        if index >= len(self.lines):
            return Strip.blank(width, self.rich_style)
        return self._line(self.lines[index], index == self.cursor, width)

    def _empty(self, y: int, width: int) -> Strip:
        text = EMPTY if self._loaded else "Reading the cases."
        rows = [row for part in text.split("\n") for row in wrapped(part, width, 9) or [""]]
        row = rows[y] if y < len(rows) else ""
        style = self.rich_style + Style(bold=y == 0)
        return Strip([Segment(set_cell_size(row, width), style)], width)

    def _head(self, width: int) -> Strip:
        style = self.get_component_rich_style("cases--head")
        shown = zip(COLUMNS, widths(width), strict=True)
        text = " " * _LEAD + "".join(set_cell_size(c.title, w) + " " for c, w in shown if w)
        return Strip([Segment(set_cell_size(text, width), style)], width)

    def _line(self, line: CaseLine, chosen: bool, width: int) -> Strip:
        base = self.rich_style
        if chosen:
            background = self.get_component_rich_style("cases--chosen").bgcolor
            base += Style(bgcolor=background, bold=True)
        sign, colour = self._sign(line, base)
        segments = [Segment(f" {sign} ", colour + Style(bold=True))]
        texts, styles = cells(line, width, self._local), self._styles(line, base)
        for text, size, style in zip(texts, widths(width), styles, strict=True):
            if size:
                text = set_cell_size(fit(printable(text), size), size)
                segments.append(Segment(text + " ", style))
        return Strip(segments).adjust_cell_length(width, base)

    def _sign(self, line: CaseLine, base: Style) -> tuple[str, Style]:
        """What is wrong with a case, or else whose move it is."""
        if line.stalled:
            return STALLED, base + self._colour("late")
        if line.days_left is not None and line.days_left < 0:
            return SIGNS[REFUSED], base + self._colour("late")
        if line.who is Party.US:
            return OURS, base + self._colour("ours")
        return SIGNS[NONE], base + self._colour("quiet")

    def _styles(self, line: CaseLine, base: Style) -> list[Style]:
        bold, quiet = base + Style(bold=True), base + self._colour("quiet")
        late, left = bold + self._colour("late"), base
        if line.days_left is None:
            left = quiet
        elif line.days_left <= SOON:
            left = late if line.days_left < 0 else bold + self._colour("soon")
        if line.stalled and self.size.width < COLUMNS[_MOVED].from_width:
            left = late
        moved = late if line.stalled else quiet
        return [bold, base, base, quiet, base, base, left, moved]

    def _colour(self, name: str) -> Style:
        return Style(color=self.get_component_rich_style(f"cases--{name}", partial=True).color)

    def watch_cursor(self) -> None:
        """Keeps the case under the cursor in sight."""
        top, rows = self.scroll_offset.y, max(1, self.size.height - 1)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + rows:
            self.scroll_to(y=self.cursor - rows + 1, animate=False)
        self.refresh()

    def action_move(self, by: int) -> None:
        """Moves the cursor by so many cases."""
        self.cursor = max(0, min(len(self.lines) - 1, self.cursor + by))

    def action_page(self, by: int) -> None:
        """Moves the cursor by so many screenfuls."""
        self.action_move(by * max(1, self.size.height - 2))

    def action_open(self) -> None:
        """Tells that the chosen case is to be opened."""
        if self.chosen is not None:
            self.post_message(self.Opened(self.chosen))

    def on_click(self, event: events.Click) -> None:
        """Chooses the clicked case; a second click on it opens it."""
        index = self.scroll_offset.y + event.y - 1
        if event.y == 0 or not 0 <= index < len(self.lines):
            return
        if index == self.cursor:
            self.action_open()
        self.cursor = index

    def on_resize(self) -> None:
        """The columns follow the width."""
        self.virtual_size = Size(self.size.width, len(self.lines) + 1)
