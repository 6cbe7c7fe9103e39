"""The typefaces of labels: they ship with bench, so that a label is the same on each machine."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Any

from bench.datafile import data_dir

CAPITAL = 0.729
"""Height of a capital letter, as a share of the size (em); the same in all three faces."""
PITCH = 1.18
"""Distance of two lines, as a share of the size."""
_LEAST = 6
"""Dots: below this size no letter is one."""


class Weight(StrEnum):
    """The faces of DejaVu that labels use."""

    REGULAR = "regular"
    BOLD = "bold"
    MONO = "mono"
    """Bold, all letters as wide, 0 with a dot: for numbers that people compare."""


_FILES = {
    Weight.REGULAR: "DejaVuSans.ttf",
    Weight.BOLD: "DejaVuSans-Bold.ttf",
    Weight.MONO: "DejaVuSansMono-Bold.ttf",
}


@lru_cache(maxsize=160)
def face(weight: Weight, size: int) -> Any:
    """Pillow's font of a size in dots. Letters stand as they come: no shaping, no machine's own
    libraries, so that the same text makes the same dots anywhere."""
    from PIL import ImageFont

    path = data_dir() / "fonts" / _FILES[weight]
    return ImageFont.truetype(str(path), max(_LEAST, size), layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def ink(weight: Weight, size: int, text: str) -> tuple[int, int, int, int]:
    """What a line of text blackens: left, top, right, bottom in dots from the start of its
    baseline, drawn without grey."""
    left, top, right, bottom = face(weight, size).getbbox(text, mode="1", anchor="ls")
    return int(left), int(top), int(right), int(bottom)
