"""Once a day the bytes of old captures go, where their RMA is over; what is kept proves the rest.

They hold the secrets of customers' devices. How long they stay is for the settings to say.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import date
from typing import TYPE_CHECKING, Any

from textual.app import App

from bench.store.errors import StoreError
from bench.workflow.desk import Refused

if TYPE_CHECKING:
    from bench.evidence.capture_format import Meta
    from bench.hardware.retention import Swept
    from bench.screens.host import Host

log = logging.getLogger("bench")
FIRST, EACH = 90.0, 600.0
"""Seconds until the first look, which slows no start down, and between two looks for a new day."""


class OldCaptures:
    """Looks now and then whether a new day has begun; the files are seen to on a thread."""

    def __init__(self, app: App[Any], host: Host) -> None:
        self._app, self._host = app, host
        self._done_on: date | None = None
        self._over = False

    def start(self) -> None:
        """Begins; for use once the store is open, and never in a demonstration."""
        if self._host.settings.keep_days:
            self._app.set_timer(FIRST, self.look)
            self._app.set_interval(EACH, self.look)

    def look(self) -> None:
        """Sees to the captures, in the background; once a day."""
        if self._host.settings.keep_days and self._done_on != self._host.today():
            self._done_on = self._host.today()
            self._app.run_worker(self.sweep(), name="old captures", group="old captures")

    def end(self) -> None:
        """Removes no more."""
        self._over = True

    async def sweep(self) -> Swept | None:
        """Removes what is due; None where the store could not be asked: tried again later."""
        from bench.hardware.retention import old_captures, sweep  # late: the start needs none of it
        from bench.workflow.capture import may_erase

        settings, now = self._host.settings, self._host.clock.now()
        root, days = settings.captures, settings.keep_days
        old = await asyncio.to_thread(old_captures, root, now, days)
        rmas = {meta.rma for meta in old if meta.rma}
        try:
            free = await self._host.in_store(
                lambda desk: {rma for rma in rmas if may_erase(desk, rma)}, patient=False
            )
        except (Refused, StoreError) as error:
            log.warning("old captures are not looked at yet: %s", error)
            self._done_on = None
            return None

        def may_go(meta: Meta) -> bool:
            return not self._over and (not meta.rma or meta.rma in free)

        swept = await asyncio.to_thread(sweep, root, now, days, may_go)
        _note(swept)
        return swept


def _note(swept: Swept) -> None:
    """What went away stands in the log: somebody may look for it."""
    for folder in swept.erased:
        log.warning("the bytes of an old capture were removed: %s", folder.name)
    for problem in swept.problems:
        log.warning("%s", problem)
