"""Numbers made before benches had letters: they are read for ever."""

from __future__ import annotations

import random

import pytest

from bench.scan.old_rma_number import old_check_letter
from bench.scan.rma_number import looks_like_number, parse_number

DIGITS = "0123456789"


@pytest.mark.parametrize(
    "text", ["26-004812-K", "26-004812-k", "R26004812K", " r26004812k ", "26-004812-K\t"]
)
def test_both_forms_are_read(text: str) -> None:
    assert parse_number(text) == "26-004812-K"
    assert not looks_like_number(text)


def test_each_single_wrong_digit_and_each_swap_changes_the_letter() -> None:
    """Proof over the digits: the letter depends on a sum, so one digit (or pair) stands for all."""
    base = "0" * 8
    for place in range(8):
        letters = {old_check_letter(base[:place] + d + base[place + 1 :]) for d in DIGITS}
        assert len(letters) == 10
    pairs = [(a, b) for a in DIGITS for b in DIGITS if a != b]
    for place in range(7):
        for a, b in pairs:
            one = base[:place] + a + b + base[place + 2 :]
            two = base[:place] + b + a + base[place + 2 :]
            assert old_check_letter(one) != old_check_letter(two)


def test_errors_in_a_sample_of_numbers() -> None:
    rng = random.Random(19)
    for _ in range(100):
        digits = f"{rng.randrange(10**8):08d}"
        letter = old_check_letter(digits)
        for place in range(8):
            for wrong in set(DIGITS) - {digits[place]}:
                text = f"R{digits[:place]}{wrong}{digits[place + 1 :]}{letter}"
                assert parse_number(text) is None
                assert looks_like_number(text)


def test_a_digit_typed_for_the_letter_is_mended() -> None:
    digits = next(d for n in range(99) if old_check_letter(d := f"26{n:06d}") == "O")
    number = f"26-{digits[2:]}-O"
    assert parse_number(number[:-1] + "0") == number
    assert parse_number(f"R{digits}0") is None


@pytest.mark.parametrize(
    "text", ["26-004812", "26004812K", "R2600481K", "26-004812-9", "٢٦-004812-K", "R260048129"]
)
def test_other_shapes(text: str) -> None:
    assert parse_number(text) is None
    assert not looks_like_number(text)


def test_a_wrong_letter_is_told_apart() -> None:
    assert looks_like_number("26-004812-B")
    assert looks_like_number("r26004812a")
    assert not looks_like_number("26-004812-5")
