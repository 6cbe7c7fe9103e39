"""The one door for foreign text: scans, files and console output pass here first."""

from __future__ import annotations

import unicodedata

_PICTURES = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
_LOST = dict.fromkeys(
    (
        *range(0x80, 0xA0),  # C1 controls
        *(0x061C, 0x200B, 0x200E, 0x200F, *range(0x2028, 0x202F)),  # bidi marks, line separators
        *(0x2060, *range(0x2066, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC)),  # isolates, joiners
        *range(0xD800, 0xE000),  # lone surrogates
    ),
    0xFFFD,
)
_TABLE = _PICTURES | _LOST


def printable(text: str) -> str:
    """Foreign text for a screen: what would steer a terminal is shown as a picture of itself.

    Tabs become spaces, control characters their Unicode pictures, C1, bidi and zero-width
    characters and lone surrogates U+FFFD. The result is always safe to paint.
    """
    if text.isascii() and text.isprintable():
        return text
    return text.expandtabs().translate(_TABLE)


def clean_line(text: str, limit: int = 200) -> str:
    """Foreign text to keep as one line of at most `limit` characters: NFC, no controls, trimmed.

    Line breaks and tabs become single spaces, other control, bidi and zero-width
    characters are dropped: nothing that is kept can act later.
    """
    text = text[: limit * 4]
    if text.isascii() and text.isprintable():  # nothing to drop: most of what comes
        return " ".join(text.split())[:limit].strip() if " " in text else text[:limit]
    text = text.encode("utf-8", "replace").decode()
    # What is dropped goes first: it may stand between spaces, or between a letter and its accent.
    kept = "".join(c for c in text if c.isspace() or ord(c) not in _TABLE)
    return " ".join(unicodedata.normalize("NFC", kept).split())[:limit].strip()


def clean_text(text: str, limit: int = 4000) -> str:
    """Foreign text to keep as several lines (line breaks stay, everything else as `clean_line`)."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")[: limit * 2].split("\n")
    return "\n".join(clean_line(line, limit) for line in lines).strip()[:limit]
