"""`bench import`: a CSV file into the database, with a report of what became of its rows."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from bench.cells import shown
from bench.cli.desk import at_desk, say
from bench.cli.import_watch import ImportWatch
from bench.csvfile import CsvFileError
from bench.settings import Settings
from bench.text import printable
from bench.workflow.desk import Desk
from bench.workflow.import_rows import ImportKind
from bench.workflow.importing import ImportOptions, ImportReport, import_file

KINDS = {ImportKind.EXPECTED: "expected returns", ImportKind.SHIPMENTS: "shipment history"}
MAX_NOTES = 500
"""Bad rows are all named; of what is merely worth knowing, this many lines."""
INTERRUPTED = 130
"""What a shell reports for a program that Ctrl+C ended."""
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the subcommand; returns the exit code."""
    mapping: dict[str, str] = {}
    for pair in args.map:
        header, sign, field = pair.rpartition("=")
        if not sign or not header.strip():
            say("import", f"--map {shown(pair)}: write HEADER=FIELD, as --map 'Device no=serial'")
            return 2
        mapping[header.strip()] = field.strip()
    options = ImportOptions(
        kind=ImportKind(args.kind) if args.kind in set(ImportKind) else None,
        mapping=mapping,
        encoding=args.encoding,
        dry_run=args.dry_run,
        again=args.again,
    )
    if not args.file.exists():
        say("import", f"{args.file}: there is no such file")
        return 2
    if _is_everything(args):
        from bench.cli.everything import load  # late: it needs no desk

        return load("import", args.file, settings.database)
    return at_desk(
        "import", settings, lambda desk: _import(desk, args.file, options), must_exist=False
    )


def _is_everything(args: argparse.Namespace) -> bool:
    if args.kind is not None or not args.file.is_file():
        return bool(args.kind == "all")
    from bench.store.openform import is_open_form  # late: CSV files need nothing of it

    return is_open_form(args.file)


def _import(desk: Desk, file: Path, options: ImportOptions) -> int:
    watch = ImportWatch()
    try:
        with watch:
            report = import_file(desk, file, options, watch.tell, watch.stopping)
    except (OSError, CsvFileError) as error:
        say("import", f"{file}: {getattr(error, 'strerror', None) or error}")
        return 2
    except KeyboardInterrupt:
        _say_stopped(watch.rows, options)
        return INTERRUPTED
    for note in report.tally.bad:
        say("import", f"line {note.line}: {note.text}")
    print("\n".join(printable(line) for line in _lines(desk, file, report)))
    if report.stopped:
        _say_stopped(report.rows, options)
        return INTERRUPTED
    return 1 if report.tally.bad else 0


def _say_stopped(rows: int, options: ImportOptions) -> None:
    if options.dry_run:
        say("import", f"stopped after {rows:,} rows; it was a dry run, nothing was written")
        return
    say("import", f"stopped after {rows:,} rows; those are in")
    say("import", "the same command again goes on where it stopped")


def _lines(desk: Desk, file: Path, report: ImportReport) -> Iterator[str]:
    """The report for people."""
    columns = report.columns
    how = "by the names of its columns" if columns.guessed else "as told"
    yield f"{file.name}: {KINDS[columns.kind]} ({how})"
    yield f"read as {report.encoding}, cells divided by {DELIMITERS[report.delimiter]}"
    named = zip(report.header, columns.fields, strict=True)
    yield "columns: " + ", ".join(f"{head} = {name}" for head, name in named if name)
    if columns.unused:
        yield "not used: " + ", ".join(columns.unused) + " (--map HEADER=FIELD would use it)"
    if report.earlier is not None:
        when = desk.clock.local(report.earlier.at).strftime("%Y-%m-%d %H:%M")
        by = f" by {report.earlier.actor}" if report.earlier.actor else ""
        yield f"this file was imported on {when}{by}, as {report.earlier.name}: nothing changed"
        yield "to go through it once more: --again"
        return
    notes = report.tally.notes
    yield from (f"line {note.line}: {note.text}" for note in notes[:MAX_NOTES])
    if len(notes) > MAX_NOTES:
        yield f"… and {len(notes) - MAX_NOTES:,} more such lines"
    yield _counts(report)
    if report.dry_run:
        yield "dry run: nothing was written"


def _counts(report: ImportReport) -> str:
    tally = report.tally
    new = f"{tally.new} new"
    if report.columns.kind is ImportKind.EXPECTED:
        new += f" ({tally.units_new} of them for units not known before)"
    parts = [new, f"{tally.changed} changed", f"{tally.unchanged} unchanged"]
    return f"{report.rows} rows: " + ", ".join([*parts, f"{len(tally.bad)} bad"])
