"""`bench printers`: the label printers of the settings, what each prints, and how it is now."""

from __future__ import annotations

import argparse

from bench.cli.desk import say
from bench.printer_settings import PrinterSettings
from bench.settings import Settings
from bench.text import printable


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the subcommand; returns the exit code: 1 where a printer says that it is not ready."""
    from bench.workflow.doctor_printers import ask_all, unused

    asked = ask_all(settings.printers)
    rows = [("", "name", "address", "stock", "prints", "state")]
    rows += [(*_facts(printer), state.says) for printer, state in asked]
    wide = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows if asked else ():
        cells = [f"{printable(cell):<{width}}" for cell, width in zip(row, wide, strict=True)]
        print("  ".join(cells).rstrip())
    if not asked:
        print("no printer is set up: see [printers] in the settings")
    for address in unused(settings.printers):
        say("printers", printable(f"note: {address} is here too, and no printer of the settings"))
    return int(any(state.ready is False for _, state in asked))


def _facts(printer: PrinterSettings) -> tuple[str, str, str, str, str]:
    sorts = ", ".join(sort.value for sort in printer.labels) or "all"
    stock = f"{printer.size} in, {printer.dpi} dpi, {printer.language}"
    if not printer.at:
        stock = sorts = ""
    return printer.letters, printer.name, printer.at, stock, sorts
