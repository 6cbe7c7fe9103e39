"""Everything that a screen shows of one unit, gathered in one go on the store's thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bench.policy.decide import decide
from bench.policy.facts import Decision, Facts
from bench.store.records import Alias, Draft, Event, Rma, State, Unit
from bench.workflow.desk import Desk
from bench.workflow.gates import Shipping, facts_of, settle, shipping_of
from bench.workflow.projection import last_own, standing


class Place(StrEnum):
    """The screens that a unit's next step can be on."""

    RECEIVE = "receive"
    DIAGNOSE = "diagnose"
    SHIP = "ship"
    VENDOR = "vendor"
    RECORD = "unit"


@dataclass(frozen=True, slots=True)
class UnitView:
    """One unit with its return, its history and what the policy says of it."""

    unit: Unit
    rma: Rma | None
    """The open RMA; without one, the newest."""
    facts: Facts
    decision: Decision
    shipping: Shipping
    earlier: tuple[Rma, ...] = ()
    """The unit's other RMAs, newest first."""
    chain: tuple[tuple[Unit, Rma | None], ...] = ()
    replacement: Unit | None = None
    events: tuple[Event, ...] = ()
    """Newest first."""
    drafts: Mapping[str, Draft] = field(default_factory=dict)
    """Half-entered work, by the screen that it belongs to."""
    aliases: tuple[Alias, ...] = ()
    """The labels that are remembered for the unit."""

    @property
    def place(self) -> Place:
        """Where the next step of this unit is taken."""
        if self.rma is None or self.rma.state is State.EXPECTED:
            return Place.RECEIVE
        if not self.rma.state.is_open:
            return Place.RECORD
        if self.rma.outcome is None:
            return Place.DIAGNOSE
        if self.rma.state is State.AWAITING_VENDOR:
            return Place.VENDOR
        return Place.SHIP

    @property
    def last_step(self) -> Event | None:
        """The technician's step that an undo would reverse; None where there is nothing to undo."""
        if self.rma is None:
            return None
        own = [e for e in reversed(self.events) if e.rma_id == self.rma.id]
        return last_own(standing(own))


PARKED = (Place.RECEIVE, Place.DIAGNOSE, Place.RECORD)
"""The screens whose half-entered work is kept."""


def draft_key(unit_id: str, place: Place) -> str:
    """The key under which half-entered work on a known unit is parked, per screen."""
    return f"unit:{unit_id}:{place}"


def stranger_key(serial_key: str) -> str:
    """The key under which half-entered work on a serial that nobody knows is parked."""
    return f"serial:{serial_key}"


def view_of(desk: Desk, unit_id: str, rma_id: str | None = None) -> UnitView | None:
    """What is known of a unit, around its open (or newest, or named) RMA; None: no such unit."""
    unit = desk.store.unit(unit_id)
    if unit is None:
        return None
    rmas = desk.store.rmas_of(unit_id)
    rma = _current(rmas, rma_id)
    chain, fault = desk.store.chain_of(unit_id) if unit.replaces_id else ([], "")
    facts = facts_of(unit, rma, chain, fault)
    decision = decide(facts, desk.rules.tables, desk.rules.prefer)
    blank = rma or Rma(id="", number="", unit_id=unit_id)
    return UnitView(
        unit=unit,
        rma=rma,
        facts=facts,
        decision=decision,
        shipping=shipping_of(blank, decision, unit.serial),
        earlier=tuple(r for r in rmas if rma is None or r.id != rma.id),
        chain=tuple(chain),
        replacement=desk.store.unit(rma.replacement_id) if rma and rma.replacement_id else None,
        events=tuple(desk.store.events_of_unit(unit_id, 200)),
        drafts=_drafts(desk, unit_id),
        aliases=tuple(desk.store.aliases_of(unit_id)),
    )


def _drafts(desk: Desk, unit_id: str) -> dict[str, Draft]:
    found = {p: desk.store.draft(draft_key(unit_id, p)) for p in PARKED}
    return {place: draft for place, draft in found.items() if draft is not None}


def _current(rmas: list[Rma], rma_id: str | None) -> Rma | None:
    if rma_id is not None:
        return next((r for r in rmas if r.id == rma_id), None)
    counted = [r for r in rmas if r.state is not State.CANCELLED]
    return next((r for r in rmas if r.state.is_open), counted[0] if counted else None)


def settled(desk: Desk, unit: Unit, rma: Rma, before: Rma | None) -> Rma:
    """`rma` with the state and queue place that the policy gives it now."""
    chain, fault = desk.store.chain_of(unit.id) if unit.replaces_id else ([], "")
    decision = decide(facts_of(unit, rma, chain, fault), desk.rules.tables, desk.rules.prefer)
    return settle(replace(rma), decision, desk.clock.now(), desk.clock.today(), before)
