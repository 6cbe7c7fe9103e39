"""Labels on the glass: what waits, what was sent, nothing yet; the code of a return."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bench.app import BenchApp
from bench.labels.label import LabelContent
from bench.policy.facts import Outcome
from bench.printer_settings import LabelSort, PrinterSettings
from bench.store.records import PrintJob, PrintState
from bench.store.store import Tx
from bench.workflow.labels_wanted import NAMES, content_of
from bench.workflow.printing import enqueue
from bench.workflow.views import view_of
from tests.screens.helpers import NOW, RULES, Bench, settle
from tests.screens.test_pictures import SERIAL, SMALL, WIDE, Compare, after

S = PrintState
NOWHERE = "file:/proc/nowhere/labels"
PRINTERS = {
    "B": PrinterSettings("B", "Zebra at the door", NOWHERE, labels=(LabelSort.RMA,)),
    "C": PrinterSettings("C", "4x6 at shipping", NOWHERE + "2", size="4x6"),
    "D": PrinterSettings("D", "spare in the cupboard"),
}
OUT = "Zebra at the door says: out of paper: put labels in; the label waits"
DRAWN = ("print jobs", "label picture", *(f"ask printer {letters}" for letters in PRINTERS))


class Still(Bench):
    """A bench whose labels stay where they are put."""

    def app(self, **more: Any) -> BenchApp:
        """The app on this store; it sends nothing."""
        app = super().app(**more)
        app.printing.look = app.printing.wake = lambda *_: None  # type: ignore[method-assign,assignment]
        return app


@pytest.fixture
def bench(tmp_path: Path) -> Still:
    """A file: pictures are the same on every engine."""
    return Still(tmp_path / "bench.db")


def put(bench: Still, rma_id: str, sort: LabelSort, minutes: int, **more: Any) -> None:
    """A label of a return, asked for so many minutes ago, as it stands."""
    with bench.desk(NOW - timedelta(minutes=minutes)) as desk:
        rma = desk.store.rma(rma_id)
        assert rma is not None
        view = view_of(desk, rma.unit_id, rma_id)
        assert view is not None
        content = content_of(sort, view, RULES)
        content = replace(content, reprint=more.pop("reprint", 0))
        printer = "B" if sort is LabelSort.RMA else "C"
        job = enqueue(desk, bench.op(), content, printer, view.unit.id, rma_id)
        desk.store.write("", partial(_put, job, more))


def _put(job: PrintJob, more: dict[str, Any], tx: Tx) -> None:
    tx.save_print_job(replace(job, **more))


def fill(bench: Still) -> None:
    """A jam at one printer, and what else can become of a label."""
    rma, ship = LabelSort.RMA, LabelSort.SHIP
    first = bench.diagnosed(SERIAL, Outcome.REPLACE)
    second = bench.received("001FC1F02211", 29, brand="Htek", model="UC926")
    third = bench.received("000413A99812", 12, brand="Snom", model="D785")
    sent: dict[str, Any] = {"state": S.SENT, "tries": 1, "why": "ready"}
    at = NOW - timedelta(minutes=190)
    put(bench, first, rma, 3, tries=4, why=OUT, next_try_at=NOW + timedelta(seconds=20))
    put(bench, second, rma, 2)
    cut = "the connection broke, right after the label: look whether it came out"
    put(bench, first, ship, 1, state=S.UNSURE, tries=1, why=cut)
    put(bench, third, rma, 5, state=S.FAILED, tries=1, why="model does not fit on 2x1")
    put(bench, third, rma, 191, **sent, sent_at=at)
    put(bench, third, rma, 150, **sent, sent_at=NOW - timedelta(minutes=150), reprint=1)
    put(bench, second, rma, 240, state=S.CANCELLED, why="cancelled by Ana R.")
    assert set(NAMES) >= {rma, ship}


def labels(*scans: str, press: tuple[str, ...] = ()) -> Callable[[Any], Awaitable[None]]:
    """These scans and keys, once everything is drawn."""

    async def run(pilot: Any) -> None:
        app: BenchApp = pilot.app
        await after(*scans)(pilot)
        await drawn(app, pilot)
        for key in press:
            await pilot.press(key)
            await drawn(app, pilot)

    async def drawn(app: BenchApp, pilot: Any) -> None:
        for _ in range(200):
            await settle(app, pilot)
            if not any(w.group in DRAWN and w.is_running for w in app.workers):
                break
        await pilot.pause()

    return run


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["small", "wide"])
def test_a_jam(bench: Still, snap_compare: Compare, size: tuple[int, int]) -> None:
    """The oldest that waits is chosen: what is wrong, and what to do."""
    fill(bench)
    app = bench.app(printers=PRINTERS)
    assert snap_compare(app, terminal_size=size, run_before=labels("BENCHSPOOL"))


def test_a_jam_in_high_contrast(bench: Still, snap_compare: Compare) -> None:
    """The same shapes."""
    fill(bench)
    app = bench.app(printers=PRINTERS, theme="contrast")
    assert snap_compare(app, terminal_size=WIDE, run_before=labels("BENCHSPOOL"))


def test_perhaps_printed(bench: Still, snap_compare: Compare) -> None:
    """A ship label on the large stock, of which only a person knows."""
    fill(bench)
    app, before = bench.app(printers=PRINTERS), labels("BENCHSPOOL", press=("down", "down", "down"))
    assert snap_compare(app, terminal_size=WIDE, run_before=before)


def test_no_printer(bench: Still, snap_compare: Compare) -> None:
    """How to set one up."""
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=labels("BENCHSPOOL"))


def test_nothing_yet(bench: Still, snap_compare: Compare) -> None:
    """With printers, and no label so far."""
    app = bench.app(printers=PRINTERS)
    assert snap_compare(app, terminal_size=WIDE, run_before=labels("BENCHSPOOL"))


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["small", "wide"])
def test_code(bench: Still, snap_compare: Compare, size: tuple[int, int]) -> None:
    """The RMA as a QR code, and its label."""
    bench.received(SERIAL)
    app = bench.app(printers=PRINTERS)
    assert snap_compare(app, terminal_size=size, run_before=labels(SERIAL, "BENCHCODE"))


def test_code_in_the_light(bench: Still, snap_compare: Compare) -> None:
    """Dark on white here too."""
    bench.received(SERIAL)
    app = bench.app(printers=PRINTERS, theme="light")
    assert snap_compare(app, terminal_size=WIDE, run_before=labels(SERIAL, "BENCHCODE"))


def test_label_words_are_read_back(bench: Still) -> None:
    """What the pictures show is what would be printed."""
    fill(bench)
    with bench.desk() as desk:
        jobs = desk.store.print_jobs_left(desk.station)
    assert [LabelContent.from_json(job.content).sort for job in jobs][-1] is LabelSort.SHIP
