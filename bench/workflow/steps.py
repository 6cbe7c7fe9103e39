"""How a step is written: one re-runnable transaction, keyed by an op id made beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from bench.policy.facts import Channel
from bench.store.records import Event, Rma, Step, Unit
from bench.workflow.desk import Desk, Refused
from bench.workflow.gates import check
from bench.workflow.people import refuse_nobody
from bench.workflow.projection import fold
from bench.workflow.telling import refuse_late
from bench.workflow.views import Place, UnitView, draft_key, settled, view_of

if TYPE_CHECKING:
    from bench.store.store import Tx

GONE = "this RMA is not in the database any more"
UNIT_FACTS = (
    *("brand", "model", "mac", "customer", "channel", "service_level"),
    *("order_no", "shipped_on", "contract_ends_on"),
)
"""The facts of a unit that a person may correct; each change is kept as [before, after]."""


_DRAFTED = {
    Step.RECEIVED: Place.RECEIVE,
    Step.DIAGNOSED: Place.DIAGNOSE,
    Step.FACTS_CORRECTED: Place.RECORD,
}


@dataclass(frozen=True, slots=True)
class Saved:
    """A step that is safely on disk, with the unit as it is now."""

    view: UnitView
    step: Step
    already: bool = False
    """It had been saved before under the same op id: nothing was done twice."""


Data = Mapping[str, Any]
Making = Callable[["Tx", UnitView], Data | None]
"""Makes a step's data inside the transaction, from the unit as it is there; None: it stands
already, and nothing is to be done."""


def record(
    desk: Desk, op_id: str, rma_id: str, step: Step, data: Data | Making | None = None
) -> Saved:
    """Saves one step of an RMA and returns the unit as it is afterwards.

    Raises Refused where the gates do not allow it, StoreError where it cannot be saved. Calling
    again with the same op id changes nothing.
    """

    def work(tx: Tx) -> bool:
        rma = tx.rma(rma_id)
        view = view_of(desk, rma.unit_id, rma_id) if rma else None
        if rma is None or view is None:
            raise Refused(GONE, "scan the unit again")
        if tx.done(op_id):
            return True
        try:
            check(rma, view.decision, step, view.unit.serial)
        except Refused as refused:
            if step is Step.RECEIVED or not rma.state.is_open:
                raise refuse_late(desk, refused, step, tx.events_of_rma(rma_id)) from None
            raise
        made = data(tx, view) if callable(data) else data or {}
        if made is None:
            return True
        write_step(desk, tx, op_id, rma, view.unit, step, made)
        return False

    return saved(desk, rma_id, step, desk.store.write(op_id, work))


def saved(desk: Desk, rma_id: str, step: Step, already: bool) -> Saved:
    """The answer to a saved step: the unit read anew."""
    rma = desk.store.rma(rma_id)
    view = view_of(desk, rma.unit_id, rma_id) if rma else None
    if view is None:
        raise Refused(GONE, "scan the unit again")
    return Saved(view, step, already)


def write_step(
    desk: Desk, tx: Tx, op_id: str, rma: Rma, unit: Unit, step: Step, data: Mapping[str, Any]
) -> Event:
    """Appends the event, then brings unit and RMA up to date; for use inside a transaction."""
    event = append(desk, tx, op_id, unit.id, rma.id, step, data)
    changes = data.get("unit", {})
    if changes:
        unit = with_facts(unit, {name: after for name, (_, after) in changes.items()})
        tx.save_unit(unit)
    refold(desk, tx, rma, unit)
    if step in _DRAFTED:
        tx.drop_draft(draft_key(unit.id, _DRAFTED[step]))
    return event


def append(
    desk: Desk,
    tx: Tx,
    op_id: str,
    unit_id: str,
    rma_id: str,
    step: Step,
    data: Data,
    reverses: str | None = None,
) -> Event:
    """Appends the event under the name of who acts now. Raises NobodyAtWork."""
    refuse_nobody(desk, tx)
    now, who, where = desk.clock.now(), desk.actor, desk.station
    mine = desk.technician_id
    return tx.append(op_id, unit_id, rma_id, step, now, who, where, data, reverses, mine)


def refold(desk: Desk, tx: Tx, rma: Rma, unit: Unit) -> None:
    """Saves the RMA as its events now make it, and what hangs on it along the chain."""
    tx.save_rma(_told_anew(desk, tx, rma, unit))
    _follow(desk, tx, {rma.replacement_id, *_replacements(tx, unit.id)}, {unit.id})


def _told_anew(desk: Desk, tx: Tx, rma: Rma, unit: Unit) -> Rma:
    return settled(desk, unit, fold(rma, tx.events_of_rma(rma.id)), rma)


def _replacements(tx: Tx, unit_id: str) -> set[str | None]:
    return {rma.replacement_id for rma in tx.rmas_of(unit_id)}


def _follow(desk: Desk, tx: Tx, unit_ids: set[str | None], seen: set[str]) -> None:
    """Settles the open RMAs of later units of the chain anew: their age hangs on this one."""
    for unit_id in sorted(filter(None, unit_ids)):
        unit, rma = tx.unit(unit_id), tx.open_rma(unit_id)
        if unit_id in seen or unit is None:
            continue
        if rma is not None and (now := _told_anew(desk, tx, rma, unit)) != rma:
            tx.save_rma(now)
        _follow(desk, tx, _replacements(tx, unit_id), {*seen, unit_id})


def stock_changes(before: Unit, after: Unit) -> dict[str, list[Any]]:
    """What a step changed in the unit that goes out instead, as {fact: [before, after]}."""
    names = ("replaces_id", *UNIT_FACTS)
    pairs = {name: [plain(getattr(unit, name)) for unit in (before, after)] for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def with_facts(unit: Unit, values: Mapping[str, Any]) -> Unit:
    """The unit with facts as they stand in an event's data."""
    typed = dict(values)
    for name in ("shipped_on", "contract_ends_on"):
        if name in typed:
            typed[name] = date.fromisoformat(typed[name]) if typed[name] else None
    if "channel" in typed:
        typed["channel"] = Channel(typed["channel"]) if typed["channel"] else None
    return replace(unit, **typed)


def plain(value: Any) -> Any:
    """A fact as it stands in an event's data: dates as ISO text, enumerations as their value."""
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Channel) else value


def unit_changes(unit: Unit, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What `values` would change in a unit, as {fact: [before, after]}."""
    changes: dict[str, list[Any]] = {}
    for name in UNIT_FACTS:
        if name in values:
            before, after = plain(getattr(unit, name)), plain(values[name])
            if (before or "") != (after or ""):
                changes[name] = [before, after]
    return changes
