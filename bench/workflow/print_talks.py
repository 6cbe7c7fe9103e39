"""The worker of a station's label queue: takes a label, draws and sends it, keeps what came of it.

A label is claimed, and that is saved, before a byte goes to the printer. So whatever breaks, it is
known of each label that it did not come out, that the printer has it, or that nobody can know.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bench.datafile import DataError
from bench.hardware import printer_trouble as printers
from bench.labels.bitmap import Bitmap
from bench.labels.label import LabelContent
from bench.printer_settings import PrinterSettings
from bench.settings import Settings
from bench.store.records import PrintJob, PrintState, new_op_id
from bench.text import clean_line
from bench.workflow.desk import Desk

if TYPE_CHECKING:
    from bench.labels.layout import LabelLayouts
    from bench.store.store import Tx

Send = Callable[[PrinterSettings, Bitmap, str, threading.Event], printers.Receipt]
_S = PrintState
BACK_OFF = tuple(timedelta(seconds=s) for s in (2, 5, 10, 30, 60))
"""How long a label waits after each try in which the printer took nothing; the last for ever: a
jam is mended by a person, and until then the label waits."""
STALE = timedelta(minutes=2)
"""How long another program of the same station may have a label before it counts as dead: longer
than any talk with a printer lasts."""
CUT_OFF = "the bench stopped while it was sending it: look whether it came out"
_BROKE = "sending it broke down: look whether it came out; the log says more"
_UNDRAWN = "it could not be drawn: the log says more"
_ENDING = "the program ended before it was sent"
_WHY = 300


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one try: SENT, QUEUED (to be tried later), FAILED or UNSURE, and why."""

    job: PrintJob
    """As it was claimed."""
    state: PrintState
    why: str = ""
    """The trouble; of a label that was sent, what the printer said of itself."""
    warns: bool = False
    """Whether what the printer said should be seen to."""


class _Ends(Exception):
    """A try is over before anything was sent."""

    def __init__(self, state: PrintState, why: str) -> None:
        self.state, self.why = state, why
        super().__init__(why)


class Printing:
    """Sends what waits, in three parts that have their own threads; a lane for each printer.

    `claim` and `settle` run on the store's thread, `talk` on any other, of several printers at
    once: no transaction is open while a printer is talked to. A round of a lane is: claim; talk;
    settle; until claim gives None; then settle once more for the news.

    A printer's labels go in order, one at a time; a jam at one holds no other.
    """

    def __init__(
        self,
        settings: Settings,
        layouts: Callable[[], LabelLayouts],
        send: Send | None = None,
    ) -> None:
        from bench.hardware.printing import send as to_printer  # late: the start sends nothing

        self._settings, self._layouts, self._send = settings, layouts, send or to_printer
        self._run = new_op_id()
        self._began = False
        self._out: dict[str, PrintJob] = {}
        """What this run has claimed and not settled, by id."""
        self._results: list[tuple[str, Result]] = []
        """What is not saved yet, with the op id that it is saved under."""
        self._news: list[PrintJob] = []
        self._stop = threading.Event()

    # --- on the store's thread

    def claim(self, desk: Desk, letters: str) -> PrintJob | None:
        """Takes the next label for a printer, so that nobody else does; None: there is none now.

        Saves first what an earlier `settle` could not, and takes over what a program that died has
        left: for that alone, any letters will do. Raises StoreError kinds.
        """
        self._save(desk)
        self._take_over(desk)
        if self._stop.is_set() or self._printer(letters) is None:
            return None
        if any(job.printer == letters for job in desk.store.print_jobs_sending(desk.station)):
            return None
        now = desk.clock.now()
        for first in desk.store.print_jobs_queued(desk.station, letters, 1):
            if _is_due(first, now):
                return self._claimed(desk, first, now)
        return None

    def _claimed(self, desk: Desk, job: PrintJob, now: datetime) -> PrintJob | None:
        who = f"{self._run} {new_op_id()}"
        taken = desk.store.write("", lambda tx: tx.claim_print_job(job.id, who, now))
        if taken is not None:
            self._out[taken.id] = taken
        return taken

    def settle(self, desk: Desk) -> list[PrintJob]:
        """Saves what came of every talk since; the labels of which there is news, as they are now.

        Among them what `claim` took over from a program that died, and labels without a printer.
        What cannot be saved now is kept for the next time. Raises StoreError kinds.
        """
        self._save(desk)
        news, self._news = self._news, []
        return news

    def _save(self, desk: Desk) -> None:
        while self._results:
            op_id, result = self._results[0]
            job = desk.store.write(op_id, partial(_keep, desk, result))
            self._results.pop(0)
            self._out.pop(result.job.id, None)
            if job is not None:
                self._news.append(job)

    def _take_over(self, desk: Desk) -> None:
        """Labels that nobody sends any more, and labels for printers that are not there.

        At the first look of a run, whatever another run of this station holds counts as dead: a
        station has one program. Should there be two by mistake, the other's label is UNSURE until
        that one settles it, a moment later; neither sends what the other has claimed.
        """
        now = desk.clock.now()
        for job in desk.store.print_jobs_sending(desk.station):
            if job.claimed_by.partition(" ")[0] == self._run:
                if job.id not in self._out:  # the answer to the claim was lost: nothing was sent
                    self._put(desk, job, _S.QUEUED, "")
            elif not self._began or job.claimed_at is None or abs(now - job.claimed_at) > STALE:
                self._put(desk, job, _S.UNSURE, CUT_OFF)
        self._began = True
        for letters in desk.store.printers_waited_for(desk.station):
            if self._printer(letters) is None:
                for job in desk.store.print_jobs_queued(desk.station, letters):
                    self._put(desk, job, _S.FAILED, self._missing(letters))

    def _put(self, desk: Desk, seen: PrintJob, state: PrintState, why: str) -> None:
        due = desk.clock.now() if state is _S.QUEUED else None

        def work(tx: Tx) -> PrintJob | None:
            job = tx.print_job(seen.id)
            if job is None or (job.state, job.claimed_by) != (seen.state, seen.claimed_by):
                return None
            return tx.save_print_job(replace(job, state=state, why=why, next_try_at=due))

        changed = desk.store.write("", work)
        if changed is not None and state is not _S.QUEUED:
            self._news.append(changed)

    # --- on any thread

    def talk(self, job: PrintJob) -> Result:
        """Draws a claimed label and sends it; `settle` then saves what came of it.

        On a thread that may wait for half a minute; never raises for what a printer does.
        """
        result = Result(job, _S.FAILED, _UNDRAWN)
        try:
            printer, bitmap = self._drawn(job)
            result = Result(job, _S.UNSURE, _BROKE)
            result = self._sent(job, printer, bitmap)
        except _Ends as end:
            result = Result(job, end.state, clean_line(end.why, _WHY))
        finally:  # whatever else is raised, it stays known what may have come out
            self._results.append((new_op_id(), result))
        return result

    def _drawn(self, job: PrintJob) -> tuple[PrinterSettings, Bitmap]:
        from bench.labels.layout import render  # late: the start draws nothing

        printer = self._printer(job.printer)
        if printer is None:
            raise _Ends(_S.FAILED, self._missing(job.printer))
        if self._stop.is_set():
            raise _Ends(_S.QUEUED, _ENDING)
        try:
            content = LabelContent.from_json(job.content)
            return printer, render(content, printer.size, printer.dpi, self._layouts())
        except DataError as error:  # the file of the layouts: the label is not at fault
            raise _Ends(_S.QUEUED, str(error)) from error
        except ValueError as error:
            raise _Ends(_S.FAILED, str(error)) from error

    def _sent(self, job: PrintJob, printer: PrinterSettings, bitmap: Bitmap) -> Result:
        try:
            receipt = self._send(printer, bitmap, job.title, self._stop)
        except printers.NotTaken as trouble:
            raise _Ends(_S.QUEUED, _said(trouble)) from trouble
        except printers.Unsure as trouble:
            raise _Ends(_S.UNSURE, _said(trouble)) from trouble
        return Result(job, _S.SENT, clean_line(receipt.says, _WHY), receipt.warns)

    def send_due(self, desk: Desk) -> int:
        """A round of each printer on one thread, for programs without a screen; how many labels
        the printers took."""
        sent = 0
        for letters in sorted(self._settings.printers):
            while (job := self.claim(desk, letters)) is not None:
                sent += self.talk(job).state is _S.SENT
        self._save(desk)
        return sent

    def stop(self) -> None:
        """The program ends: talks under way are cut off, and no other label is taken.

        Call `settle` once more when they have returned, before the store is closed.
        """
        self._stop.set()

    def _printer(self, letters: str) -> PrinterSettings | None:
        """The printer with these letters, where something can be sent to it."""
        printer = self._settings.printers.get(letters)
        return printer if printer is not None and printer.at else None

    def _missing(self, letters: str) -> str:
        if letters in self._settings.printers:
            return f"the settings say no address of printer {letters}: add one, or move the label"
        return f"there is no printer {letters} in the settings: move the label to another"


def _keep(desk: Desk, result: Result, tx: Tx) -> PrintJob | None:
    """Saves a result, unless a person has settled the label meanwhile; None: it says nothing new.

    A label that was given up as cut off may have got to its printer all the same.
    """
    job, now = tx.print_job(result.job.id), desk.clock.now()
    if job is None or job.claimed_by != result.job.claimed_by:
        return None
    if job.state not in (_S.SENDING, _S.UNSURE):
        return job if job.state is result.state else None  # saved before, the answer was lost
    after = replace(job, state=result.state, why=result.why, next_try_at=None)
    if result.state is _S.SENT:
        after = replace(after, sent_at=now)
    elif result.state is _S.QUEUED:
        after = replace(after, next_try_at=now + BACK_OFF[min(job.tries, len(BACK_OFF)) - 1])
    return tx.save_print_job(after)


def _is_due(job: PrintJob, now: datetime) -> bool:
    """Whether its wait is over; one that is longer than any wait comes from a clock set back."""
    due = job.next_try_at
    return due is None or due <= now or due > now + BACK_OFF[-1]


def _said(trouble: printers.PrinterTrouble) -> str:
    return f"{trouble.what}: {trouble.remedy}" if trouble.remedy else trouble.what
