"""Opening the SQLite file: made private, checked before it is touched, then brought up to date."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from peewee import PeeweeException, SqliteDatabase

from bench.store.errors import NotADatabase, StoreClosed, StoreError, classify
from bench.store.migrate import migrate
from bench.store.rows import tidy

Row = tuple[Any, ...]

_MAGIC = b"SQLite format 3\0"
_PRAGMAS = (
    ("journal_mode", "wal"),
    # FULL: a power cut loses nothing that was confirmed; NORMAL loses about a hundred steps.
    ("synchronous", "full"),
    ("foreign_keys", 1),
    # Without it REPLACE deletes rows behind the triggers' back.
    ("recursive_triggers", 1),
    ("cache_size", -65536),
    ("journal_size_limit", 64 * 1024 * 1024),
    ("trusted_schema", 0),
    ("cell_size_check", 1),
)


class Link:
    """One open connection for one thread; every error of the driver comes out as a StoreError."""

    def __init__(self, path: Path, db: SqliteDatabase) -> None:
        # peewee leaves most of its methods without types.
        self.path, self.db = path, cast(Any, db)
        self._thread = threading.get_ident()
        # Fetching and executemany go past peewee, so the driver's own errors come through.
        self._failures: tuple[type[Exception], ...] = (
            PeeweeException,
            self.db.connection().Error,
        )

    def _own_thread(self) -> None:
        if threading.get_ident() != self._thread:
            raise RuntimeError("a Store is used in the thread that opened it, and only there")

    def check(self) -> None:
        """Raises RuntimeError in a thread that is not this one's, StoreClosed after close()."""
        self._own_thread()
        if self.db.is_closed():
            raise StoreClosed

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """All rows of a statement written with `?`."""
        self.check()
        clean = [tidy(value) if isinstance(value, str) else value for value in params]
        try:
            found: list[Row] = self.db.execute_sql(sql, clean).fetchall()
        except self._failures as error:
            raise classify(error) from error
        return found

    def row(self, sql: str, params: Sequence[Any] = ()) -> Row | None:
        """The first row, or None."""
        found = self.rows(sql, params)
        return found[0] if found else None

    def run(self, query: Any) -> Any:
        """Runs a peewee query here: for a change the number of rows, as peewee counts them."""
        self.check()
        try:
            return query.execute(self.db)
        except PeeweeException as error:
            raise classify(error) from error

    def many(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> int:
        """One statement with `:name` for many rows through the driver; how many it changed."""
        self.check()
        try:
            return int(self.db.connection().executemany(sql, rows).rowcount)
        except self._failures as error:
            raise classify(error) from error

    def close(self) -> None:
        """Folds the journal into the file and lets go of it. Never raises for a full disk."""
        self._own_thread()
        if self.db.is_closed():
            return
        # What is committed is safe in the journal already: a checkpoint that fails costs nothing.
        with contextlib.suppress(*self._failures):
            self.db.execute_sql("PRAGMA busy_timeout = 1000")
            self.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self.db.close()


def open_link(path: Path, patience: float) -> Link:
    """Opens the file, made (0600, in a folder of 0700) and migrated where needed.

    `patience`: seconds to wait for another program's lock. Raises StoreError kinds.
    """
    try:
        _make_private(path)
        _refuse_other_files(path)
        return _open(path, patience)
    except (OSError, PeeweeException) as error:
        raise classify(error) from error


def _open(path: Path, patience: float) -> Link:
    db = SqliteDatabase(
        str(path), pragmas=_PRAGMAS, timeout=patience, lock_type="IMMEDIATE", autoconnect=False
    )
    try:
        migrate(db, path, patience)
    except (OSError, PeeweeException, StoreError):
        db.close()
        raise
    return Link(path, db)


def _make_private(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # SQLite would make the file readable for everybody; its journal takes over this mode.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _refuse_other_files(path: Path) -> None:
    if not path.is_file():
        raise NotADatabase(path, "no plain file")
    with path.open("rb") as stream:
        head = stream.read(len(_MAGIC))
    if head and head != _MAGIC:
        raise NotADatabase(path, "something else")
