"""The lanes to the printers: a jam holds up nobody else, and a restart goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic

import pytest

from bench.labels.label import LabelContent
from bench.printer_settings import LabelSort, PrinterSettings
from bench.screens.print_worker import LAST
from bench.store.records import PrintState
from bench.store.store import Tx
from bench.widgets.strips import TopLine
from bench.workflow import printing as queue
from tests.screens.helpers import NOW
from tests.screens.label_bench import (
    LabelBench,
    Printer,
    in_state,
    picture,
    printed,
    printing,
    with_printers,
)
from tests.screens.test_flow import SERIAL, open_glass
from tests.screens.waits import until

S = PrintState
pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture
def bench(tmp_path: Path) -> LabelBench:
    """A bench whose clock goes on."""
    return LabelBench(tmp_path / "bench.db")


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[Printer]:
    """A printer that is switched on."""
    with printing(tmp_path) as found:
        yield found


def badge(name: str) -> LabelContent:
    """A label of no unit."""
    return LabelContent(LabelSort.BADGE, f"badge of {name}", {"name": name, "code": "PERSONX"})


def left_over(bench: LabelBench, letters: str, *names: str, sending: bool = False) -> None:
    """Labels that a program of before has left in the queue, or was just sending."""
    with bench.desk() as desk:
        for name in names:
            job = queue.enqueue(desk, bench.op(), badge(name), letters)
            if sending:
                desk.store.write("", partial(_claimed, job.id))


def _claimed(job_id: str, tx: Tx) -> None:
    tx.claim_print_job(job_id, "another run", NOW)


async def test_what_an_earlier_program_left_goes_on(bench: LabelBench, printer: Printer) -> None:
    """In its order, and nobody has to scan anything."""
    left_over(bench, "B", "Ana", "Ben", "Cleo")
    async with open_glass(bench, **with_printers(printer)) as glass:
        before = glass.said
        glass.app.printing.look()
        await printed(glass, printer, 3)
        await in_state(glass, bench, S.SENT, S.SENT, S.SENT)
        assert glass.said == before
    assert printer.labels == [picture(job, printer) for job in reversed(bench.jobs)]


async def test_what_it_was_sending_is_asked_for_and_not_sent_again(
    bench: LabelBench, printer: Printer
) -> None:
    left_over(bench, "B", "Ana", sending=True)
    async with open_glass(bench, **with_printers(printer)) as glass:
        glass.app.printing.look()
        await in_state(glass, bench, S.UNSURE)
        await until(glass, lambda: "badge of Ana may have come out" in glass.said)
        assert "BENCHSPOOL" in glass.said
        await until(glass, lambda: glass.app.frame.query_one(TopLine).stuck == "▲1")
    assert printer.labels == []


async def test_a_jam_at_one_printer_holds_no_other(
    bench: LabelBench, printer: Printer, tmp_path: Path
) -> None:
    """The one that hangs takes no bytes at all; the other is done meanwhile."""
    with printing(tmp_path, "C", "the big one") as other:
        printer.simulated.stalled = True
        left_over(bench, "B", "Ana")
        left_over(bench, "C", "Ben", "Cleo")
        async with open_glass(bench, **with_printers(printer, other)) as glass:
            glass.app.printing.look()
            await printed(glass, other, 2)
            assert printer.labels == []
            printer.simulated.stalled = False
            await printed(glass, printer, 1)
            await in_state(glass, bench, S.SENT, S.SENT, S.SENT)


async def test_switched_off_and_on_again(bench: LabelBench, printer: Printer) -> None:
    """Said once however often it is tried, and sent when it can be."""
    printer.simulated.refusing = True
    bench.fast = 20.0
    left_over(bench, "B", "Ana")
    async with open_glass(bench, **with_printers(printer)) as glass:
        glass.app.printing.look()
        await until(glass, lambda: "1 label waits" in glass.said)
        told = glass.said
        await glass.scan("BENCHHELP")
        said = glass.said
        glass.app.printing.look()
        await until(glass, lambda: bench.jobs[0].tries > 1 and bench.states == [S.QUEUED])
        assert told.startswith("[hold]")
        assert glass.said == said
        printer.simulated.refusing = False
        glass.app.printing.look()
        await printed(glass, printer, 1)


async def test_a_printer_that_nobody_knows_any_more(bench: LabelBench, printer: Printer) -> None:
    """Told, and kept for another printer; the bench without any looks once all the same."""
    left_over(bench, "X", "Ana")
    async with open_glass(bench) as glass:
        assert not glass.app.printing.has_printers
        glass.app.printing.look()
        await until(glass, lambda: "badge of Ana is not printed" in glass.said)
        assert glass.refused("no printer X")
        await in_state(glass, bench, S.FAILED)
        await glass.scan("BENCHSPOOL")
        await until(glass, lambda: "not printed: there is no printer X" in glass.text)


async def test_silence_is_a_warning_and_said_once(bench: LabelBench, tmp_path: Path) -> None:
    """A printer without paper may answer nothing at all: it has the label, look at it."""
    with printing(tmp_path) as printer:
        printer.simulated.silent = True
        left_over(bench, "B", "Ana")
        async with open_glass(bench, **with_printers(printer)) as glass:
            glass.app.printing.look()
            await in_state(glass, bench, S.SENT)
            await until(glass, lambda: "[hold]" in glass.said)
            assert "no answer" in glass.said
            assert "badge of Ana sent" in glass.said
            assert "printed" not in glass.said


async def test_the_end_waits_for_no_printer(bench: LabelBench, printer: Printer) -> None:
    """What was being sent is known of by then, or asked for by the next program."""
    printer.simulated.stalled = True
    left_over(bench, "B", "Ana")
    async with open_glass(bench, **with_printers(printer)) as glass:
        glass.app.printing.look()
        await until(glass, lambda: bench.states == [S.SENDING])
        began = monotonic()
        await glass.app.printing.end()
        took = monotonic() - began
        glass.app.printing.look()  # looks no more
    assert took < 3 * LAST + 5
    assert bench.states in ([S.QUEUED], [S.SENDING], [S.UNSURE])
    assert printer.labels == []


async def test_a_printer_is_not_asked_while_it_gets_a_label(
    bench: LabelBench, printer: Printer
) -> None:
    """Many take a single connection: the question would break the label, or the label it."""
    async with open_glass(bench, **with_printers(printer)) as glass:
        state = await glass.app.printing.state(printer.settings)
        assert state is not None
        assert state.says == "ready"
        printer.simulated.stalled = True
        left_over(bench, "B", "Ana")
        glass.app.printing.look()
        await until(glass, lambda: bench.states == [S.SENDING])
        assert await glass.app.printing.state(printer.settings) is None
        printer.simulated.stalled = False
        await printed(glass, printer, 1)


async def test_labels_in_a_folder(bench: LabelBench, tmp_path: Path) -> None:
    """Without any printer: a file for each label."""
    folder = tmp_path / "labels"
    to = PrinterSettings("D", "the folder", f"file:{folder}", language="png")
    bench.received(SERIAL)
    async with open_glass(bench, SERIAL, printers={"D": to}) as glass:
        await glass.scan("BENCHPRINT")
        await in_state(glass, bench, S.SENT)
        await until(glass, lambda: "sent to D" in glass.said)
    (file,) = folder.glob("*.png")
    assert "RMA" in file.name


async def test_the_lane_forgets_no_label_that_comes_while_it_ends(
    bench: LabelBench, printer: Printer
) -> None:
    """Asked for in the very moment in which the printer is told to be done."""
    async with open_glass(bench, **with_printers(printer)) as glass:
        worker = glass.app.printing
        for name in ("Ana", "Ben", "Cleo", "Dora"):
            left_over(bench, "B", name)
            worker.wake("B")
            worker.wake("B")
        await printed(glass, printer, 4)


def test_a_name_is_all_that_some_printers_have(printer: Printer, bench: LabelBench) -> None:
    """Nothing can be sent to it."""
    named = replace(printer.settings, at="")
    assert not bench.app(printers={"B": named}).printing.has_printers
    assert bench.app(**with_printers(printer)).printing.has_printers
