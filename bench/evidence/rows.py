"""Rows of console tables: a pattern, the words that must be in the line first, and its proof.

A console may send 2 MB of text a second on each of several ports, and nearly all of it is of no
interest. So every row names words of which one must stand in a line before its pattern is tried,
and blocks of lines are searched for all these words at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bench.datafile import Table
from bench.text import clean_line

LINE_LIMIT = 4096
"""Characters of a line that are looked at; a hostile device may never end one."""
_BLOCK = 64
_BETWEEN = " \n "
"""What stands between lines in a block, so that each word has a space on both sides."""
_CASE = 32
_KEPT = b"\n" + bytes(range(ord("a"), ord("z") + 1))
_FOLD = bytes(
    code if code in _KEPT else code + _CASE if chr(code) in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" else 32
    for code in range(256)
)
_WORD = re.compile(r"[a-z]{1,32}")
_ENDLESS = re.compile(r"(?<!\\)(?:\.|\\[SsWwDd]|\])[*+](?!\+)(?=.)")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: `needs` are words of letters of which one must be in the line, `also`
    more of them, of which one must be there as well (none given: no more is needed)."""

    id: str
    needs: tuple[str, ...]
    also: frozenset[bytes]
    pattern: re.Pattern[str]


def read_row(entry: Table, groups: int | None = None) -> Row:
    """Reads what every row has; `groups`: how many groups its pattern must have, None for any.

    Raises DataError for a pattern that is none, or that could run long on a hostile line.
    """
    name = entry.text("id")
    if not name:
        raise entry.wrong("id", "a name of its own", name)
    needs = entry.texts("needs")
    if not needs or not all(_WORD.fullmatch(word) for word in needs):
        raise entry.wrong("needs", "words of small letters, one of which is in every line", needs)
    also = entry.texts("also", [])
    if not all(_WORD.fullmatch(word) for word in also):
        raise entry.wrong("also", "words of small letters, one of which is in every line", also)
    text = entry.text("pattern")
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise entry.wrong("pattern", f"a regular expression ({error})") from None
    if groups is not None and pattern.groups != groups:
        raise entry.wrong("pattern", f"a regular expression with {groups} group", text)
    if not text.removeprefix("(?i)").startswith("^") and _ENDLESS.search(text):
        wish = "a bounded repeat such as .{0,80} in a pattern that does not begin with ^"
        raise entry.wrong("pattern", wish, text)
    return Row(name, needs, frozenset(word.encode() for word in also), pattern)


def prove(entry: Table, row: Row) -> re.Match[str]:
    """The match of a row on its own example; raises DataError where example or counter-example
    tell that the row does not do what it is for."""
    example, counter = entry.text("example"), entry.text("counter_example")
    if not next(Prefilter([row]).candidates([example]), None):
        raise entry.wrong("needs", f"words of the example {example!r}", row.needs)
    found = row.pattern.search(example)
    if found is None:
        raise entry.wrong("example", "a line that fits the pattern", example)
    if row.pattern.search(counter):
        raise entry.wrong("counter_example", "a line that does not fit the pattern", counter)
    return found


def unique(table: Table, key: str, rows: Sequence[Row]) -> None:
    """Raises DataError for a table without rows, or where two rows have the same id."""
    if not rows:
        raise table.wrong(key, "at least one row")
    names = sorted(row.id for row in rows)
    for before, after in pairwise(names):
        if before == after:
            raise table.wrong(key, "an id of its own for each row", after)


def shown(text: str) -> str:
    """A line of a console as it is kept beside a fact or a failure: clean, 200 characters."""
    return clean_line(text[:LINE_LIMIT], 200)


def _folded(text: str) -> bytes:
    """The same length in bytes; letters small, everything else but line ends a space."""
    return text.encode("ascii", "replace").translate(_FOLD)


class Prefilter:
    """Which rows are worth trying on which lines."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = tuple(rows)
        self._by_word: dict[bytes, list[int]] = {}
        for place, row in enumerate(self._rows):
            for word in row.needs:
                self._by_word.setdefault(word.encode(), []).append(place)
        self._words = frozenset(self._by_word).union(*(row.also for row in self._rows))

    def candidates(self, texts: Sequence[str]) -> Iterator[tuple[int, list[Row]]]:
        """The lines that have the words of a row, in order, each with these rows in their order.

        `texts` are lines without line ends. What comes out may still fit no pattern.
        """
        for start in range(0, len(texts), _BLOCK):
            block = texts[start : start + _BLOCK]
            for index in sorted(self._in_block(block)):
                rows = self._possible(self._words.intersection(_folded(block[index]).split()))
                if rows:
                    yield start + index, [self._rows[place] for place in sorted(rows)]

    def _in_block(self, block: Sequence[str]) -> set[int]:
        """The lines of a block that are worth a look: one search for all words of all rows."""
        joined = _folded(_BETWEEN.join(("", *block, "")))
        if joined.count(b"\n") > len(block) + 1:  # a line end within a line is no line end
            joined = _folded(_BETWEEN.join(("", *(_one_line(text) for text in block), "")))
        present = self._words.intersection(joined.split())
        possible, hits = self._possible(present), set[int]()
        for word in present if possible else ():
            if not possible.isdisjoint(self._by_word.get(word, ())):
                hits.update(_lines_with(joined, b" " + word + b" "))
        return hits

    def _possible(self, present: frozenset[bytes]) -> set[int]:
        """The rows that have all the words that they need among these."""
        found = {place for word in present for place in self._by_word.get(word, ())}
        rows = self._rows
        return {
            place
            for place in found
            if not rows[place].also or not rows[place].also.isdisjoint(present)
        }


def _one_line(text: str) -> str:
    return text.replace("\n", " ")


def _lines_with(joined: bytes, word: bytes) -> Iterator[int]:
    """The numbers of the lines that a word occurs in, each once."""
    place, counted, line = joined.find(word), 0, -1
    while place >= 0:
        line += joined.count(b"\n", counted, place)
        counted = place
        yield line
        end = joined.find(b"\n", place)
        if end < 0:
            return
        place = joined.find(word, end)
