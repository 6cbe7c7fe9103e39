"""Bars under bad conditions: our renderer beside python-barcode's own ImageWriter, side by side.

The same texts, resolution and nominal width of a bar, the same height and white around; both
pictures go through the same camera and are read by zxing-cpp. Texts that the library
itself loses (digits after 99) are left out: this compares pictures, not encodings; its own,
sometimes longer choice of code sets is kept.

`python -m tests.benchmarks.label_degraded [--texts 100] [--seed 7]`
"""

from __future__ import annotations

import argparse
import random
import string
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageChops, ImageFilter

from bench.labels.drawing import Box, Canvas
from tests.benchmarks.figures import machine
from tests.labels.reading import codes_of

HEIGHT = 7.0
"""Height of the bars, mm."""
LINE = "{:<24}" + "{:>20}" * 4
WIDTHS = ((203, 2), (203, 3), (300, 3), (300, 4))
"""Dots an inch, and dots that a module is wide."""
FINE = 3
"""Each dot of paper is so many steps wide before the camera looks."""


def ours(text: str, dpi: int, dots: int) -> Any:
    """Grey picture of the bars as labels have them, a module `dots` wide."""
    from bench.labels.code128 import modules

    wide, high = (len(modules(text)) + 20) * dots, round(HEIGHT * dpi / 25.4)
    canvas = Canvas(wide, high + 2 * 10 * dots, dpi)
    canvas.code128(Box(0, 10 * dots, wide, high), text)
    return framed(canvas.bitmap().image().convert("L"), dpi, dots)


def framed(picture: Any, dpi: int, dots: int) -> Any:
    """The bars alone, all equally high and with the same white around: where both renderers draw
    the same bars the pictures are the same."""
    left, top, right, _ = picture.point(lambda grey: 255 - grey).getbbox()
    high, white = round(HEIGHT * dpi / 25.4) - 4, 12 * dots
    bars = picture.crop((left, top + 1, right, top + 1 + high))
    sheet = Image.new("L", (bars.width + 2 * white, high + 2 * white), 255)
    sheet.paste(bars, (white, white))
    return sheet


def theirs(text: str, dpi: int, dots: int, decimals: int = 9) -> Any:
    """What the library's writer makes of the same wishes, in its own units (mm): the width of a
    module as it is calculated from dots, or rounded as people write it."""
    from barcode import Code128
    from barcode.writer import ImageWriter

    module = round(dots * 25.4 / dpi, decimals)
    options = {"module_width": module, "quiet_zone": 10 * module, "dpi": dpi}
    options |= {"module_height": HEIGHT, "write_text": False, "margin_top": 10 * module}
    picture = Code128(text, writer=ImageWriter()).render(options).convert("L")
    return framed(picture, dpi, dots)


def theirs_rounded(text: str, dpi: int, dots: int) -> Any:
    """The same with a module of whole hundredths of a millimetre."""
    return theirs(text, dpi, dots, 2)


@dataclass(frozen=True)
class Camera:
    """A scanner's look at a label. Where its pixels fall is random, as in life."""

    pixels: float = 3.0
    """Pixels a module."""
    turned: float = 1.0
    """Degrees."""
    blur: float = 0.3
    """Radius (standard deviation), modules."""
    contrast: float = 0.6
    """Share of black to white that is left."""
    noise: float = 4.0
    """Standard deviation, of 255 grey values."""

    def look(self, picture: Any, dots: int, rng: random.Random) -> Any:
        """A grey picture of bars of `dots` a module as the camera has it."""
        module = dots * FINE
        big = picture.resize(
            (picture.width * FINE, picture.height * FINE), Image.Resampling.NEAREST
        )
        big = big.rotate(self.turned, Image.Resampling.BILINEAR, expand=True, fillcolor=255)
        big = big.filter(ImageFilter.GaussianBlur(self.blur * module))
        step = module / self.pixels
        left, top = rng.uniform(0, step), rng.uniform(0, step)
        size = (int((big.width - left) / step), int((big.height - top) / step))
        edges = (left, top, left + size[0] * step, top + size[1] * step)
        seen = big.resize(size, Image.Resampling.BOX, box=edges)
        grey = seen.point(lambda value: 128 + (value - 128) * self.contrast)
        # Even noise of 0 to 255 has a standard deviation of 74.
        even = Image.frombytes("L", size, rng.randbytes(size[0] * size[1]))
        noise = even.point(lambda value: 128 + (value - 128) * self.noise / 74)
        return ImageChops.add(grey, noise, 1.0, -128)


CAMERAS = {
    "3 pixels a module": Camera(),
    "2.5 pixels": Camera(pixels=2.5),
    "2 pixels": Camera(pixels=2.0),
    "1.75 pixels": Camera(pixels=1.75),
    "1.5 pixels": Camera(pixels=1.5),
    "blur 0.45 modules": Camera(blur=0.45),
    "blur 0.5 modules": Camera(blur=0.5),
    "blur 0.55 modules": Camera(blur=0.55),
    "turned by 5 degrees": Camera(turned=5),
    "turned by 9 degrees": Camera(turned=9),
    "noise 12": Camera(noise=12),
    "noise 15": Camera(noise=15),
    "contrast 15 %, noise 3": Camera(contrast=0.15, noise=3),
    "contrast 15 %, noise 4": Camera(contrast=0.15, noise=4),
}


def texts(count: int, seed: int) -> list[str]:
    """Serials and numbers of 6 to 14 characters."""
    rng, found = random.Random(seed), list[str]()
    while len(found) < count:
        letters = rng.choice((string.digits, string.digits + string.ascii_uppercase))
        text = "".join(rng.choices(letters, k=rng.randint(6, 14)))
        if not text.startswith("99"):
            found.append(text)
    return found


def share_read(camera: Camera, pictures: dict[str, Any], dots: int, seed: int) -> float:
    """Percent of the pictures that still say exactly their text."""
    good = 0
    for text, picture in pictures.items():
        seen = camera.look(picture, dots, random.Random(f"{seed} {text}"))
        good += codes_of(seen, "Code128").get("Code 128") == [text.encode()]
    return 100 * good / len(pictures)


def main() -> None:
    """Prints percent read, ours and the library's, by camera and width of a module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    some = texts(options.texts, options.seed)
    print(machine())
    print(f"{len(some)} texts; percent read: ours / python-barcode's ImageWriter at the width that")
    print("the dots make / at that width in hundredths of a millimetre")
    print(LINE.format("", *(f"{dpi} dpi, {dots} dots" for dpi, dots in WIDTHS)))
    drawn = {
        width: [
            {text: draw(text, *width) for text in some} for draw in (ours, theirs, theirs_rounded)
        ]
        for width in WIDTHS
    }
    total = [0.0, 0.0, 0.0]
    for name, camera in CAMERAS.items():
        cells = []
        for width in WIDTHS:
            three = [share_read(camera, by, width[1], options.seed) for by in drawn[width]]
            total = [sum(both) for both in zip(total, three, strict=True)]
            cells.append(" / ".join(f"{value:.0f}" for value in three))
        print(LINE.format(name, *cells), flush=True)
    mean = [value / (len(CAMERAS) * len(WIDTHS)) for value in total]
    print("all together: " + " / ".join(f"{value:.1f}" for value in mean))


if __name__ == "__main__":
    main()
