"""What can be done with a label on the Labels screen: again, elsewhere, not at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bench.printer_settings import PrinterSettings
from bench.scan.commands import Verb
from bench.screens.dialogs import Pick
from bench.screens.everywhere import Station
from bench.store.records import PrintJob, PrintState, new_op_id
from bench.text import printable
from bench.widgets.marks import DONE
from bench.widgets.offers import Next, Offer
from bench.widgets.strips import Read
from bench.workflow import printing
from bench.workflow.desk import Desk, Refused

_S = PrintState
_TRY = Offer(Verb.NEXT, "try it now", "enter")
_AGAIN = Offer(Verb.PRINT, "print it again, marked REPRINT", "r")
_CANCEL = Offer(Verb.NO, "cancel it", "x", extra=True)
_ELSEWHERE = Offer(Verb.TURN, "other printer", "t", extra=True)
NEXTS = {
    _S.QUEUED: Next("it goes by itself", (_TRY, _ELSEWHERE, _CANCEL)),
    _S.SENDING: Next("a moment: it is being sent"),
    _S.SENT: Next("did it not come out?", (_AGAIN,)),
    _S.UNSURE: Next(
        "look: did it come out?",
        (
            Offer(Verb.GOOD, "yes, it did", "y"),
            Offer(Verb.DEFECT, "no: print it, marked REPRINT", "n"),
            _CANCEL,
        ),
    ),
    _S.FAILED: Next("mend it, then", (_TRY, _ELSEWHERE, _CANCEL)),
    _S.CANCELLED: Next("wanted after all?", (_AGAIN,)),
}
"""What is on offer for a label in each state. Enter prints nothing twice."""
Change = Callable[[Desk, str, str], PrintJob]
Then = Callable[[PrintJob], Awaitable[None]]


class LabelActs:
    """Does what was offered, and says what became of it. Each raises Refused, StoreError kinds."""

    def __init__(self, station: Station, then: Then) -> None:
        self.station, self._then = station, then

    async def offered(self, verb: str, job: PrintJob) -> None:
        """An offer for this label was taken."""
        name = _name(self.station, job.printer)
        if verb == Verb.PRINT:
            await self._change(
                job, printing.reprint, f"queued once more, marked REPRINT, for {name}"
            )
        elif verb == Verb.NEXT:
            await self._change(job, printing.retry, f"next for {name}")
        elif verb == Verb.NO:
            await self._change(job, printing.cancel, "cancelled")
        elif verb == Verb.GOOD:
            await self._change(job, printing.came_out, "noted: it came out")
        elif verb == Verb.DEFECT:
            await self._change(job, printing.retry, f"queued again, marked REPRINT, for {name}")
        elif verb == Verb.TURN:
            self._elsewhere(job)

    async def _change(self, job: PrintJob, change: Change, answer: str) -> None:
        op_id = new_op_id()
        changed = await self.station.in_store(lambda desk: change(desk, op_id, job.id))
        self.station.say(Read("", printable(changed.title), DONE, answer))
        self.station.printing.wake(changed.printer)
        await self._then(changed)

    def _elsewhere(self, job: PrintJob) -> None:
        """Asks which printer gets it. Raises Refused where there is no other."""
        others = self._others(job)
        if not others:
            what = f"no other printer takes {job.title}"
            raise Refused(printable(what), "see labels = […] of the printers in the settings")

        async def chosen(letters: str) -> None:
            if letters:
                answer = f"now waits for {_name(self.station, letters)}"
                move: Change = lambda d, op, job_id: printing.move(d, op, job_id, letters)  # noqa: E731
                await self._change(job, move, answer)

        options = [(one.letters, _name(self.station, one.letters)) for one in others]
        title = f"Which printer gets {printable(job.title)}?"
        self.station.ask(Pick(title, options, bare_enter=False), chosen)

    def _others(self, job: PrintJob) -> list[PrinterSettings]:
        printers = self.station.settings.printers
        takes = [printers[name] for name in sorted(printers) if printers[name].takes(job.sort)]
        return [printer for printer in takes if printer.letters != job.printer]


def _name(station: Station, letters: str) -> str:
    printer = station.settings.printers.get(letters)
    return printable(f"{letters} {printer.name}" if printer else letters)
