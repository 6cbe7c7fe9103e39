"""A badge the size of a card, as a bitmap of 300 dpi: a name, and a Code 128 without its text."""

from __future__ import annotations

from bench.labels.bitmap import Bitmap
from bench.labels.drawing import Canvas
from bench.labels.fonts import Weight
from bench.labels.typeset import Style

DPI = 300
WIDTH, HEIGHT = 85.6, 54.0
"""A card as cards are (ISO/IEC 7810 ID-1), mm."""
BAR_HEIGHT = 18.0


def card(name: str, code: str) -> Bitmap:
    """The card. The text of the code stands nowhere on it: bars are less easily read over.

    Raises ValueError for a code that Code 128 cannot carry, or that is wider than the card.
    """
    canvas = Canvas(round(WIDTH * DPI / 25.4), round(HEIGHT * DPI / 25.4), DPI)
    style = Style(canvas.dots(6.0), canvas.dots(2.0), Weight.BOLD, lines=2)
    canvas.text(canvas.box(5, 6, WIDTH - 10, 17), name, style)
    canvas.code128(canvas.box(0, 27, WIDTH, BAR_HEIGHT), code)
    return canvas.bitmap()
