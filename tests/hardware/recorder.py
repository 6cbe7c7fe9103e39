"""What scanners tell, written down, and waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from bench.hardware.scanner_models import SILENT, Family
from bench.hardware.serial_scanner import Listener, SerialScanner, Status
from bench.hardware.simulated_scanner import SimulatedScanner
from bench.settings import ScannerPort

PATIENCE = 10.0
"""Seconds that a wait may take before the test fails; nothing is expected to take that long."""
LOOK = 0.02
HOLDER = (
    "import serial, sys\n"
    "port = serial.Serial(sys.argv[1], exclusive=True)\n"
    "print('open', flush=True)\n"
    "sys.stdin.read()\n"
)
"""Another program that has a port until its input ends."""


class Recorder:
    """Listens to any number of scanners."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.at: list[float] = []
        self.spoilt: list[tuple[str, str, str]] = []
        self.changed: list[tuple[str, Status]] = []
        self.details: dict[str, str] = {}
        self.late: list[float] = []
        """Seconds from the end of a code to the call."""
        self._news = threading.Condition()
        self.listener = Listener(self._heard, self._spoilt, self._changed)

    def _heard(self, name: str, text: str, at: float) -> None:
        with self._news:
            self.late.append(time.monotonic())
            self.heard.append((name, text))
            self.at.append(at)
            self._news.notify_all()

    def _spoilt(self, name: str, text: str, why: str) -> None:
        with self._news:
            self.spoilt.append((name, text, why))
            self._news.notify_all()

    def _changed(self, name: str, status: Status, detail: str) -> None:
        with self._news:
            self.changed.append((name, status))
            self.details[name] = detail
            self._news.notify_all()

    def until(self, holds: Callable[[], bool]) -> None:
        """Waits until it holds. Raises AssertionError when it does not come to that."""
        end = time.monotonic() + PATIENCE
        with self._news:
            while not holds():
                assert time.monotonic() < end, (self.changed, self.heard[-5:], self.spoilt)
                self._news.wait(0.01)  # not all that is waited for is told

    def until_is(self, name: str, status: Status) -> None:
        """Waits until the last that was told of a scanner is this status."""
        self.until(lambda: self.statuses(name)[-1:] == [status])

    def until_heard(self, count: int) -> None:
        """Waits for so many codes in all."""
        self.until(lambda: len(self.heard) >= count)

    def statuses(self, name: str) -> list[Status]:
        """All that a scanner became, in order."""
        return [status for who, status in self.changed if who == name]

    def texts(self, name: str) -> list[str]:
        """All codes of one scanner."""
        return [text for who, text in self.heard if who == name]


def scanner(
    recorder: Recorder, link: Path, family: Family = SILENT, **settings: object
) -> SerialScanner:
    """A scanner called Gun at this place, not started yet."""
    port = ScannerPort("Gun", str(link), **settings)  # type: ignore[arg-type]
    return SerialScanner(port, recorder.listener, lambda place: family, look=LOOK)


def answers(gun: SimulatedScanner, count: int) -> bytes:
    """The next so many bytes that the gun is sent."""
    found = b""
    until = time.monotonic() + PATIENCE
    while len(found) < count and time.monotonic() < until:
        found += gun.answers(0.1)
    return found
