"""QR codes: their modules, and rows of half blocks for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

_BLOCKS = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}


def qr_modules(text: str) -> list[list[bool]]:
    """The modules of a QR code, rows of True (dark) and False, without quiet zone.

    Never a Micro QR code (many readers lack it); error correction M or better. Raises ValueError
    for an empty text and for one that no QR code holds.
    """
    import segno

    if not text:
        raise ValueError("a QR code needs a text")
    # Without this the library takes Latin-1 where it can, which readers have to guess.
    encoding = None if text.isascii() else "utf-8"
    code = segno.make_qr(text, error="m", encoding=encoding)
    return [[bool(module) for module in row] for row in code.matrix]


def half_blocks(modules: Sequence[Sequence[bool]], quiet: int = 2) -> list[str]:
    """Rows of half blocks, each two modules high, with `quiet` light modules around.

    To be painted black on white whatever the theme: few readers take light bars on dark.
    """
    width = len(modules[0]) + 2 * quiet if modules else 0
    side = [False] * quiet
    rows = [[*side, *row, *side] for row in modules]
    blank = [[False] * width for _ in range(quiet)]
    rows = blank + rows + blank
    if len(rows) % 2:
        rows.append([False] * width)
    return [
        "".join(_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]
