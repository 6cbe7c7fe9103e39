"""`bench export`: RMAs, units, events or a billing list, as CSV for spreadsheets or as JSON."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from bench.cli.desk import at_desk, say
from bench.cli.files import output
from bench.settings import Settings
from bench.workflow.desk import Desk
from bench.workflow.exporting import ExportKind, Plain, columns, rows, write_csv, write_json


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the subcommand; returns the exit code."""
    if args.what == "all":
        from bench.cli.everything import export  # late: it needs no desk

        return export(args, settings)
    return at_desk("export", settings, lambda desk: _export(desk, args))


def _export(desk: Desk, args: argparse.Namespace) -> int:
    names, lines = _content(desk, args)
    write = write_json if args.format == "json" else write_csv
    try:
        with output(args.output, args.force) as out:
            count = write(out, names, lines)
    except BrokenPipeError:
        raise
    except OSError as error:
        say("export", f"{args.output or 'stdout'}: {error.strerror or error}")
        return 2
    if args.output:
        say("export", f"{count} {args.what} written to {args.output}")
    return 0


def _content(desk: Desk, args: argparse.Namespace) -> tuple[list[str], Iterable[Plain]]:
    """The columns of what is to be exported, and its rows."""
    if args.what == "advances":
        from bench.workflow.advance import BILLING, billing_rows  # late: only this one needs it

        return list(BILLING), billing_rows(desk, args.open_only)
    kind = ExportKind(args.what)
    return columns(kind), rows(desk.store, kind, args.open_only)
