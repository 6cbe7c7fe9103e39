"""After a kill or a power cut: making a capture whole again, and checking that nobody changed it.

raw.bin is never edited; only what was read and not yet written is added at its end. What the index
does not tell is added to it, what is broken at its end is cut off, and the capture is sealed.
"""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from bench.evidence.capture_format import (
    INDEX,
    LINE_LIMIT,
    RAW,
    TYPED,
    BadMeta,
    BadRecord,
    Chain,
    Kind,
    Meta,
    Record,
    decode,
    encode,
    read_meta,
)
from bench.hardware.capture_control import remove
from bench.hardware.capture_inflight import forget, rescued
from bench.hardware.capture_writer import sync_folder, write_meta

with suppress(ImportError):  # Windows
    import fcntl

_PIECE = 1 << 20


class StillRunning(Exception):
    """The capture's process has its files open: it needs no recovery."""


@dataclass(slots=True)
class _Walk:
    """An index as it was walked through, record by record."""

    chain: Chain
    good: int = 0
    """Bytes of the index up to the end of its last good line."""
    size: int = 0
    """Bytes of raw.bin that it tells of."""
    typed: int = 0
    t: int = 0
    """The monotonic time of its last record."""
    last: Kind | None = None
    closed: bool = False
    hashes: list[tuple[Record, int, str]] = field(default_factory=list)
    """Hash records, how many bytes of typed.bin they are over, and what the chain should be."""
    problems: list[str] = field(default_factory=list)


def recover(folder: Path) -> Meta:
    """Makes a capture whole whose process was killed; its metadata, with the seal.

    A capture that is closed stays as it is. Raises StillRunning, BadMeta, or OSError.
    """
    meta = read_meta(folder)
    if meta.seal:
        return meta
    index = os.open(folder / INDEX, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        _lock(index)
        written_ns = (folder / RAW).stat().st_mtime_ns
        saved = _rescue(folder, meta)
        walk = _walk(folder, meta, to_cut=True)
        size, typed = (_size(folder / name) for name in (RAW, TYPED))
        whole = walk.closed and walk.last is Kind.HASH
        if not (whole and size == walk.size and typed == walk.typed):
            mend = _Mend(size, typed, saved, written_ns)
            _mend(folder, index, walk, mend)
        seal = walk.chain.link
        os.fsync(index)
    finally:
        os.close(index)
    ended = datetime.fromtimestamp(written_ns / 1e9, UTC)
    ended_text = ended.isoformat(timespec="milliseconds")
    meta = replace(meta, ended=ended_text, bytes=size, typed=typed, seal=seal)
    write_meta(folder, meta)
    sync_folder(folder)
    forget(meta.id)
    if meta.socket:
        remove(Path(meta.socket))
    return meta


def verify(folder: Path, seal: str = "") -> list[str]:
    """What is wrong with a closed capture, as sentences; nothing: it is as it was sealed.

    `seal` is the one that the RMA's events keep: metadata can be changed together with an index.
    Where the bytes were removed on purpose (`Meta.erased`), the index must still be the sealed one.
    """
    try:
        meta = read_meta(folder)
    except BadMeta as error:
        return [f"{error}."]
    if not meta.seal:
        return ["The capture is not closed: close it, or recover it, first."]
    if not (folder / INDEX).is_file():
        return [f"{INDEX} is missing."]
    walk = _walk(folder, meta, to_cut=False)
    missing = [f"{name} is missing." for name in (RAW, TYPED) if not (folder / name).exists()]
    if missing:
        problems = walk.problems + _unlinked(walk)
        problems += missing if not meta.erased else []
    else:
        problems = walk.problems + _changed(folder, walk)
    if walk.last is not Kind.HASH or walk.chain.link != meta.seal:
        problems.append("The index does not end with the seal of the capture.")
    if seal and seal != meta.seal:
        problems.append("The seal is not the one that the RMA's record keeps.")
    return problems


def _lock(index: int) -> None:
    with suppress(NameError):
        try:
            fcntl.flock(index, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StillRunning from None


def _rescue(folder: Path, meta: Meta) -> int:
    """Adds the bytes that the process had read and had no time to write; how many."""
    data = rescued(meta.id, _size(folder / RAW))
    if data:
        with (folder / RAW).open("ab") as raw:
            raw.write(data)
            raw.flush()
            os.fsync(raw.fileno())
    return len(data)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _walk(folder: Path, meta: Meta, *, to_cut: bool) -> _Walk:
    """Reads the index to its end; what is no record at its end is not counted as good."""
    walk = _Walk(Chain(meta.id))
    pending: list[bytes] = []
    number = 0
    with (folder / INDEX).open("rb") as file:
        while line := file.readline(LINE_LIMIT + 1):
            number += 1
            try:
                record = decode(line if line.endswith(b"\n") else b"")
            except BadRecord:
                pending.append(line)
                if not to_cut:
                    walk.problems.append(f"Line {number} of the index is no record.")
                continue
            for bad in pending:  # not at the end, so it stays, and counts as it is
                walk.chain.add(bad)
                walk.good += len(bad)
            pending.clear()
            walk.good += len(line)
            _step(walk, record, line)
    return walk


def _step(walk: _Walk, record: Record, line: bytes) -> None:
    walk.last, walk.closed = record.kind, walk.closed or record.kind is Kind.CLOSE
    fields, walk.t = record.fields, record.t
    if record.kind is Kind.HASH:
        link = walk.chain.seal(fields["raw"], fields["typed"])
        walk.hashes.append((record, walk.typed, link))
        return
    walk.chain.add(line)
    if record.kind is Kind.DATA:
        if fields["o"] != walk.size:
            walk.problems.append(f"The index leaves out or repeats bytes at {walk.size}.")
        walk.size = fields["o"] + fields["n"]
    elif record.kind is Kind.SENT:
        walk.typed = fields["o"] + fields["n"]


@dataclass(frozen=True, slots=True)
class _Mend:
    """What the files are, beside what the index tells."""

    size: int
    typed: int
    saved: int
    """Bytes that were in flight."""
    written_ns: int
    """When raw.bin was written last, before the recovery."""


def _mend(folder: Path, index: int, walk: _Walk, mend: _Mend) -> None:
    """Cuts the broken end of the index off, adds what it lacks, and seals."""
    cut = os.fstat(index).st_size - walk.good
    os.ftruncate(index, walk.good)

    def write(kind: Kind, **fields: object) -> None:
        known = kind in (Kind.DATA, Kind.SENT)  # they came before the end, not now
        w = mend.written_ns if known else time.time_ns()
        line = encode(Record(walk.t, w, kind, fields))
        if kind is not Kind.HASH:
            walk.chain.add(line)
        os.write(index, line)

    if mend.size > walk.size:
        write(Kind.DATA, o=walk.size, n=mend.size - walk.size)
    if mend.typed > walk.typed:
        write(Kind.SENT, o=walk.typed, n=mend.typed - walk.typed, secret=True)  # nobody knows
    missing = max(0, walk.size - mend.size)
    nuls = _trailing_nuls(folder / RAW)
    write(Kind.RECOVERED, cut=cut, nuls=nuls, missing=missing, rescued=mend.saved)
    write(Kind.CLOSE, why="recovered")
    raw_hash, typed_hash = (_hash(folder / name) for name in (RAW, TYPED))
    chain = walk.chain.seal(raw_hash, typed_hash)
    write(Kind.HASH, o=mend.size, raw=raw_hash, typed=typed_hash, chain=chain)


def _trailing_nuls(path: Path) -> int:
    """NULs at the end: a power cut may leave them in place of bytes that never reached the disk."""
    total, at = 0, _size(path)
    if not at:
        return 0
    with path.open("rb") as file:
        while at:
            piece = min(_PIECE, at)
            at -= piece
            file.seek(at)
            data = file.read(piece)
            nuls = len(data) - len(data.rstrip(b"\0"))
            total += nuls
            if nuls < len(data):
                break
    return total


def _hash(path: Path) -> str:
    running = hashlib.sha256()
    if path.exists():
        with path.open("rb") as file:
            while data := file.read(_PIECE):
                running.update(data)
    return running.hexdigest()


def _unlinked(walk: _Walk) -> list[str]:
    """Where the chain of the index breaks, first; for a capture without its bytes."""
    for record, _, link in walk.hashes:
        if link != record.fields["chain"]:
            return [_index_changed(record)]
    return []


def _index_changed(record: Record) -> str:
    return f"The index was changed before byte {record.fields['o']} of {RAW}."


def _changed(folder: Path, walk: _Walk) -> list[str]:
    """Where the files differ from what the hash records say."""
    problems: list[str] = []
    with (folder / RAW).open("rb") as raw, (folder / TYPED).open("rb") as typed:
        hashes = [hashlib.sha256(), hashlib.sha256()]
        ends, at = [0, 0], 0
        for record, typed_end, link in walk.hashes:
            wanted = [record.fields["o"], typed_end]
            for file, running, old, new in zip((raw, typed), hashes, ends, wanted, strict=True):
                running.update(file.read(max(0, new - old)))
            ends = wanted
            if hashes[0].hexdigest() != record.fields["raw"]:
                return [*problems, f"{RAW} was changed between bytes {at} and {wanted[0]}."]
            if hashes[1].hexdigest() != record.fields["typed"]:
                return [*problems, f"{TYPED} was changed before byte {wanted[1]}."]
            if link != record.fields["chain"]:
                return [*problems, _index_changed(record)]
            at = wanted[0]
        if raw.read(1):
            problems.append(f"{RAW} has bytes after the seal.")
        if typed.read(1):
            problems.append(f"{TYPED} has bytes after the seal.")
    return problems
