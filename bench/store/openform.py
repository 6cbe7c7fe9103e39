"""The open form: everything in the database as JSON lines that need no program of ours.

A first line says what it is, then comes each row of each table in an order that can be loaded
again, then a last line with the counts and the digest of all heads.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bench import __version__
from bench.store.link import Row
from bench.store.migrate import MARK
from bench.store.proof import heads_digest
from bench.store.snapshot import IN_ORDER, Snapshot
from bench.store.whole import whole

FORMAT, VERSION = "bench-open", 1
_MAGIC = b"\x1f\x8b"
Told = Callable[[str, float], None]
"""Hears what is being done, and how much of it is done, from 0 to 1."""


class Sink(Protocol):
    """What can be written to."""

    def write(self, data: bytes, /) -> int:
        """Writes bytes."""
        ...


class Source(Protocol):
    """What lines can be read from."""

    def readline(self, size: int = -1, /) -> bytes:
        """The next line, or so many bytes of it."""
        ...


@dataclass(frozen=True, slots=True)
class Content:
    """What a whole database holds: rows by table, units with events, digest of their heads."""

    rows: dict[str, int]
    units: int
    heads: str

    @property
    def events(self) -> int:
        """How many events."""
        return self.rows.get("event", 0)


def content_of(snapshot: Snapshot, told: Told | None = None) -> Content:
    """Counts everything, and takes the digest of all heads."""
    rows = {table: snapshot.number(f"SELECT count(*) FROM {table}") for table in snapshot.tables()}
    rows["meta"] = len(_own(snapshot.rows('SELECT "key" FROM meta')))
    return Content(rows, *_heads(snapshot, rows.get("event", 0), told))


def _heads(snapshot: Snapshot, events: int, told: Told | None) -> tuple[int, str]:
    if not snapshot.chained():
        return 0, ""

    def read(done: int) -> None:
        if told:
            told("reading the events", done / max(1, events))

    heads, units = heads_digest(snapshot.rows, read)
    return units, heads


def _own(rows: list[Row]) -> list[Row]:
    """Without the notes on migrations: they are about the database, not part of its content."""
    return [row for row in rows if not str(row[0]).startswith(MARK)]


def write_open(snapshot: Snapshot, out: Sink, made_at: str, told: Told | None = None) -> Content:
    """Writes everything; what it was. Raises StoreError kinds and OSError."""
    encode = json.JSONEncoder(
        ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=bytes.hex
    ).encode
    out.write(f"{encode(_header(snapshot, made_at))}\n".encode())
    content = content_of(snapshot, told)
    total, done = sum(content.rows.values()) or 1, 0
    for table in snapshot.tables():
        names = snapshot.columns(table)
        for page in snapshot.pages(_select(table, names)):
            if table == "meta":
                page = _own(page)
            lines = [encode({"table": table, **dict(zip(names, row, strict=True))}) for row in page]
            out.write("".join(f"{line}\n" for line in lines).encode())
            done += len(page)
            if told:
                told("writing", done / total)
    last = {"end": FORMAT, "rows": content.rows, "units": content.units, "heads": content.heads}
    out.write(f"{encode(last)}\n".encode())
    return content


def _header(snapshot: Snapshot, made_at: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "schema": snapshot.schema(),
        "made_at": made_at,
        "program": __version__,
    }


def _select(table: str, names: list[str]) -> str:
    order = "rowid" if table in IN_ORDER else f'"{names[0]}"'
    columns = ", ".join(f'"{name}"' for name in names)
    return f"SELECT {columns} FROM {table} ORDER BY {order}"


def write_file(
    snapshot: Snapshot, target: Path, made_at: str, told: Told | None = None, *, pack: bool
) -> Content:
    """Writes everything to a file that is there whole or not at all; `pack`: gzip'd."""
    with whole(target) as part, part.open("wb") as raw:
        if not pack:
            return write_open(snapshot, raw, made_at, told)
        with gzip.GzipFile("", "wb", 5, raw, mtime=0) as packed:
            return write_open(snapshot, packed, made_at, told)


def is_open_form(file: Path) -> bool:
    """Whether a file is of this form, by its first line. Raises OSError."""
    try:
        with opened(file) as stream:
            first = json.loads(stream.readline(4000))
    except (EOFError, zlib.error, gzip.BadGzipFile, ValueError, RecursionError):
        return False
    return isinstance(first, dict) and first.get("format") == FORMAT


@contextmanager
def opened(file: Path) -> Iterator[Source]:
    """The content of a file, unpacked where it is gzip'd."""
    with file.open("rb") as raw:
        packed = raw.read(2) == _MAGIC
        raw.seek(0)
        if packed:
            with gzip.GzipFile(fileobj=raw) as stream:
                yield stream
        else:
            yield raw
