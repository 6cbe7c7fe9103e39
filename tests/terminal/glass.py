"""What a person sees: the bytes of a program, kept, and painted by a terminal emulator."""

from __future__ import annotations

import re
import threading
import time

import pyte

FRAME = 0.03
"""Seconds after which a frame that has begun is painted."""


class Glass:
    """A terminal's screen. Bytes may come from another thread."""

    def __init__(self, columns: int, rows: int) -> None:
        self._raw, self._fed = bytearray(), 0
        self._news = threading.Condition()
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)

    def add(self, data: bytes) -> None:
        """The program has sent something."""
        with self._news:
            self._raw += data
            self._news.notify_all()

    def wait_news(self, seen: int, seconds: float) -> None:
        """Waits until there are more than the bytes that were seen, or until the time is up."""
        with self._news:
            if len(self._raw) == seen:
                self._news.wait(seconds)

    @property
    def raw(self) -> bytes:
        """Every byte that the program has sent since its start."""
        with self._news:
            return bytes(self._raw)

    def lines(self) -> list[str]:
        """The rows of the screen as they stand now."""
        with self._news:
            self._stream.feed(bytes(self._raw[self._fed :]))
            self._fed = len(self._raw)
            buffer, columns = self._screen.buffer, range(self._screen.columns)
            rows = range(self._screen.lines)
            return ["".join(buffer[y][x].data for x in columns) for y in rows]

    @property
    def cursor(self) -> tuple[int, int] | None:
        """Where the program has left the cursor; None while it still paints."""
        before = self.raw
        time.sleep(FRAME)
        # A refusal rings twice: its second bell may come after the last frame.
        found = re.search(rb"\x1b\[(\d+);(\d+)H\a*$", before[-24:])
        return (int(found[1]), int(found[2])) if found and self.raw == before else None

    def settle(self) -> None:
        """Waits until nothing has been painted for a moment."""
        seen = -1
        while seen != len(self.raw):
            seen = len(self.raw)
            time.sleep(3 * FRAME)

    def resize(self, columns: int, rows: int) -> None:
        """Another size; all of it is to be painted anew."""
        self.lines()
        with self._news:
            self._screen.resize(rows, columns)
            self._screen.erase_in_display(2)
