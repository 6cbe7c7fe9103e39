"""Reading foreign CSV row by row, each with its line; and the guard for cells a spreadsheet reads.

Columns go by name. What is wrong with the file as a whole is a `CsvFileError`; what is wrong with
one row stands in that row's `fault`, so that the others can go on.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from bench.text import clean_line

MAX_FILE_BYTES = 512 * 1024 * 1024
TOO_LARGE = f"larger than {MAX_FILE_BYTES >> 20} MB; split it"
MAX_CELL_CHARS = 10_000
MAX_COLUMNS = 200
CHUNK = 1 << 20
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\0")
_ZIP = b"PK\x03\x04"
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"))


class CsvFileError(Exception):
    """The file cannot be read as a table at all; says what is wrong and what to do."""


def csv_cell(text: str) -> str:
    """A text cell that no spreadsheet takes for a formula (OWASP ASVS 1.2.10)."""
    return "'" + text if text.startswith(_FORMULA_SIGNS) else text


def unguarded(text: str) -> str:
    """A cell without the guard of `csv_cell`; any other leading ' stays."""
    guarded = text.startswith("'") and text[1:].startswith(_FORMULA_SIGNS)
    return text[1:] if guarded else text


@dataclass(slots=True)
class CsvRow:
    """One record: the line it starts on (the header is line 1), its cells, and what is wrong."""

    line: int
    cells: list[str] = field(default_factory=list)
    fault: str = ""


@dataclass(slots=True)
class CsvTable:
    """An open file: its header as written, how it was read, and its rows."""

    header: list[str]
    rows: Iterator[CsvRow]
    encoding: str
    delimiter: str
    text: io.TextIOWrapper = field(repr=False)
    """Held here, because it closes the stream when nobody holds it any more."""


def find_encoding(stream: BinaryIO) -> str:
    """UTF-8 (with or without BOM), UTF-16 with a BOM, else cp1252. Rewinds the stream."""
    stream.seek(0)
    chunk = stream.read(CHUNK)
    if chunk.startswith(_ZIP):
        raise CsvFileError("this is a spreadsheet or a ZIP file; save the sheet as CSV UTF-8")
    named = next((name for bom, name in _BOMS if chunk.startswith(bom)), "")
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk and not named:
            decoder.decode(chunk)
            chunk = stream.read(CHUNK)
        decoder.decode(b"", final=not named)
    except UnicodeDecodeError:
        named = "cp1252"
    stream.seek(0)
    return named or "utf-8"


def read_table(stream: BinaryIO, encoding: str = "") -> CsvTable:
    """Opens a seekable stream as a table. Raises CsvFileError where it is none."""
    used = encoding or find_encoding(stream)
    text = _text(stream, used)
    delimiter = _delimiter(_first_line(text, used))
    text.detach()
    stream.seek(0)
    text = _text(stream, used)
    rows = _rows(text, delimiter)
    header = next((row for row in rows if row.cells or row.fault), None)
    if header is None:
        raise CsvFileError("the file is empty; its first line must name the columns")
    if header.fault or len(header.cells) > MAX_COLUMNS:
        fault = header.fault or f"more than {MAX_COLUMNS} columns"
        raise CsvFileError(f"line {header.line}, the column names: {fault}")
    return CsvTable(header.cells, rows, used, delimiter, text)


def _text(stream: BinaryIO, encoding: str) -> io.TextIOWrapper:
    try:
        return io.TextIOWrapper(stream, encoding, errors="replace", newline="")
    except LookupError:
        what = clean_line(encoding, 40)
        raise CsvFileError(f"there is no encoding {what}; try utf-8 or cp1252") from None


def _first_line(text: io.TextIOWrapper, encoding: str) -> str:
    try:
        return text.readline(CHUNK)
    except UnicodeError as error:
        raise CsvFileError(f"this is no {clean_line(encoding, 40)} text ({error})") from error


def _delimiter(first: str) -> str:
    """The one of , ; tab that stands most often outside quotes in the first line."""
    bare = "".join(first.split('"')[::2])
    return max(",;\t", key=bare.count)


def _rows(text: io.TextIOWrapper, delimiter: str) -> Iterator[CsvRow]:
    """The rows that are not blank. A row that is not CSV, or too big, comes with its fault."""
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    line = 1
    while True:
        fault = ""
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            cells, fault = [], _why(error)
        whole = "".join(cells)
        if len(whole) > MAX_CELL_CHARS or _UNREADABLE in whole:
            fault = _unfit(cells)
        if fault and reader.line_num > line:
            fault += f" (lines {line} to {reader.line_num} are left out)"
        if cells or fault:
            yield CsvRow(line, cells, fault)
        line = reader.line_num + 1


def _why(error: csv.Error) -> str:
    if "limit" in str(error):
        return f'a cell of more than {csv.field_size_limit():,} characters; a " left open?'
    if "end of data" in str(error):
        return 'a quote (") is opened and not closed'
    return f"this is not CSV: {error}"


def _unfit(cells: list[str]) -> str:
    for place, cell in enumerate(cells, 1):
        if len(cell) > MAX_CELL_CHARS:
            return f"column {place} holds {len(cell):,} characters, at most {MAX_CELL_CHARS:,}"
        if _UNREADABLE in cell:
            return f"column {place} holds a character that cannot be read; say --encoding"
    return ""
