"""The label printer of the demo: a simulated one on this machine, as long as the demo runs.

What it "prints" are pictures in the folder `labels` of the demo's home.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bench.printer_settings import PrinterSettings
from bench.settings import Settings

LABELS = "labels"
"""The folder in a demo's home that its labels are in."""
LETTERS = "B"


@contextmanager
def with_printer(settings: Settings, home: Path) -> Iterator[Settings]:
    """The settings of a demo with its own printer, which ends with the block."""
    from bench.hardware.simulated_printer import SimulatedPrinter  # late: only a demo has one

    with SimulatedPrinter(home / LABELS) as printer:
        own = PrinterSettings(LETTERS, "simulated label printer", printer.at, dpi=printer.dpi)
        yield replace(settings, printers={LETTERS: own})
