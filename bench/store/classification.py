"""Telling what went wrong from whatever a driver, peewee or the file system raised."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from typing import Any

from peewee import IntegrityError

from bench.store.errors import (
    AccessRefused,
    CannotOpen,
    Damaged,
    DiskTrouble,
    NotAllowed,
    ReadOnly,
    RuleBroken,
    StorageFull,
    StoreBusy,
    StoreError,
    Unreachable,
)
from bench.text import clean_line


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that led to it: a failed rollback hides the error that matters."""
    todo: list[BaseException | None] = [error]
    seen: set[int] = set()
    while todo:
        one = todo.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        todo += [getattr(one, "orig", None), one.__cause__, one.__context__]


def classify(error: BaseException) -> StoreError:
    """The store's own error for whatever the driver, peewee or the file system raised."""
    chain = list(causes(error))
    for one in chain:
        known = one if isinstance(one, StoreError) else _by_code(one)
        if known is not None:
            return known
    for one in chain:
        if isinstance(one, IntegrityError):
            return RuleBroken(str(one))
    return StoreError(
        f"The database failed: {error}. This step was not saved.",
        "Do it again; if it stays like this, start bench again.",
    )


_TEXTS = {
    "database or disk is full": "SQLITE_FULL",
    "disk I/O error": "SQLITE_IOERR",
    "attempt to write a readonly database": "SQLITE_READONLY",
    "database disk image is malformed": "SQLITE_CORRUPT",
}
"""What SQLite says where the driver gives no name: while a file is copied."""


def _by_code(error: BaseException) -> StoreError | None:
    if isinstance(error, OSError):
        return _by_errno(error)
    if isinstance(error, UnicodeDecodeError) or "Could not decode to UTF-8" in str(error):
        return Damaged("a text in it is none")
    if type(error).__module__.partition(".")[0] == "psycopg":
        return _by_state(error)
    name: Any = getattr(error, "sqlite_errorname", None) or _TEXTS.get(str(error), "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusy()
    if name.startswith("SQLITE_FULL"):
        return StorageFull()
    if name.startswith(("SQLITE_READONLY", "SQLITE_PERM")):
        return ReadOnly()
    if name.startswith("SQLITE_IOERR"):
        return DiskTrouble(name)
    if name.startswith("SQLITE_CANTOPEN"):
        return CannotOpen(str(error))
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return Damaged(str(error))
    return RuleBroken(str(error)) if name.startswith("SQLITE_CONSTRAINT") else None


_REFUSALS = ("password", "authentication", "pg_hba", "no encryption")
"""What libpq says, in English or not, about a door that stays shut however often one knocks."""


def _by_state(error: BaseException) -> StoreError | None:
    state: Any = getattr(error, "sqlstate", None) or ""
    text = clean_line(str(error).partition("\n")[0], 160)
    if not state:
        return _without_state(error, text)
    if state in ("40001", "40P01", "55P03", "57014"):
        return StoreBusy()
    if state[:2] in ("08", "57") or state in ("53300", "25P03"):
        return Unreachable(text)
    if state[:2] == "28" or state == "3D000":
        return AccessRefused(text)
    if state == "42501":
        return NotAllowed(text)
    if state == "53100":
        return StorageFull()
    if state == "25006":
        return ReadOnly()
    if state[:2] == "58":
        return DiskTrouble(text)
    if state[:2] == "XX":
        return Damaged(text)
    return RuleBroken(text) if state[:2] == "23" else None


def _without_state(error: BaseException, text: str) -> StoreError | None:
    """Where the talk itself broke down there is no code; what libpq says is all there is."""
    if type(error).__name__ not in ("OperationalError", "ConnectionTimeout", "InterfaceError"):
        return None
    if "does not exist" in text or any(word in text for word in _REFUSALS):
        return AccessRefused(text)
    return Unreachable(text)


def _by_errno(error: OSError) -> StoreError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull()
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return ReadOnly()
    return CannotOpen(error.strerror or str(error))
