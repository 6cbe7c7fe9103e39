"""`bench label`: a label into a file, or straight to a printer, without the program's queue."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable, Iterable

from bench.cells import shown
from bench.cli.desk import at_desk, say
from bench.cli.label_parser import ANY
from bench.cli.pictures import write_pictures, wrong_output
from bench.labels.bitmap import Bitmap
from bench.labels.label import LabelContent
from bench.printer_settings import RESOLUTIONS, SIZES, LabelSort, PrinterSettings
from bench.scan.rma_number import parse_number
from bench.scan.serials import canonical, mac_of
from bench.settings import Settings
from bench.text import printable
from bench.workflow.desk import Desk, Refused, check_letters
from bench.workflow.label_contents import (
    packet_label,
    port_label,
    printer_label,
    rma_label,
    ship_label,
    vendor_label,
)
from bench.workflow.views import UnitView, view_of

SORTS = {"ports": LabelSort.PORT, "printers": LabelSort.PRINTER}
"""Labels of the bench's own equipment; the others are called as the sort."""


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the subcommand; returns the exit code."""
    check_letters(settings)
    sort = SORTS.get(args.sort) or LabelSort(args.sort)
    try:
        printer = _printer(args, settings, sort)
        if args.sort in SORTS:
            contents = _of_equipment(args, settings)
            return _out(contents, printer, args, settings)
    except Refused as refused:
        _refused(refused)
        return 2
    return at_desk("label", settings, lambda desk: _of_unit(desk, args, settings, printer))


def _say(text: str) -> None:
    say("label", printable(text))


def _printer(
    args: argparse.Namespace, settings: Settings, sort: LabelSort
) -> PrinterSettings | None:
    """Where the label is sent to; None: into a file. Raises Refused for what cannot be."""
    if args.output is not None:
        if wrong := wrong_output(args.output):
            raise Refused(wrong)
        return None
    if args.size or args.dpi:
        raise Refused("--size and --dpi go with -o", "a printer has its own, in the settings")
    letters = str(args.printer).upper()
    if letters != ANY and letters not in settings.printers:
        there = ", ".join(sorted(settings.printers)) or "none"
        raise Refused(f"there is no printer {letters}", f"set up at this bench: {there}")
    found = settings.printer_for(sort, letters)
    if found is None or letters not in (ANY, found.letters):
        who = f"printer {letters}" if letters != ANY else "no printer"
        takes = "takes no" if letters != ANY else "takes"
        what = f"{who} {takes} {sort.value} labels"
        raise Refused(what, "see at and labels in the settings, [printers]")
    return found


def _refused(refused: Refused) -> None:
    _say("; ".join(filter(None, (refused.what, refused.remedy))))


# --- which labels


def _of_equipment(args: argparse.Namespace, settings: Settings) -> list[LabelContent]:
    """The labels of cables or printers. Raises Refused where there are none."""
    cables = args.sort == "ports"
    known = sorted(settings.consoles if cables else settings.printers)
    wanted = [letters.upper() for letters in args.letters] or known
    word, table = ("console cable", "consoles") if cables else ("printer", "printers")
    for letters in wanted:
        if letters not in known:
            there = ", ".join(known) or "none"
            raise Refused(f"there is no {word} {letters}", f"set up at this bench: {there}")
    if not wanted:
        raise Refused(f"no {word} has letters yet", f"give it some in the settings, [{table}]")
    if cables:
        return [port_label(letters, settings.consoles[letters]) for letters in wanted]
    return [printer_label(settings.printers[letters]) for letters in wanted]


def _of_unit(
    desk: Desk, args: argparse.Namespace, settings: Settings, printer: PrinterSettings | None
) -> int:
    views = _views(desk, args.number)
    if len(views) != 1:
        many = f"{len(views)} units have this serial; name the RMA number instead"
        _say(many if views else f"{shown(args.number)} is not known")
        return 1
    made: dict[str, Callable[[UnitView], LabelContent]] = {
        "rma": lambda view: rma_label(view, desk.rules),
        "ship": ship_label,
        "vendor": vendor_label,
        "packet": packet_label,
    }
    try:
        content = made[args.sort](views[0])
    except Refused as refused:
        _refused(refused)
        return 1
    return _out([content], printer, args, settings)


def _views(desk: Desk, text: str) -> list[UnitView]:
    """The return that a number names, or the last one of each unit with this serial or MAC."""
    number = parse_number(text)
    rma = desk.store.rma_by_number(number) if number else None
    if rma is not None:
        views = [view_of(desk, rma.unit_id, rma.id)]
    else:
        mac = mac_of(text)
        units = desk.store.find(canonical(text)) or (desk.store.find(mac) if mac else [])
        views = [view_of(desk, unit.id) for unit in units]
    return [view for view in views if view is not None]


# --- where to


def _out(
    contents: Iterable[LabelContent],
    printer: PrinterSettings | None,
    args: argparse.Namespace,
    settings: Settings,
) -> int:
    """Draws the labels and writes or sends them; returns the exit code."""
    from bench.labels.drawing import LabelDoesNotFit
    from bench.labels.layout import load_label_layouts, render

    layouts = load_label_layouts(settings.label_layouts_file)
    size, dpi = args.size or SIZES[0], args.dpi or RESOLUTIONS[0]
    if printer is not None:
        size, dpi = printer.size, printer.dpi
    try:
        drawn = [(one.title, render(one, size, dpi, layouts)) for one in contents]
    except LabelDoesNotFit as error:
        _say(f"{error.what} {error.remedy}")
        return 1
    if printer is not None:
        return _send(drawn, printer)
    try:
        write_pictures([bitmap for _, bitmap in drawn], args.output, args.force)
    except BrokenPipeError:
        raise
    except OSError as error:
        _say(f"{args.output}: {error.strerror or error}")
        return 2
    return 0


def _send(drawn: Iterable[tuple[str, Bitmap]], printer: PrinterSettings) -> int:
    """Sends one label after the other, until one is not taken; "sent" is never "printed"."""
    from bench.hardware.printing import NotTaken, Unsure, send

    for title, bitmap in drawn:
        try:
            receipt = send(printer, bitmap, title, threading.Event())
        except NotTaken as trouble:
            _say(f"the {title} was not sent: {trouble.what}; {trouble.remedy}")
            return 1
        except Unsure as trouble:
            _say(f"the {title} may have come out: {trouble.what}; {trouble.remedy}")
            return 1
        told = f"{title}: sent to {printer.letters} {printer.name}: {receipt.says}"
        print(printable(told), flush=True)
    return 0
