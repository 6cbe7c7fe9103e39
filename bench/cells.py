"""One cell of foreign text into one typed value; what cannot be read is a plain sentence."""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from bench.text import clean_line

E = TypeVar("E", bound=StrEnum)
FIRST_YEAR, LAST_YEAR = 1990, 2200
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_YES_NO = {"": None, "yes": True, "no": False}


class RowError(ValueError):
    """A row that cannot be used: a plain sentence that names the column and the value."""


def shown(value: str) -> str:
    """A foreign value for a message: one safe line, in quotes, not too long."""
    line = clean_line(value, 41)
    return f'"{line[:40]}…"' if len(line) > 40 else f'"{line}"'


@lru_cache(maxsize=20_000)
def parse_day(text: str, column: str) -> date | None:
    """A day written YYYY-MM-DD; None for an empty text. Raises RowError for anything else."""
    text = text.strip()
    if not text:
        return None
    found = _DAY.fullmatch(text)
    if found is None:
        raise RowError(f"{column}: {shown(text)} is not a day; write YYYY-MM-DD, as 2026-02-28")
    year, month, day = map(int, found.groups())
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise RowError(f"{column}: {shown(text)} is not between {FIRST_YEAR} and {LAST_YEAR}")
    if not 1 <= month <= 12:
        raise RowError(f"{column}: {shown(text)} has no real month; write YYYY-MM-DD")
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        name = f"{month_name[month]} {year}"
        raise RowError(f"{column}: {shown(text)} is not in the calendar; {name} has {last} days")
    return date(year, month, day)


@lru_cache(maxsize=1000)
def parse_member(text: str, column: str, kind: type[E]) -> E | None:
    """A member of an enumeration, in any case; None for an empty text."""
    word = text.strip().casefold()
    try:
        return kind(word) if word else None
    except ValueError:
        known = ", ".join(member.value for member in kind)
        raise RowError(f"{column}: {shown(text)} is none of {known}") from None


@lru_cache(maxsize=1000)
def parse_yes(text: str, column: str) -> bool | None:
    """yes or no, in any case; None for an empty text."""
    try:
        return _YES_NO[text.strip().casefold()]
    except KeyError:
        raise RowError(f"{column}: {shown(text)} is neither yes nor no") from None
