"""Writes the files of a capture as the capture process does, step by step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench.evidence.capture_format import INDEX, META, RAW, TYPED, Meta, meta_json

SECOND = 1_000_000_000
BEGUN = 1_795_000_000 * SECOND
"""Wall clock of the first record."""


class Writer:
    """A capture that grows; each record is a second after the one before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        meta = Meta("ab" * 16, "A", "/dev/ttyUSB0", started="2026-11-18T14:26:40+00:00")
        (folder / META).write_bytes(meta_json(meta))
        self.size = self.typed = self.ticks = 0
        self.record("open", baud=9600, port="/dev/ttyUSB0", stable="", dtr=None, rts=None)

    def _append(self, name: str, data: bytes) -> None:
        with (self.folder / name).open("ab") as file:
            file.write(data)

    def raw(self, data: bytes) -> None:
        """Bytes without a record."""
        self._append(RAW, data)

    def index(self, data: bytes) -> None:
        """Bytes of the index as they are."""
        self._append(INDEX, data)

    def record(self, kind: str, **fields: Any) -> None:
        """A line of the index."""
        values = {"t": self.ticks * SECOND, "w": BEGUN + self.ticks * SECOND, "e": kind, **fields}
        self.index(json.dumps(values, separators=(",", ":")).encode() + b"\n")
        self.ticks += 1

    def said(self, data: bytes) -> None:
        """Received bytes with their record."""
        self.raw(data)
        self.record("data", o=self.size, n=len(data))
        self.size += len(data)

    def sent(self, data: bytes, secret: bool = False) -> None:
        """Bytes that were typed, with their record."""
        self._append(TYPED, data)
        self.record("sent", o=self.typed, n=len(data), secret=secret)
        self.typed += len(data)
