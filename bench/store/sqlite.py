"""The SQLite file of one bench: made private, checked before it is touched, brought up to date."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections import Counter
from pathlib import Path

from peewee import PeeweeException, SqliteDatabase
from peewee import sqlite3 as driver  # type: ignore[attr-defined]

from bench.store.classification import classify
from bench.store.errors import DiskTrouble, NotADatabase, StorageFull, StoreError
from bench.store.holding import Hold
from bench.store.link import Link, Waiting
from bench.store.migrate import migrate_file
from bench.store.places import refuse_network

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
ROOM = 128 * 1024
"""Bytes: with less than that free, SQLite fails in other words (its shared memory has no room)."""
PROMPT = 1.0
"""Seconds that SQLite itself waits for a lock; the rest of the patience is ours, and is told."""


class SqliteLink(Link):
    """A connection to a file. `path` is the file."""

    engine = "sqlite"

    def __init__(
        self,
        path: Path,
        db: SqliteDatabase,
        patience: float,
        waiting: Waiting | None,
        hold: Hold | None = None,
    ) -> None:
        self.path, self._hold, self._key = path, hold, _inode(path)
        _HELD[self._key] += 1
        super().__init__(db, patience, waiting)

    def driver_errors(self) -> tuple[type[Exception], ...]:
        """peewee may have taken another SQLite than Python's own."""
        return (driver.Error, UnicodeDecodeError)  # the latter where bits have flipped

    def named(self, error: Exception) -> StoreError:
        """Where there is no room, SQLite does not always say so."""
        return _named(error, self.path)

    def adapted(self, sql: str) -> str:
        """As it is."""
        return sql

    def tell(self, unit_id: str, station: str) -> None:
        """Nothing to do: others see by the file's own counter that it has changed."""

    def revive(self) -> None:
        """A file is not lost as a connection is."""

    def shut(self) -> None:
        """Folds the journal into the file."""
        # What is committed is safe in the journal already: a checkpoint that fails costs nothing.
        with contextlib.suppress(*self._failures):
            self.db.execute_sql("PRAGMA busy_timeout = 1000")
            self.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self.db.close()
        _HELD[self._key] -= 1
        if self._hold:
            self._hold.release()


def connect(path: Path, patience: float) -> SqliteDatabase:
    """A database object for a file, not connected yet."""
    return SqliteDatabase(
        str(path),
        pragmas=_PRAGMAS,
        timeout=min(patience, PROMPT),
        lock_type="IMMEDIATE",
        autoconnect=False,
    )


def open_file(path: Path, patience: float, waiting: Waiting | None) -> SqliteLink:
    """Opens the file, made (0600, in a folder of 0700) and migrated where needed.

    Raises StoreError kinds.
    """
    try:
        refuse_network(path)
        _make_private(path)
        refuse_other_files(path)
        return _open(path, patience, waiting)
    except (OSError, PeeweeException, driver.Error, UnicodeDecodeError) as error:
        raise _named(error, path) from error


def _named(error: Exception, path: Path) -> StoreError:
    kind = classify(error)
    if isinstance(kind, DiskTrouble):
        with contextlib.suppress(OSError):
            if shutil.disk_usage(path.parent).free < ROOM:
                return StorageFull()
    return kind


def _open(path: Path, patience: float, waiting: Waiting | None) -> SqliteLink:
    hold = Hold(path, patience=patience)
    db = connect(path, patience)
    try:
        migrate_file(db, path, patience)
    except BaseException:
        db.close()
        hold.release()
        raise
    return SqliteLink(path, db, patience, waiting, hold)


def _make_private(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # SQLite would make the file readable for everybody; its journal takes over this mode.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


_HELD: Counter[tuple[int, int]] = Counter()
"""The files that this process has open through SQLite, by device and inode."""


def _inode(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def refuse_other_files(path: Path) -> None:
    """Raises NotADatabase for what is no SQLite file, having read only its head."""
    if not path.is_file():
        raise NotADatabase(path, "no plain file")
    if _HELD[_inode(path)]:
        return  # to open and close it here would drop the locks that SQLite holds on it
    with path.open("rb") as stream:
        head = stream.read(len(_MAGIC))
    if head and head != _MAGIC:
        raise NotADatabase(path, "something else")
