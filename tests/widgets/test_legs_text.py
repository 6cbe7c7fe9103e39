"""Days in words, and lines that are cut between words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from bench.policy.clocks import DayKind
from bench.text import printable
from bench.widgets.legs_text import fit, left_style, left_words, wrapped


@pytest.mark.parametrize(
    ("days", "unit", "words", "style"),
    [
        (3, DayKind.CALENDAR, "3 days left", "$quiet"),
        (2, DayKind.CALENDAR, "2 days left", "bold $hold"),
        (1, DayKind.BUSINESS, "1 business day left", "bold $hold"),
        (0, DayKind.CALENDAR, "due today", "bold $hold"),
        (-1, DayKind.CALENDAR, "1 day late", "bold $refused"),
        (-2, DayKind.BUSINESS, "2 business days late", "bold $refused"),
    ],
)
def test_days_left(days: int, unit: DayKind, words: str, style: str) -> None:
    """The last day itself is in time."""
    assert left_words(days, unit) == words
    assert left_style(days) == style


def test_cut_between_words() -> None:
    """Unless hardly anything would be left."""
    assert fit("the defective unit, is here", 27) == "the defective unit, is here"
    assert fit("the defective unit, is here", 21) == "the defective unit…"
    assert fit("the defective unit, is here", 19) == "the defective unit…"
    assert fit("V" * 30, 10) == "V" * 9 + "…"
    assert wrapped("one two three four five six", 9, 2) == ["one two", "three…"]
    assert wrapped("", 9, 2) == []


@settings(max_examples=200)
@given(st.text(max_size=60), st.integers(0, 40), st.integers(1, 4))
def test_nothing_is_wider_than_its_room(text: str, width: int, limit: int) -> None:
    """Wide and combining characters too."""
    shown = printable(text)
    assert cell_len(fit(shown, width)) <= max(width, 0)
    if width >= 2:
        lines = wrapped(shown, width, limit)
        assert len(lines) <= limit
        assert all(cell_len(line) <= width for line in lines)
