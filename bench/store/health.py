"""How well a database is: asked by `bench doctor`, which has to live with any answer."""

from __future__ import annotations

import stat
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.store.copying import check_file, driver
from bench.store.errors import StoreError
from bench.store.migrate import checksums
from bench.store.places import shown
from bench.store.store import Store

SAFE_SINCE = (3, 51, 3)
"""The first SQLite without the WAL-reset bug (sqlite.org/wal.html#walresetbug) …"""
SAFE_ALSO = ((3, 44, 6), (3, 50, 7))
"""… and the older lines that it was mended in."""


class Grade(StrEnum):
    """How a finding is to be taken."""

    GOOD = "good"
    HINT = "hint"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, in a line."""

    name: str
    grade: Grade
    text: str
    todo: str = ""


def may_lose_writes(number: tuple[int, ...]) -> bool:
    """Whether this SQLite has the WAL-reset bug: two writers at one instant may lose a step."""
    mended = any(number[:2] == line[:2] and number >= line for line in SAFE_ALSO)
    return number < SAFE_SINCE and not mended


def sqlite_finding() -> Finding:
    """The SQLite that peewee has taken."""
    now = driver.sqlite_version
    number = tuple(int(part) for part in now.split("."))
    whose = driver.__name__.partition(".")[0]
    text = f"{now} ({whose}), peewee {version('peewee')}"
    if not may_lose_writes(number):
        return Finding("sqlite", Grade.GOOD, text)
    bug = "may lose a step when two programs write at the same instant"
    todo = "pip install pysqlite3 where it has a wheel; else one program a file"
    return Finding("sqlite", Grade.HINT, f"{text}: {bug}", todo)


def database_findings(where: Path | str, now: datetime) -> list[Finding]:
    """Whether the database opens, is up to date, sound, and private; and the clock against it."""
    if isinstance(where, Path) and not where.exists():
        text = f"{shown(where)} is not there yet: bench makes it at its first start"
        return [Finding("database", Grade.HINT, text)]
    try:
        store = Store.open(where, patience=5)
    except StoreError as error:
        return [Finding("database", Grade.WRONG, f"{shown(where)}: {error.what}", error.todo)]
    try:
        with closing(store):
            own = _file_findings(where) if isinstance(where, Path) else _server_findings(store)
            return [*own, _clock_finding(store, now)]
    except StoreError as error:
        return [Finding("database", Grade.WRONG, error.what, error.todo)]


def _opened(where: Path | str, more: str) -> Finding:
    text = f"{shown(where)}, schema {list(checksums())[-1]}, {more}"
    return Finding("database", Grade.GOOD, text)


def _file_findings(path: Path) -> list[Finding]:
    try:
        check_file(path)
    except (StoreError, driver.Error) as error:
        what = getattr(error, "what", str(error))
        return [Finding("database", Grade.WRONG, what, "bench restore the latest good backup")]
    size = sum(p.stat().st_size for p in path.parent.glob(path.name + "*")) / 1e6
    return [_opened(path, f"{size:,.1f} MB, sound"), _rights_finding(path)]


def _rights_finding(path: Path) -> Finding:
    if sys.platform == "win32":
        return Finding("permissions", Grade.GOOD, "as Windows has them")
    modes = {p: stat.S_IMODE(p.stat().st_mode) for p in (path, path.parent)}
    text = ", ".join(f"{p.name}{'/' if p.is_dir() else ''} {mode:04o}" for p, mode in modes.items())
    if any(mode & 0o007 for mode in modes.values()):
        todo = f"chmod o-rwx {path} {path.parent}"
        return Finding("permissions", Grade.HINT, f"{text}: others may look in", todo)
    return Finding("permissions", Grade.GOOD, text)


_RISKS = ("fsync", "full_page_writes", "synchronous_commit")
"""What must be on for a server to keep what it has confirmed."""


def _server_findings(store: Store) -> list[Finding]:
    link = store._link
    rows = link.rows(
        "SELECT name, setting FROM pg_settings WHERE name IN (?, ?, ?, ?)",
        (*_RISKS, "server_version"),
    )
    settings: dict[str, Any] = dict(rows)
    found = [_opened(store.where, f"PostgreSQL {settings.get('server_version', '?')}")]
    off = [name for name in _RISKS if settings.get(name) == "off"]
    if off:
        text = f"the server may lose confirmed steps: {', '.join(off)} off"
        found.append(Finding("server", Grade.WRONG, text, "switch it on in postgresql.conf"))
    (owns,) = link.row("SELECT has_table_privilege('event', 'DELETE')") or (False,)
    if owns:
        text = "benches sign in as a role that could change history"
        todo = "give them a role of their own: bench db grant ROLE"
        found.append(Finding("permissions", Grade.HINT, text, todo))
    else:
        found.append(Finding("permissions", Grade.GOOD, "this role cannot change history"))
    return found


_SKEW = 5.0
"""Seconds that a bench's clock may differ from its server's."""


def _clock_finding(store: Store, now: datetime) -> Finding:
    """Against the server's clock, or against the newest step in a file."""
    text = f"{now:%Y-%m-%d %H:%M} UTC"
    todo = "set this computer's clock (better: have it set by NTP)"
    if isinstance(store.where, str):
        row = store._link.row("SELECT extract(epoch FROM clock_timestamp())")
        skew = now.timestamp() - float(row[0]) if row else 0.0
        if abs(skew) > _SKEW:
            way = "ahead of" if skew > 0 else "behind"
            return Finding(
                "clock", Grade.WRONG, f"{text}, {abs(skew):.0f} s {way} the server", todo
            )
        return Finding("clock", Grade.GOOD, f"{text}, as the server's")
    row = store._link.row("SELECT max(at) FROM event")
    newest = datetime.fromisoformat(row[0]) if row and row[0] else None
    if newest is not None and newest > now:
        return Finding(
            "clock", Grade.WRONG, f"{text}, before the newest step ({newest:%F %R})", todo
        )
    return Finding("clock", Grade.GOOD, text)
