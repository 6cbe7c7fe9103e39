"""What can go wrong in the store, as types: each says what happened and what to do about it."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from peewee import IntegrityError


class StoreError(Exception):
    """The store cannot do what was asked. `what` happened, `todo` helps; both are sentences."""

    tries: ClassVar[int] = 1
    """How often a whole unit of work may run when it ends in this error; 0: until the deadline."""

    def __init__(self, what: str, todo: str) -> None:
        self.what, self.todo = what, todo
        super().__init__(f"{what} {todo}")


class NewerDatabase(StoreError):
    """The database has been through migrations that this program does not know."""

    def __init__(self, path: Path, unknown: str) -> None:
        super().__init__(
            f"The database {path.name} was made by a newer bench (it knows {unknown}).",
            "Update bench on this machine; nothing was changed.",
        )


class NotADatabase(StoreError):
    """The file is something else; it was left untouched."""

    def __init__(self, path: Path, is_what: str) -> None:
        super().__init__(
            f"The file {path.name} is {is_what}, not a database of bench.",
            "Check the database path in the settings; the file was left untouched.",
        )


class CannotOpen(StoreError):
    """The database file or its folder cannot be reached."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The database cannot be opened: {why}.",
            "Check that the folder exists and belongs to you, then start bench again.",
        )


class StoreClosed(StoreError):
    """The store was asked after it had been closed."""

    def __init__(self) -> None:
        super().__init__("The database is closed.", "Start bench again.")


class StorageFull(StoreError):
    """No room left on the disk; what was asked is not saved, what was saved before is safe."""

    def __init__(self) -> None:
        super().__init__(
            "The disk is full: this step was not saved.", "Free some space, then do it again."
        )


class ReadOnly(StoreError):
    """The file, the folder or the whole disk refuses writing."""

    def __init__(self) -> None:
        super().__init__(
            "The database may only be read here: this step was not saved.",
            "Check the rights on the database file and its folder, and whether the disk is sound.",
        )


class DiskTrouble(StoreError):
    """The disk failed while reading or writing."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The disk failed ({name}): this step was not saved.",
            "Stop working at this bench and have the disk checked.",
        )


class Damaged(StoreError):
    """The content of the database cannot be right."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"The database is damaged ({detail}).",
            "Stop working at this bench and restore the latest good backup.",
        )


class StoreBusy(StoreError):
    """Another program held the database for longer than the deadline."""

    tries = 0

    def __init__(self, what: str = "", todo: str = "") -> None:
        super().__init__(
            what or "Another bench keeps the database busy: this step was not saved.",
            todo or "Do it again; if it stays like this, see what else uses the database.",
        )


class StaleRecord(StoreBusy):
    """A record was changed by somebody else after it was read."""

    tries = 3

    def __init__(self, kind: str, key: str) -> None:
        self.kind, self.key = kind, key
        super().__init__(
            f"Somebody else changed this {kind} meanwhile: this step was not saved.",
            "Scan the unit again to see its present state.",
        )


class RuleBroken(StoreError):
    """The database itself refused: a rule that it keeps would have been broken."""

    tries = 3

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"The database refused this step ({detail}): nothing was saved.",
            "Scan the unit again to see its present state.",
        )


class UnitHasOpenRma(StoreError):
    """A unit can have one open RMA only, and it has one: `rma_id`, `number`."""

    def __init__(self, rma_id: str, number: str) -> None:
        self.rma_id, self.number = rma_id, number
        super().__init__(
            f"This unit already has the open RMA {number}.", "Go on with that one, or cancel it."
        )


class DuplicateSerial(StoreError):
    """A unit of this brand and serial exists: `unit_id`."""

    def __init__(self, unit_id: str, serial: str, brand: str) -> None:
        self.unit_id, self.serial, self.brand = unit_id, serial, brand
        name = f"{brand} {serial}".strip()
        super().__init__(f"The unit {name} is already known.", "Go on with the known unit.")


class DuplicateNumber(StoreError):
    """Another RMA has this number: `rma_id`."""

    def __init__(self, rma_id: str, number: str) -> None:
        self.rma_id, self.number = rma_id, number
        super().__init__(f"The RMA number {number} is already used.", "Take another number.")


class AlreadyDone(StoreError):
    """An event with this `op_id` is there: the step was saved before, nothing was done twice."""

    def __init__(self, op_id: str) -> None:
        self.op_id = op_id
        super().__init__("This step was saved before.", "Nothing to do; scan the next unit.")


class AlreadyUndone(StoreError):
    """The event `op_id` was reversed before."""

    def __init__(self, op_id: str) -> None:
        self.op_id = op_id
        super().__init__("This step was undone before.", "Scan the unit to see its present state.")


class FileAlreadyImported(StoreError):
    """A file with the same content was imported before: `name`, `file_sha256`."""

    def __init__(self, name: str, file_sha256: str) -> None:
        self.name, self.file_sha256 = name, file_sha256
        super().__init__(f"This file was imported before, as {name}.", "Nothing to do.")


class UnknownRecord(StoreError):
    """A record that should be changed is not there."""

    def __init__(self, kind: str, key: str) -> None:
        self.kind, self.key = kind, key
        super().__init__(f"The {kind} {key} is not in the database.", "Scan the unit again.")


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


def _by_code(error: BaseException) -> StoreError | None:
    if isinstance(error, OSError):
        return _by_errno(error)
    name: Any = getattr(error, "sqlite_errorname", None) or ""
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


def _by_errno(error: OSError) -> StoreError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull()
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return ReadOnly()
    return CannotOpen(error.strerror or str(error))
