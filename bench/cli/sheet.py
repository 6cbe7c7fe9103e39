"""`bench sheet`: the command barcodes of every screen, or of one, as pages to print."""

from __future__ import annotations

import argparse

from bench.cli.desk import say
from bench.cli.pictures import SHEET_FORMS, write_pictures, wrong_output
from bench.scan.commands import WORDS, Verb, code
from bench.scan.equipment import Sort, equipment_code
from bench.scan.scanner_check import TEST_CODE
from bench.settings import Settings
from bench.workflow.catalogue import Catalogue, Choice, load_catalogue
from bench.workflow.desk import check_letters

Group = tuple[str, list[tuple[str, str]]]
TITLES = {
    **{"every": "Every screen", "go": "Go to", "receive": "Receive", "diagnose": "Diagnose"},
    **{"console": "Console", "ship": "Ship", "vendor": "Vendor", "record": "Record"},
    **{"labels": "Labels", "trouble": "Trouble, and quitting"},
    **{"scanner": "Scanner check: scan this once", "equipment": "Cables and printers"},
}
"""What each part of the sheet is called, in the order in which they are printed."""
SCREENS: dict[str, tuple[Verb, ...]] = {
    "every": (
        *(Verb.OK, Verb.NO, Verb.NEXT, Verb.UNDO),
        *(Verb.PRINT, Verb.CODE, Verb.HOLD, Verb.LETTER),
        *(Verb.HELP, Verb.SHEET, Verb.SEEN, Verb.GUN, Verb.LOCK),
    ),
    "go": (
        *(Verb.DESK, Verb.BOX, Verb.TEST, Verb.PORT, Verb.SEND),
        *(Verb.VENDOR, Verb.LOG, Verb.TODO, Verb.SPOOL, Verb.RULES),
    ),
    "receive": (Verb.LEND,),
    "diagnose": (Verb.NTF, Verb.FXD, Verb.REPL, Verb.GOOD, Verb.DEFECT, Verb.FOUND),
    "console": (
        *(Verb.RECORD, Verb.CLOSE, Verb.NOTE, Verb.TURN, Verb.UNLOCK, Verb.ORDER),
        *(Verb.BRK, Verb.HEX, Verb.SCREEN, Verb.LOOK, Verb.TELL, Verb.BEST),
    ),
    "ship": (Verb.RUSH, Verb.GROUND, Verb.COST, Verb.NORESP, Verb.PUT),
    "vendor": (Verb.BUNDLE, Verb.PUSH, Verb.NOTE, Verb.GOOD, Verb.DEFECT, Verb.LEND),
    "record": (Verb.DROP,),
    "labels": (Verb.GOOD, Verb.DEFECT, Verb.NEXT, Verb.TURN, Verb.PRINT, Verb.NO),
    "trouble": (Verb.STOP, Verb.PUT, Verb.END),
}
"""The verbs of each screen, all of them but the conditions, which are the catalogue's."""
MEANT = {
    ("every", Verb.PRINT): "print the label of this screen",
    ("every", Verb.HOLD): "hold the unit",
    ("diagnose", Verb.GOOD): "check passed",
    ("diagnose", Verb.DEFECT): "check failed",
    ("vendor", Verb.GOOD): "the replacement passed its test",
    ("vendor", Verb.DEFECT): "the replacement failed its test",
    ("vendor", Verb.NOTE): "note a movement",
    ("vendor", Verb.LEND): "originals that are out",
    ("ship", Verb.PUT): "replacement unit",
    ("labels", Verb.TURN): "to another printer",
    ("labels", Verb.GOOD): "the label came out",
    ("labels", Verb.DEFECT): "it did not: print it again",
    ("labels", Verb.NEXT): "try it now",
    ("labels", Verb.PRINT): "print it again",
    ("labels", Verb.NO): "cancel the label",
    ("trouble", Verb.PUT): "keep what was entered, in a file",
}
"""What a verb means on one screen, where that is more than its word."""


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the subcommand; returns the exit code."""
    if wrong := wrong_output(args.output, SHEET_FORMS):
        say("sheet", wrong)
        return 2
    check_letters(settings)
    codes = groups(load_catalogue(settings.bench_file), settings, args.screen or "")
    if not codes:
        say("sheet", "no console cable and no printer is in the settings, [consoles], [printers]")
        return 2
    from bench.labels.sheet import sheet_pages

    try:
        write_pictures(
            sheet_pages("bench: command codes", codes, args.paper), args.output, args.force
        )
    except BrokenPipeError:
        raise
    except OSError as error:
        say("sheet", f"{args.output}: {error.strerror or error}")
        return 2
    return 0


def groups(catalogue: Catalogue, settings: Settings, screen: str = "") -> list[Group]:
    """The headings of the sheet, each with its codes and what they do.

    `screen`: only those of one, before those of every screen; equipment and the test code alone.
    """
    if screen in ("equipment", "scanner"):
        return _part(screen, catalogue, settings)
    names = dict.fromkeys((screen, "every")) if screen else TITLES
    return [group for name in names for group in _part(name, catalogue, settings)]


def _part(name: str, catalogue: Catalogue, settings: Settings) -> list[Group]:
    """One part of the sheet; a screen that has choices gets a heading for each kind of them."""
    title = TITLES[name]
    if name == "equipment":
        return equipment(settings)
    if name == "scanner":
        return [(title, [(TEST_CODE, "the test code")])]
    own = [(code(verb), MEANT.get((name, verb), WORDS[verb])) for verb in SCREENS[name]]
    if name != "receive":
        return [(title, own)]
    chosen = (("condition", catalogue.conditions), ("accessories", catalogue.accessories))
    return [*((f"{title}: {kind}", _choices(them)) for kind, them in chosen), (title, own)]


def equipment(settings: Settings) -> list[Group]:
    """The labels of the station's console cables and printers, to be cut out and stuck on."""
    names = {letters: printer.name for letters, printer in settings.printers.items()}
    return [
        (heading, [(equipment_code(sort, name), there[name]) for name in sorted(there)])
        for heading, sort, there in (
            ("Console cables", Sort.CONSOLE, settings.consoles),
            ("Printers", Sort.PRINTER, names),
        )
        if there
    ]


def _choices(choices: tuple[Choice, ...]) -> list[tuple[str, str]]:
    return [(code(choice.code), choice.name) for choice in choices]
