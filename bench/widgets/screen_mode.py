"""A terminal of 80 x 24 on which a BIOS menu or a boot loader's menu can be read.

The device paints on a screen that exists only in memory (pyte), never on the real one. What it
may do there is on a list: move, erase, scroll, reverse. Titles, reports, key maps and whatever
else is thrown away before, and nothing is ever answered. Its colours are not taken over: bold
and reverse are, which is what a menu needs, and the contrast stays ours.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from bench.evidence.safe_text import SEQUENCE
from bench.text import printable

if TYPE_CHECKING:
    from pyte import Screen

COLUMNS, ROWS = 80, 24
LATEST = 32 * 1024
"""Bytes from which the picture is made when the screen is shown, or when it cannot keep up."""
PER_SECOND = 100_000
"""Bytes a second that are painted at most: the picture costs some 5 s of work a MiB."""
_SLICE = 4096
"""Bytes painted in one go at most: some 20 ms."""
_KNOWN = re.compile(
    r"\x1b\[(?:\d{0,4}[@A-HLMPXade`g]|[0-3]?J|[0-2]?K|\d{0,4}(?:;\d{0,4})?[Hfr]"
    r"|\d{0,4}(?:;\d{0,4}){0,15}m|(?:4|20|\?(?:5|7|25))[hl])"
    r"|\x1b(?:[78DEMHc]|#8|[()][AB0U])"
)
"""The sequences that reach the picture, with what numbers pyte can bear: no reports, no
132 columns, no origin mode (on which it stumbles)."""
_UNFINISHED = re.compile(r"\x1b[^\x1b]{0,255}\Z")
_STRING_BEGINS = re.compile(r"\x1b[\]PX^_k]")
_LETTER_BEGINS = re.compile(r"[\udcc2-\udcf4][\udc80-\udcbf]{0,2}\Z")
_CONTROLS = re.compile(r"[\x00-\x06\x10-\x1a\x1c-\x1f\x7f-\x9f]")
_OLD = {0xDC00 + byte: bytes([byte]).decode("cp437") for byte in range(0x80, 0x100)}
"""Bytes that are no UTF-8 are taken for the signs of old PCs: frames of BIOS menus."""


class Picture:
    """The screen in memory: takes raw bytes, gives rows of cells."""

    def __init__(self, columns: int = COLUMNS, rows: int = ROWS) -> None:
        self.columns, self.rows = columns, rows
        self._rest = b""
        self.clear()

    def clear(self) -> None:
        """An empty screen."""
        import pyte  # late: no other screen needs it

        self._rest = b""
        self.screen: Screen = pyte.Screen(self.columns, self.rows)
        self._stream = pyte.Stream(self.screen)
        self._stream.use_utf8 = False  # so that frames drawn in the old way (ESC ( 0) are frames

    def feed(self, data: bytes) -> None:
        """Paints the next bytes. A sequence that is not complete waits for its rest."""
        data = self._rest + data
        text = data.decode("utf-8", "surrogateescape")
        waiting = _waiting(text)
        self._rest = text[len(text) - waiting :].encode("utf-8", "surrogateescape")
        text = SEQUENCE.sub(_allowed, text[: len(text) - waiting])
        self._stream.feed(_CONTROLS.sub("", text).translate(_OLD))


def _waiting(text: str) -> int:
    """Characters at the end that may be the beginning of a sequence, or of a letter."""
    if unfinished := _UNFINISHED.search(text):
        start = unfinished.start()
        found = SEQUENCE.match(text, start)
        assert found is not None  # an escape character alone is a sequence already
        at_end = found.end() == len(text) and not _KNOWN.fullmatch(found.group())
        if at_end or _STRING_BEGINS.fullmatch(found.group()):
            return len(text) - start
    letter = _LETTER_BEGINS.search(text)
    return len(text) - letter.start() if letter else 0


def _allowed(found: re.Match[str]) -> str:
    return found.group() if _KNOWN.fullmatch(found.group()) else ""


class Raw(Protocol):
    """Where the bytes come from (see CaptureReader)."""

    @property
    def size(self) -> int:
        """Bytes there are."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Bytes from an offset on."""
        ...


class ScreenMode(Widget):
    """The picture on the bench's screen. Its owner calls `tick` some ten times a second."""

    DEFAULT_CSS = "ScreenMode { height: 24; width: 80; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._picture: Picture | None = None
        self._source: Raw | None = None
        self._at = 0
        self._last_tick: float | None = None

    def show(self, source: Raw | None) -> None:
        """Shows what the latest bytes of a capture paint; None: nothing."""
        self._source, self._last_tick = source, None
        self._restart()

    def _restart(self) -> None:
        self._picture = Picture() if self._source is not None else None
        self._at = max(0, self._source.size - LATEST) if self._source is not None else 0
        self.refresh()

    @property
    def behind(self) -> int:
        """Bytes that are still to be painted."""
        return self._source.size - self._at if self._source is not None else 0

    def tick(self, now: float) -> None:
        """Paints what came, at most `PER_SECOND`; far behind, it begins anew with the latest."""
        passed = 0.1 if self._last_tick is None else now - self._last_tick
        self._last_tick = now
        if self.behind > 2 * LATEST:
            self._restart()
        if self._source is None or self._picture is None or not self.behind:
            return
        length = min(_SLICE, max(1, int(PER_SECOND * passed)), self.behind)
        data = self._source.read(self._at, length)
        self._at += len(data)
        self._picture.feed(data)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """A row of the picture, every cell of it cleaned."""
        width, base = self.size.width, self.rich_style
        if self._picture is None or y >= self._picture.rows:
            return Strip.blank(width, base)
        screen = self._picture.screen
        row, segments = screen.buffer[y], []
        for x in range(min(width, self._picture.columns)):
            cell = row[x]
            at_cursor = (x, y) == (screen.cursor.x, screen.cursor.y) and not screen.cursor.hidden
            lit = cell.bg not in ("default", "black")
            reverse = (cell.reverse != lit) != at_cursor
            segments.append(
                Segment(printable(cell.data), base + Style(bold=cell.bold, reverse=reverse))
            )
        return Strip(segments).simplify().adjust_cell_length(width, base)
