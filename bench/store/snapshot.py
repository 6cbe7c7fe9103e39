"""A look at a whole database as it is at one moment, in pages, while benches go on working."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.store.classification import classify
from bench.store.copying import driver
from bench.store.errors import Damaged, NoDriver, NotADatabase, StoreError
from bench.store.holding import Hold
from bench.store.link import Row
from bench.store.migrate import HISTORY, pending
from bench.store.places import shown

PAGE = 4000
"""Rows that are held in memory at a time."""
IN_ORDER = ("rma", "event")
"""The tables whose rows have an order of their own: they are numbered as they come in."""
TABLES = (
    *("meta", "technician", "unit", "rma", "event", "alias", "letter", "draft", "import_batch"),
    *("counter", "print_job", "rma_letters"),
)
"""The order in which tables depend on each other; one that is not named here comes last."""


class Snapshot(ABC):
    """One connection that only reads, and sees one moment. Used in the thread that opened it."""

    engine: str

    @abstractmethod
    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """All rows of a statement written with `?`. Raises StoreError kinds."""

    @abstractmethod
    def pages(self, sql: str, params: Sequence[Any] = ()) -> Iterator[list[Row]]:
        """The rows of a statement, a page at a time. Raises StoreError kinds."""

    @abstractmethod
    def columns(self, table: str) -> list[str]:
        """The columns of a table in their order, without the number that orders its rows."""

    @abstractmethod
    def _tables(self) -> set[str]:
        """All tables that are there."""

    @abstractmethod
    def close(self) -> None:
        """Ends it."""

    def tables(self) -> list[str]:
        """The tables with content, in the order in which they depend on each other."""
        there = {name for name in self._tables() if name != HISTORY}
        return [t for t in TABLES if t in there] + sorted(there.difference(TABLES))

    def number(self, sql: str, params: Sequence[Any] = ()) -> int:
        """The one number that a statement gives."""
        return int(self.rows(sql, params)[0][0] or 0)

    def schema(self) -> list[str]:
        """The migrations that the database has been through, oldest first."""
        if HISTORY not in self._tables():
            return []
        return sorted(str(name) for (name,) in self.rows(f"SELECT name FROM {HISTORY}"))

    def chained(self) -> bool:
        """Whether the events have hashes yet: older databases get them when they are opened."""
        return "hash" in self.columns("event")

    def __enter__(self) -> Snapshot:
        """For `with`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes."""
        self.close()


class FileSnapshot(Snapshot):
    """A SQLite file: a read transaction on a connection of its own."""

    engine = "sqlite"

    def __init__(self, path: Path, *, held: bool = True) -> None:
        self.path = path
        # mode=rw: looking makes no file. Not opened with open(): closing that would drop the
        # locks that SQLite holds for other connections of this program.
        name = f"{path.absolute().as_uri()}?mode=rw"
        with _told():
            self._hold = _hold(path) if held else None
            try:
                self.connection: Any = driver.connect(
                    name, uri=True, timeout=20, isolation_level=None
                )
                for pragma in ("query_only = 1", "cache_size = -65536", "trusted_schema = 0"):
                    self.connection.execute(f"PRAGMA {pragma}")
                # While a long statement runs, this is where a Ctrl+C is heard.
                self.connection.set_progress_handler(lambda: 0, 1_000_000)
                self.connection.execute("BEGIN")
                self.connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
            except BaseException as error:
                self.close()
                if getattr(error, "sqlite_errorname", "") == "SQLITE_NOTADB":
                    raise NotADatabase(path, "something else") from error
                raise

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """As they are; text that is none is read as well as it can be."""
        with _told():
            try:
                found: list[Row] = self.connection.execute(sql, params).fetchall()
            except driver.OperationalError as error:
                if "decode" not in str(error):
                    raise
                self.connection.text_factory = _leniently
                try:
                    found = self.connection.execute(sql, params).fetchall()
                finally:
                    self.connection.text_factory = str
            except UnicodeEncodeError as error:
                raise Damaged("an id is not text") from error
        return found

    def pages(self, sql: str, params: Sequence[Any] = ()) -> Iterator[list[Row]]:
        """One statement, gone through."""
        with _told():
            cursor = self.connection.execute(sql, params)
        while True:
            with _told():
                page: list[Row] = cursor.fetchmany(PAGE)
            if not page:
                return
            yield page

    def columns(self, table: str) -> list[str]:
        """By SQLite's own account."""
        return [row[0] for row in self.rows("SELECT name FROM pragma_table_info(?)", (table,))]

    def _tables(self) -> set[str]:
        sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        return {name for (name,) in self.rows(sql)}

    def close(self) -> None:
        """Ends the read transaction."""
        with contextlib.suppress(driver.Error, AttributeError):
            self.connection.close()
        if self._hold:
            self._hold.release()


def _hold(path: Path) -> Hold | None:
    """A backup may lie where nothing may be written: nobody restores over it there."""
    try:
        return Hold(path)
    except OSError:
        return None


def _leniently(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """The driver's errors as the store's own; a statement stopped by Ctrl+C as that."""
    try:
        yield
    except StoreError:
        raise
    except driver.Error as error:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
            raise KeyboardInterrupt from error
        raise classify(error) from error
    except OSError as error:
        raise classify(error) from error


def open_snapshot(where: Path | str, *, held: bool = True) -> Snapshot:
    """Opens a file or a server's database for reading, as it is now.

    `held`: nobody restores over the file meanwhile. Raises StoreError kinds: NotADatabase,
    NewerDatabase, EditedMigration, CannotOpen, …
    """
    snapshot = _open(where, held)
    try:
        schema = snapshot.schema()
        if not schema:
            raise NotADatabase(Path(shown(where)), "empty, or of another program")
        pending(dict.fromkeys(schema, ""), shown(where))
    except BaseException:
        snapshot.close()
        raise
    return snapshot


def _open(where: Path | str, held: bool) -> Snapshot:
    if isinstance(where, Path):
        return FileSnapshot(where, held=held)
    try:
        from bench.store.server_snapshot import ServerSnapshot  # late: files need no driver for it
    except ImportError as error:
        raise NoDriver(str(error)) from error
    return ServerSnapshot(where)
