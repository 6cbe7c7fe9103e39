"""An independent reader for the codes that are drawn here: zxing-cpp on plain bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
import zxingcpp

Picture = Sequence[Sequence[bool]]


def _read(rows: Picture, across: int, down: int) -> list[str]:
    lines = [
        b"".join((b"\x00" if dark else b"\xff") * across for dark in row) * down for row in rows
    ]
    shape = [len(rows) * down, len(rows[0]) * across]
    picture = memoryview(b"".join(lines)).cast("B", shape)
    found = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)
    return [code.text for code in found]


@pytest.fixture
def read_picture() -> Callable[[Picture], list[str]]:
    """The texts of all codes in a picture of dark (True) and light modules, quiet zone included."""
    return lambda rows: _read(rows, 4, 4)


@pytest.fixture
def read_bars() -> Callable[[str], list[str]]:
    """The texts in one line of bars (`1` dark), with ten modules of quiet zone added."""

    def read(modules: str) -> list[str]:
        row = [False] * 10 + [m == "1" for m in modules] + [False] * 10
        return _read([row], 2, 40)

    return read
