"""Packets that were made, as files beside the captures: what was sent is kept.

Reads and writes files: for a thread in the background, never the screen's.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from bench.evidence.packet import PARTS, PacketFacts, PacketIncomplete
from bench.evidence.packet_zip import packet_zip
from bench.hardware.capture_writer import sync_folder
from bench.workflow.desk import Refused

PACKETS = "packets"
"""Folder of the packets, within the folder of captures."""
_SHORT = 8
_HASH = re.compile(r"[0-9a-f]{64}")
_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class Kept:
    """A packet that is safely on the disk."""

    path: Path
    sha256: str
    """Of the zip: 64 hexadecimal digits, as `VendorCase.packet` keeps it."""
    already: bool = False
    """The same packet was there before."""


def keep_packet(folder: Path, facts: PacketFacts) -> Kept:
    """Writes the zip for its owner alone, under `packets/<day>/` of the folder of captures.

    The same facts give the same file. Raises Refused where parts are missing, or where the disk
    is full or does not let it be written; then nothing of it is left.
    """
    try:
        data = packet_zip(facts)
    except PacketIncomplete as error:
        names = ", ".join(PARTS[part] for part in error.missing)
        raise Refused(f"the packet is not complete: {names}", "fill in what is missing") from None
    sha256 = hashlib.sha256(data).hexdigest()
    day = folder / PACKETS / f"{facts.written_at:%Y-%m-%d}"
    path = day / f"{_file_name(facts.rma_number)}-{sha256[:_SHORT]}.zip"
    try:
        _make_folders(folder, day)
        if path.is_symlink() or path.exists():
            return _known(path, sha256)
        _write(path, data)
    except OSError as error:
        what = f"the packet cannot be written: {error.strerror or error}"
        full = error.errno in _FULL
        remedy = "make room on the disk, then try again" if full else f"check the rights on {day}"
        raise Refused(what, remedy) from None
    return Kept(path, sha256)


def kept_packet(folder: Path, sha256: str) -> Path:
    """The file of a packet that was kept. Raises Refused where it is gone or was changed."""
    if not _HASH.fullmatch(sha256):
        raise Refused("no packet was kept", "make one first")
    short = sha256[:_SHORT]
    try:
        for path in sorted((folder / PACKETS).glob(f"????-??-??/*-{short}.zip")):
            if _sha256(path) == sha256:
                return path
    except OSError as error:
        raise Refused(
            f"the packets cannot be read: {error.strerror}", "check their rights"
        ) from None
    raise Refused(f"the packet {short} is not on this bench, or was changed", "look on the others")


def _known(path: Path, sha256: str) -> Kept:
    if path.is_symlink() or _sha256(path) != sha256:
        raise Refused(f"{path.name} is there already, and is another file", "move it away first")
    return Kept(path, sha256, already=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _file_name(number: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]+", "-", number)[:40].strip("-") or "rma"


def _make_folders(root: Path, day: Path) -> None:
    """Each of them for its owner alone, and durable."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in (day.parent, day):
        if not one.is_dir():
            one.mkdir(mode=0o700, exist_ok=True)
            sync_folder(one.parent)


def _write(path: Path, data: bytes) -> None:
    """A whole file or none, whatever happens meanwhile."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(new, flags, 0o600), "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    sync_folder(path.parent)
