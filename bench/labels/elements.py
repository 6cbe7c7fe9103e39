"""What a label's layout is made of: words, codes, signs and lines, each in a place of its own.

Lengths are whole tenths of a millimetre, so that places can be compared exactly.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bench.labels.drawing import Box, Canvas, LabelDoesNotFit
from bench.labels.fonts import Weight
from bench.labels.typeset import Style

FIELD = re.compile(r"\{([a-z_]+)\}")


class Align(StrEnum):
    """Where in its place an element stands that is narrower."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle on the stock, in tenths of a millimetre from its upper left corner."""

    x: int
    y: int
    width: int
    height: int

    def dots(self, canvas: Canvas) -> Box:
        """The same in the dots of a canvas."""
        return canvas.box(self.x / 10, self.y / 10, self.width / 10, self.height / 10)

    def overlaps(self, other: Place) -> bool:
        """Whether the two share more than an edge."""
        return (
            self.x + self.width > other.x
            and other.x + other.width > self.x
            and self.y + self.height > other.y
            and other.y + other.height > self.y
        )


class Element(Protocol):
    """One thing on a label. `fields` are the label's, empty ones as ""."""

    @property
    def place(self) -> Place: ...

    @property
    def when(self) -> str: ...

    @property
    def subject(self) -> str:
        """The field that it is about, "" for none: a complaint names it."""

    def draw(self, canvas: Canvas, fields: Mapping[str, str]) -> None:
        """Draws within `place`, or nothing where what it says is empty."""


@dataclass(frozen=True, slots=True)
class Words:
    """Text made of parts; a part with an empty field is left out."""

    place: Place
    when: str
    parts: tuple[str, ...]
    between: str
    size: int
    """Height of a capital letter as wished; `least`: as small as it may become."""
    least: int
    weight: Weight
    align: Align
    lines: int
    whole: bool
    """Never cut: the label does not fit where it would have to be."""

    @property
    def subject(self) -> str:
        """The field that it is about."""
        return next(iter(FIELD.findall("".join(self.parts))), "")

    def draw(self, canvas: Canvas, fields: Mapping[str, str]) -> None:
        """As large as fits; LabelDoesNotFit where it is `whole` and does not fit."""
        text = self.between.join(filter(None, (filled(part, fields) for part in self.parts)))
        box, dot = self.place.dots(canvas), canvas.dpi / 254
        style = Style(self.size * dot, self.least * dot, self.weight, self.lines)
        if canvas.text(box, text, style, self.align).cut and self.whole:
            raise LabelDoesNotFit(f"The text of {len(text)} characters is too long.", "")


@dataclass(frozen=True, slots=True)
class Bars:
    """A field as Code 128, exactly as it is."""

    place: Place
    when: str
    name: str
    align: Align

    @property
    def subject(self) -> str:
        """The field that it is about."""
        return self.name

    def draw(self, canvas: Canvas, fields: Mapping[str, str]) -> None:
        """LabelDoesNotFit where it is too long for its place."""
        if fields[self.name].strip(" "):
            canvas.code128(self.place.dots(canvas), fields[self.name], self.align)


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code of a text made of fields."""

    place: Place
    when: str
    part: str
    align: Align

    @property
    def subject(self) -> str:
        """The field that it is about."""
        return next(iter(FIELD.findall(self.part)), "")

    def draw(self, canvas: Canvas, fields: Mapping[str, str]) -> None:
        """LabelDoesNotFit where it is too long for its place."""
        if text := filled(self.part, fields):
            canvas.qr(self.place.dots(canvas), text, self.align)


@dataclass(frozen=True, slots=True)
class Sign:
    """A shape for a speed: rush points up, ground stands square, hold is two bars."""

    place: Place
    when: str
    name: str

    @property
    def subject(self) -> str:
        """The field that it is about."""
        return self.name

    def draw(self, canvas: Canvas, fields: Mapping[str, str]) -> None:
        """Nothing for a speed without a shape."""
        x, y, width, height = self.place.dots(canvas)
        match fields[self.name].strip().upper():
            case "RUSH":
                canvas.triangle(Box(x, y, width, height))
            case "GROUND":
                canvas.fill(Box(x, y, width, height))
            case "HOLD":
                bar = round(width * 0.36)
                canvas.fill(Box(x, y, bar, height))
                canvas.fill(Box(x + width - bar, y, bar, height))


@dataclass(frozen=True, slots=True)
class Line:
    """A rule (filled) or a frame of some thickness, which may stand around others."""

    place: Place
    when: str
    thick: int | None = field(default=None)

    @property
    def subject(self) -> str:
        """The field that it is about."""
        return ""

    def draw(self, canvas: Canvas, fields: Mapping[str, str]) -> None:
        """Black, whatever the fields are."""
        box = self.place.dots(canvas)
        if self.thick is None:
            canvas.fill(Box(box.x, box.y, max(1, box.width), max(1, box.height)))
        else:
            canvas.frame(box, max(1, canvas.dots(self.thick / 10)))


def filled(part: str, fields: Mapping[str, str]) -> str:
    """A part with its fields filled in, once: what a field says is never read as a part. "" where
    one of them is empty."""
    if any(not fields[name].strip(" ") for name in FIELD.findall(part)):
        return ""
    return FIELD.sub(lambda found: fields[found[1]], part)
