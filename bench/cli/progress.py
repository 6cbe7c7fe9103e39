"""A line on the terminal that tells how far a long job has come; nothing where nobody looks."""

from __future__ import annotations

import sys
import time
from types import TracebackType

EACH = 0.1
"""Seconds between two lines."""


class Progress:
    """Is told what is being done, and how much of it is done, from 0 to 1; for `with`."""

    def __init__(self) -> None:
        self._tty, self._next, self._shown = sys.stderr.isatty(), 0.0, False

    def __call__(self, what: str, part: float) -> None:
        """Shows it, ten times a second at most."""
        if self._tty and time.monotonic() >= self._next:
            self._next, self._shown = time.monotonic() + EACH, True
            amount = f" {min(1.0, part):.0%}" if part else " …"
            print(f"\r{what}{amount}\x1b[K", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Takes the line away."""
        if self._shown:
            self._shown = False
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def __enter__(self) -> Progress:
        """Begins."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Takes the line away."""
        self.clear()
