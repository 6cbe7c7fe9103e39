"""The label of a badge: read back from its SVG, and saying no more than it should."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from bench.labels.badge import HEIGHT, MODULE, WIDTH, badge_svg
from bench.labels.sheet import QUIET
from bench.scan.badge import make_badge

SVG = "{http://www.w3.org/2000/svg}"


def bars(svg: ElementTree.Element) -> list[tuple[float, float]]:
    """Left edge and width of each bar, mm."""
    (group,) = svg.findall(f"{SVG}g")
    return [(float(bar.get("x", "")), float(bar.get("width", ""))) for bar in group]


def test_the_code_is_read_back(read_bars: Callable[[str], list[str]]) -> None:
    badge = make_badge()
    found = bars(ElementTree.fromstring(badge_svg("Ana R.", badge)))
    line = ""
    for x, width in found:
        line = line.ljust(round((x - found[0][0]) / MODULE), "0") + "1" * round(width / MODULE)
    assert read_bars(line) == [badge]


def test_it_fits_a_card_with_its_quiet_zones() -> None:
    svg = ElementTree.fromstring(badge_svg("Ana R.", make_badge()))
    found = bars(svg)
    assert (svg.get("width"), svg.get("height")) == (f"{WIDTH:g}mm", f"{HEIGHT:g}mm")
    assert found[0][0] >= QUIET * MODULE
    assert found[-1][0] + found[-1][1] <= WIDTH - QUIET * MODULE


def test_the_badge_cannot_be_read_without_a_scanner() -> None:
    badge = make_badge()
    assert badge not in badge_svg("Ana R.", badge)


def test_a_name_cannot_act() -> None:
    svg = ElementTree.fromstring(badge_svg('<script>"&\x1b[2J\uffff', make_badge()))
    assert not svg.findall(f".//{SVG}script")


@pytest.mark.parametrize("code", ["", "é" * 6, "x" * 60])
def test_a_code_that_no_card_carries(code: str) -> None:
    with pytest.raises(ValueError, match=r"barcode|card"):
        badge_svg("Ana", code)
