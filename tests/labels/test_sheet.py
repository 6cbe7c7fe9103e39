"""The sheet of codes: read back from its SVG, with the distances that a scanner needs."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from bench.labels.sheet import BAR_HEIGHT, CLEAR, HEIGHT, MARGIN, MODULE, QUIET, WIDTH, sheet_svg
from bench.scan.commands import WORDS, Verb, code

Read = Callable[[str], list[str]]
SVG = "{http://www.w3.org/2000/svg}"
GROUPS = [
    ("On every screen", [(code(verb), WORDS[verb]) for verb in list(Verb)[:8]]),
    ("Answers & <outcomes>", [(code(verb), WORDS[verb]) for verb in list(Verb)[8:26]]),
]


def parsed(
    groups: list[tuple[str, list[tuple[str, str]]]], title: str = "bench"
) -> ElementTree.Element:
    return ElementTree.fromstring(sheet_svg(title, groups))


def boxes(group: ElementTree.Element) -> list[tuple[float, float, float, float]]:
    """x, y, width and height of each bar, mm."""
    names = ("x", "y", "width", "height")
    rects = group.findall(f"{SVG}rect")
    return [(*(float(r.get(n, "nan")) for n in names),) for r in rects]  # type: ignore[misc]


def bars_of(group: ElementTree.Element) -> str:
    """The modules of one code, from the places of its bars."""
    found = boxes(group)
    left = found[0][0]
    line = ""
    for x, _, width, _ in found:
        start, wide = (x - left) / MODULE, width / MODULE
        assert start == pytest.approx(round(start), abs=0.001)
        assert wide == pytest.approx(round(wide), abs=0.001)
        line = line.ljust(round(start), "0") + "1" * round(wide)
    return line


def codes_in(svg: ElementTree.Element) -> list[ElementTree.Element]:
    return [g for g in svg.iter(f"{SVG}g") if g.get("class") == "bars"]


def outline(group: ElementTree.Element) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a code with its quiet zones, mm."""
    found, quiet = boxes(group), QUIET * MODULE
    x, y, _, _ = found[0]
    last, _, width, _ = found[-1]
    return x - quiet, y, last + width + quiet, y + BAR_HEIGHT


def test_each_code_is_read_back(read_bars: Read) -> None:
    codes = codes_in(parsed(GROUPS))
    assert [g.get("data-code") for g in codes] == [c for _, group in GROUPS for c, _ in group]
    for group in codes:
        assert read_bars(bars_of(group)) == [group.get("data-code")]


def test_codes_keep_their_distance_and_stay_on_their_page() -> None:
    places = [outline(group) for group in codes_in(parsed(GROUPS))]
    for number, (left, top, right, bottom) in enumerate(places):
        page = int(top // HEIGHT)
        assert left >= MARGIN - 0.01
        assert right <= WIDTH - MARGIN + 0.01
        assert bottom <= (page + 1) * HEIGHT - MARGIN
        for other in places[:number]:
            beside = left - other[2] >= CLEAR - 0.01 or other[0] - right >= CLEAR - 0.01
            assert beside or top - other[3] >= CLEAR or other[1] - bottom >= CLEAR


def test_pages_are_whole_and_each_has_the_title() -> None:
    svg = parsed(GROUPS)
    pages = float((svg.get("height") or "").removesuffix("mm")) / HEIGHT
    assert pages == 2
    assert svg.get("viewBox") == f"0 0 210 {297 * 2}"
    titles = [t for t in svg.iter(f"{SVG}text") if t.get("class") == "title"]
    assert len(titles) == 2


def test_words_and_code_stand_with_the_bars() -> None:
    texts = [t.text for t in parsed(GROUPS).iter(f"{SVG}text")]
    for _, group in GROUPS:
        for text, words in group:
            assert texts.index(text) == texts.index(words) + 1
    assert "Answers & <outcomes>" in texts


def test_a_long_code_gets_a_row_of_its_own() -> None:
    group = [("BENCHOK", "yes"), ("ABCDEFGHIJKLMNOPQRSTUVWX", "long")]
    places = [outline(g) for g in codes_in(parsed([("One", group)]))]
    assert places[0][0] == places[1][0]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="wider than 180 mm"):
        sheet_svg("bench", [("One", [("A-" * 30, "long")])])
    with pytest.raises(ValueError, match="cannot carry"):
        sheet_svg("bench", [("One", [("ñ", "x")])])


def test_foreign_text_cannot_break_the_picture() -> None:
    nasty = "</text><script>\x00\x1b\ud800\uffff&\"'"
    svg = parsed([(nasty, [("BENCHOK", nasty), ('A"<&', nasty)])], nasty)
    assert not list(svg.iter(f"{SVG}script"))
    assert codes_in(svg)[1].get("data-code") == 'A"<&'


def test_an_empty_sheet_is_a_sheet() -> None:
    assert not codes_in(parsed([]))
    assert not codes_in(parsed([("Nothing", [])]))
