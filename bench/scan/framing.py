"""Serial scanners: where one code ends in the stream of bytes. No clock and no port of its own.

Every code is delivered whole or not at all: what is too long, or comes without its end, is
reported as spoilt. All times are seconds of the caller's one clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bench.settings import Suffix

LIMIT = 4096
"""Bytes that a code may have; QR, the largest, holds 2,953 (ISO/IEC 18004, version 40-L)."""
SILENCE = 0.1
"""Seconds without a byte that end a code where no suffix does."""
PATIENCE = 1.0
"""Seconds after which half a code is given up."""
REST = 0.5
"""Seconds after that in which what comes is taken for its rest; nobody scans again so soon."""

_ENDS = {Suffix.ENTER: b"\r\n", Suffix.TAB: b"\t", Suffix.ETX: b"\x03", Suffix.NONE: b""}
_AROUND = {Suffix.ENTER: b"\r\n", Suffix.TAB: b"\r\n\t", Suffix.ETX: b"\r\n\x02\x03"}
# ISO/IEC 15434: the message begins with its header and ends with EOT. These formats (EDI messages,
# free text, binary) may hold line ends; the others consist of data fields, which have none.
_WITH_LINES = re.compile(rb"\[\)>\x1e(?:02|03|04|07|09)")
_HEADER_WITHIN = 12
"""Bytes within which the header is looked for: an AIM identifier and the like may come first."""
_EOT = 0x04


class Fault(StrEnum):
    """Why a code was not delivered; the value says what to do."""

    LONG = "the code is longer than any barcode: set the scanner to end each code with Enter"
    ENDLESS = "the code came without its end: scan again, or set the scanner to end it with Enter"
    CUT = "the scanner was unplugged in the middle of the code: plug it in and scan again"
    EARLY = "the code came while the scanner was being connected: scan again"


@dataclass(frozen=True, slots=True)
class Spoilt:
    """Bytes that are no whole code. Never to be used as a scan, only to be told."""

    begins: bytes
    """The first bytes, at most 60."""
    why: Fault


def text_of(frame: bytes) -> str:
    """The text of a code: UTF-8, else Latin-1. Control characters stay; it is foreign text."""
    try:
        return frame.decode("utf-8")
    except UnicodeDecodeError:
        return frame.decode("latin-1")


class Framer:
    """Cuts the bytes of one scanner into codes, however they are chopped up on their way."""

    def __init__(self, suffix: Suffix, *, silence: float = SILENCE, patience: float = PATIENCE):
        self._suffix = suffix
        self._ends = _ENDS[suffix]
        self._around = _AROUND.get(suffix, b"\r\n")
        self._silence, self._patience = silence, patience
        self._held = bytearray()
        self._last = 0.0
        self._rest_until = float("-inf")
        self._skipping = False
        self._open_envelope = False
        self._spoilt: list[Spoilt] = []

    @property
    def deadline(self) -> float | None:
        """When `expire` has something to do; None while nothing is under way."""
        if not self._held and not self._skipping:
            return None
        by_silence = self._suffix is Suffix.NONE or self._ended_inside()
        # What is too long and may hold line ends: only silence shows where it ends.
        by_silence |= self._skipping and self._open_envelope
        return self._last + (self._silence if by_silence else self._patience)

    def feed(self, data: bytes, now: float) -> list[bytes]:
        """Takes bytes that were read; gives the codes that are whole with them.

        Silence is not judged here: the reader may have been held up, and not the scanner.
        """
        if not self._held and now < self._rest_until:
            self._skipping = True
        self._last = now
        found = [self._byte(byte) for byte in data]
        return [frame for frame in found if frame]

    def expire(self, now: float) -> list[bytes]:
        """To be called when nothing more is there to be read: what the silence ends."""
        deadline = self.deadline
        if deadline is None or now < deadline:
            return []
        if self._suffix is Suffix.NONE or self._skipping or self._ended_inside():
            frame = self._close()
            return [frame] if frame else []
        if self._held.strip(self._around):
            self._spoil(Fault.ENDLESS)
            self._rest_until = now + REST
        self._reset()
        return []

    def unplugged(self) -> None:
        """The port is gone: half a code is spoilt, and what comes next begins afresh."""
        if not self._skipping and self._held.strip(self._around):
            self._spoil(Fault.CUT)
        self._rest_until = float("-inf")
        self._reset()

    def skip(self, now: float) -> None:
        """The beginning of what comes now was missed: it is dropped up to its end."""
        self._reset()
        self._skipping, self._last = True, now

    def take_spoilt(self) -> list[Spoilt]:
        """What was spoilt since the last call."""
        spoilt, self._spoilt = self._spoilt, []
        return spoilt

    # --- one byte after the other

    def _byte(self, byte: int) -> bytes:
        if byte in self._ends and not self._open_envelope:
            return self._close()
        if self._skipping:
            return b""
        self._held.append(byte)
        if byte == _EOT:
            self._open_envelope = False
        elif len(self._held) <= _HEADER_WITHIN and not self._open_envelope:
            self._open_envelope = bool(_WITH_LINES.search(self._held))
        if len(self._held) > LIMIT + len(self._around):
            self._spoil(Fault.LONG)
            self._held.clear()
            self._skipping = True
        return b""

    def _ended_inside(self) -> bool:
        """A line end is the last byte of an envelope that nothing closed: many labels forget to."""
        return self._open_envelope and bool(self._held) and self._held[-1] in self._ends

    def _close(self) -> bytes:
        if self._skipping:
            self._rest_until = float("-inf")
        frame = bytes(self._held).strip(self._around)
        if len(frame) > LIMIT:
            self._spoil(Fault.LONG)
            frame = b""
        self._reset()
        return frame

    def _spoil(self, why: Fault) -> None:
        self._spoilt.append(Spoilt(bytes(self._held[:60]), why))

    def _reset(self) -> None:
        self._held.clear()
        self._skipping = self._open_envelope = False
