"""What every import has in common: which unit a row means, the ids of new ones, and the tally."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bench.cells import RowError
from bench.store.records import Unit
from bench.store.store import Tx
from bench.workflow.import_block import Block
from bench.workflow.import_rows import Entry
from bench.workflow.steps import UNIT_FACTS

SPACE = UUID("6ea2b0c1-5f0f-5c5a-9a53-1d3a1e5b7c11")
"""What the ids that an import makes are derived from: the same row always gives the same id."""
_SPACE_DIGEST = hashlib.sha1(SPACE.bytes, usedforsecurity=False)
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


Bad = Callable[[int, str], None]
"""Told of a bad row: its line, and what is wrong."""


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
    digest = _SPACE_DIGEST.copy()
    digest.update(name.encode())
    digits = digest.hexdigest()
    variant = _VARIANT[digits[16]]
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

    def __init__(self, tx: Tx, serial_keys: Iterable[str]) -> None:
        self._units = tx.find_serials(serial_keys)

    def __contains__(self, serial_key: object) -> bool:
        return serial_key in self._units

    def __getitem__(self, serial_key: str) -> list[Unit]:
        return self._units.get(serial_key, [])

    def put(self, unit: Unit) -> Unit:
        """A unit that was added or saved just now."""
        others = [other for other in self[unit.serial_key] if other.id != unit.id]
        self._units[unit.serial_key] = sorted([*others, unit], key=lambda u: brand_key(u.brand))
        return unit


class Met:
    """The units that were met in a file, each with its line and what was said of it."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[str, int, int]] = {}
        self._others: dict[str, dict[str, tuple[int, int]]] = {}
        """By serial, then by brand, where units of several brands have the serial."""
        self._brand_keys = BrandKeys()

    def first_of(self, block: Block, bad: Bad) -> tuple[Block, int]:
        """The rows that say something for the first time, and how many say it again.

        `bad` is told of those that say otherwise.
        """
        brands = list(map(self._brand_keys.__getitem__, block.column("brand")))
        columns = block.columns.values()
        contents = list(map(hash, zip(*columns, strict=True))) if columns else [0] * len(block)
        said = list(zip(brands, block.lines, contents, strict=True))
        if len(set(block.keys)) == len(block) and self._first.keys().isdisjoint(block.keys):
            self._first.update(zip(block.keys, said, strict=True))
            return block, 0
        answers = [self._ask(key, *what, bad) for key, what in zip(block.keys, said, strict=True)]
        return block.pick([answer is True for answer in answers]), answers.count(False)

    def _ask(self, key: str, brand: str, line: int, content: int, bad: Bad) -> bool | None:
        """Whether a row is the first of its unit; None if it says other than an earlier one."""
        first = self._first.setdefault(key, (brand, line, content))
        if first[1] == line:
            return True
        lines = self._others.setdefault(key, {first[0]: first[1:]})
        before = lines.get(brand) or lines.get("") or (not brand and next(iter(lines.values())))
        if not before:
            lines[brand] = line, content
            return True
        if before[1] == content:
            return False
        why = f"line {before[0]} has the same unit with other facts"
        bad(line, f"serial: {why}; leave the one that is right")
        return None
