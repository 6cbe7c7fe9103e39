"""Putting a backup in the place of a database file, so that one of the two is there at any moment.

Whatever ends the program, the file is the old database or the new one, and the old one is kept.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bench.store.copying import copy_file, driver, sync
from bench.store.database import open_link
from bench.store.errors import StoreError
from bench.store.loading import load_file
from bench.store.manifest import Manifest, manifest_of
from bench.store.migrate import BACKUPS
from bench.store.openform import Content, Told, content_of, is_open_form
from bench.store.proof import Chains, event_pages
from bench.store.rotation import rotate_copies
from bench.store.settling import Given, given_in, labels_to_look_at, settle_file, settle_link
from bench.store.snapshot import Snapshot, open_snapshot
from bench.store.whole import sha256_of

_KEEPING = ".keeping"
"""At the end of the hidden name that a database has until it is really replaced."""
_COMPANIONS = ("-wal", "-shm", "-journal")


class SpoiltBackup(StoreError):
    """A backup that must not be put in place; nothing was changed."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"The backup {name} cannot be used: {why}.", "Take another one; nothing was changed."
        )


@dataclass(frozen=True, slots=True)
class State:
    """What a database holds, as far as it matters for choosing between two."""

    content: Content
    newest: str
    """When its newest event happened; "" without events."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a restore would do. `here`: None where the present database cannot be read."""

    there: State
    here: State | None
    lost: int
    """Events that are here and not in the backup."""
    labels: int
    """Labels of the backup that a person has to look at: they may have come out since."""
    why_unread: str = ""


def check_manifest(file: Path, told: Told | None = None) -> Manifest | None:
    """The manifest of a backup, None where it has none. Raises SpoiltBackup, BadManifest."""
    manifest = manifest_of(file)
    if manifest is None:
        return None
    heard = (lambda part: told("reading the backup", part)) if told else None
    if file.stat().st_size != manifest.size or sha256_of(file, heard) != manifest.sha256:
        raise SpoiltBackup(file.name, "it is not the file that its manifest describes")
    return manifest


@contextlib.contextmanager
def staged(file: Path, path: Path, told: Told | None = None) -> Iterator[Path]:
    """A copy of a backup beside the database that it shall replace, checked through and through;
    what would be printed, or given as a number, a second time is settled in it (`settling`).

    Raises SpoiltBackup, NewerDatabase, BadFile and the other kinds of StoreError, and OSError.
    """
    stage = path.with_name(f".{path.name}.restoring")
    _sweep(stage)
    finish(path)
    try:
        check_manifest(file, told)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replaced = given_in(path)
        if is_open_form(file):
            fill(stage, file, told, replaced)
        else:
            _copy(file, stage, told)
            settle_file(stage, replaced)
        yield stage
    finally:
        _sweep(stage)


def _sweep(stage: Path) -> None:
    """Removes a stage and what a killed restore left beside it."""
    if stage.parent.is_dir():
        for left in stage.parent.iterdir():
            if left.name.startswith((stage.name, f".{stage.name}.")):
                left.unlink(missing_ok=True)


def fill(
    where: Path | str, file: Path, told: Told | None = None, replaced: Given | None = None
) -> Content:
    """Restores a backup of the open form into an empty database, a new file or on a server.

    `replaced`: what is known of the database before. Raises as `load_file`.
    """
    link = open_link(where, 20.0)
    try:
        return load_file(link, file, told, lambda loaded: settle_link(loaded, replaced))
    finally:
        link.close()


def _copy(file: Path, stage: Path, told: Told | None) -> None:
    open_snapshot(file, held=False).close()  # refuses another program's file, or a newer one
    copy_file(file, stage, (lambda part: told("copying", part)) if told else None)
    with open_snapshot(stage, held=False) as copy:
        if not copy.chained():
            return
        chains, total = Chains(), copy.number("SELECT count(*) FROM event") or 1
        for page in event_pages(copy.rows):
            chains.feed(page)
            if told:
                told("proving the events", chains.events / total)
    for fault in chains.faults.named[:1]:
        what = f"event {fault.seq} of unit {fault.unit_id}: {fault.what}"
        raise SpoiltBackup(file.name, f"{chains.faults.count:,} units are broken ({what})")


def choice(stage: Path, path: Path) -> Choice:
    """What putting the stage in place would change. Raises StoreError kinds."""
    with open_snapshot(stage, held=False) as there:
        found, labels = _state(there), labels_to_look_at(there)
        if not path.exists():
            return Choice(found, None, 0, labels, "there is none")
        try:
            with open_snapshot(path, held=False) as here:
                return Choice(found, _state(here), _missing(here, there), labels)
        except StoreError as error:
            return Choice(found, None, 0, labels, error.what)


def _state(snapshot: Snapshot) -> State:
    newest = snapshot.rows("SELECT max(at) FROM event")[0][0] or ""
    return State(content_of(snapshot), str(newest))


def _missing(here: Snapshot, there: Snapshot) -> int:
    """How many events are here and not there."""
    ours, theirs = _op_ids(here), _op_ids(there)
    count, other = 0, next(theirs, None)
    for op_id in ours:
        while other is not None and other < op_id:
            other = next(theirs, None)
        count += other != op_id
    return count


def _op_ids(snapshot: Snapshot) -> Iterator[str]:
    for page in snapshot.pages("SELECT op_id FROM event ORDER BY op_id"):
        for (op_id,) in page:
            yield op_id


def put_in_place(stage: Path, path: Path, now: datetime, told: Told | None = None) -> Path | None:
    """Puts the stage in the place of the database, which is kept; its new name, None without one.

    To be called while nobody else has the database open (`Hold`, alone). Raises OSError.
    """

    def say(what: str) -> None:
        if told:
            told(what, 0)

    folder = path.parent / BACKUPS
    say("keeping the present database")
    if path.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
        _keep(path, folder / f".{path.stem}.before-restore-{now:%Y-%m-%d-%H%M%S}.db{_KEEPING}")
        sync(folder)
    say("removing its journal")
    for end in _COMPANIONS:
        # Left behind, the old journal would be played into the new file.
        path.with_name(path.name + end).unlink(missing_ok=True)
    sync(path.parent)
    say("putting the backup in its place")
    stage.replace(path)
    say("naming the old database")
    sync(path.parent)
    kept = finish(path)
    say("done")
    return kept


def finish(path: Path) -> Path | None:
    """Gives databases that were replaced their lasting name: a restore may have been killed."""
    folder, kept = path.parent / BACKUPS, None
    for file in list(folder.iterdir()) if folder.is_dir() else ():
        if not file.name.startswith(f".{path.stem}.before-restore-") or _KEEPING not in file.name:
            continue
        if path.exists() and file.samefile(path):
            file.unlink()  # it was not replaced: two names for one database do harm
        else:
            new = file.with_name(file.name.removeprefix(".").replace(_KEEPING, ""))
            file.replace(new)
            kept = new if new.suffix == ".db" else kept
    if kept is not None:
        sync(folder)
        rotate_copies(folder, path.stem)
    return kept


def _keep(path: Path, kept: Path) -> None:
    """Another name for the file, its journal folded in; copies of both where that cannot be."""
    if _fold(path):
        try:
            os.link(path, kept)
        except OSError:
            copy_file(path, kept)
        return
    for end in ("-wal", ""):
        old = path.with_name(path.name + end)
        if old.exists():
            new = kept.with_name(kept.name.replace(_KEEPING, end + _KEEPING))
            shutil.copy2(old, new)
            sync(new)


def _fold(path: Path) -> bool:
    """Whether all that is saved is in the file itself now."""
    try:
        with contextlib.closing(driver.connect(str(path), timeout=5, isolation_level=None)) as db:
            busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            check = db.execute("PRAGMA schema_version").fetchone()
    except driver.Error:
        return False
    wal = path.with_name(path.name + "-wal")
    return not busy and check is not None and not (wal.exists() and wal.stat().st_size)
