"""Proving the events: every unit's chain is gone through, and the first broken link named."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.store.hashes import COLUMNS, GENESIS
from bench.store.link import Row
from bench.store.snapshot import PAGE, FileSnapshot, Snapshot

Fetch = Callable[[str, Sequence[Any]], list[Row]]
"""Asks a database: a snapshot's `rows`, or a link's inside its transaction."""
MOST = 20
"""Broken units that are named; the others are counted."""
_DOMAIN = b"bench-event-1\n"
_EVENTS = f"SELECT {', '.join(COLUMNS)}, hash FROM event WHERE (unit_id, seq) > (?, ?)"
_ORDER = f"ORDER BY unit_id, seq LIMIT {PAGE}"

CONTENT = "its content is not what was written"
FOLLOW = (
    "it does not follow on the event before it: its content, or that of event {}, is not what was"
    " written"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """The first broken link of a unit's chain, or what else is wrong with its records."""

    unit_id: str
    what: str
    """What is wrong, as the end of a sentence."""
    seq: int = 0
    """Which event; 0: it is about no event."""
    op_id: str = ""
    rma_id: str | None = None
    step: str = ""
    at: str = ""
    actor: str = ""
    station: str = ""


def fault_at(row: Row, what: str) -> Fault:
    """A fault at an event, given as a row of COLUMNS."""
    op_id, unit_id, rma_id, seq, step, at, actor, station = row[:8]
    return Fault(unit_id, what, seq, op_id, rma_id, step, at, actor, station)


@dataclass(slots=True)
class Faults:
    """The first broken units, and how many there are altogether."""

    named: list[Fault] = field(default_factory=list)
    count: int = 0

    def add(self, fault: Fault) -> None:
        """One more broken unit."""
        self.count += 1
        if len(self.named) < MOST:
            self.named.append(fault)

    def join(self, other: Faults) -> None:
        """Those of another part."""
        self.count += other.count
        self.named = [*self.named, *other.named][:MOST]


def event_pages(
    fetch: Fetch, low: str = "", high: str | None = None, end: int = 0
) -> Iterator[list[Row]]:
    """The events by unit and seq, a page at a time: of the units from `low` to before `high`.

    `end`: after so many events in the order in which they came in; 0: all.
    """
    bounds: list[tuple[str, Any]] = [] if high is None else [(" AND unit_id < ?", high)]
    if end:
        bounds.append((" AND rowid <= ?", end))
    sql, more = _EVENTS + "".join(text for text, _ in bounds), [value for _, value in bounds]
    unit, seq = low, 0
    while page := fetch(f"{sql} {_ORDER}", [unit, seq, *more]):
        yield page
        unit, seq = page[-1][1], page[-1][3]


def hashed(before: bytes, row: Row) -> bytes:
    """As `hashes.link`, for the columns of an event of the table: three times as fast."""
    op_id, unit_id, rma_id, seq, step, at, actor, station, data, reverses, technician = row[:11]
    number = str(seq)
    text = (
        f"{len(op_id)}:{op_id}{len(unit_id)}:{unit_id}"
        f"{'-' if rma_id is None else f'{len(rma_id)}:{rma_id}'}{len(number)}:{number}"
        f"{len(step)}:{step}{len(at)}:{at}{len(actor)}:{actor}{len(station)}:{station}"
        f"{len(data)}:{data}{'-' if reverses is None else f'{len(reverses)}:{reverses}'}"
        f"{'-' if technician is None else f'{len(technician)}:{technician}'}"
    )
    # Text that is none has been read with surrogates: its bytes are what is hashed.
    made = hashlib.sha256(_DOMAIN + before + text.encode("utf-8", "surrogateescape"))
    return made.digest()


class Chains:
    """Goes through events that come by unit and seq, and notes each unit's first broken link."""

    def __init__(self) -> None:
        self.events = self.units = 0
        self.faults = Faults()
        self._unit: str | None = None
        self._seq, self._before, self._broken = 0, GENESIS, False

    def feed(self, rows: Iterable[Row]) -> None:
        """The next events."""
        unit, seq, before, broken = self._unit, self._seq, self._before, self._broken
        for row in rows:
            if row[1] != unit:
                unit, seq, before, broken = row[1], 0, GENESIS, False
                self.units += 1
            seq += 1
            self.events += 1
            if broken:
                continue
            stored = row[11]
            if row[3] != seq or hashed(before, row) != stored:
                broken = True
                self.faults.add(_broken(row, seq))
            before = stored
        self._unit, self._seq, self._before, self._broken = unit, seq, before, broken


def _broken(row: Row, expected: int) -> Fault:
    """Where an event is missing, or which event is not what it was."""
    found = row[3]
    if found == expected:
        return fault_at(row, CONTENT if found == 1 else FOLLOW.format(found - 1))
    gap = found - expected
    number = "an event is" if gap == 1 else f"{gap} events are"
    place = f"between {expected - 1} and {found}" if expected > 1 else f"before {found}"
    return fault_at(row, f"{number} missing {place}")


# --- heads


def heads_digest(
    fetch: Fetch, told: Callable[[int], None] | None = None, end: int = 0
) -> tuple[str, int]:
    """One SHA-256 over the last event of every unit, `unit_id seq hash` by unit; and how many.

    `told` hears after each page how many events were read; `end` as for `event_pages`.
    """
    digest, units, done = hashlib.sha256(), 0, 0
    last: Row | None = None
    for page in event_pages(fetch, end=end):
        lines = []
        for row in page:
            if last is not None and row[1] != last[1]:
                lines.append(f"{last[1]} {last[3]} {last[11].hex()}\n")
            last = row
        units += len(lines)
        digest.update("".join(lines).encode("utf-8", "surrogateescape"))
        done += len(page)
        if told:
            told(done)
    if last is not None:
        units += 1
        line = f"{last[1]} {last[3]} {last[11].hex()}\n"
        digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest(), units


def end_of(snapshot: Snapshot, events: int) -> int:
    """The number of the last of the first so many events, in the order in which they came in."""
    found = snapshot.rows("SELECT rowid FROM event ORDER BY rowid LIMIT 1 OFFSET ?", [events - 1])
    return int(found[0][0]) if found else 0


# --- comparing with a backup

Mark = tuple[str, int, str]
"""An event of a backup: unit, seq, hash in hexadecimal."""


def marks_of(backup: Snapshot) -> Iterator[list[Mark]]:
    """The last event of every unit of a backup: with it, all before it are what they were."""
    last: Row | None = None
    for page in event_pages(backup.rows):
        found: list[Mark] = []
        for row in page:
            if last is not None and row[1] != last[1]:
                found.append((last[1], last[3], last[11].hex()))
            last = row
        yield found
    if last is not None:
        yield [(last[1], last[3], last[11].hex())]


def against(fetch: Fetch, marks: Sequence[Mark], faults: Faults, seen: set[str]) -> None:
    """Notes the units of which an event of a backup is missing here, or is another one here.

    `seen`: the units that were noted already.
    """
    for begin in range(0, len(marks), 400):
        some = marks[begin : begin + 400]
        pairs = ", ".join(["(?, ?)"] * len(some))
        sql = f"SELECT {', '.join(COLUMNS)}, hash FROM event WHERE (unit_id, seq) IN "
        sql += f"(VALUES {pairs})"
        keys = [part for unit_id, seq, _ in some for part in (unit_id, seq)]
        there = {(row[1], row[3]): row for row in fetch(sql, keys)}
        for unit_id, seq, hexed in some:
            row = there.get((unit_id, seq))
            if (row is None or row[11].hex() != hexed) and unit_id not in seen:
                seen.add(unit_id)
                faults.add(_differs(unit_id, seq, row))


def _differs(unit_id: str, seq: int, row: Row | None) -> Fault:
    if row is None:
        return Fault(unit_id, f"event {seq} is missing: the backup has it", seq)
    return fault_at(row, "it is not the event that the backup has: history was rewritten")


# --- the tables themselves


def table_faults(snapshot: Snapshot) -> list[str]:
    """What SQLite's own checks find, as sentences; nothing on a server, which keeps its own."""
    if not isinstance(snapshot, FileSnapshot):
        return []
    found = [str(row[0]) for row in snapshot.rows(f"PRAGMA quick_check({MOST})")]
    wrong = [] if found == ["ok"] else found
    orphans = snapshot.rows(f"SELECT * FROM pragma_foreign_key_check LIMIT {MOST}")
    wrong += [f"row {row[1]} of {row[0]} names a {row[2]} that is not there" for row in orphans]
    return wrong
