"""Printers of the settings, and a label for them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from bench.printer_settings import PrinterSettings
from tests.labels.some_dots import some_dots

LABEL = some_dots(406, 203)
OTHER = some_dots(406, 203, seed=2)
T = TypeVar("T")


def printer_at(at: str, language: str = "zpl", asks: bool = True) -> PrinterSettings:
    """A printer called Zebra."""
    return PrinterSettings("B", "Zebra", at, language, asks=asks)


def later(seconds: float, what: Callable[[], object]) -> threading.Timer:
    """Does something in a while, on another thread; to be joined."""
    timer = threading.Timer(seconds, what)
    timer.start()
    return timer


def until(what: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Waits for something; whether it came."""
    event, left = threading.Event(), int(seconds / 0.01)
    while not what() and left:
        event.wait(0.01)
        left -= 1
    return what()
