"""The label printer of the demo: a real one on the wire, pictures in a folder."""

from __future__ import annotations

from pathlib import Path

from bench.hardware.printing import send, state_of
from bench.labels.bitmap import Bitmap
from bench.labels.layout import render
from bench.printer_settings import LabelSort
from bench.settings import Settings
from bench.workflow.demo_printer import LABELS, with_printer
from tests.workflow.print_helpers import layouts, words


def test_it_prints_into_the_home_of_the_demo(tmp_path: Path) -> None:
    """As long as the block lasts; it takes every sort."""
    with with_printer(Settings(), tmp_path) as settings:
        (printer,) = settings.printers.values()
        assert settings.printer_for(LabelSort.RMA) == printer
        label = render(words(), printer.size, printer.dpi, layouts())
        assert send(printer, label, "label").says == "ready"
        assert state_of(printer).ready
    (file,) = (tmp_path / LABELS).glob("*.png")
    assert Bitmap.from_png(file.read_bytes(), printer.dpi) == label
    assert not state_of(printer).ready
