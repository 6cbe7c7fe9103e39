"""An address on one line: pasted, typed, hostile, and split into its parts again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.text import clean_line
from bench.workflow.address_line import BETWEEN, address_line, address_parts

MILL = "Northgate Dental, 12 Mill Road, Leeds LS1 4AB"


@pytest.mark.parametrize(
    "text",
    [
        MILL,
        "Northgate Dental\n12 Mill Road\nLeeds LS1 4AB",
        "  Northgate Dental,\r\n12  Mill Road,\r\n\r\nLeeds LS1 4AB,\r\n",
        "Northgate Dental\r12 Mill Road\rLeeds LS1 4AB",
        "Northgate Dental\u202812 Mill Road\u2028Leeds LS1 4AB",
        "Northgate Dental, , 12\tMill Road,, Leeds LS1\u200b 4AB",
    ],
)
def test_lines_become_parts(text: str) -> None:
    assert address_line(text) == MILL


def test_a_comma_inside_a_part_stays() -> None:
    assert address_line("Flat 1,2\nYork") == "Flat 1,2, York"


@pytest.mark.parametrize("text", ["", " ", "\n\r\n", ",", " , ,\n,"])
def test_nothing_is_no_address(text: str) -> None:
    assert address_line(text) == ""


@given(st.text() | st.text("a ,\n\r\x1b\u202e\u2028\x85", max_size=80))
def test_whatever_comes_is_one_clean_line_and_stays_as_it_is(text: str) -> None:
    line = address_line(text)
    assert clean_line(line, 3 * len(line)) == line
    assert address_line(line) == line
    assert BETWEEN.join(address_parts(line)) == line


def test_parts_are_lines_and_the_last_has_the_rest() -> None:
    assert address_parts("") == []
    assert address_parts("York") == ["York"]
    assert address_parts("a, b, c") == ["a", "b", "c"]
    assert address_parts("a, b, c, d", most=3) == ["a", "b", "c, d"]
