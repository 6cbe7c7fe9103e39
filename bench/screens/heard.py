"""The last scans, each with what became of it: for whoever looks away while the scanner beeps."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from bench.scan.commands import WORDS, Verb
from bench.scan.label import A_BADGE, Label, LabelKind
from bench.widgets.marks import DONE, NONE
from bench.widgets.strips import Read

SHOWN = 10
KEPT = SHOWN + 1
"""Scans that are remembered: those that are shown, and the one in hand."""
KEYBOARD = "keyboard"
AT_LOCK = "a scan at the lock"
"""What stands for a text that may be a badge."""
NOTHING_YET = Read()


@dataclass(frozen=True, slots=True)
class Heard:
    """One scan and its fate."""

    at: datetime
    text: str
    """As it arrived; of a badge only that it is one."""
    source: str
    """Which scanner sent it."""
    read: Read = NOTHING_YET
    turn: int = 0
    """Which scan it is, counted from the start."""

    @property
    def became(self) -> str:
        """What became of it, in words."""
        parts = (self.read.answer, self.read.what if self.read.answer else "")
        return " · ".join(part for part in parts if part) or "no answer yet"


class Hearing:
    """Writes down what is scanned and what the program says of it.

    `now` is the moment on the wall. An answer to a question belongs to the scan that raised it.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._kept: deque[Heard] = deque(maxlen=KEPT)
        self._open: Label | None = None
        self._said = False
        self._turn = 0
        self._of: int | None = None
        """Whose fate is told now; None: that of the last scan."""

    @property
    def last(self) -> list[Heard]:
        """The last scans that have been dealt with, the newest first."""
        done = list(reversed(self._kept))
        return (done[1:] if self._open is not None else done)[:SHOWN]

    def begin(self, label: Label | None, hidden: bool = False) -> None:
        """A scan is dealt with now; None: something else is. `hidden`: it may be a badge."""
        self._open, self._said = label, False
        if label is not None:
            self.add(AT_LOCK if hidden else label.came or label.raw, label.source)

    def add(self, text: str, source: str, read: Read = NOTHING_YET) -> None:
        """A scan that has been dealt with elsewhere."""
        self._turn += 1
        self._kept.append(Heard(self._now(), text, source or KEYBOARD, read, self._turn))

    def said(self, read: Read) -> None:
        """The program says something of what it deals with."""
        turn = self.turn
        for place, heard in enumerate(self._kept):
            if heard.turn == turn and read.mark != NONE:
                text = A_BADGE if read.code == A_BADGE and heard.text != AT_LOCK else heard.text
                self._kept[place] = replace(heard, text=text, read=read)
                self._said = self._said or turn == self._turn

    @property
    def turn(self) -> int:
        """Which scan is told of: the one in hand, or the last one."""
        return self._turn if self._of is None else self._of

    @contextmanager
    def telling_of(self, turn: int) -> Iterator[None]:
        """What is said meanwhile belongs to this earlier scan; 0: to none."""
        before, self._of = self._of, turn
        try:
            yield
        finally:
            self._of = before

    def end(self, place: str) -> str:
        """It has been dealt with: the mark that it got; "" where it was no scan.

        Where nothing was said, a command has done what it is for, or a code has opened a screen.
        """
        label, self._open = self._open, None
        if label is None or not self._kept:
            return ""
        if not self._said:
            self._kept[-1] = replace(self._kept[-1], read=_done(label, place))
        return self._kept[-1].read.mark


def _done(label: Label, place: str) -> Read:
    if label.kind is LabelKind.COMMAND and label.value in set(Verb):
        return Read(label.raw, f"on {place}", DONE, WORDS[Verb(label.value)])
    return Read(label.raw, f"on {place}", DONE, "done")
