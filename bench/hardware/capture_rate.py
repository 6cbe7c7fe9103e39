"""The rate of one capture: found by listening, and doubted when the text turns into noise."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from bench.evidence.baud import Search, Verdict, Watch

Change = Callable[[int, str], object]
"""Is told a rate to be set, and why: "searching", "found" or "changed"."""


class RateFinder:
    """Listens along; `changed(baud, why)` is called between two reads, never within one."""

    def __init__(self, rates: Sequence[int], change: Change) -> None:
        self._rates, self._change = tuple(rates), change
        self._search: Search | None = Search(self._rates)
        self._watch = Watch()
        self._due: list[tuple[int, str]] = []
        self.baud = self._search.rate

    @property
    def searching(self) -> bool:
        """Whether the rate is not known yet."""
        return self._search is not None

    def hear(self, data: bytes) -> bool:
        """Takes one read; True when there is something for `act`, before the next read."""
        if self._search is not None:
            self._judge(self._search, self._search.feed(data, time.monotonic()))
        elif self._watch.feed(data):
            self._due.append((self.baud, "changed"))
            self._search = Search((self.baud, *self._rates))
            self._set(self._search.rate, "searching")
        return bool(self._due)

    def tick(self, now: float) -> None:
        """A moment has passed on a line that may say too little."""
        if self._search is not None:
            self._judge(self._search, self._search.tick(now))
            self.act()

    def act(self) -> None:
        """Tells what is due."""
        due, self._due = self._due, []
        for baud, why in due:
            self._change(baud, why)

    def _judge(self, search: Search, verdict: Verdict) -> None:
        if verdict is Verdict.FOUND:
            self._search, self._watch = None, Watch()
            self._set(search.rate, "found")
        elif verdict is Verdict.NEXT:
            self._set(search.rate, "searching")

    def _set(self, baud: int, why: str) -> None:
        self.baud = baud
        self._due.append((baud, why))
