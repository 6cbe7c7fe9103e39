"""What somebody owes: open vendor cases, originals that are out, and RMAs whose day has come.

Each is a search of an index over these few, however many RMAs there are.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from bench.store.link import Link, Row
from bench.store.records import QueueRow, State
from bench.store.rows import RMA, UNIT

# `case_open = 1` and its like are what lets both engines use the partial indexes; that the first
# column is more than '' makes it a search.
_PAIR = f"SELECT {RMA.select('r')}, {UNIT.select('u')} FROM rma r JOIN unit u ON u.id = r.unit_id"
_CASES = f"{_PAIR} WHERE r.case_open = 1 AND r.id > '' ORDER BY r.id LIMIT ? OFFSET ?"
_COUNT = "SELECT count(*) FROM rma WHERE case_open = 1 AND id > ''"
_ADVANCES = f"""{_PAIR} WHERE r.advance_open = 1 AND r.advance_due_on > ''
ORDER BY r.advance_due_on"""
_CONTACTS = f"{_PAIR} WHERE r.is_open = 1 AND r.state = ?"
_WAKING = "SELECT id FROM rma WHERE is_open = 1 AND wakes_on <= ? LIMIT ?"


class DutyReads:
    """What can be asked of cases, advance replacements and waking; part of all the reads."""

    _link: Link

    def _pairs(self, sql: str, *params: Any) -> list[QueueRow]:
        return [queue_row(row) for row in self._link.rows(sql, params)]

    def open_cases(self, limit: int = 500, offset: int = 0) -> list[QueueRow]:
        """A page of the RMAs with an open vendor case, whatever their own state, by id."""
        return self._pairs(_CASES, limit, offset)

    def open_case_count(self) -> int:
        """How many vendor cases are open."""
        row = self._link.row(_COUNT)
        return int(row[0]) if row else 0

    def open_advances(self) -> list[QueueRow]:
        """The RMAs whose original is still out after an advance replacement, soonest due first."""
        return self._pairs(_ADVANCES)

    def open_contacts(self) -> list[QueueRow]:
        """The RMAs that wait for the customer's word, in no order."""
        return self._pairs(_CONTACTS, State.AWAITING_CONTACT.value)

    def waking(self, today: date, limit: int) -> list[str]:
        """The ids of open RMAs whose place in the queue has changed by itself since they were
        saved, as of this day of the warehouse; in no order."""
        return [str(row[0]) for row in self._link.rows(_WAKING, (today.isoformat(), limit))]


def queue_row(row: Row) -> QueueRow:
    """An RMA and its unit out of one row."""
    return QueueRow(RMA.from_row(row), UNIT.from_row(row, len(RMA.columns)))
