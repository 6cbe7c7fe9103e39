"""Lines of a console for tests: one a second, from a fixed moment on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.datafile import data_dir
from bench.evidence.understanding import Tables, load_tables

SECOND = 1_000_000_000
BEGIN = int(datetime(2024, 3, 4, 10, 0, tzinfo=UTC).timestamp()) * SECOND
TABLES: Tables = load_tables(data_dir() / "console_facts.toml", data_dir() / "failures.toml")


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a console."""

    number: int
    offset: int
    wall_ns: int
    text: str


def said(texts: Iterable[str], first: int = 0, at: float = 0) -> list[Said]:
    """Lines from number `first` on, one a second from `at` seconds after the beginning."""
    return [
        Said(first + place, (first + place) * 100, at_second(at + place), text)
        for place, text in enumerate(texts)
    ]


def at_second(seconds: float) -> int:
    """A moment so many seconds after the beginning, as ns since 1970."""
    return BEGIN + int(seconds * SECOND)
