"""What other benches do: the queue follows, and the unit in hand says who did what meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Container
from typing import TYPE_CHECKING

from bench.screens.everywhere import Station
from bench.screens.host import QUEUE
from bench.screens.turns import Job, Turns
from bench.store.errors import StoreError
from bench.widgets.marks import HOLD
from bench.widgets.strips import Read
from bench.workflow.desk import Refused
from bench.workflow.telling import did, unseen, when, who
from bench.workflow.views import UnitView, view_of

if TYPE_CHECKING:
    from bench.store.watch import Watch

LISTEN = 30.0
"""Seconds for which the watch listens at a time."""
REST = 0.3
"""Seconds between two readings of the queue, however much others write."""


class Live:
    """Listens on a thread of its own, and follows in the program's."""

    def __init__(self, station: Station, turns: Turns, own: Container[str]) -> None:
        self.station, self.turns, self._own = station, turns, own
        self._watch: Watch | None = None
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()
        self._resting = self._looking = False
        self._more = False

    # --- listening

    def start(self) -> None:
        """Begins to listen; for use once the store is open."""
        loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._listen, args=(loop,), name="watch")
        self._thread.daemon = True
        self._thread.start()

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        from bench.store.watch import open_watch  # late: it loads the database layer

        self._watch = open_watch(self.station.settings.database)
        while not self._ended.is_set():
            changed = self._watch.wait(LISTEN)
            if changed and not self._ended.is_set():
                with contextlib.suppress(RuntimeError):  # the program has just ended
                    loop.call_soon_threadsafe(self._changed, changed)
        self._watch.close()

    def end(self) -> None:
        """Listens no more."""
        self._ended.set()
        if self._watch is not None:
            self._watch.close()
        if self._thread is not None:
            self._thread.join(timeout=2.0)

    # --- following

    def _changed(self, units: tuple[str, ...]) -> None:
        view = self.station.session.view
        if view is not None and ("" in units or view.unit.id in units) and not self._looking:
            self._looking = True
            self.turns.add(Job(self._look))
        if self._resting:
            self._more = True
        else:
            self._follow()

    def _follow(self) -> None:
        if self._ended.is_set():
            return
        self._resting, self._more = True, False
        frame = self.station.frame
        if frame.place == QUEUE:
            if self.turns.idle:
                frame.body.show()
            else:
                self._more = True  # told once only: not to be forgotten until it can be shown
        asyncio.get_running_loop().call_later(REST, self._rested)

    def _rested(self) -> None:
        self._resting = False
        if self._more:
            self._follow()

    async def _look(self) -> None:
        """Reads the unit in hand anew, and says what somebody else did to it."""
        self._looking = False
        seen = self.station.session.view
        if seen is None:
            return
        rma_id = seen.rma.id if seen.rma else None
        try:
            now = await self.station.in_store(
                lambda desk: view_of(desk, seen.unit.id, rma_id), patient=False
            )
        except (StoreError, Refused):
            return  # the watch tells again once the store answers
        if now is not None and self.station.session.view is seen:
            self._tell(seen, now)

    def _tell(self, seen: UnitView, now: UnitView) -> None:
        news = [event for event in unseen(seen, now) if event.op_id not in self._own]
        if not news:
            return
        self.station.session.view = now
        self.station.frame.body.show()
        last, more = news[0], len(news) - 1
        others = f", and {more} more" if more else ""
        clock = self.station.clock
        text = f"meanwhile: {did(last)} by {who(last)}, {when(clock, last)}{others}"
        self.station.say(Read(now.unit.serial, "changed by another bench", HOLD, text))
