"""Loading many units at once, straight through the driver: a hundred thousand in seconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bench.store.link import Link
from bench.store.records import Unit
from bench.store.rows import UNIT, Mapper

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


def _insert(row: dict[str, Any]) -> str:
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join(f":{name}" for name in row)
    return (
        f"INSERT INTO unit ({names}) VALUES ({marks})"
        " ON CONFLICT (serial_key, brand_key) DO NOTHING"
    )


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
    new = changed = total = 0
    rows: list[dict[str, Any]] = []
    for unit in units:
        rows.append(UNIT.to_row(unit))
        total += 1
        if len(rows) == _CHUNK:
            new, changed = _load(link, rows, new, changed)
            rows = []
    if rows:
        new, changed = _load(link, rows, new, changed)
    return new, changed, total - new - changed


def _load(link: Link, rows: list[dict[str, Any]], new: int, changed: int) -> tuple[int, int]:
    added = link.many(_insert(rows[0]), rows)
    # Rows just added are found to be the same, so each row counts once.
    return new + added, changed + link.many(_UPDATE, rows)
