"""Labels drawn: each code is read back by another program, and nothing leaves its own place."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest

from bench.labels.bitmap import Bitmap
from bench.labels.drawing import LabelDoesNotFit
from bench.labels.elements import Place, Words
from bench.labels.label import LabelContent
from bench.labels.layout import STOCK, LabelLayouts, Layout, render
from bench.printer_settings import LabelSort
from tests.labels.label_samples import DPI, sample, shipped_layouts
from tests.labels.reading import codes

LAYOUTS = shipped_layouts()
EVERY = [(sort, size, dpi) for sort in LabelSort for size in STOCK for dpi in DPI]
BADGE_ON_2X1 = "PAMELA7"
"""Longer codes of badges need larger stock."""
HOSTILE = [
    "x" * 10_000,
    "word " * 2_000,
    "\x1b[2J\x1b]0;owned\x07^XA^FO0,0^XZ~JR",
    "\u202egnitsil\u202c \u2066x\u2069 \u200b\ufeff",
    "\U0001f600\U0001f9d1\u200d\U0001f527 漢字 ﷽",
    "e" + "\u0301" * 500,
    "   \t\r\n \x0b ",
    "\ud800\udfff\x00\x85\u2028",
    "{serial} {code} {} {{",
    "\n".join("abcdefghij"),
]

CAN_BE_CUT = {"model", "customer", "received", "technician", "condition", "address", "payer"} | {
    *("holds", "tracking", "replacement", "vendor", "ticket", "name", "port", "parts", "made")
}


def content(sort: LabelSort, size: str, reprint: int = 0, **other: str) -> LabelContent:
    if sort is LabelSort.BADGE and size == "2x1":
        other.setdefault("code", BADGE_ON_2X1)
    return sample(sort, reprint, **other)


def expected(label: LabelContent, size: str) -> dict[str, list[bytes]]:
    """The bars that a label has to carry."""
    fields = label.fields
    bars = [fields["vendor_rma" if label.sort is LabelSort.VENDOR else "code"]]
    if label.sort is LabelSort.RMA and size == "4x6":
        bars.append(fields["serial"])
    return {"Code 128": sorted(text.encode() for text in bars)}


@pytest.mark.parametrize(("sort", "size", "dpi"), EVERY)
def test_each_code_is_read_back(sort: LabelSort, size: str, dpi: int) -> None:
    """Also turned by 90 degrees; and 1.2 mm at the edges stay white: label paper moves."""
    label = content(sort, size, reprint=12)
    bitmap = render(label, size, dpi, LAYOUTS)
    wide, high, edge = bitmap.width, bitmap.height, round(1.2 * dpi / 25.4)
    assert (wide, high) == (STOCK[size][0] * dpi, STOCK[size][1] * dpi)
    assert codes(bitmap) == codes(bitmap, turned=90) == expected(label, size)
    assert not inked(bitmap, 0, 0, wide, edge)
    assert not inked(bitmap, 0, high - edge, wide, high)
    assert not inked(bitmap, 0, 0, edge, high)
    assert not inked(bitmap, wide - edge, 0, wide, high)


def inked(bitmap: Bitmap, left: int, top: int, right: int, bottom: int) -> bool:
    return bool(bitmap.image().crop((left, top, right, bottom)).getextrema()[0] == 0)


@pytest.mark.parametrize("layout", [one for several in LAYOUTS.by.values() for one in several])
def test_no_two_elements_share_a_place(layout: Layout) -> None:
    places = [element.place for element in layout.elements]
    assert [pair for pair in itertools.combinations(places, 2) if pair[0].overlaps(pair[1])] == []


def test_places_that_touch_do_not_overlap() -> None:
    left = Place(0, 0, 10, 10)
    assert not left.overlaps(Place(10, 0, 10, 10))
    assert left.overlaps(Place(9, 9, 10, 10))
    assert Place(2, 2, 1, 1).overlaps(left)


@pytest.mark.parametrize("shift", [0, 5])
@pytest.mark.parametrize(("sort", "size"), [(sort, size) for sort in LabelSort for size in STOCK])
def test_hostile_words_stay_in_their_place(sort: LabelSort, size: str, shift: int) -> None:
    """Each field that may be cut says something hostile: all else is as it was, dot by dot."""
    label = hostile = content(sort, size, reprint=1)
    layout, places = LAYOUTS.of(sort, size)[0], []
    for number, element in enumerate(layout.elements):
        if isinstance(element, Words) and not element.whole and element.subject != "reprint":
            places.append(element.place)
            for name in CAN_BE_CUT & {
                name for name in label.fields if f"{{{name}}}" in str(element)
            }:
                text = HOSTILE[(shift + number) % len(HOSTILE)]
                hostile = with_field(hostile, name, text)
    plain, odd = (render(one, size, 203, LAYOUTS) for one in (label, hostile))
    assert without(plain, size, layout, places) == without(odd, size, layout, places)
    assert codes(odd) == codes(plain)


def with_field(label: LabelContent, name: str, text: str) -> LabelContent:
    return replace(label, fields={**label.fields, name: text})


def without(bitmap: Bitmap, size: str, layout: Layout, places: list[Place]) -> bytes:
    """The dots outside of some places."""
    image, dpi = bitmap.image(), bitmap.dpi
    shift = [(STOCK[size][side] - STOCK[layout.size][side]) * dpi // 2 for side in (0, 1)]
    for place in places:
        edges = (place.x, place.y, place.x + place.width, place.y + place.height)
        left, top, right, bottom = (round(edge * dpi / 254) for edge in edges)
        image.paste(1, (left + shift[0], top + shift[1], right + shift[0], bottom + shift[1]))
    return bytes(image.tobytes())


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("name", ["number", "code", "speed", "vendor_rma", "serial"])
def test_a_hostile_code_is_printed_whole_or_not_at_all(name: str, text: str) -> None:
    for sort in LabelSort:
        label = content(sort, "4x2")
        if name not in label.fields:
            continue
        allowed = {*expected(label, "4x2")["Code 128"], text.encode("utf-8", "replace")}
        assert set(flat(drawn_or_refused(with_field(label, name, text)))) <= allowed


def drawn_or_refused(label: LabelContent) -> dict[str, list[bytes]]:
    """The codes of a label, none where it is refused; the refusal says what to do."""
    try:
        return codes(render(label, "4x2", 203, LAYOUTS))
    except LabelDoesNotFit as error:
        if not error.remedy.startswith(("Print", "Shorten")):
            raise
        return {}


def flat(found: dict[str, list[bytes]]) -> list[bytes]:
    return [text for texts in found.values() for text in texts]


def awkward_texts() -> list[str]:
    """40 random texts of all of Code 128's characters, and some that once went wrong."""
    rng = random.Random(9912345)
    texts = ["9912345", "99", "\x00\x1f\x7f", "a\x1db", "^XA~JR", ">0>1", "1" * 26, "W" * 13]
    while len(texts) < 48:
        letters = rng.choice(["0123456789", "ABCDEFGHIJ-/", "".join(map(chr, range(128)))])
        texts.append(rng.choice(["", "99"]) + "".join(rng.choices(letters, k=rng.randint(2, 40))))
    return [text for text in texts if text.strip(" ")]


@pytest.mark.parametrize("text", awkward_texts(), ids=repr)
def test_a_number_of_the_vendor_is_read_back_as_bars_or_qr(text: str) -> None:
    """Foreign text of up to 42 characters: bars where they fit, else a QR code."""
    for size, dpi in (("2x1", 203), ("2x1", 300), ("4x2", 203)):
        found = codes(render(sample(LabelSort.VENDOR, vendor_rma=text), size, dpi, LAYOUTS))
        assert flat(found) == [text.encode()]


def test_letters_that_bars_lack_become_a_qr_code() -> None:
    label = sample(LabelSort.VENDOR, vendor_rma="Ж-17/ü")
    found = codes(render(label, "2x1", 203, LAYOUTS))
    assert {kind: [text.decode() for text in texts] for kind, texts in found.items()} == {
        "QR Code": ["Ж-17/ü"]
    }


@pytest.mark.parametrize("serial", ["805EC0A1-" * 5, "ü" * 12])
def test_a_long_serial_becomes_a_qr_code(serial: str) -> None:
    found = codes(render(sample(LabelSort.RMA, serial=serial), "4x6", 203, LAYOUTS))
    assert found == {"Code 128": [b"RBKDCFGHX"], "QR Code": [serial.encode()]}


def test_a_serial_that_no_code_carries_still_has_a_label() -> None:
    found = codes(render(sample(LabelSort.RMA, serial="s" * 4000), "4x6", 203, LAYOUTS))
    assert found == {"Code 128": [b"RBKDCFGHX"]}


@pytest.mark.parametrize("dpi", DPI)
def test_bars_are_never_narrower_than_a_quarter_of_a_millimetre(dpi: int) -> None:
    """12 letters fit the smallest stock; 13 do not, and the complaint says what would."""
    label = sample(LabelSort.BADGE, code="ABCDEFGHIJKL")
    assert codes(render(label, "2x1", dpi, LAYOUTS)) == {"Code 128": [b"ABCDEFGHIJKL"]}
    label = sample(LabelSort.BADGE, code="ABCDEFGHIJKLM")
    with pytest.raises(LabelDoesNotFit, match=r"badge label: code: The barcode of 13") as found:
        render(label, "2x1", dpi, LAYOUTS)
    assert found.value.remedy == "Print it on labels of 4x2 inches."
    render(label, "4x2", dpi, LAYOUTS)


def test_what_no_stock_holds_is_to_be_shortened() -> None:
    with pytest.raises(LabelDoesNotFit, match="vendor RMA number") as found:
        render(sample(LabelSort.VENDOR, vendor_rma="R" * 300), "2x1", 203, LAYOUTS)
    assert found.value.remedy.startswith("Shorten it")


@pytest.mark.parametrize("sort", list(LabelSort))
def test_the_same_label_makes_the_same_dots(sort: LabelSort) -> None:
    label = content(sort, "4x2")
    again = LabelContent.from_json(label.to_json())
    assert render(label, "4x2", 203, LAYOUTS) == render(again, "4x2", 203, LAYOUTS)


@pytest.mark.parametrize(("sort", "size"), [(sort, size) for sort in LabelSort for size in STOCK])
def test_a_second_copy_differs_where_it_says_so(sort: LabelSort, size: str) -> None:
    layout = next(one for one in LAYOUTS.of(sort, size))
    place = [e.place for e in layout.elements if e.subject == "reprint"]
    copies = [render(content(sort, size, reprint=n), size, 203, LAYOUTS) for n in (0, 1, 2)]
    assert len(set(copies)) == 3
    assert len({without(copy, size, layout, place) for copy in copies}) == 1


@pytest.mark.parametrize("sort", list(LabelSort))
def test_a_label_of_nothing_is_drawn(sort: LabelSort) -> None:
    for size in STOCK:
        assert codes(render(LabelContent(sort, "empty", {}), size, 203, LAYOUTS)) == {}


def test_each_speed_has_a_shape_of_its_own() -> None:
    """Colour alone never speaks, nor do letters: the signs differ from afar."""
    place = next(e.place for e in LAYOUTS.of(LabelSort.SHIP, "4x6")[0].elements)
    edges = (place.x, place.y, place.x + place.width, place.y + place.height)
    signs = []
    for speed in ("RUSH", "GROUND", "HOLD", "SLOW"):
        label = render(sample(LabelSort.SHIP, speed=speed), "4x6", 203, LAYOUTS)
        image = label.image().crop([round(edge * 203 / 254) for edge in edges])
        signs.append(round(image.histogram()[0] / (image.width * image.height), 1))
    assert signs == [0.5, 1.0, 0.7, 0.0]


def test_larger_stock_without_a_layout_takes_the_smaller_one_in_its_middle() -> None:
    only = LabelLayouts({k: v for k, v in LAYOUTS.by.items() if k[1] == "2x1"})
    small = render(sample(LabelSort.PORT), "2x1", 203, only)
    large = render(sample(LabelSort.PORT), "4x2", 203, only).image()
    assert large.crop((203, 101, 609, 304)).tobytes() == small.image().tobytes()
    large.paste(255, (203, 101, 609, 304))
    assert large.getextrema() == (255, 255)
