"""Scans of every speed, into every place and with every end, and quickly typed lines: in short.

`python -m tests.benchmarks.every_scan` does the same thousands of times.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial
from itertools import cycle
from pathlib import Path

from tests.terminal.conftest import together
from tests.terminal.every_scan import (
    PLACES,
    SPEEDS,
    SUFFIXES,
    USB,
    Mixes,
    Recorded,
    run,
    to_table,
    type_lines,
)

SEED = 11
QUICK = 150
"""Words a minute of whoever types very well."""


def share(places: Sequence[str]) -> Mixes:
    """For these places every second USB speed, in turns, and both that are no USB."""
    ends = cycle(SUFFIXES)
    mixes = {}
    for at, place in enumerate(PLACES):
        speeds = [*list(USB)[at % 2 :: 2], *(speed for speed in SPEEDS if speed not in USB)]
        mixes[place] = list(zip(speeds, ends, strict=False))
    return {place: mixes[place] for place in places}


def scan_all(places: Sequence[str], home: Path) -> None:
    """Every speed, each USB one in one of two places: that comes exactly, and nothing wrong."""
    with Recorded(home, 120, 40) as terminal:
        tallies = run(terminal, 1, random.Random(SEED), share(places))
        assert b"Traceback" not in terminal.raw
    assert [tally.wrong for tally in tallies.values()] == [[]] * len(tallies), tallies
    for speed in USB:
        tally = tallies[speed]
        assert (tally.sent, tally.right, tally.typed) == (1, 1, []), (speed, tally)


def type_quickly(home: Path) -> None:
    """Twelve lines that a person types: each stands there as typed, and none is a scan."""
    with Recorded(home, 120, 40) as terminal:
        to_table(terminal)
        assert type_lines(terminal, 12, QUICK, random.Random(SEED)) == []


def test_every_scan_lands(tmp_path: Path) -> None:
    """In a table, a field, a dialog, and while screens mount; and lines that are typed."""
    places = list(PLACES)
    jobs: dict[str, Callable[[Path], None]] = {
        "first": partial(scan_all, places[:2]),
        "second": partial(scan_all, places[2:]),
        "typed": type_quickly,
    }
    together(tmp_path, jobs)
