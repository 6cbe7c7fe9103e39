"""Console bytes as text: nothing acts, nothing vanishes, patterns see what a person would."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.evidence.safe_text import plain, plain_line, shown, shown_line
from tests.evidence.console_poison import POISON, acting

PIECES = st.lists(st.one_of(st.sampled_from(POISON), st.binary(max_size=8)), max_size=12)


@pytest.mark.parametrize("poison", POISON)
def test_no_poison_acts(poison: bytes) -> None:
    """Alone, between words, and cut off anywhere."""
    whole = b"before " + poison + b" after"
    for data in (poison, whole, *(whole[:length] for length in range(7, len(whole)))):
        assert acting(shown(data).replace("\n", "")) == set()
        assert acting(plain(data).replace("\n", "")) == set()


@settings(max_examples=300, deadline=None)
@given(PIECES)
@example([b"\x1b", b"\x1b[m", b"]0;x\x07"])
@example([b"a\tb\x1b[0m\t", b"\xe2\x80", b"\xae"])
def test_any_mixture(pieces: list[bytes]) -> None:
    """Nothing acts, a line stays a line, and sequences lie where they are said to lie."""
    data = b"".join(pieces)
    for text in (shown(data), plain(data)):
        assert acting(text.replace("\n", "")) == set()
        assert text.count("\n") == data.count(b"\n")
    for line in data.split(b"\n"):
        told = shown_line(line)
        end = 0
        for begin, stop in told.sequences:
            assert end <= begin < stop <= len(told.text)
            end = stop


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=200))
def test_printable_ascii_stays_as_it_is(text: str) -> None:
    """What nearly all of a console is."""
    assert plain_line(text.encode()) == text == shown_line(text.encode()).text


def test_sequences_are_seen() -> None:
    """As text, with their places."""
    told = shown_line(b"a\x1b]0;pwned\x07b\x1b[1mc")
    assert told.text == "a␛]0;pwned␇b␛[1mc"
    assert [told.text[begin:end] for begin, end in told.sequences] == ["␛]0;pwned␇", "␛[1m"]


def test_tabs_count_from_the_beginning_of_the_line() -> None:
    """Sequences and pictures take cells too, where they are shown."""
    assert shown_line(b"a\tb").text == "a       b"
    assert shown_line(b"\x1b[m\tb").text == "␛[m     b"
    assert plain_line(b"\x1b[m\tb") == "        b"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"enable \x1b[1msecret", "enable secret"),
        (b"enable \x9b1msecret", "enable secret"),
        (b"enable \xc2\x9b1msecret", "enable secret"),
        (b"enable \x1b[1\x07msecret", "enable secret"),
        (b"enable \x1b\x00[1msecret", "enable secret"),
        (b"enable sec\x1b(Bret", "enable secret"),
        (b"enable sec\x00ret", "enable secret"),
        (b"enable sec\xe2\x80\x8bret", "enable secret"),
        (b"enable sec\x1b]0;title\x07ret", "enable secret"),
        (b"enable sec\x1b]P0112233ret", "enable secret"),
        (b"enable sex\b \bcret", "enable secret"),
        (b"enable sex\x1b[D\x1b[Kcret", "enable secret"),
        (b"[\x1b[0;32m  OK  \x1b[0m] Started.\r", "[  OK  ] Started."),
        (b"\x1b[5;10HSerial: 12\x1b[6;10HModel", " Serial: 12 Model"),
    ],
)
def test_plain_is_what_a_terminal_leaves(data: bytes, text: str) -> None:
    """So that patterns find secrets and serials through colours, titles and corrections."""
    assert plain_line(data) == text


def test_nothing_vanishes_behind_a_string_without_end() -> None:
    """Nor behind a carriage return, nor by backspaces that nothing is written over."""
    assert "Kernel panic" in plain_line(b"\x1b]0;Kernel panic")
    assert plain_line(b"\rsafe\rEVIL\r\r") == "safe EVIL"
    assert shown_line(b"safe\rEVIL\r").text == "safe␍EVIL"
    assert plain_line(b"Kernel panic" + b"\b" * 40) == "Kernel panic"


def test_bytes_that_are_no_letters() -> None:
    """They can be read off."""
    assert shown_line(b"\xff\xc3\xa9\x80").text == "\\xffé\\x80"
    assert plain_line(b"\xff\xc3\xa9\x80") == "\\xffé\\x80"
