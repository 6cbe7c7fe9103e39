"""Receiving: an expected unit, a known one that nobody announced, or one never seen (blind)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench.scan.rma_number import format_number
from bench.scan.serials import canonical
from bench.store.records import Rma, Step, Unit
from bench.workflow.desk import Desk, Refused
from bench.workflow.outstanding import other_than_owed
from bench.workflow.steps import (
    Saved,
    plain,
    record,
    saved,
    unit_changes,
    with_facts,
    write_step,
)
from bench.workflow.telling import refuse_late
from bench.workflow.views import UnitView, stranger_key

if TYPE_CHECKING:
    from bench.store.store import Tx

LABEL = 512
"""Characters of a label that are kept."""
RMA_FACTS = ("ticket", "customer", "channel", "service_level", "opened_on", "address")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the technician saw when the unit came out of its box."""

    original_packaging: bool | None = None
    condition: str = ""
    accessories: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Facts entered at the bench, by field name of Unit or Rma (typed values)."""
    label: str = ""
    """What its label says, exactly as it came from the scanner; "": it was not scanned."""
    vouched: bool = False
    """The serial was not scanned: the technician vouches that it is this unit."""


def receive(desk: Desk, op_id: str, rma_id: str, receipt: Receipt) -> Saved:
    """Receives an expected unit. Raises Refused where it is here already."""

    def data(tx: Tx, view: UnitView) -> dict[str, Any]:
        received = _receipt_data(desk, receipt, view.unit, blind=False)
        return received | _not_what_is_owed(desk, view.unit, view.rma, receipt)

    return record(desk, op_id, rma_id, Step.RECEIVED, data)


def receive_unannounced(
    desk: Desk, op_id: str, serial: str, unit_id: str | None, receipt: Receipt
) -> Saved:
    """Receives a unit without an expected RMA: opens one, and adds the unit if it is new.

    `serial` is kept exactly as scanned. Raises Refused where the unit has an open RMA already.
    """
    rma_id = f"rma-{op_id}"

    def work(tx: Tx) -> bool:
        if tx.done(op_id):
            return True
        unit = tx.unit(unit_id) if unit_id else _same_unit(tx, serial, receipt)
        if unit is None:
            unit = tx.add_unit(_new_unit(f"unit-{op_id}", serial, receipt))
        here = tx.open_rma(unit.id)
        if here is not None:
            late = Refused(f"already here: RMA {here.number}", "nothing was changed")
            raise refuse_late(desk, late, Step.RECEIVED, tx.events_of_rma(here.id))
        rma = tx.add_rma(_new_rma(desk, tx, rma_id, unit))
        data = _receipt_data(desk, receipt, unit, blind=True)
        data |= _not_what_is_owed(desk, unit, None, receipt)
        write_step(desk, tx, op_id, rma, unit, Step.RECEIVED, data)
        tx.drop_draft(stranger_key(canonical(serial)))
        return False

    return saved(desk, rma_id, Step.RECEIVED, desk.store.write(op_id, work))


def _same_unit(tx: Tx, serial: str, receipt: Receipt) -> Unit | None:
    brand = str(receipt.facts.get("brand", "")).casefold()
    found = [u for u in tx.find_exact(canonical(serial)) if u.brand.casefold() == brand]
    return found[0] if found else None


def _new_unit(unit_id: str, serial: str, receipt: Receipt) -> Unit:
    unit = Unit(id=unit_id, serial=serial, serial_key=canonical(serial))
    changes = unit_changes(unit, receipt.facts)
    return with_facts(unit, {name: after for name, (_, after) in changes.items()})


def _new_rma(desk: Desk, tx: Tx, rma_id: str, unit: Unit) -> Rma:
    number = format_number(*tx.next_running(desk.station, desk.rma_letters))
    return Rma(id=rma_id, number=number, unit_id=unit.id)


def _receipt_data(desk: Desk, receipt: Receipt, unit: Unit, *, blind: bool) -> dict[str, Any]:
    entered = _fact_data(unit, receipt.facts)
    if blind:
        entered["rma"] = {k: plain(v) for k, v in _owner(unit).items()} | entered["rma"]
    return entered | {
        "received_on": desk.clock.today().isoformat(),
        "original_packaging": receipt.original_packaging,
        "condition": receipt.condition,
        "accessories": list(receipt.accessories),
        "blind": blind,
        "vouched": receipt.vouched,
        "label": receipt.label[:LABEL],
    }


def _not_what_is_owed(
    desk: Desk, unit: Unit, rma: Rma | None, receipt: Receipt
) -> dict[str, list[str]]:
    """The RMAs whose original may have been meant, where another unit came (DOMAIN section 3)."""
    owed = other_than_owed(desk, unit, rma, receipt.facts)
    return {"not_original_of": [other.rma.number for other in owed]} if owed else {}


def _owner(unit: Unit) -> dict[str, Any]:
    return {
        "customer": unit.customer,
        "channel": unit.channel,
        "service_level": unit.service_level,
    }


def correct_facts(desk: Desk, op_id: str, rma_id: str, facts: Mapping[str, Any]) -> Saved:
    """Corrects facts of a unit and its RMA after receiving, as a step that can be undone."""

    def data(tx: Tx, view: UnitView) -> dict[str, Any]:
        return _fact_data(view.unit, facts)

    return record(desk, op_id, rma_id, Step.FACTS_CORRECTED, data)


def _fact_data(unit: Unit, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts in an event: each counts for the unit and, where it has one like it, for the RMA."""
    data: dict[str, Any] = {"rma": {k: plain(facts[k]) for k in RMA_FACTS if k in facts}}
    changes = unit_changes(unit, facts)
    return data | ({"unit": changes} if changes else {})
