"""Backups: where they go, which stay, and the one that the running program makes each day."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.clock import Clock
from bench.settings import Settings
from bench.store.backup import BackupFailed, make_backup, named_as
from bench.store.classification import classify
from bench.store.errors import StoreBusy, StoreError
from bench.store.holding import Hold
from bench.store.manifest import Manifest
from bench.store.migrate import BACKUPS
from bench.store.openform import Told
from bench.store.rotation import backups_in, rotate, rotate_copies

_TURN = "bench-backup"
"""The lock in the folder: of several programs one makes the backup of the day."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made, and the old ones that went."""

    file: Path
    manifest: Manifest
    gone: tuple[Path, ...]


def folder_of(settings: Settings) -> Path | None:
    """Where backups go: as set, else `backups` beside the file; None for a server without it."""
    if settings.backup_folder is not None:
        return settings.backup_folder
    where = settings.database
    return where.parent / BACKUPS if isinstance(where, Path) else None


def back_up(
    settings: Settings,
    clock: Clock,
    folder: Path | None = None,
    why: str = "by hand",
    told: Told | None = None,
) -> Backup:
    """Makes a backup, in the settings' folder or in the one that is named.

    Old ones go from the settings' folder only: what somebody put elsewhere stays. Raises
    BackupFailed and the other kinds of StoreError.
    """
    usual = folder_of(settings)
    place = folder or usual
    if place is None:
        raise BackupFailed(
            "a server's database has no folder for backups of its own",
            "Name one: bench backup DIR, or [backup] folder in the settings.",
        )
    if folder is None:
        _make_usual(settings)
    now = clock.local(clock.now())
    file, manifest = make_backup(settings.database, place, now, why, told)
    if folder is not None:
        return Backup(file, manifest, ())
    try:
        gone = _rotate(settings, place)
    except OSError as error:
        raise classify(error) from error
    return Backup(file, manifest, tuple(gone))


def _rotate(settings: Settings, folder: Path) -> list[Path]:
    where = settings.database
    if isinstance(where, Path):
        rotate_copies(where.parent / BACKUPS, where.stem)
    return rotate(folder, named_as(where), settings.backup_daily, settings.backup_weekly)


def _make_usual(settings: Settings) -> None:
    """Makes the folder that nobody set; one that was set must be there: its disk may be away."""
    folder = folder_of(settings)
    if settings.backup_folder is None and folder is not None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def due(settings: Settings, clock: Clock) -> bool:
    """Whether the program shall make a backup now: the last one is of an earlier day."""
    folder = folder_of(settings)
    if not settings.backup_automatic or folder is None:
        return False
    made = backups_in(folder, named_as(settings.database))
    return not made or made[0].day < clock.today()


def _said(error: StoreError | OSError) -> StoreError:
    kind = classify(error)
    if isinstance(kind, BackupFailed):
        return kind
    return BackupFailed(kind.what.rstrip("."), kind.todo)


class _Stopped(Exception):
    """The program ends: the backup under way is given up, and leaves nothing behind."""


class Automatic:
    """Makes the backup of the day on a thread of its own, with a connection of its own.

    `tell` is called on that thread: with the error where no backup could be made, and with None
    once one was made after that.
    """

    def __init__(
        self, settings: Settings, clock: Clock, tell: Callable[[StoreError | None], None]
    ) -> None:
        self._settings, self._clock, self._tell = settings, clock, tell
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._failed = False

    def look(self) -> None:
        """Sees to the backup of the day, in the background; at once where one is under way."""
        if self._settings.backup_automatic and not (self._thread and self._thread.is_alive()):
            self._thread = threading.Thread(target=self._run, name="backup", daemon=True)
            self._thread.start()

    def stop(self, patience: float = 5.0) -> None:
        """Gives up what is under way, and waits for that."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(patience)

    def _run(self) -> None:
        try:
            made = self._one()
        except _Stopped:
            return
        except (StoreError, OSError) as error:
            self._failed = True
            self._tell(_said(error))
        else:
            if made and self._failed:
                self._failed = False
                self._tell(None)

    def _one(self) -> bool:
        if not due(self._settings, self._clock):
            return False
        folder = folder_of(self._settings)
        if folder is None:
            return False
        _make_usual(self._settings)
        with contextlib.ExitStack() as stack:
            if folder.is_dir():  # where it is not, the backup says so
                try:
                    turn = Hold(folder / _TURN, alone=True)
                except StoreBusy:
                    return False  # another bench program is at it
                stack.callback(turn.release)
                if not due(self._settings, self._clock):
                    return False
            back_up(self._settings, self._clock, None, "of the day", self._told)
        return True

    def _told(self, what: str, part: float) -> None:
        # A breath between two pieces: the bench's own thread always finds its turn.
        if self._stop.wait(0.002):
            raise _Stopped
