"""Writing one capture: each byte that was read goes to its file at once, and is never rewritten.

What cannot be written, since the disk is full or fails, is kept in memory in its order and tried
again; the capture goes on. Past the limit bytes are dropped, and the index says where and how many.
"""

from __future__ import annotations

import errno
import hashlib
import os
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.evidence.capture_format import (
    HASH_EVERY,
    INDEX,
    META,
    RAW,
    TYPED,
    Chain,
    Kind,
    Meta,
    Record,
    data_line,
    encode,
    meta_json,
)
from bench.hardware.capture_inflight import NOWHERE, SIZE, Inflight
from bench.hardware.capture_sync import Syncer

with suppress(ImportError):  # Windows
    import fcntl

ReadInto = Callable[[memoryview], int]
"""Reads from a port into memory; how many bytes, 0 for none."""
HELD_LIMIT = 64 << 20
"""Bytes kept in memory while the disk takes none."""
TURN = 1 << 18
"""Bytes read from one port before the others have their turn."""
TOGETHER = 10_000_000
"""Nanoseconds of reads that one index record may tell of: a line at 115200 baud takes as long. Each
adapter hands out a few bytes a millisecond; one by one, their records would outgrow them."""
FULL_READ = 4095
"""Bytes that one read of a terminal gives at most (n_tty); less means that no more was there."""
_PRIVATE = 0o600
_FULL = "the disk is full"


def make_folder(root: Path, name: str, capture_id: str, now: datetime) -> Path:
    """A new folder for a capture, for its owner alone: <day>/<time>-<name>-<8 hex>, in UTC."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name)
    day = root / f"{now.astimezone(UTC):%Y-%m-%d}"
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    day.mkdir(mode=0o700, exist_ok=True)  # parents of a folder would be made for everybody to read
    folder = day / f"{now.astimezone(UTC):%H%M%S}-{kept.strip('-')[:40] or 'x'}-{capture_id[:8]}"
    folder.mkdir(mode=0o700)
    return folder


def write_meta(folder: Path, meta: Meta) -> None:
    """Writes meta.json so that there is always a whole one, the old or the new. Raises OSError."""
    new = folder / f"{META}.new"
    new.unlink(missing_ok=True)
    file = _open(new)
    try:
        os.write(file, meta_json(meta))
        os.fsync(file)
    finally:
        os.close(file)
    new.replace(folder / META)
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Makes sure that the names in a folder survive a power cut, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _open(path: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
    return os.open(path, flags | getattr(os, "O_BINARY", 0), _PRIVATE)


class CaptureWriter:
    """The files of one capture that runs. Used by one thread only."""

    def __init__(self, folder: Path, meta: Meta, held_limit: int = HELD_LIMIT) -> None:
        """Begins to write in an empty folder. Raises OSError where that cannot be."""
        self.folder, self.meta = folder, meta
        self._raw, self._typed, self._index = (_open(folder / n) for n in (RAW, TYPED, INDEX))
        with suppress(NameError):
            fcntl.flock(self._index, fcntl.LOCK_EX)  # recovery keeps off while this is held
        self.size = self.typed_size = 0
        self.last_ns = 0
        """When the last byte came (wall clock, ns since 1970); 0 for none."""
        self.dropped = 0
        """Bytes that neither the disk nor the memory could take."""
        self.trouble = ""
        """Why nothing can be written at the moment; "" while all is well."""
        self._hashes = {self._raw: hashlib.sha256(), self._typed: hashlib.sha256()}
        self._chain, self._hashed = Chain(meta.id), 0
        self._held = deque[tuple[int, bytes]]()
        self._held_limit, self.held, self._held_raw, self._gap = held_limit, 0, 0, 0
        self._sealed = False
        self._indexed = 0
        """Bytes that the index tells of."""
        self._since: tuple[int, int] | None = None
        """Times of the first read that the index does not know of yet."""
        write_meta(folder, meta)
        sync_folder(folder.parent)
        self._inflight = Inflight(meta.id)
        self._syncer = Syncer((self._raw, self._typed, self._index), lambda: self._on_file)

    @property
    def _on_file(self) -> int:
        return self.size - self._held_raw

    @property
    def synced(self) -> tuple[int, int, str]:
        """Bytes of raw.bin that are on the disk, since when (wall ns), and what went wrong."""
        return (self._syncer.synced.o, self._syncer.synced.w, self._syncer.trouble)

    def drain(self, read_into: ReadInto, heard: Callable[[bytes], bool] | None = None) -> int:
        """Writes what a port has; how many bytes that was. Raises what `read_into` raises.

        Reads that follow each other without a pause are written together, before anything else
        happens: what a killed process had read is in the file, or in flight. The index is told of
        it by `tell`, soon. `heard` gets each read once it is written, and may end the turn by True.
        """
        before, total, more = self.size, 0, True
        try:
            while more and total < TURN:
                length, more = self._read(read_into, heard)
                total += length
        finally:
            if self.size > before:
                self._received()
        return total

    def _read(self, read_into: ReadInto, heard: Callable[[bytes], bool] | None) -> tuple[int, bool]:
        """Reads while more is there and memory is left, and writes that; how many bytes, and
        whether to go on."""
        view, at, more = self._inflight.view, 0, True
        try:
            while more and SIZE - at >= FULL_READ:
                length = read_into(view[at:] if at else view)
                at += length
                self._inflight.read(at)
                more = length >= FULL_READ
                if heard is not None:
                    break
        finally:
            if at:
                self._take(view[:at])
                data = bytes(view[:at]) if heard is not None else b""
                self._inflight.expect(at, NOWHERE if self._held else self.size)
        if heard is not None and at and heard(data):
            more = False
        return at, more

    def _take(self, data: memoryview) -> None:
        try:
            done = 0 if self._held else os.write(self._raw, data)
        except OSError as error:
            done = self._failed(error)
        self.size += done
        self._hashes[self._raw].update(data[:done])
        for at in range(done, len(data), FULL_READ):
            self._keep(bytes(data[at : at + FULL_READ]))

    def sent(self, data: bytes, secret: bool) -> None:
        """Bytes that went to the device."""
        at, self.typed_size = self.typed_size, self.typed_size + len(data)
        self._hashes[self._typed].update(data)
        self._put(self._typed, data)
        self.record(Kind.SENT, o=at, n=len(data), secret=secret)

    def record(self, kind: Kind, **fields: Any) -> None:
        """One more event in the index, at this moment."""
        self.tell()
        self._line(encode(Record(time.monotonic_ns(), time.time_ns(), kind, fields)))

    @property
    def untold(self) -> bool:
        """Whether `tell` is due within TOGETHER."""
        return self._since is not None

    def tell(self) -> None:
        """Tells the index of the bytes that it does not know of yet.

        May come in the midst of a turn, where the disk is full just then: each byte is told once.
        """
        t, w = self._since or (time.monotonic_ns(), time.time_ns())
        o, self._indexed, self._since = self._indexed, self.size, None
        if self.size > o:
            self._line(data_line(t, w, o, self.size - o))

    def sync(self) -> None:
        """Asks for all to be put onto the disk at once."""
        self.tell()
        self._syncer.now()

    def retry(self) -> None:
        """Writes what is held, as far as the disk takes it; to be called each second."""
        while self._held:
            file, data = self._held.popleft()
            try:
                done = os.write(file, data)
            except OSError as error:
                done = self._failed(error)
            self.held -= done
            self._held_raw -= done if file == self._raw else 0
            if done < len(data):
                self._held.appendleft((file, data[done:]))
                break
        self._end_gap()
        if self.trouble and not self._held:
            self.trouble = ""
            self._inflight.expect(0, self.size)
            self.record(Kind.ROOM)
            self.sync()

    def rename(self, **fields: str) -> None:
        """Another RMA, serial or model in the metadata. Raises OSError."""
        self.meta = replace(self.meta, **fields)  # type: ignore[arg-type]
        write_meta(self.folder, self.meta)

    def close(self, why: str, now: datetime) -> Meta:
        """Seals and closes the files. Raises OSError, and stays open, while bytes are held."""
        self.retry()
        if self._held:
            raise OSError(f"{self.trouble}: {self.held} bytes are in memory only")
        if not self._sealed:  # else only the metadata could not be written
            self._sealed = True
            self.record(Kind.CLOSE, why=why)
            self._hash()
            self._syncer.end()
        self.meta = replace(
            self.meta,
            ended=now.astimezone(UTC).isoformat(timespec="milliseconds"),
            bytes=self.size,
            typed=self.typed_size,
            seal=self._chain.link,
        )
        write_meta(self.folder, self.meta)
        self.abandon()
        return self.meta

    def abandon(self) -> None:
        """Lets go of the files as they are."""
        self._inflight.close()
        for file in (self._raw, self._typed, self._index):
            with suppress(OSError):
                os.close(file)

    def _received(self) -> None:
        """The index tells of reads that follow within TOGETHER in one record, as of the first."""
        now = time.monotonic_ns()
        self.last_ns = time.time_ns()
        if self._since is None:
            if self.size > self._indexed:
                self._since = (now, self.last_ns)
        elif now - self._since[0] >= TOGETHER:
            self.tell()
        self._syncer.dirty()
        if self.size - self._hashed >= HASH_EVERY:
            self.tell()
            self._hash()

    def _hash(self) -> None:
        raw, typed = (self._hashes[file].hexdigest() for file in (self._raw, self._typed))
        fields = {"o": self.size, "raw": raw, "typed": typed, "chain": self._chain.seal(raw, typed)}
        record = Record(time.monotonic_ns(), time.time_ns(), Kind.HASH, fields)
        self._put(self._index, encode(record))
        self._hashed = self.size

    def _line(self, line: bytes) -> None:
        self._chain.add(line)
        self._put(self._index, line)
        self._syncer.dirty()

    def _put(self, file: int, data: bytes) -> None:
        done = 0
        if not self._held:
            try:
                done = os.write(file, data)
            except OSError as error:
                done = self._failed(error)
        if done < len(data):
            self._hold(file, data[done:])

    def _keep(self, data: bytes) -> None:
        """What the disk did not take: into memory, or counted as lost."""
        if self.held + len(data) > self._held_limit:
            self._gap += len(data)
            self.dropped += len(data)
            return
        self._end_gap()
        self._hold(self._raw, data)
        self.size += len(data)
        self._hashes[self._raw].update(data)

    def _end_gap(self) -> None:
        if self._gap and self.held < self._held_limit:
            lost, self._gap = self._gap, 0
            self.record(Kind.FULL, held=self.held, dropped=lost, o=self.size)

    def _hold(self, file: int, data: bytes) -> None:
        first = not self._held
        self._held.append((file, data))
        self.held += len(data)
        self._held_raw += len(data) if file == self._raw else 0
        if first:
            self.trouble = self.trouble or _FULL  # it took a part only
            self.record(Kind.FULL, held=len(data), dropped=0, o=self.size)

    def _failed(self, error: OSError) -> int:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        self.trouble = _FULL if full else error.strerror or str(error)
        return 0
