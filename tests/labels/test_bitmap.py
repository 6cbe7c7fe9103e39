"""Bitmaps: the same dots as rows, as PNG, as PDF and shrunk for a terminal."""

from __future__ import annotations

import random
import re
import subprocess
import sys

import pytest

from bench.labels.bitmap import Bitmap
from bench.labels.pdf import pdf


def random_bitmap(width: int, height: int, dpi: int = 203) -> Bitmap:
    """Random dots, nothing in the bits that pad the rows."""
    rng, step = random.Random(width * height), (width + 7) // 8
    spare = -width % 8
    rows = [bytearray(rng.randbytes(step)) for _ in range(height)]
    for row in rows:
        row[-1] &= 0xFF << spare & 0xFF
    return Bitmap(width, height, dpi, b"".join(rows))


def test_dots_are_read_from_the_left_and_the_top() -> None:
    bitmap = Bitmap(10, 2, 203, b"\x80\x40\x01\x80")
    black = [(x, y) for y in range(2) for x in range(10) if bitmap.dark(x, y)]
    assert black == [(0, 0), (9, 0), (7, 1), (8, 1)]
    assert bitmap.row(1) == b"\x01\x80"


@pytest.mark.parametrize("x", [-1, 10])
def test_dots_beside_the_picture_are_none(x: int) -> None:
    with pytest.raises(IndexError):
        Bitmap(10, 2, 203, bytes(4)).dark(x, 0)


def test_rows_below_the_picture_are_none() -> None:
    with pytest.raises(IndexError):
        Bitmap(10, 2, 203, bytes(4)).row(2)


@pytest.mark.parametrize(("width", "height", "length"), [(10, 2, 3), (8, 1, 2), (0, 1, 0)])
def test_data_of_another_size_is_refused(width: int, height: int, length: int) -> None:
    with pytest.raises(ValueError, match="dots"):
        Bitmap(width, height, 203, bytes(length))


@pytest.mark.parametrize("width", [1, 7, 8, 9, 406, 1201])
def test_a_png_keeps_each_dot(width: int) -> None:
    bitmap = random_bitmap(width, 31)
    assert Bitmap.from_png(bitmap.png(), 203) == bitmap


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n" + bytes(40)])
def test_what_is_no_png_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="PNG"):
        Bitmap.from_png(data, 203)


def test_a_cut_png_is_refused() -> None:
    with pytest.raises(ValueError, match="PNG"):
        Bitmap.from_png(random_bitmap(406, 203).png()[:900], 203)


def test_a_png_in_colour_is_black_where_it_is_dark() -> None:
    from io import BytesIO

    from PIL import Image

    image = Image.new("RGB", (2, 1), (250, 240, 250))
    image.putpixel((1, 0), (0, 0, 90))
    stream = BytesIO()
    image.save(stream, "PNG")
    assert Bitmap.from_png(stream.getvalue(), 203).data == b"\x40"


@pytest.mark.parametrize(("width", "height", "dpi"), [(406, 203, 203), (1200, 1800, 300)])
def test_a_page_is_as_large_as_its_dots_say(width: int, height: int, dpi: int) -> None:
    page = random_bitmap(width, height, dpi)
    found = re.findall(rb"/MediaBox \[ 0 0 ([0-9.]+) ([0-9.]+) \]", pdf([page, page]))
    inches = [(round(float(w) / 72, 3), round(float(h) / 72, 3)) for w, h in found]
    assert inches == [(width / dpi, height / dpi)] * 2


def test_a_pdf_keeps_each_dot() -> None:
    """Read by another program (pdfium, which comes with zebrafy), one pixel for each dot."""
    pdfium = pytest.importorskip("pypdfium2")
    pages = [random_bitmap(406, 203), random_bitmap(812, 406)]
    document = pdfium.PdfDocument(pdf(pages))
    for place, page in enumerate(pages):
        image = document[place].render(scale=203 / 72, grayscale=True).to_pil()
        assert Bitmap.from_image(image, 203) == page


def test_the_same_pages_make_the_same_pdf() -> None:
    page = random_bitmap(406, 203)
    assert pdf([page]) == pdf([page])
    assert b"Date" not in pdf([page])


@pytest.mark.parametrize("dpi", [(), (203, 300)])
def test_pages_without_one_resolution_make_no_pdf(dpi: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="dpi"):
        pdf([random_bitmap(8, 8, one) for one in dpi])


def test_a_picture_is_shrunk_by_a_whole_number() -> None:
    bitmap = random_bitmap(406, 203)
    rows = bitmap.shrunk(60, 30, fine=False)
    assert len(rows) == 15
    assert {len(row) for row in rows} == {58}
    assert set("".join(rows)) <= set(" ▀▄█")
    fine = bitmap.shrunk(60, 30)
    assert (len(fine), {len(row) for row in fine}) == (13, {51})
    assert set("".join(fine)) <= {" ", *map(chr, range(0x2801, 0x2900))}
    assert bitmap.shrunk(0, 4) == bitmap.shrunk(4, 0) == []


def test_each_dot_is_seen_where_there_is_room() -> None:
    steps = Bitmap(3, 3, 203, b"\x80\x40\xe0")
    assert steps.shrunk(9, 9, fine=False) == ["▀▄ ", "▀▀▀"]
    assert steps.shrunk(9, 9) == ["⠵⠄"]


def test_bars_do_not_vanish() -> None:
    """Bars of two dots with gaps of two, shrunk by four: each block is half black."""
    rows = Bitmap(400, 40, 203, b"\xcc" * 50 * 40).shrunk(100, 20, fine=False)
    assert rows == ["█" * 100] * 5


def test_a_picture_is_held_without_pillow() -> None:
    probe = (
        "import sys; from bench.labels.bitmap import Bitmap; import bench.labels.layout, "
        "bench.labels.pdf; Bitmap(8, 1, 203, b'x').dark(1, 0); sys.exit('PIL' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0
