"""The text of a console by the line API: what it costs does not depend on how long the text is.

It follows the end of a growing text until the technician scrolls up; End follows again. Whoever
owns it calls `sync` when the source has grown, some ten times a second.
"""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from bench.evidence.hex_rows import NARROW, WIDE
from bench.widgets.following_view import FollowingView
from bench.widgets.transcript_painter import HEAD_WIDTH, PARTS, Painter
from bench.widgets.transcript_rows import Rows
from bench.widgets.transcript_source import EventRow, TranscriptSource

_WIDE_FROM = 8 + 2 + WIDE * 3 + 2 + WIDE + 1
"""Cells that a hexadecimal row of 16 bytes needs."""


class TranscriptView(FollowingView, can_focus=True):
    """Lines with their times, events between them; or the bytes in hexadecimal (`hexadecimal`)."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"transcript--{part}" for part in PARTS}
    DEFAULT_CSS = """
    TranscriptView {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .transcript--time { color: $quiet; }
        & > .transcript--quiet { color: $quiet; }
        & > .transcript--event { color: $ground; text-style: italic; }
        & > .transcript--bad { color: $refused; text-style: bold; }
        & > .transcript--look { color: $hold; text-style: bold; }
        & > .transcript--hit { text-style: reverse; }
        & > .transcript--cursor { background: $chosen; }
        & > .transcript--below { background: $next; color: $hold; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "shift(-8)", "left", show=False, id="transcript.left"),
        Binding("right", "shift(8)", "right", show=False, id="transcript.right"),
    ]

    hexadecimal = reactive(False)
    """Bytes in hexadecimal instead of lines."""
    sequences = reactive(True)
    """Whether escape sequences are shown as text; else they are left out."""
    wanted = reactive("")
    """A searched text, marked wherever it is in sight."""
    left = reactive(0)
    """Characters of each line that are out of sight at the left."""

    class Chosen(Message):
        """Another row was chosen; `offset` is of raw.bin."""

        def __init__(self, offset: int) -> None:
            self.offset = offset
            super().__init__()

    def __init__(self, zone: tzinfo | None = UTC, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.zone = zone
        self.source: TranscriptSource | None = None
        self._rows = Rows()
        self._base = Style()
        self._frame = (0, 0, 0, 0)
        self._styles: dict[str, Style] = {}
        self._painter = Painter(zone, self._style)
        self._size_shown = 0
        self._seen_lines = 0
        self._reach = 0

    # -- what is there ------------------------------------------------------------------------

    def show(self, source: TranscriptSource | None) -> None:
        """Shows another text from its end, or none."""
        self.source, self._rows, self._size_shown = source, Rows(), 0
        self.set_reactive(TranscriptView.cursor, -1)
        self.left, self.following = 0, True
        self.sync()
        self.refresh()

    def sync(self) -> None:
        """Takes over how long the source is now."""
        if self.source is None:
            self.fit()
            return
        was, in_sight = (len(self._rows), self._size_shown), self.last_in_sight()
        told = self._rows.events
        self._rows.update(len(self.source), self.source.events())
        self._size_shown = self.source.size
        if (len(self._rows), self._size_shown) == was and self._rows.events is told:
            return
        self.fit()
        if self.following or in_sight or self._rows.events is not told:
            self.refresh()
        else:  # only the notice changes
            self.refresh_line(self.scroll_offset.y + self.size.height - 1)

    @property
    def row_count(self) -> int:
        """Rows, lines and events together, or those of the hexadecimal view."""
        width = self.hex_width
        return -(-self._size_shown // width) if self.hexadecimal else len(self._rows)

    @property
    def line_count(self) -> int:
        """Lines that the view has taken over."""
        return self._rows.lines

    @property
    def hex_width(self) -> int:
        """Bytes in a hexadecimal row."""
        return WIDE if self.size.width >= _WIDE_FROM else NARROW

    @property
    def below(self) -> int:
        """Lines that came since the view ceased to follow the end."""
        return 0 if self.following else max(0, self._rows.lines - self._seen_lines)

    @property
    def chosen_offset(self) -> int | None:
        """The byte that the chosen row begins with; that of the last row while following."""
        row = self.cursor if self.cursor >= 0 else self.row_count - 1
        if self.source is None or row < 0:
            return None
        if self.hexadecimal:
            return row * self.hex_width
        if not self._rows.lines:
            return 0
        return self.source.line(self._rows.line_near(row)).offset

    def go_to_line(self, number: int) -> None:
        """Chooses a line and brings it to the middle."""
        if self.source is not None and 0 <= number < len(self.source):
            self.go_to_row(
                self.source.line(number).offset // self.hex_width
                if self.hexadecimal
                else self._rows.of_line(number)
            )

    # -- painting -----------------------------------------------------------------------------

    def render_lines(self, crop: Region) -> list[Strip]:
        """All rows that are to be painted; what is the same for them is looked up once."""
        self._base, painter = self.rich_style, self._painter
        self._frame = (*self.size, self.scroll_offset.y, self.row_count)
        painter.sequences, painter.wanted = self.sequences, self.wanted
        painter.left, painter.width = self.left, self.size.width
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """A row of the text, or the notice of what is below."""
        width, height, top, count = self._frame
        row, base = top + y, self._base
        if row == self.cursor:
            base += Style(bgcolor=self._style("cursor").bgcolor)
        segments = self._row(row, base) if row < count else []
        strip = Strip(segments).adjust_cell_length(width, base)
        return self._notice(strip, width) if y == height - 1 and self.below else strip

    def _style(self, part: str) -> Style:
        if part not in self._styles:
            self._styles[part] = self.get_component_rich_style(f"transcript--{part}", partial=True)
        return self._styles[part]

    def notify_style_update(self) -> None:
        """Another theme, other styles."""
        super().notify_style_update()
        self._styles.clear()

    def _notice(self, strip: Strip, width: int) -> Strip:
        lines = "line" if self.below == 1 else "lines"
        text = f" {self.below:,} new {lines} below · End "
        notice = Strip([Segment(text, self._base + self._style("below"))], cell_len(text))
        return Strip.join([strip.crop(0, max(0, width - notice.cell_length)), notice])

    def _row(self, row: int, base: Style) -> list[Segment]:
        if self.source is None:
            return []
        if self.hexadecimal:
            width = self.hex_width
            data = self.source.read(row * width, width)
            return self._painter.hexadecimal(data, row * width, width, base)
        place = self._rows.at(row)
        if isinstance(place, EventRow):
            return self._painter.event(place, base)
        if place >= self._rows.lines:
            return []
        line = self.source.line(place)
        self._reach = max(self._reach, len(line.shown.text if self.sequences else line.text))
        return self._painter.line(line, self.source.style_of(place), base)

    # -- moving -------------------------------------------------------------------------------

    def saw_end(self) -> None:
        """What comes from now on is below."""
        self._seen_lines = self._rows.lines

    def chose(self) -> None:
        """Tells which byte the chosen row begins with."""
        if (offset := self.chosen_offset) is not None:
            self.post_message(self.Chosen(offset))

    def watch_hexadecimal(self) -> None:
        """The other form shows the same place."""
        source, was = self.source, self.cursor
        if source is None:
            return
        if was < 0:
            self.fit()
        elif self.hexadecimal:
            offset = source.line(self._rows.line_near(was)).offset if self._rows.lines else 0
            self.fit()
            self.go_to_row(offset // self.hex_width)
        else:
            self.fit()
            self.go_to_row(self._rows.of_line(source.number_at(was * self.hex_width)))
        self.refresh()

    def watch_sequences(self) -> None:
        """Paints anew."""
        self.refresh()

    watch_wanted = watch_left = watch_sequences

    def action_shift(self, by: int) -> None:
        """Moves the text sideways."""
        room = self.size.width - HEAD_WIDTH
        self.left = max(0, min(self.left + by, max(0, self._reach - room)))
