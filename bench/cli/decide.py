"""`bench decide`: the policy's answer for one return, or for every row of a CSV file."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing, nullcontext
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, TextIO

from bench.cells import RowError, shown
from bench.cli.decide_text import people
from bench.cli.rows import COLUMNS, as_json, decide_row, facts_of
from bench.csvfile import (
    CHUNK,
    MAX_FILE_BYTES,
    TOO_LARGE,
    CsvFileError,
    CsvRow,
    CsvTable,
    read_table,
)
from bench.policy.decide import decide
from bench.policy.facts import AgeReference
from bench.policy.tables import Tables, load_tables
from bench.settings import Settings

__all__ = ["RowError", "decide_row", "run", "write_cases"]
OUT_EVERY = 500
"""Lines of output that go out in one piece."""


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the subcommand; returns the exit code."""
    tables = load_tables(settings.policy_file, settings.brands_file)
    prefer = AgeReference(settings.age_reference)
    given = {name: getattr(args, name) for name in COLUMNS if getattr(args, name) is not None}
    if not args.cases:
        return _single(given, args.json, tables, prefer)
    if given or args.json:
        say("--cases takes no other facts: each row of the file brings its own")
        return 2
    try:
        with closing(_open(args.cases)) as stream:
            return write_cases(stream, sys.stdout, tables, prefer)
    except BrokenPipeError:
        raise
    except (OSError, CsvFileError) as error:
        say(f"{args.cases}: {getattr(error, 'strerror', None) or error}")
        return 2


def say(text: str) -> None:
    """One line of diagnostics, on stderr."""
    print(f"bench decide: {text}", file=sys.stderr)


def _single(row: dict[str, str], as_object: bool, tables: Tables, prefer: AgeReference) -> int:
    try:
        facts = facts_of(row)
    except RowError as error:
        column, rest = str(error).split(":", 1)
        say(f"--{column.removesuffix('_on').replace('_', '-')}:{rest}")
        return 2
    decision = decide(facts, tables, prefer)
    if as_object:
        print(json.dumps(as_json(decision), indent=2))
    else:
        print("\n".join(people(facts, decision, tables)))
    return 0


def _open(name: str) -> BinaryIO:
    """The file, or what comes on stdin for `-`, as a stream that can be rewound."""
    if name != "-" and (path := Path(name)).is_file():
        if path.stat().st_size > MAX_FILE_BYTES:
            raise CsvFileError(TOO_LARGE)
        return path.open("rb")
    with nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb") as pipe:
        return _spooled(pipe)


def _spooled(pipe: BinaryIO) -> BinaryIO:
    """A pipe's content. Taken piece by piece: within one long read, ctrl+c would go unheard."""
    content = BytesIO()
    while piece := os.read(pipe.fileno(), CHUNK):
        content.write(piece)
        if content.tell() > MAX_FILE_BYTES:
            raise CsvFileError(TOO_LARGE)
    return content


def write_cases(stream: BinaryIO, out: TextIO, tables: Tables, prefer: AgeReference) -> int:
    """One JSON object a line for every row; 1 if any row was bad, else 0.

    `line` is the line of the file that the row starts on; the header is line 1.
    """
    table = read_table(stream)
    if table.encoding == "cp1252":
        say("the file is not UTF-8; it was read as cp1252 (Windows Western)")
    names = _columns(table)
    encode = json.JSONEncoder(separators=(", ", ": ")).encode
    bad, lines = 0, list[str]()
    for answer in _answers(table, names, tables, prefer):
        bad += "error" in answer
        lines.append(encode(answer))
        if len(lines) >= OUT_EVERY:
            out.write("\n".join(lines) + "\n")
            lines.clear()
    out.write("".join(f"{line}\n" for line in lines))
    if bad:
        say(f"{bad} row{'s' if bad > 1 else ''} could not be read; see the error in each")
    return 1 if bad else 0


def _columns(table: CsvTable) -> list[str]:
    """The column names in the file's order, "" for one that is not ours. Raises CsvFileError."""
    names = [cell.strip().casefold() for cell in table.header]
    for name in names:
        if name in COLUMNS and names.count(name) > 1:
            raise CsvFileError(f"line 1: the column {name} stands there more than once")
    if not set(names) & set(COLUMNS):
        known = ", ".join(COLUMNS)
        raise CsvFileError(f"line 1 names none of the columns {known}")
    strange = [cell for cell, name in zip(table.header, names, strict=True) if name not in COLUMNS]
    if strange:
        say("not used: the column " + ", ".join(shown(cell) for cell in strange))
    return [name if name in COLUMNS else "" for name in names]


def _answers(
    table: CsvTable, names: list[str], tables: Tables, prefer: AgeReference
) -> Iterator[dict[str, object]]:
    for row in table.rows:
        try:
            facts = _named(row, names)
            yield {"line": row.line, **decide_row(facts, tables, prefer)}
        except RowError as error:
            yield {"line": row.line, "error": str(error)}


def _named(row: CsvRow, names: list[str]) -> dict[str, str]:
    """The row's cells by column. Fewer cells than columns: the rest is empty. More: an error."""
    if row.fault:
        raise RowError(row.fault)
    if len(row.cells) > len(names):
        raise RowError(f"{len(row.cells)} cells, but the header names {len(names)} columns")
    return dict(zip(names, row.cells, strict=False))
