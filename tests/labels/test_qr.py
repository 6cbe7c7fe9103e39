"""QR codes: modules and half blocks are read back by another program."""

from __future__ import annotations

import random
import string
from collections.abc import Callable

import pytest

from bench.labels.qr import half_blocks, qr_modules

Read = Callable[[list[list[bool]]], list[str]]
TEXTS = [
    "RBKVLVRFV",
    "R26004812K",
    "1",
    "https://example.org/rma/BKVL-VRFV",
    "[)>\x1e06\x1dS1\x1e\x04",
    "ä" * 40,
]


def with_quiet(modules: list[list[bool]], quiet: int = 4) -> list[list[bool]]:
    wide = len(modules[0]) + 2 * quiet
    blank = [[False] * wide for _ in range(quiet)]
    return blank + [[False] * quiet + row + [False] * quiet for row in modules] + blank


@pytest.mark.parametrize("text", TEXTS)
def test_modules_are_read_back(read_picture: Read, text: str) -> None:
    assert read_picture(with_quiet(qr_modules(text))) == [text]


def test_random_texts_are_read_back(read_picture: Read) -> None:
    rng = random.Random(18004)
    for _ in range(40):
        text = "".join(
            rng.choices(string.ascii_letters + string.digits + "-/:", k=rng.randint(1, 80))
        )
        assert read_picture(with_quiet(qr_modules(text))) == [text]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("quiet", [2, 3, 4])
def test_half_blocks_are_read_back(read_picture: Read, text: str, quiet: int) -> None:
    rows = half_blocks(qr_modules(text), quiet)
    assert len({len(row) for row in rows}) == 1
    assert not set("".join(rows)) - set("█▀▄ ")
    pixels = [[cell in cells for cell in row] for row in rows for cells in ("█▀", "█▄")]
    assert read_picture(pixels) == [text]


def test_no_micro_codes() -> None:
    assert len(qr_modules("1")) == 21
    assert len(half_blocks(qr_modules("1"))) == 13


def test_nothing_to_paint() -> None:
    assert half_blocks([], 0) == []


@pytest.mark.parametrize("text", ["", "x" * 5000])
def test_what_no_code_holds_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"QR|Data"):
        qr_modules(text)
