"""The `bench` command: reads the command line and hands over to one subcommand, or the program.

A subcommand's module is imported only when it runs, so that none of them loads what it does not
need: `bench decide` starts without the screens, the database and the barcode makers.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from bench.cli.parser import build_parser
from bench.clock import SystemClock
from bench.datafile import DataError
from bench.settings import Settings, load_settings

if TYPE_CHECKING:
    from bench.keeper.link import Link

MODULES = {
    "decide": "bench.cli.decide",
    "show": "bench.cli.show",
    "due": "bench.cli.due",
    "import": "bench.cli.importing",
    "export": "bench.cli.exporting",
    "sheet": "bench.cli.sheet",
    "label": "bench.cli.labels",
    "printers": "bench.cli.printers",
    "technician": "bench.cli.technician",
    "db": "bench.cli.db",
    "doctor": "bench.cli.doctor",
    "verify": "bench.cli.verify",
    "backup": "bench.cli.backup",
    "restore": "bench.cli.restore",
    "ports": "bench.cli.ports",
    "capture": "bench.cli.capture",
    "replay": "bench.cli.replay",
}
INTERRUPTED, PIPE_CLOSED = 130, 141
"""What a shell reports for a program that Ctrl+C or a closed pipe ended."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs `bench`; returns the exit code: 0 done, 1 wrong data, 2 wrong usage or settings."""
    _speak_utf8()
    try:
        args = build_parser().parse_args(argv)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    try:
        code = _dispatch(args)
        sys.stdout.flush()
        return code
    except DataError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED


def _speak_utf8() -> None:
    """Whatever the terminal's locale, output is UTF-8 and no sign makes it fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _dispatch(args: argparse.Namespace) -> int:
    settings = _with_options(_settings(args), args)
    module = MODULES.get(args.command or "")
    if module is None:
        return _open(settings, args.demo)
    code: int = import_module(module).run(args, settings)
    return code


def _settings(args: argparse.Namespace) -> Settings:
    """The settings; the doctor looks at the rest too where their file is wrong."""
    try:
        return load_settings(args.settings)
    except DataError as error:
        if args.command != "doctor":
            raise
        args.fault = str(error)
        return Settings()


def _open(settings: Settings, demo: bool) -> int:
    """Opens the program; where there is a terminal, under a keeper that owns it."""
    if sys.platform != "win32":
        from bench.keeper.terminal import keepable

        if keepable():
            return _kept(settings, demo)
    return _program()(settings, demo)


def _program() -> Callable[..., int]:
    """The program's `run`. What is loaded for it stays: a look for garbage at all of that would
    take a tenth of its start, and later stop it for a tenth of a second."""
    gc.disable()
    try:
        from bench.cli.program import run
    finally:
        gc.freeze()
        gc.enable()
    return run


def _kept(settings: Settings, demo: bool) -> int:
    if not demo:
        return _keep(settings, None)
    from bench.workflow.demo_home import demo_home

    with demo_home() as home:
        return _keep(settings, home)


def _keep(settings: Settings, home: Path | None) -> int:
    from bench.keeper.keep import keep

    def work(link: Link) -> int:
        from bench.logbook import log_last_words

        log_last_words(settings.log)
        try:
            return _program()(settings, home is not None, link, home)
        except DataError as error:
            print(f"bench: {error}", file=sys.stderr)
            return 2

    return keep(work, settings.log, settings.sound, SystemClock(settings.zone))


def _with_options(settings: Settings, args: argparse.Namespace) -> Settings:
    """The settings with what the command line says instead."""
    given = {
        name: getattr(args, name)
        for name in ("database", "station", "technician")
        if getattr(args, name, None)
    }
    return replace(settings, **given)
