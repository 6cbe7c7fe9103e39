"""Our own RMA numbers: `26-004812-K`, and `R26004812K` in the barcode.

Two digits of the year, six running digits and a check letter. The letter is the sum of the digits
weighted 10 to 17, modulo 19: 19 is prime and larger than any difference of two digits, so each
single wrong digit and each swap of two neighbours changes it. The barcode goes without dashes,
which other keyboard layouts would turn into something else.
"""

from __future__ import annotations

import re

LETTERS = "BCDEFGHJKLNOPRSTUVX"
"""The check letters: those that no keyboard layout moves."""
_WEIGHTS = range(10, 18)
_MISREAD = str.maketrans("01568", "OLSGB")
_SHAPE = re.compile(r"([0-9]{2})-([0-9]{6})-([A-Z01568])|R([0-9]{2})([0-9]{6})([A-Z])")


def check_letter(digits: str) -> str:
    """The check letter for the eight digits of year and running number."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return LETTERS[total % len(LETTERS)]


def format_number(year: int, running: int) -> str:
    """The number as shown, from a year (four digits or two) and a running number.

    Raises ValueError unless the running number is from 1 to 999999.
    """
    if not 1 <= running <= 999_999:
        raise ValueError(f"the running number of an RMA is from 1 to 999999, not {running}")
    short = f"{year % 100:02d}"
    digits = f"{running:06d}"
    return f"{short}-{digits}-{check_letter(short + digits)}"


def barcode_text(number: str) -> str:
    """The text of the barcode for a number as shown."""
    return "R" + number.replace("-", "")


def _parts(text: str) -> tuple[str, str, str] | None:
    found = _SHAPE.fullmatch(text.strip().upper())
    if not found:
        return None
    year, running, letter = (part for part in found.groups() if part is not None)
    return year, running, letter


def parse_number(text: str) -> str | None:
    """The number as shown, from either form in any case; None when it is no number of ours.

    In the typed form a digit in the place of the letter (0 for O, 1 for L, 5 for S, 6 for G,
    8 for B) is read as that letter, and still has to be the right one.
    """
    parts = _parts(text)
    if parts is None:
        return None
    year, running, letter = parts
    right = check_letter(year + running)
    return f"{year}-{running}-{right}" if letter.translate(_MISREAD) == right else None


def looks_like_number(text: str) -> bool:
    """Whether a text has the shape of our numbers, with a letter at the end that is the wrong one.

    It may yet be a serial of the same shape.
    """
    parts = _parts(text)
    return parts is not None and parts[2].isalpha() and parse_number(text) is None
