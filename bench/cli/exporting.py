"""`bench export`: RMAs, units or events, as CSV for spreadsheets or JSON for programs."""

from __future__ import annotations

import argparse

from bench.cli.desk import at_desk, say
from bench.cli.files import output
from bench.settings import Settings
from bench.workflow.desk import Desk
from bench.workflow.exporting import ExportKind, columns, rows, write_csv, write_json


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the subcommand; returns the exit code."""
    if args.what == "all":
        from bench.cli.everything import export  # late: it needs no desk

        return export(args, settings)
    return at_desk("export", settings, lambda desk: _export(desk, args))


def _export(desk: Desk, args: argparse.Namespace) -> int:
    kind = ExportKind(args.what)
    write = write_json if args.format == "json" else write_csv
    try:
        with output(args.output, args.force) as out:
            count = write(out, columns(kind), rows(desk.store, kind, args.open_only))
    except BrokenPipeError:
        raise
    except OSError as error:
        say("export", f"{args.output or 'stdout'}: {error.strerror or error}")
        return 2
    if args.output:
        say("export", f"{count} {kind} written to {args.output}")
    return 0
