"""Follows a capture's folder: while it grows, after it was closed, and after a crash.

The reader only reads. It takes bytes as the index tells them; bytes of raw.bin that no record
speaks of (the capture process died between the two writes) are taken when the index has not
moved since the look before. A line of the index without an end is waited for; a line that is no
record is counted and passed over. One thread polls; others may read what is there meanwhile.
"""

from __future__ import annotations

import os
import stat
from bisect import bisect_right, insort
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.evidence.capture_format import (
    INDEX,
    META,
    RAW,
    TYPED,
    BadMeta,
    BadRecord,
    Kind,
    Meta,
    Record,
    decode,
    read_meta,
)
from bench.evidence.transcript import Line, Transcript
from bench.evidence.transcript_search import search

_INDEX_BYTES = 1 << 16
"""Bytes of the index read at a time; also the longest line that a record may be."""
_READ_LIMIT = 1 << 24
_HIGHEST = 1 << 62
"""No offset, length or time of a capture is as high."""
_UNSHOWN = (Kind.DATA, Kind.SENT, Kind.HASH)
_FLAGS = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_CLOEXEC", "O_NONBLOCK", "O_NOFOLLOW", "O_BINARY")
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a capture, and after how many bytes of raw.bin."""

    offset: int
    record: Record

    @property
    def kind(self) -> Kind:
        """What happened."""
        return self.record.kind


@dataclass(frozen=True, slots=True)
class Typed:
    """Bytes that were sent to the device: `offset` and `length` are of typed.bin."""

    wall_ns: int
    at: int
    """How many bytes of raw.bin had come by then."""
    offset: int
    length: int
    secret: bool


class CaptureReader:
    """A capture as lines and events; `poll` takes what is new."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines = Transcript(self.read)
        self.records: list[Event] = []
        """What happened, by offset: all but data, sent and hash records."""
        self.typed: list[Typed] = []
        self.bad_lines = 0
        """Lines of the index that are no records."""
        self._files: dict[str, int] = {}
        self._waiting: deque[Record] = deque()
        self._index_at = self._told = 0
        self._rest = b""
        self._unindexed = -1
        self._meta: tuple[int, Meta] | None = None

    def __enter__(self) -> CaptureReader:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the files."""
        while self._files:
            os.close(self._files.popitem()[1])

    @property
    def size(self) -> int:
        """Bytes of raw.bin taken so far."""
        return self.lines.size

    @property
    def missing(self) -> int:
        """Bytes that the index speaks of and raw.bin has not: lost with the power."""
        return max(0, self._told - self.size)

    @property
    def meta(self) -> Meta:
        """What the capture is of, as it stands now; raises BadMeta."""
        try:
            changed = (self.folder / META).stat().st_mtime_ns
        except OSError:
            raise BadMeta(f"{self.folder.name} has no {META}") from None
        if self._meta is None or self._meta[0] != changed:
            self._meta = (changed, read_meta(self.folder))
        return self._meta[1]

    def poll(self, limit_bytes: int = 1 << 18) -> bool:
        """Takes what is new, at most so many bytes of raw.bin; True when more may be waiting."""
        if not self._waiting:
            self._read_index()
        room = limit_bytes
        while self._waiting and room > 0:
            room -= self._take(self._waiting[0], room)
        if self._waiting or self._index_grew():
            return True
        return self._take_unindexed(max(0, room))

    def poll_all(self) -> CaptureReader:
        """Takes everything that is there now: for captures that are closed."""
        while self.poll(1 << 22):
            pass
        return self

    def _read_index(self) -> None:
        block = self._pread(INDEX, self._index_at, _INDEX_BYTES)
        self._index_at += len(block)
        *lines, self._rest = (self._rest + block).split(b"\n")
        if len(self._rest) > _INDEX_BYTES:  # never written by us: not kept in memory
            self._rest = b"\xff"
        for line in lines:
            record = _record(line)
            if record is None:
                self.bad_lines += 1
            else:
                self._waiting.append(record)

    def _index_grew(self) -> bool:
        return self._file_size(INDEX) > self._index_at

    def _take(self, record: Record, room: int) -> int:
        """Takes a record, or as much of its bytes as there is room for; returns their number."""
        if record.kind is not Kind.DATA:
            self._waiting.popleft()
            self._happened(record)
            return 0
        end = record.fields["o"] + record.fields["n"]
        data = self._pread(RAW, self.size, min(room, end - self.size)) if end > self.size else b""
        self.lines.feed(data, record.w)
        if self.size >= end or not data:
            self._waiting.popleft()
            self._told = max(self._told, end)
        return len(data)

    def _happened(self, record: Record) -> None:
        told = record.fields.get("o", self.size)
        if record.kind is Kind.SENT:
            secret = record.fields.get("secret") is True
            self.typed.append(Typed(record.w, self.size, told, record.fields["n"], secret))
        elif record.kind not in _UNSHOWN:
            offset = told if type(told) is int and 0 <= told < _HIGHEST else self.size
            insort(self.records, Event(offset, record), key=lambda event: event.offset)

    def _take_unindexed(self, room: int) -> bool:
        """Bytes beyond the index: taken once the index has stood still from look to look."""
        size = self._file_size(RAW)
        if size <= self.size:
            self._unindexed = -1
            return False
        if self._unindexed != self.size:
            self._unindexed = self.size
            return True
        data = self._pread(RAW, self.size, room)
        self.lines.feed(data, self._changed(RAW))
        self._unindexed = self.size
        return self.size < size

    def line(self, number: int) -> Line:
        """A line by its number; raises IndexError."""
        return self.lines.line(number)

    def read(self, offset: int, length: int) -> bytes:
        """Bytes of raw.bin; fewer at its end, and at most 16 MiB."""
        return self._pread(RAW, offset, length)

    def read_typed(self, offset: int, length: int) -> bytes:
        """Bytes of typed.bin; fewer at its end. They may be secret: see `typed`."""
        return self._pread(TYPED, offset, length)

    def time_at(self, offset: int) -> int:
        """When the byte at an offset came, as ns since 1970 UTC, good to a tenth of a second."""
        return self.lines.time_at(offset)

    def events_between(self, first: int, last: int) -> list[tuple[int, Event]]:
        """What happened above the lines `first` to `last` (without it), with the line's number.

        An event in the middle of a line is told above the next line; one after everything that
        has come has a number past the last line.
        """
        lines, records = self.lines, self.records
        low = lines.start(first - 1) if first > 0 else -1
        begin = bisect_right(records, low, key=lambda event: event.offset) if first > 0 else 0
        found: list[tuple[int, Event]] = []
        for event in records[begin:]:
            number = lines.number_after(event.offset)
            if number >= last:
                break
            if number >= first:
                found.append((number, event))
        return found

    def search(
        self,
        text: str,
        start_line: int = 0,
        backwards: bool = False,
        ignore_case: bool = True,
        stop: Callable[[], bool] = bool,
    ) -> int | None:
        """The next line from `start_line` on that holds the text; see `transcript_search`."""
        return search(self.lines, text, start_line, backwards, ignore_case, stop)

    def history(self) -> Iterator[tuple[Record, bytes]]:
        """All records of the index in order from its beginning, data records with their bytes.

        For replay and export: the index is read again, so that memory does not grow with it. Long
        runs of bytes come in several data records; bytes beyond the index are not among them.
        """
        at, rest = 0, b""
        while block := self._pread(INDEX, at, _INDEX_BYTES):
            at += len(block)
            *lines, rest = (rest + block).split(b"\n")
            rest = rest if len(rest) <= _INDEX_BYTES else b"\xff"
            for record in filter(None, map(_record, lines)):
                if record.kind is Kind.DATA:
                    yield from self._pieces(record)
                else:
                    yield record, b""

    def _pieces(self, record: Record) -> Iterator[tuple[Record, bytes]]:
        offset, end = record.fields["o"], record.fields["o"] + record.fields["n"]
        while data := self.read(offset, min(_INDEX_BYTES, end - offset)):
            yield Record(record.t, record.w, Kind.DATA, {"o": offset, "n": len(data)}), data
            offset += len(data)

    def _open(self, name: str) -> int | None:
        """A file of the capture, once it is there; a link, a device or a pipe is not one."""
        if name not in self._files:
            try:
                file = os.open(self.folder / name, _FLAGS)
            except OSError:
                return None
            if not stat.S_ISREG(os.fstat(file).st_mode):
                os.close(file)
                return None
            self._files[name] = file
        return self._files[name]

    def _pread(self, name: str, offset: int, length: int) -> bytes:
        file = self._open(name)
        length = min(length, _READ_LIMIT)
        if file is None or length <= 0 or not 0 <= offset < _HIGHEST:
            return b""
        return os.pread(file, length, offset)

    def _file_size(self, name: str) -> int:
        file = self._open(name)
        return 0 if file is None else os.fstat(file).st_size

    def _changed(self, name: str) -> int:
        file = self._open(name)
        return 0 if file is None else max(0, os.fstat(file).st_mtime_ns)


def _record(line: bytes) -> Record | None:
    """The record of an index line, or None where it is none that can be reckoned with."""
    try:
        record = decode(line)
    except BadRecord:
        return None
    numbers = (record.t, record.w, record.fields.get("o", 0), record.fields.get("n", 0))
    return record if all(type(n) is int and 0 <= n < _HIGHEST for n in numbers) else None
