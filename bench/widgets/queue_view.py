"""The queue: a line-API table over pages of the store, so that its length costs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.message import Message

from bench.store.records import QueueRow, State
from bench.widgets.marks import NONE, SIGNS
from bench.widgets.row_list import Column, RowList, moving_keys
from bench.widgets.unit_card import state_name, unit_name

PAGE = 100
"""Rows fetched at a time."""


COLUMNS = (
    Column("UNIT", 19, wide=25, wide_from=110),
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


class QueueView(RowList):
    """Rows by page; asks for a page with Needs, tells with Opened which row was chosen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "queue--head",
        "queue--name",
        "queue--chosen",
        "queue--quiet",
        *(f"queue--{mark}" for mark in SIGNS),
    }
    BINDINGS: ClassVar[list[BindingType]] = moving_keys("queue")
    NAME, COLUMNS = "queue", COLUMNS
    CHOSEN_BOLD, WHOLE_WORDS, MARGIN = False, False, 0

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
        found = (i for i, row in enumerate(first) if before and row.rma.id == before.rma.id)
        self.loaded(next(found, None))

    @property
    def row_count(self) -> int:
        """How many rows there are, fetched or not."""
        return self.total

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

    def row(self, index: int, base: Style) -> Iterable[Segment]:
        """A return: its mark, its unit, and why it is here; asks for one that is not here yet."""
        found = self._row(index)
        if found is None:
            self._ask(index)
            return ()
        bold = self.get_component_rich_style("queue--name").bold
        styles = [base + Style(bold=bold), base, base, base + self.colour("quiet"), base]
        sign, mark = SIGNS.get(found.rma.mark, "○"), self.colour(found.rma.mark)
        return self.in_columns(sign, base + mark, cells(found, self.today), styles)

    def _ask(self, index: int) -> None:
        offset = index - index % PAGE
        if offset not in self._asked:
            self._asked.add(offset)
            self.post_message(self.Needs(offset))

    def action_open(self) -> None:
        """Tells that the chosen row is to be opened."""
        if self.chosen is not None:
            self.post_message(self.Opened(self.chosen))
