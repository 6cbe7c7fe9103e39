"""The sheet of codes for the bench: pages of 300 dpi as bitmaps, to be printed at full size.

Bars are whole multiples of one module wide, with ten modules of quiet zone, and codes stand at
least 20 mm apart each way, because a scanner also catches the neighbours of what it is aimed at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.labels.bitmap import Bitmap
from bench.labels.code128 import modules
from bench.labels.drawing import BAR_QUIET, Box, Canvas
from bench.labels.fonts import Weight
from bench.labels.typeset import Style
from bench.text import printable

DPI = 300
PAPERS = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
"""Width and height of each paper, mm."""
MARGIN = 15.0
MODULE_DOTS = 4
"""Width of the narrowest bar: 0.339 mm."""
MODULE = MODULE_DOTS * 25.4 / DPI
BAR_HEIGHT = 12.7
CLEAR = 20.0
"""Least distance of two codes, mm."""
_WORDS, _CODE = 9.0, 5.5
"""Height of the words above the bars and of the text below them, mm."""
_ROW = BAR_HEIGHT + CLEAR + 0.8
_TITLE = 14.0
_HEADING = 12.0
_NUMBER = 40.0
"""Width of the page number, mm."""
_GOES_ON = " (continued)"

Codes = Sequence[tuple[str, str]]
"""The text of each code, with the words that say what it does."""
Groups = Sequence[tuple[str, Codes]]
"""Heading and codes."""


def sheet_pages(title: str, groups: Groups, paper: str = "a4") -> list[Bitmap]:
    """The pages: for each group a heading and its codes, on a4 or letter.

    Two codes stand in a row where a group's longest leaves room, else one. Raises ValueError for a
    code that Code 128 cannot carry or that is wider than the page.
    """
    width, height = PAPERS[paper]
    sheet = _Sheet(width, height)
    for heading, codes in groups:
        columns = _columns([code for code, _ in codes], sheet.room)
        if codes:
            sheet.heading(heading)
        for start in range(0, len(codes), columns):
            sheet.row(heading, codes[start : start + columns], columns)
    return [sheet.drawn(title, number) for number in range(len(sheet.pages))]


def _columns(codes: Sequence[str], room: float) -> int:
    """How many codes stand side by side in so many millimetres."""
    widest = max((_width(code) for code in codes), default=0.0)
    if widest > room:
        longest = max(codes, key=_width)
        raise ValueError(f"{longest!r} makes a code of {widest:.0f} mm, wider than {room:.0f} mm")
    return 2 if 2 * widest + CLEAR <= room else 1


def _width(code: str) -> float:
    return (len(modules(code)) + 2 * BAR_QUIET) * MODULE


@dataclass(frozen=True, slots=True)
class _Heading:
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class _Row:
    y: float
    codes: Codes
    columns: int


@dataclass
class _Sheet:
    """The sheet while it is laid out, mm; drawn once it is known how many pages there are."""

    width: float
    height: float
    y: float = MARGIN + _TITLE
    pages: list[list[_Heading | _Row]] = field(default_factory=lambda: [[]])

    @property
    def room(self) -> float:
        """Millimetres between the margins."""
        return self.width - 2 * MARGIN

    def _need(self, height: float) -> bool:
        """Begins a page where the rest of this one is too low; whether it did."""
        if self.y + height <= self.height - MARGIN:
            return False
        self.pages.append([])
        self.y = MARGIN + _TITLE
        return True

    def heading(self, text: str) -> None:
        """A group's heading, never alone at the foot of a page."""
        self._need(_HEADING + _ROW)
        self.pages[-1].append(_Heading(self.y, text))
        self.y += _HEADING

    def row(self, heading: str, codes: Codes, columns: int) -> None:
        """One row of codes; a new page says again what they belong to."""
        if self._need(_ROW):
            self.heading(heading + _GOES_ON)
        self.pages[-1].append(_Row(self.y, codes, columns))
        self.y += _ROW

    def drawn(self, title: str, number: int) -> Bitmap:
        """One page; `number` counts from 0."""
        canvas = Canvas(round(self.width * DPI / 25.4), round(self.height * DPI / 25.4), DPI)
        top = canvas.box(MARGIN, MARGIN, self.room - _NUMBER, 8.0)
        canvas.text(top, title, _style(5.0, Weight.BOLD))
        corner = canvas.box(MARGIN + self.room - _NUMBER, MARGIN, _NUMBER, 8.0)
        page = f"page {number + 1} of {len(self.pages)}"
        canvas.text(corner, page, _style(2.8, Weight.REGULAR), "right")
        for item in self.pages[number]:
            if isinstance(item, _Heading):
                self._draw_heading(canvas, item)
            else:
                self._draw_row(canvas, item)
        return canvas.bitmap()

    def _draw_heading(self, canvas: Canvas, heading: _Heading) -> None:
        canvas.fill(canvas.box(MARGIN, heading.y, self.room, 0.3))
        box = canvas.box(MARGIN, heading.y + 2.0, self.room, 7.0)
        canvas.text(box, heading.text, _style(3.7, Weight.BOLD))

    def _draw_row(self, canvas: Canvas, row: _Row) -> None:
        step = (self.room + CLEAR) / 2
        for column, (code, words) in enumerate(row.codes):
            x = MARGIN + column * step
            left, wide = x + BAR_QUIET * MODULE, step - CLEAR if row.columns > 1 else self.room
            text = canvas.box(left, row.y, wide - BAR_QUIET * MODULE, _WORDS)
            canvas.text(text, words, _style(4.4, Weight.BOLD))
            bars = canvas.box(x, row.y + _WORDS, 0, BAR_HEIGHT)
            across = (len(modules(code)) + 2 * BAR_QUIET) * MODULE_DOTS
            canvas.code128(Box(bars.x, bars.y, across, bars.height), code)
            below = canvas.box(left, row.y + _WORDS + BAR_HEIGHT, text.width * 25.4 / DPI, _CODE)
            canvas.text(below, printable(code), _style(2.5, Weight.MONO))


def _style(capital: float, weight: Weight) -> Style:
    """One line, whose capitals are so many millimetres high, or down to 1.8."""
    dots = DPI / 25.4
    return Style(capital * dots, min(capital, 1.8) * dots, weight)
