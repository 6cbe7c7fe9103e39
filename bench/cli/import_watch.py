"""An import under somebody's eyes: how far it has come, and Ctrl+C between two chunks."""

from __future__ import annotations

import signal
import time
from types import FrameType, TracebackType
from typing import Any

from bench.cli.progress import Progress


class ImportWatch:
    """For `with`, in the main thread. The first Ctrl+C lets the chunk in hand be saved, the
    second one ends everything at once."""

    def __init__(self) -> None:
        self.rows = 0
        self._begun, self._asked = time.monotonic(), False
        self._progress, self._before = Progress(), signal.getsignal(signal.SIGINT)

    def tell(self, rows: int, part: float) -> None:
        """The rows that are done, and how much of the file that is."""
        self.rows = rows
        seconds = max(time.monotonic() - self._begun, 0.001)
        left = _time(seconds * (1 - part) / part) if part else "…"
        self._progress(f"{rows:,} rows, {rows / seconds:,.0f} rows/s, {left} left,", part)

    def stopping(self) -> bool:
        """Whether Ctrl+C was pressed."""
        return self._asked

    def _hear(self, number: int, frame: FrameType | None) -> Any:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True

    def __enter__(self) -> ImportWatch:
        """Begins."""
        if self._before is not signal.SIG_IGN:  # of a job in the background nobody asks anything
            signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Ctrl+C does again what it did before."""
        signal.signal(signal.SIGINT, self._before)
        self._progress.clear()


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
