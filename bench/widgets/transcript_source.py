"""What a transcript view shows: lines, how each is to be marked, and what happened between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bench.evidence.capture_format import Kind, Record
from bench.evidence.capture_reader import CaptureReader
from bench.evidence.transcript import Line
from bench.text import clean_line

BAD, LOOK, QUIET = "bad", "look", ""
"""How much a line or an event matters."""


@dataclass(frozen=True, slots=True)
class LineStyle:
    """How a line is to be marked."""

    severity: str = QUIET
    spans: tuple[tuple[int, int], ...] = ()
    """Places in the line's `text`, from and to, that are the reason."""


PLAIN_STYLE = LineStyle()


@dataclass(frozen=True, slots=True)
class EventRow:
    """Something that happened, told on a row of its own above a line."""

    above: int
    """The number of that line; past the last one while nothing has come since."""
    wall_ns: int
    text: str
    severity: str = QUIET


class TranscriptSource(Protocol):
    """Where a view takes its rows from. All calls are quick: they are made while painting."""

    @property
    def size(self) -> int:
        """Bytes."""
        ...

    def __len__(self) -> int:
        """Lines."""
        ...

    def line(self, number: int) -> Line:
        """A line; raises IndexError."""
        ...

    def style_of(self, number: int) -> LineStyle:
        """How to mark a line."""
        ...

    def events(self) -> Sequence[EventRow]:
        """What happened, by `above`; the same object as long as nothing new has happened."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Raw bytes, for the hexadecimal view."""
        ...

    def number_at(self, offset: int) -> int:
        """The number of the line that holds a byte."""
        ...


class CaptureSource:
    """A capture for a view. `style_of` is asked for the lines that are painted, no others."""

    def __init__(
        self, reader: CaptureReader, style_of: Callable[[int], LineStyle] = lambda _: PLAIN_STYLE
    ) -> None:
        self.reader = reader
        self.style_of = style_of
        self._events: list[EventRow] = []
        self._told = -1
        self._ahead = False

    @property
    def size(self) -> int:
        """Bytes taken so far."""
        return self.reader.size

    def __len__(self) -> int:
        return len(self.reader.lines)

    def line(self, number: int) -> Line:
        """A line; raises IndexError."""
        return self.reader.lines.line(number)

    def read(self, offset: int, length: int) -> bytes:
        """Raw bytes."""
        return self.reader.read(offset, length)

    def number_at(self, offset: int) -> int:
        """The number of the line that holds a byte."""
        return self.reader.lines.number_at(offset)

    def events(self) -> Sequence[EventRow]:
        """What happened, in words."""
        known = self.reader.records
        if len(known) != self._told or self._ahead:
            self._told = len(known)
            self._ahead = bool(known) and known[-1].offset > self.reader.size
            after = self.reader.lines.number_after
            told = ((event, told_of(event.record)) for event in list(known))
            self._events = [
                EventRow(after(event.offset), event.record.w, words[0], words[1])
                for event, words in told
                if words is not None
            ]
        return self._events


def told_of(record: Record) -> tuple[str, str] | None:
    """What happened in words, and how much it matters; None where it is no news."""
    teller = _TELLERS.get(record.kind)
    return teller(record.fields) if teller else None


def _whole(fields: Any, name: str) -> int:
    value = fields.get(name, 0)
    return value if type(value) is int else 0


def _text(fields: Any) -> str:
    return clean_line(str(fields.get("text", "")))


def _opened(fields: Any) -> tuple[str, str]:
    return f"recording begins · {_whole(fields, 'baud')} baud", QUIET


def _baud(fields: Any) -> tuple[str, str]:
    return f"{_whole(fields, 'baud')} baud · {_WHY_BAUD.get(str(fields.get('why')), '')}", QUIET


_WHY_BAUD = {
    "profile": "usual for this model",
    "found": "found by listening",
    "searching": "listening",
    "changed": "the device changed its speed",
    "asked": "you chose it",
}


def _back(fields: Any) -> tuple[str, str]:
    gap = _whole(fields, "gap_ns") / 1e9
    return f"cable back after {gap:,.1f} s · what the device said meanwhile is lost", LOOK


_COUNTED = {
    "overrun": "overrun",
    "buf_overrun": "buffer overrun",
    "frame": "framing error",
    "parity": "parity error",
    "brk": "break received",
}


def _counts(fields: Any) -> tuple[str, str] | None:
    found = [f"{n} × {word}" for key, word in _COUNTED.items() if (n := _whole(fields, key))]
    lost = _whole(fields, "overrun") + _whole(fields, "buf_overrun")
    if not found:
        return None
    if lost:
        return f"the cable lost bytes · {', '.join(found)}", BAD
    return f"the cable counted {', '.join(found)}", LOOK


def _full(fields: Any) -> tuple[str, str]:
    held = _whole(fields, "held") / 1024
    return f"the disk was full · {held:,.0f} KiB waited in memory", LOOK


def _clock(fields: Any) -> tuple[str, str]:
    return f"this computer's clock was set by {_whole(fields, 'step_ns') / 1e9:+,.1f} s", LOOK


def _lines(fields: Any) -> tuple[str, str]:
    states = (f"{name.upper()} {'on' if fields.get(name) else 'off'}" for name in ("dtr", "rts"))
    return f"you set the lines: {', '.join(states)}", QUIET


_TELLERS: dict[Kind, Callable[[Any], tuple[str, str] | None]] = {
    Kind.OPEN: _opened,
    Kind.BAUD: _baud,
    Kind.BREAK: lambda fields: (f"you sent a break of {_whole(fields, 'ms')} ms", QUIET),
    Kind.LINES: _lines,
    Kind.GONE: lambda _: ("cable out · waiting for it", BAD),
    Kind.BACK: _back,
    Kind.COUNTS: _counts,
    Kind.UNCOUNTED: lambda _: ("this cable cannot tell whether it lost bytes", QUIET),
    Kind.MARK: lambda fields: (f"mark · {_text(fields)}" if _text(fields) else "mark", QUIET),
    Kind.NOTE: lambda fields: (f"note · {_text(fields)}", QUIET),
    Kind.FULL: _full,
    Kind.ROOM: lambda _: ("the disk has room again", QUIET),
    Kind.CLOCK: _clock,
    Kind.RECOVERED: lambda _: ("the recording broke off here, and was repaired later", LOOK),
    Kind.CLOSE: lambda _: ("recording ends", QUIET),
}
