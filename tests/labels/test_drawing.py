"""Drawing on a sheet of dots: text that fits its box, codes in whole dots with quiet zones."""

from __future__ import annotations

from itertools import groupby

import pytest

from bench.labels.drawing import (
    BAR_LEAST,
    BAR_MOST,
    BAR_QUIET,
    Box,
    Canvas,
    LabelDoesNotFit,
    least_dots,
)
from bench.labels.fonts import Weight
from bench.labels.typeset import Style, fit, paragraphs
from tests.labels.reading import codes

WORDS = [
    "gjpqÅÉ|",
    "\u202eRTL\u202c \x1b[31mred",
    "e" + "\u0301\u0489" * 300,
    "漢字\U0001f600",
    "W" * 900,
    "a b " * 300,
    "one\ntwo\nthree\nfour\nfive\nsix\nseven",
]


@pytest.mark.parametrize("weight", list(Weight))
@pytest.mark.parametrize("text", WORDS, ids=range(len(WORDS)))
def test_text_stays_in_its_box(text: str, weight: Weight) -> None:
    for align, lines in (("left", 1), ("center", 2), ("right", 3)):
        canvas = Canvas(300, 120, 203)
        canvas.text(Box(40, 30, 200, 60), text, Style(16, 10, weight, lines), align)
        image = canvas.bitmap().image()
        assert image.crop((40, 30, 240, 90)).getextrema()[0] == 0
        image.paste(255, (40, 30, 240, 90))
        assert 0 not in image.getextrema()


def test_short_text_is_as_large_as_wished() -> None:
    setting = fit("BKDC-FGHX", 1000, 100, Style(36, 20))
    assert (setting.lines, setting.cut) == (("BKDC-FGHX",), False)
    assert round(setting.size * 0.729) == 36


def test_long_text_gets_smaller_then_it_is_cut() -> None:
    style = Style(36, 20)
    sizes = [fit("BKDC-FGHX" * n, 500, 60, style).size for n in (1, 2, 3, 9)]
    assert sizes == sorted(sizes, reverse=True)
    assert not fit("BKDC-FGHX" * 2, 500, 60, style).cut
    cut = fit("BKDC-FGHX" * 9, 500, 60, style)
    assert cut.cut
    assert cut.lines[0].endswith("…")


def test_text_breaks_between_words() -> None:
    setting = fit("Norderstedt Telefonie Gesellschaft", 260, 80, Style(20, 15, lines=3))
    assert setting.lines == ("Norderstedt", "Telefonie", "Gesellschaft")


def test_a_word_that_is_wider_than_the_box_breaks_within() -> None:
    setting = fit("RMA/2026/000471193", 200, 100, Style(20, 15, Weight.MONO, 2))
    assert "".join(setting.lines) == "RMA/2026/000471193"
    assert len(setting.lines) == 2


def test_more_lines_than_the_box_has_are_joined_by_commas() -> None:
    setting = fit("Gate 3\r\nMill Lane 7\rHull\n", 900, 50, Style(20, 15))
    assert setting.lines == ("Gate 3, Mill Lane 7, Hull",)


def test_nothing_is_nothing() -> None:
    assert paragraphs(" \t \n\r\n ") == []
    assert fit("", 100, 50, Style(20, 15)).lines == ()


def test_what_steers_is_shown_as_a_picture_of_itself() -> None:
    assert paragraphs("a\x1b[2J\u202eb\x00\ud800") == ["a␛[2J\ufffdb␀\ufffd"]


@pytest.mark.parametrize(("dpi", "dots"), [(203, 2), (300, 3), (600, 6), (150, 2)])
def test_the_narrowest_bar_is_the_same_on_each_printer(dpi: int, dots: int) -> None:
    assert least_dots(BAR_LEAST, dpi) == dots


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("wide", [40.0, 60.0, 95.0])
def test_bars_are_whole_dots_with_their_quiet_zones(dpi: int, wide: float) -> None:
    canvas = Canvas(dpi * 4, dpi, dpi)
    box = canvas.box(2, 5, wide, 10)
    canvas.code128(box, "RBKDCFGHX")
    bitmap = canvas.bitmap()
    row = [bitmap.dark(x, box.y + 3) for x in range(box.x, box.x + box.width)]
    runs = [len(list(run)) for _, run in groupby(row)]
    module = min(runs)
    assert all(run % module == 0 for run in runs[1:-1])
    assert min(runs[0], runs[-1]) >= BAR_QUIET * module
    assert BAR_LEAST <= module * 25.4 / dpi + 0.001 <= BAR_MOST + 0.02
    assert codes(bitmap) == {"Code 128": [b"RBKDCFGHX"]}


@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_codes_keep_their_quiet_zones_wherever_they_stand(align: str) -> None:
    canvas = Canvas(800, 300, 203)
    for place in (Box(0, 20, 400, 80), Box(400, 0, 400, 300)):
        canvas.frame(place, 1)
    canvas.code128(Box(1, 21, 398, 78), "RBKDCFGHX", align)
    canvas.qr(Box(401, 1, 398, 298), "RBKDCFGHX", align)
    assert codes(canvas.bitmap()) == {"Code 128": [b"RBKDCFGHX"], "QR Code": [b"RBKDCFGHX"]}


@pytest.mark.parametrize("text", ["", "é", "x" * 81, "x" * 40])
def test_bars_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(LabelDoesNotFit, match="barcode"):
        Canvas(812, 406, 203).code128(Box(0, 0, 800, 200), text)


@pytest.mark.parametrize("text", ["", "x" * 3000, "\ud800", "x" * 400])
def test_a_qr_code_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(LabelDoesNotFit, match="QR code"):
        Canvas(812, 406, 203).qr(Box(0, 0, 200, 200), text)


def test_a_frame_and_a_triangle_stay_in_their_box() -> None:
    canvas = Canvas(40, 40, 203)
    canvas.frame(Box(5, 5, 30, 30), 2)
    canvas.triangle(Box(10, 10, 20, 20))
    bitmap = canvas.bitmap()
    assert bitmap.dark(5, 5)
    assert bitmap.dark(34, 34)
    assert not bitmap.dark(7, 7)
    assert bitmap.dark(20, 28)
    assert not bitmap.dark(10, 10)
    assert not bitmap.dark(35, 20)
