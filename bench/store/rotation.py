"""Which backups stay: the last one of each of the latest days and weeks, and nothing else of ours.

A file is ours by its name and by the manifest beside it. Nothing else is ever deleted.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from bench.store.errors import StoreError
from bench.store.manifest import beside, manifest_of

_NAME = re.compile(r"bench-(\d{4}-\d{2}-\d{2}-\d{6})(\.db|\.jsonl\.gz)")
_LEFT = re.compile(r"\.{1,2}bench-\d{4}-\d{2}-\d{2}-\d{6}\.(db|jsonl\.gz)\..+")
_APART = r"\.before-(\d{4}_\w+|restore-\d{4}-\d{2}-\d{2}-\d{6})\.db"
_OLD = 24 * 3600.0
"""Seconds after which what a killed backup left behind is nobody's any more."""
KEPT_APART = 3
"""Copies that are kept of those that were made before a migration or a restore."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that is there, and when it was made, in the time of the warehouse."""

    file: Path
    at: datetime

    @property
    def day(self) -> date:
        """The day it is of."""
        return self.at.date()


def backups_in(folder: Path, database: str) -> list[Made]:
    """The backups of a database in a folder, the newest first: whole files with a manifest."""
    found = []
    for file in folder.iterdir() if folder.is_dir() else ():
        at = _moment(file.name)
        if at is not None and _is_ours(file, database):
            found.append(Made(file, at))
    return sorted(found, key=lambda made: made.at, reverse=True)


def _moment(name: str) -> datetime | None:
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    with suppress(ValueError):
        return datetime.strptime(match[1], "%Y-%m-%d-%H%M%S")  # noqa: DTZ007 - the warehouse's
    return None


def _is_ours(file: Path, database: str) -> bool:
    try:
        manifest = manifest_of(file)
    except StoreError:
        return False
    if manifest is None:
        return False
    return manifest.file == file.name and manifest.database == database


def to_keep(made: Iterable[Made], daily: int, weekly: int) -> set[Path]:
    """Those that stay: all of the newest day, the last one of each day and of each week before."""
    newest_first = sorted(made, key=lambda one: one.at, reverse=True)
    if not newest_first:
        return set()
    days: dict[date, Path] = {}
    weeks: dict[tuple[int, int], Path] = {}
    for one in newest_first:
        days.setdefault(one.day, one.file)
        weeks.setdefault(one.day.isocalendar()[:2], one.file)
    kept = {one.file for one in newest_first if one.day == newest_first[0].day}
    return kept | set(list(days.values())[:daily]) | set(list(weeks.values())[:weekly])


def rotate(folder: Path, database: str, daily: int, weekly: int) -> list[Path]:
    """Deletes the backups of a database that need not stay; which they were. Raises OSError."""
    made = backups_in(folder, database)
    kept = to_keep(made, daily, weekly)
    gone = [one.file for one in made if one.file not in kept]
    for file in gone:
        file.unlink(missing_ok=True)
        beside(file).unlink(missing_ok=True)
    _sweep(folder)
    return gone


def _sweep(folder: Path) -> None:
    """Removes what backups left behind that were killed a day ago or longer."""
    for file in folder.iterdir():
        lone = file.name.endswith(".json") and _moment(file.name.removesuffix(".json")) is not None
        lone = lone and not file.with_name(file.name.removesuffix(".json")).exists()
        if lone or _LEFT.fullmatch(file.name):
            with suppress(OSError):
                if time.time() - file.stat().st_mtime > _OLD:
                    file.unlink()


def rotate_copies(folder: Path, stem: str) -> None:
    """Of the copies made before migrations and restores of a database, the newest stay."""
    ours = re.compile(re.escape(stem) + _APART)
    copies = [
        file for file in (folder.iterdir() if folder.is_dir() else ()) if ours.fullmatch(file.name)
    ]
    # Not when it was written last: a copy may be the replaced file itself.
    copies.sort(key=lambda file: file.stat().st_ctime_ns, reverse=True)
    for file in copies[KEPT_APART:]:
        for end in ("", "-wal"):
            file.with_name(file.name + end).unlink(missing_ok=True)
