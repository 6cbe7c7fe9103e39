"""What the events of an RMA add up to: pure, so that undo is the same sum with one event less."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bench.policy.facts import Channel, Contact, Outcome, Payer, Speed
from bench.store.records import (
    AUTOMATIC_STEPS,
    CONSOLE_STEPS,
    LABEL_STEPS,
    Alias,
    Event,
    Rma,
    State,
    Step,
)
from bench.workflow.case_projection import CASE

Data = Mapping[str, Any]
_ASIDE = (*LABEL_STEPS, *CONSOLE_STEPS)
BOARD_SWAPPED, WRONG_CABLE = "board_swapped", "wrong_cable"
"""How a serial on the console that is not the label's is settled."""


def standing(events: Iterable[Event]) -> list[Event]:
    """The events that count: neither an undoing nor undone."""
    found = list(events)
    undone = {event.reverses for event in found if event.step is Step.UNDONE}
    return [e for e in found if e.step is not Step.UNDONE and e.op_id not in undone]


def last_own(counted: Sequence[Event]) -> Event | None:
    """The last of the standing events that a technician did; None where there is none.

    What a bench records by itself may come at any moment: it stands in nobody's way.
    """
    return next((e for e in reversed(counted) if e.step not in AUTOMATIC_STEPS), None)


def fold(rma: Rma, events: Iterable[Event]) -> Rma:
    """The RMA as its standing events have made it; without any it counts as cancelled.

    What a label means is about the unit, and what a console told about what was seen: such
    events alone are none.
    Only id, number, unit and version are taken from `rma`. The state is the bare one: what the
    holds make of it is for `gates.settle`.
    """
    folded = Rma(id=rma.id, number=rma.number, unit_id=rma.unit_id, version=rma.version)
    counted = standing(events)
    if all(event.step in _ASIDE for event in counted):
        return replace(folded, state=State.CANCELLED, closed_why="undone")
    for event in counted:
        folded = _APPLY[event.step](folded, event)
        folded = replace(folded, **rma_facts(event.data.get("rma", {})))
    return folded


def remembered(events: Iterable[Event]) -> dict[str, Alias]:
    """The labels that the events of a unit, the oldest first, leave remembered for it, by key."""
    found: dict[str, Alias] = {}
    for event in standing(events):
        if event.step is Step.ALIAS_ADDED:
            key = str(event.data["key"])
            found[key] = Alias(key, event.unit_id, str(event.data["scanned"]), event.op_id)
        elif event.step is Step.ALIAS_REMOVED:
            found.pop(str(event.data["key"]), None)
    return found


def rma_facts(data: Data) -> dict[str, Any]:
    """RMA fields as they stand in an event's data, made typed again."""
    found: dict[str, Any] = {
        k: data[k] for k in ("ticket", "customer", "service_level", "address") if k in data
    }
    for name in ("opened_on", "due_on"):
        if name in data:
            found[name] = as_day(data[name])
    if "original_packaging" in data:
        found["original_packaging"] = data["original_packaging"]
    if "channel" in data:
        found["channel"] = Channel(data["channel"]) if data["channel"] else None
    return found


def as_day(value: str | None) -> date | None:
    """A date out of an event's data."""
    return date.fromisoformat(value) if value else None


def _expected(rma: Rma, event: Event) -> Rma:
    return replace(rma, state=State.EXPECTED, **rma_facts(event.data))


def _received(rma: Rma, event: Event) -> Rma:
    data = event.data
    return replace(
        rma,
        state=State.RECEIVED,
        blind=bool(data.get("blind")),
        received_at=event.at,
        received_on=as_day(data["received_on"]),
        original_packaging=data.get("original_packaging"),
        condition=data.get("condition", ""),
        accessories=tuple(data.get("accessories", ())),
    )


def _diagnosed(rma: Rma, event: Event) -> Rma:
    data = event.data
    return replace(
        rma,
        state=State.DIAGNOSED,
        symptom=data.get("symptom", ""),
        checks=dict(data.get("checks", {})),
        findings=data.get("findings", ""),
        outcome=Outcome(data["outcome"]),
        diagnosed_at=event.at,
    )


def _contacted(rma: Rma, event: Event) -> Rma:
    answer, again = Contact(event.data["answer"]), as_day(event.data.get("again_on"))
    tries = rma.contact_tries + 1
    return replace(rma, contact=answer, contact_tries=tries, contact_again_on=again)


def _quote_answered(rma: Rma, event: Event) -> Rma:
    data = event.data
    return replace(rma, quote_accepted=bool(data["accepted"]), quote_cents=data.get("cents"))


def _packaging_accepted(rma: Rma, event: Event) -> Rma:
    by, why = event.data["by"], event.data["why"]
    return replace(rma, packaging_accepted_by=by, packaging_accepted_why=why)


def _overridden(rma: Rma, event: Event) -> Rma:
    speed, payer = event.data.get("speed"), event.data.get("payer")
    return replace(
        rma,
        override_speed=Speed(speed) if speed else rma.override_speed,
        override_payer=Payer(payer) if payer else rma.override_payer,
        override_reason=event.data["reason"],
    )


def _tracking(rma: Rma, event: Event) -> Rma:
    return replace(rma, tracking=event.data["tracking"], carrier=event.data["carrier"])


def _closed(rma: Rma, event: Event) -> Rma:
    return replace(rma, state=State.CLOSED, closed_at=event.at, closed_why=event.data["why"])


def _cancelled(rma: Rma, event: Event) -> Rma:
    return replace(rma, state=State.CANCELLED, closed_at=event.at, closed_why=event.data["why"])


def _console_settled(rma: Rma, event: Event) -> Rma:
    swapped = event.data["how"] == BOARD_SWAPPED
    board = event.data["console_serial"] if swapped else rma.board_serial
    return replace(rma, console_serial="", board_serial=board)


_APPLY: dict[Step, Callable[[Rma, Event], Rma]] = {
    Step.EXPECTED: _expected,
    Step.RECEIVED: _received,
    Step.DIAGNOSED: _diagnosed,
    Step.CONTACTED: _contacted,
    Step.QUOTE_ANSWERED: _quote_answered,
    Step.PACKAGING_ACCEPTED: _packaging_accepted,
    Step.OVERRIDDEN: _overridden,
    Step.RUSH_ASKED: lambda r, e: replace(r, rush_paid_by_customer=bool(e.data["rush"])),
    Step.HELD: lambda r, e: replace(r, held_why=e.data["why"]),
    Step.RELEASED: lambda r, e: replace(r, held_why=""),
    Step.REPLACEMENT_CHOSEN: lambda r, e: replace(r, replacement_id=e.data["unit_id"]),
    Step.TRACKING_SCANNED: _tracking,
    Step.SHIPPED: lambda r, e: replace(r, state=State.SHIPPED, shipped_at=e.at),
    Step.CLOSED: _closed,
    Step.CANCELLED: _cancelled,
    Step.FACTS_CORRECTED: lambda r, e: r,
    Step.ALIAS_ADDED: lambda r, e: r,
    Step.ALIAS_REMOVED: lambda r, e: r,
    Step.CAPTURED: lambda r, e: replace(r, captures=r.captures + 1),
    Step.CONSOLE_DIFFERED: lambda r, e: replace(r, console_serial=e.data["console_serial"]),
    Step.CONSOLE_SETTLED: _console_settled,
    **CASE,
}


def midnight(day: date | None, moment: datetime) -> datetime:
    """A day as a moment to sort by; `moment` where there is no day."""
    return datetime(day.year, day.month, day.day, tzinfo=moment.tzinfo) if day else moment
