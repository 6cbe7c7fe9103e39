"""A list in columns under a heading that stays: cursor, keys, mouse, and the painting of a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from bench.text import printable
from bench.widgets.legs_text import fit, wrapped

LEAD = 3
"""Cells for the sign before a row."""
LEAST = 8
"""Cells that the column which takes the rest has at least."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: heading, width in cells (0: the rest), and from which width on it shows."""

    title: str
    width: int
    from_width: int = 0
    wide: int = 0
    """Its width from `wide_from` on, where it is another one there."""
    wide_from: int = 0


def column_widths(columns: Sequence[Column], width: int, margin: int = 1) -> list[int]:
    """The width of each column in a list of that width; 0 for one that is not shown."""
    shown = [c.wide if c.wide and width >= c.wide_from else c.width for c in columns]
    shown = [w if width >= c.from_width else -1 for w, c in zip(shown, columns, strict=True)]
    rest = max(LEAST, width - LEAD - sum(w + 1 for w in shown if w > 0) - margin)
    return [rest if w == 0 else max(0, w) for w in shown]


def moving_keys(name: str) -> list[BindingType]:
    """The keys that move the cursor; their ids, for a user's key map, begin with the name."""
    return [
        Binding("up", "move(-1)", "up", show=False, id=f"{name}.up"),
        Binding("down", "move(1)", "down", show=False, id=f"{name}.down"),
        Binding("pageup", "page(-1)", "page up", show=False, id=f"{name}.pageup"),
        Binding("pagedown", "page(1)", "page down", show=False, id=f"{name}.pagedown"),
        Binding("home", "move(-1000000000)", "first", show=False, id=f"{name}.first"),
        Binding("end", "move(1000000000)", "last", show=False, id=f"{name}.last"),
    ]


class RowList(ScrollView, can_focus=True):
    """Rows to choose from. Whoever is one says how many there are, and how each looks."""

    NAME: ClassVar[str]
    """The names of its styles begin with it: `cases` of `cases--head` and `cases--chosen`."""
    COLUMNS: ClassVar[tuple[Column, ...]]
    CHOSEN_BOLD: ClassVar[bool] = True
    """Whether the row under the cursor is bold, too."""
    WHOLE_WORDS: ClassVar[bool] = True
    """Whether a text that is too long is cut between words; else as late as can be."""
    MARGIN: ClassVar[int] = 1
    """Cells that stay free at the right."""

    cursor = reactive(0)

    # --- what a list says of its rows

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def row(self, index: int, base: Style) -> Iterable[Segment]:
        """A row on that style, made by `in_columns`; nothing for one that is not at hand yet."""
        raise NotImplementedError

    def words(self) -> str:
        """What stands there while there is no row; "": the heading alone."""
        return ""

    def chose(self) -> None:
        """Another row is under the cursor."""

    def action_open(self) -> None:
        """Tells that the chosen row is to be opened."""

    # --- what it is given

    def loaded(self, place: int | None) -> None:
        """Other rows are there: the chosen one is at that place now, or gone."""
        self.cursor = min(self.cursor, max(0, self.row_count - 1)) if place is None else place
        self.on_resize()
        self.refresh()

    def on_resize(self) -> None:
        """The columns follow the width."""
        self.virtual_size = Size(self.size.width, self.row_count + 1)

    # --- painting

    def render_line(self, y: int) -> Strip:
        """The heading, which stays, or a row; words where there is none."""
        width, base = self.size.width, self.rich_style
        if not self.row_count and (words := self.words()):
            return self._words(words, y, width)
        if y == 0:
            return self._head(width)
        index = self.scroll_offset.y + y - 1
        if index >= self.row_count:
            return Strip.blank(width, base)
        if index == self.cursor:
            background = self.get_component_rich_style(f"{self.NAME}--chosen").bgcolor
            base += Style(bgcolor=background, bold=self.CHOSEN_BOLD or None)
        return Strip(self.row(index, base)).adjust_cell_length(width, base)

    def in_columns(
        self, sign: str, sign_style: Style, texts: Iterable[str], styles: Iterable[Style]
    ) -> Iterator[Segment]:
        """A sign and the texts of a row, each in its column; texts of others are made harmless."""
        yield Segment(f" {sign} ", sign_style + Style(bold=True))
        sizes = column_widths(self.COLUMNS, self.size.width, self.MARGIN)
        for text, size, style in zip(texts, sizes, styles, strict=True):
            if size:
                text = printable(text)
                text = fit(text, size) if self.WHOLE_WORDS else text
                yield Segment(set_cell_size(text, size) + " ", style)

    def colour(self, name: str) -> Style:
        """The colour of one of its styles, to be laid over a row's own."""
        return Style(
            color=self.get_component_rich_style(f"{self.NAME}--{name}", partial=True).color
        )

    def _words(self, words: str, y: int, width: int) -> Strip:
        rows = [row for part in words.split("\n") for row in wrapped(part, width, 9) or [""]]
        row = printable(rows[y]) if y < len(rows) else ""
        style = self.rich_style + Style(bold=y == 0)
        return Strip([Segment(set_cell_size(row, width), style)], width)

    def _head(self, width: int) -> Strip:
        style = self.get_component_rich_style(f"{self.NAME}--head")
        sizes = column_widths(self.COLUMNS, width, self.MARGIN)
        shown = zip(self.COLUMNS, sizes, strict=True)
        text = " " * LEAD + "".join(set_cell_size(c.title, w) + " " for c, w in shown if w)
        return Strip([Segment(set_cell_size(text, width), style)], width)

    # --- moving

    def watch_cursor(self) -> None:
        """Keeps the row under the cursor in sight."""
        top, rows = self.scroll_offset.y, max(1, self.size.height - 1)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + rows:
            self.scroll_to(y=self.cursor - rows + 1, animate=False)
        self.refresh()
        self.chose()

    def action_move(self, by: int) -> None:
        """Moves the cursor by so many rows."""
        self.cursor = max(0, min(self.row_count - 1, self.cursor + by))

    def action_page(self, by: int) -> None:
        """Moves the cursor by so many screenfuls."""
        self.action_move(by * max(1, self.size.height - 2))

    def on_click(self, event: events.Click) -> None:
        """Chooses the clicked row; a second click on it opens it."""
        index = self.scroll_offset.y + event.y - 1
        if event.y == 0 or not 0 <= index < self.row_count:
            return
        if index == self.cursor:
            self.action_open()
        self.cursor = index
