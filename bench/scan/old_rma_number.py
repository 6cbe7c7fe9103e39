"""RMA numbers as they were before benches had letters: `26-004812-K`, `R26004812K` as a barcode.

Nobody makes them any more, but labels and records carry them, so they are read for ever. Two
digits of the year, six running digits and a check letter: the sum of the digits weighted 10 to 17,
modulo 19. 19 is prime and larger than any difference of two digits, so each single wrong digit and
each swap of two neighbours changes it.
"""

from __future__ import annotations

import re

_LETTERS = "BCDEFGHJKLNOPRSTUVX"
_WEIGHTS = range(10, 18)
_MISREAD = str.maketrans("01568", "OLSGB")
_SHAPE = re.compile(r"([0-9]{2})-([0-9]{6})-([A-Z01568])|R([0-9]{2})([0-9]{6})([A-Z])")


def old_check_letter(digits: str) -> str:
    """The check letter for the eight digits of year and running number."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return _LETTERS[total % len(_LETTERS)]


def _parts(text: str) -> tuple[str, str, str] | None:
    found = _SHAPE.fullmatch(text)
    if not found:
        return None
    year, running, letter = (part for part in found.groups() if part is not None)
    return year, running, letter


def parse_old_number(text: str) -> str | None:
    """The number as shown, from either form in capitals; None when it is none.

    In the shown form a digit in the place of the letter (0 for O, 1 for L, 5 for S, 6 for G,
    8 for B) is read as that letter, and still has to be the right one.
    """
    parts = _parts(text)
    if parts is None:
        return None
    year, running, letter = parts
    right = old_check_letter(year + running)
    return f"{year}-{running}-{right}" if letter.translate(_MISREAD) == right else None


def looks_like_old_number(text: str) -> bool:
    """Whether a text in capitals has the shape, with a letter at the end that is the wrong one."""
    parts = _parts(text)
    return parts is not None and parts[2].isalpha() and parse_old_number(text) is None
