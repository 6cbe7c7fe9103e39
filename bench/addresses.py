"""Mail addresses as people type them: checked before anything is sent to one."""

from __future__ import annotations

import re

MOST = 10
"""Recipients that one letter may have."""
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


class BadAddress(ValueError):
    """What was typed is no mail address; the message names it."""


def addresses(text: str) -> tuple[str, ...]:
    """The addresses in a text, with commas or semicolons between them; each of them once.

    Bare addresses only (RFC 5321, section 4.1.2, without quoted local parts): a name beside one
    could hide another. A domain in letters of other scripts comes out in its ASCII form. Raises
    BadAddress for none, for more than MOST, and for one that cannot be right.
    """
    found: dict[str, str] = {}
    for part in re.split("[,;]", text.strip(" ,;")):
        address = _address(part.strip(" "))
        found.setdefault(address.casefold(), address)
    if len(found) > MOST:
        raise BadAddress(f"{len(found)} addresses are too many: {MOST} at most")
    return tuple(found.values())


def _address(text: str) -> str:
    local, at, domain = text.rpartition("@")
    if not text:
        raise BadAddress("there is no address")
    if not at or len(text) > 254 or len(local) > 64 or not _LOCAL.fullmatch(local):
        raise BadAddress(f"{text[:80]!r} is not a mail address")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        ascii_domain = ""
    if not all(_LABEL.fullmatch(label) for label in ascii_domain.split(".")):
        raise BadAddress(f"{text[:80]!r} is not a mail address")
    return f"{local}@{ascii_domain}"
