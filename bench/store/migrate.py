"""Bringing a database up to date: numbered files in `migrations/`, under a lock of our own."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from peewee import SqliteDatabase
from playhouse.migrations import Runner  # type: ignore[import-untyped]

from bench.store.errors import NewerDatabase, NotADatabase, StoreBusy

try:
    import fcntl
except ImportError:  # Windows: one program at a time there, so nobody to lock out
    fcntl = None  # type: ignore[assignment]

MIGRATIONS = Path(__file__).parent / "migrations"
_HISTORY = "schema_migration"


def known() -> set[str]:
    """The names of the migrations that this program has."""
    return {file.stem for file in MIGRATIONS.glob("[0-9]*.py")}


def _refuse_strange(path: Path, patience: float) -> None:
    """Raises NewerDatabase or NotADatabase, having read only: a refused file stays as it is."""
    db: Any = SqliteDatabase(str(path), timeout=patience)
    try:
        tables = {name for (name,) in db.execute_sql("SELECT name FROM sqlite_master")}
        if _HISTORY in tables:
            done = {name for (name,) in db.execute_sql(f"SELECT name FROM {_HISTORY}")}
        else:
            done = set()
    finally:
        db.close()
    if tables and _HISTORY not in tables:
        raise NotADatabase(path, "the database of another program")
    if unknown := sorted(done - known()):
        raise NewerDatabase(path, unknown[-1])


def migrate(db: SqliteDatabase, path: Path, patience: float) -> None:
    """Connects and runs what is missing; two programs starting at once do it one after the other.

    Raises NewerDatabase, NotADatabase, and StoreBusy when another one migrates for longer than
    `patience` seconds.
    """
    with _locked(path, patience):
        _refuse_strange(path, patience)
        db.connect()
        Runner(db, str(MIGRATIONS), table_name=_HISTORY).up()


@contextlib.contextmanager
def _locked(path: Path, patience: float) -> Iterator[None]:
    if fcntl is None:
        yield
        return
    lock = os.open(path.with_name(path.name + ".migrate.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        _wait_for(lock, time.monotonic() + patience)
        yield
    finally:
        os.close(lock)


def _wait_for(lock: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise StoreBusy(
                    "Another bench is bringing the database up to date.", "Start again in a minute."
                ) from None
            time.sleep(0.02)
        else:
            return
