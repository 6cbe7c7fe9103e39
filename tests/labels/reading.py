"""Reads the codes of a label with a program of others: zxing-cpp on the label's own dots."""

from __future__ import annotations

from typing import Any

import zxingcpp

from bench.labels.bitmap import Bitmap


def codes(bitmap: Bitmap, turned: int = 0) -> dict[str, list[bytes]]:
    """What each code on a label says, by the kind of code; `turned` by so many degrees."""
    return codes_of(bitmap.image().convert("L").rotate(turned, expand=True, fillcolor=255))


def codes_of(image: Any, kinds: str = "All", shrunk: bool = True) -> dict[str, list[bytes]]:
    """The same for a grey picture of Pillow; `kinds` names those that are looked for, `shrunk`
    whether the reader may also look at a smaller copy that it makes."""
    picture = memoryview(image.tobytes()).cast("B", [image.height, image.width])
    found: dict[str, list[bytes]] = {}
    formats = zxingcpp.barcode_formats_from_str(kinds)
    plain = zxingcpp.TextMode.Plain
    for code in zxingcpp.read_barcodes(
        picture, formats=formats, text_mode=plain, try_downscale=shrunk
    ):
        found.setdefault(str(code.format), []).append(bytes(code.bytes))
    return {kind: sorted(texts) for kind, texts in found.items()}
