"""Fits a text into a box of dots: as large as wished, else on more lines or smaller, else cut."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from bench.labels.fonts import CAPITAL, PITCH, Weight, ink
from bench.text import printable

CUT = "…"
_MOST = 800
"""Characters that are looked at: more than the largest label holds."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set; heights in dots of a capital letter."""

    wished: float
    least: float
    weight: Weight = Weight.REGULAR
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Setting:
    """A text as it goes onto the label."""

    size: int
    lines: tuple[str, ...]
    cut: bool
    """Whether some of the text is missing: the last line ends with `…`."""


def paragraphs(text: str) -> list[str]:
    """Foreign text as lines that are safe to draw: one space between words, no empty line."""
    kept = text[:_MOST] + (CUT if len(text) > _MOST else "")
    kept = kept.replace("\r\n", "\n").replace("\r", "\n")
    lines = (" ".join(printable(line).split()) for line in kept.split("\n"))
    return [line for line in lines if line]


def fit(text: str, width: int, height: int, style: Style) -> Setting:
    """The largest setting that stays within the box; at the least size the rest is cut.

    Where the text has more lines than the box, commas stand for its line breaks.
    """
    wanted = paragraphs(text)
    if len(wanted) > style.lines:
        wanted = [", ".join(wanted)]
    low, high = _size(style.least), max(_size(style.least), _size(style.wished))
    best = _cut(wanted, width, height, low, style)
    while low <= high:
        size = (low + high) // 2
        lines = [line for line, _ in _wrap(wanted, width, size, style)]
        if len(lines) <= style.lines and _tall(lines, size, style.weight) <= height:
            best, low = Setting(size, tuple(lines), False), size + 1
        else:
            high = size - 1
    return best


def pitch(size: int) -> int:
    """Dots from one baseline to the next."""
    return round(size * PITCH)


def _size(capital: float) -> int:
    return max(6, int(capital / CAPITAL + 0.5))


def _room(width: int, size: int) -> int:
    """More characters than a width holds; keeps endless texts from being measured."""
    return 8 + 6 * width // size


def _wide(text: str, size: int, weight: Weight) -> int:
    left, _, right, _ = ink(weight, size, text)
    return right - left


def _tall(lines: list[str], size: int, weight: Weight) -> int:
    """Dots from the top of the first line's ink to the foot of the last one's."""
    if not lines:
        return 0
    top, bottom = ink(weight, size, lines[0])[1], ink(weight, size, lines[-1])[3]
    return (len(lines) - 1) * pitch(size) + bottom - min(top, -round(CAPITAL * size))


def _wrap(wanted: list[str], width: int, size: int, style: Style) -> list[tuple[str, str]]:
    """The lines that a width makes of paragraphs, each with all that its paragraph has left from
    there on; stops soon after there are too many."""
    lines: list[tuple[str, str]] = []
    for paragraph in wanted:
        rest = paragraph
        while rest and len(lines) <= style.lines:
            place = _break(rest, width, size, style.weight)
            lines.append((rest[:place].rstrip(), rest))
            rest = rest[place:].lstrip()
    return lines


def _break(text: str, width: int, size: int, weight: Weight) -> int:
    """How many characters go onto one line: up to a space, within a word only where one is wider
    than the line."""
    if len(text) <= _room(width, size) and _wide(text, size, weight) <= width:
        return len(text)
    most = _longest(text, width, size, weight)
    space = text.rfind(" ", 0, most + 1)
    return space if space > 0 else max(1, most)


def _longest(text: str, width: int, size: int, weight: Weight, end: str = "") -> int:
    """The most characters of the front of a text (with `end` behind) that a width takes."""
    return bisect_right(
        range(1, min(len(text), _room(width, size)) + 1),
        width,
        key=lambda count: _wide(text[:count].rstrip() + end, size, weight),
    )


def _cut(wanted: list[str], width: int, height: int, size: int, style: Style) -> Setting:
    """As many lines as there is room for, the last one ending with `…`."""
    wrapped = _wrap(wanted, width, size, style)
    lines, most = [line for line, _ in wrapped], style.lines
    while most > 1 and _tall(lines[:most], size, style.weight) > height:
        most -= 1
    if lines:
        rest = wrapped[:most][-1][1]
        room = _longest(rest, width, size, style.weight, CUT)
        lines[:] = [*lines[: most - 1], rest[:room].rstrip() + CUT]
    return Setting(size, tuple(lines), True)
