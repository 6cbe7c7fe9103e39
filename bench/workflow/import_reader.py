"""Rows as typed entries, quickly: each column remembers what its cells mean.

`read_entry` says what a row means; whatever is unusual about a row is left to it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from operator import getitem
from typing import Any

from bench.cells import RowError
from bench.csvfile import CsvRow, unguarded
from bench.policy.tables import Tables
from bench.scan.serials import canonical
from bench.workflow.import_rows import Columns, Entry, read_cell, read_entry, read_serial

REMEMBERED = 5000
"""Cells of one column whose meaning is kept: brands, customers and days come again and again."""


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


class RowReader:
    """Reads the rows of one file, as `read_entry` does."""

    def __init__(self, columns: Columns, today: date, tables: Tables) -> None:
        self._how = columns, today, tables
        self._names = columns.fields
        self._serial = columns.fields.index("serial")
        self._columns = [self._column(name, today, tables) for name in columns.fields]

    @staticmethod
    def _column(name: str, today: date, tables: Tables) -> _Column:
        if name == "serial":
            return _Column(_serial_and_key)
        if not name:
            return _Column(lambda _: None)
        return _Column(lambda text: read_cell(name, text, today, tables))

    def read(self, row: CsvRow) -> Entry:
        """The row as typed facts. Raises RowError with a sentence that names column and value."""
        if row.fault or len(row.cells) != len(self._names):
            return read_entry(row, *self._how)
        try:
            values = list(map(getitem, self._columns, row.cells))
        except RowError:  # of several faults the one that `read_entry` meets first is told
            return read_entry(row, *self._how)
        serial, key = values[self._serial]
        values[self._serial] = None
        facts = {name: value for name, value in zip(self._names, values, strict=True) if value}
        if facts.get("replaces") == key:
            return read_entry(row, *self._how)
        return Entry(row.line, serial, key, facts)


def _serial_and_key(text: str) -> tuple[str, str]:
    serial = read_serial(text, "serial")
    return serial, canonical(serial)
