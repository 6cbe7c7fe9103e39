"""What a unit of work may do inside its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from peewee import EXCLUDED

from bench.store import aliases, bulk, letters, people, print_jobs, rma_numbers
from bench.store.bulk import IMPORT_BATCH, ImportBatch
from bench.store.errors import (
    AlreadyDone,
    AlreadyUndone,
    DuplicateNumber,
    DuplicateSerial,
    FileAlreadyImported,
    StaleRecord,
    UnitHasOpenRma,
    UnknownRecord,
)
from bench.store.hashes import GENESIS, link_row
from bench.store.link import Link
from bench.store.models import DraftRow, ImportBatchRow, RmaRow, UnitRow
from bench.store.queries import Reads
from bench.store.records import (
    Alias,
    Draft,
    Event,
    Letter,
    PrintJob,
    Rma,
    Step,
    Technician,
    Unit,
)
from bench.store.rows import DRAFT, EVENT, LETTER, PRINT_JOB, RMA, UNIT, Mapper, loose, tidy

R = TypeVar("R")
_HEAD = "SELECT seq, hash FROM event WHERE unit_id = ? ORDER BY seq DESC LIMIT 1"


@lru_cache(maxsize=16)
def _insert_text(table: str, columns: tuple[str, ...]) -> str:
    """Text made once: for peewee an insert of many columns is a millisecond's work each time."""
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({names}) VALUES ({marks})"


class Tx(Reads):
    """One transaction: all the reads, and the writes. Only `Store.write` makes one.

    `op_id` is the one that the write was started with. What is raised here undoes everything.
    """

    def __init__(self, link: Link, op_id: str) -> None:
        super().__init__(link)
        self.op_id = op_id

    def done(self, op_id: str = "") -> bool:
        """Whether the step with this op_id (this write's own by default) is saved already."""
        return self.has_event(op_id or self.op_id)

    def next_running(self, station: str, wanted: str = "") -> tuple[str, int]:
        """The letters of a station's RMA numbers and its next running one: 1, 2, 3 … without gaps.

        Raises NumbersUsedUp.
        """
        return rma_numbers.next_running(self._link, station, wanted)

    def add_unit(self, unit: Unit) -> Unit:
        """Adds a unit; raises DuplicateSerial where brand and serial are known."""
        self._refuse_duplicate(unit, "")
        self._insert(UNIT, unit)
        return unit

    def save_unit(self, unit: Unit) -> Unit:
        """Saves a changed unit and gives it back with its new version.

        Raises StaleRecord when `unit.version` is not the saved one, UnknownRecord,
        DuplicateSerial.
        """
        self._refuse_duplicate(unit, unit.id)
        saved = replace(unit, version=unit.version + 1)
        mine = (UnitRow.id == unit.id) & (UnitRow.version == unit.version)
        if self._link.run(UnitRow.update(UNIT.to_row(saved)).where(mine)) == 0:
            raise _lost("unit", unit.id, self.unit(unit.id) is not None)
        return saved

    def add_rma(self, rma: Rma) -> Rma:
        """Opens an RMA; raises UnitHasOpenRma, DuplicateNumber."""
        self._refuse_second(rma)
        self._insert(RMA, rma)
        return rma

    def save_rma(self, rma: Rma) -> Rma:
        """Saves a changed RMA and gives it back with its new version.

        Raises StaleRecord when `rma.version` is not the saved one, UnknownRecord,
        UnitHasOpenRma (one that was reopened), DuplicateNumber.
        """
        self._refuse_second(rma)
        saved = replace(rma, version=rma.version + 1)
        mine = (RmaRow.id == rma.id) & (RmaRow.version == rma.version)
        if self._link.run(RmaRow.update(RMA.to_row(saved)).where(mine)) == 0:
            raise _lost("RMA", rma.id, self.rma(rma.id) is not None)
        return saved

    def append(
        self,
        op_id: str,
        unit_id: str,
        rma_id: str | None,
        step: Step,
        at: datetime,
        actor: str,
        station: str,
        data: Mapping[str, Any],
        reverses: str | None = None,
        technician_id: str | None = None,
    ) -> Event:
        """Adds an event at the end of the unit's log and gives it back with its `seq` and `hash`.

        Raises AlreadyDone when the op_id is there, AlreadyUndone when `reverses` was reversed.
        """
        if self.has_event(op_id):
            raise AlreadyDone(op_id)
        if reverses and self._number("SELECT 1 FROM event WHERE reverses = ?", reverses):
            raise AlreadyUndone(reverses)
        last = self._link.row(_HEAD, (unit_id,))
        seq, before = (last[0] + 1, bytes(last[1])) if last else (1, GENESIS)
        event = Event(
            *(op_id, unit_id, rma_id, seq, step, at, actor, station, data, reverses),
            technician_id=technician_id,
        )
        event = replace(event, hash=link_row(before, EVENT.to_row(event)))
        self._insert(EVENT, event)
        self._link.tell(unit_id, station)
        return event

    def add_alias(self, alias: Alias) -> Alias:
        """Remembers a label, by an event that is appended; RuleBroken where it is one already."""
        aliases.add(self._link, alias)
        return alias

    def drop_alias(self, key: str) -> None:
        """Forgets a label; one that is not there is no error."""
        aliases.drop(self._link, key)

    def add_letter(self, letter: Letter) -> Letter:
        """Keeps a letter; raises RuleBroken where one with its id is there already."""
        self._insert(LETTER, letter)
        return letter

    def save_letter(self, letter: Letter) -> Letter:
        """Saves a changed letter and gives it back with its new version.

        Raises StaleRecord when `letter.version` is not the saved one, UnknownRecord.
        """
        return letters.save(self._link, self, letter)

    def claim_letter(self, letter_id: str, who: str, now: datetime) -> Letter | None:
        """Takes a queued letter whose time has come for one try; None: it is not to be had.

        `who` is new for each try. Of all benches at once, one gets it.
        """
        return letters.claim(self._link, self, letter_id, who, now)

    def add_print_job(self, job: PrintJob) -> PrintJob:
        """Keeps a label to print; raises RuleBroken where a job with its id is there already."""
        self._insert(PRINT_JOB, job)
        return job

    def save_print_job(self, job: PrintJob) -> PrintJob:
        """Saves a changed print job and gives it back with its new version.

        Raises StaleRecord when `job.version` is not the saved one, UnknownRecord.
        """
        return print_jobs.save(self._link, self, job)

    def claim_print_job(self, job_id: str, who: str, now: datetime) -> PrintJob | None:
        """Takes a queued print job for one try; None: it is not to be had (any more).

        `who` is new for each try. Of all programs of a station at once, one gets it.
        """
        return print_jobs.claim(self._link, self, job_id, who, now)

    def lock_people(self) -> None:
        """Keeps other benches from changing technicians until the end of this write."""
        people.lock_people(self._link)

    def add_technician(self, person: Technician) -> Technician:
        """Enrols somebody; raises DuplicateName, DuplicateBadge."""
        return people.add(self._link, self, person)

    def save_technician(self, person: Technician) -> Technician:
        """Saves a changed technician and gives the record back with its new version.

        Raises StaleRecord, UnknownRecord, DuplicateName, DuplicateBadge.
        """
        return people.save(self._link, self, person)

    def set_badge_key(self, fingerprint: str) -> None:
        """Keeps the fingerprint of the key of all badges, in place of an older one."""
        people.set_badge_key(self._link, fingerprint)

    def save_draft(self, draft: Draft) -> None:
        """Keeps half-entered work, in place of an older draft of the same key."""
        row = DRAFT.to_row(draft)
        query = DraftRow.insert(row).on_conflict(
            conflict_target=[DraftRow.key], update={name: EXCLUDED[name] for name in row}
        )
        self._link.run(query)

    def drop_draft(self, key: str) -> None:
        """Forgets a draft; one that is not there is no error."""
        self._link.run(DraftRow.delete().where(DraftRow.key == tidy(key)))

    def upsert_units(self, units: Iterable[Unit]) -> tuple[int, int, int]:
        """Adds unknown units and fills in known ones: the numbers of new, changed, unchanged.

        "" and None never overwrite what is known; ids stay. A chunk of some 5,000 a write keeps
        the other benches' waiting short.
        """
        return bulk.upsert_units(self._link, units)

    def add_units(self, columns: Mapping[str, Sequence[Any]]) -> tuple[int, int, int]:
        """`upsert_units` for units that were not there when this write looked, column by column.

        The names are those of `Unit`; what is left out is not known of any of them.
        """
        return bulk.add_units(self._link, columns)

    def record_batch(self, batch: ImportBatch) -> None:
        """Notes that a file was imported; raises FileAlreadyImported."""
        earlier = self.import_batch(batch.file_sha256)
        if earlier:
            raise FileAlreadyImported(earlier.name, earlier.file_sha256)
        self._link.run(ImportBatchRow.insert(IMPORT_BATCH.to_row(batch)))

    def _insert(self, mapper: Mapper[R], record: R) -> None:
        row = mapper.to_row(record)
        self._link.rows(_insert_text(mapper.table, tuple(row)), list(row.values()))

    def _refuse_duplicate(self, unit: Unit, but_for: str) -> None:
        # Asked first, so that the refusal can say who it is; the unique index is the last word.
        sql = "SELECT id FROM unit WHERE serial_key = ? AND brand_key = ? AND id <> ?"
        other = self._link.row(sql, (unit.serial_key, loose(unit.brand), but_for))
        if other:
            raise DuplicateSerial(other[0], unit.serial, unit.brand)

    def _refuse_second(self, rma: Rma) -> None:
        other = self.open_rma(rma.unit_id) if rma.state.is_open else None
        if other and other.id != rma.id:
            raise UnitHasOpenRma(other.id, other.number)
        same = self._link.row("SELECT id FROM rma WHERE number = ?", (rma.number,))
        if same and same[0] != rma.id:
            raise DuplicateNumber(same[0], rma.number)


def _lost(kind: str, key: str, there: bool) -> StaleRecord | UnknownRecord:
    return StaleRecord(kind, key) if there else UnknownRecord(kind, key)
