"""Exporting RMAs, units and events as plain rows, and as formula-safe CSV or a JSON array."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any, TextIO, TypeVar

from bench.csvfile import csv_cell
from bench.store.records import Event, Rma, Unit
from bench.store.rows import plain
from bench.store.store import Store

R = TypeVar("R", Unit, Rma, Event)
PAGE = 1000
Plain = dict[str, Any]
RMA_UNIT = ("serial", "brand", "model", "mac", "shipped_on", "contract_ends_on")
"""What an exported RMA says of its unit besides its own fields."""
RMA_LAST = ("address",)
"""Fields that came later: at the end, so that no column of an older export has moved."""


class ExportKind(StrEnum):
    """What can be exported."""

    RMAS = "rmas"
    UNITS = "units"
    EVENTS = "events"


def as_plain(record: Unit | Rma | Event) -> Plain:
    """A record by field name, with days, moments and enumerations as text."""
    return {field.name: plain(getattr(record, field.name)) for field in fields(record)}


def columns(kind: ExportKind) -> list[str]:
    """The columns of an export, in their order."""
    if kind is ExportKind.UNITS:
        names = [f.name for f in fields(Unit)]
        names.insert(names.index("replaces_id"), "replaces")
        return names
    if kind is ExportKind.EVENTS:
        return ["serial", "brand", "rma", *(f.name for f in fields(Event))]
    names = [f.name for f in fields(Rma) if f.name not in RMA_LAST]
    return [*names[:2], *RMA_UNIT, *names[2:], *RMA_LAST]


def rows(store: Store, kind: ExportKind, open_only: bool = False) -> Iterator[Plain]:
    """Every row of an export; `open_only`: of the RMAs that are open, their units and events."""
    if kind is ExportKind.RMAS:
        return (_rma(store, rma) for rma in _rmas(store, open_only))
    if kind is ExportKind.UNITS:
        return (_unit(store, unit) for unit in _units(store, open_only))
    return (_event(store, event) for event in _events(store, open_only))


def _pages(read: Callable[[str, int], list[R]], key: Callable[[R], str]) -> Iterator[R]:
    after = ""
    while page := read(after, PAGE):
        yield from page
        after = key(page[-1])


def _rmas(store: Store, open_only: bool) -> Iterator[Rma]:
    if open_only:
        return (row.rma for row in _queue(store))
    return _pages(store.rmas, lambda rma: rma.id)


def _queue(store: Store) -> Iterator[Any]:
    place = 0
    while page := store.queue(place, PAGE):
        yield from page
        place += len(page)


def _units(store: Store, open_only: bool) -> Iterator[Unit]:
    if open_only:
        return (row.unit for row in _queue(store))
    return _pages(store.units, lambda unit: unit.id)


def _events(store: Store, open_only: bool) -> Iterator[Event]:
    if open_only:
        return (event for rma in _rmas(store, True) for event in store.events_of_rma(rma.id))
    return _pages(store.events, lambda event: event.op_id)


def _rma(store: Store, rma: Rma) -> Plain:
    unit = store.unit(rma.unit_id)
    about = as_plain(unit) if unit else {}
    return {**{name: about.get(name) for name in RMA_UNIT}, **as_plain(rma)}


def _unit(store: Store, unit: Unit) -> Plain:
    replaced = store.unit(unit.replaces_id) if unit.replaces_id else None
    return {**as_plain(unit), "replaces": replaced.serial if replaced else None}


def _event(store: Store, event: Event) -> Plain:
    unit = store.unit(event.unit_id)
    rma = store.rma(event.rma_id) if event.rma_id else None
    about = {"serial": unit.serial, "brand": unit.brand} if unit else {}
    return {**about, "rma": rma.number if rma else None, **as_plain(event)}


def write_csv(out: TextIO, names: list[str], lines: Iterable[Plain]) -> int:
    """Writes rows as CSV that no spreadsheet takes for formulas; the number of rows."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    count = 0
    for line in lines:
        writer.writerow([_cell(line.get(name)) for name in names])
        count += 1
    return count


def _cell(value: Any) -> str | int | float:
    """A value for a cell: yes and no in words, lists with semicolons, text guarded."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    if isinstance(value, list):
        return csv_cell(";".join(map(str, value)))
    if isinstance(value, Mapping):
        return csv_cell(json.dumps(value, ensure_ascii=False) if value else "")
    return csv_cell(str(value))


def write_json(out: TextIO, names: list[str], lines: Iterable[Plain]) -> int:
    """Writes rows as one JSON array, one object a line; the number of rows."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    count = 0
    for line in lines:
        out.write(",\n" if count else "[\n")
        out.write(encode({name: line.get(name) for name in names}))
        count += 1
    out.write("\n]\n" if count else "[]\n")
    return count
