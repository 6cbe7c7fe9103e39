"""Raw bytes as rows of hexadecimal numbers with their text beside: the court of appeal."""

from __future__ import annotations

from typing import NamedTuple

WIDE, NARROW = 16, 8
"""Bytes a row, on a wide screen and on a narrow one."""
_DOT = "·"
_SIGNS = [chr(byte) if 0x20 <= byte < 0x7F else _DOT for byte in range(256)]


class HexRow(NamedTuple):
    """One row: texts of the same width in every row."""

    offset: str
    hex: str
    text: str


def hex_row(data: bytes, offset: int, width: int = WIDE) -> HexRow:
    """A row of up to `width` bytes that stand at `offset`; ASCII as it is, all else a dot."""
    data = data[:width]
    halves = (data[: width // 2].hex(" "), data[width // 2 :].hex(" "))
    room = width // 2 * 3 - 1
    numbers = f"{halves[0]:<{room}}  {halves[1]:<{room}}"
    return HexRow(f"{offset:08x}", numbers, "".join(_SIGNS[byte] for byte in data).ljust(width))
