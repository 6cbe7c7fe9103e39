"""Rows as blocks of typed values, quickly: a whole column is read in a few steps.

`read_entry` says what a row means; whatever is unusual about a row is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import zip_longest
from operator import eq
from typing import Any

from bench.cells import RowError
from bench.csvfile import CsvRow, unguarded
from bench.policy.tables import Tables
from bench.scan.serials import LONGEST, SHORTEST, canonical
from bench.workflow.import_block import EMPTY, Block
from bench.workflow.import_rows import (
    LIMITS,
    Columns,
    Entry,
    read_cell,
    read_entry,
    read_serial,
)
from bench.workflow.import_units import Bad

REMEMBERED = 5000
"""Cells of one column whose meaning is kept: brands, customers and days come again and again."""
FEW = 8
"""So few rows, one of them unusual, are read one by one."""
_HEX = re.compile(r"[0-9A-Fa-f]*")


class _Column(dict[str, Any]):
    """What the cells of one column mean; those not met before are read."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: str) -> Any:
        value = self._read(unguarded(cell).strip())
        if len(self) < REMEMBERED:
            self[cell] = value
        return value

    def all_of(self, cells: Sequence[str]) -> Sequence[Any]:
        """What all these cells mean. Raises RowError."""
        return list(map(self.__getitem__, cells))


class _Text(_Column):
    """A column of words."""

    def __init__(self, read: Callable[[str], Any], limit: int) -> None:
        super().__init__(read)
        self._limit = limit

    def all_of(self, cells: Sequence[str]) -> Sequence[Any]:
        """The cells themselves, where there is nothing to clean."""
        whole = "".join(cells)
        clean = whole.isascii() and whole.isprintable() and " " not in whole and "'" not in whole
        if clean and max(map(len, cells)) <= self._limit:
            return cells
        return super().all_of(cells)


class _Mac(_Column):
    """A column of MAC addresses."""

    def all_of(self, cells: Sequence[str]) -> Sequence[Any]:
        """The cells in upper case, where they are nothing but digits."""
        if set(map(len, cells)) == {12} and _HEX.fullmatch("".join(cells)):
            return list(map(str.upper, cells))
        return super().all_of(cells)


class RowReader:
    """Reads the rows of one file, as `read_entry` does."""

    def __init__(self, columns: Columns, today: date, tables: Tables) -> None:
        self._columns, self._today, self._tables = columns, today, tables
        self._serial = columns.fields.index("serial")
        self._readers = {
            place: self._reader(name)
            for place, name in enumerate(columns.fields)
            if name not in ("", "serial")
        }

    def _reader(self, name: str) -> _Column:
        def read(text: str) -> Any:
            return read_cell(name, text, self._today, self._tables) or EMPTY.get(name)

        if name == "mac":
            return _Mac(read)
        if name in LIMITS and name not in ("brand", "address"):
            return _Text(read, LIMITS[name])
        return _Column(read)

    def read(self, rows: Sequence[CsvRow], bad: Bad) -> Block:
        """The good rows. `bad` is told of the others, by their lines."""
        return Block.joined(list(self._read(rows, bad)))

    def _read(self, rows: Sequence[CsvRow], bad: Bad) -> Iterator[Block]:
        try:
            yield self._together(rows)
        except RowError:
            if len(rows) <= FEW:
                yield self._one_by_one(rows, bad)
                return
            half = len(rows) // 2
            yield from self._read(rows[:half], bad)
            yield from self._read(rows[half:], bad)

    def _together(self, rows: Sequence[CsvRow]) -> Block:
        if any(row.fault for row in rows):
            raise RowError
        given: list[Sequence[str]] = list(zip_longest(*[row.cells for row in rows], fillvalue=""))
        fields = self._columns.fields
        if len(given) > len(fields):
            raise RowError
        given += [("",) * len(rows)] * (len(fields) - len(given))
        serials, keys = _serials(given[self._serial])
        values = {fields[n]: reader.all_of(given[n]) for n, reader in self._readers.items()}
        if any(map(eq, keys, values.get("replaces", ()))):
            raise RowError
        return Block([row.line for row in rows], serials, keys, values)

    def _one_by_one(self, rows: Sequence[CsvRow], bad: Bad) -> Block:
        good: list[Entry] = []
        for row in rows:
            try:
                good.append(read_entry(row, self._columns, self._today, self._tables))
            except RowError as error:
                bad(row.line, str(error))
        return Block.of(good, [self._columns.fields[n] for n in self._readers])


def _serials(cells: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The serials as written, and as they are compared. Raises RowError."""
    whole = "".join(cells)
    if whole.isascii() and whole.isalnum() and "BENCH" not in whole.upper():
        lengths = set(map(len, cells))
        if min(lengths) >= SHORTEST and max(lengths) <= LONGEST:
            return cells, list(map(str.upper, cells))
    serials = [read_serial(unguarded(cell).strip(), "serial") for cell in cells]
    return serials, list(map(canonical, serials))
