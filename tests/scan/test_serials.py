"""Serials: the compared form, near matches and MAC addresses."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.scan.serials import (
    canonical,
    difference,
    fold,
    is_serial,
    mac_of,
    near_candidates,
    without_aim,
)


@pytest.mark.parametrize(
    ("scanned", "compared"),
    [
        ("  jn12 34-aB\t", "JN1234-AB"),
        ("00041312Ab01", "00041312AB01"),
        ("ＪＮ１２", "JN12"),
        ("JN\u200b12\ufeff\x1d\x00", "JN12"),
        ("OI01", "OI01"),
        ("", ""),
    ],
)
def test_canonical(scanned: str, compared: str) -> None:
    assert canonical(scanned) == compared


@given(st.text())
def test_canonical_is_stable(text: str) -> None:
    once = canonical(text)
    assert canonical(once) == once
    assert not any(c.isspace() for c in once)


def test_canonical_is_stable_for_every_character() -> None:
    for point in range(sys.maxunicode + 1):
        once = canonical(f"A{chr(point)}")
        assert canonical(once) == once


def test_fold_joins_what_people_mix_up() -> None:
    assert fold("8o5-LI0/a.b:c–d") == fold("805 1i O A B C D") == "805110ABCD"


@pytest.mark.parametrize(
    ("scanned", "stored"),
    [
        ("FOC2134X0AB", "foc 2134-xoab"),
        ("SFOC2134X0AB", "FOC2134X0AB"),
        ("SN:FOC2134X0AB", "FOC2134X0AB"),
        ("S/N: FOC2134X0AB", "FOC2134X0AB"),
        ("SN FOC2134X0AB", "FOC2134X0AB"),
        ("FOC2134X0ABFOC2134X0AB", "FOC2134X0AB"),
        ("SN1234SN1234", "1234"),
    ],
)
def test_near_candidates_hold_the_stored_one(scanned: str, stored: str) -> None:
    assert fold(stored) in near_candidates(scanned)


def test_near_candidates_say_nothing_twice_and_nothing_short() -> None:
    assert near_candidates("S12") == ("S12",)
    assert near_candidates("") == ()
    assert near_candidates("ABAB") == ("ABAB",)


@given(st.text(), st.text())
def test_difference_gives_the_second_text_back(a: str, b: str) -> None:
    runs = difference(a, b)
    assert "".join(run for run, _ in runs) == b
    assert all(run for run, _ in runs)
    if a == b:
        assert not any(differs for _, differs in runs)


def test_difference_marks_what_differs() -> None:
    assert difference("805EC0", "8O5EC0") == [("8", False), ("O", True), ("5EC0", False)]
    assert difference("12345", "1234X5") == [("1234", False), ("X", True), ("5", False)]


@pytest.mark.parametrize("text", ["ABC", "0004 1312", "x" * 64, "JN12-34", "BENC1"])
def test_serials(text: str) -> None:
    assert is_serial(text)


@pytest.mark.parametrize(
    "text", ["", "AB", "x" * 65, "---", "benchOK", "B E N C H 1", "\x1d\x1e\x04"]
)
def test_no_serials(text: str) -> None:
    assert not is_serial(text)


@pytest.mark.parametrize(
    "text",
    [
        "805ec0a1b2c3",
        "80:5E:C0:A1:B2:C3",
        "80-5e-c0-a1-b2-c3",
        "80 5E C0 A1 B2 C3",
        "805e.c0a1.b2c3",
        "805e-c0a1-b2c3",
        "805EC0-A1B2C3",
        " 805EC0A1B2C3 ",
    ],
)
def test_macs(text: str) -> None:
    assert mac_of(text) == "805EC0A1B2C3"


@pytest.mark.parametrize(
    "text", ["", "805EC0A1B2C", "80:5E-C0:A1:B2:C3", "805EC0A1B2CG", "805EC0A1B2C3D4", "８:0"]
)
def test_no_macs(text: str) -> None:
    assert mac_of(text) is None


def test_twelve_decimal_digits_count_as_a_mac() -> None:
    assert mac_of("312345678901") == "312345678901"


def test_aim_identifier() -> None:
    assert without_aim("]C1ABC") == ("ABC", "]C1")
    assert without_aim("ABC]C1") == ("ABC]C1", "")


TEXTS = st.text() | st.from_regex(r"[ ]?[0-9A-Za-z:.\- ]{0,70}", fullmatch=True)


@given(TEXTS)
@example("BENCHOK")
@example("bench1")
@example("A1")
@example("9" * 65)
def test_the_short_ways_for_plain_serials_give_what_the_long_ones_do(text: str) -> None:
    """A space in front is no part of a serial, and makes it go the long way."""
    assert canonical(text) == canonical(" " + text)
    assert fold(text) == fold(" " + text)
    assert is_serial(text) == is_serial(" " + text)
    key = canonical(text)
    ours = key.startswith(("BENCH", "CONSOLE", "PRINTER")) or re.fullmatch("PERSON[A-Z]*", key)
    signs = any(c.isalnum() for c in key) and key.isprintable() and not ours
    assert is_serial(text) == (signs and 3 <= len(key) <= 64)


@given(st.from_regex(r"[0-9A-Fa-fg]{11,13}", fullmatch=True))
def test_a_plain_mac_is_what_it_is_in_pairs(text: str) -> None:
    pairs = ":".join(text[n : n + 2] for n in range(0, len(text), 2))
    assert mac_of(text) == mac_of(pairs)
