"""Labels on their way to the printers while the program runs: a lane for each printer."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.app import App

from bench.datafile import DataError
from bench.scan.commands import Verb, code
from bench.screens.everywhere import Station
from bench.screens.host import LABELS
from bench.screens.layouts_at_hand import LayoutsAtHand
from bench.screens.talk_thread import Talks
from bench.store.errors import StoreError
from bench.store.records import PrintJob, PrintState, new_op_id
from bench.text import printable
from bench.widgets.job_words import is_stuck, trouble
from bench.widgets.marks import DONE, HOLD, REFUSED
from bench.widgets.strips import Read, ScanStrip, TopLine
from bench.workflow.background import Background
from bench.workflow.desk import Desk, Refused

if TYPE_CHECKING:
    from bench.hardware.printing import PrinterState
    from bench.printer_settings import PrinterSettings
    from bench.workflow.printing import Printing
    from bench.workflow.steps import Saved
    from bench.workflow.views import UnitView

log = logging.getLogger("bench")
FIRST, EACH = 2.0, 5.0
"""Seconds until the first look at what an earlier program left, and between two looks."""
LAST = 1.0
"""Seconds that the program waits at its end for a printer that was cut off."""
STUCK = "▲"
"""Before the number of labels that wait, in the top line."""
_S = PrintState


class PrintWorker:
    """Sends this station's labels; a jam at one printer never holds another one, nor a scan."""

    def __init__(self, app: App[Any], station: Station, background: Background) -> None:
        self._app, self._station, self._background = app, station, background
        self.layouts = LayoutsAtHand(station)
        self._printing: Printing | None = None
        self._talks = Talks()
        self._busy: set[str] = set()
        """The printers whose lanes are under way."""
        self._again: set[str] = set()
        """The printers that got more to do meanwhile."""
        self._lines: dict[str, asyncio.Lock] = {}
        """One talk at a time with each printer: many of them take a single connection."""
        self._looking = self._over = False
        self._told: dict[str, str] = {}
        """The last trouble of each printer that was told: the same one is not told again."""
        self._warned: set[str] = set()
        """The labels whose printer said something of itself that should be seen to."""
        self.unwanted: set[str] = set()
        """Labels whose step was undone while they were being sent: cancelled should they wait."""
        self._making = asyncio.Lock()
        self._said: dict[str, Read] = {}
        """What the strip says of a label that somebody asked for, until the printer has it."""

    # --- when to look

    def start(self) -> None:
        """Begins; for use once the store is open. Without a printer to send to, one look will do:
        something may be left from before."""
        self._app.set_timer(FIRST, self.look)
        if self.has_printers:
            self._app.set_interval(EACH, self.look)

    @property
    def has_printers(self) -> bool:
        """Whether anything can be sent from here."""
        return any(printer.at for printer in self._station.settings.printers.values())

    def look(self) -> None:
        """Looks which labels wait, and sends what is due, in the background."""
        if not self._looking and not self._over:
            self._looking = True
            self._app.run_worker(self._look(), name="labels", group="labels")

    async def _look(self) -> None:
        try:
            left = await self._station.in_store(_left, patient=False)
        except (Refused, StoreError) as error:  # still queued: next time
            log.warning("the labels are not looked at yet: %s", error)
            return
        finally:
            self._looking = False
        self._show(left)
        for letters in sorted(
            {job.printer for job in left if job.state in (_S.QUEUED, _S.SENDING)}
        ):
            self.wake(letters)

    def wake(self, letters: str, after: float = 0.0) -> None:
        """A printer has something to do, now or in so many seconds."""
        if self._over:
            return
        if after > 0:
            self._app.set_timer(after, lambda: self.wake(letters))
        elif letters in self._busy:
            self._again.add(letters)
        else:
            self._busy.add(letters)
            self._app.run_worker(self._lane(letters), name=f"printer {letters}", group="printers")

    def after(self, op_id: str, saved: Saved, before: UnitView | None) -> None:
        """A step is saved: the labels that it calls for are queued, and nobody waits for that."""
        if self.has_printers and not self._over:
            labels = self._station.labels.after(op_id, saved, before)
            self._app.run_worker(labels, name="label of a step")

    # --- one printer's lane

    async def _lane(self, letters: str) -> None:
        try:
            await self._send_due(letters)
        except (Refused, StoreError) as error:  # kept in Printing, or still queued: next time
            log.warning("printer %s: not looked at yet: %s", letters, error)
        except DataError as error:
            self._tell(letters, str(error), Read("", str(error), HOLD, "labels wait"))
        finally:
            self._busy.discard(letters)
            self._changed()
        if letters in self._again:
            self._again.discard(letters)
            self.wake(letters)

    async def _send_due(self, letters: str) -> None:
        printing, in_store = await self._worker(), self._station.in_store
        while not self._over:
            job = await in_store(lambda desk: printing.claim(desk, letters), patient=False)
            if job is not None:
                self._changed()
                await self._talk(printing, job)
            for after in await in_store(printing.settle, patient=False):
                await self._became(after)
            if job is None:
                return

    async def _talk(self, printing: Printing, job: PrintJob) -> None:
        def talk() -> None:
            if printing.talk(job).warns:
                self._warned.add(job.id)

        async with self._line(job.printer):
            await self._talks.talk(f"printer {job.printer}", talk)

    async def _worker(self) -> Printing:
        async with self._making:
            if self._printing is None:
                self._printing = await asyncio.to_thread(self._make)
            return self._printing

    def _make(self) -> Printing:
        from bench.workflow.printing import Printing  # late: the start needs none of it

        return Printing(self._station.settings, self.layouts)

    def _line(self, letters: str) -> asyncio.Lock:
        return self._lines.setdefault(letters, asyncio.Lock())

    async def state(self, printer: PrinterSettings) -> PrinterState | None:
        """How a printer is, by its own word; None while a label is being sent to it."""
        from bench.hardware.printing import state_of

        line = self._line(printer.letters)
        if line.locked() or self._over:
            return None
        async with line:
            return await self._talks.talk(f"ask {printer.letters}", lambda: state_of(printer))

    # --- telling

    def asked(self, job: PrintJob, read: Read) -> None:
        """Somebody asked for this label, and the strip says that it is queued."""
        self._said[job.id] = read

    async def _became(self, job: PrintJob) -> None:
        said = self._said.pop(job.id, None) if job.state is not _S.QUEUED else None
        if job.state is _S.SENT:
            self._sent(job, said)
        elif job.state is _S.UNSURE:
            what = f"look at printer {job.printer}, then say so: {code(Verb.SPOOL)}"
            self._tell(job.printer, job.id, Read("", what, HOLD, f"{job.title} may have come out"))
        elif job.state is _S.FAILED:
            answer = f"{job.title} is not printed"
            self._tell(job.printer, job.id, Read("", job.why, REFUSED, answer))
        elif job.state is _S.QUEUED and job.id in self.unwanted:
            self.unwanted.discard(job.id)
            await self._station.in_store(partial(_cancel, job.id), patient=False)
        elif job.state is _S.QUEUED:
            await self._jammed(job)

    def _sent(self, job: PrintJob, said: Read | None) -> None:
        """Said where somebody waits for it, and nothing else was said meanwhile."""
        if job.id in self._warned:
            self._warned.discard(job.id)
            answer = f"printer {job.printer}: {job.why}"
            self._tell(job.printer, job.why, Read("", f"{job.title} sent", HOLD, answer))
            return
        self._told.pop(job.printer, None)
        if self._ended:
            return
        strip = self._station.frame.query_one_optional(ScanStrip)
        if said is not None and strip is not None and strip.read is said:
            with self._station.hearing.telling_of(0):
                what = f"{job.title} sent to {job.printer}: {job.why or 'ready'}"
                self._station.say(Read(said.code, said.what, DONE, what))

    async def _jammed(self, job: PrintJob) -> None:
        """The printer took nothing: it is tried again by itself, and said once."""
        if job.next_try_at is not None:
            delay = (job.next_try_at - self._station.clock.now()).total_seconds()
            self.wake(job.printer, max(0.1, delay + 0.05))
        left = await self._station.in_store(_left, patient=False)
        waiting = sum(one.printer == job.printer for one in left)
        labels = "1 label waits" if waiting == 1 else f"{waiting} labels wait"
        read = Read("", labels, HOLD, f"printer {job.printer}: {trouble(job)}")
        self._tell(job.printer, job.why, read)

    def _tell(self, letters: str, about: str, read: Read) -> None:
        """Says it, unless the same trouble of this printer was the last that was said."""
        if self._ended or about == self._told.get(letters):
            return
        log.warning("%s: %s", read.answer, read.what)
        self._told[letters] = about
        what, answer = printable(read.what), printable(read.answer)
        with self._station.hearing.telling_of(0):  # it belongs to no scan
            self._station.say(Read(read.code, what, read.mark, answer))

    def _changed(self) -> None:
        """A label is somewhere else now: the Labels screen and the top line follow."""
        if self._ended:
            return
        if self._station.frame.place == LABELS:
            self._station.frame.body.show()
        self._app.run_worker(self._show_left(), name="labels left", group="labels left")

    async def _show_left(self) -> None:
        with contextlib.suppress(Refused, StoreError):
            self._show(await self._station.in_store(_left, patient=False))

    def _show(self, left: Sequence[PrintJob]) -> None:
        """In the top line, how many wait where one of them does not go by itself."""
        if self._ended:
            return
        stuck = any(is_stuck(job) for job in left)
        line = self._station.frame.query_one_optional(TopLine)
        if line is not None:
            line.tell(stuck=f"{STUCK}{len(left)}" if stuck else "")

    # --- the end

    @property
    def _ended(self) -> bool:
        """Whether there is no glass any more to say something on."""
        return self._over or not self._app.screen_stack

    async def end(self) -> None:
        """Takes no more labels and cuts off a talk under way; to be awaited before the store is
        closed. What is known of that talk by then is kept; the next program sees to the rest."""
        self._over = True
        printing = self._printing
        if printing is None:
            return
        printing.stop()
        await asyncio.to_thread(self._talks.join, LAST)
        with contextlib.suppress(StoreError, Refused, TimeoutError):
            await asyncio.wait_for(self._background.run(printing.settle), LAST)


def _cancel(job_id: str, desk: Desk) -> PrintJob:
    from bench.workflow.printing import cancel

    return cancel(desk, new_op_id(), job_id)


def _left(desk: Desk) -> list[PrintJob]:
    return desk.store.print_jobs_left(desk.station)
