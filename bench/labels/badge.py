"""The label of a badge: a name and a Code 128, the size of a card, as an SVG in millimetres."""

from __future__ import annotations

from itertools import groupby

from bench.labels.code128 import modules
from bench.labels.sheet import QUIET, xml_text

WIDTH, HEIGHT = 85.6, 54.0
"""A card as cards are (ISO/IEC 7810 ID-1)."""
MODULE = 0.30
"""Width of the narrowest bar, mm: the code of a badge of ours is 76 mm wide."""
BAR_HEIGHT = 18.0


def badge_svg(name: str, code: str) -> str:
    """The card. The text of the code stands nowhere on it: bars are less easily read over.

    Raises ValueError for a code that Code 128 cannot carry, or that is wider than the card.
    """
    dots = modules(code)
    wide = (len(dots) + 2 * QUIET) * MODULE
    if wide > WIDTH:
        raise ValueError(f"this badge makes a code of {wide:.0f} mm, wider than a card")
    size = min(8.0, (WIDTH - 10) / max(1.0, 0.62 * len(name)))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH:g}mm" height="{HEIGHT:g}mm" '
            f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" font-family="sans-serif" fill="black">',
            f'<rect class="paper" width="{WIDTH:g}" height="{HEIGHT:g}" fill="white"/>',
            f'<text x="5" y="17" font-size="{size:.2f}" font-weight="bold">{xml_text(name)}</text>',
            *_bars((WIDTH - len(dots) * MODULE) / 2, 26.0, dots),
            "</svg>\n",
        ]
    )


def _bars(x: float, y: float, dots: str) -> list[str]:
    parts, place = ['<g class="bars">'], 0
    for bar, run in groupby(dots):
        wide = len(list(run))
        if bar == "1":
            box = f'x="{x + place * MODULE:.2f}" width="{wide * MODULE:.2f}"'
            parts.append(f'<rect {box} y="{y:.2f}" height="{BAR_HEIGHT:g}"/>')
        place += wide
    return [*parts, "</g>"]
