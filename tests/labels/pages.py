"""Codes on a page, found and read by an independent reader; the place of their bars in dots."""

from __future__ import annotations

from typing import NamedTuple

import zxingcpp

from bench.labels.bitmap import Bitmap


class Seen(NamedTuple):
    """A code on a page: the edges of its bars, right and bottom excluded."""

    text: str
    left: int
    top: int
    right: int
    bottom: int


def codes_on(page: Bitmap) -> list[Seen]:
    """All codes of a page, from the top."""
    grey = page.image().convert("L").tobytes()
    picture = memoryview(grey).cast("B", [page.height, page.width])
    found = zxingcpp.read_barcodes(
        picture,
        formats=zxingcpp.barcode_formats_from_str("Code128"),
        text_mode=zxingcpp.TextMode.Plain,
    )
    return sorted((_place(page, code) for code in found), key=lambda seen: (seen.top, seen.left))


def _place(page: Bitmap, code: zxingcpp.Barcode) -> Seen:
    corners = code.position
    points = (corners.top_left, corners.top_right, corners.bottom_left, corners.bottom_right)
    y = sum(point.y for point in points) // 4
    row = dots(page, y)
    left, right = min(p.x for p in points), max(p.x for p in points)
    while not row[left]:
        left += 1
    while row[left - 1]:
        left -= 1
    while not row[right - 1]:
        right -= 1
    while row[right]:
        right += 1
    inner = slice(left // 8 + 1, right // 8)
    bars, top, bottom = page.row(y)[inner], y, y
    while page.row(top - 1)[inner] == bars:
        top -= 1
    while page.row(bottom)[inner] == bars:
        bottom += 1
    return Seen(code.text, left, top, right, bottom)


def dots(page: Bitmap, y: int) -> list[bool]:
    """One row of a page."""
    bits = int.from_bytes(page.row(y)) >> (-page.width % 8)
    return [digit == "1" for digit in f"{bits:0{page.width}b}"]


def ink(page: Bitmap, left: int, top: int, right: int, bottom: int) -> tuple[int, ...] | None:
    """The box of what is black within a box, from its own corner; None where it is white."""
    from PIL import ImageOps

    found = ImageOps.invert(page.image().convert("L").crop((left, top, right, bottom))).getbbox()
    return tuple(found) if found else None
