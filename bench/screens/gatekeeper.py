"""The scan gate's glue to Textual: keys pass it before focus and bindings see them."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import replace
from time import monotonic

from textual import events
from textual.app import App
from textual.widgets import TextArea

from bench.scan.gate import Gate, Key, Released, Scanned, paste
from bench.scan.label import LabelKind, classify
from bench.screens.reading import has_more, keys_read, lateness, was_read
from bench.widgets.field import Line

LATE = 0.03
"""Seconds after its time from which on a timer tells that the computer is busy."""
LOOKS = 100
"""How often a timer is put off for keys that are under way, 5 ms each time: they may be none of
the gate's after all."""


TYPED_INTO = (Line, TextArea)
"""Where somebody who types quickly is no label."""


class Gatekeeper:
    """Feeds keys to the gate, hands on what was typed, and reports what was scanned.

    In a line to type into, characters are shown while the gate holds them, and taken back where
    they were a scanner's.
    """

    def __init__(
        self,
        app: App[int],
        scanned: Callable[[Scanned], None],
        spoilt: Callable[[Released], None],
        release: Callable[[events.Key], Awaitable[None]],
        waits: Callable[[str], None],
    ) -> None:
        self.app, self._scanned, self._spoilt, self._release = app, scanned, spoilt, release
        self._waits, self._waiting = waits, ""
        self.gate = Gate()
        self._timer: asyncio.TimerHandle | None = None
        self._waited = False
        self._seen = 0
        """Keys of the terminal that have come here."""
        self._looks = 0
        self._line: Line | None = None
        """Where the characters that the gate holds are shown."""

    async def key(self, event: events.Key) -> None:
        """One key, in the order in which the terminal sent it."""
        self._waited = False
        self._looks = 0
        self._seen += was_read(event)
        key = Key(event.key, event.character, event.time, event, lateness(event))
        for result in self.gate.expire(key.earliest):
            await self._deal(result)
        for result in self.gate.feed(replace(key, shown=self._show(event))):
            await self._deal(result)
        self._arm()

    def _show(self, event: events.Key) -> bool:
        """Shows a character where it would be typed; False where it cannot be, or not yet."""
        line = self.app.focused
        if not event.is_printable or event.character is None or not isinstance(line, Line):
            return False
        if self._line is not line and self.gate.deadline is not None:
            return False  # its burst has begun elsewhere
        self._line = line
        line.post_message(Line.Shown(event.character))
        return True

    def _settle(self, stays: bool) -> None:
        if self._line is not None:
            self._line.post_message(Line.Settled(stays))
        self._line = None

    async def settle_all(self) -> bool:
        """Something else than a key has come: what is held was before it, and is settled first.

        True where keys were handed on, which take a moment to act.
        """
        results = self.gate.expire(math.inf)
        for result in results:
            await self._deal(result)
        self._arm()
        return bool(results)

    def paste(self, event: events.Paste) -> bool:
        """A bracketed paste: as scans, one a line; False where it is text for a field.

        Into a field, a person pastes; only a single code that ends like a scan counts as one, and
        none where a dialog asks for a text.
        """
        scans = paste(event.text, event.time)
        if isinstance(self.app.focused, TextArea):
            return False  # several lines are what it is for
        if isinstance(self.app.focused, Line):
            if self.app.screen.is_modal:
                return False
            ended = event.text != event.text.rstrip("\r\n\t")
            if not (ended and len(scans) == 1 and _is_code(scans[0].text)):
                return False
        for scan in scans:
            self._scanned(scan)
        return True

    async def _deal(self, result: Scanned | Released) -> None:
        if isinstance(result, Scanned):
            self._settle(stays=False)
            self._scanned(result)
            return
        nobodys = result.foul or (result.spoilt and not isinstance(self.app.focused, TYPED_INTO))
        self._settle(stays=not nobodys)
        if nobodys:
            if result.text:  # its letters would be taken for keys of the screen
                self._spoilt(result)
            return
        for key in result.keys:
            if isinstance(key.token, events.Key) and not key.shown:
                await self._release(key.token)

    def _arm(self, grace: float = 0.005) -> None:
        """Asks to be called when what the gate holds can no longer become a scan; tells which key
        waits until then."""
        if self.gate.waiting != self._waiting:
            self._waiting = self.gate.waiting
            self._waits(self._waiting)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self.gate.deadline
        if deadline is not None:
            delay = max(0.0, deadline - monotonic()) + grace
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(delay, lambda: self.app.call_later(self._expire))

    async def _expire(self) -> None:
        """Releases what was held; keys that are under way come first: on a busy computer the rest
        of a scan may be unread yet, and its beginning must not be taken for a person's.

        Where the driver cannot tell, being called late itself tells of a busy computer.
        """
        if self._has_more():
            self._arm()
            return
        deadline, knows = self.gate.deadline, keys_read(self.app._driver) is not None
        late = not knows and deadline is not None and monotonic() - deadline > LATE
        if self.app.message_queue_size or (late and not self._waited):
            self._waited = late
            self._arm(2 * LATE if late else 0.005)
            return
        for result in self.gate.expire(monotonic()):
            await self._deal(result)
        self._arm()

    def _has_more(self) -> bool:
        """Whether keys are under way from the terminal; not for ever: some may end elsewhere."""
        driver = self.app._driver
        if not has_more(driver, self._seen):
            return False
        self._looks += 1
        if self._looks > LOOKS:
            self._seen, self._looks = keys_read(driver) or 0, 0
            return False
        return True


def _is_code(text: str) -> bool:
    """Whether a pasted line is a code for sure: words have spaces in between."""
    return " " not in text.strip() and classify(text).kind is not LabelKind.UNREADABLE
