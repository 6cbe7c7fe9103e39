"""What a ZPL printer says of itself: its three strings in answer to ~HS, read and made.

As in the section on ~HS of Zebra's ZPL programming guide. By that guide a printer whose paper or
ribbon is out, or whose head is open, may give no answer at all: silence is not a good sign.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ASK = b"~HS"
"""The question."""
LONGEST = 400
"""Bytes that an answer has at most, with room to spare: some 90 are usual."""
_STRING = re.compile(rb"\x02([0-9A-Za-z ,.]*)\x03")
_FIRST, _SECOND = 12, 11


@dataclass(frozen=True, slots=True)
class HostStatus:
    """The parts of the answer that say whether a label comes out."""

    paper_out: bool = False
    paused: bool = False
    waiting: int = 0
    """Labels in the printer's memory that are not printed yet."""
    full: bool = False
    """Whether its memory takes no more."""
    partial: bool = False
    """Whether it has a part of a label, and waits for the rest."""
    too_hot: bool = False
    head_open: bool = False
    ribbon_out: bool = False
    length: int = 0
    """Of its labels, in dots."""

    def complaint(self) -> tuple[str, str]:
        """What stops it, and what to do; two empty texts where nothing does."""
        for stopped, what, remedy in (
            (self.head_open, "its head is open", "close the head"),
            (self.paper_out, "out of paper", "put labels in"),
            (self.ribbon_out, "out of ribbon", "put a ribbon in"),
            (self.paused, "paused", "press its pause button"),
            (self.too_hot, "its head is too hot", "let it cool down"),
            (self.full, "its memory is full", "look what keeps it from printing"),
        ):
            if stopped:
                return what, remedy
        return "", ""


def status_reply(status: HostStatus) -> bytes:
    """The three strings that a printer in this state sends."""
    first = (
        f"030,{status.paper_out:d},{status.paused:d},{status.length % 10000:04d},"
        f"{min(status.waiting, 999):03d},{status.full:d},0,{status.partial:d},000,0,0,"
        f"{status.too_hot:d}"
    )
    ribbon = f"{status.ribbon_out:d},{status.ribbon_out:d}"  # only a ribbon's user can lack it
    second = f"001,0,{status.head_open:d},{ribbon},2,4,0,{0:08d},1,000"
    return b"".join(b"\x02%s\x03\r\n" % text.encode() for text in (first, second, "1234,0"))


def complete(data: bytes) -> bool:
    """Whether all three strings are there."""
    return len(_STRING.findall(data)) >= 3


def parse_status(data: bytes) -> HostStatus | None:
    """Reads an answer; None where there is none.

    The last two or three strings count: an earlier answer may have come late. The third says
    nothing that matters here. Raises ValueError for an answer that is no status.
    """
    strings = [match.decode("ascii").split(",") for match in _STRING.findall(data)]
    firsts = [at for at, parts in enumerate(strings) if len(parts) >= _FIRST]
    starts = [at for at in firsts if at + 1 < len(strings) and len(strings[at + 1]) == _SECOND]
    if not starts:
        if data.strip():
            raise ValueError("an answer that is no status of a ZPL printer")
        return None
    first, second = strings[starts[-1]], strings[starts[-1] + 1]
    return HostStatus(
        paper_out=_flag(first[1]),
        paused=_flag(first[2]),
        length=_count(first[3]),
        waiting=_count(first[4]),
        full=_flag(first[5]),
        partial=_flag(first[7]),
        too_hot=_flag(first[11]),
        head_open=_flag(second[2]),
        # Printers without a ribbon say that it is out, and that they need none.
        ribbon_out=_flag(second[3]) and _flag(second[4]),
    )


def _flag(text: str) -> bool:
    if text.strip() not in ("0", "1"):
        raise ValueError("a status with a flag that is neither 0 nor 1")
    return text.strip() == "1"


def _count(text: str) -> int:
    if not text.strip().isdigit():
        raise ValueError("a status with a number that is none")
    return int(text)
