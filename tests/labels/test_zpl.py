"""Labels as ZPL, read back here and by an independent reader (zebrafy)."""

from __future__ import annotations

import random
import re

import pytest
from PIL import Image
from zebrafy.zebrafy_image import ZebrafyImage
from zebrafy.zebrafy_zpl import ZebrafyZPL

from bench.labels.bitmap import Bitmap
from bench.labels.zpl import MOST_BYTES, bitmaps_of, label_zpl
from tests.labels.some_dots import some_dots

SIZES = [
    (inches_x * dpi, inches_y * dpi, dpi)
    for dpi in (203, 300)
    for inches_x, inches_y in ((2, 1), (4, 2), (4, 6))
]


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize(("width", "height", "dpi"), SIZES)
def test_a_label_read_back_is_the_same_dots(
    width: int, height: int, dpi: int, compressed: bool
) -> None:
    bitmap = some_dots(width, height, dpi)
    assert bitmaps_of(label_zpl(bitmap, compressed), dpi) == [bitmap]


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("width", [1, 7, 8, 9, 15, 16, 17])
def test_narrow_labels_keep_their_width(width: int, compressed: bool) -> None:
    bitmap = some_dots(width, 5)
    assert bitmaps_of(label_zpl(bitmap, compressed), 203) == [bitmap]


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize(("width", "height", "dpi"), SIZES)
def test_an_independent_reader_sees_the_same_dots(
    width: int, height: int, dpi: int, compressed: bool
) -> None:
    bitmap = some_dots(width, height, dpi, seed=7)
    bands = ZebrafyZPL(label_zpl(bitmap, compressed).decode()).to_images()
    # It knows no ^PW: its rows are whole bytes, as ours are in memory.
    seen = b"".join(band.tobytes("raw", "1;I") for band in bands)
    assert seen == bitmap.data


@pytest.mark.parametrize("format_", ["Z64", "ASCII"])
@pytest.mark.parametrize("line_break", [None, 40])
def test_labels_of_an_independent_writer_are_read(format_: str, line_break: int | None) -> None:
    bitmap = some_dots(406, 203)
    image = bitmap.image()
    assert isinstance(image, Image.Image)
    zpl = ZebrafyImage(
        image, format=format_, dither=False, set_label_size=True, string_line_break=line_break
    ).to_zpl()
    assert bitmaps_of(zpl.encode(), 203) == [bitmap]


def test_no_graphic_field_is_larger_than_the_guide_allows() -> None:
    for width, height, dpi in SIZES:
        zpl = label_zpl(some_dots(width, height, dpi))
        counts = [int(one) for one in re.findall(rb"\^GFA,\d+,(\d+),", zpl)]
        assert max(counts) <= MOST_BYTES
        assert sum(counts) == (width + 7) // 8 * height


def test_nothing_is_in_a_label_but_the_known_commands() -> None:
    for compressed in (True, False):
        zpl = label_zpl(some_dots(812, 1218), compressed)
        assert zpl.startswith(b"^XA^PW812^LL1218^LH0,0^PQ1^FO0,0^GFA,")
        assert zpl.endswith(b"^FS^XZ")
        assert zpl.count(b"^XA") == zpl.count(b"^XZ") == 1
        assert b"~" not in zpl
        assert set(re.findall(rb"\^(..)", zpl)) == {
            *(b"XA", b"PW", b"LL", b"LH", b"PQ", b"FO", b"GF", b"FS", b"XZ")
        }


def test_a_mostly_white_label_is_small_when_compressed() -> None:
    white = Bitmap(406, 203, 203, bytes(51 * 203))
    assert len(label_zpl(white)) < 200
    assert len(label_zpl(white, compressed=False)) > 20_000


def test_several_labels_are_read_in_their_order() -> None:
    first, second = some_dots(40, 40), some_dots(48, 16, seed=2)
    zpl = label_zpl(first) + b"\r\n" + label_zpl(second, compressed=False) + b"\n"
    assert bitmaps_of(zpl, 203) == [first, second]
    assert bitmaps_of(b" \r\n", 203) == []


GOOD = label_zpl(some_dots(16, 4), compressed=False)
PACKED = label_zpl(some_dots(64, 64))


@pytest.mark.parametrize(
    "zpl",
    [
        GOOD[:-3],  # no end
        GOOD[:-6] + b"^XZ",  # no end of its picture
        GOOD[3:],
        GOOD + b"x",
        b"x" + GOOD,
        b"^XA^XZ",
        GOOD.replace(b"^PQ1", b"^PQ9"),
        GOOD.replace(b"^PW16", b"^PW17"),
        GOOD.replace(b"^PW16", b"^PW0"),
        GOOD.replace(b"^LL4", b"^LL5"),
        GOOD.replace(b"^FO0,0", b"^FO8,0"),
        GOOD.replace(b"^FO0,0", b"^FO0,1"),
        GOOD.replace(b"^LH0,0", b"^FDhello"),
        GOOD.replace(b"^GFA", b"^GFB"),
        GOOD.replace(b",8,2,", b",8,3,"),
        GOOD.replace(b",8,8,2,", b",8,8,0,"),
        GOOD.replace(b",8,8,2,", b",10,10,2,"),
        GOOD.replace(b"^FS", b"zz^FS"),
        GOOD.replace(b"^XA", b"^XA^XA"),
        PACKED.replace(b":Z64:e", b":Z64:f"),  # the CRC tells
        PACKED.replace(b":Z64:", b":B64:"),
        PACKED.replace(b"512,512,8", b"504,504,8"),
        b"^XA^FO0," + b"9" * 5000 + b"^GFA,1,1,1,00^FS^XZ",
    ],
)
def test_anything_else_is_refused(zpl: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        bitmaps_of(zpl, 203)


def test_a_few_bytes_that_become_many_are_not_unpacked() -> None:
    """A zip bomb of 5 MB in a field of 100 bytes."""
    import binascii
    import zlib
    from base64 import b64encode

    text = b64encode(zlib.compress(bytes(5_000_000), 9))
    crc = f"{binascii.crc_hqx(text, 0):04X}".encode()
    with pytest.raises(ValueError, match="holds 101"):
        bitmaps_of(b"^XA^FO0,0^GFA,100,100,10,:Z64:" + text + b":" + crc + b"^FS^XZ", 203)


def test_random_damage_is_refused_or_makes_a_label_never_another_error() -> None:
    chance = random.Random(3)
    for _ in range(300):
        zpl = bytearray(PACKED)
        for _ in range(chance.randrange(1, 4)):
            zpl[chance.randrange(len(zpl))] = chance.randrange(256)
        try:
            found = bitmaps_of(bytes(zpl), 203)
        except ValueError:
            continue
        assert all(isinstance(one, Bitmap) for one in found)


def test_a_picture_beyond_any_label_is_refused_when_written() -> None:
    with pytest.raises(ValueError, match="no label for ZPL"):
        label_zpl(Bitmap(8, 32_001, 203, bytes(32_001)))
