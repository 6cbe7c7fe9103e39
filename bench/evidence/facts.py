"""Facts that a console says about its unit: serial, model, MAC, firmware, hardware id, loader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bench.datafile import Table
from bench.evidence.rows import LINE_LIMIT, Row, prove, read_row, shown, unique
from bench.scan.serials import is_serial, mac_of
from bench.text import clean_line

PER_KIND = 20
"""Different values of one kind that are kept: a hostile console makes up as many as it likes."""
_VALUE_LIMIT = 80
_NO_MAC = frozenset({"000000000000", "FFFFFFFFFFFF"})


class FactKind(StrEnum):
    """What a fact is of; the values are written in data/console_facts.toml."""

    SERIAL = "serial"
    MODEL = "model"
    MAC = "mac"
    FIRMWARE = "firmware"
    HARDWARE_ID = "hardware_id"
    BOOTLOADER = "bootloader"


class Part(StrEnum):
    """Whose serial it is: of the whole unit, of a part in it, or one cannot tell."""

    UNIT = "unit"
    UNSURE = "unsure"
    MODULE = "module"


@dataclass(frozen=True, slots=True)
class Fact:
    """A value that a line said. `offset` (bytes), `wall_ns` and `line` are where the line begins;
    `text` is the line, cleaned. `vendor` is "" where several vendors write it so."""

    kind: FactKind
    value: str
    vendor: str
    offset: int
    wall_ns: int
    line: int
    text: str
    part: Part = Part.UNSURE


@dataclass(frozen=True, slots=True)
class FactRow(Row):
    """One way in which a vendor's console writes a fact (an entry of data/console_facts.toml)."""

    kind: FactKind
    vendor: str
    part: Part
    placeholders: frozenset[str]

    def value_in(self, text: str) -> str:
        """The value that a line says, cleaned and bounded; "" where it says none."""
        found = self.pattern.search(text[:LINE_LIMIT])
        if found is None:
            return ""
        value = clean_line(found[1], _VALUE_LIMIT)
        if value.lower() in self.placeholders:
            return ""
        if self.kind is FactKind.MAC:
            digits = mac_of(value) or "000000000000"
            pairs = [digits[place : place + 2] for place in range(0, 12, 2)]
            return "" if digits in _NO_MAC else ":".join(pairs)
        if self.kind is FactKind.SERIAL and not is_serial(value):
            return ""
        return value

    def fact(self, text: str, offset: int, wall_ns: int, line: int) -> Fact | None:
        """The fact in a line; None where it says none."""
        value = self.value_in(text)
        if not value:
            return None
        return Fact(
            self.kind, value, self.vendor, offset, wall_ns, line, shown(text), part=self.part
        )


class Facts:
    """The facts of one console so far, each value once, at most `PER_KIND` values of a kind."""

    def __init__(self) -> None:
        self._first: dict[FactKind, Fact] = {}
        self._latest: dict[FactKind, dict[str, Fact]] = {kind: {} for kind in FactKind}

    def add(self, fact: Fact) -> bool:
        """Takes a fact in; True where its value is new."""
        self._first.setdefault(fact.kind, fact)
        values = self._latest[fact.kind]
        before = values.pop(fact.value, None)
        if before and before.part is Part.UNIT:  # the surer row said so of the same value
            fact = replace(fact, vendor=before.vendor, part=before.part)
        values[fact.value] = fact
        if len(values) > PER_KIND:
            del values[next(iter(values))]
        return before is None

    def first(self, kind: FactKind) -> Fact | None:
        """The first that was ever said of a kind."""
        return self._first.get(kind)

    def latest(self, kind: FactKind) -> Fact | None:
        """What was said last of a kind."""
        return next(reversed(self._latest[kind].values()), None)

    def of(self, kind: FactKind) -> tuple[Fact, ...]:
        """The different values of a kind, each as it was said last, the latest at the end."""
        return tuple(self._latest[kind].values())

    def __iter__(self) -> Iterator[Fact]:
        """All different values, kind by kind."""
        return (fact for kind in FactKind for fact in self.of(kind))


def read_facts(table: Table) -> tuple[FactRow, ...]:
    """The rows `[[fact]]` of a table, each proved on its examples; raises DataError."""
    refused = frozenset(text.lower() for text in table.texts("placeholders", []))
    rows = tuple(_fact_row(entry, refused) for entry in table.tables("fact"))
    unique(table, "fact", rows)
    return rows


def _fact_row(entry: Table, placeholders: frozenset[str]) -> FactRow:
    row = read_row(entry, groups=1)
    kind = entry.one_of("kind", FactKind)
    if (kind is FactKind.SERIAL) != entry.has("part"):
        raise entry.wrong("part", "unit, module or unsure for serials, and only for them")
    part = entry.one_of("part", Part) if entry.has("part") else Part.UNSURE
    made = FactRow(
        row.id, row.needs, row.also, row.pattern, kind, entry.text("vendor"), part, placeholders
    )
    prove(entry, row)
    example, value = entry.text("example"), entry.text("value")
    if made.value_in(example) != value:
        raise entry.wrong("value", f"{made.value_in(example)!r}, as the example gives", value)
    entry.done()
    return made
