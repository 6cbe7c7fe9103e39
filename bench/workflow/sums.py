"""Whether each RMA is what its events add up to; unit by unit, along with the proof of the chains.

Compared is what comes from the events alone. Rank and reason in the queue follow the policy of
the day, and the state only as far as it does not. Remembered labels are compared as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import groupby
from operator import itemgetter
from typing import Any

from bench.store.errors import Damaged
from bench.store.proof import MOST, Fault, Faults
from bench.store.records import LABEL_STEPS, Alias, Event, Rma, State, Step
from bench.store.rows import ALIAS, EVENT, RMA
from bench.store.snapshot import Snapshot
from bench.workflow.projection import fold, remembered

Row = tuple[Any, ...]
_LATER = {
    **{"captures": "0", "console_serial": "''", "board_serial": "''"},
    **dict.fromkeys(("contact_again_on", "sent_ahead_on", "sent_ahead_why"), "NULL"),
    **dict.fromkeys(("advance_due_on", "billed_on", "vendor", "wakes_on"), "NULL"),
    **{"quote_cents": "NULL", "address": "''"},
}
"""What an RMA has in a database from before these columns were there."""
_POLICY = ("state", "mark", "rank", "why_here", "since", "wakes_on", "version")
"""What the policy of the day has a say in, and the count of changes."""
COMPARED = tuple(field.name for field in fields(Rma) if field.name not in _POLICY)
_HELD = (State.RECEIVED, State.ON_HOLD)
_STATES = {
    State.RECEIVED: _HELD,
    State.DIAGNOSED: (
        *(State.DIAGNOSED, State.ON_HOLD, State.AWAITING_CONTACT),
        *(State.WITH_PARTNER_TEAM, State.AWAITING_VENDOR, State.READY_TO_SHIP),
    ),
}
"""The states that the holds of a policy can make of a bare one."""
_UNIT = RMA.columns.index("unit_id")
_EVENT_UNIT = EVENT.columns.index("unit_id")


class Sums:
    """Is fed with events by unit and seq, and reads the RMAs beside them, by unit too."""

    def __init__(self, snapshot: Snapshot, low: str, high: str | None) -> None:
        self.rmas, self.faults = 0, Faults()
        self._unit = ""
        self._events: list[Row] = []
        self._left = _rmas(snapshot, low, high)
        self._next = next(self._left, None)

    def feed(self, rows: Iterable[Row]) -> None:
        """The next events."""
        for row in rows:
            if row[1] != self._unit:
                self._close()
                self._unit = row[1]
            self._events.append(row)

    def end(self) -> None:
        """After the last event."""
        self._close()
        self._skip(None)

    def _close(self) -> None:
        """Compares the RMAs of the unit that is complete."""
        if not self._events:
            return
        self._skip(self._unit)
        by_rma: dict[str, list[Row]] = {}
        for row in self._events:
            by_rma.setdefault(row[2], []).append(row)
        self._events = []
        while self._next is not None and self._next[_UNIT] == self._unit:
            self._compare(self._next, by_rma.get(self._next[0], []))
            self._next = next(self._left, None)

    def _skip(self, unit: str | None) -> None:
        """RMAs of units that have no event at all."""
        while self._next is not None and (unit is None or self._next[_UNIT] < unit):
            self._compare(self._next, [])
            self._next = next(self._left, None)

    def _compare(self, row: Row, events: Sequence[Row]) -> None:
        self.rmas += 1
        what = "it has no events" if not events else difference(row, events)
        if what:
            self.faults.add(Fault(row[_UNIT], what, rma_id=row[0]))


def _rmas(snapshot: Snapshot, low: str, high: str | None) -> Iterator[Row]:
    more = "" if high is None else " AND r.unit_id < ?"
    params = [low] if high is None else [low, high]
    there = snapshot.columns("rma")
    names = ", ".join(_LATER[n] if n not in there else f'r."{n}"' for n in RMA.columns)
    sql = f"SELECT {names} FROM rma r WHERE r.unit_id >= ?{more} ORDER BY r.unit_id"
    for page in snapshot.pages(sql, params):
        yield from page


def difference(row: Row, events: Sequence[Row]) -> str:
    """In what an RMA is not what its events add up to, as the end of a sentence; "" in nothing."""
    try:
        rma = RMA.from_row(row)
        made = fold(rma, [_event(event) for event in events])
    except (Damaged, KeyError, ValueError, TypeError, AttributeError) as error:
        return f"its events cannot be added up ({type(error).__name__}: {error!s:.80})"
    wrong = [name for name in COMPARED if getattr(rma, name) != getattr(made, name)]
    if rma.state not in _STATES.get(made.state, (made.state,)):
        wrong.insert(0, "state")
    if not wrong:
        return ""
    names = ", ".join(name.replace("_", " ") for name in wrong)
    return f"its events make it otherwise ({names})"


def _event(row: Row) -> Event:
    return EVENT.from_row(row)


# --- remembered labels

_STEPS = ", ".join(f"'{step}'" for step in (*LABEL_STEPS, Step.UNDONE))
_LABEL_EVENTS = f"""SELECT {EVENT.select("e")} FROM event e WHERE e.step IN ({_STEPS})
ORDER BY e.unit_id, e.seq"""
_ALIASES = f'SELECT {ALIAS.select("a")} FROM alias a ORDER BY a."key"'


def label_faults(snapshot: Snapshot) -> list[str]:
    """The units whose remembered labels are not what their events make them, as sentences."""
    if "alias" not in snapshot.tables():
        return []  # from before there were any
    rows = (row for page in snapshot.pages(_ALIASES) for row in page)
    there: dict[str, dict[str, Alias]] = {}
    for alias in map(ALIAS.from_row, rows):
        there.setdefault(alias.unit_id, {})[alias.key] = alias
    wrong = [
        unit_id
        for unit_id, events in _by_unit(snapshot)
        if _labels_differ(events, there.pop(unit_id, {}))
    ]
    return [
        f"the labels remembered for {_called(snapshot, unit_id)} are not those of its events"
        for unit_id in sorted([*wrong, *there])[:MOST]
    ]


def _by_unit(snapshot: Snapshot) -> Iterator[tuple[str, list[Row]]]:
    rows = (row for page in snapshot.pages(_LABEL_EVENTS) for row in page)
    for unit_id, own in groupby(rows, key=itemgetter(_EVENT_UNIT)):
        yield str(unit_id), list(own)


def _labels_differ(events: Sequence[Row], there: dict[str, Alias]) -> bool:
    try:
        return remembered(map(_event, events)) != there
    except (Damaged, KeyError, ValueError, TypeError, AttributeError):
        return True


def _called(snapshot: Snapshot, unit_id: str) -> str:
    found = snapshot.rows("SELECT brand, serial FROM unit WHERE id = ?", [unit_id])
    return " ".join(filter(None, found[0])) if found else unit_id
