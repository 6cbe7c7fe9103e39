"""`bench sheet`: the command barcodes of every screen, as an SVG picture to print."""

from __future__ import annotations

import argparse

from bench.cli.desk import say
from bench.cli.files import output
from bench.labels.sheet import sheet_svg
from bench.scan.commands import WORDS, Verb, code
from bench.scan.equipment import Sort, equipment_code
from bench.scan.scanner_check import TEST_CODE
from bench.settings import Settings
from bench.workflow.catalogue import Catalogue, Choice, load_catalogue

Group = tuple[str, list[tuple[str, str]]]
SCREENS: dict[str, tuple[Verb, ...]] = {
    "Every screen": (
        *(Verb.OK, Verb.NO, Verb.NEXT, Verb.UNDO),
        *(Verb.HOLD, Verb.HELP, Verb.SHEET, Verb.LOCK),
        *(Verb.SEEN, Verb.GUN),
    ),
    "Go to": (Verb.DESK, Verb.BOX, Verb.TEST, Verb.SEND, Verb.LOG, Verb.RULES),
    "Diagnose": (Verb.NTF, Verb.FXD, Verb.REPL, Verb.GOOD, Verb.DEFECT),
    "Ship": (Verb.RUSH, Verb.GROUND, Verb.COST, Verb.NORESP),
}
MEANT = {("Diagnose", Verb.GOOD): "check passed", ("Diagnose", Verb.DEFECT): "check failed"}
"""What a verb means on one screen, where that is more than its word."""


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the subcommand; returns the exit code."""
    codes = [*groups(load_catalogue(settings.bench_file)), *equipment(settings)]
    picture = sheet_svg("bench: command codes", codes)
    try:
        with output(args.output, args.force) as out:
            out.write(picture)
    except BrokenPipeError:
        raise
    except OSError as error:
        say("sheet", f"{args.output or 'stdout'}: {error.strerror or error}")
        return 2
    return 0


def groups(catalogue: Catalogue) -> list[Group]:
    """The headings of the sheet, each with its codes and what they do; no verb is left out."""
    found = [
        (name, [(code(verb), MEANT.get((name, verb), WORDS[verb])) for verb in verbs])
        for name, verbs in SCREENS.items()
    ]
    found.insert(2, ("Receive: condition", _choices(catalogue.conditions)))
    found.insert(3, ("Receive: accessories", _choices(catalogue.accessories)))
    placed = {text for _, codes in found for text, _ in codes}
    others = [(code(verb), WORDS[verb]) for verb in Verb if code(verb) not in placed]
    found += [("Others", others)] if others else []
    return [*found, ("Scanner check: scan this once", [(TEST_CODE, "the test code")])]


def equipment(settings: Settings) -> list[Group]:
    """The labels of the station's console cables and printers, to be cut out and stuck on."""
    return [
        (heading, [(equipment_code(sort, name), there[name]) for name in sorted(there)])
        for heading, sort, there in (
            ("Console cables", Sort.CONSOLE, settings.consoles),
            ("Printers", Sort.PRINTER, settings.printers),
        )
        if there
    ]


def _choices(choices: tuple[Choice, ...]) -> list[tuple[str, str]]:
    return [(code(choice.code), choice.name) for choice in choices]
