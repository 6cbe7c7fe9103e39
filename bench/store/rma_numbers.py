"""Where RMA numbers come from: each station has two letters, and counts by itself.

No row is written by two stations, so no bench waits for another's number. A number that was given
to a return which was undone later is not used again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.scan.rma_number import LAST, bench_letters
from bench.store.errors import StoreError
from bench.store.link import Link, Row

if TYPE_CHECKING:
    from bench.store.proof import Fetch

FIRST_KEY = "rma_numbers_left_out"
"""In `meta`: how many numbers a station leaves out when it gets its letters. A database that was
restored from a backup does not know the stations that came after it, nor what they have given."""

_NEXT = (
    "UPDATE rma_letters SET running = running + 1 WHERE station = ? AND running < ?"
    " RETURNING letters, running"
)
_ENROL = (
    "INSERT INTO rma_letters (letters, station, running) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
)
_FULL = "SELECT 1 FROM rma_letters WHERE station = ? AND running >= ?"


class NumbersUsedUp(StoreError):
    """A station has no RMA number left, or there are no letters left for a new one."""

    def __init__(self, station: str, why: str, todo: str) -> None:
        self.station = station
        super().__init__(f"There is no RMA number left for the station {station}: {why}.", todo)


def next_running(link: Link, station: str, wanted: str = "") -> tuple[str, int]:
    """The letters of a station and its next running number: 1, 2, 3 … without gaps,
    but for those that a restored backup leaves out.

    At its first number a station gets letters that no other one of this database has: those that
    are `wanted`, or by its name. Raises NumbersUsedUp.
    """
    own = link.row(_NEXT, (station, LAST))
    if own is None:
        _refuse_full(link, station)
        own = _enrolled(link, station, wanted)
    return str(own[0]), int(own[1])


def _refuse_full(link: Link, station: str) -> None:
    if link.row(_FULL, (station, LAST)) is not None:
        why = f"it has used all {LAST:,}"
        raise NumbersUsedUp(station, why, "Give the station another name in its settings.")


def _enrolled(link: Link, station: str, wanted: str) -> Row:
    """The first number of a station that has no letters yet, or had none a moment ago."""
    first = first_running(link.rows)
    for letters in [wanted] if wanted else bench_letters(station):
        # Another program of the same station may be quicker: then the letters are its own.
        link.rows(_ENROL, (letters, station, first))
        own = link.row(_NEXT, (station, LAST))
        if own is not None:
            return own
    if wanted:
        why = f"another station has the letters {wanted}"
        raise NumbersUsedUp(station, why, "Set other rma_letters in its settings.")
    why = "other stations have all the letters"
    raise NumbersUsedUp(station, why, "Give it the name of a station that is no longer used.")


def first_running(fetch: Fetch) -> int:
    """How many numbers a station leaves out when it gets its letters; 0: it begins with 1."""
    rows = fetch('SELECT "value" FROM meta WHERE "key" = ?', (FIRST_KEY,))
    text = str(rows[0][0]) if rows else ""
    return min(int(text), LAST) if text.isascii() and text.isdigit() and len(text) < 10 else 0
