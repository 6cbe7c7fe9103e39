"""How a capture goes, on stderr: one line that is rewritten, or a line now and then in a log."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from bench.evidence.capture_format import RAW, lost
from bench.text import clean_line

EACH = 10.0
"""Seconds between two lines of a log, where nothing has changed."""
_BLOCK = 1 << 20


class Watcher:
    """Shows the status of a capture; counts its lines, which the capture process does not."""

    def __init__(self, folder: Path) -> None:
        self.last: dict[str, Any] = {}
        """The last status."""
        self._raw, self._at, self._lines = folder / RAW, 0, 0
        self._tty = sys.stderr.isatty()
        self._looked, self._rate = time.monotonic(), 0.0
        self._said, self._told = 0.0, ""

    def __enter__(self) -> Watcher:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._tty and self._said:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def show(self, status: dict[str, Any]) -> None:
        """Takes a status, and shows it where it is time."""
        self.last = status
        now = time.monotonic()
        self._count(now)
        how = how_it_is(status)
        line = f"{status.get('bytes', 0)} bytes, {self._rate:.0f} lines a second, {how}"
        if self._tty:
            print(f"\r{line}\x1b[K", end="", file=sys.stderr, flush=True)
        elif how == self._told and now - self._said < EACH:
            return
        else:
            print(line, file=sys.stderr, flush=True)
        self._said, self._told = now, how

    def _count(self, now: float) -> None:
        fresh = 0
        with suppress(OSError), self._raw.open("rb") as file:
            file.seek(self._at)
            while block := file.read(_BLOCK):
                self._at += len(block)
                fresh += block.count(b"\n")
        self._lines += fresh
        self._rate = fresh / max(now - self._looked, 0.001)
        self._looked = now


def how_it_is(status: dict[str, Any]) -> str:
    """The state of a capture in words, with everything that somebody should see to."""
    counts = status.get("counts", {})
    state = {"open": "", "searching": "looking for the rate", "gone": "the cable is out"}
    parts = [
        f"{status.get('baud', 0)} baud",
        state.get(str(status.get("state")), ""),
        f"{status['waits_for']} has the port" if status.get("waits_for") else "",
        "losses not counted by this cable" if status.get("uncounted") else f"{lost(counts)} lost",
        f"disk: {status['trouble']}, {status.get('held', 0)} bytes wait in memory"
        if status.get("trouble")
        else "",
        f"{status['dropped']} bytes dropped" if status.get("dropped") else "",
    ]
    return clean_line(", ".join(part for part in parts if part))
