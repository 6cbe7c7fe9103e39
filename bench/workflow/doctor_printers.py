"""How the label printers are, and which of those that are plugged in nobody has set up."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from bench.datafile import DataError
from bench.hardware import found
from bench.hardware.printing import PrinterState, state_of
from bench.labels.layout import load_label_layouts
from bench.printer_settings import PrinterSettings
from bench.scan.commands import SAFE_LETTERS
from bench.settings import Settings
from bench.store.health import Finding, Grade

NAME = "printers"
ONLY_NAMED = "only named: nothing can be sent to it"
_AT_ONCE = 8
"""Printers that are asked at the same time."""


def printer_findings(settings: Settings) -> Iterator[Finding]:
    """A line for each printer of the settings and each that none of them uses. Nothing is sent."""
    try:
        load_label_layouts(settings.label_layouts_file)
    except DataError as error:
        yield Finding(NAME, Grade.WRONG, str(error), "mend the file that is named")
    asked, others = ask_all(settings.printers), unused(settings.printers)
    if not asked and not others:
        yield Finding(NAME, Grade.HINT, "no printer", "labels can be written to files: bench label")
    for printer, state in asked:
        yield _finding(printer, state)
    letters = sorted(SAFE_LETTERS - set(settings.printers))
    for address, letter in zip(others, letters, strict=False):
        line = f'add to the settings: [printers.{letter}], name = "…", at = "{address}"'
        yield Finding(NAME, Grade.HINT, f"{address} is not in the settings", line)


def _finding(printer: PrinterSettings, state: PrinterState) -> Finding:
    text = f"{printer.letters} {printer.name}: {state.says}"
    if state.ready:
        return Finding(NAME, Grade.GOOD, f"{text} ({printer.at})")
    if not printer.at:
        todo = f"say how it is reached in the settings: [printers.{printer.letters}], at"
        return Finding(NAME, Grade.HINT, text, todo)
    todo = f"look at the printer, and at its address in the settings: {printer.at}"
    # No answer is no fault: clones that print well do not know the question.
    return Finding(NAME, Grade.HINT, text, todo)


def ask_all(
    printers: Mapping[str, PrinterSettings],
) -> list[tuple[PrinterSettings, PrinterState]]:
    """All printers by letters with their state; takes as long as the slowest, some 4 seconds."""
    known = [printers[letters] for letters in sorted(printers)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(zip(known, pool.map(_state, known), strict=True))


def _state(printer: PrinterSettings) -> PrinterState:
    return state_of(printer) if printer.at else PrinterState(None, ONLY_NAMED)


def unused(printers: Mapping[str, PrinterSettings]) -> list[str]:
    """Addresses of printers that the system knows and the settings do not."""
    used = {_real(printer.at) for printer in printers.values()}
    return [address for address in found.printers() if _real(address) not in used]


def _real(address: str) -> str:
    """An address in which a device has its real name: udev gives it others too."""
    way, colon, place = address.partition(":")
    return f"usb:{os.path.realpath(place)}" if way == "usb" and colon else address
