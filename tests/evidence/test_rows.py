"""Rows: the prefilter never loses a line that a pattern would find; bad rows are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.datafile import DataError, Table
from bench.evidence.rows import Prefilter, Row, prove, read_row

GOOD = {
    "id": "one",
    "needs": ["panic"],
    "pattern": "Kernel panic",
    "example": "[1.0] Kernel panic - not syncing",
    "counter_example": "kernel.panic = 10",
}


def row(**changes: object) -> Row:
    """A row as a file would give it."""
    entry = Table(Path("test.toml"), GOOD | changes)
    made = read_row(entry)
    prove(entry, made)
    return made


def numbers(rows: list[Row], texts: list[str]) -> list[tuple[int, list[str]]]:
    """Line numbers and ids of rows that the prefilter lets through."""
    found = Prefilter(rows).candidates(texts)
    return [(place, [one.id for one in those]) for place, those in found]


def test_only_lines_with_the_words_come_through_in_order_of_lines_and_rows() -> None:
    rows = [row(), row(id="two", needs=["kernel", "oops"])]
    texts = ["quiet", "PANIC: 3", "kernel:panic!", "panics", "", "oops2"] * 40
    found = numbers(rows, texts)
    assert found[:3] == [(1, ["one"]), (2, ["one", "two"]), (5, ["two"])]
    assert len(found) == 3 * 40


def test_also_asks_for_one_more_word() -> None:
    rows = [row(also=["not", "syncing"])]
    assert numbers(rows, ["kernel panic", "panic: not at the disco", "syncing"]) == [(1, ["one"])]


def test_a_line_end_or_strange_letters_in_a_line_shift_nothing() -> None:
    texts = ["a\nb\nc", "ünï␀panic", "\ud800 panic", "panic"]
    assert [place for place, _ in numbers([row()], texts)] == [1, 2, 3]


@given(st.lists(st.text(alphabet="panic PANIC-3\n␀", max_size=12), max_size=150))
def test_the_prefilter_is_the_same_as_looking_at_each_line(texts: list[str]) -> None:
    def has_word(text: str) -> bool:
        plain = "".join(c if c.isascii() and c.isalpha() else " " for c in text).lower()
        return "panic" in plain.split()

    expected = [place for place, text in enumerate(texts) if has_word(text)]
    assert [place for place, _ in numbers([row()], texts)] == expected


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"id": ""}, "id"),
        ({"needs": []}, "needs"),
        ({"needs": ["Panic"]}, "needs"),
        ({"needs": ["eth0"]}, "needs"),
        ({"needs": ["oops"]}, "needs"),
        ({"also": ["a b"]}, "also"),
        ({"also": ["syncs"]}, "needs"),
        ({"pattern": "Kernel ("}, "pattern"),
        ({"pattern": "Kernel.*panic"}, "pattern"),
        ({"pattern": r"\d+ panic"}, "pattern"),
        ({"pattern": "Kernel panics"}, "example"),
        ({"counter_example": "Kernel panic!"}, "counter_example"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_by_its_key(
    changes: dict[str, object], key: str
) -> None:
    with pytest.raises(DataError) as raised:
        row(**changes)
    assert raised.value.key == key


def test_an_endless_repeat_is_right_at_the_end_or_behind_the_beginning() -> None:
    assert row(pattern=r"Kernel panic.*").pattern.pattern == r"Kernel panic.*"
    assert row(pattern=r"^\[[\d.]+\] Kernel panic").id == "one"
