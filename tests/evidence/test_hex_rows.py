"""Rows of hexadecimal numbers."""

from __future__ import annotations

from bench.evidence.hex_rows import NARROW, hex_row
from tests.evidence.console_poison import acting


def test_a_full_row() -> None:
    """Two halves, the text beside."""
    assert hex_row(b"DRAM:\x1b[31m fail!", 0x1F0) == (
        "000001f0",
        "44 52 41 4d 3a 1b 5b 33  31 6d 20 66 61 69 6c 21",
        "DRAM:·[31m fail!",
    )


def test_a_short_row_is_as_wide_as_others() -> None:
    """So that the text stands in one column."""
    for width in (NARROW, 16):
        full, short = hex_row(b"x" * width, 0, width), hex_row(b"x", 0, width)
        assert [len(part) for part in full] == [len(part) for part in short]


def test_no_byte_acts() -> None:
    """Whatever its value."""
    assert all(acting("".join(hex_row(bytes([byte]), 0))) == set() for byte in range(256))
