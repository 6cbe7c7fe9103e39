"""Labels of the unit in hand: printed because a step calls for one, or because somebody asks."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING

from bench.datafile import DataError
from bench.labels.label import LabelContent
from bench.labels.layout import render
from bench.printer_settings import LabelSort, PrinterSettings
from bench.scan.commands import Verb, code
from bench.scan.equipment import Sort
from bench.screens.dialogs import Pick
from bench.screens.everywhere import Station
from bench.screens.host import LABELS, SHIP, VENDOR
from bench.screens.label_look import LabelLook
from bench.store.errors import StoreError
from bench.store.records import PrintJob, Step, new_op_id
from bench.text import printable
from bench.widgets.marks import DONE, HOLD
from bench.widgets.strips import Read
from bench.workflow.desk import Desk, Refused
from bench.workflow.labels_wanted import (
    NAMES,
    Asked,
    Wish,
    content_of,
    due_labels,
    step_label_id,
    vendor_sorts,
    want,
    want_once,
    withdraw,
)
from bench.workflow.steps import Saved
from bench.workflow.views import UnitView

if TYPE_CHECKING:
    from bench.labels.bitmap import Bitmap

log = logging.getLogger("bench")
STAND_IN = PrinterSettings("", "", "", size="2x1", dpi=203)
"""How a label looks where no printer is set up for it."""
SET_UP = 'in the settings add [printers.B] with name = "…" and at = "tcp://…"; see the README'
ANSWERS = {
    Asked.NEW: (DONE, "{name} queued for {printer}"),
    Asked.AGAIN: (DONE, "{name} queued once more, marked REPRINT, for {printer}"),
    Asked.WAITS: (HOLD, "{name} waits already for {printer}"),
    Asked.MOVED: (DONE, "{name} now waits for {printer}"),
}
"""What the strip says, and with which mark. Never that it is printed: nobody knows."""


def printer_name(printer: PrinterSettings) -> str:
    """A printer as people know it: B Zebra at the door."""
    return printable(f"{printer.letters} {printer.name}".strip())


class LabelsAsked:
    """What is printed of units, and how it looks."""

    def __init__(self, station: Station) -> None:
        self.station = station

    @property
    def chosen(self) -> str:
        """The letters of the printer that was chosen by its label; "": none was."""
        return self.station.equipment.chosen.get(Sort.PRINTER, "")

    def printer(self, sort: LabelSort) -> PrinterSettings | None:
        """The printer that a label of this sort goes to; None: none is set up for it."""
        return self.station.settings.printer_for(sort, self.chosen)

    async def drawn(self, content: LabelContent, printer: PrinterSettings | None) -> Bitmap:
        """The label as that printer prints it, dot by dot. Raises DataError, ValueError."""
        on, layouts = printer or STAND_IN, self.station.printing.layouts
        return await asyncio.to_thread(lambda: render(content, on.size, on.dpi, layouts()))

    # --- asked for

    async def print_this(self) -> None:
        """The label of the screen in front; without a unit in hand, the labels that wait.

        Vendor has two, and asks which. Raises Refused, StoreError kinds.
        """
        station, view = self.station, self.station.session.view
        if view is None:
            await station.go(LABELS)
            return
        place, sorts = station.frame.place, [LabelSort.RMA]
        if place in (SHIP, VENDOR):
            sorts = [LabelSort.SHIP] if place == SHIP else vendor_sorts(view)
        if len(sorts) == 1:
            await self._print(sorts[0], view)
            return

        async def chosen(value: str) -> None:
            if value:
                await self._print(LabelSort(value), view)

        options = [(sort.value, NAMES[sort]) for sort in sorts]
        station.ask(Pick("Which label?", options, bare_enter=False), chosen)

    async def _print(self, sort: LabelSort, view: UnitView) -> None:
        station, printer = self.station, self.printer(sort)
        if printer is None:
            raise Refused(f"no printer is set up for {NAMES[sort]}s", SET_UP)
        wish = self._wish(sort, view, printer)
        op_id = new_op_id()
        job, asked = await station.in_store(lambda desk: want(desk, op_id, wish))
        mark, answer = ANSWERS[asked]
        name, to = NAMES[sort], printer_name(printer)
        what = printable(job.why) if asked is Asked.WAITS else ""
        read = Read(view.unit.serial, what, mark, answer.format(name=name, printer=to))
        station.say(read)
        if asked is not Asked.WAITS:
            station.printing.asked(job, read)
        station.printing.wake(job.printer)

    def _wish(self, sort: LabelSort, view: UnitView, printer: PrinterSettings) -> Wish:
        if view.rma is None:
            raise Refused(f"{view.unit.serial} has no RMA", "receive the unit first")
        content = content_of(sort, view, self.station.rules)
        return Wish(content, printer.letters, view.unit.id, view.rma.id)

    # --- called for by a step

    async def after(self, op_id: str, saved: Saved, before: UnitView | None) -> None:
        """Queues what a step just saved calls for, in silence; takes back what an undone one did.

        `before`: the unit as it lay in hand. Trouble is told, and loses nothing but the label.
        """
        try:
            if saved.step is Step.UNDONE:
                await self._undone(op_id, saved)
            else:
                await self._due(op_id, saved, before)
        except Refused as refused:
            log.info("no label by itself: %s", refused)
        except StoreError as error:
            log.warning("no label by itself: %s", error)
            self.station.say(Read("", f"{code(Verb.PRINT)} asks for it", HOLD, "label not queued"))

    async def _due(self, op_id: str, saved: Saved, before: UnitView | None) -> None:
        automatic = self.station.settings.automatic_labels
        for sort in due_labels(saved.step, saved.view, before, automatic):
            printer = self.printer(sort)
            if printer is None:
                continue  # nobody is nagged about a printer that is not there
            wish, own_id = self._wish(sort, saved.view, printer), step_label_id(op_id, sort)
            job, _ = await self.station.in_store(partial(_once, own_id, wish), patient=False)
            self.station.printing.wake(job.printer)

    async def _undone(self, op_id: str, saved: Saved) -> None:
        undone = next((e.reverses for e in saved.view.events if e.op_id == op_id), None)
        if undone is not None:
            tried = await self.station.in_store(lambda d: withdraw(d, op_id, undone), patient=False)
            self.station.printing.unwanted.update(tried)
            self.station.printing.look()

    # --- on the glass

    async def show_code(self) -> None:
        """The RMA number as a QR code, and its label as it prints. Raises Refused, DataError."""
        view = self.station.session.view
        if view is None or view.rma is None:
            raise Refused("no RMA is in hand to show", f"scan a unit, then {code(Verb.CODE)}")
        self.station.show_guide(
            LabelLook(view.rma.number, view.unit.serial, await self._look(view))
        )

    async def _look(self, view: UnitView) -> Bitmap | str:
        """The RMA label of a unit, or why it has none."""
        try:
            content = content_of(LabelSort.RMA, view, self.station.rules)
            return await self.drawn(content, self.printer(LabelSort.RMA))
        except Refused as refused:
            return f"no RMA label: {refused}"
        except (DataError, ValueError) as error:
            return f"no RMA label: {error}"


def _once(op_id: str, wish: Wish, desk: Desk) -> tuple[PrintJob, Asked]:
    return want_once(desk, op_id, wish)
