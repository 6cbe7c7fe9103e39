"""The lines of a capture: only where each begins and when; the text is made when it is asked for.

A line ends at a line feed; one of more than 4096 bytes is cut into pieces, so that a device that
never ends its line costs no more than others. The last line counts while it is still unfinished:
"DRAM: " without an end is what matters when a board hangs.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from bench.evidence.safe_text import Shown, plain_line, shown_line

LONGEST = 4096
"""Bytes of a line after which it is cut."""
_PAUSE_NS = 100_000_000
"""Bytes that come this much later than what stands before them keep a time of their own."""
_BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a capture."""

    number: int
    """From 0."""
    offset: int
    """Of its first byte in raw.bin."""
    length: int
    """Bytes, its line feed included."""
    wall_ns: int
    """When its first byte came, as ns since 1970 UTC."""
    text: str
    """Plain: for patterns, search and redaction (see safe_text)."""
    whole: bool
    """Whether its end has come."""
    raw: bytes = b""
    """Its bytes, without the line feed."""

    @property
    def shown(self) -> Shown:
        """For people: everything visible, sequences as text."""
        return shown_line(self.raw)


class Transcript:
    """Line starts and times of a growing run of bytes: 16 bytes of memory a line.

    One thread feeds; others may read at the same time. `read(offset, length)` gives raw bytes.
    """

    def __init__(self, read: Callable[[int, int], bytes]) -> None:
        self._read = read
        self._starts = array("Q", [0])
        self._walls = array("Q")
        self._late_starts, self._late_walls = array("Q"), array("Q")
        self._last_wall = 0
        self.size = 0
        """Bytes fed so far."""

    def feed(self, chunk: bytes, wall_ns: int) -> None:
        """Takes the next bytes, which came at `wall_ns`."""
        if not chunk:
            return
        if len(self._walls) < len(self._starts):  # the last line's first byte comes just now
            self._walls.append(wall_ns)
        elif abs(wall_ns - self._last_wall) > _PAUSE_NS:
            self._late_starts.append(self.size)
            self._late_walls.append(wall_ns)
        self._last_wall = wall_ns
        ends = self._ends(chunk)
        # The time of a line whose first byte is still to come is not known yet.
        known = len(ends) - (1 if ends and ends[-1] == self.size + len(chunk) else 0)
        self._walls.extend([wall_ns] * known)
        self._starts.extend(ends)
        self.size += len(chunk)

    def _ends(self, chunk: bytes) -> list[int]:
        """Where lines end in the next bytes: at line feeds, and where a line is too long."""
        parts = chunk.split(b"\n")
        tail = len(parts.pop())
        lengths = [len(part) + 1 for part in parts]
        open_bytes = self.size - self._starts[-1]
        longest = max(lengths[0] + open_bytes, *lengths[1:], tail) if lengths else tail + open_bytes
        if longest <= LONGEST:
            return list(accumulate(lengths[1:], initial=self.size + lengths[0])) if lengths else []
        ends: list[int] = []
        start, at = self._starts[-1], self.size
        for number, length in enumerate([*lengths, tail]):
            at += length
            while at - start > LONGEST:
                start += LONGEST
                ends.append(start)
            if number < len(lengths):
                ends.append(at)
                start = at
        return ends

    def __len__(self) -> int:
        """Lines, an unfinished last one included."""
        count = len(self._starts)
        return count if self.size > self._starts[count - 1] else count - 1

    def line(self, number: int) -> Line:
        """A line by its number; raises IndexError."""
        for line in self.lines(number, 1):
            return line
        raise IndexError(number)

    def lines(self, first: int, count: int) -> Iterator[Line]:
        """Up to `count` lines from a number on, read in blocks."""
        last = min(len(self), first + count)
        while 0 <= first < last:
            start = self._starts[first]
            upto = max(first + 1, min(last, bisect_right(self._starts, start + _BLOCK) - 1))
            size, ends = self.size, len(self._starts)
            end = self._starts[upto] if upto < ends else size
            block = self._read(start, end - start)
            for number in range(first, upto):
                begun = self._starts[number]
                stop = self._starts[number + 1] if number + 1 < ends else size
                yield self._made(number, begun, block[begun - start : stop - start], stop - begun)
            first = upto

    def texts(self, first: int, count: int) -> list[str]:
        """The plain texts of up to `count` whole lines: quicker than the lines with their places.

        A flood of lines is looked through by their texts; only few of them are of interest.
        """
        found: list[str] = []
        last = min(len(self), first + count)
        while 0 <= first < last:
            start = self._starts[first]
            upto = max(first + 1, min(last, bisect_right(self._starts, start + _BLOCK) - 1))
            end = self._starts[upto] if upto < len(self._starts) else self.size
            block = self._read(start, end - start)
            found += self._texts(block, upto - first) or [
                line.text for line in self.lines(first, upto - first)
            ]
            first = upto
        return found

    def _texts(self, block: bytes, count: int) -> list[str] | None:
        """The lines of a block that is safe as it is; None where it takes a closer look."""
        seen = block.translate(None, b"\r\n")
        if not seen.isascii() or not seen.decode("ascii").isprintable():
            return None
        lines = block.removesuffix(b"\n").decode("ascii").split("\n")
        if len(lines) != count:  # one of them was cut for its length
            return None
        texts = [line.strip("\r") for line in lines]
        return None if any("\r" in text for text in texts) else texts

    def _made(self, number: int, offset: int, data: bytes, length: int) -> Line:
        whole = data[-1:] == b"\n" or number + 1 < len(self._starts)
        raw = data.removesuffix(b"\n")
        return Line(number, offset, length, self._wall(number), plain_line(raw), whole, raw)

    def _wall(self, number: int) -> int:
        return self._walls[number] if number < len(self._walls) else self._last_wall

    def start(self, number: int) -> int:
        """The offset of a line's first byte; that of the end for a number past the last line."""
        return self._starts[number] if number < len(self._starts) else self.size

    def number_at(self, offset: int) -> int:
        """The number of the line that holds the byte at an offset; the last one past the end."""
        return max(0, min(len(self), bisect_right(self._starts, offset)) - 1)

    def number_after(self, offset: int) -> int:
        """The number of the first line that begins at an offset or after it.

        That is where something that happened between two bytes is told: above that line.
        """
        return bisect_left(self._starts, offset)

    def time_at(self, offset: int) -> int:
        """When the byte at an offset came, as ns since 1970 UTC, good to a tenth of a second.

        Where nothing has come yet it is 0, past the end the time of the last bytes.
        """
        if offset >= self.size or not self._walls:
            return self._last_wall
        number = bisect_right(self._starts, offset) - 1
        late = bisect_right(self._late_starts, offset) - 1
        if late >= 0 and self._late_starts[late] > self._starts[number]:
            return self._late_walls[late]
        return self._wall(number)
