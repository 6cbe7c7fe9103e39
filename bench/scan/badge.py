"""Badges: what one is, our own form of them, and the keyed hash that is kept instead. Pure.

A company's badge may be any text of 6 to 64 characters. One that bench makes is `PERSON` and
twelve letters; all of them stay in place on all keyboard layouts, as those of commands do.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Sequence

from bench.scan.commands import SAFE_LETTERS
from bench.scan.serials import canonical, without_aim

PREFIX = "PERSON"
LETTERS = 12
"""Letters after the prefix: 19 to the power of 12 badges, about 51 bits."""
SHORTEST, LONGEST = 6, 64
KEY_BYTES = 32
"""Bytes of the key."""
_OURS = re.compile(rf"{PREFIX}[A-Z]*")
_FRAME = str.maketrans("", "", "\x00\x02\x03")


def badge_text(text: str) -> str | None:
    """A badge in the form that is compared: as serials are; None where a text can be no badge.

    Case does not matter, so that Caps Lock keeps nobody out.
    """
    plain = canonical(without_aim(text.translate(_FRAME).strip())[0])
    fits = SHORTEST <= len(plain) <= LONGEST and plain.isprintable()
    return plain if fits and any(c.isalnum() for c in plain) else None


def is_ours(text: str) -> bool:
    """Whether a text is a badge of our own form, or the beginning of one; nothing else may be.

    Whoever's it is: a badge that was cut off must not become a serial either.
    """
    return _OURS.fullmatch(text.strip().upper()) is not None


def make_badge(choose: Callable[[Sequence[str]], str] = secrets.choice) -> str:
    """A new badge of our own form that nobody can guess."""
    letters = sorted(SAFE_LETTERS)
    return PREFIX + "".join(choose(letters) for _ in range(LETTERS))


def badge_hash(key: bytes, badge: str) -> str:
    """What is kept of a badge: hexadecimal HMAC-SHA256. Raises ValueError where it can be none."""
    plain = badge_text(badge)
    if plain is None:
        raise ValueError("no badge")
    return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()


def fingerprint(key: bytes) -> str:
    """What tells one key from another without giving it away: 16 hexadecimal digits."""
    return hmac.new(key, b"bench badge key", hashlib.sha256).hexdigest()[:16]
