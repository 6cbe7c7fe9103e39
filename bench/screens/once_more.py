"""Command codes that take something away: each must be scanned a second time, and soon."""

from __future__ import annotations

from time import monotonic

from bench.scan.commands import Verb, code
from bench.scan.label import Label
from bench.screens.everywhere import Station
from bench.widgets.marks import HOLD
from bench.widgets.strips import Read

TWICE = {Verb.END: "quit bench", Verb.STOP: "leave this step out"}
"""What is done by the second scan. (Undo, cancelling and closing ask a question of their own.)"""
SOON = 5.0
"""Seconds in which the second scan must come."""


class OnceMore:
    """Remembers the first scan of such a command; any other scan in between makes it forgotten."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self._verb, self._until = "", 0.0

    def sure(self, label: Label) -> bool:
        """Whether a scan may be done now; where it is the first of two, says so."""
        verb, until = self._verb, self._until
        self._verb, at = "", label.ended or monotonic()  # typed: the gate's clock goes on now
        if label.value not in TWICE or (label.value == verb and at <= until):
            return True
        self._verb, self._until = label.value, at + SOON
        what = f"scan {code(label.value)} once more to {TWICE[Verb(label.value)]}"
        self.station.say(Read(label.raw, f"within {SOON:.0f} seconds", HOLD, what))
        return False

    def forget(self) -> None:
        """Something else was scanned."""
        self._verb = ""
