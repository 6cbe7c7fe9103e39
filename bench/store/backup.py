"""Making a backup while benches work: a file that is whole, checked and on the disk, or none."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from peewee import PeeweeException

from bench import __version__
from bench.store.classification import causes, classify
from bench.store.copying import copy_file, driver, sync
from bench.store.errors import DiskTrouble, ReadOnly, StorageFull, StoreError
from bench.store.holding import Hold
from bench.store.manifest import Manifest, beside, write_manifest
from bench.store.openform import Content, Told, content_of, write_file
from bench.store.places import shown
from bench.store.rows import moment_text
from bench.store.snapshot import open_snapshot
from bench.store.whole import sha256_of

FILE, OPEN = ".db", ".jsonl.gz"


class BackupFailed(StoreError):
    """No backup was made; what there was before is as it was."""

    def __init__(self, why: str, todo: str) -> None:
        super().__init__(f"No backup was made: {why}.", todo)


def make_backup(
    where: Path | str, folder: Path, now: datetime, why: str, told: Told | None = None
) -> tuple[Path, Manifest]:
    """Makes a backup in `folder`, which must be there, with a manifest beside it.

    `now`: aware, in the warehouse's zone; the name tells it. A file is copied as a file, a server's
    database is written in the open form. Raises BackupFailed and the other kinds of StoreError.
    """
    _refuse_missing(folder)
    named, left = False, list[Path]()
    try:
        target, part = _free_name(folder, now, FILE if isinstance(where, Path) else OPEN)
        left = [part, beside(target)]
        content, schema = _write(where, part, now, told)
        manifest = Manifest(
            file=target.name,
            form="sqlite" if isinstance(where, Path) else "open",
            database=named_as(where),
            made_at=moment_text(now),
            program=__version__,
            why=why,
            schema=schema,
            rows=content.rows,
            units=content.units,
            heads=content.heads,
            sha256=sha256_of(part, _checksum(told)),
            size=part.stat().st_size,
        )
        write_manifest(target, manifest)
        part.replace(target)
        named = True
        sync(folder)
    except (OSError, PeeweeException, driver.Error, StoreError) as error:
        raise _failed(error, folder) from error
    finally:
        if not named:
            for file in left:
                with contextlib.suppress(OSError):
                    file.unlink()
    return target, manifest


def named_as(where: Path | str) -> str:
    """What a manifest calls a database."""
    return str(where.absolute()) if isinstance(where, Path) else shown(where)


def _refuse_missing(folder: Path) -> None:
    # Not made here: a disk that is not plugged in would be written beside.
    if not folder.is_dir():
        raise BackupFailed(
            f"there is no folder {folder}", "Make the folder, or plug in the disk that it is on."
        )


def _write(
    where: Path | str, part: Path, now: datetime, told: Told | None
) -> tuple[Content, list[str]]:
    """What the file `part` then holds, and the migrations of the database."""
    if isinstance(where, Path):
        hold = Hold(where)
        try:
            copy_file(where, part, (lambda done: told("copying", done)) if told else None)
        finally:
            hold.release()
        with open_snapshot(part, held=False) as copy:
            return content_of(copy, told), copy.schema()
    with open_snapshot(where) as snapshot:
        return write_file(snapshot, part, moment_text(now), told, pack=True), snapshot.schema()


def _checksum(told: Told | None) -> Callable[[float], None] | None:
    return (lambda done: told("taking the checksum", done)) if told else None


def _free_name(folder: Path, now: datetime, ending: str) -> tuple[Path, Path]:
    """The name for a moment, and a hidden file to make it in; where taken, of a second later."""
    while True:
        target = folder / f"{now:bench-%Y-%m-%d-%H%M%S}{ending}"
        part = folder / f".{target.name}.making"
        with contextlib.suppress(FileExistsError):
            if not target.exists() and not beside(target).exists():
                os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
                return target, part
        now += timedelta(seconds=1)


def _failed(error: BaseException, folder: Path) -> StoreError:
    """What went wrong with a backup, said as that: the database itself is well."""
    too_large = any(getattr(one, "errno", None) == errno.EFBIG for one in causes(error))
    kind = classify(error)
    if isinstance(kind, StorageFull) or too_large:
        return BackupFailed(
            f"there is no room left in {folder}",
            "Free some space there, or name another folder in the settings ([backup] folder).",
        )
    if isinstance(kind, DiskTrouble):
        return BackupFailed(
            f"the disk of {folder} failed, or is full",
            "See whether there is room; if there is, have the disk checked.",
        )
    if isinstance(kind, ReadOnly):
        return BackupFailed(f"{folder} may not be written", "Check the rights on that folder.")
    return kind
