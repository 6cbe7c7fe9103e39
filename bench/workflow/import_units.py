"""What every import has in common: which unit a row means, the ids of new ones, and the tally."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bench.cells import RowError
from bench.store.records import Unit
from bench.store.store import Tx
from bench.workflow.import_rows import Entry
from bench.workflow.steps import UNIT_FACTS

SPACE = UUID("6ea2b0c1-5f0f-5c5a-9a53-1d3a1e5b7c11")
"""What the ids that an import makes are derived from: the same row always gives the same id."""
_SPACE_BYTES = SPACE.bytes


@dataclass(frozen=True, slots=True)
class Note:
    """Something to say about one line of the file."""

    line: int
    text: str


@dataclass(slots=True)
class Tally:
    """What became of the rows. Each good row is counted once: new, changed or unchanged."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    units_new: int = 0
    bad: list[Note] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Counts another chunk in."""
        self.new += other.new
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.units_new += other.units_new
        self.bad += other.bad
        self.notes += other.notes


def brand_key(brand: str) -> str:
    """A brand for comparing, as the store compares it."""
    return "".join(brand.casefold().split())


class BrandKeys(dict[str, str]):
    """The `brand_key` of every brand asked for: a file has few brands in many rows."""

    def __missing__(self, brand: str) -> str:
        key = self[brand] = brand_key(brand)
        return key


def id_from(name: str) -> str:
    """`uuid5(SPACE, name)` as text, in a third of its time."""
    digits = hashlib.sha1(_SPACE_BYTES + name.encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"


def unit_id(serial_key: str, brand: str) -> str:
    """The id that an import gives a new unit: a unit named before it is known gets the same."""
    return f"unit-{id_from(f'{brand_key(brand)}/{serial_key}')}"


def match(found: Sequence[Unit], brand: str) -> Unit | None:
    """The unit that a row means; one whose brand nobody knew yet counts. Raises RowError."""
    if not brand:
        if len(found) > 1:
            brands = " and ".join(unit.brand or "an unknown brand" for unit in found)
            raise RowError(f"brand: is empty, and units of {brands} have this serial")
        return found[0] if found else None
    same = [unit for unit in found if brand_key(unit.brand) == brand_key(brand)]
    return next(iter(same or [unit for unit in found if not unit.brand]), None)


def new_unit(entry: Entry, found: Sequence[Unit]) -> Unit:
    """The unit that a row makes, beside the others of its serial."""
    made = unit_id(entry.serial_key, entry.brand)
    while any(unit.id == made for unit in found):  # its brand was corrected since
        made += "-2"
    facts = {name: entry.facts[name] for name in UNIT_FACTS if name in entry.facts}
    return Unit(id=made, serial=entry.serial, serial_key=entry.serial_key, **facts)


def news(unit: Unit, entry: Entry) -> dict[str, Any]:
    """The unit facts of a row that count for a known unit: its brand stays, once known."""
    skip = ("brand",) if unit.brand else ()
    return {n: v for n, v in entry.facts.items() if n in UNIT_FACTS and n not in skip}


class Known:
    """The units that one chunk speaks of, asked for at once, as this transaction has made them."""

    def __init__(self, tx: Tx, entries: Sequence[Entry]) -> None:
        keys = {entry.serial_key for entry in entries}
        keys.update(e.facts["replaces"] for e in entries if "replaces" in e.facts)
        self._units = tx.find_serials(keys)

    def __contains__(self, serial_key: object) -> bool:
        return serial_key in self._units

    def __getitem__(self, serial_key: str) -> list[Unit]:
        return self._units.get(serial_key, [])

    def put(self, unit: Unit) -> Unit:
        """A unit that was added or saved just now."""
        others = [other for other in self[unit.serial_key] if other.id != unit.id]
        self._units[unit.serial_key] = sorted([*others, unit], key=lambda u: brand_key(u.brand))
        return unit
