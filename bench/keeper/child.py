"""The program as its keeper sees it: a process, and the line to it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress

from bench.keeper.link import GO, Link
from bench.keeper.terminal import Terminal

WATCHED = (
    *(signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP),
    *(signal.SIGINT, signal.SIGTSTP, signal.SIGWINCH),
)
"""The signals that wake the keeper; none of them ends it on the spot."""


class Child:
    """One run of the program. `link` is set in the process that is to become the program."""

    def __init__(self, terminal: Terminal, crashed_at: float | None, note: bytes) -> None:
        self.link: Link | None = None
        self.stopped = False
        """Whether it has been suspended."""
        self._status: int | None = None
        self._text = b""
        hear, up = os.pipe()
        down, speak = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        try:
            self.pid = os.fork()
        except OSError:
            for end in (hear, up, down, speak):
                os.close(end)
            raise
        if self.pid == 0:
            os.close(hear)
            os.close(speak)
            _forget_signals()
            self.link = Link(up, down, terminal, crashed_at, note)
            return
        os.close(up)
        os.close(down)
        os.set_blocking(hear, False)
        self.hears, self._speaks = hear, speak

    def lines(self) -> Iterator[bytes]:
        """What it has said since; the line's end where it is closed is no line."""
        with suppress(BlockingIOError):
            while data := os.read(self.hears, 65536):
                self._text += data
        *lines, self._text = self._text.split(b"\n")
        yield from lines

    def go(self) -> None:
        """Tells it to read the terminal."""
        with suppress(OSError):
            os.write(self._speaks, GO)

    def end(self) -> None:
        """Asks it to end: it finishes what is being saved."""
        if self._speaks >= 0:
            os.close(self._speaks)
            self._speaks = -1

    def kill(self) -> None:
        """Ends it on the spot."""
        os.kill(self.pid, signal.SIGKILL)

    def ended(self) -> int | None:
        """Its wait status once it has ended; None as long as it lives."""
        while self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
            if pid == 0:
                break
            if os.WIFEXITED(status) or os.WIFSIGNALED(status):
                self._status = status
            else:
                self.stopped = os.WIFSTOPPED(status)
        return self._status

    def go_on(self) -> None:
        """Continues it, unless the shell has done so."""
        if self.ended() is None and self.stopped:
            os.kill(self.pid, signal.SIGCONT)
        self.stopped = False

    def close(self) -> None:
        """It has ended: lets go of the line."""
        self.end()
        os.close(self.hears)


def _forget_signals() -> None:
    """The program starts as if nobody had watched; keys never send SIGINT to it."""
    signal.set_wakeup_fd(-1)
    for number in WATCHED:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
