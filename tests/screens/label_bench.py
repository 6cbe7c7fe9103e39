"""A bench with a real simulated label printer, and a clock that goes on while a test waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from bench.app import BenchApp
from bench.hardware.simulated_printer import SimulatedPrinter
from bench.labels.bitmap import Bitmap
from bench.labels.label import LabelContent
from bench.labels.layout import load_label_layouts, render
from bench.labels.zpl import CANCEL, label_zpl
from bench.labels.zpl_status import ASK
from bench.printer_settings import LabelSort, PrinterSettings
from bench.settings import Settings
from bench.store.records import PrintJob, PrintState
from bench.workflow.labels_wanted import content_of
from bench.workflow.views import view_of
from tests.screens.helpers import NOW, RULES, Bench, settings_for
from tests.screens.test_flow import Glass
from tests.screens.waits import until

LETTERS, NAME = "B", "Zebra at the door"


class Going:
    """A clock that begins at NOW and goes on, `fast` times as fast as the one on the wall."""

    def __init__(self, fast: float) -> None:
        self._began, self._fast = monotonic(), fast

    def now(self) -> datetime:
        """The moment."""
        return NOW + timedelta(seconds=(monotonic() - self._began) * self._fast)

    def today(self) -> date:
        """The day of it."""
        return self.now().date()

    def local(self, moment: datetime) -> datetime:
        """The warehouse is in Greenwich."""
        return moment.astimezone(UTC)


class LabelBench(Bench):
    """A bench whose program has a clock that goes on: labels that wait are due some time."""

    fast = 0.1
    """So slow that nothing is tried again by itself while a test does something about it."""

    def app(self, **more: Any) -> BenchApp:
        """The app on this store."""
        return BenchApp(settings_for(self.database, **more), Going(self.fast), RULES)

    @property
    def jobs(self) -> list[PrintJob]:
        """This bench's labels, as its screen lists them."""
        with self.desk() as desk:
            left = desk.store.print_jobs_left(desk.station)
            return left + desk.store.print_jobs_over(desk.station, 100)

    @property
    def states(self) -> list[PrintState]:
        """Where they are."""
        return [job.state for job in self.jobs]


@dataclass
class Printer:
    """A simulated printer, and how the settings name it."""

    simulated: SimulatedPrinter
    letters: str = LETTERS
    name: str = NAME

    @property
    def settings(self) -> PrinterSettings:
        """As in [printers]."""
        return PrinterSettings(self.letters, self.name, self.simulated.at)

    @property
    def labels(self) -> list[Bitmap]:
        """What it printed."""
        return self.simulated.labels


@contextmanager
def printing(folder: Path, letters: str = LETTERS, name: str = NAME) -> Iterator[Printer]:
    """A printer that is switched on."""
    with SimulatedPrinter(folder / letters) as simulated:
        yield Printer(simulated, letters, name)


def with_printers(*printers: Printer, **more: Any) -> dict[str, Any]:
    """Settings of a station with these."""
    return {"printers": {one.letters: one.settings for one in printers}} | more


def picture(job: PrintJob, printer: Printer) -> Bitmap:
    """The label of a job as it is drawn for that printer."""
    on, layouts = printer.settings, load_label_layouts(Settings().label_layouts_file)
    return render(LabelContent.from_json(job.content), on.size, on.dpi, layouts)


async def printed(glass: Glass, printer: Printer, count: int) -> None:
    """Waits until the printer has printed so many, and the bench knows of it."""
    await until(glass, lambda: len(printer.labels) >= count)
    assert len(printer.labels) == count


async def in_state(glass: Glass, bench: LabelBench, *states: PrintState) -> None:
    """Waits until the labels of the bench are in these states."""
    await until(glass, lambda: bench.states == list(states))


def cuts_after_label(bench: LabelBench, rma_id: str, printer: Printer) -> None:
    """The printer gets all of the next RMA label, and loses its power before it says so."""
    with bench.desk() as desk:
        rma = desk.store.rma(rma_id)
        assert rma is not None
        view = view_of(desk, rma.unit_id, rma_id)
    assert view is not None
    on, layouts = printer.settings, load_label_layouts(Settings().label_layouts_file)
    bitmap = render(content_of(LabelSort.RMA, view, RULES), on.size, on.dpi, layouts)
    printer.simulated.cut_after = len(ASK + CANCEL + label_zpl(bitmap))
