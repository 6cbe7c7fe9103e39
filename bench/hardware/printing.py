"""Sending a label to a printer of the settings, whatever way it goes, and asking how one is.

Everything here blocks: it belongs on a thread of its own. "Sent" is never "printed": what is known
afterwards stands in the receipt.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bench.hardware import cups_printer, file_printer, tcp_printer, usb_printer
from bench.hardware.printer_trouble import (
    STOPPED,
    NotTaken,
    PrinterState,
    PrinterTrouble,
    Receipt,
    Unsure,
)
from bench.labels.bitmap import Bitmap
from bench.labels.zpl import label_zpl
from bench.printer_settings import PrinterSettings
from bench.text import clean_line

__all__ = [
    "NotTaken",
    "PrinterState",
    "PrinterTrouble",
    "Receipt",
    "Unsure",
    "send",
    "state_of",
]


def send(
    printer: PrinterSettings, bitmap: Bitmap, title: str, stop: threading.Event | None = None
) -> Receipt:
    """Sends one label; `title` is what a queue or a file calls it, and is cleaned here.

    Takes a second or two as a rule, half a minute with a printer that has stopped taking bytes,
    a minute at most; `stop` ends it early. Raises NotTaken where nothing can have come out, and
    Unsure where a person has to look.
    """
    stop = stop or threading.Event()
    if stop.is_set():
        raise NotTaken(*STOPPED)
    printer = replace(printer, name=_name(printer))
    try:
        return _sent(printer, bitmap, title, stop)
    except ValueError as error:  # a picture that this language cannot hold
        remedy = "look at size, dpi and language of the printer in the settings"
        raise NotTaken(clean_line(str(error)), remedy) from error


def _sent(printer: PrinterSettings, bitmap: Bitmap, title: str, stop: threading.Event) -> Receipt:
    name = printer.name
    match printer.way:
        case "tcp":
            return tcp_printer.send(printer.at, name, _zpl(printer, bitmap), printer.asks, stop)
        case "usb":
            return usb_printer.send(printer.place, name, _zpl(printer, bitmap), printer.asks, stop)
        case "cups":
            raw = printer.language == "zpl"
            options = cups_printer.raw() if raw else cups_printer.page(bitmap)
            data = _bytes(printer, bitmap)
            return cups_printer.send(printer.place, name, data, options, title, stop)
        case "file":
            data, now = _bytes(printer, bitmap), datetime.now().astimezone()
            return file_printer.send(Path(printer.place), data, title, printer.language, now)
    raise NotTaken(*_no_address(printer))


def state_of(printer: PrinterSettings) -> PrinterState:
    """How a printer is: asked where it may be asked. Takes 4 seconds at most, as a rule far less.

    Whatever a printer does, it raises nothing. A printer that takes only one connection at a time
    is busy while a label goes to it: ask it between labels.
    """
    name = _name(printer)
    match printer.way:
        case "tcp":
            return tcp_printer.state_of(printer.at, name, printer.asks)
        case "usb":
            return usb_printer.state_of(printer.place, name, printer.asks)
        case "cups":
            return cups_printer.state_of(printer.place)
        case "file":
            return file_printer.state_of(Path(printer.place))
    what, _ = _no_address(printer)
    return PrinterState(False, what)


def _zpl(printer: PrinterSettings, bitmap: Bitmap) -> bytes:
    if printer.language != "zpl":
        raise ValueError(f"{printer.name} is sent ZPL only, and its language is not zpl")
    return label_zpl(bitmap, printer.compressed)


def _bytes(printer: PrinterSettings, bitmap: Bitmap) -> bytes:
    """The label in the language of the printer."""
    match printer.language:
        case "zpl":
            return label_zpl(bitmap, printer.compressed)
        case "pdf":
            from bench.labels.pdf import pdf  # late: Pillow slows a start down

            return pdf([bitmap])
        case "png":
            return bitmap.png()
    raise ValueError(f"{printer.name} speaks a language that is not known here")


def _name(printer: PrinterSettings) -> str:
    return clean_line(printer.name, 60) or f"printer {clean_line(printer.letters, 10)}"


def _no_address(printer: PrinterSettings) -> tuple[str, str]:
    letters = clean_line(printer.letters, 10)
    remedy = f"write at = ... under [printers.{letters}] of the settings"
    return f"{_name(printer)} has no address", remedy
