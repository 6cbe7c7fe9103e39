"""What is written down of a crash: in the log by the program, its dying cry, and by the keeper."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from datetime import datetime
from pathlib import Path

LAST = 4096
"""Bytes at the end of the log that are looked at for what the program said."""


def cry_file(log: Path) -> Path:
    """Where the interpreter writes what it was doing when a signal such as SIGSEGV killed it."""
    return log.with_name(f"{log.name}.fault")


class Record:
    """The log, as the keeper sees it."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self._begun = 0

    def begin(self) -> None:
        """A program starts: what is in the log by now is not its own."""
        self._begun = self._size()

    def crashed(self, reason: str, at: datetime) -> None:
        """Writes down how the program ended, after what it wrote itself."""
        cry = cry_file(self.log)
        with suppress(OSError):
            self.log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self.log.open("a", encoding="utf-8", errors="replace") as log:
                if cry.exists():
                    log.write(cry.read_text(encoding="utf-8", errors="replace"))
                    cry.unlink()
                log.write(f"{at:%Y-%m-%d %H:%M:%S},000 CRITICAL bench.keeper {reason}\n")

    def said(self, lines: int) -> list[str]:
        """The last lines that were written about the program that has just ended."""
        with suppress(OSError), self.log.open("rb") as log:
            end = self._size()
            start = self._begun if self._begun <= end else 0  # a new file was begun meanwhile
            log.seek(max(start, end - LAST))
            text = log.read().decode("utf-8", "replace")
            return [line for line in text.splitlines() if line.strip()][-lines:]
        return []

    def _size(self) -> int:
        with suppress(OSError):
            return self.log.stat().st_size
        return 0


def reason_of(status: int) -> str:
    """How a program ended, from what `waitpid` says of it."""
    if not os.WIFSIGNALED(status):
        return f"bench ended by itself with status {os.WEXITSTATUS(status)}"
    number = os.WTERMSIG(status)
    try:
        name = signal.Signals(number).name
    except ValueError:
        return f"bench was killed by signal {number}"
    return f"bench was killed by signal {number} ({name})"
