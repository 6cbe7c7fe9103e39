"""The sheet of codes: read back from its pages, with the distances that a scanner needs."""

from __future__ import annotations

from itertools import groupby

import pytest

from bench.labels.bitmap import Bitmap
from bench.labels.sheet import (
    BAR_HEIGHT,
    CLEAR,
    DPI,
    MARGIN,
    MODULE_DOTS,
    PAPERS,
    sheet_pages,
)
from bench.scan.commands import WORDS, Verb, code
from bench.scan.scanner_check import TEST_CODE
from tests.labels.pages import Seen, codes_on, dots, ink

QUIET = 10 * MODULE_DOTS
GROUPS = [
    ("On every screen", [(code(verb), WORDS[verb]) for verb in list(Verb)[:9]]),
    ("Answers & <outcomes>", [(code(verb), WORDS[verb]) for verb in list(Verb)[9:20]]),
    ("Scanner check", [(TEST_CODE, "the test code")]),
]
PIXELS = DPI / 25.4
"""Dots of a millimetre."""


@pytest.fixture(scope="module", params=list(PAPERS))
def paper(request: pytest.FixtureRequest) -> str:
    """Each paper."""
    return str(request.param)


@pytest.fixture(scope="module")
def pages(paper: str) -> list[Bitmap]:
    """The pages of GROUPS on it."""
    return sheet_pages("bench: codes", GROUPS, paper)


@pytest.fixture(scope="module")
def seen(pages: list[Bitmap]) -> list[list[Seen]]:
    """The codes of each page."""
    return [codes_on(page) for page in pages]


def test_each_code_is_read_back_in_its_order(seen: list[list[Seen]]) -> None:
    wanted = [text for _, codes in GROUPS for text, _ in codes]
    assert [one.text for page in seen for one in page] == wanted


def test_pages_are_as_large_as_the_paper(pages: list[Bitmap], paper: str) -> None:
    assert len(pages) == 2
    width, height = PAPERS[paper]
    for page in pages:
        assert page.dpi == DPI
        assert page.width / PIXELS == pytest.approx(width, abs=0.05)
        assert page.height / PIXELS == pytest.approx(height, abs=0.05)


def test_bars_are_whole_modules_of_a_third_of_a_millimetre(
    pages: list[Bitmap], seen: list[list[Seen]]
) -> None:
    assert MODULE_DOTS / PIXELS >= 0.33
    for page, codes in zip(pages, seen, strict=True):
        for one in codes:
            row = dots(page, one.top)[one.left : one.right]
            widths = {len(list(run)) for _, run in groupby(row)}
            assert widths <= {MODULE_DOTS * n for n in (1, 2, 3, 4)}
            tall = one.bottom - one.top
            assert tall / PIXELS == pytest.approx(BAR_HEIGHT, abs=0.1)


def test_codes_keep_their_distance_and_stay_within_the_margins(
    pages: list[Bitmap], seen: list[list[Seen]]
) -> None:
    clear, margin = CLEAR * PIXELS, MARGIN * PIXELS
    for page, codes in zip(pages, seen, strict=True):
        for number, one in enumerate(codes):
            assert one.left - QUIET >= margin - 1
            assert one.right + QUIET <= page.width - margin + 1
            assert one.bottom <= page.height - margin + 1
            for other in codes[:number]:
                apart = max(one.left - other.right, other.left - one.right) - 2 * QUIET
                assert apart >= clear - 1 or one.top - other.bottom >= clear - 1


def test_quiet_zones_are_white(pages: list[Bitmap], seen: list[list[Seen]]) -> None:
    for page, codes in zip(pages, seen, strict=True):
        for one in codes:
            for y in (one.top, (one.top + one.bottom) // 2, one.bottom - 1):
                row = dots(page, y)
                assert not any(row[one.left - QUIET : one.left])
                assert not any(row[one.right : one.right + QUIET])


def test_words_stand_above_and_the_text_below(pages: list[Bitmap], seen: list[list[Seen]]) -> None:
    """Ink there, that ends before the bars and begins after them."""
    for page, codes in zip(pages, seen, strict=True):
        for one in codes:
            above = ink(page, one.left, one.top - 90, one.right, one.top)
            below = ink(page, one.left, one.bottom, one.right, one.bottom + 60)
            assert above is not None
            assert below is not None
            assert above[3] < 90
            assert below[1] > 0


def test_a_long_code_gets_a_row_of_its_own() -> None:
    group = [("BENCHOK", "yes"), ("ABCDEFGHIJKLMNOPQRSTUVWX", "long")]
    first, second = codes_on(sheet_pages("bench", [("One", group)])[0])
    assert first.left == second.left
    assert second.top > first.bottom


def test_two_of_the_longest_that_stand_side_by_side_are_far_enough_apart() -> None:
    longest = [("BENCH" + "O" * 8, "one"), ("BENCH" + "K" * 8, "two")]
    one, two = codes_on(sheet_pages("bench", [("One", longest)])[0])
    assert one.top == two.top
    assert two.left - one.right - 2 * QUIET >= CLEAR * PIXELS - 1


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="wider than 180 mm"):
        sheet_pages("bench", [("One", [("A-" * 30, "long")])])
    with pytest.raises(ValueError, match="cannot carry"):
        sheet_pages("bench", [("One", [("ñ", "x")])])


@pytest.mark.parametrize("nasty", ["\x1b[2J\u202e\x00\ud800\uffff", "word " * 400, "😀" * 9, " "])
def test_foreign_text_breaks_neither_the_page_nor_its_codes(nasty: str) -> None:
    (page,) = sheet_pages(nasty, [(nasty, [("BENCHOK", nasty), ('A"<&', nasty)])])
    assert [one.text for one in codes_on(page)] == ["BENCHOK", 'A"<&']


def test_the_same_sheet_is_the_same_dots(pages: list[Bitmap], paper: str) -> None:
    assert sheet_pages("bench: codes", GROUPS, paper) == pages


@pytest.mark.parametrize("groups", [[], [("Nothing", [])]])
def test_an_empty_sheet_is_one_page(groups: list[tuple[str, list[tuple[str, str]]]]) -> None:
    (page,) = sheet_pages("bench", groups)
    assert not codes_on(page)


def test_a_group_that_goes_on_says_so_on_the_next_page() -> None:
    """Its heading stands there again, at the same place and with more after it."""
    rows = [("BENCHOK", "yes")] * 20
    pages = sheet_pages("bench", [("Ship", rows)])
    heading = (round(MARGIN * PIXELS), round((MARGIN + 15) * PIXELS), 2000, 440)
    first, second = (ink(page, *heading) for page in pages)
    assert first is not None
    assert second is not None
    assert first[:2] == second[:2]
    assert second[2] > first[2] * 3
    assert sum(len(codes_on(page)) for page in pages) == 20
