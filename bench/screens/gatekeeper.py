"""The scan gate's glue to Textual: keys pass it before focus and bindings see them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

from textual import events
from textual.app import App

from bench.scan.gate import Gate, Key, Released, Scanned, paste
from bench.widgets.field import Line

LATE = 0.03
"""Seconds after its time from which on a timer tells that the computer is busy."""


class Gatekeeper:
    """Feeds keys to the gate, hands on what was typed, and reports what was scanned."""

    def __init__(
        self,
        app: App[int],
        scanned: Callable[[str], None],
        spoilt: Callable[[str], None],
        release: Callable[[events.Key], Awaitable[None]],
    ) -> None:
        self.app, self._scanned, self._spoilt, self._release = app, scanned, spoilt, release
        self.gate = Gate()
        self._timer: asyncio.TimerHandle | None = None
        self._waited = False

    async def key(self, event: events.Key) -> None:
        """One key, in the order in which the terminal sent it."""
        self._waited = False
        key = Key(event.key, event.character, event.time, event)
        for result in self.gate.feed(key):
            await self._deal(result)
        self._arm()

    def paste(self, event: events.Paste) -> None:
        """A bracketed paste outside of a field counts as scans, one a line."""
        for scan in paste(event.text, event.time):
            self._scanned(scan.text)

    async def _deal(self, result: Scanned | Released) -> None:
        if isinstance(result, Scanned):
            self._scanned(result.text)
            return
        if result.spoilt and not isinstance(self.app.focused, Line):
            if result.text:  # its letters would be taken for keys of the screen
                self._spoilt(result.text)
            return
        for key in result.keys:
            if isinstance(key.token, events.Key):
                await self._release(key.token)

    def _arm(self, grace: float = 0.005) -> None:
        """Asks to be called when what the gate holds can no longer become a scan."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self.gate.deadline
        if deadline is not None:
            delay = max(0.0, deadline - monotonic()) + grace
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(delay, lambda: self.app.call_later(self._expire))

    async def _expire(self) -> None:
        """Releases what was held; keys that still wait in the app's own queue come first.

        Where this is called late the computer is busy, and keys may still wait to be read at all.
        """
        deadline = self.gate.deadline
        late = deadline is not None and monotonic() - deadline > LATE
        if self.app.message_queue_size or (late and not self._waited):
            self._waited = late
            self._arm(2 * LATE if late else 0.005)
            return
        for result in self.gate.expire(monotonic()):
            await self._deal(result)
        self._arm()
