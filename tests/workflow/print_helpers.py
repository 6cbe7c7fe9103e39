"""Labels for the tests of the workflow: printers that do as they are told, and short ways."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from bench.hardware.printer_trouble import NotTaken, PrinterTrouble, Receipt, Unsure
from bench.labels.bitmap import Bitmap
from bench.labels.label import LabelContent
from bench.labels.layout import LabelLayouts, load_label_layouts
from bench.printer_settings import LabelSort, PrinterSettings
from bench.settings import Settings
from bench.store.records import PrintJob, PrintState
from bench.workflow.print_talks import Printing
from bench.workflow.printing import enqueue
from tests.workflow.helpers import World

JAM = NotTaken("printer B is out of paper", "load it")
CUT = Unsure("printer B went away", "look whether it came out")
TWO = {
    "B": PrinterSettings("B", "Zebra at the door", at="tcp://127.0.0.1:9100"),
    "C": PrinterSettings("C", "Zebra in the corner", at="tcp://127.0.0.1:9101"),
    "N": PrinterSettings("N", "only named"),
}


@cache
def layouts() -> LabelLayouts:
    """Those that bench comes with."""
    return load_label_layouts(Settings().label_layouts_file)


@dataclass
class Printers:
    """In the place of printers: keeps what it gets, and says what it is told to say."""

    got: list[tuple[str, str]] = field(default_factory=list)
    """Letters and title of each label that it took."""
    pictures: list[Bitmap] = field(default_factory=list)
    trouble: dict[str, PrinterTrouble] = field(default_factory=dict)
    """What a printer, by its letters, raises in place of taking a label."""
    receipt: Receipt = field(default_factory=lambda: Receipt("ready"))

    def send(
        self, printer: PrinterSettings, bitmap: Bitmap, title: str, stop: threading.Event
    ) -> Receipt:
        """As `hardware.printing.send`."""
        if printer.letters in self.trouble:
            raise self.trouble[printer.letters]
        self.got.append((printer.letters, title))
        self.pictures.append(bitmap)
        return self.receipt


def worker(printers: Printers, known: dict[str, PrinterSettings] | None = None) -> Printing:
    """One run of the program, with printers B and C."""
    settings = replace(Settings(), printers=TWO if known is None else known)
    return Printing(settings, layouts, printers.send)


def words(number: str = "BKDC-FGHX", **more: str) -> LabelContent:
    """What an RMA label says."""
    fields = {"number": number, "code": "R" + number.replace("-", ""), "serial": "AB-01"}
    return LabelContent(LabelSort.RMA, f"RMA label {number}", fields | more)


def ask(world: World, op_id: str = "", printer: str = "B", **more: Any) -> PrintJob:
    """A label in the queue, asked for one second after the one before."""
    world.wait(seconds=1)
    return enqueue(world.desk, op_id or world.op(), words(**more), printer)


def now(world: World, job: PrintJob) -> PrintJob:
    """The job as it is saved."""
    found: PrintJob | None = world.store.print_job(job.id)
    assert found is not None
    return found


def put(world: World, job: PrintJob, state: PrintState, **more: Any) -> PrintJob:
    """Puts a job into a state by hand."""
    changed = replace(now(world, job), state=state, **more)
    saved: PrintJob = world.store.write("", lambda tx: tx.save_print_job(changed))
    return saved


def reprint_of(job: PrintJob) -> int:
    """The number behind REPRINT on the label."""
    return LabelContent.from_json(job.content).reprint
