"""The terminal as the keeper handles it: raw while bench has it, as it was found afterwards."""

from __future__ import annotations

import os
import re
import select
import termios
import time
from contextlib import suppress

IN, OUT = 0, 2
"""Where the program reads its keys, and where it paints."""
QUIET = 0.12
"""Seconds without input after which a burst of input is over."""
BUSY = 2.0
"""Seconds after which nobody waits for the end of a burst any longer."""
_LFLAG, _IFLAG, _CC = 3, 0, 6
_UNDO = (
    "\x1b\\"  # ends a sequence that was cut off in the middle
    "\x1b[?2026l"  # a repaint that never ended
    "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # mouse
    "\x1b[?2004l\x1b[?1004l\x1b[?2048l"  # bracketed paste, focus, reports of the size
    "\x1b[<u"  # kitty's keyboard, which goes with the screen it was asked for on
    "\x1b[?1049l\x1b[?7h\x1b[?25h\x1b[0m"
)
_REPORT = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|O[ -~]|[PX^_\]][^\x1b\x07]*(?:\x1b\\|\x07)|.)")
"""Function keys, the mouse, and what a terminal answers to a question."""


def keepable() -> bool:
    """Whether this process has a terminal, and one that `poll` can watch on this system."""
    if not (os.isatty(IN) and os.isatty(OUT)):
        return False
    line = select.poll()
    line.register(IN, 0)
    return not line.poll(0)


class Terminal:
    """The terminal of this process. Whoever took it gives it back; a forked child leaves it."""

    def __init__(self) -> None:
        self._found = termios.tcgetattr(IN)

    def take(self) -> None:
        """No echo, no lines, no signals by keys: what is typed waits until somebody reads it."""
        with suppress(termios.error):
            modes = termios.tcgetattr(IN)
            modes[_LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
            modes[_IFLAG] &= ~(termios.IXON | termios.IXOFF)
            modes[_IFLAG] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR)
            modes[_CC][termios.VMIN], modes[_CC][termios.VTIME] = 1, 0
            termios.tcsetattr(IN, termios.TCSANOW, modes)

    def give_back(self) -> None:
        """The modes as they were found; a scan that is still coming in is thrown away first."""
        if not self.ours:
            return
        until = time.monotonic() + BUSY
        if self.waiting(0):
            while self.read() and self.waiting(QUIET) and time.monotonic() < until:
                pass
        with suppress(termios.error):
            termios.tcsetattr(IN, termios.TCSAFLUSH, self._found)

    def undo(self) -> None:
        """Leaves everything that a full-screen program may have switched on."""
        self.write(_UNDO)

    @property
    def ours(self) -> bool:
        """Whether no shell has taken the terminal for itself meanwhile."""
        try:
            return os.tcgetpgrp(IN) == os.getpgrp()
        except OSError:
            return not self.gone  # not a controlling terminal: there is no shell to disturb

    @property
    def gone(self) -> bool:
        """Whether the terminal has been closed."""
        line = select.poll()
        line.register(IN, 0)
        return bool(line.poll(0))

    def waiting(self, seconds: float) -> bool:
        """Whether there is input within so many seconds."""
        return bool(select.select([IN], [], [], seconds)[0])

    def read(self) -> bytes:
        """The input that waits; nothing where the terminal is gone."""
        try:
            return os.read(IN, 4096)
        except OSError:
            return b""

    def flush(self) -> None:
        """Throws away what waits to be read."""
        with suppress(termios.error):
            termios.tcflush(IN, termios.TCIFLUSH)

    def write(self, text: str) -> None:
        """Paints; where the terminal is gone, nothing happens."""
        data = text.encode("utf-8", "replace")
        with suppress(OSError):
            while data:
                data = data[os.write(OUT, data) :]

    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        try:
            columns, rows = os.get_terminal_size(OUT)
        except OSError:
            return 80, 24
        return columns or 80, rows or 24


def spoken(data: bytes) -> bool:
    """Whether somebody typed or scanned, and not the mouse or the terminal itself."""
    return bool(_REPORT.sub(b"", data))
