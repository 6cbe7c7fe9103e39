"""Random texts as Code 128 on every label stock, read back by another program: the share that
comes back exactly and as the only one, and the modules beside another encoder's.

"with a copy": the reader may also look at a copy of the picture that it shrinks to a third itself,
and reads something else there now and then: Code 128 has one check symbol of 103.

`python -m tests.benchmarks.label_decoding [--texts 5000] [--seed 128]`
"""

from __future__ import annotations

import argparse
import random
import string
from time import perf_counter
from typing import Any

import zxingcpp

from bench.labels.bitmap import Bitmap
from bench.labels.code128 import modules
from bench.labels.drawing import BAR_LEAST, BAR_QUIET, Box, Canvas, least_dots
from bench.labels.layout import STOCK
from tests.benchmarks.figures import machine
from tests.labels.reading import codes_of

EDGE = 0.5
"""mm that stay free at both sides: as little as bars ever come to the edge of the stock."""
LINE = "{:<8}{:>5}{:>8}{:>9}{:>14}{:>14}{:>12}"
ALPHABETS = (
    "".join(map(chr, range(128))),
    string.digits,
    string.digits + string.ascii_uppercase,
    string.printable,
)


def texts(count: int, seed: int, most: int) -> list[str]:
    """Random texts whose bars are at most `most` modules, quiet zones included. Each tenth starts
    with 99, each tenth is as long as fits."""
    rng, found = random.Random(seed), list[str]()
    while len(found) < count:
        letters = rng.choice(ALPHABETS)
        text = "99" if len(found) % 10 == 0 else rng.choice(letters)
        if len(found) % 10 == 0:
            letters = string.digits
        length = 80 if len(found) % 10 == 1 else rng.randint(1, 30)
        text = (text + "".join(rng.choices(letters, k=length)))[:80]
        while len(modules(text)) + 2 * BAR_QUIET > most:
            text = text[:-1]
        found.append(text)
    return found


def drawn(text: str, size: str, dpi: int) -> Bitmap:
    """Bars alone on a stock, a third of it high."""
    wide, high = STOCK[size][0] * dpi, STOCK[size][1] * dpi
    canvas = Canvas(wide, high, dpi)
    edge = round(EDGE * dpi / 25.4)
    canvas.code128(Box(edge, high // 3, wide - 2 * edge, high // 3), text)
    return canvas.bitmap()


def fewest(text: str) -> int:
    """Modules that another encoder takes (zxing-cpp's writer), without quiet zones."""
    code = zxingcpp.create_barcode(text.encode(), zxingcpp.BarcodeFormat.Code128)
    image: Any = zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False)
    high, wide = memoryview(image).shape or (0, 0)
    return int(wide if high else 0)


def main() -> None:
    """Prints one row for each stock and resolution, then the comparison of modules."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=128)
    options = parser.parse_args()
    print(machine())
    print(
        LINE.format("stock", "dpi", "texts", "longest", "read exactly", "with a copy", "ms a label")
    )
    every: set[str] = set()
    for size in STOCK:
        for dpi in (203, 300):
            room = STOCK[size][0] * dpi - 2 * round(EDGE * dpi / 25.4)
            some = texts(options.texts, options.seed, room // least_dots(BAR_LEAST, dpi))
            every.update(some)
            good, alike, spent = 0, 0, 0.0
            for text in some:
                begin = perf_counter()
                bitmap = drawn(text, size, dpi)
                spent += perf_counter() - begin
                picture = bitmap.image().convert("L")
                exact = {"Code 128": [text.encode()]}
                good += codes_of(picture, "Code128", shrunk=False) == exact
                alike += codes_of(picture, "Code128") == exact
            longest = max(map(len, some))
            share, each = f"{100 * good / len(some):.2f} %", f"{1000 * spent / len(some):.2f}"
            copied = f"{100 * alike / len(some):.2f} %"
            print(LINE.format(size, dpi, len(some), longest, share, copied, each), flush=True)
    compare(sorted(every))


def compare(every: list[str]) -> None:
    """Modules of each text beside the other encoder's."""
    ours = {text: len(modules(text)) for text in every}
    theirs = {text: fewest(text) for text in every}
    more = sum(ours[text] > theirs[text] for text in every)
    fewer = sum(ours[text] < theirs[text] for text in every)
    print(f"\nmodules of {len(every)} different texts beside zxing-cpp's writer:")
    print(f"more: {more}, the same: {len(every) - more - fewer}, fewer: {fewer}")
    print(f"all together: {sum(ours.values())} beside {sum(theirs.values())}")


if __name__ == "__main__":
    main()
