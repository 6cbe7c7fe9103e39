"""After a crash: notes where the station is, and brings it back there. And the last words."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from rich.console import RenderableType
from textual.app import App
from textual.driver import Driver

from bench.keeper.link import CRASHED, Link
from bench.scan.equipment import Sort
from bench.scan.serials import canonical
from bench.screens.everywhere import Station
from bench.screens.host import QUEUE, RECEIVE, Session
from bench.screens.reading import driver
from bench.store.errors import StoreError
from bench.widgets.marks import HOLD
from bench.widgets.strips import Read
from bench.workflow.desk import Refused
from bench.workflow.drafts import parked
from bench.workflow.views import stranger_key, view_of

log = logging.getLogger("bench")


def handed(kind: type[Driver], take: Callable[[], None]) -> type[Driver]:
    """A driver that first asks for the terminal, each time it begins to read it."""

    class Handed(kind):  # type: ignore[misc, valid-type]
        def start_application_mode(self) -> None:
            take()
            super().start_application_mode()

    return Handed


class Kept(App[int]):
    """An app under a keeper; its unhandled errors go into the log, and never over the screen."""

    def __init__(self, link: Link | None) -> None:
        super().__init__(driver_class=driver())
        if link is not None:
            self.driver_class = handed(self.driver_class, link.take_terminal)

    def _handle_exception(self, error: Exception) -> None:
        log.critical("bench cannot go on", exc_info=getattr(error, "error", error))
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()

    def panic(self, *renderables: RenderableType) -> None:
        """Ends the program; what would be painted is an error that is in the log, or goes there."""
        if self._exception is None:
            with self.console.capture() as capture:
                self.console.print(*renderables)
            log.critical("bench cannot go on\n%s", capture.get())
        self._close_messages_no_wait()


@dataclass(frozen=True, slots=True)
class Note:
    """Where the station is: as little as brings it back. Fields are parked in the store."""

    place: str = QUEUE
    unit: str = ""
    rma: str = ""
    at_step: bool = False
    """The place is the one of the unit's next step, which may be another one by then."""
    stranger: str = ""
    stranger_mac: str = ""
    stranger_model: str = ""
    unproved: bool = False
    vouched: bool = False
    replacement_next: bool = False
    console: str = ""
    printer: str = ""

    @classmethod
    def of(cls, session: Session, place: str, equipment: Mapping[Sort, str]) -> Note:
        """What is in hand and in use now."""
        view = session.view
        return cls(
            place,
            unit=view.unit.id if view else "",
            rma=view.rma.id if view and view.rma else "",
            at_step=view is not None and view.place == place,
            stranger=session.stranger,
            stranger_mac=session.stranger_mac,
            stranger_model=session.stranger_model,
            unproved=session.unproved,
            vouched=session.vouched,
            replacement_next=session.replacement_next,
            console=equipment.get(Sort.CONSOLE, ""),
            printer=equipment.get(Sort.PRINTER, ""),
        )

    @classmethod
    def read(cls, text: bytes) -> Note:
        """The note of the program before this one; without one, the queue."""
        return cls(**json.loads(text)) if text else cls()


class Comeback:
    """The program's side of its keeper. Without a keeper, nothing happens here."""

    def __init__(self, station: Station, link: Link | None) -> None:
        self.station, self.link = station, link
        self._noted: Note | None = None

    def listen(self, leave: Callable[[], object]) -> None:
        """From now on the program ends in good order when its keeper or a signal says so."""
        if self.link is None:
            return
        loop, link = asyncio.get_running_loop(), self.link

        def end() -> None:
            if link.terminal_gone:
                _go_dark()
            loop.call_soon_threadsafe(leave)

        link.at_end(end)
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, leave)

    def note(self) -> None:
        """Tells the keeper where the station is, where that has changed."""
        if self.link is None:
            return
        station = self.station
        note = Note.of(station.session, station.frame.place, station.equipment.chosen)
        if note != self._noted:
            self._noted = note
            self.link.tell(json.dumps(asdict(note)).encode())

    async def resume(self) -> None:
        """After a crash, opens what was in hand, and says what happened."""
        if self.link is None or self.link.crashed_at is None:
            return
        answer = "what was saved is safe"
        try:
            await self._open(Note.read(self.link.note))
        except (Refused, StoreError):
            log.exception("coming back")
            answer = "scan the unit again"
        clock = self.station.clock
        at = clock.local(datetime.fromtimestamp(self.link.crashed_at, UTC))
        what = f"bench stopped unexpectedly at {at:%H:%M}, is back"
        self.station.say(Read("", what, HOLD, answer))

    async def _open(self, note: Note) -> None:
        self.station.equipment.choose(Sort.CONSOLE, note.console)
        self.station.equipment.choose(Sort.PRINTER, note.printer)
        if note.stranger:
            await self._stranger(note)
        elif note.unit:
            await self._unit(note)
        elif note.place != QUEUE:
            await self.station.go(note.place)

    async def _stranger(self, note: Note) -> None:
        key = stranger_key(canonical(note.stranger))
        draft = await self.station.in_store(lambda desk: parked(desk, key))
        fields: dict[str, Any] = dict(draft.fields) if draft else {}
        self.station.session = Session(
            stranger=note.stranger,
            stranger_mac=note.stranger_mac,
            stranger_model=note.stranger_model,
            stranger_fields=fields,
        )
        await self.station.go(RECEIVE)

    async def _unit(self, note: Note) -> None:
        station = self.station
        found = await station.in_store(lambda d: view_of(d, note.unit, note.rma or None))
        if found is None:
            return
        await station.open_unit(found, None if note.at_step else note.place)
        session = station.session
        if note.at_step and found.place == note.place:
            session.unproved, session.vouched = note.unproved, note.vouched
            session.replacement_next = note.replacement_next
            await station.reload()


def _go_dark() -> None:
    """The terminal is gone: what is still painted goes nowhere, and nothing waits for a key."""
    dark = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(dark, descriptor)
    os.close(dark)


def status_of(app: App[int], result: int | None) -> int:
    """The exit status of the program: what it ended with, or that it did not mean to."""
    if result is not None:
        return result
    return 0 if app.return_code == 0 else CRASHED
