"""Undo: the last step of an RMA is reversed by a new event; nothing is ever deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.store.records import Event, Rma, Step, Unit
from bench.workflow.desk import Desk, Refused
from bench.workflow.projection import standing
from bench.workflow.steps import GONE, Saved, refold, saved, with_facts

if TYPE_CHECKING:
    from bench.store.store import Tx

NAMES = {
    Step.EXPECTED: "announced",
    Step.RECEIVED: "received",
    Step.DIAGNOSED: "diagnosed",
    Step.CONTACTED: "customer's answer",
    Step.QUOTE_ANSWERED: "answer to the quote",
    Step.PACKAGING_ACCEPTED: "packaging accepted",
    Step.OVERRIDDEN: "override",
    Step.RUSH_ASKED: "rush at the customer's wish",
    Step.HELD: "hold",
    Step.RELEASED: "release",
    Step.REPLACEMENT_CHOSEN: "replacement unit",
    Step.TRACKING_SCANNED: "tracking number",
    Step.SHIPPED: "shipped",
    Step.CLOSED: "closed",
    Step.CANCELLED: "cancelled",
    Step.FACTS_CORRECTED: "facts corrected",
    Step.UNDONE: "undone",
}


def undo(desk: Desk, op_id: str, rma_id: str, seen: str | None = None, why: str = "") -> Saved:
    """Reverses the last step of an RMA.

    `seen` is the op id of the step that the technician saw as the last one: where another bench
    has acted since, Refused says so and nothing is undone.
    """

    def work(tx: Tx) -> bool:
        rma = tx.rma(rma_id)
        unit = tx.unit(rma.unit_id) if rma else None
        if rma is None or unit is None:
            raise Refused(GONE, "scan the unit again")
        if tx.done(op_id):
            return True
        last = _last(tx, rma, seen)
        _refuse_newer(tx, rma)
        data = {"step": last.step.value, "why": why}
        now = desk.clock.now()
        tx.append(
            op_id, unit.id, rma_id, Step.UNDONE, now, desk.actor, desk.station, data, last.op_id
        )
        unit = _unit_before(tx, unit, last)
        refold(desk, tx, rma, unit)
        return False

    return saved(desk, rma_id, Step.UNDONE, desk.store.write(op_id, work))


def _last(tx: Tx, rma: Rma, seen: str | None) -> Event:
    counted = standing(tx.events_of_rma(rma.id))
    if not counted:
        raise Refused("there is nothing to undo here")
    last = counted[-1]
    if last.step is Step.EXPECTED:
        raise Refused("the announcement of a return is not undone here", "cancel the RMA instead")
    if seen is not None and last.op_id != seen:
        what = f"{NAMES[last.step]} by {last.actor} at {last.station}"
        raise Refused(f"meanwhile: {what}", "look again before you undo")
    return last


def _refuse_newer(tx: Tx, rma: Rma) -> None:
    other = tx.open_rma(rma.unit_id)
    if other is not None and other.id != rma.id:
        raise Refused(f"the unit is on a newer RMA, {other.number}", "undo there first")


def _unit_before(tx: Tx, unit: Unit, last: Event) -> Unit:
    changes = last.data.get("unit", {})
    if changes:
        unit = with_facts(unit, {name: before or "" for name, (before, _) in changes.items()})
        tx.save_unit(unit)
    if "stock" in last.data:
        stock = tx.unit(str(last.data["unit_id"]))
        if stock is not None:
            before = {name: before for name, (before, _) in last.data["stock"].items()}
            tx.save_unit(with_facts(stock, before))
    return unit
