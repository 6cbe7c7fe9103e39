"""One row of a transcript view as painted segments.

Everything that becomes a segment here went through `safe_text` or `printable`, or is our own words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby

from rich.segment import Segment
from rich.style import Style

from bench.evidence.hex_rows import hex_row
from bench.evidence.transcript import Line
from bench.text import printable
from bench.widgets.marks import HOLD, REFUSED, SIGNS
from bench.widgets.transcript_source import BAD, LOOK, EventRow, LineStyle

Place = tuple[int, int]
PARTS = ("time", "quiet", "event", "bad", "look", "hit", "cursor", "below")
"""What a row is made of; `transcript--` before it is the name of its style."""
HEAD_WIDTH = 15
"""Cells before the text: "14:03:22.417 " and a sign."""
_SIGNS = {BAD: SIGNS[REFUSED], LOOK: SIGNS[HOLD]}


@dataclass(slots=True)
class Painter:
    """Makes segments of lines, events and bytes, in the styles that `style` gives by their part."""

    zone: tzinfo | None
    style: Callable[[str], Style]
    sequences: bool = True
    wanted: str = ""
    left: int = 0
    width: int = 80

    def line(self, line: Line, marked: LineStyle, base: Style) -> list[Segment]:
        """A line with its time and sign."""
        severe = base + self.style(marked.severity) if marked.severity in _SIGNS else base
        shown = line.shown
        text = shown.text if self.sequences else line.text
        layers: list[tuple[Place, Style]] = []
        exact = text == line.text
        if exact:  # else the places are not those of what is painted
            layers += [(place, severe) for place in marked.spans]
        if self.sequences:
            quiet = self.style("quiet")
            layers += [(place, quiet) for place in shown.sequences]
        hit = self.style("hit")
        layers += [(place, hit) for place in hits(text, self.wanted)]
        whole = base if marked.spans and exact else severe
        return [
            self._time(line.wall_ns, base),
            Segment(f"{_SIGNS.get(marked.severity, ' ')} ", severe),
            *painted(text, self.left, self.width, whole, layers),
        ]

    def event(self, event: EventRow, base: Style) -> list[Segment]:
        """What happened, with its time."""
        style = base + self.style(event.severity if event.severity in _SIGNS else "event")
        sign = _SIGNS.get(event.severity, "─")
        told = Segment(f"{sign} ── {printable(event.text)} ──", style)
        return [self._time(event.wall_ns, base), told]

    def _time(self, wall_ns: int, base: Style) -> Segment:
        return Segment(f"{clock_time(wall_ns, self.zone)} ", base + self.style("time"))

    def hexadecimal(self, data: bytes, offset: int, width: int, base: Style) -> list[Segment]:
        """Bytes in hexadecimal, with their text beside."""
        told = hex_row(data, offset, width)
        layers = [(place, self.style("hit")) for place in hits(told.text, self.wanted)]
        return [
            Segment(f"{told.offset}  ", base + self.style("time")),
            Segment(f"{told.hex}  ", base),
            *painted(told.text, 0, width, base, layers),
        ]


def clock_time(wall_ns: int, zone: tzinfo | None) -> str:
    """`HH:MM:SS.mmm` of a time since 1970 (zone None: the local one).

    Dashes where it is no time: a broken index may say anything.
    """
    seconds, rest = divmod(wall_ns, 1_000_000_000)
    try:
        told = datetime.fromtimestamp(seconds, zone)
    except (OverflowError, ValueError, OSError):
        return "--:--:--.---"
    return f"{told:%H:%M:%S}.{rest // 1_000_000:03}"


def painted(
    text: str, left: int, width: int, base: Style, layers: Iterable[tuple[Place, Style]]
) -> Iterator[Segment]:
    """The part of a text from character `left` on, at most `width` characters of it.

    Layers lie one on another, later ones on top; what they cost does not depend on how long
    the text is.
    """
    cut = text[left : left + width]
    layers = list(layers)
    if not layers:  # nearly all lines
        yield Segment(cut, base)
        return
    styles = [base] * len(cut)
    for (begin, end), style in layers:
        begin, end = max(0, begin - left), min(len(cut), end - left)
        if begin < end:
            styles[begin:end] = [base + style] * (end - begin)
    at = 0
    for style, run in groupby(styles):
        length = sum(1 for _ in run)
        yield Segment(cut[at : at + length], style)
        at += length


def hits(text: str, wanted: str) -> list[Place]:
    """Where a searched text stands in a line, upper and lower case alike."""
    if not wanted:
        return []
    folded, wanted = text.lower(), wanted.lower()
    if len(folded) != len(text):  # a few letters change their length: better no mark than a wrong
        return []
    found, at = [], folded.find(wanted)
    while at >= 0:
        found.append((at, at + len(wanted)))
        at = folded.find(wanted, at + len(wanted))
    return found
