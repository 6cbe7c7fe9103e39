"""Every open vendor case in one line: the stalled ones first, then by what is due soonest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message

from bench.policy.vendor_plan import Party
from bench.policy.words import day
from bench.widgets.legs_text import SOON, left_words
from bench.widgets.marks import NONE, REFUSED, SIGNS
from bench.widgets.row_list import Column, RowList, moving_keys
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
ROOMY = 120
COLUMNS = (
    Column("UNIT", 10, wide=22, wide_from=ROOMY),
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


class CaseList(RowList):
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
        *moving_keys("cases"),
        Binding("enter", "open", "open", show=False, id="cases.open"),
    ]
    NAME, COLUMNS = "cases", COLUMNS

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
        self.loaded(next(found, None))

    @property
    def row_count(self) -> int:
        """How many cases there are."""
        return len(self.lines)

    @property
    def chosen(self) -> CaseLine | None:
        """The case under the cursor."""
        return self.lines[self.cursor] if self.cursor < len(self.lines) else None

    def words(self) -> str:
        """What stands there while no case is open."""
        return EMPTY if self._loaded else "Reading the cases."

    def row(self, index: int, base: Style) -> Iterator[Segment]:
        """A case: what is wrong with it or whose move it is, and what is next."""
        line = self.lines[index]
        texts, styles = cells(line, self.size.width, self._local), self._styles(line, base)
        return self.in_columns(*self._sign(line, base), texts, styles)

    def _sign(self, line: CaseLine, base: Style) -> tuple[str, Style]:
        """What is wrong with a case, or else whose move it is."""
        if line.stalled:
            return STALLED, base + self.colour("late")
        if line.days_left is not None and line.days_left < 0:
            return SIGNS[REFUSED], base + self.colour("late")
        if line.who is Party.US:
            return OURS, base + self.colour("ours")
        return SIGNS[NONE], base + self.colour("quiet")

    def _styles(self, line: CaseLine, base: Style) -> list[Style]:
        bold, quiet = base + Style(bold=True), base + self.colour("quiet")
        late, left = bold + self.colour("late"), base
        if line.days_left is None:
            left = quiet
        elif line.days_left <= SOON:
            left = late if line.days_left < 0 else bold + self.colour("soon")
        if line.stalled and self.size.width < COLUMNS[_MOVED].from_width:
            left = late
        moved = late if line.stalled else quiet
        return [bold, base, base, quiet, base, base, left, moved]

    def action_open(self) -> None:
        """Tells that the chosen case is to be opened."""
        if self.chosen is not None:
            self.post_message(self.Opened(self.chosen))
