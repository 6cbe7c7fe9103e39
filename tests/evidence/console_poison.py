"""Console bytes with every family of escape sequences, whole, broken and unended."""

from __future__ import annotations

import unicodedata

ESC = b"\x1b"
_STRINGS = (
    b"]0;pwned",
    b"]52;c;aGk=",
    b"]8;;http://x",
    b"P$q m",
    b"Xsos",
    b"^pm",
    b"_apc",
    b"ktitle",
)
_ENDS = (b"\x07", b"\x1b\\", b"\x9c", b"\xc2\x9c", b"\x18", b"\x1a", b"")
_CSI = (
    *(b"[2J", b"[6n", b"[?1049h", b"[1;31m", b"[>c", b"[!p", b"[ q", b"[31", b"[", b"[1\x071m"),
    *(b"[5A", b"[999;999H", b"[?5W", b"[99999999999999m", b"[?3h", b"[8;9;9t", b"[?25l", b"[\x18x"),
)
_OTHERS = (
    b"c",
    b"7",
    b"8",
    b"D",
    b"M",
    b"N",
    b"O",
    b"=",
    b">",
    b"#8",
    b"(0",
    b")B",
    b" F",
    b"%G",
    b"",
)

POISON: tuple[bytes, ...] = (
    *(ESC + string + end for string in _STRINGS for end in _ENDS),
    *(bytes([code]) + b"payload" + end for code in (0x90, 0x98, 0x9D, 0x9E, 0x9F) for end in _ENDS),
    *(chr(code).encode() + b"payload\x07" for code in range(0x80, 0xA0)),
    *(ESC + csi for csi in _CSI),
    *(b"\x9b" + csi[1:] for csi in _CSI),
    *(b"\xc2\x9b" + csi[1:] for csi in _CSI),
    *(ESC + other for other in _OTHERS),
    *(bytes([code]) * 2 for code in range(0x20)),
    *(bytes([code]) for code in range(0x7F, 0x100)),
    *(chr(code).encode() for code in (*range(0x200B, 0x2010), *range(0x2028, 0x202F))),
    *(chr(code).encode() for code in (0x061C, *range(0x2060, 0x2070), 0xFEFF, 0xFFF9, 0xFFFB)),
    *(b"\xed\xa0\x80", b"\xed\xb2\x80", b"\xf4\x90\x80\x80", b"\xc0\x9b"),  # surrogates, too long
    *(b"[/]", b"[@click=app.quit]x[/]", b"[bold", b"\\[red]"),
    ESC * 40 + b"[31m" * 40,
    b"safe\rEVIL",
)


def acting(text: str) -> set[str]:
    """The characters of a text that could steer a terminal, or turn its reading round."""
    return {
        char
        for char in text
        if (
            unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")
            or unicodedata.bidirectional(char) in ("LRE", "RLE", "PDF", "LRO", "RLO")
            or unicodedata.bidirectional(char) in ("LRI", "RLI", "FSI", "PDI")
            or char in "\u061c\u200b\u200e\u200f\u2060\ufeff"
        )
    }
