"""The sheet of codes for the bench: an A4 SVG in millimetres, to be printed at full size.

Bars are whole multiples of one module wide, with ten modules of quiet zone, and codes stand at
least 20 mm apart each way, because a scanner also catches the neighbours of what it is aimed at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from xml.sax.saxutils import escape

from bench.labels.code128 import modules
from bench.text import printable

WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 15.0
MODULE = 0.33
"""Width of the narrowest bar, mm."""
BAR_HEIGHT = 12.0
QUIET = 10
"""Quiet zone on each side, in modules."""
CLEAR = 20.0
"""Least distance of two codes, mm."""
_WORDS_HEIGHT = 9.0
_ROW = BAR_HEIGHT + CLEAR + 4.0
_TITLE = 14.0
_HEADING = 12.0
# What printable() leaves in place and XML forbids.
_FORBIDDEN = re.compile("[\ufffe\uffff]")

Groups = Sequence[tuple[str, Sequence[tuple[str, str]]]]
"""Heading and codes; each code with the words that say what it does."""


def sheet_svg(title: str, groups: Groups) -> str:
    """The sheet as SVG: for each group a heading and its `(code, words)`, pages stacked.

    Two codes stand in a row where a group's longest leaves room, else one. Raises ValueError for a
    code that Code 128 cannot carry or that is wider than the page.
    """
    sheet = _Sheet(title)
    for heading, codes in groups:
        sheet.columns = _columns([code for code, _ in codes])
        sheet.heading(heading)
        for start in range(0, len(codes), sheet.columns):
            sheet.row(codes[start : start + sheet.columns])
    return sheet.svg()


def _columns(codes: Sequence[str]) -> int:
    """How many codes stand side by side."""
    widest = max((_width(code) for code in codes), default=0.0)
    room = WIDTH - 2 * MARGIN
    if widest > room:
        longest = max(codes, key=_width)
        raise ValueError(f"{longest!r} makes a code of {widest:.0f} mm, wider than {room:.0f} mm")
    return 2 if 2 * widest + CLEAR <= room else 1


def _width(code: str) -> float:
    return (len(modules(code)) + 2 * QUIET) * MODULE


def xml_text(text: str) -> str:
    """Foreign text as XML can carry it, also within quotes."""
    return escape(_FORBIDDEN.sub("\ufffd", printable(text)), {'"': "&quot;"})


@dataclass
class _Sheet:
    """The sheet while it is laid out; `y` runs on over all pages."""

    title: str
    columns: int = 2
    pages: int = 0
    y: float = 0.0
    parts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._page()

    def _page(self) -> None:
        self.y = self.pages * HEIGHT + MARGIN
        self.pages += 1
        self._text(MARGIN, self.y + 7, 7, self.title, "title")
        self.y += _TITLE

    def _text(self, x: float, y: float, size: float, text: str, kind: str) -> None:
        """One line of text, made smaller where it would not fit; sizes in mm."""
        room = (WIDTH - 2 * MARGIN) / (1 if kind in ("title", "heading") else self.columns)
        size = min(size, (room - QUIET * MODULE) / max(1.0, 0.62 * len(text)))
        place = f'x="{x:.2f}" y="{y:.2f}" font-size="{size:.2f}"'
        self.parts.append(f'<text class="{kind}" {place}>{xml_text(text)}</text>')

    def _need(self, height: float) -> None:
        if self.y + height > self.pages * HEIGHT - MARGIN:
            self._page()

    def heading(self, text: str) -> None:
        """A group's heading, never alone at the foot of a page."""
        self._need(_HEADING + _ROW)
        self._text(MARGIN, self.y + 5, 5, text, "heading")
        self.y += _HEADING

    def row(self, codes: Sequence[tuple[str, str]]) -> None:
        """One row of codes: words, bars, and the text of the code."""
        self._need(_ROW)
        for column, (code, words) in enumerate(codes):
            x = MARGIN + column * (WIDTH - 2 * MARGIN) / self.columns
            start = x + QUIET * MODULE
            self._text(start, self.y + 6, 6.5, words, "words")
            self._bars(x, self.y + _WORDS_HEIGHT, code)
            self._text(start, self.y + _WORDS_HEIGHT + BAR_HEIGHT + 4.5, 3.5, code, "code")
        self.y += _ROW

    def _bars(self, x: float, y: float, code: str) -> None:
        self.parts.append(f'<g class="bars" data-code="{xml_text(code)}">')
        place = QUIET
        for bar, run in groupby(modules(code)):
            wide = len(list(run))
            if bar == "1":
                box = f'x="{x + place * MODULE:.2f}" width="{wide * MODULE:.2f}"'
                self.parts.append(f'<rect {box} y="{y:.2f}" height="{BAR_HEIGHT:.2f}"/>')
            place += wide
        self.parts.append("</g>")

    def svg(self) -> str:
        """The whole document."""
        high = self.pages * HEIGHT
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH:g}mm" height="{high:g}mm" '
                f'viewBox="0 0 {WIDTH:g} {high:g}" font-family="sans-serif" fill="black">',
                "<style>.words{font-weight:bold} .code{font-family:monospace}</style>",
                f'<rect class="paper" width="{WIDTH:g}" height="{high:g}" fill="white"/>',
                *self.parts,
                "</svg>",
            ]
        )
