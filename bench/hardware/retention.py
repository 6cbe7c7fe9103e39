"""How long captures are kept, and who can read them.

After its time the bytes of a capture go (they hold the secrets); its metadata and index stay, with
the hashes that prove what was there. Files are removed by name within folders that were opened
without following links, so that nothing outside the captures can be hit.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.evidence.capture_format import META, RAW, TYPED, BadMeta, Meta, read_meta

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_CAPTURE = re.compile(r"\d{6}-.*")
_FOLDER = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC")
)
_OTHERS = 0o077


@dataclass(slots=True)
class Swept:
    """What a sweep did."""

    erased: list[Path] = field(default_factory=list)
    """Captures whose bytes were removed."""
    bytes: int = 0
    """How many there were."""
    kept: int = 0
    """Captures that are still needed, too young, or not closed."""
    problems: list[str] = field(default_factory=list)
    """What could not be done, for the technician."""


def sweep(root: Path, now: datetime, keep_days: int, may_go: Callable[[Meta], bool]) -> Swept:
    """Removes the bytes of closed captures that ended more than `keep_days` before `now`.

    `may_go` decides whether the RMA of a capture may lose them. It can be stopped at any moment
    and run again: the metadata say that the bytes are gone only after they are.
    """
    swept = Swept()
    for folder, meta in _all(root):
        if meta is None or not _is_over(meta, now, keep_days) or not may_go(meta):
            swept.kept += 1
            continue
        try:
            removed = _erase(folder, now)
        except (OSError, ValueError) as error:
            swept.problems.append(f"The bytes of {folder.name} could not be removed: {error}")
            continue
        if removed is not None:
            swept.erased.append(folder)
            swept.bytes += removed
    return swept


def old_captures(root: Path, now: datetime, keep_days: int) -> list[Meta]:
    """Closed captures with bytes that a sweep would remove now, if their RMAs let it."""
    metas = (meta for _, meta in _all(root) if meta is not None)
    return [meta for meta in metas if not meta.erased and _is_over(meta, now, keep_days)]


def _all(root: Path) -> Iterator[tuple[Path, Meta | None]]:
    """All captures with their metadata; None where those cannot be used."""
    for folder in captures(root):
        try:
            yield folder, read_meta(folder)
        except BadMeta:
            yield folder, None


def captures(root: Path) -> Iterator[Path]:
    """The folders of all captures, oldest day first; links are none."""
    for day in _folders(root, _DAY):
        yield from _folders(day, _CAPTURE)


def _folders(folder: Path, names: re.Pattern[str]) -> list[Path]:
    with suppress(OSError), os.scandir(folder) as found:
        return sorted(
            Path(one.path)
            for one in found
            if names.fullmatch(one.name) and one.is_dir(follow_symlinks=False)
        )
    return []


def _is_over(meta: Meta, now: datetime, keep_days: int) -> bool:
    """Whether a capture is sealed and ended so many days ago; one that is unclear stays."""
    if not meta.seal or not meta.ended:
        return False
    try:
        ended = datetime.fromisoformat(meta.ended)
    except ValueError:
        return False
    return ended.replace(tzinfo=ended.tzinfo or UTC) < now - timedelta(days=keep_days)


def _erase(folder: Path, now: datetime) -> int | None:
    """Removes the bytes of a capture and says so in its metadata; None where it was done before."""
    with _opened(folder) as at:
        values = _meta_values(at)
        there = [name for name in (RAW, TYPED) if _is_file(name, at)]
        if not there and values.get("erased"):
            return None
        size = sum(os.stat(name, dir_fd=at, follow_symlinks=False).st_size for name in there)
        for name in there:
            os.unlink(name, dir_fd=at)
        os.fsync(at)
        if not values.get("erased"):
            values["erased"] = now.astimezone(UTC).isoformat(timespec="seconds")
        _put_meta(at, values)
        return size


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """A capture's folder, reached from its root step by step without following a link."""
    root = os.open(folder.parent.parent, _FOLDER)
    try:
        day = os.open(folder.parent.name, _FOLDER, dir_fd=root)
        try:
            at = os.open(folder.name, _FOLDER, dir_fd=day)
        finally:
            os.close(day)
    finally:
        os.close(root)
    try:
        yield at
    finally:
        os.close(at)


def _is_file(name: str, at: int) -> bool:
    try:
        mode = os.stat(name, dir_fd=at, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return False
    return stat.S_ISREG(mode)


def _meta_values(at: int) -> dict[str, object]:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(META, flags, dir_fd=at), "rb") as file:
        values = json.loads(file.read(1 << 20))
    if not isinstance(values, dict):
        raise ValueError(f"{META} is not what it must be")
    return values


def _put_meta(at: int, values: dict[str, object]) -> None:
    """Replaces the metadata at once: they are the old ones or the new ones, never half."""
    new = META + ".new"
    with suppress(FileNotFoundError):
        os.unlink(new, dir_fd=at)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(new, flags, 0o600, dir_fd=at), "wb") as file:
        file.write(json.dumps(values, indent=1).encode("ascii") + b"\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, META, src_dir_fd=at, dst_dir_fd=at)
    os.fsync(at)


def check_private(root: Path) -> list[Path]:
    """Folders and files of the captures that others than their owner can reach; [] is right."""
    return [path for path in _everything(root) if path.lstat().st_mode & _OTHERS]


def make_private(root: Path) -> list[Path]:
    """Takes the rights of others away from all folders and files; returns those it changed.

    Raises OSError for one that is not this user's own.
    """
    changed = []
    for path in check_private(root):
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        file = os.open(path, flags)
        try:
            os.fchmod(file, stat.S_IMODE(os.fstat(file).st_mode) & ~_OTHERS)
        finally:
            os.close(file)
        changed.append(path)
    return changed


def _everything(folder: Path) -> Iterator[Path]:
    """A folder and all folders and files in it; links and sockets are left alone."""
    if not folder.is_dir() or folder.is_symlink():
        return
    yield folder
    for path in sorted(folder.iterdir()):
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            yield from _everything(path)
        elif stat.S_ISREG(mode):
            yield path
