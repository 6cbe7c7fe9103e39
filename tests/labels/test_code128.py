"""Code 128: each label is read back by another program, and none is longer than need be."""

from __future__ import annotations

import random
import string
import subprocess
import sys
from collections.abc import Callable

import pytest

from bench.labels.code128 import LONGEST, modules, shortest
from bench.scan.commands import Verb, code
from bench.scan.rma_number import barcode_text, format_number

Read = Callable[[str], list[str]]
AWKWARD = [
    *("9912345", "99", "991", "9" * 12, "0", "12", "123", "A1234", "12A34", "a\x1db"),
    *("\x00\x1f", "ab\x01cd\x02ef", "`\x7f ~^>", "R0123456", "00041312AB01"),
]


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_texts_are_read_back(read_bars: Read, text: str) -> None:
    assert read_bars(modules(text)) == [text]


@pytest.mark.parametrize("verb", list(Verb))
def test_each_command_is_read_back(read_bars: Read, verb: Verb) -> None:
    assert read_bars(modules(code(verb))) == [code(verb)]


def test_random_texts_are_read_back(read_bars: Read) -> None:
    rng = random.Random(128)
    alphabets = [
        string.digits,
        string.digits + "AZ-",
        string.printable,
        "".join(map(chr, range(128))),
    ]
    for _ in range(300):
        text = "".join(rng.choices(rng.choice(alphabets), k=rng.randint(1, 24)))
        assert read_bars(modules(text)) == [text]


def test_the_longest_text_is_read_back(read_bars: Read) -> None:
    assert read_bars(modules("Ab1-" * (LONGEST // 4))) == ["Ab1-" * (LONGEST // 4)]


def test_our_numbers_are_short_enough_for_a_small_label(read_bars: Read) -> None:
    text = barcode_text(format_number("BK", 4812))
    assert read_bars(modules(text)) == [text]
    # Start, R, eight letters, check symbol, stop.
    assert len(modules(text)) == 11 * 11 + 13


def test_the_same_text_gives_the_same_bars() -> None:
    assert modules("9912345A") == modules("9912345A")
    assert set(modules("X")) == {"0", "1"}


def symbols_at_most(text: str) -> int:
    """Symbols of the plain way: code set C for a text of pairs, otherwise B throughout."""
    return 1 + (len(text) // 2 if text.isdigit() and len(text) % 2 == 0 else len(text))


def test_no_text_needs_more_symbols_than_the_plain_way() -> None:
    rng = random.Random(15417)
    for _ in range(300):
        text = "".join(rng.choices("0123456789AZaz-", k=rng.randint(1, 20)))
        assert len(shortest(text)) <= symbols_at_most(text)
    assert len(shortest("A12345")) == 6
    assert len(shortest("a\x01b")) == 5


@pytest.mark.parametrize("text", ["", "x" * (LONGEST + 1), "ñ", "é", "\u2013"])
def test_what_the_code_cannot_carry_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="barcode"):
        modules(text)


def test_the_library_is_loaded_only_when_needed() -> None:
    probe = (
        "import sys, bench.labels.sheet, bench.labels.qr; "
        "sys.exit(any(m.split('.')[0] in ('barcode', 'segno') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0
