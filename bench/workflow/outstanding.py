"""Originals that are still out after an advance replacement: by when they are due, and who owes
them, so that a different unit in the box is caught (DOMAIN section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bench.policy.clocks import DayKind, Start, days_left
from bench.policy.vendor_case import SentAheadWhy
from bench.store.records import QueueRow, Rma, Unit
from bench.store.rows import loose
from bench.workflow.desk import Desk
from bench.workflow.views import UnitView


@dataclass(frozen=True, slots=True)
class Outstanding:
    """One original that the customer owes us. Days are the warehouse's."""

    rma: Rma
    unit: Unit
    """The original."""
    replacement: str
    """The serial of what was sent ahead."""
    due_on: date
    """The last day on which it is back in time."""
    days_left: int
    """0 is the last day in time, -1 a day late."""
    billed_on: date | None
    customer: str
    ticket: str

    @property
    def late(self) -> bool:
        """Whether the customer has to pay."""
        return self.days_left < 0

    @property
    def to_bill(self) -> bool:
        """Whether it is late and nobody has billed it yet."""
        return self.late and self.billed_on is None


def outstanding(desk: Desk) -> list[Outstanding]:
    """Every original that is out, the worst first: to be billed, then due, then billed already."""
    found = [owed_of(desk, row) for row in desk.store.open_advances()]
    return sorted(
        found, key=lambda owed: (owed.billed_on is not None, owed.due_on, owed.rma.number)
    )


def owed_of(desk: Desk, row: QueueRow) -> Outstanding:
    """What is owed on an RMA whose original is out."""
    rma, today = row.rma, desk.clock.today()
    stock = desk.store.unit(rma.replacement_id) if rma.replacement_id else None
    due = rma.advance_due_on or today
    clock = desk.rules.clocks.row(Start.ADVANCE_SHIPPED)
    kind = clock.kind if clock else DayKind.CALENDAR
    return Outstanding(
        rma=rma,
        unit=row.unit,
        replacement=stock.serial if stock else "",
        due_on=due,
        days_left=days_left(due, today, kind, desk.rules.clocks.holidays),
        billed_on=rma.billed_on,
        customer=rma.customer or row.unit.customer,
        ticket=rma.ticket,
    )


def owed_by_customer(desk: Desk, view: UnitView) -> list[Outstanding]:
    """The originals that whoever sent this unit still owes: it is none of them.

    Empty where the unit is itself what was to come back.
    """
    return other_than_owed(desk, view.unit, view.rma, {})


def other_than_owed(
    desk: Desk, unit: Unit, rma: Rma | None, facts: Mapping[str, Any]
) -> list[Outstanding]:
    """Originals that may have been meant when this unit came: the most likely first.

    Meant is the original that this unit replaced (the customer sent the wrong one of the two),
    one under the same ticket, or one of the same customer and brand. `facts` are those entered
    at the bench, by field name of Unit or Rma. May be asked inside a write.
    """
    if rma is not None and rma.sent_ahead_why is SentAheadWhy.ADVANCE:
        return []
    came = _Came.of(unit, rma, facts)
    others = [row for row in desk.store.open_advances() if row.unit.id != unit.id]
    ranked = [(came.likeness(row), row) for row in others]
    meant = sorted((pair for pair in ranked if pair[0]), key=lambda pair: -pair[0])
    return [owed_of(desk, row) for _, row in meant]


@dataclass(frozen=True, slots=True)
class _Came:
    """What is known of a unit out of a box, for comparing."""

    replaces_id: str | None
    customer: str
    ticket: str
    brand: str
    model: str

    @classmethod
    def of(cls, unit: Unit, rma: Rma | None, facts: Mapping[str, Any]) -> _Came:
        """What was entered just now counts more than what is on file."""
        filed = {"customer": (rma.customer if rma else "") or unit.customer}
        filed |= {"ticket": rma.ticket if rma else "", "brand": unit.brand, "model": unit.model}
        names = {name: loose(str(facts.get(name) or known)) for name, known in filed.items()}
        return cls(unit.replaces_id, **names)

    def likeness(self, row: QueueRow) -> int:
        """How likely it is that this original was meant; 0: not at all."""
        rma, unit = row.rma, row.unit
        if unit.id == self.replaces_id:
            return 4
        if self.ticket and self.ticket == loose(rma.ticket):
            return 3
        owners = {loose(rma.customer), loose(unit.customer)} - {""}
        if self.customer not in owners or self.brand not in ("", loose(unit.brand)):
            return 0
        return 2 if self.model and self.model == loose(unit.model) else 1
