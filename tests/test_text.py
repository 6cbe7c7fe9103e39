"""The one door for foreign text: nothing that comes through it can steer a terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.text import clean_line, clean_text, printable

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ZERO_WIDTH = "\u200b\u2060\ufeff"
POISON = {
    "clear the screen": "\x1b[2J\x1b[H",
    "window title": "\x1b]0;owned\x07",
    "hyperlink": "\x1b]8;;http://x.invalid\x1b\\click\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;cm0gLXJm\x07",
    "device report": "\x1b[6n\x1b[c",
    "C1 introducer": "\x9b2J",
    "C1 operating system command": "\x9d0;owned\x9c",
    "bell": "\x07" * 50,
    "backspaces": "ok\x08\x08no",
    "carriage return": "real\rfake",
    "vertical and form feed": "a\x0bb\x0cc",
    "bidi override": "invoice\u202efdp.exe",
    "bidi isolates": "\u2066a\u2067b\u2069",
    "line separator": "a\u2028b\u2029c",
    "next line": "a\x85b",
    "zero width": "a\u200bb\ufeffc\u2060d",
    "annotation": "\ufff9a\ufffab\ufffb",
    "lone surrogate": "a\ud800b\udfffc",
    "NUL": "a\x00b",
    "delete": "a\x7fb",
    "tabs": "a\tb\t\tc",
    "escape alone": "\x1b",
}
TEXTS = st.text(st.characters(exclude_categories=())) | st.text(
    st.sampled_from("ab\t\n\r\x1b\x07\x9b\x7f\x85 é\u0301" + BIDI + ZERO_WIDTH + "\ud800\u2028")
)


def is_harmless(text: str) -> bool:
    """No control, no line end, no surrogate, nothing that turns the writing direction."""
    kinds = {unicodedata.category(character) for character in text}
    return not kinds & {"Cc", "Cs", "Zl", "Zp"} and not set(text) & set(BIDI + ZERO_WIDTH)


@given(TEXTS)
@example("".join(POISON.values()))
def test_printable_is_harmless_whatever_comes(text: str) -> None:
    shown = printable(text)
    assert is_harmless(shown)
    shown.encode("utf-8")
    assert printable(shown) == shown


@pytest.mark.parametrize("name", POISON)
def test_every_poison_is_harmless(name: str) -> None:
    text = POISON[name]
    assert is_harmless(printable(text))
    assert is_harmless(clean_line(text))
    assert all(is_harmless(line) for line in clean_text(text).split("\n"))


def test_printable_shows_what_was_there() -> None:
    assert printable("\x1b[2J") == "␛[2J"
    assert printable("a\x00b\nc\x7f") == "a␀b␊c␡"
    assert printable("ab\tc") == "ab      c"
    assert printable("pdf\u202e") == "pdf�"
    assert printable("a\ud800b") == "a�b"


def test_printable_leaves_good_text_alone() -> None:
    for text in ("805EC0A1B2C3", "Köln, 東京 · [bold]x[/]", "👩‍🔧", ""):
        assert printable(text) == text


@given(TEXTS, st.integers(1, 40))
def test_clean_line_is_one_short_harmless_line(text: str, limit: int) -> None:
    line = clean_line(text, limit)
    assert is_harmless(line)
    assert len(line) <= limit
    assert line == line.strip()
    assert "  " not in line
    assert unicodedata.is_normalized("NFC", line)


@given(TEXTS)
@example("a \u200b b")
@example("e\u200b\u0301")
def test_clean_line_of_a_clean_line_is_the_same(text: str) -> None:
    line = clean_line(text)
    assert clean_line(line) == line


def test_clean_line_keeps_the_words() -> None:
    assert clean_line("  no\tboot\r\nsince  Monday ") == "no boot since Monday"
    assert clean_line("cafe\u0301") == "café"
    assert clean_line("x" * 500, 80) == "x" * 80


@given(TEXTS, st.integers(1, 60))
def test_clean_text_keeps_line_breaks_only(text: str, limit: int) -> None:
    cleaned = clean_text(text, limit)
    assert len(cleaned) <= limit
    assert all(is_harmless(line) for line in cleaned.split("\n"))


def test_clean_text_knows_every_line_end() -> None:
    assert clean_text(" one\r\ntwo \rthree\n\nfive ") == "one\ntwo\nthree\n\nfive"


def test_ten_thousand_characters_are_quick_and_cut() -> None:
    assert len(clean_line("ab " * 5000, 200)) <= 200
    assert len(clean_text("line\n" * 5000, 4000)) <= 4000


@given(TEXTS | st.text(st.characters(max_codepoint=0x7F)), st.integers(1, 12))
def test_plain_text_is_cleaned_as_any_other(text: str, limit: int) -> None:
    """The short way for printable ASCII gives what the long one does."""
    kept = text[: limit * 4].encode("utf-8", "replace").decode()
    kept = "".join(c for c in kept if c.isspace() or printable(c) == c)
    long_way = " ".join(unicodedata.normalize("NFC", kept).split())[:limit].strip()
    assert clean_line(text, limit) == long_way
