"""Bitmaps of any size whose dots mean nothing."""

from __future__ import annotations

import random

from bench.labels.bitmap import Bitmap


def some_dots(width: int, height: int, dpi: int = 203, seed: int = 1) -> Bitmap:
    """Random dots, the same for the same seed; what pads a row is 0."""
    chance, spare = random.Random(seed), -width % 8
    step = (width + 7) // 8
    mask = (1 << (8 * step)) - (1 << spare)
    rows = [(chance.getrandbits(8 * step) & mask).to_bytes(step, "big") for _ in range(height)]
    return Bitmap(width, height, dpi, b"".join(rows))
