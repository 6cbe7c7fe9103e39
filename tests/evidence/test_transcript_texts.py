"""The texts of many lines at once are those of the lines one by one."""

from __future__ import annotations

import pytest

from bench.evidence.transcript import LONGEST, Transcript
from tests.evidence.console_poison import POISON

EASY = b"".join(b"[%6d] usb 1-1: new device\r\n" % number for number in range(9000))


@pytest.mark.parametrize(
    "data",
    [
        EASY,
        b"\r\n\n\r\r\n" + EASY + b"\n",
        EASY + b"over\rwritten\r\n" + EASY,
        EASY + b"x" * (3 * LONGEST) + b"\r\n" + EASY,
        EASY + b"\n".join(POISON) + b"\n",
        b"\r\n".join(POISON) + b"\n" + EASY,
    ],
)
def test_texts_are_those_of_the_lines(data: bytes) -> None:
    """Whatever stands in them, wherever one begins to look."""
    text = Transcript(lambda offset, length: data[offset : offset + length])
    for at in range(0, len(data), 4000):
        text.feed(data[at : at + 4000], at)
    for first in (0, 1, len(text) // 2):
        wanted = [line.text for line in text.lines(first, len(text))]
        assert text.texts(first, len(text)) == wanted
