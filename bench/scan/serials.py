"""Serials: the form that is compared, near matches, and MAC addresses (DOMAIN section 8)."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from itertools import groupby

_MINUS = "\u2212"
_ALIKE = str.maketrans("OIL", "011")
SHORTEST = 3
LONGEST = 64
_OURS = ("BENCH", "CONSOLE", "PRINTER")
_OUR_BADGE = re.compile(r"PERSON[A-Z]*")
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_MAC = (
    re.compile(r"[0-9A-F]{12}"),
    re.compile(r"[0-9A-F]{2}([:\-. ])[0-9A-F]{2}(?:\1[0-9A-F]{2}){4}"),
    re.compile(r"[0-9A-F]{4}([:\-. ])[0-9A-F]{4}\1[0-9A-F]{4}"),
    re.compile(r"[0-9A-F]{6}[:\-.][0-9A-F]{6}"),
)


def _kept(character: str) -> bool:
    """False for white space, control, zero-width and other format characters and surrogates."""
    return not character.isspace() and unicodedata.category(character) not in ("Cc", "Cf", "Cs")


def _once(text: str) -> str:
    kept = "".join(filter(_kept, text))
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", kept).upper())


def canonical(serial: str) -> str:
    """The form that is compared: NFKC, upper case, no white space or hidden characters.

    Hyphens, leading zeros, O and 0, I and 1 stay as they are. `canonical(canonical(s))` is
    `canonical(s)`.
    """
    if serial.isascii() and serial.isalnum():
        return serial.upper()
    text = serial
    # Normalising can make new spaces and new letters with a lower case: until nothing changes.
    while (again := _once(text)) != text:
        text = again
    return text


def fold(serial: str) -> str:
    """The key for near matches: canonical, without - . / : and with O as 0, I and L as 1.

    Two serials with the same key are to be shown and asked about, never merged (DOMAIN section 8).
    """
    if serial.isascii() and serial.isalnum():
        return serial.upper().translate(_ALIKE)
    text = canonical(serial)
    bare = "".join(c for c in text if c not in "./:" + _MINUS and unicodedata.category(c) != "Pd")
    return bare.translate(_ALIKE)


def near_candidates(text: str) -> tuple[str, ...]:
    """The fold keys under which a near match of a scan may be stored, likeliest first.

    The scan itself; half of a scan that came twice in a row; each without a leading `S`, `SN`,
    `SN:` or `S/N:`. Keys shorter than a serial can be are left out.
    """
    whole = fold(text)
    half = whole[: len(whole) // 2]
    keys = [whole] + ([half] if whole and half * 2 == whole else [])
    found = [key for key in keys if len(key) >= SHORTEST or key == whole]
    for key in keys:
        for prefix in ("SN", "S"):
            bare = key.removeprefix(prefix)
            if bare != key and len(bare) >= SHORTEST:
                found.append(bare)
    return tuple(dict.fromkeys(key for key in found if key))


def difference(a: str, b: str) -> list[tuple[str, bool]]:
    """The runs of `b`, each with whether it differs from `a`; joined they are `b` again."""
    if len(a) == len(b):
        flags = [x != y for x, y in zip(a, b, strict=True)]
    else:
        flags = [True] * len(b)
        for block in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks():
            flags[block.b : block.b + block.size] = [False] * block.size
    runs = groupby(zip(b, flags, strict=True), key=lambda pair: pair[1])
    return [("".join(c for c, _ in run), flag) for flag, run in runs]


def is_serial(text: str) -> bool:
    """Whether a text can be a serial: 3 to 64 printable characters, not all signs.

    None that begins as a command or the label of our equipment does, and no badge of our own form.
    """
    serial = canonical(text)
    if not SHORTEST <= len(serial) <= LONGEST or serial.startswith(_OURS):
        return False
    if serial.isascii() and serial.isalnum():
        return not _OUR_BADGE.fullmatch(serial)
    return serial.isprintable() and any(c.isalnum() for c in serial)


def mac_of(text: str) -> str | None:
    """The MAC address a text is, as twelve upper-case digits; None when it is none.

    Plain, in pairs, in threes of four (as Cisco writes them) or in halves; the separators
    `: - .` and space must be the same throughout. Any twelve hexadecimal digits count, so a
    serial of twelve decimal digits does too.
    """
    plain = (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip().upper()
    if _MAC[0].fullmatch(plain):
        return plain
    if not any(form.fullmatch(plain) for form in _MAC):
        return None
    return re.sub(r"[:\-. ]", "", plain)


def without_aim(text: str) -> tuple[str, str]:
    """A scan without its AIM symbology identifier, and the identifier (such as `]C1`) or ""."""
    found = _AIM.match(text)
    return (text[found.end() :], found.group()) if found else (text, "")
