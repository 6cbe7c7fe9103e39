"""Failures that a console tells of: signatures as data, what they mean, where they stood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from bench.datafile import Table
from bench.evidence.rows import LINE_LIMIT, Row, prove, read_row, shown, unique
from bench.text import clean_line

MOST = 200
"""Different failures that are kept; a console that is hostile or broken makes up many."""
CONTEXT = 5
"""Lines after a failure that are kept with it."""
_WHERE_LIMIT = 20


class Severity(StrEnum):
    """How bad it is: a defect, or something that is worth a look."""

    BAD = "bad"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Failure:
    """A sort of failure and where it stood first; `count` how often it was said.

    `offset` (bytes), `wall_ns` and `line` are of the first line that said it, `text` is that line,
    cleaned, `context` up to five lines that follow it. `check` is the id of a check of the
    Diagnose screen, or "".
    """

    id: str
    title: str
    severity: Severity
    check: str
    means: str
    offset: int
    wall_ns: int
    line: int
    text: str
    context: tuple[str, ...] = ()
    count: int = 1
    last_wall_ns: int = 0


@dataclass(frozen=True, slots=True)
class Signature(Row):
    """How one sort of failure looks (an entry of data/failures.toml)."""

    title: str
    severity: Severity
    check: str
    means: str

    def title_in(self, text: str) -> str | None:
        """The title of the failure that a line tells of, with its place; None where none."""
        found = self.pattern.search(text[:LINE_LIMIT])
        if found is None:
            return None
        places = (clean_line(place, _WHERE_LIMIT) for place in found.groups() if place)
        words = self.title.replace("{where}", next(places, ""))
        return " ".join(words.removesuffix(" on ").split())


class Failures:
    """The failures of one console so far, in the order in which they were first said."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Failure] = {}
        self._open: dict[tuple[str, str], int] = {}
        self.left_out = 0
        """How many were not kept because there were `MOST` different ones already."""

    def __iter__(self) -> Iterator[Failure]:
        """All that are kept, each as it stood first."""
        return iter(self._kept.values())

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, failure: Failure) -> bool:
        """Takes a failure in, or counts it where it is known; True where it is new."""
        key = failure.id, failure.title
        known = self._kept.get(key)
        if known:
            self._kept[key] = replace(known, count=known.count + 1, last_wall_ns=failure.wall_ns)
            return False
        if len(self._kept) >= MOST:
            self.left_out += 1
            return False
        self._kept[key] = replace(failure, last_wall_ns=failure.wall_ns)
        self._open[key] = CONTEXT
        return True

    def follow(self, first: int, texts: Sequence[str]) -> None:
        """Gives the lines from number `first` on to the failures before them as context."""
        for key in list(self._open):
            known = self._kept[key]
            wanted = known.line + 1 + len(known.context)
            start = max(0, wanted - first)
            more = tuple(shown(text) for text in texts[start : start + self._open[key]])
            self._kept[key] = replace(known, context=known.context + more)
            self._open[key] -= len(more)
            if not self._open[key]:
                del self._open[key]


def load_failures(path: Path, checks: Iterable[str] = ()) -> tuple[Signature, ...]:
    """The signatures of a file, each proved on its examples; raises DataError.

    `checks`: the ids that `check` may name; none given: any.
    """
    table = Table.read(path)
    known = frozenset(checks)
    rows = tuple(_signature(entry, known) for entry in table.tables("failure"))
    table.done()
    unique(table, "failure", rows)
    return rows


def _signature(entry: Table, checks: frozenset[str]) -> Signature:
    row = read_row(entry)
    title, check, means = entry.text("title"), entry.text("check"), entry.text("means")
    if not title.strip():
        raise entry.wrong("title", "plain words for what is broken", title)
    if "{where}" in title and "where" not in row.pattern.groupindex:
        raise entry.wrong("pattern", "a group (?P<where>…) for the title", row.pattern.pattern)
    if check and checks and check not in checks:
        raise entry.wrong("check", "one of " + ", ".join(sorted(checks)), check)
    if not means.endswith("."):
        raise entry.wrong("means", "a sentence that ends with a full stop", means)
    prove(entry, row)
    made = Signature(
        *(
            row.id,
            row.needs,
            row.also,
            row.pattern,
            title,
            entry.one_of("severity", Severity),
            check,
            means,
        )
    )
    entry.done()
    return made
