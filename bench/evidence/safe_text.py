"""Bytes of a console as text that is safe to paint in any terminal.

What a console says is hostile: titles, clipboards, reports and colours are orders to the terminal
that shows it. Two forms are made of it, and neither can hold a control character, a bidi mark or
an escape sequence:

* `shown`: for people. Everything stays; a sequence is seen as text: "␛]0;pwned␇".
* `plain`: for patterns, search and redaction: what a terminal would leave standing. Sequences
  are left out, so that "enable ␛[1msecret" becomes "enable secret"; backspaces and erasures are
  done, as a shell makes them when a typed letter is taken back.

A carriage return never hides what stands before it (a terminal would write over it, and progress
lines would vanish): in the middle of a line it is "␍" in `shown` and a space in `plain`; at the
ends of a line, where it belongs to the line break, it is left out. Bytes that are no UTF-8 are
written as "\\x9b".

The families of sequences are those of ECMA-48 and ECMA-35; how broken ones are read follows
the state machine that DEC's terminals are known for: a control inside a sequence does not end it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from bench.text import printable

_IN = r"[\x00-\x09\x0b-\x17\x19\x1c-\x1f\x7f]*+"
"""Controls that a terminal obeys inside a sequence, without leaving it."""
_CSI = rf"(?:\x1b{_IN}\[|[\x9b\udc9b])[\x00-\x09\x0b-\x17\x19\x1c-\x3f\x7f]*+[@-~\x18\x1a]?"
_STRING = (
    rf"(?:\x1b{_IN}[\]PX^_k]|[\x90\x98\x9d-\x9f\udc90\udc98\udc9d-\udc9f])"
    # Up to its end, or only its beginning where it has none: the rest must not vanish.
    r"(?:[^\x07\x18\x1a\x1b\x80-\x9f\udc80-\udc9f]*+(?:[\x07\x18\x1a\x9c\udc9c]|\x1b\\))?"
)
_LINUX = rf"\x1b{_IN}\](?:P[0-9A-Fa-f]{{7}}|R)"
"""The palette orders of the Linux console: they look like a string, but have no end."""
_ESCAPE = rf"\x1b{_IN}(?:[ -/]++{_IN}[0-~]?|[0-~])?"
SEQUENCE = re.compile("|".join((_CSI, _LINUX, _STRING, _ESCAPE)))
"""Any escape sequence, in text whose bad bytes are surrogates ("surrogateescape")."""

_HAS_SEQUENCE = re.compile(r"[\x1b\x90\x98\x9b\x9d-\x9f\udc90\udc98\udc9b\udc9d-\udc9f]")
_COLOURS = re.compile(rb"\x1b\[[0-9;]*m")
"""Nearly all sequences there are; where nothing else is in a line, they may just go."""
_PLACES = "ABEFGHIZad`ef"
"""Final bytes of CSI sequences that move the pen elsewhere: a gap between two words."""
_MOST_BACK = 128
"""Columns that one sequence may move back: enough for a prompt, and no way to burn time."""
_ERASE = "\x1b"
"""Stands in half-made text for "erased from here to the end of the line"."""


class _Dropped(dict[int, str | int | None]):
    """A `str.translate` table that fills itself: what leaves no mark on a terminal is dropped."""

    def __missing__(self, code: int) -> str | int | None:
        char = chr(code)
        dropped = unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp")
        kept: int | None = None if dropped or printable(char) == "\ufffd" != char else code
        self[code] = kept
        return kept


_STEERING = dict.fromkeys((8, 9, 0x0D, 0x1B), None)
_DROPPED = _Dropped({code: code for code in _STEERING} | {0x0B: " ", 0x0C: " "})
_DROPPED.update({0xDC00 + byte: f"\\x{byte:02x}" for byte in range(0x80, 0x100)})


class Shown(NamedTuple):
    """A line for the screen."""

    text: str
    sequences: tuple[tuple[int, int], ...]
    """Where in the text escape sequences stand, from and to: to be painted quietly."""


def _easy(data: bytes) -> str | None:
    """The text of a line that is safe as it is; nearly all are."""
    if not data.isascii():
        return None
    text = data.decode("ascii").strip("\r")
    return text if text.isprintable() else None


def _pictured(text: str) -> str:
    """One piece of text with everything that could act made visible."""
    if not text.isascii():
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return printable(text)


def shown_line(data: bytes) -> Shown:
    """One line (without its line feed) for people, with the places of its escape sequences."""
    if (easy := _easy(data)) is not None:
        return Shown(easy, ())
    text = data.decode("utf-8", "surrogateescape").strip("\r")
    if not _HAS_SEQUENCE.search(text):
        return Shown(_pictured(text), ())
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    length = at = 0

    def add(piece: str) -> None:
        nonlocal length
        before = length % 8  # tabs count from the line's beginning
        pieces.append(_pictured(" " * before + piece)[before:])
        length += len(pieces[-1])

    for found in SEQUENCE.finditer(text):
        add(text[at : found.start()])
        begun, at = length, found.end()
        add(found.group())
        places.append((begun, length))
    add(text[at:])
    return Shown("".join(pieces), tuple(places))


def shown(data: bytes) -> str:
    """Console bytes for people: all of it, as text that cannot act. Line feeds stay."""
    return "\n".join(shown_line(line).text for line in data.split(b"\n"))


def plain_line(data: bytes) -> str:
    """One line (without its line feed) as a terminal would leave it standing, for patterns."""
    if (easy := _easy(data)) is not None or (easy := _easy(_COLOURS.sub(b"", data))) is not None:
        return easy
    text = data.decode("utf-8", "surrogateescape")
    if _HAS_SEQUENCE.search(text):
        text = SEQUENCE.sub(_effect, text)
    text = text.translate(_DROPPED).strip("\r")
    if "\b" in text or _ERASE in text:
        text = "\r".join(_written(part) for part in text.split("\r")).strip("\r")
    if "\r" in text:
        text = " ".join(part for part in text.split("\r") if part)
    return text.expandtabs()


def plain(data: bytes) -> str:
    """Console bytes for patterns, search and redaction: sequences left out, backspaces done.

    Works line by line, and line feeds stay: line n of the text is line n of the bytes. A string
    sequence (a title, a report) that is not ended on its own line loses only its beginning.
    """
    return "\n".join(plain_line(line) for line in data.split(b"\n"))


def _effect(found: re.Match[str]) -> str:
    """What a sequence does to the line, as far as patterns are concerned."""
    sequence = found.group()
    if sequence[0] == "\x1b" and "[" not in sequence:
        return ""
    final, parameter = sequence[-1], re.search(r"[\d;]+", sequence)
    first = parameter.group().partition(";")[0][:4] if parameter else ""
    if final == "D":
        return "\b" * min(_MOST_BACK, int(first or 1) or 1)
    if final in "JK":
        return _ERASE if not int(first or 0) else ""
    return " " if final == "C" or final in _PLACES else ""


def _written(text: str) -> str:
    """Text as it stands after its backspaces and erasures, without carriage returns."""
    cells: list[str] = []
    at = 0
    for char in text:
        if char == "\b":
            at = max(0, at - 1)
        elif char == _ERASE:
            del cells[at:]
        else:
            cells[at : at + 1] = (char,)
            at += 1
    return "".join(cells)
