"""Bringing a database up to date: numbered files in `migrations/`, under a lock of our own.

A file is migrated when it is opened, after a verified copy of it; the warehouse's server only by
its owner's command. Each applied file's checksum is kept: an edited migration is refused.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from peewee import SqliteDatabase

from bench.store.copying import copy_file
from bench.store.errors import (
    EditedMigration,
    NewerDatabase,
    NotADatabase,
    NotPrepared,
    StoreBusy,
)

try:
    import fcntl
except ImportError:  # Windows: one program at a time there, so nobody to lock out
    fcntl = None  # type: ignore[assignment]

MIGRATIONS = Path(__file__).parent / "migrations"
HISTORY = "schema_migration"
BACKUPS = "backups"
"""The folder beside a database file that its copies go to."""
MARK = "migration:"
"""Before a migration's name, the key in `meta` that keeps its checksum."""
_LOCK = 4812_0926
"""The number of our advisory lock on a server; any will do, as long as it is ours."""


def checksums() -> dict[str, str]:
    """The migrations that this program has, oldest first, each with the SHA-256 of its text."""
    return {
        file.stem: hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
        for file in sorted(MIGRATIONS.glob("[0-9]*.py"))
    }


def known() -> set[str]:
    """The names of the migrations that this program has."""
    return set(checksums())


def pending(done: dict[str, str], name: str) -> list[str]:
    """What is still to be run where `done` (migration to checksum, "" unknown) has been.

    Raises NewerDatabase, EditedMigration.
    """
    ours = checksums()
    if unknown := sorted(done.keys() - ours.keys()):
        raise NewerDatabase(name, unknown[-1])
    for migration, checksum in done.items():
        if checksum and checksum != ours[migration]:
            raise EditedMigration(name, migration)
    return [migration for migration in ours if migration not in done]


def _done(db: Any, tables: set[str]) -> dict[str, str]:
    if HISTORY not in tables:
        return {}
    done = {name: "" for (name,) in db.execute_sql(f"SELECT name FROM {HISTORY}").fetchall()}
    if "meta" in tables:
        rows = db.execute_sql('SELECT "key", "value" FROM meta').fetchall()
        marks = {key.removeprefix(MARK): v for key, v in rows if key.startswith(MARK)}
        done |= {name: marks.get(name, "") for name in done}
    return done


def _run(db: Any) -> list[str]:
    """Runs what is missing, each file in a transaction; gives their names."""
    from playhouse.migrations import Runner  # type: ignore[import-untyped]  # late: seldom needed

    ran: list[str] = Runner(db, str(MIGRATIONS), table_name=HISTORY).up()
    _mark(db)
    return ran


def _mark(db: Any) -> None:
    sql = 'INSERT INTO meta ("key", "value") VALUES (?, ?) ON CONFLICT ("key") DO NOTHING'
    sql = sql.replace("?", db.param)
    with db.atomic():
        for name, checksum in checksums().items():
            db.execute_sql(sql, (MARK + name, checksum))


# --- a file


def _look(path: Path, patience: float) -> tuple[list[str], bool]:
    """What is still to be run, and whether there is anything to lose; reads only.

    Raises NewerDatabase, EditedMigration or NotADatabase: a refused file stays as it is.
    """
    db: Any = SqliteDatabase(str(path), timeout=patience)
    try:
        tables = {name for (name,) in db.execute_sql("SELECT name FROM sqlite_master").fetchall()}
        done = _done(db, tables)
    finally:
        db.close()
    if tables and HISTORY not in tables:
        raise NotADatabase(path, "the database of another program")
    return pending(done, path.name), bool(done)


def migrate_file(db: SqliteDatabase, path: Path, patience: float) -> None:
    """Connects and runs what is missing; two programs starting at once do it one after the other.

    Raises NewerDatabase, EditedMigration, NotADatabase, and StoreBusy when another one migrates
    for longer than `patience` seconds.
    """
    with locked(path, patience):
        todo, used = _look(path, patience)
        if todo and used:
            copy_file(path, path.parent / BACKUPS / f"{path.stem}.before-{todo[0]}.db")
        db.connect()
        if todo:
            _run(db)


@contextlib.contextmanager
def locked(path: Path, patience: float) -> Iterator[None]:
    """Nobody else migrates this file meanwhile. Raises StoreBusy after `patience` seconds."""
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


# --- a server


def _tables(db: Any) -> set[str]:
    return set(db.get_tables())


def refuse_unprepared(db: Any, name: str) -> None:
    """Raises NotPrepared, NewerDatabase or EditedMigration for a server this bench cannot use."""
    todo = pending(_done(db, _tables(db)), name)
    if todo:
        raise NotPrepared(name, todo[0])


def server_state(db: Any, name: str) -> list[str]:
    """What is still to be run on a connected server. Raises as `pending`, and NotADatabase."""
    tables = _tables(db)
    if tables and HISTORY not in tables:
        raise NotADatabase(Path(name), "the database of another program")
    return pending(_done(db, tables), name)


def migrate_server(db: Any, name: str) -> list[str]:
    """Runs on a connected server what is missing; two owners at once, one after the other.

    Returns the names of what was run. Raises as `server_state`.
    """
    db.execute_sql("SELECT pg_advisory_lock(%s)", (_LOCK,))
    try:
        return _run(db) if server_state(db, name) else []
    finally:
        db.execute_sql("SELECT pg_advisory_unlock(%s)", (_LOCK,))
