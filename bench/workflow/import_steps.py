"""What one chunk of an import writes, inside its transaction: shipments, or expected returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import Any

from bench.cells import RowError
from bench.scan.rma_number import format_number
from bench.store.records import Event, Rma, State, Step, Unit
from bench.store.store import Tx
from bench.workflow.desk import Desk
from bench.workflow.import_block import Block
from bench.workflow.import_rows import Entry
from bench.workflow.import_units import (
    BrandKeys,
    Known,
    Note,
    Tally,
    brand_key,
    id_from,
    match,
    new_unit,
    news,
    unit_id,
)
from bench.workflow.projection import fold
from bench.workflow.steps import UNIT_FACTS, plain, refold, unit_changes, with_facts
from bench.workflow.views import settled

RMA_FACTS = (
    *("ticket", "customer", "channel", "service_level", "opened_on", "due_on"),
    "address",
)
OpId = Callable[[int], str]


def load_shipments(desk: Desk, tx: Tx, entries: Sequence[Entry], op_id: OpId) -> Tally:
    """Adds the units that are new and fills in the known ones; their open RMAs follow."""
    return load_block(desk, tx, Block.of(entries))


def load_block(desk: Desk, tx: Tx, block: Block) -> Tally:
    """The same for a block of rows."""
    tally, loads, touched = Tally(), list[Unit](), list[str]()
    replaced = block.column("replaces")
    known = Known(tx, chain(block.keys, filter(None, replaced)))
    alone = [
        key not in known and not ancestor
        for key, ancestor in zip(block.keys, replaced, strict=True)
    ]
    fresh, others = block, list[Entry]()
    if not all(alone):
        fresh = block.pick(alone)
        others = list(block.pick([not new for new in alone]).entries())
    for entry in others:
        try:
            _ship(tx, known, entry, tally, loads, touched)
        except RowError as error:
            tally.bad.append(Note(entry.line, str(error)))
    for new, changed, same in (tx.upsert_units(loads), _add(tx, fresh)):
        tally.add(Tally(new, changed, same, units_new=new))
    for touched_id in touched:
        _follow(desk, tx, touched_id)
    return tally


def _ship(
    tx: Tx, known: Known, entry: Entry, tally: Tally, loads: list[Unit], touched: list[str]
) -> None:
    """Finds out what a row changes: `loads` is what is to be saved, `touched` what was there."""
    before, after = _shipped(known, entry)
    if before == after:
        tally.unchanged += 1
        return
    if before is not None:
        touched.append(after.id)
        tally.notes += _overwritten(entry, before, after)
    if before is not None and before.brand != after.brand:
        known.put(tx.save_unit(after))
        tally.changed += 1
    else:
        loads.append(after)


def _add(tx: Tx, block: Block) -> tuple[int, int, int]:
    """Adds units whose serials nobody knows: most of a shipment history."""
    if not len(block):
        return 0, 0, 0
    facts = {n: column for n, column in block.columns.items() if n in UNIT_FACTS and any(column)}
    brands = map(BrandKeys().__getitem__, block.column("brand"))
    ids = [f"unit-{id_from(f'{b}/{key}')}" for b, key in zip(brands, block.keys, strict=True)]
    return tx.add_units({"id": ids, "serial": block.serials, "serial_key": block.keys, **facts})


def _shipped(known: Known, entry: Entry) -> tuple[Unit | None, Unit]:
    """The unit that a row means as it was (None: not known) and as the row makes it."""
    found = known[entry.serial_key]
    before = match(found, entry.brand)
    after = replace(before, **news(before, entry)) if before else new_unit(entry, found)
    if "replaces" in entry.facts:
        ancestor = _ancestor(known, entry.facts["replaces"], after.brand)
        after = replace(after, replaces_id=ancestor)
    return before, after


def _ancestor(known: Known, serial_key: str, brand: str) -> str:
    """The id of the replaced unit; one that nobody has seen yet will get this id when imported."""
    found = known[serial_key]
    same = [unit for unit in found if brand_key(unit.brand) == brand_key(brand)] or found
    if len(same) > 1:
        raise RowError(f"replaces: units of several brands have the serial {serial_key}")
    return same[0].id if same else unit_id(serial_key, brand)


def _overwritten(entry: Entry, before: Unit, after: Unit) -> list[Note]:
    """What was known otherwise before: worth saying, since money may hang on it."""
    names = ("model", "mac", "channel", "shipped_on", "contract_ends_on", "replaces_id")
    return [
        Note(entry.line, f"{name} was {getattr(before, name)}, is {getattr(after, name)} now")
        for name in names
        if getattr(before, name) and getattr(before, name) != getattr(after, name)
    ]


def _follow(desk: Desk, tx: Tx, changed_id: str) -> None:
    """Settles the open RMA of a changed unit anew: its place in the queue may be another."""
    rma, unit = tx.open_rma(changed_id), tx.unit(changed_id)
    if rma is not None and unit is not None:
        refold(desk, tx, rma, unit)


def load_expected(desk: Desk, tx: Tx, entries: Iterable[Entry], op_id: OpId) -> Tally:
    """Opens an RMA, expected, for every return that is not known yet."""
    tally = Tally()
    for entry in entries:
        try:
            _expect(desk, tx, entry, op_id(entry.line), tally)
        except RowError as error:
            tally.bad.append(Note(entry.line, str(error)))
    return tally


def _expect(desk: Desk, tx: Tx, entry: Entry, op_id: str, tally: Tally) -> None:
    # Asked row by row: what another bench adds meanwhile is seen at once.
    found = [unit for unit in tx.find(entry.serial_key) if unit.serial_key == entry.serial_key]
    unit = match(found, entry.brand)
    if tx.done(op_id):
        tally.unchanged += 1
    elif unit is None:
        unit = tx.add_unit(new_unit(entry, found))
        tally.units_new += 1
        tally.new += 1
        _open(desk, tx, op_id, unit, entry)
    elif here := tx.open_rma(unit.id):
        _meet(desk, tx, op_id, unit, here, entry, tally)
    elif any(_same_return(rma, entry) for rma in tx.rmas_of(unit.id)):
        tally.unchanged += 1
    else:
        tally.new += 1
        _open(desk, tx, op_id, unit, entry)


def _same_return(rma: Rma, entry: Entry) -> bool:
    """Whether a row means this RMA: by the ticket, without one by the day it was opened."""
    ticket = str(entry.facts.get("ticket", ""))
    if ticket:
        return rma.ticket.casefold() == ticket.casefold()
    opened: date | None = entry.facts.get("opened_on")
    return opened is not None and rma.opened_on == opened


def _another_return(rma: Rma, entry: Entry) -> bool:
    """Whether row and RMA both say which return they are, and differ."""
    if entry.facts.get("ticket"):
        return bool(rma.ticket)
    return entry.facts.get("opened_on") is not None and rma.opened_on is not None


def _open(desk: Desk, tx: Tx, op_id: str, unit: Unit, entry: Entry) -> None:
    """A new RMA, with its event; the facts that the row knows better go to the unit too."""
    changes = unit_changes(unit, news(unit, entry))
    unit = _changed(tx, unit, changes)
    owner = {n: getattr(unit, n) for n in ("customer", "channel", "service_level")}
    facts = {**owner, **entry.facts}
    data: dict[str, Any] = {n: plain(facts[n]) for n in RMA_FACTS if facts.get(n)}
    if changes:
        data["unit"] = changes
    number = format_number(*tx.next_running(desk.station, desk.rma_letters))
    blank = Rma(id=f"rma-{op_id}", number=number, unit_id=unit.id)
    at = desk.clock.now()
    event = Event(op_id, unit.id, blank.id, 1, Step.EXPECTED, at, desk.actor, desk.station, data)
    tx.add_rma(settled(desk, unit, fold(blank, [event]), None))
    who, where, mine = desk.actor, desk.station, desk.technician_id
    tx.append(op_id, unit.id, blank.id, Step.EXPECTED, at, who, where, data, technician_id=mine)


def _changed(tx: Tx, unit: Unit, changes: Mapping[str, Sequence[Any]]) -> Unit:
    if not changes:
        return unit
    return tx.save_unit(with_facts(unit, {name: after for name, (_, after) in changes.items()}))


def _meet(desk: Desk, tx: Tx, op_id: str, unit: Unit, rma: Rma, entry: Entry, tally: Tally) -> None:
    """A unit that has an open RMA: the same return may be filled in, another one may not."""
    known = _same_return(rma, entry)
    if not known:
        state = rma.state.value.replace("_", " ")
        other = f", ticket {rma.ticket}" if rma.ticket else ""
        text = f"already open as RMA {rma.number} ({state}{other})"
        tally.notes.append(Note(entry.line, text))
    if not known and _another_return(rma, entry):
        tally.unchanged += 1
    elif _fill(desk, tx, op_id, unit, rma, entry):
        tally.changed += 1
    else:
        tally.unchanged += 1


def _fill(desk: Desk, tx: Tx, op_id: str, unit: Unit, rma: Rma, entry: Entry) -> bool:
    """Adds what the row knows and the RMA does not. What a technician entered always stays."""
    corrects = rma.state is State.EXPECTED
    better = news(unit, entry).items()
    changes = unit_changes(unit, {n: v for n, v in better if corrects or not getattr(unit, n)})
    facts = {
        name: plain(entry.facts[name])
        for name in RMA_FACTS
        if name in entry.facts
        and entry.facts[name] != getattr(rma, name)
        and (corrects or not getattr(rma, name))
    }
    if not changes and not facts:
        return False
    data: dict[str, Any] = {"rma": facts} | ({"unit": changes} if changes else {})
    at, step = desk.clock.now(), Step.FACTS_CORRECTED
    who, where, mine = desk.actor, desk.station, desk.technician_id
    tx.append(op_id, unit.id, rma.id, step, at, who, where, data, technician_id=mine)
    refold(desk, tx, rma, _changed(tx, unit, changes))
    return True
