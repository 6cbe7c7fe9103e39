"""The two pages that the keeper shows while the program is not there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.keeper.terminal import Terminal
from bench.text import printable

ENTER = "\x1b[?1049h\x1b[2J\x1b[H"
LEAVE = "\x1b[?1049l\x1b[?25h"


def coming_back() -> list[str]:
    """Shown between a crash and the program's return."""
    return [
        "bench stopped unexpectedly and is coming back.",
        "Please wait: scans are not taken now.",
    ]


def resting(said: Sequence[str], log: Path, seconds: int) -> list[str]:
    """Shown where the program crashes again and again."""
    return [
        "bench stopped and cannot stay up. It is waiting now.",
        "What was saved is safe. Scans are not taken now.",
        "",
        f"It tries again by itself every {seconds} seconds. Ctrl+Q leaves.",
        "",
        f"The error stands in {log}",
        "It ends with:",
        *(f"  {line}" for line in said),
    ]


class Page:
    """A page on the other screen of the terminal, over what the program left there."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._lines: list[str] = []

    def show(self, lines: list[str]) -> None:
        """Paints a page; the first line says what happened, the keys come before the details."""
        new = not self._lines
        self._lines = lines
        columns, rows = self._terminal.size()
        room = [printable(line)[: max(1, columns - 3)] for line in lines][: max(1, rows - 2)]
        head = ENTER if new else "\x1b[2J\x1b[H"
        self._terminal.write(f"{head}\x1b[?25l\r\n" + "\r\n".join(f"  {line}" for line in room))

    def paint(self) -> None:
        """The same page again, in another size."""
        if self._lines:
            self.show(self._lines)

    def forget(self) -> None:
        """The terminal has left the page, as it leaves everything after a crash."""
        self._lines = []

    def leave(self) -> None:
        """Back to the screen from which bench was started."""
        if self._lines:
            self._terminal.write(LEAVE)
            self._lines = []
