"""Finding a console's rate by listening alone: nothing is ever sent, a byte could stop a boot.

Text read at a wrong rate is grossly wrong: mostly control characters, high bytes and, far too
fast, NULs only. So a rate is right when what it gives reads as text. What this cannot tell:
a device that sends binary (a file transfer, a screen in an 8-bit code page) looks like a wrong
rate, and one that only repeats one character looks like any rate until it says more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

RATES = (115200, 9600, 57600, 38400, 19200, 230400, 921600, 1500000, 460800)
"""Bits a second of consoles, the common ones first."""

SKIPPED = 16
"""Bytes after a change of rate that decide nothing: a receiver that joins in mid-stream takes
data bits for start bits until a pause or luck puts it right."""
JUDGED, JUDGED_MOST = 24, 32
"""Characters on which a rate is accepted, and on which it is given up."""
RIGHT = 0.95
"""Share of readable characters from which a rate is right."""
CHANGED, WATCHED = 0.60, 64
"""Share of readable characters below which a found rate has changed, and over how many."""
NULS = 8
"""Bytes, at least half of them NUL, that say: far too fast."""
SETTLE = 0.02
"""Seconds after a change of rate during which bytes may still be of the old one: a USB adapter
hands on what it holds every 16 ms."""
PAUSE = 0.1
"""Seconds of silence after which a receiver stands at the start of a character again."""
TOO_SLOW = 3.0
"""Seconds after which a line that trickles is judged by the little it said."""
DWELL, DWELL_MOST = 0.1, 2.0
"""Seconds to stay at a rate at least, once all were tried: doubled each round, up to the most."""

_READABLE = bytes({7, 8, 9, 10, 13, 27, *range(0x20, 0x7F)})
_CHARACTER = re.compile(
    rb"([\x07-\x0a\x0d\x1b\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2})|[\x00-\xff]"
)
_CUT = re.compile(rb"\A[\x80-\xbf]{1,2}|(?:[\xc2-\xef]|[\xe1-\xef][\x80-\xbf])\Z")
_WORDY = re.compile(rb"[A-Za-z0-9 \r\n]")
_DIFFERENT = 7
_WORDY_SHARE = 0.55
_STEP, _END = 4, 12


class Verdict(StrEnum):
    """What to do after some bytes."""

    LISTENING = "listening"
    """Nothing is decided: stay."""
    NEXT = "next"
    """`Search.rate` has changed: set it."""
    FOUND = "found"
    """`Search.rate` is right."""


def order(first: Sequence[int] = ()) -> tuple[int, ...]:
    """The rates to try: those of the product's profile, then the common ones."""
    return tuple(dict.fromkeys((*first, *RATES)))


class Search:
    """Looks for the rate of one line, round after round until something readable comes.

    `rates` are tried first (the profile's, or the one that was right until now). Times are
    seconds of a clock that never steps back. After FOUND it stays found.
    """

    def __init__(self, rates: Sequence[int] = ()) -> None:
        self._rates = order(rates)
        self._at, self._round = 0, 0
        self._ceiling: int | None = None
        self._found = False
        self._window, self._seen, self._skip = b"", b"", SKIPPED
        self._since: float | None = None
        self._last: float | None = None
        self._stay = self._settled = 0.0

    @property
    def rate(self) -> int:
        """The rate to listen at now."""
        return self._rates[self._at]

    def feed(self, data: bytes, now: float) -> Verdict:
        """Judges bytes that were received at `rate`."""
        if self._found:
            return Verdict.FOUND
        if not data:
            return self.tick(now)
        if now < self._settled:
            return Verdict.LISTENING
        if self._last is not None and now - self._last >= PAUSE:
            self._skip = 0
        self._last = now
        self._since = now if self._since is None else self._since
        self._seen = (self._seen + data)[-SKIPPED - JUDGED_MOST :]
        skipped, self._skip = data[self._skip :], max(0, self._skip - len(data))
        self._window += skipped
        return self._judge(now)

    def tick(self, now: float) -> Verdict:
        """Judges a line that trickles; call it about once a second. Silence decides nothing."""
        if self._found:
            return Verdict.FOUND
        slow = self._since is not None and now - self._since >= TOO_SLOW
        if slow and len(self._seen) >= NULS // 2:
            read, characters = _readable(self._seen)
            if read < CHANGED * characters:
                return self._next(now)
        return Verdict.LISTENING

    def _judge(self, now: float) -> Verdict:
        if _mostly_nul(self._seen):
            self._ceiling = self.rate
            return self._next(now)
        window, at = self._window, 0
        while len(window) - at >= JUDGED:
            if _right(window[at : at + JUDGED]):
                self._found = True
                return Verdict.FOUND
            if len(window) - at < JUDGED_MOST:
                break
            if _wrong(window[at : at + JUDGED_MOST]):
                return self._next(now)
            at += _STEP
        self._window = window[at:]
        return Verdict.LISTENING

    def _next(self, now: float) -> Verdict:
        """Goes on to the next rate, unless each was tried and this one had no time yet."""
        if now < self._stay:
            self._window = b""
            return Verdict.LISTENING
        before = self._at
        self._at += 1
        while self._at < len(self._rates) and not self._under_ceiling():
            self._at += 1
        if self._at == len(self._rates):
            self._at, self._ceiling = 0, None
            self._round += 1
        self._listen(now)
        return Verdict.NEXT if self._at != before else Verdict.LISTENING

    def _under_ceiling(self) -> bool:
        return self._ceiling is None or self.rate < self._ceiling

    def _listen(self, now: float) -> None:
        self._window, self._seen, self._skip = b"", b"", SKIPPED
        self._since, self._last = None, now
        dwell = min(DWELL_MOST, DWELL * 2.0**self._round) if self._round else 0.0
        self._stay, self._settled = now + dwell, now + SETTLE


class Watch:
    """Says when a rate that was right no longer is: the loader and the kernel may differ.

    One character repeated (the bar of an 8-bit code page) counts once; NULs count each, since
    a right rate has no runs of them. A binary transfer does look like a change.
    """

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> bool:
        """True when the last 64 characters say that the rate has changed; then it starts anew."""
        if not data.translate(None, _READABLE) and (not self._held or len(data) >= WATCHED):
            self._held = b""  # by far the most of what comes: it must cost next to nothing
            return False
        self._held = _REPEATED.sub(rb"\1", self._held + data)
        while len(self._held) >= WATCHED:
            block, self._held = self._held[:WATCHED], self._held[WATCHED:]
            read, characters = _readable(block)
            if read < CHANGED * characters:
                self._held = b""
                return True
        return False


_REPEATED = re.compile(rb"([\x80-\xff])\1+")


def _readable(data: bytes) -> tuple[int, int]:
    """How many characters of text are in it, and how many characters (or stray bytes) at all."""
    if not data.translate(None, _READABLE):
        return len(data), len(data)
    found = _CHARACTER.findall(_CUT.sub(b"", data))
    return sum(1 for one in found if one), len(found)


def _right(window: bytes) -> bool:
    read, characters = _readable(window)
    return read >= RIGHT * characters and _text_like(window)


def _wrong(window: bytes) -> bool:
    """Not readable, and no better at its end: a receiver may take longer to come right."""
    read, characters = _readable(window)
    end_read, end_characters = _readable(window[-_END:])
    return read < RIGHT * characters and end_read < end_characters


def _mostly_nul(data: bytes) -> bool:
    return len(data) >= NULS and data.count(0) * 2 >= len(data)


def _text_like(data: bytes) -> bool:
    """Words and numbers, not the same few signs again and again, which many rates would give."""
    wordy = len(_WORDY.findall(data))
    return len(set(data)) >= _DIFFERENT and wordy >= _WORDY_SHARE * len(data)
