"""The RMA as a QR code on the glass: an independent reader reads it off the painted cells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from bench.policy.facts import Outcome
from bench.scan.rma_number import barcode_text
from bench.screens.label_look import LabelLook, look
from tests.screens.label_bench import LabelBench, Printer, printing, with_printers
from tests.screens.test_flow import OTHER, SERIAL, Glass, open_glass
from tests.screens.waits import until

UPPER, LOWER = "█▀", "█▄"
SIZES = [(80, 24), (100, 30), (132, 40), (160, 48), (200, 60)]
pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture
def bench(tmp_path: Path) -> LabelBench:
    """A bench with a unit on it."""
    return LabelBench(tmp_path / "bench.db")


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[Printer]:
    """A printer that is switched on."""
    with printing(tmp_path) as found:
        yield found


def photograph(glass: Glass, dot: int = 4) -> Image.Image:
    """The glass as a camera sees it: each cell two squares, in the colours that are painted."""
    strips = glass.app.screen._compositor.render_strips()
    picture = Image.new("L", (glass.app.size.width * dot, len(strips) * 2 * dot), 40)
    for y, strip in enumerate(strips):
        x = 0
        for segment in strip:
            paper = segment.style.bgcolor if segment.style is not None else None
            light = paper is not None and paper.triplet is not None and min(paper.triplet) > 240
            for sign in segment.text:
                for half, signs in enumerate((UPPER, LOWER)):
                    shade = (0 if sign in signs else 255) if light else 40
                    at = (x * dot, (2 * y + half) * dot)
                    picture.paste(shade, (*at, at[0] + dot, at[1] + dot))
                x += 1
    return picture


async def shown(glass: Glass) -> None:
    """Waits until the dialog is painted."""
    await until(glass, lambda: isinstance(glass.app.dialog(), LabelLook) and "█" in glass.text)
    await glass.settle()


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_reader_reads_it_off_the_glass(bench: LabelBench, size: tuple[int, int]) -> None:
    """At each size of the terminal, all of it in sight; the number stands there too."""
    number = bench.rma(bench.received(SERIAL)).number
    async with open_glass(bench, SERIAL, size=size) as glass:
        await glass.scan("BENCHCODE")
        await shown(glass)
        (found,) = [
            code
            for code in zxingcpp.read_barcodes(photograph(glass))
            if code.format == zxingcpp.BarcodeFormat.QRCode
        ]
        assert found.text == barcode_text(number)
        assert number in glass.text
        assert "esc or enter: close" in glass.text


@pytest.mark.parametrize("theme", ["light", "contrast"])
async def test_dark_on_white_whatever_the_theme(bench: LabelBench, theme: str) -> None:
    bench.received(SERIAL)
    async with open_glass(bench, SERIAL, "BENCHCODE", theme=theme) as glass:
        await shown(glass)
        assert len(zxingcpp.read_barcodes(photograph(glass))) >= 1


async def test_any_scan_closes_it_and_goes_on(bench: LabelBench) -> None:
    bench.received(SERIAL)
    bench.received(OTHER)
    async with open_glass(bench, SERIAL) as glass:
        await glass.key("ctrl+g")
        await shown(glass)
        await glass.key("escape")
        assert glass.app.dialog() is None
        await glass.scan("BENCHCODE")
        await shown(glass)
        await glass.scan(OTHER)
        assert glass.app.dialog() is None
        assert OTHER in glass.said


async def test_the_label_beside_it_is_that_of_the_printer(
    bench: LabelBench, printer: Printer
) -> None:
    """What it shows is what it prints."""
    bench.diagnosed(SERIAL, Outcome.REPAIR)
    async with open_glass(bench, SERIAL, **with_printers(printer)) as glass:
        await glass.scan("BENCHCODE")
        await shown(glass)
        dialog = glass.dialog
        assert isinstance(dialog, LabelLook)
        label = dialog.label
        await glass.scan("BENCHLOG", "BENCHPRINT")
        await until(glass, lambda: len(printer.labels) == 1)
    assert printer.labels == [label]


async def test_without_a_unit_it_says_what_to_do(bench: LabelBench) -> None:
    async with open_glass(bench, "BENCHCODE") as glass:
        assert glass.refused("no RMA is in hand", "scan a unit, then BENCHCODE")


async def test_before_it_is_received_there_is_a_code_and_no_label(bench: LabelBench) -> None:
    """Why stands where the label would."""
    bench.expect(SERIAL)
    async with open_glass(bench, SERIAL, "BENCHCODE") as glass:
        await shown(glass)
        assert "no RMA label" in glass.text
        assert "has not been received yet" in glass.text


def test_a_hostile_reason_is_only_shown() -> None:
    """Nothing of it acts."""
    text = look("BKDC-FGHX", "\x1b[2J" + "x" * 500, 70, 20, True).plain
    assert "\x1b" not in text
    assert "BKDC-FGHX" in text
