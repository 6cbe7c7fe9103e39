"""Undo: the last step of an RMA is reversed by a new event; nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.store.records import AUTOMATIC_STEPS, LABEL_STEPS, Event, Rma, Step, Unit
from bench.text import clean_line
from bench.workflow.aliases import relabel
from bench.workflow.desk import Desk, Refused
from bench.workflow.letter_steps import take_back
from bench.workflow.projection import last_own, standing
from bench.workflow.steps import GONE, Saved, append, refold, saved, with_facts
from bench.workflow.telling import Moved, moment, told, who

if TYPE_CHECKING:
    from bench.store.store import Tx


def undo(desk: Desk, op_id: str, rma_id: str, seen: str | None = None, why: str = "") -> Saved:
    """Reverses the last step of an RMA.

    `seen` is the op id of the step that the technician saw as the last one: where another bench
    has acted since, Refused says who and when, and nothing is undone. What a bench recorded by
    itself (AUTOMATIC_STEPS) is passed over, and undone only where `seen` names it: then that one
    goes, whatever was done since. `why` stays in the history.
    """

    def work(tx: Tx) -> bool:
        rma = tx.rma(rma_id)
        unit = tx.unit(rma.unit_id) if rma else None
        if rma is None or unit is None:
            raise Refused(GONE, "scan the unit again")
        if tx.done(op_id):
            return True
        last = last_step(desk, tx.events_of_rma(rma_id), seen)
        _refuse_newer(tx, rma)
        data = {"step": last.step.value, "why": clean_line(why, 200)}
        append(desk, tx, op_id, unit.id, rma_id, Step.UNDONE, data, last.op_id)
        unit = _unit_before(tx, unit, last)
        if last.step in LABEL_STEPS:
            relabel(desk, tx, unit.id)
        if last.step is Step.LETTER_WRITTEN:
            take_back(desk, tx, last)
        refold(desk, tx, rma, unit)
        return False

    return saved(desk, rma_id, Step.UNDONE, desk.store.write(op_id, work))


def last_step(desk: Desk, events: Sequence[Event], seen: str | None) -> Event:
    """The step that an undo takes back, out of an RMA's events (the oldest first).

    Raises Refused where there is none, and where it is not the one that was seen as the last. A
    step that a bench recorded by itself is meant only where it is the one that was seen.
    """
    for event in events:
        if seen is not None and event.reverses == seen:
            what = f"{who(event)} undid it {moment(desk.clock, event)}"
            raise Moved(what, "look again before you undo more")
    counted = standing(events)
    for event in counted:
        if event.op_id == seen and event.step in AUTOMATIC_STEPS:
            _refuse_settled(counted, event)
            return event
    last = last_own(counted)
    if last is None:
        raise Refused("there is nothing to undo here")
    if seen is not None and last.op_id != seen:
        raise Moved(f"meanwhile: {told(desk.clock, last)}", "look again before you undo")
    refuse_announcement(last)
    return last


def _refuse_settled(counted: Sequence[Event], event: Event) -> None:
    """What was settled stands on the difference that it settled."""
    later = counted[counted.index(event) + 1 :]
    settled_since = any(other.step is Step.CONSOLE_SETTLED for other in later)
    if event.step is Step.CONSOLE_DIFFERED and settled_since:
        raise Refused("the serial on the console was settled after that", "undo that first")


def refuse_announcement(last: Event) -> None:
    """Raises Refused where the step is the announcement of a return."""
    if last.step is Step.EXPECTED:
        raise Refused("the announcement of a return is not undone here", "cancel the RMA instead")


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
