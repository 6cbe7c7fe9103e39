"""Files that are there whole or not at all, whenever the power goes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.store.copying import sync

_CHUNK = 1 << 20


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """A hidden file beside `target` (mode 0600), which takes its name once it is on the disk."""
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        yield part
        sync(part)
        part.replace(target)
        sync(target.parent)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def sha256_of(file: Path, told: Callable[[float], None] | None = None) -> str:
    """The SHA-256 of a file. Not for a database that this program has open: closing the file
    would drop the locks that SQLite holds on it."""
    digest, done = hashlib.sha256(), 0
    size = file.stat().st_size or 1
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            if told:
                told(min(1.0, done / size))
    return digest.hexdigest()
