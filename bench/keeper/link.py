"""The program's end of the line to its keeper."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from bench.keeper.terminal import Terminal

CRASHED = 70
"""The exit status of a program that did not end by its own will (EX_SOFTWARE)."""
PATIENCE = 10.0
"""Seconds that the program gets to end by itself once its keeper is gone or wants it to end."""
READING, GO, NOTE, LEAVING = b"reading", b"go", b"note ", b"leaving "
ATOMIC = 4000
"""The longest note that a pipe takes as a whole (POSIX promises 512, Linux and macOS 4096)."""


class Link:
    """What the program tells its keeper: where it is, when it reads the terminal, that it leaves.

    The keeper asks one thing of the program, by closing the line: to end. It is closed too where
    the keeper dies; without it nobody would keep the next scan from the shell, or from two readers.
    """

    def __init__(
        self,
        up: int,
        down: int,
        terminal: Terminal,
        crashed_at: float | None = None,
        note: bytes = b"",
    ) -> None:
        self.crashed_at, self.note = crashed_at, note
        """When the program before this one crashed, and what it noted last."""
        self.over = False
        """Whether the keeper is gone, or wants the program to end."""
        self._up, self._down, self._terminal = up, down, terminal
        self._go = threading.Event()
        self._end: Callable[[], None] = self._end_now
        os.set_blocking(up, False)
        threading.Thread(target=self._listen, name="keeper", daemon=True).start()

    def take_terminal(self) -> None:
        """Called right before the program reads the terminal: the keeper stops reading it."""
        self._say(READING)
        self._go.wait()

    def tell(self, note: bytes) -> None:
        """Notes where the program is, for the one that comes after a crash."""
        self._say(NOTE + note)

    def leave(self, status: int) -> None:
        """The program ends by its own will; an end without this is a crash, and so is CRASHED."""
        if status != CRASHED:
            self._say(LEAVING + b"%d" % status)
        if self.over:
            self._terminal.give_back()

    def at_end(self, end: Callable[[], None]) -> None:
        """What ends the program, from any thread, and is given some time for it."""
        self._end = end

    @property
    def terminal_gone(self) -> bool:
        """Whether the terminal has been closed."""
        return self._terminal.gone

    def _say(self, line: bytes) -> None:
        # A stopped keeper does not read: the newest note is lost then, and nobody waits for it.
        if len(line) < ATOMIC:
            with suppress(OSError):
                os.write(self._up, line + b"\n")

    def _listen(self) -> None:
        while os.read(self._down, 64):
            self._go.set()
        self.over = True
        self._end()
        self._go.set()
        time.sleep(PATIENCE)
        self._end_now()

    def _end_now(self) -> None:
        if self._terminal.ours:
            self._terminal.undo()
            self._terminal.give_back()
        os._exit(CRASHED)
