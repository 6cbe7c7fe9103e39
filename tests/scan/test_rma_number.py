"""Our RMA numbers: forms, the errors that the check letter finds, and every keyboard layout."""

from __future__ import annotations

import random
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.scan.commands import SAFE_LETTERS
from bench.scan.label import LabelKind, classify
from bench.scan.layouts import load_layouts
from bench.scan.rma_number import (
    LAST,
    LETTERS,
    barcode_text,
    bench_letters,
    check_letter,
    format_number,
    is_bench_letters,
    looks_like_number,
    number_start,
    parse_number,
)
from bench.scan.serials import canonical

LAYOUTS = load_layouts(Path(__file__).parents[2] / "data" / "layouts.toml")
PAIRS = sorted(bench_letters("Bench 2"))
VOWELS_AND_MOVED = "AEIMOQUWYZ"

numbers = st.builds(format_number, st.sampled_from(PAIRS), st.integers(1, LAST))


def sample(how_many: int) -> list[str]:
    """Numbers of all benches, as shown without the dash."""
    rng = random.Random(7)
    made = (format_number(rng.choice(PAIRS), rng.randint(1, LAST)) for _ in range(how_many))
    return [number.replace("-", "") for number in made]


def forms(eight: str) -> tuple[str, str, str]:
    """As shown, as eight letters, and as the barcode has it."""
    return f"{eight[:4]}-{eight[4:]}", eight, f"R{eight}"


# --- forms


def test_the_shown_form_and_the_barcode() -> None:
    """These are on labels: how a number comes about may never change."""
    assert format_number("BK", 1) == "BKVL-VRFV"
    assert format_number("BK", 4812) == "BKDG-SPGV"
    assert barcode_text("BKVL-VRFV") == "RBKVLVRFV"
    assert barcode_text("26-004812-K") == "R26004812K"


def test_letters_are_of_those_that_no_layout_moves() -> None:
    assert set(LETTERS) < SAFE_LETTERS
    assert len(set(LETTERS)) == len(LETTERS) == 16


@given(numbers)
def test_every_form_comes_back(number: str) -> None:
    for text in (*forms(number.replace("-", "")), f"R{number}"):
        for seen in (text, text.lower(), text.title(), f" {text}\r"):
            assert parse_number(seen) == number
            assert not looks_like_number(seen)
    assert len(number) == 9
    assert len(barcode_text(number)) == 9


@pytest.mark.parametrize("running", [0, -1, LAST + 1])
def test_running_numbers_out_of_range(running: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 1048575"):
        format_number("BK", running)


@pytest.mark.parametrize("letters", ["", "B", "BKD", "bk", "BA", "RB", "BK\n"])
def test_letters_that_no_bench_has(letters: str) -> None:
    with pytest.raises(ValueError, match="no bench has the letters"):
        format_number(letters, 1)


# --- the check letter


def test_the_check_letter_is_linear() -> None:
    """The letter for a sum of two numbers (letter by letter) is the sum of their letters, so one
    number stands for all of them below."""
    rng = random.Random(16)
    for _ in range(2000):
        a, b = ([rng.randrange(16) for _ in range(7)] for _ in range(2))
        both = [x ^ y for x, y in zip(a, b, strict=True)]
        assert value_of(both) == value_of(a) ^ value_of(b)


def value_of(values: list[int]) -> int:
    """The value of the check letter."""
    return LETTERS.index(check_letter("".join(LETTERS[value] for value in values)))


def test_every_wrong_letter_and_every_exchange_changes_the_letter() -> None:
    """With the test above this is the proof, for all numbers: an error alone never adds up to 0."""
    for place, error in product(range(7), range(1, 16)):
        assert value_of([error if at == place else 0 for at in range(7)]) != 0
    for error in range(1, 16):
        exchanged = list(combinations(range(7), 2))
        for one, two in exchanged:
            assert value_of([error if at in (one, two) else 0 for at in range(7)]) != 0
        for place in range(7):  # with the check letter itself
            assert value_of([error if at == place else 0 for at in range(7)]) != error


def test_no_error_in_one_place_reads_as_a_number() -> None:
    """Every other letter of the alphabet and every digit in every place, in all three forms."""
    for eight in sample(60):
        for place, wrong in product(range(8), LETTERS + VOWELS_AND_MOVED + "0123456789"):
            if wrong == eight[place]:
                continue
            for text in forms(eight[:place] + wrong + eight[place + 1 :]):
                read = parse_number(text)
                assert read in (None, forms(eight)[0]), (eight, text)
                assert read is None or wrong in "568"


def test_no_exchange_of_neighbours_reads_as_a_number() -> None:
    for eight in sample(2000):
        for place in range(7):
            a, b = eight[place], eight[place + 1]
            if a != b:
                swapped = eight[:place] + b + a + eight[place + 2 :]
                shown, alone, barcode = forms(swapped)
                assert parse_number(shown) is parse_number(alone) is parse_number(barcode) is None
                assert looks_like_number(shown)
                assert looks_like_number(barcode)


def test_a_letter_lost_or_doubled_reads_as_no_number() -> None:
    for eight in sample(2000):
        for text in forms(eight):
            for place, letter in enumerate(text):
                if letter == "-" or (text.startswith("R") and place == 0):
                    continue
                assert parse_number(text[:place] + text[place + 1 :]) is None, text
                assert parse_number(text[:place] + letter + text[place:]) is None, text


def test_one_digit_typed_for_a_letter_is_mended_and_two_are_not() -> None:
    """Only as it is shown, and only where the letter that it looks like is the right one."""
    number = "BSGB-" + "SBB" + check_letter("BSGBSBB")
    assert parse_number("B5GB-SBB" + number[-1]) == number
    assert parse_number("BSGB-S8B" + number[-1]) == number
    assert parse_number("BSGB-SBB" + number[-1] + "\r") == number
    assert parse_number("B56B-SBB" + number[-1]) is None
    assert parse_number("RB5GBSBB" + number[-1]) is None
    assert parse_number("B5GBSBB" + number[-1]) is None
    assert not looks_like_number("B5GB-SBBK")


# --- what is no number


@pytest.mark.parametrize(
    "text",
    [
        *("", "R", "BKDC", "BKDC-FGH", "RBKDCFGH", "BKD-CFGHX", "BKDC FGHX", "BKDC--FGHX"),
        *("BBBB-BBBBB", "PRINTERB", "CONSOLEB", "BENCHOK", "3146019", "1234-5678", "ßKD-CFGHX"),
        *("BKDC-FGHI", "RBKDCFGHM", "\u212aBKDCFGH", "BKDC-FGHX extra"),
    ],
)
def test_other_shapes(text: str) -> None:
    assert parse_number(text) is None
    assert not looks_like_number(text)


def test_a_wrong_letter_is_told_apart() -> None:
    eight = format_number("BK", 1).replace("-", "")
    wrong = eight[:-1] + next(letter for letter in LETTERS if letter != eight[-1])
    shown, alone, barcode = forms(wrong)
    assert looks_like_number(shown.lower())
    assert looks_like_number(barcode)
    assert not looks_like_number(alone), "eight letters may be a serial"
    assert looks_like_number("RRBKDCFGH"), "no bench has these letters"


# --- running numbers


def test_no_number_comes_twice_and_neighbours_look_nothing_alike() -> None:
    """No two of nine in a row share a running letter in the same place, of sixty at most one."""
    made = [format_number("BK", running).replace("-", "")[2:7] for running in range(1, 30_000)]
    assert len(set(made)) == len(made)
    for apart in range(1, 60):
        for one, other in zip(made[:2000], made[apart:], strict=False):
            alike = sum(a == b for a, b in zip(one, other, strict=True))
            assert alike <= (0 if apart < 9 else 1)


def test_first_and_last_of_a_bench() -> None:
    ends = {format_number("XX", running) for running in (1, 2, LAST - 1, LAST)}
    assert len(ends) == 4
    assert "XXBB-BBBB" not in ends


# --- letters of benches


def test_a_station_tries_each_pair_once() -> None:
    tried = list(bench_letters("Bench 2"))
    assert len(tried) == len(set(tried)) == 240
    assert not [pair for pair in tried if pair.startswith("R")]
    assert tried == list(bench_letters("Bench 2"))


def test_first_letters_are_fixed_by_the_name() -> None:
    """On every machine and in every run: Python's own hash would not do."""
    names = ("Bench 1", "Bench 2", "Dock 2", "Größe 株", "\ud800", "")
    assert [next(bench_letters(name)) for name in names] == ["XX", "HX", "PF", "TK", "ND", "FG"]


def test_first_letters_are_spread() -> None:
    firsts = [next(bench_letters(f"station {n}")) for n in range(2400)]
    counts = [firsts.count(pair) for pair in PAIRS]
    assert min(counts) >= 1
    assert max(counts) <= 30


# --- scanned on a computer with another keyboard


@pytest.mark.parametrize("layout", LAYOUTS.entries, ids=lambda layout: layout.name)
def test_the_barcode_arrives_whole_through_every_layout(layout: object) -> None:
    states = [state for state in LAYOUTS.states() if state[0] is layout]
    assert len(states) > 2
    for eight in [*sample(40), LETTERS[:8], LETTERS[8:]]:
        number = eight[:7] + check_letter(eight[:7])
        for one, caps, rule in states:
            arrived = one.typed(f"R{number}", caps, rule)
            label = classify(arrived)
            if not number.startswith("R"):
                shown = f"{number[:4]}-{number[4:]}"
                assert (label.kind, label.value) == (LabelKind.RMA_NUMBER, shown)
            assert canonical(arrived) == f"R{number}"


@pytest.mark.parametrize(
    ("typed", "start"),
    [
        ("bk", "BK"),
        ("BKDC", "BKDC"),
        ("bkdcf", "BKDC-F"),
        ("RBKDCFGHX", "BKDC-FGHX"),
        ("bkdc-f", "BKDC-F"),
        ("26-0048", "26-0048"),
        ("Yealink", "YEALINK"),
    ],
)
def test_the_beginning_of_a_number_is_found_without_its_dash(typed: str, start: str) -> None:
    assert number_start(typed) == start


def test_which_letters_a_bench_may_have() -> None:
    assert all(is_bench_letters(pair) for pair in bench_letters("Bench 2"))
    assert not any(map(is_bench_letters, ("", "B", "BKD", "RB", "BA", "b k", "bk")))
