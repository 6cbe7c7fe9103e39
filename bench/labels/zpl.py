"""ZPL II: a bitmap as the one label that a printer gets, and labels read back into bitmaps.

A label holds nothing foreign but its dots: no text of a customer can become a command. The
commands are those of Zebra's ZPL programming guide, sections ^GF and "Base64 and Z64 encoding".
"""

from __future__ import annotations

import re
import zlib
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from binascii import crc_hqx
from dataclasses import dataclass, field

from bench.labels.bitmap import Bitmap

START, END = b"^XA", b"^XZ"
"""What a label begins and ends with; one without its end is never printed."""
CANCEL = b"~JX"
"""Makes a printer forget a label of which only a part came."""
MOST_BYTES = 99_999
"""Bytes of one graphic field (parameter c of ^GF): larger labels go in bands."""
MOST_DOTS = 32_000
"""Dots of a label in each direction (^LL takes no more)."""
_MOST_PICTURE = 5_000_000
"""Bytes of a picture that is read back: a page of A3 at 600 dpi has 4.4 million."""
_COMMAND = re.compile(rb"\^([A-Z]{2})([^^]*)")
_FIELD = re.compile(rb"A,(\d{1,5}),(\d{1,5}),(\d{1,5}),(.*)", re.DOTALL)
_Z64 = re.compile(rb":Z64:([A-Za-z0-9+/=]*):([0-9A-Fa-f]{4})")
_FIXED = {b"LH": b"0,0", b"PQ": b"1"}


def label_zpl(bitmap: Bitmap, compressed: bool = True) -> bytes:
    """One label of exactly the size of the bitmap, from ^XA to ^XZ.

    `compressed`: as Z64 (zlib, base64 and a CRC-16), a twentieth of the bytes; otherwise as plain
    hexadecimal, for printers that cannot read it. Raises ValueError for more than MOST_DOTS.
    """
    if max(bitmap.width, bitmap.height) > MOST_DOTS:
        raise ValueError(f"{bitmap.width} x {bitmap.height} dots are no label for ZPL")
    head = f"^XA^PW{bitmap.width}^LL{bitmap.height}^LH0,0^PQ1"
    rows = MOST_BYTES // bitmap.row_bytes
    bands = [_band(bitmap, top, rows, compressed) for top in range(0, bitmap.height, rows)]
    return "".join([head, *bands, "^XZ"]).encode("ascii")


def _band(bitmap: Bitmap, top: int, rows: int, compressed: bool) -> str:
    step = bitmap.row_bytes
    data = bitmap.data[top * step : (top + rows) * step]
    text = _z64(data) if compressed else data.hex().upper()
    # Zebra's own driver counts the bytes of the picture in both places, compressed or not.
    return f"^FO0,{top}^GFA,{len(data)},{len(data)},{step},{text}^FS"


def _z64(data: bytes) -> str:
    text = b64encode(zlib.compress(data))
    return f":Z64:{text.decode('ascii')}:{crc_hqx(text, 0):04X}"


# --- and back


@dataclass(slots=True)
class _Page:
    """A label that is being read."""

    width: int = 0
    height: int = 0
    step: int = 0
    open: str = ""
    """The command that a field is at: FO, then GF, then none."""
    rows: bytearray = field(default_factory=bytearray)


def bitmaps_of(zpl: bytes, dpi: int) -> list[Bitmap]:
    """The labels in `zpl`, each as its bitmap. Knows what `label_zpl` writes, and little more.

    A label without ^PW and ^LL is as large as its picture. Raises ValueError for anything else:
    other commands, a label without its end, a picture that is spoilt or not of the label's size.
    """
    found: list[Bitmap] = []
    page: _Page | None = None
    place = 0
    for match in _COMMAND.finditer(zpl):
        if zpl[place : match.start()].strip():
            raise ValueError(f"bytes outside of commands at {place}")
        place = match.end()
        name, text = match[1], match[2].strip()
        if page is None:
            if name != b"XA" or text:
                raise ValueError(f"^{name.decode()} outside of a label")
            page = _Page()
        elif name == b"XZ" and not text:
            found.append(_finished(page, dpi))
            page = None
        else:
            _command(page, name, text)
    if page is not None or zpl[place:].strip():
        raise ValueError("a label that has no end")
    return found


def _command(page: _Page, name: bytes, text: bytes) -> None:
    if name == b"PW":
        page.width = _number(text)
    elif name == b"LL":
        page.height = _number(text)
    elif name == b"FO" and not page.open:
        if text != b"0,%d" % (len(page.rows) // page.step if page.step else 0):
            raise ValueError("a picture that does not stand where the one before it ends")
        page.open = "FO"
    elif name == b"GF" and page.open == "FO":
        _picture(page, text)
        page.open = "GF"
    elif name == b"FS" and page.open == "GF" and not text:
        page.open = ""
    elif _FIXED.get(name) != text:
        raise ValueError(f"^{name.decode()} is not known here")


def _number(text: bytes) -> int:
    value = int(text) if text.isdigit() and len(text) <= 5 else 0
    if not 1 <= value <= MOST_DOTS:
        raise ValueError(f"a label's side from 1 to {MOST_DOTS} dots")
    return value


def _picture(page: _Page, text: bytes) -> None:
    match = _FIELD.fullmatch(text)
    if match is None:
        raise ValueError("a graphic field that is not ^GFA,bytes,bytes,bytes of a row,data")
    size, step = int(match[2]), int(match[3])
    if not step or not size or size % step or page.step not in (0, step):
        raise ValueError("a graphic field whose rows do not fit together")
    if len(page.rows) + size > min(_MOST_PICTURE, MOST_DOTS * step):
        raise ValueError("a picture larger than any label")
    page.step = step
    page.rows += _unpacked(b"".join(match[4].split()), size)


def _unpacked(text: bytes, size: int) -> bytes:
    """The `size` bytes of a graphic field's data."""
    if not text.startswith(b":"):
        try:
            data = bytes.fromhex(text.decode("ascii"))
        except ValueError:
            raise ValueError("a graphic field that is not hexadecimal") from None
    else:
        data = _inflated(text, size)
    if len(data) != size:
        raise ValueError(f"a graphic field of {size} bytes that holds {len(data)}")
    return data


def _inflated(text: bytes, size: int) -> bytes:
    match = _Z64.fullmatch(text)
    if match is None:
        raise ValueError("a graphic field that is not Z64")
    if crc_hqx(match[1], 0) != int(match[2], 16):
        raise ValueError("a graphic field whose CRC does not fit: it was spoilt on the way")
    try:
        # Never more than was announced, however much a few bytes would become.
        return zlib.decompressobj().decompress(b64decode(match[1], validate=True), size + 1)
    except (NotBase64, zlib.error) as error:
        raise ValueError(f"a graphic field that cannot be unpacked ({error})") from None


def _finished(page: _Page, dpi: int) -> Bitmap:
    if page.open or not page.rows:
        raise ValueError("a label without a finished picture")
    width = page.width or page.step * 8
    height = len(page.rows) // page.step
    if (width + 7) // 8 != page.step or (page.height or height) != height:
        raise ValueError("a label whose picture has another size")
    return Bitmap(width, height, dpi, bytes(page.rows))
