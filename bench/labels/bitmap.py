"""One picture of black and white dots: what the screen shows, tests read and every printer gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

_MOST_DOTS = 40_000_000
"""A page of A3 at 600 dpi has 35 million; more is no label."""


@dataclass(frozen=True, slots=True)
class Bitmap:
    """A picture of `width` x `height` dots for a printer of `dpi` dots an inch. Holds no Pillow.

    `data` are the rows from above, each padded to whole bytes with 0, the most significant bit
    leftmost, 1 is black: the order that the graphic field of ZPL has. ValueError for data of
    another length.
    """

    width: int
    height: int
    dpi: int
    data: bytes

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1 or self.dpi < 1:
            raise ValueError(f"a bitmap of {self.width} x {self.height} dots is none")
        if len(self.data) != self.row_bytes * self.height:
            raise ValueError(f"{len(self.data)} bytes are not {self.width} x {self.height} dots")

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return (self.width + 7) // 8

    def row(self, y: int) -> bytes:
        """One row; y counts from 0 at the top."""
        if not 0 <= y < self.height:
            raise IndexError(f"no row {y} in {self.height} rows")
        return self.data[y * self.row_bytes : (y + 1) * self.row_bytes]

    def dark(self, x: int, y: int) -> bool:
        """Whether a dot is black."""
        if not 0 <= x < self.width:
            raise IndexError(f"no dot {x} in {self.width} dots")
        return bool(self.row(y)[x >> 3] & (0x80 >> (x & 7)))

    def image(self) -> Any:
        """The picture as Pillow has it (mode `1`, black on white)."""
        from PIL import Image

        return Image.frombytes("1", (self.width, self.height), self.data, "raw", "1;I")

    @classmethod
    def from_image(cls, image: Any, dpi: int) -> Bitmap:
        """From a picture of Pillow; what is darker than half is black."""
        grey = image if image.mode in ("1", "L") else image.convert("L")
        dots = grey if grey.mode == "1" else grey.point(lambda value: 255 * (value > 127), "1")
        return cls(dots.width, dots.height, dpi, _padded(dots.tobytes("raw", "1;I"), dots.width))

    def png(self) -> bytes:
        """The picture as a PNG of one bit a dot that knows its dpi."""
        stream = BytesIO()
        self.image().save(stream, "PNG", dpi=(self.dpi, self.dpi))
        return stream.getvalue()

    @classmethod
    def from_png(cls, data: bytes, dpi: int) -> Bitmap:
        """From a PNG; raises ValueError for anything else and for what is no label in size."""
        from PIL import Image

        try:
            with Image.open(BytesIO(data), formats=("PNG",)) as image:
                if image.width * image.height > _MOST_DOTS:
                    raise ValueError(f"a picture of {image.width} x {image.height} is no label")
                return cls.from_image(image, dpi)
        except (OSError, SyntaxError, Image.DecompressionBombError) as error:
            raise ValueError(f"not a PNG that can be read ({error})") from None

    def shrunk(self, columns: int, rows: int, fine: bool = True) -> list[str]:
        """The picture in rows of text, at most `columns` x `rows` cells of a terminal: in Braille
        patterns of 2 x 4 dots a cell, or in half blocks where the terminal has no better.

        Shrunk by a whole number, so that bars keep their rhythm; a part of a cell is dark where
        over a third of its dots are: at one half, thin letters vanish and bars that are half black
        come and go. To be painted black on white.
        """
        if columns < 1 or rows < 1:
            return []
        across, down = (2, 4) if fine else (1, 2)
        factor = max(-(-self.width // (across * columns)), -(-self.height // (down * rows)))
        small = self.image().convert("L").reduce(factor)
        wide, high = small.size
        pixels: bytes = small.tobytes()

        def dark(x: int, y: int) -> bool:
            return bool(x < wide and y < high and pixels[y * wide + x] <= _DARK)

        cell = _braille if fine else _block
        return [
            "".join(cell(dark, x, y) for x in range(0, wide, across)) for y in range(0, high, down)
        ]


_DARK = 255 * 13 // 20
"""The mean grey (0 black) up to which a part of a cell is dark."""
_DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
"""Column and row of each dot of a Braille pattern, in the order of its bits (Unicode, U+2800)."""
Dark = Callable[[int, int], bool]


def _braille(dark: Dark, x: int, y: int) -> str:
    bits = sum(dark(x + across, y + down) << bit for bit, (across, down) in enumerate(_DOTS))
    return chr(0x2800 + bits) if bits else " "


def _block(dark: Dark, x: int, y: int) -> str:
    return " ▄▀█"[2 * dark(x, y) + dark(x, y + 1)]


def _padded(data: bytes, width: int) -> bytes:
    """The rows with nothing in the bits that pad them: Pillow inverts these as well."""
    spare = -width % 8
    if not spare:
        return data
    step, mask = (width + 7) // 8, 0xFF << spare & 0xFF
    rows = bytearray(data)
    for at in range(step - 1, len(rows), step):
        rows[at] &= mask
    return bytes(rows)
