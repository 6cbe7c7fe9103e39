"""Labels from the scan to a real simulated printer: by themselves, asked for, seen to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.labels.bitmap import Bitmap
from bench.labels.label import LabelContent
from bench.policy.facts import Outcome
from bench.printer_settings import LabelSort
from bench.scan.label import classify
from bench.screens.labels import LabelsBody
from bench.store.records import PrintState, State
from bench.widgets.job_list import JobList
from bench.widgets.label_preview import LabelPreview
from bench.widgets.strips import TopLine
from tests.screens.label_bench import (
    NAME,
    LabelBench,
    Printer,
    cuts_after_label,
    in_state,
    picture,
    printed,
    printing,
    with_printers,
)
from tests.screens.test_flow import OTHER, SERIAL, SMALL, THIRD, UNDO, Glass, open_glass
from tests.screens.vendor_cases import BOX, EXCHANGED, STORY, act, noted
from tests.screens.waits import until

S = PrintState
WIDE = (160, 48)
ALL = tuple(LabelSort)
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


async def ready(glass: Glass) -> LabelsBody:
    """The Labels screen, once it has read its labels and drawn the chosen one."""
    body = glass.body
    assert isinstance(body, LabelsBody)
    groups = ("print jobs", "label picture")
    await until(
        glass, lambda: not any(w.group in groups and w.is_running for w in glass.app.workers)
    )
    await glass.settle()
    return body


def stuck(glass: Glass) -> str:
    """What the top line says of labels that do not go by themselves."""
    return glass.app.frame.query_one(TopLine).stuck


def told_of_paper(glass: Glass) -> bool:
    """Whether the strip says that the printer has none."""
    return "printer B: out of paper" in glass.said


# --- by itself


async def test_receiving_prints_the_very_bitmap_of_the_preview(
    bench: LabelBench, printer: Printer
) -> None:
    """What the screen shows, what a test draws and what the printer got are equal dot by dot."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, size=WIDE, **with_printers(printer)) as glass:
        await glass.scan(SERIAL, "BENCHOK")
        assert "received as RMA" in glass.said
        await printed(glass, printer, 1)
        await in_state(glass, bench, S.SENT)
        assert "received as RMA" in glass.said  # a label that goes by itself is no news
        await glass.scan("BENCHSPOOL")
        body = await ready(glass)
        shown = body.query_one(LabelPreview).bitmap
        assert "sent 14:" in glass.text
    (job,) = bench.jobs
    assert shown == printer.labels[0] == picture(job, printer)
    (file,) = Path(bench.database).parent.rglob("label-*.png")
    assert Bitmap.from_png(file.read_bytes(), 203) == shown
    assert (job.rma_id, job.title) == (rma_id, f"RMA label {bench.rma(rma_id).number}")


async def test_without_a_printer_receiving_says_nothing_of_labels(bench: LabelBench) -> None:
    """Asked for, it says how to set one up; the Labels screen explains it."""
    bench.expect(SERIAL)
    async with open_glass(bench) as glass:
        await glass.scan(SERIAL, "BENCHOK")
        assert "label" not in glass.said
        await glass.scan("BENCHPRINT")
        assert glass.refused("no printer is set up for RMA labels", "[printers.B]")
        await glass.scan("BENCHDESK", "BENCHPRINT")
        await ready(glass)
        assert glass.place == "Labels"
        assert 'at = "tcp://192.0.2.7"' in glass.text
    assert bench.jobs == []


async def test_what_is_not_automatic_waits_until_it_is_asked_for(
    bench: LabelBench, printer: Printer
) -> None:
    bench.expect(SERIAL)
    settings = with_printers(printer, automatic_labels=())
    async with open_glass(bench, **settings) as glass:
        await glass.scan(SERIAL, "BENCHOK")
        assert bench.jobs == []
        await glass.scan("BENCHPRINT")
        assert "RMA label queued for B Zebra at the door" in glass.said
        await printed(glass, printer, 1)
        await until(glass, lambda: "sent to B: ready" in glass.said)
        assert "printed" not in glass.said


async def test_a_ship_label_follows_once_the_unit_may_go(
    bench: LabelBench, printer: Printer
) -> None:
    """And anew where its speed changes: no box carries the old one. An undo prints none."""
    bench.received(SERIAL)
    settings = with_printers(printer, automatic_labels=ALL)
    async with open_glass(bench, SERIAL, **settings) as glass:
        await glass.scan("BENCHREPL")
        assert glass.place == "Ship"
        await printed(glass, printer, 1)
        await glass.scan("BENCHGROUND", "BENCHOK")
        assert "overridden: ground" in glass.said
        await printed(glass, printer, 2)
        await glass.scan(*UNDO)
        await in_state(glass, bench, S.SENT, S.SENT)
    speeds = [LabelContent.from_json(job.content).fields["speed"] for job in bench.jobs]
    assert speeds == ["GROUND", "RUSH"]
    assert {job.sort for job in bench.jobs} == {LabelSort.SHIP}


async def test_undoing_the_receipt_takes_its_waiting_label_back(
    bench: LabelBench, printer: Printer
) -> None:
    bench.expect(SERIAL)
    printer.simulated.out_of_paper = printer.simulated.answers = True
    async with open_glass(bench, **with_printers(printer)) as glass:
        await glass.scan(SERIAL, "BENCHOK")
        await until(glass, lambda: told_of_paper(glass))
        await until(glass, lambda: bench.states == [S.QUEUED])
        await glass.scan(*UNDO)
        await in_state(glass, bench, S.CANCELLED)
        await until(glass, lambda: not stuck(glass))
    assert printer.labels == []


# --- a jam


async def test_out_of_paper_stops_no_receiving(bench: LabelBench, printer: Printer) -> None:
    """Said once; the labels come in their order when there is paper again."""
    serials = (SERIAL, OTHER, THIRD)
    rmas = [bench.expect(serial) for serial in serials]
    printer.simulated.out_of_paper = printer.simulated.answers = True
    async with open_glass(bench, **with_printers(printer)) as glass:
        await glass.scan(SERIAL, "BENCHOK")
        await until(glass, lambda: told_of_paper(glass) and "1 label waits" in glass.said)
        await until(glass, lambda: stuck(glass) == "▲1")
        for serial in serials[1:]:
            await glass.scan(serial, "BENCHOK")
            assert "received as RMA" in glass.said
        await until(glass, lambda: stuck(glass) == "▲3")
        assert not told_of_paper(glass)
        assert "printer B ▲3" in glass.rows[0]
        printer.simulated.out_of_paper = False
        await glass.scan("BENCHSPOOL")
        await ready(glass)
        assert "waits: out of paper" in glass.text
        await glass.scan("BENCHNEXT")
        await printed(glass, printer, 3)
        await in_state(glass, bench, S.SENT, S.SENT, S.SENT)
        await until(glass, lambda: not stuck(glass))
    assert [bench.rma(rma_id).state for rma_id in rmas] == [State.RECEIVED] * 3
    assert printer.labels == [picture(job, printer) for job in reversed(bench.jobs)]


async def test_one_that_waits_is_not_queued_twice_but_moves(
    bench: LabelBench, printer: Printer, tmp_path: Path
) -> None:
    """To the printer whose label was scanned."""
    bench.received(SERIAL)
    printer.simulated.out_of_paper = printer.simulated.answers = True
    with printing(tmp_path, "C", "the big one") as other:
        async with open_glass(bench, **with_printers(printer, other)) as glass:
            await glass.scan(SERIAL, "PRINTERB", "BENCHPRINT")
            await until(glass, lambda: told_of_paper(glass))
            await until(glass, lambda: bench.states == [S.QUEUED])
            await glass.scan("BENCHPRINT")
            assert "RMA label waits already for B" in glass.said
            await until(glass, lambda: bench.states == [S.QUEUED])
            await glass.scan("PRINTERC", "BENCHPRINT")
            assert "RMA label now waits for C the big one" in glass.said
            await printed(glass, other, 1)
            await in_state(glass, bench, S.SENT)
    assert printer.labels == []


# --- asked for


async def test_a_second_one_says_reprint(bench: LabelBench, printer: Printer) -> None:
    """On the strip, in the list and on the label; nothing is printed twice unsaid."""
    bench.expect(SERIAL)
    async with open_glass(bench, size=WIDE, **with_printers(printer)) as glass:
        await glass.scan(SERIAL, "BENCHOK")
        await printed(glass, printer, 1)
        await in_state(glass, bench, S.SENT)
        await glass.scan("BENCHPRINT")
        assert "queued once more, marked REPRINT" in glass.said
        await printed(glass, printer, 2)
        await in_state(glass, bench, S.SENT, S.SENT)
        await glass.scan("BENCHSPOOL")
        await ready(glass)
        assert "REPRINT 1" in glass.text
        await glass.key("r")
        await printed(glass, printer, 3)
    assert [LabelContent.from_json(j.content).reprint for j in reversed(bench.jobs)] == [0, 1, 2]
    assert len(set(printer.labels)) == 3


async def test_the_label_is_that_of_the_screen(bench: LabelBench, printer: Printer) -> None:
    """Ship: its own; Vendor: refused while the vendor has given no number."""
    bench.diagnosed(SERIAL, Outcome.REPLACE)
    async with open_glass(bench, SERIAL, **with_printers(printer)) as glass:
        assert glass.place == "Ship"
        await glass.key("ctrl+b")
        assert "ship label queued for B Zebra at the door" in glass.said
        await printed(glass, printer, 1)
        await glass.scan("BENCHVENDOR", "BENCHPRINT")
        assert glass.refused("vendor")
        await glass.scan("BENCHLOG", "BENCHPRINT")
        await printed(glass, printer, 2)
        await in_state(glass, bench, S.SENT, S.SENT)
    assert [job.sort for job in bench.jobs] == [LabelSort.RMA, LabelSort.SHIP]


async def test_a_case_with_number_and_packet_is_asked_which(
    bench: LabelBench, printer: Printer
) -> None:
    """The box to the vendor, or the cover of the packet: both by scans."""
    rma_id = act(bench, noted(bench), *STORY[: STORY.index(EXCHANGED) + 1])
    async with open_glass(bench, BOX, **with_printers(printer, automatic_labels=())) as glass:
        await glass.scan("BENCHVENDOR", "BENCHPRINT")
        assert "Which label?" in glass.question
        await glass.scan("BENCHOK")
        assert "vendor return label queued for B Zebra at the door" in glass.said
        await printed(glass, printer, 1)
        await glass.scan("BENCHPRINT", "BENCHNEXT", "BENCHOK")
        await printed(glass, printer, 2)
        await in_state(glass, bench, S.SENT, S.SENT)
    assert {job.rma_id for job in bench.jobs} == {rma_id}
    assert [job.sort for job in bench.jobs] == [LabelSort.PACKET, LabelSort.VENDOR]


# --- may have come out


async def unsure(bench: LabelBench, printer: Printer, glass: Glass, rma_id: str) -> None:
    """A label of which nobody knows whether it came out, on the Labels screen."""
    cuts_after_label(bench, rma_id, printer)
    await glass.scan(SERIAL, "BENCHPRINT")
    await in_state(glass, bench, S.UNSURE)
    await until(glass, lambda: "may have come out" in glass.said)
    assert "BENCHSPOOL" in glass.said
    assert "✔" not in glass.rows[1]
    await glass.scan("BENCHSPOOL")
    await ready(glass)
    assert "look: did it come out?" in glass.next


async def test_unsure_and_it_came_out(bench: LabelBench, printer: Printer) -> None:
    rma_id = bench.received(SERIAL)
    async with open_glass(bench, size=WIDE, **with_printers(printer)) as glass:
        await unsure(bench, printer, glass, rma_id)
        assert stuck(glass) == "▲1"
        await glass.scan("BENCHGOOD")
        assert "noted: it came out" in glass.said
        await in_state(glass, bench, S.SENT)
        await until(glass, lambda: not stuck(glass))


async def test_unsure_and_it_did_not(bench: LabelBench, printer: Printer) -> None:
    """The second one says REPRINT: the first may still turn up."""
    rma_id = bench.received(SERIAL)
    async with open_glass(bench, size=WIDE, **with_printers(printer)) as glass:
        await unsure(bench, printer, glass, rma_id)
        before = len(printer.labels)
        await glass.scan("BENCHDEFECT")
        assert "queued again, marked REPRINT" in glass.said
        await printed(glass, printer, before + 1)
        await in_state(glass, bench, S.SENT)
    (job,) = bench.jobs
    assert LabelContent.from_json(job.content).reprint == 1


# --- the screen


async def test_cancel_then_wanted_after_all(bench: LabelBench, printer: Printer) -> None:
    bench.received(SERIAL)
    printer.simulated.out_of_paper = printer.simulated.answers = True
    async with open_glass(bench, **with_printers(printer)) as glass:
        await glass.scan(SERIAL, "BENCHPRINT")
        await until(glass, lambda: told_of_paper(glass) and bench.states == [S.QUEUED])
        await glass.key("ctrl+n")
        await ready(glass)
        await glass.key("x")
        assert "cancelled" in glass.said
        await ready(glass)
        assert "wanted after all?" in glass.next
        printer.simulated.out_of_paper = False
        await glass.click("print it again")
        await printed(glass, printer, 1)


async def test_to_another_printer(bench: LabelBench, printer: Printer, tmp_path: Path) -> None:
    """Asked which; refused where there is no other."""
    bench.received(SERIAL)
    printer.simulated.out_of_paper = printer.simulated.answers = True
    with printing(tmp_path, "C", "the big one") as other:
        async with open_glass(bench, **with_printers(printer, other)) as glass:
            await glass.scan(SERIAL, "BENCHPRINT")
            await until(glass, lambda: told_of_paper(glass) and bench.states == [S.QUEUED])
            await glass.scan("BENCHSPOOL")
            await ready(glass)
            await glass.scan("BENCHTURN")
            assert "Which printer gets RMA label" in glass.question
            await glass.scan("BENCHOK")
            assert "now waits for C the big one" in glass.said
            await printed(glass, other, 1)
            await in_state(glass, bench, S.SENT)


async def test_small_screen_by_keys_and_mouse(bench: LabelBench, printer: Printer) -> None:
    """80x24: the list, and the chosen label in two lines below it."""
    for serial in (SERIAL, OTHER):
        bench.received(serial)
    async with open_glass(bench, size=SMALL, **with_printers(printer)) as glass:
        for count, serial in enumerate((SERIAL, OTHER), start=1):
            await glass.scan(serial, "BENCHPRINT")
            await printed(glass, printer, count)
        await in_state(glass, bench, S.SENT, S.SENT)
        await glass.key("ctrl+n")
        body = await ready(glass)
        await until(glass, lambda: "✔ B ready" in glass.text)
        first, second = bench.jobs
        assert body.jobs.chosen == first
        await glass.key("down")
        assert body.jobs.chosen == second
        assert f"{second.title}  {SERIAL}" in glass.text
        await glass.pilot.click(JobList, offset=(10, 1))
        await glass.settle()
        assert body.jobs.chosen == first
        assert f"B {NAME}" in glass.text
        assert all(len(row) <= 80 for row in glass.rows)


async def test_a_scan_on_the_labels_screen_opens_its_unit(
    bench: LabelBench, printer: Printer
) -> None:
    """And the help names what it is for."""
    bench.received(SERIAL)
    async with open_glass(bench, "BENCHSPOOL", **with_printers(printer)) as glass:
        await ready(glass)
        assert "No label has been printed here yet." in glass.text
        assert classify("BENCHSPOOL").value == "SPOOL"
        await glass.scan("BENCHHELP")
        await until(glass, lambda: "Sent is" in glass.text)
        await glass.scan(SERIAL)
        assert glass.place == "Diagnose"
