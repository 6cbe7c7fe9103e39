"""What can go wrong in the store, as types: each says what happened and what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar


class StoreError(Exception):
    """The store cannot do what was asked. `what` happened, `todo` helps; both are sentences."""

    tries: ClassVar[int] = 1
    """How often a whole unit of work may run when it ends in this error; 0: until the deadline."""
    lost: ClassVar[bool] = False
    """The connection is of no use any more."""

    def __init__(self, what: str, todo: str) -> None:
        self.what, self.todo = what, todo
        super().__init__(f"{what} {todo}")


class NewerDatabase(StoreError):
    """The database has been through migrations that this program does not know."""

    def __init__(self, name: str, unknown: str) -> None:
        super().__init__(
            f"The database {name} was made by a newer bench (it knows {unknown}).",
            "Update bench on this machine; nothing was changed.",
        )


class EditedMigration(StoreError):
    """A migration that this database has been through is not the one that this program has."""

    def __init__(self, name: str, migration: str) -> None:
        super().__init__(
            f"The database {name} was made with another version of {migration}.",
            "Install bench as it was released; nothing was changed.",
        )


class NotPrepared(StoreError):
    """The database on the server lacks a migration that this program needs."""

    def __init__(self, name: str, missing: str) -> None:
        super().__init__(
            f"The database {name} is not ready for this bench (it lacks {missing}).",
            "Its owner runs: bench db migrate",
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


class OnNetworkShare(StoreError):
    """SQLite on a network share loses data: neither locks nor shared memory hold there."""

    def __init__(self, path: Path, kind: str) -> None:
        super().__init__(
            f"The database {path.name} lies on a network share ({kind}): it would be damaged.",
            "Put it on a disk of this machine; for several benches, use a PostgreSQL server.",
        )


class NoDriver(StoreError):
    """The driver for PostgreSQL is not installed, or does not load."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"A PostgreSQL server needs the driver psycopg, which does not load ({why}).",
            "Install it: pip install 'rma-bench[postgresql]'",
        )


class BadUrl(StoreError):
    """The URL of the server cannot be understood."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The URL of the database server is not right ({why}).",
            "Write it as postgresql://USER@HOST:PORT/NAME, with libpq's parameters after a ?.",
        )


class AccessRefused(StoreError):
    """The server does not let this user in, or has no such database."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The database server refuses: {why}.",
            "Check user and database in the URL, and the password in ~/.pgpass or $PGPASSFILE.",
        )


class NotAllowed(StoreError):
    """This role may not do that on the server: history, say, cannot be changed."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The database server does not allow this: {why}.",
            "Have the owner of the database run: bench db grant",
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


class Unreachable(StoreBusy):
    """The server does not answer: down, starting up, frozen, or the network is gone."""

    lost = True

    def __init__(self, why: str = "") -> None:
        self.why = why
        super().__init__(
            "The database server does not answer" + (f" ({why})." if why else "."),
            "Check the network and the server; what was saved before is safe.",
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


class DuplicateName(StoreError):
    """Somebody of this name is enrolled: `technician_id`, `name`."""

    def __init__(self, technician_id: str, name: str) -> None:
        self.technician_id, self.name = technician_id, name
        super().__init__(
            f"Somebody called {name} is enrolled already.", "Choose a name that tells them apart."
        )


class DuplicateBadge(StoreError):
    """The badge is somebody's already: `technician_id`, `name`."""

    def __init__(self, technician_id: str, name: str) -> None:
        self.technician_id, self.name = technician_id, name
        super().__init__(
            f"This badge is the one of {name}.", "Take another badge, or take it away there first."
        )


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
