"""Labels: what goes to the printers of this bench, what waits and why, and what was sent."""

from __future__ import annotations

from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from bench.datafile import DataError
from bench.hardware.printing import PrinterState
from bench.labels.bitmap import Bitmap
from bench.printer_settings import PrinterSettings
from bench.scan.commands import Verb
from bench.scan.equipment import Sort
from bench.screens.body import Body
from bench.screens.everywhere import Station
from bench.screens.host import LABELS
from bench.screens.labels_acts import NEXTS, LabelActs
from bench.screens.labels_text import (
    NOT_SET_UP,
    NOTHING_YET,
    content_of_job,
    job_brief,
    job_facts,
    printer_brief,
    printer_rows,
)
from bench.store.errors import StoreError
from bench.store.records import PrintJob
from bench.widgets.job_list import JobList
from bench.widgets.label_preview import LabelPreview
from bench.widgets.offers import Next
from bench.workflow import printing
from bench.workflow.desk import Refused

AGES = 15.0
"""Seconds between two looks at the ages of the labels and at the printers."""


class LabelsBody(Body):
    """The queue at the left; the chosen label and the printers at the right, or below."""

    PLACE: ClassVar[str] = LABELS
    HELP_TEXT: ClassVar[str] = (
        "Every label of this bench: what waits for a printer first, then what was sent. Sent is "
        "not printed: only a look at the printer tells. A label that a printer cannot take waits "
        "here, holds up nothing else, and goes by itself once the printer can. What may have come "
        "out is never sent again by itself: look, then say so. Up and down choose a label. Scan "
        "the label on a printer to use it from now on."
    )

    def __init__(self) -> None:
        super().__init__(id="labels")
        self.acts = LabelActs(cast(Station, self.host), self._done)
        self._states: dict[str, PrinterState | None] = {}
        self._drawn: tuple[str, int, str] = ("", -1, "")
        """The label whose picture is shown: its id, its version, its printer."""

    def compose(self) -> ComposeResult:
        """List, picture, facts, printers."""
        with Horizontal():
            yield JobList()
            with VerticalScroll(id="labels--side", can_focus=False):
                yield LabelPreview()
                yield Static(id="labels--facts", markup=False)
                yield Static(id="labels--printers", markup=False)
        yield Static(id="labels--brief", markup=False)

    def on_mount(self) -> None:
        """Ages grow, and printers are mended, without anybody scanning anything."""
        self.set_interval(AGES, self._again)

    def _again(self) -> None:
        if self.display:
            self.show()
            self._ask_printers()

    def on_show(self) -> None:
        """The printers are asked when the screen opens."""
        self._ask_printers()

    @property
    def jobs(self) -> JobList:
        """The list of labels."""
        return self.query_one(JobList)

    @property
    def station(self) -> Station:
        """The program, as a body with commands of its own sees it."""
        return cast(Station, self.host)

    def focus_first(self) -> Widget | None:
        """The list, for its arrows."""
        return self.jobs

    def on_resize(self) -> None:
        """Another size has room for another picture."""
        self.query_one(LabelPreview).most = max(6, self.screen.size.height // 2 - 8)
        self._paint()

    # --- reading and painting

    def show(self) -> None:
        """Reads the labels anew."""
        self.run_worker(self._read(), group="print jobs", exclusive=True)

    async def _read(self) -> None:
        try:
            found = await self.host.in_store(printing.jobs, patient=False)
        except StoreError as error:
            self.host.tell_trouble(error)
            return
        except Refused:
            return  # the database is not open yet: the next look is soon
        if self.is_attached and self.query(JobList):
            self.jobs.empty = NOTHING_YET if self.station.printing.has_printers else NOT_SET_UP
            self.jobs.load(found, self.host.clock.now(), self.host.clock.local)
            self._paint()

    def _paint(self) -> None:
        """The chosen label and the printers, beside the list or in brief below it."""
        if not self.query("#labels--brief"):
            return  # the program ends
        job, clock = self.jobs.chosen, self.host.clock
        about = (self.host.settings.printers, clock.now(), clock.local)
        facts = job_facts(job, *about) if job else Content("")
        self.query_one("#labels--facts", Static).update(facts)
        rows = printer_rows(self._printers, self._states, self._in_use)
        self.query_one("#labels--printers", Static).update(Content("\n").join(rows))
        brief = [job_brief(job, *about)] if job else []
        if self._printers:
            brief.append(printer_brief(self._printers, self._states))
        self.query_one("#labels--brief", Static).update(Content("\n").join(brief))
        self._picture(job)
        self.host.changed()

    def _picture(self, job: PrintJob | None) -> None:
        wanted = (job.id, job.version, job.printer) if job else ("", -1, "")
        if wanted != self._drawn:
            self._drawn = wanted
            if job is None:
                self.query_one(LabelPreview).tell(None)
            else:
                self.run_worker(self._draw(job), group="label picture", exclusive=True)

    async def _draw(self, job: PrintJob) -> None:
        bitmap, why = await self._bitmap(job)
        if self.is_attached and self.query(LabelPreview):
            self.query_one(LabelPreview).tell(bitmap, why)

    async def _bitmap(self, job: PrintJob) -> tuple[Bitmap | None, str]:
        content = content_of_job(job)
        if content is None:
            return None, "the words of this label cannot be read any more"
        try:
            printer = self.host.settings.printers.get(job.printer)
            return await self.station.labels.drawn(content, printer), ""
        except (DataError, ValueError) as error:
            return None, str(error)

    # --- the printers

    @property
    def _printers(self) -> list[PrinterSettings]:
        printers = self.host.settings.printers
        return [printers[letters] for letters in sorted(printers)]

    @property
    def _in_use(self) -> str:
        return self.station.equipment.chosen.get(Sort.PRINTER, "")

    def _ask_printers(self) -> None:
        """Each for itself: one that does not answer keeps no other waiting."""
        for printer in self._printers:
            if printer.at:
                group = f"ask printer {printer.letters}"
                self.run_worker(self._ask(printer), group=group, exclusive=True)

    async def _ask(self, printer: PrinterSettings) -> None:
        state = await self.station.printing.state(printer)
        if self.is_attached and state is not None:
            self._states[printer.letters] = state
            self._paint()

    # --- what can be done

    def on_job_list_chosen(self, event: JobList.Chosen) -> None:
        """Another label is under the cursor."""
        self._paint()

    def on_job_list_opened(self, event: JobList.Opened) -> None:
        """Enter, or a second click: what is next, where that prints nothing twice."""
        if self.next().offer(Verb.NEXT) is not None:
            self.host.take_offer(Verb.NEXT)

    def next(self) -> Next:
        """What there is to do with the chosen label."""
        job = self.jobs.chosen if self.query(JobList) else None
        return NEXTS[job.state] if job else Next("scan a unit, or the label of a printer")

    async def offered(self, verb: str) -> None:
        """Does it with the chosen label."""
        job = self.jobs.chosen
        if job is None:
            raise Refused("no label is chosen", "choose one with the arrows")
        await self.acts.offered(verb, job)

    async def _done(self, job: PrintJob) -> None:
        await self._read()
