"""A capture as lines for a terminal: each with its time, ours told from the device's."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.evidence.capture_format import Kind, Record
from bench.evidence.hex_rows import hex_row
from bench.evidence.safe_text import shown_line
from bench.evidence.transcript import LONGEST
from bench.text import clean_line

Time = Callable[[int], str]
"""A wall time (ns since 1970 UTC) as the clock of the bench shows it."""

_ROW = 16
_APART = 100_000_000
"""Nanoseconds of silence after which a begun row of bytes is shown."""
_SAID, _OURS = "│", "▌"


class TextLines:
    """Text as it comes; the unfinished line grows. Nothing the device says can look like ours."""

    def __init__(self, time: Time) -> None:
        self._time, self._line, self._told = time, b"", ""
        self._open = False

    def said(self, record: Record, data: bytes) -> Iterator[str]:
        """What to write for bytes that came."""
        *ended, rest = data.split(b"\n")
        for piece in ended:
            self._line += piece
            yield self._grown(record.w, whole=True) + "\n"
            self._line, self._told, self._open = b"", "", False
        self._line += rest
        while len(self._line) > LONGEST:
            rest, self._line = self._line[LONGEST:], self._line[:LONGEST]
            yield self._grown(record.w, whole=True) + "\n"
            self._line, self._told, self._open = rest, "", False
        if self._line:
            yield self._grown(record.w)

    def event(self, record: Record, words: str) -> Iterator[str]:
        """What to write for something that happened."""
        yield from self.end()
        yield f"{self._time(record.w)} {_OURS} {words}\n"

    def end(self) -> Iterator[str]:
        """Ends the line that is open on the terminal; what follows of it stands on the next."""
        if self._open:
            self._open = False
            yield "\n"

    def _grown(self, wall_ns: int, whole: bool = False) -> str:
        """What the line has more than is told already."""
        text = shown_line(self._line if whole else _whole_signs(self._line)).text
        start = "" if self._open else f"{self._time(wall_ns)} {_SAID} "
        if not text.startswith(self._told):  # what was half a sign turned out to be another
            start, self._told = f"\n{self._time(wall_ns)} {_SAID} ", ""
        more, self._told, self._open = text[len(self._told) :], text, True
        return start + more


def _whole_signs(line: bytes) -> bytes:
    """Without the first bytes of a UTF-8 sign whose rest has not come."""
    for back in range(1, min(4, len(line) + 1)):
        if line[-back] >= 0xC0:
            length = 2 if line[-back] < 0xE0 else 3 if line[-back] < 0xF0 else 4
            return line[:-back] if length > back else line
        if line[-back] < 0x80:
            break
    return line


class HexLines:
    """Bytes in rows of 16; a row that is not full is shown when nothing follows at once."""

    def __init__(self, time: Time) -> None:
        self._time, self._rest, self._at, self._wall = time, b"", 0, 0

    def said(self, record: Record, data: bytes) -> Iterator[str]:
        """What to write for bytes that came."""
        if record.w - self._wall > _APART:
            yield from self.end()
        if not self._rest:
            self._at = record.fields["o"]
        self._rest, self._wall = self._rest + data, record.w
        while len(self._rest) >= _ROW:
            yield self._row(self._rest[:_ROW])
            self._rest = self._rest[_ROW:]

    def event(self, record: Record, words: str) -> Iterator[str]:
        """What to write for something that happened."""
        yield from self.end()
        yield f"{self._time(record.w)} {_OURS} {words}\n"

    def end(self) -> Iterator[str]:
        """The row that was begun."""
        if self._rest:
            rest, self._rest = self._rest, b""
            yield self._row(rest)

    def _row(self, data: bytes) -> str:
        cells = hex_row(data, self._at)
        self._at += len(data)
        return f"{self._time(self._wall)} {_SAID} {'  '.join(cells)}\n"


def words_of(record: Record) -> str:
    """What a record tells, for the technician; "" for what is no news."""
    told = record.fields
    plain = {
        Kind.BREAK: f"break of {told.get('ms', 0)} ms sent",
        Kind.GONE: "the cable is out" if told.get("why") == "unplugged" else "connection lost",
        Kind.UNCOUNTED: "this cable cannot tell whether bytes were lost",
        Kind.FULL: f"the disk is full: {told.get('held', 0)} bytes wait in memory",
        Kind.ROOM: "there is room on the disk again",
        Kind.RECOVERED: "the recording was cut off here and put in order later",
        Kind.CLOSE: f"end of the recording ({_text(told.get('why'))})",
    }
    made = {
        Kind.BAUD: lambda: f"{told['baud']} baud ({_text(told.get('why'))})",
        Kind.BACK: lambda: f"the cable is back after {_seconds(told.get('gap_ns'))}",
        Kind.COUNTS: lambda: _losses(record),
        Kind.MARK: lambda: f"mark: {_text(told['text'])}",
        Kind.NOTE: lambda: f"note: {_text(told['text'])}",
        Kind.CLOCK: lambda: f"the clock was set by {_seconds(told.get('step_ns'))}",
    }
    return made[record.kind]() if record.kind in made else plain.get(record.kind, "")


def _losses(record: Record) -> str:
    names = {
        "overrun": "lost in the cable",
        "buf_overrun": "lost in the system",
        "frame": "not readable",
        "parity": "with a wrong parity",
    }
    parts = [f"{record.fields[key]} {words}" for key, words in names.items() if _some(record, key)]
    return f"characters: {', '.join(parts)}" if parts else ""


def _some(record: Record, key: str) -> bool:
    value = record.fields.get(key)
    return isinstance(value, int) and value > 0


def _seconds(value: object) -> str:
    return f"{value / 1e9:.1f} s" if isinstance(value, int) else "some time"


def _text(value: object) -> str:
    return clean_line(str(value), 300)
