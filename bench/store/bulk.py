"""Loading many units at once, straight through the driver: a hundred thousand in seconds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from bench.store.link import Link
from bench.store.records import Unit
from bench.store.rows import UNIT, UNIT_KEYS, Mapper, each

_CHUNK = 5000

_TEXTS = ("model", "mac", "customer", "customer_key", "service_level", "order_no")
_OPTIONAL = ("channel", "shipped_on", "contract_ends_on", "replaces_id")
_NEWS = (*_TEXTS, *_OPTIONAL)


@dataclass(frozen=True, slots=True)
class ImportBatch:
    """One file that was imported, known by the SHA-256 of its content."""

    file_sha256: str
    name: str
    rows: int
    at: datetime
    actor: str = ""


IMPORT_BATCH = Mapper(ImportBatch, "import_batch")


_UNKNOWN = UNIT.to_row(Unit(id="", serial="", serial_key=""))
"""The row of a unit of which nothing is known."""


def _insert(given: Collection[str]) -> str:
    """The columns that are not given stand in the statement: less to hand over with each row."""
    names = [*given, *(name for name in _UNKNOWN if name not in given)]
    marks = ["?"] * len(given) + [_literal(_UNKNOWN[name]) for name in names[len(given) :]]
    return (
        f"INSERT INTO unit ({', '.join(names)}) VALUES ({', '.join(marks)})"
        " ON CONFLICT (serial_key, brand_key) DO NOTHING"
    )


_BETWEEN, _NULL = "\x1f", "\x1e"
"""Between the values of a column, and in place of NULL: no cleaned text has them."""


def _insert_split(given: Collection[str]) -> str:
    """For a server: each column comes as one text, since every value more costs both sides time.

    The first value is left out again: a column of one empty text would be a column of nothing.
    """
    names = [*given, *(name for name in _UNKNOWN if name not in given)]
    values = [*given, *(_literal(_UNKNOWN[name]) for name in names[len(given) :])]
    texts = ", ".join(["(string_to_array(?, chr(31), chr(30)))[2:]"] * len(given))
    return (
        f"INSERT INTO unit ({', '.join(names)}) SELECT {', '.join(values)}"
        f" FROM unnest({texts}) AS given ({', '.join(given)})"
        " ON CONFLICT (serial_key, brand_key) DO NOTHING"
    )


def _split(given: Mapping[str, Sequence[Any]]) -> list[str]:
    """The columns as texts; none at all where a value has one of the two signs in it."""
    texts = []
    for column in given.values():
        values = [_NULL if value is None else value for value in column]
        text = _BETWEEN.join(["", *values])
        if text.count(_BETWEEN) != len(values) or text.count(_NULL) != column.count(None):
            return []
        texts.append(text)
    return texts


def _literal(value: str | int | None) -> str:
    return "NULL" if value is None else f"'{value}'" if isinstance(value, str) else str(value)


def _update() -> str:
    """Changes what the file knows and differs; what it leaves empty stays as it is."""
    given = {name: f"CAST(:{name} AS TEXT)" for name in _NEWS}  # a server asks for a type
    sets = [f"{n} = CASE WHEN {given[n]} = '' THEN {n} ELSE {given[n]} END" for n in _TEXTS]
    sets += [f"{n} = coalesce({given[n]}, {n})" for n in _OPTIONAL]
    news = [f"({given[n]} <> '' AND {n} <> {given[n]})" for n in _TEXTS]
    news += [f"({given[n]} <> '' AND coalesce({n}, '') <> {given[n]})" for n in _OPTIONAL]
    return (
        f"UPDATE unit SET {', '.join(sets)}, version = version + 1"
        f" WHERE serial_key = :serial_key AND brand_key = :brand_key AND ({' OR '.join(news)})"
    )


_UPDATE = _update()


def upsert_units(link: Link, units: Iterable[Unit]) -> tuple[int, int, int]:
    """Adds units that are not there and fills in the others: how many are new, changed, the same.

    Brand and serial say which unit is meant. "" and None never overwrite what is known; the id
    and the spelling of a known unit stay. Runs inside the caller's transaction.
    """
    every = map(UNIT.to_row, units)
    new = changed = total = 0
    while rows := list(islice(every, _CHUNK)):
        added = link.many(_insert(_UNKNOWN), [tuple(row.values()) for row in rows])
        if added < len(rows):
            # Rows just added are found to be the same, so each row counts once.
            changed += link.many(_UPDATE, rows)
        new, total = new + added, total + len(rows)
    return new, changed, total - new - changed


def add_units(link: Link, columns: Mapping[str, Sequence[Any]]) -> tuple[int, int, int]:
    """`upsert_units` for units that are likely to be new, column by column: three times as fast."""
    given: dict[str, Sequence[Any]] = {n: UNIT.to_column(n, v) for n, v in columns.items()}
    for key, (name, make) in UNIT_KEYS.items():
        if name in columns:
            # Serials do not come again.
            values = columns[name]
            given[key] = list(map(make, values)) if name == "serial" else each(values, make)
    total, changed = len(columns["id"]), 0
    texts = _split(given) if link.engine == "postgresql" else []
    if texts:
        new = link.many(_insert_split(given), [texts])
    else:
        new = link.many(_insert(given), zip(*given.values(), strict=True))
    if new < total:  # another bench was quicker with some of them
        rows = zip(*given.values(), strict=True)
        changed = link.many(_UPDATE, [_UNKNOWN | dict(zip(given, r, strict=True)) for r in rows])
    return new, changed, total - new - changed
