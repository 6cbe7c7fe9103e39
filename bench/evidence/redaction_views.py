"""One stretch of console text seen in several ways, so that a broken line hides no secret.

A terminal breaks a long line at its width, a shell redraws one with a carriage return, a pager
writes over its own "--More--". A rule that wants the beginning of a line, and one whose secret
goes on in the next line, must both find what they look for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.evidence.safe_text import plain_line
from bench.evidence.transcript import Line

Span = tuple[int, int]
"""From and to, in characters."""


@dataclass(frozen=True, slots=True)
class View:
    """Text to look at, made of pieces of the whole stretch."""

    text: str
    pieces: tuple[Span, ...]
    """Where in the stretch the pieces stand, in order."""

    def back(self, begin: int, end: int) -> Iterator[Span]:
        """Where in the stretch a span of this view's text stands."""
        at = 0
        for first, last in self.pieces:
            length = last - first
            low, high = max(begin - at, 0), min(end - at, length)
            if low < high:
                yield first + low, first + high
            at += length


def views(texts: Sequence[str], cuts: Sequence[Span]) -> Iterator[View]:
    """The ways to see lines that belong together: joined, one by one, and between their cuts.

    `cuts` are the pieces of the joined text between carriage returns, where there are any.
    """
    joined = "".join(texts)
    yield View(joined, ((0, len(joined)),))
    at = 0
    if len(texts) > 1:
        for text in texts:
            yield View(text, ((at, at + len(text)),))
            at += len(text)
    if cuts:
        for begin, end in cuts:
            yield View(joined[begin:end], ((begin, end),))
        yield View("".join(joined[begin:end] for begin, end in cuts), tuple(cuts))


def cuts_of(line: Line) -> list[Span]:
    """The pieces of a line's text that stood between carriage returns; [] where there are none.

    A shell that breaks a line itself writes a space and a carriage return, so such a space goes.
    """
    if b"\r" not in line.raw.strip(b"\r"):
        return []
    cuts: list[Span] = []
    at = 0
    for part in line.raw.split(b"\r"):
        text = plain_line(part).removesuffix(" ")
        found = line.text.find(text, at) if text.strip() else -1
        if found >= 0:
            at = found + len(text)
            cuts.append((found, at))
    return cuts if len(cuts) > 1 else []
