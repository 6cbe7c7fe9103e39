"""What the keeper hears while the program is not there: a bell for every burst, and Ctrl+Q."""

from __future__ import annotations

from bench.keeper.terminal import QUIET, Terminal, spoken

CTRL_Q = b"\x11"
ALONE = 0.3
"""Seconds of silence before and after a Ctrl+Q by hand. In a scan there is no such silence."""
BELL = "\a"


class Ears:
    """Takes what is typed or scanned, drops it, and says so with one bell a burst."""

    def __init__(self, terminal: Terminal, sound: bool) -> None:
        self._terminal, self._sound = terminal, sound
        self._last = float("-inf")
        self._asked: float | None = None
        """When a Ctrl+Q came that may be one by hand."""

    def hear(self, now: float) -> None:
        """Takes what waits."""
        data = self._terminal.read()
        if not data or not spoken(data):
            return
        silence, self._last = now - self._last, now
        self._asked = now if data == CTRL_Q and silence > ALONE else None
        if silence > QUIET and self._asked is None and self._sound:
            self._terminal.write(BELL)

    def quiet_in(self, now: float) -> float:
        """Seconds until the burst is over, if nothing more comes."""
        return max(0.0, self._last + QUIET - now)

    def leaving(self, now: float) -> bool:
        """Whether somebody wants to leave: Ctrl+Q, and nothing else around it."""
        return self._asked is not None and now - self._asked >= ALONE

    def leaves_in(self, now: float) -> float | None:
        """Seconds until a Ctrl+Q counts; None where there was none."""
        return None if self._asked is None else max(0.0, self._asked + ALONE - now)
