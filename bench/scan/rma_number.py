"""Our own RMA numbers: `BKVL-VRFV`, and `RBKVLVRFV` in the barcode.

Two letters of the bench, five of its running number and a check letter. All sixteen letters stand
on the same key of every keyboard layout that we know (data/layouts.toml), and Caps Lock does them
no harm; there are no vowels, so no number is a word, a command or the label of our equipment.

Each letter is worth four bits, an element of GF(16). The letters, each times the power of the
generator that belongs to its place (7 down to 0), add up to zero. One wrong letter changes the
sum, for no power is zero; two exchanged letters change it by the difference of the letters times
the difference of their powers, and neither is zero where letters and places differ. So every
single wrong letter and every exchange of two different letters is found, neighbours or not.

Numbers that a bench made before it had letters (`26-004812-K`, `R26004812K`) stay valid.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from bench.scan.old_rma_number import looks_like_old_number, parse_old_number

LETTERS = "BCDFGHJKLNPRSTVX"
"""What numbers are made of, in the order of their values."""
RUNNING_LETTERS = 5
LAST = len(LETTERS) ** RUNNING_LETTERS - 1
"""The last running number of a bench: 1,048,575."""
MARK = "R"
"""What the barcode begins with. No bench has letters that begin with it: a barcode that lost a
letter would otherwise look like the eight letters of another number."""
_BITS, _MODULUS = 4, 0b10011
"""GF(16) as polynomials modulo x^4 + x + 1, of which x (the value 2) is a generator."""
_SCRAMBLE = 954_035
"""Odd, so that multiplying by it modulo 2^20 gives each number once. Chosen among such factors so
that numbers on one shelf look nothing alike: no two of nine in a row share a running letter in the
same place, no two of sixty more than one."""
_NEXT_PAIR = 77
"""How far apart the pairs stand that a station tries; shares no factor with how many there are."""
_MISREAD = str.maketrans("568", "SGB")
_ANY = f"[{LETTERS}]"
_OWN = f"[{LETTERS.replace(MARK, '')}]{_ANY}"
_NUMBER = re.compile(f"{MARK}?({_OWN}{_ANY}{{2}})-?({_ANY}{{4}})")
_TYPED = re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}")
_LIKE = re.compile(f"{MARK}{_ANY}{{8}}|{_ANY}{{4}}-{_ANY}{{4}}")


def _times_x(value: int) -> int:
    """A value of GF(16) times the generator."""
    value <<= 1
    return value ^ _MODULUS if value >> _BITS else value


def check_letter(letters: str) -> str:
    """The check letter for the seven letters of bench and running number."""
    total = 0
    for letter in letters:
        total = _times_x(total ^ LETTERS.index(letter))
    return LETTERS[total]


def format_number(letters: str, running: int) -> str:
    """The number as shown, from the two letters of a bench and a running number of its own.

    Raises ValueError unless a bench may have the letters and the running number is from 1 to LAST.
    """
    if not re.fullmatch(_OWN, letters):
        raise ValueError(f"no bench has the letters {letters!r}")
    if not 1 <= running <= LAST:
        raise ValueError(f"the running number of an RMA is from 1 to {LAST}, not {running}")
    scrambled = running * _SCRAMBLE & LAST
    places = range(_BITS * (RUNNING_LETTERS - 1), -1, -_BITS)
    seven = letters + "".join(LETTERS[scrambled >> bits & 15] for bits in places)
    return f"{seven[:4]}-{seven[4:]}{check_letter(seven)}"


def barcode_text(number: str) -> str:
    """The text of the barcode for a number as shown."""
    return MARK + number.replace("-", "")


def bench_letters(station: str) -> Iterator[str]:
    """The pairs of letters that a station may have, each once, in the order to try them.

    The first follows from the name alone, and is the same on every machine. Benches that share a
    database always end with different letters. Of benches that share none only the names decide:
    two of them have the same letters in one case of 240, some two of eight in one case of nine;
    giving one of them another name helps.
    """
    firsts = LETTERS.replace(MARK, "")
    pairs = [first + second for first in firsts for second in LETTERS]
    digest = hashlib.sha256(station.encode("utf-8", "replace")).digest()
    begin = int.from_bytes(digest[:8])
    for step in range(len(pairs)):
        yield pairs[(begin + step * _NEXT_PAIR) % len(pairs)]


def is_bench_letters(letters: str) -> bool:
    """Whether RMA numbers may begin with these two letters."""
    return re.fullmatch(_OWN, letters) is not None


def number_start(text: str) -> str:
    """The beginning of a number as shown, from one that was typed without its dash, or scanned."""
    plain = text.strip().upper()
    if not re.fullmatch(f"{MARK}?{_ANY}{{1,8}}", plain):
        return plain
    plain = plain.removeprefix(MARK)
    return f"{plain[:4]}-{plain[4:]}" if len(plain) > 4 else plain


def parse_number(text: str) -> str | None:
    """The number as shown, from any form in any case; None when it is no number of ours.

    With or without the dash and the letter in front. In the shown form one digit is read as the
    letter that it looks like (5 for S, 6 for G, 8 for B), for the check letter finds one wrong
    guess; two could go unnoticed.
    """
    plain = _plain(text)
    found = _NUMBER.fullmatch(_mended(plain))
    if not found:
        return parse_old_number(plain)
    eight = found[1] + found[2]
    return f"{eight[:4]}-{eight[4:]}" if check_letter(eight[:7]) == eight[7] else None


def _plain(text: str) -> str:
    bare = text.strip()
    # Other capitals can be two letters (ß), or letters that nobody typed.
    return bare.upper() if bare.isascii() else bare


def _mended(text: str) -> str:
    if _TYPED.fullmatch(text) and sum(c.isdigit() for c in text) == 1:
        return text.translate(_MISREAD)
    return text


def looks_like_number(text: str) -> bool:
    """Whether a text has the shape of our numbers, with a check letter that is the wrong one.

    It may yet be a serial of the same shape. Eight letters alone do not count: they have nothing
    that tells them from a serial.
    """
    plain = _plain(text)
    if _LIKE.fullmatch(plain):
        return parse_number(plain) is None
    return looks_like_old_number(plain)
