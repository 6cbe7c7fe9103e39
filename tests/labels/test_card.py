"""The card of a badge: read back from its dots, and saying no more than it should."""

from __future__ import annotations

import pytest

from bench.labels.card import DPI, HEIGHT, WIDTH, card
from bench.labels.drawing import least_dots
from bench.scan.badge import make_badge
from tests.labels.pages import codes_on, dots

PIXELS = DPI / 25.4


def test_the_code_is_read_back_in_bars_that_any_scanner_reads() -> None:
    badge = make_badge()
    page = card("Ana R.", badge)
    (one,) = codes_on(page)
    assert one.text == badge
    row = dots(page, one.top)[one.left : one.right]
    narrowest = min(len(run) for run in "".join("10"[not d] for d in row).split("0") if run)
    assert narrowest >= least_dots(0.25, DPI)


def test_it_is_a_card_with_its_quiet_zones() -> None:
    page = card("Ana R.", make_badge())
    (one,) = codes_on(page)
    assert page.width / PIXELS == pytest.approx(WIDTH, abs=0.05)
    assert page.height / PIXELS == pytest.approx(HEIGHT, abs=0.05)
    quiet = 10 * least_dots(0.25, DPI)
    assert one.left >= quiet
    assert one.right <= page.width - quiet


def test_the_badge_cannot_be_read_without_a_scanner() -> None:
    """Nothing is drawn but the name above and the bars: below them the card is white."""
    page = card("", make_badge())
    (one,) = codes_on(page)
    assert not any(any(page.row(y)) for y in range(one.top))
    assert not any(any(page.row(y)) for y in range(one.bottom, page.height))


@pytest.mark.parametrize("name", ["\x1b[2J\u202e\uffff", "Ana " * 200, "字" * 80, ""])
def test_any_name_leaves_the_code_readable(name: str) -> None:
    badge = make_badge()
    assert [one.text for one in codes_on(card(name, badge))] == [badge]


@pytest.mark.parametrize("code", ["", "é" * 6, "x" * 60])
def test_a_code_that_no_card_carries(code: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)barcode"):
        card("Ana", code)
