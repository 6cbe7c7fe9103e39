"""A serial line of bits only (8 data bits, no parity, 1 stop bit): what a UART at one rate reads
of what another sends at another rate.

The receiver is that of common chips: it waits for a falling edge, looks again in the middle of
the start bit, and samples each bit in its middle. A stop bit that is low is a framing error; the
byte is passed on as it is (Linux does so while INPCK is off) and the line must be high before the
next start bit counts. Jitter and noise are not part of the model.
"""

from __future__ import annotations

_FRAME = 10
"""Bits of a character on the line: start, eight data bits (the lowest first), stop."""
_IDLE_FRAMES = 12
"""Receiver's bit times of rest after which nothing is pending any more."""


def _frame(byte: int) -> bytes:
    return bytes((0, *((byte >> bit) & 1 for bit in range(8)), 1))


_FRAMES = [_frame(byte) for byte in range(256)]


def line_bits(data: bytes) -> bytes:
    """The levels of the line, one byte (0 or 1) for each bit time, without a pause between."""
    return b"".join([_FRAMES[byte] for byte in data])


class Receiver:
    """A UART that reads levels of a line; `ratio` is the sender's rate over the receiver's."""

    def __init__(self, ratio: float) -> None:
        self.ratio = ratio
        self.framing_errors = 0
        self._middles = tuple((bit + 0.5) * ratio for bit in range(_FRAME))
        self._bits, self._wait_high = b"", False

    def feed(self, bits: bytes) -> bytes:
        """Takes levels, gives the bytes that are complete by now."""
        line, at, out = self._bits + bits, 0, bytearray()
        while (start := self._start(line, at)) >= 0:
            last = int(start + self._middles[-1])
            if last >= len(line):
                at = start
                break
            at = self._character(line, start, last, out)
        else:
            at = len(line)
        self._bits = line[at:]
        return bytes(out)

    def rest(self) -> bytes:
        """The line rests (high): gives the byte that was on its way, if there was one."""
        out = self.feed(b"\1" * (int(_IDLE_FRAMES * self.ratio) + _IDLE_FRAMES))
        self._bits, self._wait_high = b"", False
        return out

    def join_late(self) -> None:
        """The receiver starts in mid-character: a low line counts only after it was high."""
        self._wait_high = True

    def _start(self, line: bytes, at: int) -> int:
        """Where the next start bit begins; -1 when there is none yet."""
        if self._wait_high:
            at = line.find(1, at)
            if at < 0:
                return -1
            self._wait_high = False
        return line.find(0, at)

    def _character(self, line: bytes, start: int, last: int, out: bytearray) -> int:
        """Reads one character that starts there; gives where to look on."""
        middles = self._middles
        if line[int(start + middles[0])]:  # too short for a start bit
            return line.find(1, start)
        byte = 0
        for bit in range(1, 9):
            if line[int(start + middles[bit])]:
                byte |= 1 << (bit - 1)
        out.append(byte)
        if not line[last]:
            self.framing_errors += 1
            self._wait_high = True
        return last


class Line:
    """A line between a sender and a listener whose rates may change at any time."""

    def __init__(self, sends: int, reads: int) -> None:
        self.sends, self.reads = sends, reads
        self.framing_errors = 0
        self._receiver = Receiver(sends / reads)

    def set(self, sends: int | None = None, reads: int | None = None) -> None:
        """Changes a rate; a character on its way is lost, as with a real one."""
        wanted = (sends or self.sends, reads or self.reads)
        if wanted != (self.sends, self.reads):
            self.sends, self.reads = wanted
            self._receiver = Receiver(self.sends / self.reads)

    def send(self, data: bytes) -> bytes:
        """What the listener gets of these bytes by now; equal rates change and cost nothing."""
        if self.sends == self.reads:
            return data
        before = self._receiver.framing_errors
        out = self._receiver.feed(line_bits(data))
        self.framing_errors += self._receiver.framing_errors - before
        return out

    def rest(self) -> bytes:
        """The sender pauses; gives what the listener had on its way."""
        return b"" if self.sends == self.reads else self._receiver.rest()
