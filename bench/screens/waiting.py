"""What the technician is told while the store does not answer: what waits, since when, and why."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum
from time import monotonic

from bench.scan.commands import Verb, code
from bench.screens.everywhere import Station
from bench.screens.turns import Turns
from bench.widgets.marks import HOLD
from bench.widgets.offers import Next, Offer
from bench.widgets.strips import NextStrip, Read, ScanStrip, TopLine

TICK = 1.0
"""Seconds between two counts of the seconds."""
SLOW = "the database has not answered yet"


class Kind(StrEnum):
    """What the store is asked for."""

    OPEN = "open"
    READ = "read"
    STEP = "step"


class Waiting:
    """Says in the lasting lines that something is not saved yet, and puts them back afterwards."""

    def __init__(self, station: Station, turns: Turns, unsaved: Callable[[], bool]) -> None:
        self.station, self.turns, self._unsaved = station, turns, unsaved
        self.kind: Kind | None = None
        """What is asked for in this turn; None while nothing is."""
        self.told = False
        """Whether the technician sees that it takes its time."""
        self.once_more = False
        """Whether the code to leave it out was scanned once."""
        self._since, self._sentence = 0.0, ""
        self._leaving = self._closed = False
        self._timer: asyncio.TimerHandle | None = None
        self._before: tuple[Read, str, str] = (Read(), "", "")
        self._shown = Read()

    def begin(self, kind: Kind) -> bool:
        """The store is asked for something; False where another one waits already."""
        if self.kind is not None:
            return False
        if self.told:
            self._restore()
        self.kind, self._since, self._sentence, self._leaving = kind, monotonic(), "", False
        self.once_more = False
        self._arm()
        return True

    def end(self) -> None:
        """It has answered, or is no longer asked."""
        self.kind = None
        self._disarm()
        if self.told:
            self._restore()

    def close(self) -> None:
        """The program ends: there is nothing to paint on any more."""
        self._closed = True
        self._disarm()

    @property
    def seconds(self) -> float:
        """Since when it is waited for."""
        return monotonic() - self._since

    def heard(self, sentence: str) -> None:
        """The store says why it must try again; "": it goes on."""
        if self.kind is None and sentence and not self.told:
            self._since = monotonic()
        self._sentence = sentence
        if sentence:
            self.show()
            self._arm()
        elif self.kind is None:
            self.end()

    def leave(self) -> None:
        """Says that this step is being left out, as soon as the present try has ended."""
        self._leaving = True
        self.show()

    # --- painting

    def show(self) -> None:
        """Paints what waits, for how long, and what waits behind it."""
        if self._closed:
            return
        frame = self.station.frame
        top, strip = frame.query_one(TopLine), frame.query_one(ScanStrip)
        if not self.told:
            self.told, self._before = True, (strip.read, top.saved, top.saved_style)
        words = "not saved yet" if self._not_saved else "waiting"
        text = f"{words}, {self.seconds:.0f} s"
        top.tell(saved=f"{words.upper()} {self.seconds:.0f} s", saved_style="bold $hold")
        last = self.turns.scans[-1:]
        behind = self.turns.words()
        self._shown = Read(
            last[0] if last else "",
            self._sentence or SLOW,
            HOLD,
            ", ".join(filter(None, (text, behind))),
        )
        strip.tell(self._shown)
        if (what := self.next()) is not None:
            frame.query_one(NextStrip).tell(what)

    @property
    def _not_saved(self) -> bool:
        return self.kind is Kind.STEP or self._unsaved()

    def next(self) -> Next | None:
        """What NEXT says meanwhile; None where the screen itself may say it."""
        if not self.told or self.kind not in (Kind.READ, Kind.STEP):
            return None
        if self._leaving:
            return Next("it is being left out, a moment")
        word = "leave this step out" if self.kind is Kind.STEP else "do not wait for it"
        text = "wait: it is tried again by itself"
        if self.once_more:
            text = f"scan {code(Verb.STOP)} once more to {word}"
        return Next(text, (Offer(Verb.STOP, word, "f7"),))

    def _restore(self) -> None:
        if self._closed:
            return
        frame = self.station.frame
        read, saved, style = self._before
        self.told = False
        strip, top = frame.query_one(ScanStrip), frame.query_one(TopLine)
        if strip.read is self._shown:
            strip.tell(read)
        top.tell(saved=saved, saved_style=style)
        self.station.changed()

    # --- counting

    def _arm(self) -> None:
        self._disarm()
        self._timer = asyncio.get_running_loop().call_later(TICK, self._tick)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        self.show()
        self._arm()
