"""The RMA number as a QR code for a phone or an imager, and the label as its printer prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from bench.labels.qr import half_blocks, qr_modules
from bench.scan.rma_number import barcode_text
from bench.screens.guides import Guide
from bench.text import printable
from bench.widgets.big_word import big_word
from bench.widgets.label_preview import PAPER, label_rows

if TYPE_CHECKING:
    from bench.labels.bitmap import Bitmap

QUIET = 4
"""Light modules around a QR code (ISO/IEC 18004, section 9.1)."""
GAP = 4
"""Cells between the code and the label."""
LEAST = 30
"""Cells below which a label is no picture any more."""
AROUND = 9
"""Rows of the dialog beside its text; fewer on a low screen."""
AROUND_SHORT = 4
LOW = 32
"""Rows of a terminal below which everything stands as tight as it can."""
NUMBER_ROWS = 7


def qr_rows(text: str, scale: int = 1) -> list[Content]:
    """A QR code dark on white whatever the theme; `scale`: cells that a module is wide."""
    modules = [
        [dark for dark in row for _ in range(scale)]
        for row in qr_modules(text)
        for _ in range(scale)
    ]
    return [Content.styled(row, PAPER) for row in half_blocks(modules, QUIET * scale)]


def look(number: str, label: Bitmap | str, width: int, height: int, low: bool) -> Content:
    """Code and label side by side where there is room; the number beneath, or beside on a low
    screen. `label`: the picture, or why there is none."""
    code = barcode_text(number)
    codes = qr_rows(code, 2)
    room = height - (0 if low else NUMBER_ROWS)
    if len(codes) > room or codes[0].cell_length + GAP + LEAST > width:
        codes = qr_rows(code)
    if low:
        beside = width - codes[0].cell_length - GAP
        word = [Content.styled(number, "bold reverse"), Content("")]
        right = [*word, *_label(label, beside, height - len(word))]
        return _columns(codes, right)
    beside = width - codes[0].cell_length - GAP
    right = _label(label, beside, height - NUMBER_ROWS) if beside >= LEAST else []
    top = _columns(codes, right)
    return Content.assemble(top, "\n\n", big_word(number, "bold", width))


def _label(label: Bitmap | str, width: int, height: int) -> list[Content]:
    if isinstance(label, str):
        return Content.styled(printable(label), "$quiet").wrap(max(10, width))
    return label_rows(label, max(1, width), max(1, height))


def _columns(left: list[Content], right: list[Content]) -> Content:
    width = max(row.cell_length for row in left)
    rows = []
    for place in range(max(len(left), len(right))):
        first = left[place] if place < len(left) else Content("")
        gap = " " * (width - first.cell_length + GAP)
        second = right[place] if place < len(right) else Content("")
        rows.append(Content.assemble(first, gap, second))
    return Content("\n").join(rows)


class LabelLook(Guide):
    """Shows code and label; any scan closes it and goes on as if it had not been."""

    VERTICAL_BREAKPOINTS = [(0, "-short"), (LOW, "-tall")]  # noqa: RUF012
    DEFAULT_CLASSES: ClassVar[str] = "-full"

    def __init__(self, number: str, serial: str, label: Bitmap | str) -> None:
        super().__init__(f"RMA {number} · {printable(serial)}")
        self.number, self.label = number, label

    def compose(self) -> ComposeResult:
        """Title, pictures, keys."""
        with VerticalScroll(classes="dialog dialog-wide", id="label-look"):
            yield Static(self.title_text, classes="dialog--title", markup=False)
            yield Static(id="guide--text")
            yield Static("esc or enter: close    a scan closes it too", classes="dialog--keys")

    def paint(self) -> None:
        """As big as there is room for."""
        text, low = self.query_one("#guide--text", Static), self.size.height < LOW
        height = self.size.height - (AROUND_SHORT if low else AROUND)
        text.update(look(self.number, self.label, text.size.width, height, low))
