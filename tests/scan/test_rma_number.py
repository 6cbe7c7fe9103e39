"""Our RMA numbers: forms, and the errors that the check letter finds."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.scan.commands import SAFE_LETTERS
from bench.scan.rma_number import (
    LETTERS,
    barcode_text,
    check_letter,
    format_number,
    looks_like_number,
    parse_number,
)


def test_the_shown_form_and_the_barcode() -> None:
    assert format_number(2026, 4812) == "26-004812-K"
    assert barcode_text("26-004812-K") == "R26004812K"


def test_letters_are_those_of_the_commands() -> None:
    assert set(LETTERS) == SAFE_LETTERS
    assert len(LETTERS) == 19


@given(st.integers(2000, 2099), st.integers(1, 999_999))
def test_both_forms_come_back(year: int, running: int) -> None:
    number = format_number(year, running)
    for text in (number, number.lower(), barcode_text(number), f" {barcode_text(number).lower()} "):
        assert parse_number(text) == number
        assert not looks_like_number(text)


@pytest.mark.parametrize("running", [0, -1, 1_000_000])
def test_running_numbers_out_of_range(running: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 999999"):
        format_number(2026, running)


def test_each_single_wrong_digit_and_each_swap_changes_the_letter() -> None:
    """Proof over the digits: the letter depends on a sum, so one digit (or pair) stands for all."""
    base = "00000000"
    for place in range(8):
        letters = {check_letter(base[:place] + d + base[place + 1 :]) for d in "0123456789"}
        assert len(letters) == 10
    pairs = [(a, b) for a in "0123456789" for b in "0123456789" if a != b]
    for place in range(7):
        for a, b in pairs:
            one = base[:place] + a + b + base[place + 2 :]
            two = base[:place] + b + a + base[place + 2 :]
            assert check_letter(one) != check_letter(two)


def test_errors_in_a_sample_of_numbers() -> None:
    rng = random.Random(19)
    for _ in range(200):
        digits = f"{rng.randrange(10**8):08d}"
        letter = check_letter(digits)
        for place in range(8):
            for wrong in set("0123456789") - {digits[place]}:
                text = f"R{digits[:place]}{wrong}{digits[place + 1 :]}{letter}"
                assert parse_number(text) is None
                assert looks_like_number(text)
        for other in set(LETTERS) - {letter}:
            assert parse_number(f"R{digits}{other}") is None


def test_a_digit_typed_for_the_letter_is_mended() -> None:
    number = next(n for n in (format_number(2026, i) for i in range(1, 99)) if n[-1] == "O")
    assert parse_number(number[:-1] + "0") == number
    assert parse_number(barcode_text(number)[:-1] + "0") is None


@pytest.mark.parametrize(
    "text", ["", "26-004812", "26004812K", "R2600481K", "26-004812-9", "٢٦-004812-K", "R260048129"]
)
def test_other_shapes(text: str) -> None:
    assert parse_number(text) is None
    assert not looks_like_number(text)


def test_a_wrong_letter_is_told_apart() -> None:
    assert looks_like_number("26-004812-B")
    assert looks_like_number("r26004812a")
    assert not looks_like_number("26-004812-5")
