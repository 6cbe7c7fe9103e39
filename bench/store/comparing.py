"""Comparing the events with a backup: what no chain shows is a tail that was cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from bench.store.errors import StoreError
from bench.store.manifest import Manifest, beside, read_manifest
from bench.store.openform import is_open_form
from bench.store.openlines import marks_in
from bench.store.proof import Fault, Faults, Mark, against, end_of, heads_digest, marks_of
from bench.store.snapshot import FileSnapshot, Snapshot, open_snapshot
from bench.store.whole import sha256_of


class CannotCompare(StoreError):
    """What was given to compare with is of no use for it."""


def compare(snapshot: Snapshot, given: Path, told: Callable[[int], None] | None) -> Faults:
    """The units whose history is not what a backup, or the backup of a manifest, says it was.

    `told` hears how many events of the backup were compared. A manifest alone tells that
    something is wrong, not where: the fault then names no unit. Raises CannotCompare, the other
    kinds of StoreError, and OSError.
    """
    if not given.is_file():
        raise CannotCompare(f"There is no file {given}.", "Name a backup, or its manifest.")
    if isinstance(snapshot, FileSnapshot) and given.samefile(snapshot.path):
        raise CannotCompare(f"{given.name} is the database itself.", "Name a backup of it.")
    if given.suffix == ".json":
        manifest = read_manifest(given)
        backup = given.with_name(manifest.file)
        if not backup.is_file():
            return _by_digest(snapshot, manifest)
        _refuse_another(backup, manifest)
        given = backup
    faults, seen, done = Faults(), set[str](), 0
    for marks in _marks(given):
        against(snapshot.rows, marks, faults, seen)
        done += len(marks)
        if told:
            told(done)
    return faults


def _refuse_another(backup: Path, manifest: Manifest) -> None:
    if backup.stat().st_size != manifest.size or sha256_of(backup) != manifest.sha256:
        raise CannotCompare(
            f"The backup {backup.name} is not the file that {beside(backup).name} describes.",
            "It was changed or damaged: compare with another one.",
        )


def _marks(given: Path) -> Iterator[list[Mark]]:
    if is_open_form(given):
        yield from marks_in(given)
        return
    with open_snapshot(given, held=False) as backup:
        if not backup.chained():
            raise CannotCompare(
                f"The backup {given.name} is older than the proof of the events.",
                "Compare with a newer one.",
            )
        yield from marks_of(backup)


def _by_digest(snapshot: Snapshot, manifest: Manifest) -> Faults:
    """By the digest alone: the first so many events must be the ones that the backup had."""
    if not isinstance(snapshot, FileSnapshot):
        # Events of a server are numbered before they are saved: "the first" would be a guess.
        raise CannotCompare(
            f"The backup {manifest.file} is not beside its manifest.",
            "A server's history is compared with the backup itself: put them together.",
        )
    faults, end = Faults(), end_of(snapshot, manifest.events)
    there = snapshot.number("SELECT count(*) FROM event") >= manifest.events
    heads = heads_digest(snapshot.rows, end=end) if end else heads_digest(lambda *_: [])
    if not there or heads != (manifest.heads, manifest.units):
        faults.add(Fault("", "the events up to then are not those of the backup any more"))
    return faults
