"""Loading the open form into an empty database: all of it is right and loaded, or nothing is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.store.errors import (
    DiskTrouble,
    ReadOnly,
    StorageFull,
    StoreBusy,
    StoreError,
)
from bench.store.link import Link
from bench.store.migrate import HISTORY, MARK
from bench.store.openform import Content, Told, opened
from bench.store.openlines import (
    BadFile,
    Line,
    bytes_read,
    check_header,
    line_of,
    objects,
    shown,
    value_of,
)
from bench.store.proof import Chains, event_pages, heads_digest
from bench.store.snapshot import TABLES

_BATCH = 2000
_PASS = (StoreBusy, StorageFull, DiskTrouble, ReadOnly)
"""What is no fault of the file."""


class _BrokenEvent(StoreError):
    """An event that breaks its unit's chain."""

    def __init__(self, op_id: str, said: str) -> None:
        self.op_id, self.said = op_id, said
        super().__init__(said, "")


class NotEmpty(StoreError):
    """Everything can be loaded into an empty database only."""

    def __init__(self, table: str, count: int) -> None:
        super().__init__(
            f"This database is not empty ({count:,} rows in {table}): nothing was written.",
            "Name a new database with --database; it is made for you.",
        )


def load_file(
    link: Link,
    file: Path,
    told: Told | None = None,
    then: Callable[[Link], None] | None = None,
) -> Content:
    """Loads a file into an empty database and proves it there, in one transaction; `then` is the
    last thing in it.

    Raises BadFile, NotEmpty, NewerDatabase, the other kinds of StoreError, and OSError.
    """

    def work() -> Content:
        content = _Load(link, file, told).run()
        if then:
            then(link)
        return content

    try:
        return link.whole(work)
    except _BrokenEvent as broken:
        # Looked for once the transaction has ended: no server waits so long inside one.
        raise BadFile(line_of(file, broken.op_id), broken.said) from None


class _Load:
    """One try to load one file."""

    def __init__(self, link: Link, file: Path, told: Told | None) -> None:
        self._link, self._file, self._told = link, file, told
        self._columns: dict[str, dict[str, bool]] = {}
        """Table to column to whether it holds bytes."""
        self._rows: Counter[str] = Counter()
        self._footer: Line = (0, {})

    def run(self) -> Content:
        """Loads, then checks what is in the database now."""
        self._columns = _columns(self._link)
        refuse_filled(self._link, list(self._columns))
        batch: list[Line] = []
        kind: tuple[str, tuple[str, ...]] = ("", ())
        for number, table, row in self._lines():
            if (table, tuple(row)) != kind or len(batch) == _BATCH:
                self._write(kind[0], batch)
                kind, batch = (table, tuple(row)), []
            batch.append((number, row))
        self._write(kind[0], batch)
        return self._proved()

    def _say(self, what: str, part: float) -> None:
        if self._told:
            self._told(what, part)

    def _lines(self) -> Iterator[tuple[int, str, dict[str, Any]]]:
        size = self._file.stat().st_size or 1
        number = 0
        with opened(self._file) as stream:
            for number, line in objects(stream):
                if number == 1:
                    check_header(line)
                elif self._footer[0]:
                    raise BadFile(number, "it comes after the end")
                elif "end" in line and "table" not in line:
                    self._footer = (number, line)
                else:
                    yield (number, *self._row(number, line))
                if number % 20_000 == 0:
                    self._say("loading", min(1.0, bytes_read(stream) / size))
        if not self._footer[0]:
            raise BadFile(number + 1, "it is missing: the file ends before its last line")

    def _row(self, number: int, line: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        table = line.pop("table", None)
        columns = self._columns.get(table) if isinstance(table, str) else None
        if columns is None:
            raise BadFile(number, f"a table {shown(table)} is not known")
        if unknown := [name for name in line if name not in columns]:
            raise BadFile(number, f"a column {shown(unknown[0])} of {table} is not known")
        if not line:
            raise BadFile(number, "it has no columns")
        for name, value in line.items():
            line[name] = value_of(number, name, value, columns[name])
        if table == "meta" and str(line.get("key")).startswith(MARK):
            raise BadFile(number, "it is about the other database, not about its content")
        self._rows[str(table)] += 1
        return str(table), line

    def _write(self, table: str, batch: list[Line]) -> None:
        if not batch:
            return
        sql = _insert(table, batch[0][1])
        if self._link.engine == "sqlite":
            self._write_file(sql, batch)
            return
        try:
            with self._link.db.atomic():
                self._link.many(sql, [row for _, row in batch])
        except _PASS:
            raise
        except StoreError:
            self._find(sql, batch)
            raise

    def _write_file(self, sql: str, batch: list[Line]) -> None:
        """Without a savepoint, which SQLite makes ten times slower: rows are counted instead."""
        connection = self._link.db.connection()
        before = connection.total_changes
        try:
            self._link.many(sql, [row for _, row in batch])
        except _PASS:
            raise
        except StoreError as error:
            number = batch[min(connection.total_changes - before, len(batch) - 1)][0]
            raise BadFile(number, f"the database refuses it: {error.what}") from error

    def _find(self, sql: str, batch: list[Line]) -> None:
        """Names the first row of a batch that a server does not take."""
        for number, row in batch:
            try:
                with self._link.db.atomic():
                    self._link.many(sql, [row])
            except _PASS:
                raise
            except StoreError as error:
                raise BadFile(number, f"the database refuses it: {error.what}") from error

    # --- proof

    def _proved(self) -> Content:
        number, footer = self._footer
        counts = {table: count for table, count in self._rows.items() if count}
        told = footer.get("rows")
        told = {t: n for t, n in told.items() if n} if isinstance(told, dict) else told
        if told != counts:
            raise BadFile(number, "it counts other rows than the file has: some are missing")
        self._check_chains()
        self._say("proving the heads", 0)
        heads, units = heads_digest(self._link.rows)
        if footer.get("heads") != heads or footer.get("units") != units:
            raise BadFile(number, "its digest is not the one of the events: some are missing")
        return Content({table: self._rows[table] for table in self._columns}, units, heads)

    def _check_chains(self) -> None:
        chains, total = Chains(), self._rows["event"] or 1
        for page in event_pages(self._link.rows):
            chains.feed(page)
            self._say("proving the events", chains.events / total)
        for fault in chains.faults.named[:1]:
            what = f"event {fault.seq} of unit {fault.unit_id} ({fault.op_id}): {fault.what}"
            raise _BrokenEvent(fault.op_id, what)


def refuse_filled(link: Link, tables: list[str]) -> None:
    """Raises NotEmpty where the database has content."""
    for table in tables:
        if table != "meta":
            row = link.row(f"SELECT count(*) FROM {table}")
            if row and row[0]:
                raise NotEmpty(table, row[0])


def _columns(link: Link) -> dict[str, dict[str, bool]]:
    there = set(link.db.get_tables()) - {HISTORY}
    names = [t for t in TABLES if t in there] + sorted(there.difference(TABLES))
    return {
        table: {
            c.name: c.data_type.lower() in ("blob", "bytea")
            for c in link.db.get_columns(table)
            if c.name != "rowid"
        }
        for table in names
    }


def _insert(table: str, row: dict[str, Any]) -> str:
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join(f":{name}" for name in row)
    sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"
    if table == "meta":
        sql += ' ON CONFLICT ("key") DO UPDATE SET "value" = EXCLUDED."value"'
    return sql
