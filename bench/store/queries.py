"""What can be asked of the store. Statements are prepared text: a query built by peewee costs
0.2 ms, one of these 0.01 ms, and each of them is an index search (a test sees to that)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any

from bench.scan.rma_number import number_start
from bench.scan.serials import canonical
from bench.store import chains
from bench.store.aliases import AliasReads
from bench.store.bulk import IMPORT_BATCH, ImportBatch
from bench.store.duties import DutyReads, queue_row
from bench.store.letters import LetterReads
from bench.store.link import Link
from bench.store.people import PeopleReads
from bench.store.print_jobs import PrintJobReads
from bench.store.records import (
    AUTOMATIC_STEPS,
    LABEL_STEPS,
    Counts,
    Draft,
    Event,
    QueueRow,
    Rma,
    State,
    Step,
    Unit,
)
from bench.store.rows import DRAFT, EVENT, RMA, UNIT, loose, moment_text

_UNIT = f"SELECT {UNIT.select('u')} FROM unit u"
_RMA = f"SELECT {RMA.select('r')} FROM rma r"
_EVENT = f"SELECT {EVENT.select('e')} FROM event e"
_DRAFT = f"SELECT {DRAFT.select('d')} FROM draft d"
_BATCH = f"SELECT {IMPORT_BATCH.select('b')} FROM import_batch b"

# The page is picked from the index alone, then filled: deep pages stay cheap.
_QUEUE = f"""SELECT {RMA.select("r")}, {UNIT.select("u")} FROM (
    SELECT id FROM rma WHERE is_open = 1 ORDER BY rank, since NULLS FIRST, id LIMIT ? OFFSET ?
) page JOIN rma r ON r.id = page.id JOIN unit u ON u.id = r.unit_id
ORDER BY r.rank, r.since NULLS FIRST, r.id"""

_NOT_LAST = ", ".join(f"'{step}'" for step in (*AUTOMATIC_STEPS, Step.UNDONE))
_LAST_EVENT = f"""{_EVENT} WHERE e.station = ? AND e.step NOT IN ({_NOT_LAST})
AND NOT EXISTS (SELECT 1 FROM event x WHERE x.reverses = e.op_id)
ORDER BY e.at DESC, e.rowid DESC LIMIT 1"""

_KEYS = 10_000
"""Serials in one question: every engine takes three times as many marks."""
_HIGHEST = "\U0010ffff"


class Reads(PeopleReads, AliasReads, LetterReads, DutyReads, PrintJobReads):
    """Questions to the database, answered with plain records; lists are complete.

    All of them raise StoreError kinds when the database or the disk fails.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    def _units(self, tail: str, *params: Any) -> list[Unit]:
        return [UNIT.from_row(row) for row in self._link.rows(f"{_UNIT} {tail}", params)]

    def _rmas(self, tail: str, *params: Any) -> list[Rma]:
        return [RMA.from_row(row) for row in self._link.rows(f"{_RMA} {tail}", params)]

    def _events(self, sql: str, *params: Any) -> list[Event]:
        return [EVENT.from_row(row) for row in self._link.rows(sql, params)]

    def _number(self, sql: str, *params: Any) -> int:
        row = self._link.row(sql, params)
        return int(row[0]) if row else 0

    def find(self, text_key: str) -> list[Unit]:
        """The units that a canonical text means: those that `find_exact` knows, and where there
        are none, the one that a remembered label says."""
        return self.find_exact(text_key) or self._units(
            'JOIN alias a ON a.unit_id = u.id WHERE a."key" = ?', text_key
        )

    def find_exact(self, text_key: str) -> list[Unit]:
        """The units whose canonical serial, or whose MAC (12 digits), is exactly this."""
        found = self._units("WHERE u.serial_key = ? ORDER BY u.brand_key", text_key)
        if len(text_key) == 12:
            have = {unit.id for unit in found}
            by_mac = self._units("WHERE u.mac = ? AND u.mac <> '' ORDER BY u.id", text_key)
            found += [unit for unit in by_mac if unit.id not in have]
        return found

    def find_serials(self, serial_keys: Iterable[str]) -> dict[str, list[Unit]]:
        """The units of many canonical serials, by serial; those that nobody has are left out."""
        found: dict[str, list[Unit]] = {}
        keys = iter(set(serial_keys))
        while page := list(islice(keys, _KEYS)):
            marks = ", ".join("?" * len(page))
            for unit in self._units(f"WHERE u.serial_key IN ({marks}) ORDER BY u.brand_key", *page):
                found.setdefault(unit.serial_key, []).append(unit)
        return found

    def near(self, fold_keys: Sequence[str], limit: int = 5) -> list[Unit]:
        """Units whose folded serial is one of these: perhaps meant, never to be taken silently."""
        if not fold_keys:
            return []
        marks = ", ".join("?" * len(fold_keys))
        return self._units(f"WHERE u.near_key IN ({marks}) LIMIT ?", *fold_keys, limit)

    def search(self, text_key: str, limit: int = 50) -> list[Unit]:
        """Type-ahead: units whose serial, RMA number or customer begins like this, in that order.

        Case does not matter, nor do spaces in a customer's name.
        """
        key, name, number = canonical(text_key), loose(text_key), number_start(text_key)
        if not key or not name:
            return []
        between = ">= ? AND {0} < ? ORDER BY {0} LIMIT ?"
        asked: tuple[Callable[[], list[Unit]], ...] = (
            lambda: self._units(
                "WHERE u.serial_key " + between.format("u.serial_key"), key, key + _HIGHEST, limit
            ),
            lambda: self._units(
                "JOIN rma r ON r.unit_id = u.id WHERE r.number " + between.format("r.number"),
                *(number, number + _HIGHEST, limit),
            ),
            lambda: self._units(
                "WHERE u.customer_key " + between.format("u.customer_key"),
                *(name, name + _HIGHEST, limit),
            ),
        )
        found: dict[str, Unit] = {}
        for ask in asked:
            if len(found) < limit:
                found |= {unit.id: unit for unit in ask() if unit.id not in found}
        return list(found.values())[:limit]

    def unit(self, unit_id: str) -> Unit | None:
        """The unit with this id."""
        return next(iter(self._units("WHERE u.id = ?", unit_id)), None)

    def rma(self, rma_id: str) -> Rma | None:
        """The RMA with this id."""
        return next(iter(self._rmas("WHERE r.id = ?", rma_id)), None)

    def rma_by_number(self, number: str) -> Rma | None:
        """The RMA with this number, as printed on the label."""
        return next(iter(self._rmas("WHERE r.number = ?", number)), None)

    def open_rma(self, unit_id: str) -> Rma | None:
        """The one open RMA of a unit."""
        return next(iter(self._rmas("WHERE r.unit_id = ? AND r.is_open = 1", unit_id)), None)

    def rmas_of(self, unit_id: str) -> list[Rma]:
        """All returns of a unit, the newest first."""
        return self._rmas("WHERE r.unit_id = ? ORDER BY r.rowid DESC", unit_id)

    def has_event(self, op_id: str) -> bool:
        """Whether the step with this op_id is saved."""
        return self._link.row("SELECT 1 FROM event WHERE op_id = ?", (op_id,)) is not None

    def event(self, op_id: str) -> Event | None:
        """The event with this op_id."""
        return next(iter(self._events(f"{_EVENT} WHERE e.op_id = ?", op_id)), None)

    def events_of_unit(self, unit_id: str, limit: int = 200) -> list[Event]:
        """What happened to a unit, the newest first."""
        tail = "WHERE e.unit_id = ? ORDER BY e.seq DESC LIMIT ?"
        return self._events(f"{_EVENT} {tail}", unit_id, limit)

    def label_events(self, unit_id: str) -> list[Event]:
        """What labels were remembered and forgotten for a unit, and all undoing; oldest first."""
        steps = ", ".join(f"'{step}'" for step in (*LABEL_STEPS, Step.UNDONE))
        tail = f"WHERE e.unit_id = ? AND e.step IN ({steps}) ORDER BY e.seq"
        return self._events(f"{_EVENT} {tail}", unit_id)

    def events_of_rma(self, rma_id: str) -> list[Event]:
        """What happened in one return, the oldest first."""
        return self._events(f"{_EVENT} WHERE e.rma_id = ? ORDER BY e.seq", rma_id)

    def last_event(self, station: str) -> Event | None:
        """The newest step of this station that can still be undone and is a technician's own."""
        return next(iter(self._events(_LAST_EVENT, station)), None)

    def chain_of(self, unit_id: str, limit: int = 32) -> tuple[list[tuple[Unit, Rma | None]], str]:
        """The units that this one came to replace, the oldest first, each with the return in
        which it was replaced; and why the chain cannot be followed to its end ("": it can)."""
        return chains.chain_of(self.unit, self.rmas_of, unit_id, limit)

    def queue(self, offset: int, limit: int) -> list[QueueRow]:
        """A page of the open RMAs, what hurts most first."""
        return [queue_row(row) for row in self._link.rows(_QUEUE, (limit, offset))]

    def queue_count(self) -> int:
        """How many RMAs are open."""
        return self._number("SELECT count(*) FROM rma WHERE is_open = 1")

    def drafts(self, limit: int = 20) -> list[Draft]:
        """Parked work, the newest first."""
        rows = self._link.rows(f"{_DRAFT} ORDER BY d.at DESC LIMIT ?", (limit,))
        return [DRAFT.from_row(row) for row in rows]

    def draft(self, key: str) -> Draft | None:
        """The parked work of this key."""
        row = self._link.row(f'{_DRAFT} WHERE d."key" = ?', (key,))
        return DRAFT.from_row(row) if row else None

    def import_batch(self, sha256: str) -> ImportBatch | None:
        """The import of a file with this content, if there was one."""
        row = self._link.row(f"{_BATCH} WHERE b.file_sha256 = ?", (sha256,))
        return IMPORT_BATCH.from_row(row) if row else None

    def units(self, after_id: str = "", limit: int = 1000) -> list[Unit]:
        """A page of all units by id: those after `after_id`; empty at the end."""
        return self._units("WHERE u.id > ? ORDER BY u.id LIMIT ?", after_id, limit)

    def rmas(self, after_id: str = "", limit: int = 1000) -> list[Rma]:
        """A page of all RMAs by id: those after `after_id`; empty at the end."""
        return self._rmas("WHERE r.id > ? ORDER BY r.id LIMIT ?", after_id, limit)

    def events(self, after_id: str = "", limit: int = 1000) -> list[Event]:
        """A page of all events by op_id: those after `after_id`; empty at the end."""
        tail = "WHERE e.op_id > ? ORDER BY e.op_id LIMIT ?"
        return self._events(f"{_EVENT} {tail}", after_id, limit)

    def _counts(self, today: date, zone: tzinfo | None) -> Counts:
        sql = "SELECT state, count(*) FROM rma WHERE is_open = 1 GROUP BY state"
        begin, end = (moment_text(_midnight(today + timedelta(n), zone)) for n in (0, 1))
        return Counts(
            by_state={State(state): number for state, number in self._link.rows(sql)},
            received_today=self._number(
                "SELECT count(*) FROM rma WHERE received_on = ?", today.isoformat()
            ),
            shipped_today=self._number(
                "SELECT count(*) FROM rma WHERE shipped_at >= ? AND shipped_at < ?", begin, end
            ),
            rush_left=self._number("SELECT count(*) FROM rma WHERE is_open = 1 AND mark = 'rush'"),
            drafts=self._number("SELECT count(*) FROM draft"),
        )


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    # Without a zone astimezone() takes the naive midnight for one of this machine's zone.
    return datetime.combine(day, time(), zone).astimezone(UTC)
