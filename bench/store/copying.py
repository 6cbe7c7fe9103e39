"""A copy of a SQLite file that is whole, checked and durable, made while benches go on working."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from peewee import sqlite3 as driver  # type: ignore[attr-defined]

from bench.store.errors import Damaged

__all__ = ["check_file", "copy_file", "driver", "sync"]
Progress = Callable[[float], None]
"""Told how much is done, from 0 to 1."""
PAGES = 2000
"""Pages of 4 KB copied at a time; between two, other benches have their turn."""


def copy_file(source: Path, target: Path, progress: Progress | None = None) -> None:
    """Copies a database (with what is still in its journal) to `target`, replacing it at the end.

    The copy is made beside `target` (0600, its folder 0700), checked by SQLite and on the disk
    before it takes its name. Raises the driver's errors, OSError, and Damaged for a bad copy.
    """
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)
    os.close(handle)
    part = Path(name)
    try:
        _copy(source, part, progress)
        check_file(part)
        sync(part)
        part.replace(target)
        sync(target.parent)
    finally:
        for left in (part, *(part.with_name(part.name + end) for end in ("-wal", "-shm"))):
            with suppress(FileNotFoundError):
                left.unlink()


def _copy(source: Path, part: Path, progress: Progress | None) -> None:
    def told(_: int, remaining: int, total: int) -> None:
        if progress and total:
            progress((total - remaining) / total)

    with closing(_open(source)) as here, closing(_open(part)) as there:
        here.execute("PRAGMA query_only = 1")
        # One moment is copied: else each step of another bench would start the copy anew.
        here.execute("BEGIN")
        here.execute("SELECT count(*) FROM sqlite_master").fetchall()
        here.backup(there, pages=PAGES, progress=told)
        # One plain file: a copy that needs a journal beside it is no backup.
        there.execute("PRAGMA journal_mode = delete")


def _open(path: Path) -> Any:
    return driver.connect(str(path), timeout=20, isolation_level=None)


def check_file(path: Path) -> None:
    """Raises Damaged where SQLite's own check finds something wrong."""
    with closing(_open(path)) as connection:
        found = [str(row[0]) for row in connection.execute("PRAGMA quick_check(5)")]
    if found != ["ok"]:
        raise Damaged("; ".join(found)[:200])


def sync(path: Path) -> None:
    """What was written to a file, or into a folder, is on the disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        if not path.is_dir():  # some systems do not sync folders
            raise
    finally:
        os.close(handle)
