"""Who works at the benches: the technicians, and the key that their badges are hashed with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bench.store.errors import DuplicateBadge, DuplicateName, StaleRecord, UnknownRecord
from bench.store.link import Link
from bench.store.models import MetaRow, TechnicianRow
from bench.store.records import Technician
from bench.store.rows import TECHNICIAN, loose

_PERSON = f"SELECT {TECHNICIAN.select('t')} FROM technician t"
_BADGE_KEY = "badge_key"


class PeopleReads:
    """What can be asked of people; part of all the reads."""

    _link: Link

    def _people(self, tail: str, *params: Any) -> list[Technician]:
        rows = self._link.rows(f"{_PERSON} {tail}", params)
        return [TECHNICIAN.from_row(row) for row in rows]

    def technicians(self) -> list[Technician]:
        """Everybody who was ever enrolled, by name."""
        return self._people("ORDER BY t.name_key")

    def technician(self, technician_id: str) -> Technician | None:
        """The technician with this id."""
        return next(iter(self._people("WHERE t.id = ?", technician_id)), None)

    def technician_named(self, name: str) -> Technician | None:
        """The technician of this name; case and spaces do not matter."""
        return next(iter(self._people("WHERE t.name_key = ?", loose(name))), None)

    def technician_by_badge(self, badge_hash: str) -> Technician | None:
        """The technician whose badge has this hash, active or not."""
        return next(iter(self._people("WHERE t.badge_hash = ?", badge_hash)), None)

    def enrolled(self) -> bool:
        """Whether somebody is enrolled and active, so that badges are asked for."""
        # By the index on names: a table of a few dozen people, most of them active.
        sql = "SELECT 1 FROM technician WHERE active = 1 ORDER BY name_key LIMIT 1"
        return self._link.row(sql) is not None

    def badge_key(self) -> str:
        """The fingerprint of the key of all badges; "" before the first badge."""
        row = self._link.row('SELECT "value" FROM meta WHERE "key" = ?', (_BADGE_KEY,))
        return str(row[0]) if row else ""


def lock_people(link: Link) -> None:
    """Nobody else changes people until the end of this transaction."""
    if link.engine != "sqlite":  # there an IMMEDIATE transaction has the whole file to itself
        link.rows("LOCK TABLE technician IN SHARE ROW EXCLUSIVE MODE")


def set_badge_key(link: Link, fingerprint: str) -> None:
    """Keeps the fingerprint of the key of all badges, in place of an older one."""
    row = {MetaRow.key: _BADGE_KEY, MetaRow.value: fingerprint}
    query = MetaRow.insert(row).on_conflict(
        conflict_target=[MetaRow.key], update={MetaRow.value: fingerprint}
    )
    link.run(query)


def add(link: Link, reads: PeopleReads, person: Technician) -> Technician:
    """Enrols somebody; raises DuplicateName, DuplicateBadge."""
    _refuse_doubles(reads, person)
    link.run(TechnicianRow.insert(TECHNICIAN.to_row(person)))
    return person


def save(link: Link, reads: PeopleReads, person: Technician) -> Technician:
    """Saves somebody who was changed, and gives the record back with its new version.

    Raises StaleRecord when `person.version` is not the saved one, UnknownRecord, DuplicateName,
    DuplicateBadge.
    """
    _refuse_doubles(reads, person)
    saved = replace(person, version=person.version + 1)
    mine = (TechnicianRow.id == person.id) & (TechnicianRow.version == person.version)
    if link.run(TechnicianRow.update(TECHNICIAN.to_row(saved)).where(mine)) == 0:
        lost = StaleRecord if reads.technician(person.id) else UnknownRecord
        raise lost("technician", person.id)
    return saved


def _refuse_doubles(reads: PeopleReads, person: Technician) -> None:
    # Asked first, so that the refusal can say who it is; the unique indexes are the last word.
    other = reads.technician_named(person.name)
    if other is not None and other.id != person.id:
        raise DuplicateName(other.id, other.name)
    if person.badge_hash:
        other = reads.technician_by_badge(person.badge_hash)
        if other is not None and other.id != person.id:
            raise DuplicateBadge(other.id, other.name)
