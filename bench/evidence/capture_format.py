"""A capture as it lies on disk: names of its files, records of its index, hash chain, metadata.

A capture is a recording of one console port: a folder with the received bytes (raw.bin), the bytes
that were sent to the device (typed.bin), an index of what happened when (index.jsonl), and what it
is of (meta.json). Everything that is read from such a folder is foreign until it is checked here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

RAW, TYPED, INDEX, META = "raw.bin", "typed.bin", "index.jsonl", "meta.json"
VERSION = 1
"""The version of this format; captures of a later one are refused, not guessed at."""
HASH_EVERY = 1 << 20
"""Bytes of raw.bin after which the index gets a hash record."""
LINE_LIMIT = 1 << 16
"""Bytes of the longest index line; what is longer was not written by this program."""
_META_LIMIT = 1 << 20


class BadRecord(Exception):
    """A line of an index that is none: cut off, or not written by this program."""


class BadMeta(Exception):
    """The metadata of a capture cannot be used; the text says why."""


class Kind(StrEnum):
    """What a record of the index tells."""

    OPEN = "open"
    DATA = "data"
    SENT = "sent"
    BAUD = "baud"
    BREAK = "break"
    LINES = "lines"
    GONE = "gone"
    BACK = "back"
    COUNTS = "counts"
    UNCOUNTED = "uncounted"
    MARK = "mark"
    NOTE = "note"
    FULL = "full"
    ROOM = "room"
    CLOCK = "clock"
    HASH = "hash"
    RECOVERED = "recovered"
    CLOSE = "close"


_NUMBERS: Mapping[Kind, tuple[str, ...]] = {
    Kind.OPEN: ("baud",),
    Kind.DATA: ("o", "n"),
    Kind.SENT: ("o", "n"),
    Kind.BAUD: ("baud",),
    Kind.BREAK: ("ms",),
    Kind.GONE: ("o",),
    Kind.BACK: ("o",),
    Kind.MARK: ("o",),
    Kind.NOTE: ("o",),
    Kind.FULL: ("held",),
    Kind.HASH: ("o",),
    Kind.RECOVERED: ("cut", "nuls"),
}
"""Whole numbers from 0 that a record must have, since readers reckon with them."""
_TEXTS: Mapping[Kind, tuple[str, ...]] = {
    Kind.MARK: ("text",),
    Kind.NOTE: ("text",),
    Kind.HASH: ("raw", "typed", "chain"),
}


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the index: `t` monotonic ns, `w` wall clock as ns since 1970 UTC."""

    t: int
    w: int
    kind: Kind
    fields: Mapping[str, Any] = field(default_factory=dict)


def encode(record: Record) -> bytes:
    """The record as a line of the index, with its line feed: compact ASCII JSON."""
    values = {"t": record.t, "w": record.w, "e": record.kind.value, **record.fields}
    return json.dumps(values, separators=(",", ":")).encode("ascii") + b"\n"


def data_line(t: int, w: int, offset: int, length: int) -> bytes:
    """What `encode` gives for a data record, ten times faster: there is one for each read."""
    return b'{"t":%d,"w":%d,"e":"data","o":%d,"n":%d}\n' % (t, w, offset, length)


def decode(line: bytes) -> Record:
    """The record of a line of an index; raises BadRecord. Its texts are still foreign."""
    if len(line) > LINE_LIMIT:
        raise BadRecord(f"a line of {len(line)} bytes")
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:  # broken UTF-8 is a ValueError as well
        raise BadRecord("no JSON") from error
    if not isinstance(values, dict):
        raise BadRecord("no JSON object")
    try:
        kind = Kind(values.pop("e"))
        t, w = values.pop("t"), values.pop("w")
    except (KeyError, ValueError) as error:
        raise BadRecord("no kind or time that is known") from error
    numbers = [t, w, *(values.get(name) for name in _NUMBERS.get(kind, ()))]
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise BadRecord(f"no whole number in a record of {kind}")
    if not all(isinstance(values.get(name), str) for name in _TEXTS.get(kind, ())):
        raise BadRecord(f"no text in a record of {kind}")
    return Record(t, w, kind, values)


def lost(counts: Mapping[str, int]) -> int:
    """How often bytes were lost, of what a cable counted. Framing errors and breaks lose none."""
    return counts.get("overrun", 0) + counts.get("buf_overrun", 0)


class Chain:
    """The hash chain of an index: each hash record seals all lines since the one before.

    A link is the SHA-256 (hex) over the link before (the first is the capture's id), the index
    lines since, and the hashes of raw.bin and typed.bin so far. The last link is the seal.
    """

    def __init__(self, capture_id: str) -> None:
        self.link = capture_id
        self._running = hashlib.sha256(capture_id.encode("ascii", "replace"))

    def add(self, line: bytes) -> None:
        """One more index line, with its line feed; hash records are not added."""
        self._running.update(line)

    def seal(self, raw: str, typed: str) -> str:
        """The next link, given the hashes (hex) of all bytes of raw.bin and typed.bin so far."""
        self._running.update(f"{raw}{typed}".encode())
        self.link = self._running.hexdigest()
        self._running = hashlib.sha256(self.link.encode())
        return self.link


@dataclass(frozen=True, slots=True)
class Meta:
    """What a capture is of. All texts come from a file, so they are foreign to who shows them."""

    id: str
    """uuid4 as 32 hex digits."""
    name: str
    """What the port is called on the bench."""
    port: str
    stable: str = ""
    """The name by which the port is found again after unplugging."""
    adapter: Mapping[str, str] = field(default_factory=dict)
    """vid, pid, serial_number, product; empty for what is no USB adapter."""
    host: str = ""
    bench: str = ""
    technician: str = ""
    station: str = ""
    rma: str = ""
    serial: str = ""
    """The serial number that was scanned, not one that the console told."""
    model: str = ""
    started: str = ""
    """ISO 8601, UTC."""
    ended: str = ""
    """ISO 8601, UTC; "" until the capture is closed."""
    bytes: int = 0
    typed: int = 0
    seal: str = ""
    """The last link of the hash chain; "" until the capture is closed."""
    pid: int = 0
    socket: str = ""
    """Path of the control socket of the capture process."""
    erased: str = ""
    """When the bytes were removed on purpose (ISO 8601, UTC); "" while they are there."""
    version: int = VERSION


def meta_json(meta: Meta) -> bytes:
    """The text of meta.json, for people too: one key a line."""
    values = {"version": meta.version, **asdict(meta)}
    return json.dumps(values, indent=1).encode("ascii") + b"\n"


def read_meta(folder: Path) -> Meta:
    """The metadata of the capture in a folder; raises BadMeta where there is none to be used."""
    try:
        with (folder / META).open("rb") as file:
            values = json.loads(file.read(_META_LIMIT))
    except (OSError, ValueError, RecursionError) as error:
        raise BadMeta(f"{folder.name} has no {META} that can be read") from error
    if not isinstance(values, dict) or values.get("version") != VERSION:
        raise BadMeta(f"{META} of {folder.name} is not of version {VERSION}")
    known: dict[str, Any] = {}
    for one in fields(Meta):
        if one.name in values:
            known[one.name] = _checked(folder, one.name, values[one.name])
    if not {"id", "name", "port"} <= known.keys():
        raise BadMeta(f"{META} of {folder.name} lacks its id, name or port")
    return Meta(**known)


def _checked(folder: Path, name: str, value: object) -> object:
    """A value of the metadata that has the type of its field; raises BadMeta."""
    if name == "adapter":
        if isinstance(value, dict):
            return {str(key): str(one) for key, one in value.items()}
    elif name in ("bytes", "typed", "pid", "version"):
        if type(value) is int and value >= 0:
            return value
    elif isinstance(value, str):
        return value
    raise BadMeta(f"{META} of {folder.name}: {name} is not what it must be")
