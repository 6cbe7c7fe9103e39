"""A sheet of dots to draw on: text, Code 128, QR codes, rules. Nothing leaves its own box."""

from __future__ import annotations

from itertools import groupby
from typing import Any, NamedTuple

from bench.labels.bitmap import Bitmap
from bench.labels.code128 import modules
from bench.labels.fonts import CAPITAL, face, ink
from bench.labels.qr import qr_modules
from bench.labels.typeset import Setting, Style, fit, pitch

BAR_LEAST = 0.25
"""Width of the narrowest bar, mm: below, hand-held scanners miss labels that are worn or far."""
BAR_MOST = 0.5
"""Wider bars only make the label too long for one sweep of a hand-held scanner."""
BAR_QUIET = 10
"""Modules without print on both sides (ISO/IEC 15417)."""
QR_LEAST = 0.4
"""Width of a module of a QR code, mm."""
QR_QUIET = 4
"""Modules without print all around (ISO/IEC 18004)."""


class LabelDoesNotFit(ValueError):
    """A label that cannot be read is not drawn: `what` is the matter, `remedy` what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        self.what, self.remedy = what, remedy
        super().__init__(f"{what} {remedy}")


class Box(NamedTuple):
    """A place in dots."""

    x: int
    y: int
    width: int
    height: int


class Canvas:
    """A white sheet of `width` x `height` dots; draw, then take its `bitmap`."""

    def __init__(self, width: int, height: int, dpi: int) -> None:
        from PIL import Image

        self.width, self.height, self.dpi = width, height, dpi
        # 1 is black here, as in a Bitmap: the bytes are taken as they are.
        self._image: Any = Image.new("1", (width, height), 0)

    def dots(self, mm: float) -> int:
        """A length in whole dots."""
        return round(mm * self.dpi / 25.4)

    def box(self, x: float, y: float, width: float, height: float) -> Box:
        """A place given in millimetres; its edges are rounded, so that neighbours stay apart."""
        left, top = self.dots(x), self.dots(y)
        return Box(left, top, self.dots(x + width) - left, self.dots(y + height) - top)

    def bitmap(self) -> Bitmap:
        """What was drawn."""
        return Bitmap(self.width, self.height, self.dpi, self._image.tobytes())

    def centred(self, width: int, height: int) -> Bitmap:
        """What was drawn, in the middle of a sheet that is as large or larger."""
        if (width, height) == (self.width, self.height):
            return self.bitmap()
        whole = Canvas(width, height, self.dpi)
        place = ((width - self.width) // 2, (height - self.height) // 2)
        whole._image.paste(self._image, place)
        return whole.bitmap()

    def text(self, box: Box, text: str, style: Style, align: str = "left") -> Setting:
        """Foreign text within a box, `left`, `center` or `right`; one line stands in its middle.

        Returns how it was set: see there whether some of it was cut.
        """
        from PIL import Image, ImageDraw

        setting = fit(text, box.width, box.height, style)
        own = Image.new("1", (box.width, box.height), 0)
        draw = ImageDraw.Draw(own)
        draw.fontmode = "1"
        font = face(style.weight, setting.size)
        base = _baseline(setting, box.height, style)
        for place, line in enumerate(setting.lines):
            left, _, right, _ = ink(style.weight, setting.size, line)
            spare = max(0, box.width - (right - left))
            x = {"left": 0, "center": spare // 2}.get(align, spare) - left
            draw.text((x, base + place * pitch(setting.size)), line, 1, font, anchor="ls")
        self._image.paste(1, (box.x, box.y), own)
        return setting

    def code128(self, box: Box, text: str, align: str = "center") -> None:
        """Bars as high as the box, each module as many whole dots as fit, quiet zones included.

        Raises LabelDoesNotFit where bars would be narrower than `BAR_LEAST`, or where Code 128
        cannot carry the text.
        """
        dark = _bars(text)
        across = len(dark) + 2 * BAR_QUIET
        dots = min(box.width // across, int(self.dpi * BAR_MOST / 25.4 + 0.01))
        if dots < least_dots(BAR_LEAST, self.dpi):
            raise self._too_wide(
                "barcode", text, across * least_dots(BAR_LEAST, self.dpi), box.width
            )
        spare = box.width - across * dots
        x = box.x + {"left": 0, "center": spare // 2}.get(align, spare) + BAR_QUIET * dots
        for bar, run in groupby(dark):
            wide = len(list(run)) * dots
            if bar == "1":
                self.fill(Box(x, box.y, wide, box.height))
            x += wide

    def qr(self, box: Box, text: str, align: str = "center") -> None:
        """A QR code as large as the box allows in whole dots, quiet zone included.

        Raises LabelDoesNotFit where modules would be smaller than `QR_LEAST`, or where no QR code
        carries the text.
        """
        from PIL import Image

        rows = _qr_rows(text)
        across = len(rows) + 2 * QR_QUIET
        room = min(box.width, box.height)
        dots, least = room // across, least_dots(QR_LEAST, self.dpi)
        if dots < least:
            raise self._too_wide("QR code", text, across * least, room)
        small = Image.new("1", (len(rows), len(rows)), 0)
        small.putdata([int(module) for row in rows for module in row])
        side = len(rows) * dots
        spare = box.width - across * dots
        x = box.x + {"left": 0, "center": spare // 2}.get(align, spare) + QR_QUIET * dots
        self._image.paste(small.resize((side, side)), (x, box.y + (box.height - side) // 2))

    def _too_wide(self, what: str, text: str, need: int, free: int) -> LabelDoesNotFit:
        wide, room = need * 25.4 / self.dpi, free * 25.4 / self.dpi
        return LabelDoesNotFit(
            f"The {what} of {len(text)} characters is {wide:.0f} mm wide, "
            f"the label has {room:.0f} mm for it.",
            "Print it on larger labels.",
        )

    def fill(self, box: Box) -> None:
        """A black rectangle."""
        self._image.paste(1, (box.x, box.y, box.x + box.width, box.y + box.height))

    def frame(self, box: Box, thick: int) -> None:
        """The edge of a rectangle, inwards `thick` dots."""
        self.fill(Box(box.x, box.y, box.width, thick))
        self.fill(Box(box.x, box.y + box.height - thick, box.width, thick))
        self.fill(Box(box.x, box.y, thick, box.height))
        self.fill(Box(box.x + box.width - thick, box.y, thick, box.height))

    def triangle(self, box: Box) -> None:
        """A black triangle, its point up."""
        from PIL import ImageDraw

        foot, right = box.y + box.height - 1, box.x + box.width - 1
        corners = [(box.x, foot), (right, foot), (box.x + box.width // 2, box.y)]
        ImageDraw.Draw(self._image).polygon(corners, fill=1)


def least_dots(mm: float, dpi: int) -> int:
    """The least whole number of dots that is not narrower than a length."""
    return max(1, -int(-(mm * dpi / 25.4 - 0.01) // 1))


def _bars(text: str) -> str:
    try:
        return modules(text)
    except ValueError as error:
        what = str(error)
        raise LabelDoesNotFit(f"{what[:1].upper()}{what[1:]}.", "Correct it.") from None


def _qr_rows(text: str) -> list[list[bool]]:
    try:
        return qr_modules(text)
    except ValueError:  # too long for any, or half of a character
        raise LabelDoesNotFit(
            f"No QR code can carry these {len(text)} characters.", "Correct it."
        ) from None


def _baseline(setting: Setting, height: int, style: Style) -> int:
    """Where the first line stands: one line's capitals in the middle, several from the top; moved
    so far that accents above and tails below stay in the box."""
    capital = round(CAPITAL * setting.size)
    base = capital if style.lines > 1 else (height + capital) // 2
    if not setting.lines:
        return base
    top = ink(style.weight, setting.size, setting.lines[0])[1]
    foot = ink(style.weight, setting.size, setting.lines[-1])[3]
    foot += (len(setting.lines) - 1) * pitch(setting.size)
    return max(min(base, height - foot), -top)
