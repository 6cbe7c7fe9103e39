"""What a capture process says of itself, typed, and what a cable is doing by that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Life(StrEnum):
    """What a cable is doing."""

    IDLE = "idle"
    RECORDING = "recording"
    GONE = "unplugged"
    ENDED = "ended"
    LOST = "lost"
    """The capture process does not answer any more."""


@dataclass(frozen=True, slots=True)
class Status:
    """What the capture process says of itself."""

    state: str
    """open, searching, gone or closed."""
    baud: int
    last_ns: int
    """When the last byte came, as ns since 1970; 0: none yet."""
    synced_ns: int
    """Up to when everything is on the disk; 0: nothing yet."""
    counts: Mapping[str, int]
    """What the cable counted: overruns, framing errors …"""
    uncounted: bool
    """The cable cannot count."""
    held: int
    """Bytes that wait in memory because the disk is full."""
    gaps: int
    dropped: int = 0
    """Bytes that neither the disk nor the memory could take."""


def status_of(told: Mapping[str, Any]) -> Status:
    """The answer of a capture process."""
    synced = told.get("synced") or {}
    return Status(
        state=str(told.get("state", "")),
        baud=int(told.get("baud") or 0),
        last_ns=int(told.get("last_ns") or 0),
        synced_ns=int(synced.get("w") or 0),
        counts=dict(told.get("counts") or {}),
        uncounted=bool(told.get("uncounted")),
        held=int(told.get("held") or 0),
        gaps=int(told.get("gaps") or 0),
        dropped=int(told.get("dropped") or 0),
    )
