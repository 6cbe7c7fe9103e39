"""What an RMA may do next, and where that leaves it: the gates of DOMAIN sections 3, 4 and 9."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from bench.policy.facts import (
    Band,
    ChainLink,
    Decision,
    Facts,
    Hold,
    Outcome,
    Payer,
    Route,
    Speed,
)
from bench.policy.words import BANDS, FACTS, HOLDS, LIFTED_BY, OUTCOMES, SPEEDS, short_day
from bench.store.records import CASE_STEPS, CONSOLE_STEPS, Rma, State, Step, Unit
from bench.workflow.case_gates import (
    STALLED,
    WAITING,
    credited,
    is_gone,
    next_waking,
    replaced_already,
    vendor_stops,
    waiting_phrase,
    waits_for_vendor,
)
from bench.workflow.desk import Refused
from bench.workflow.projection import midnight


@dataclass(frozen=True, slots=True)
class Shipping:
    """How the unit goes back after overrides, and what still stops it (each with what lifts it)."""

    speed: Speed | None
    payer: Payer | None
    overridden: bool
    stops: tuple[tuple[str, str], ...]


def facts_of(
    unit: Unit, rma: Rma | None, chain: Iterable[tuple[Unit, Rma | None]] = (), fault: str = ""
) -> Facts:
    """The facts of one return, as the policy wants them."""
    known = Facts(
        brand=unit.brand,
        channel=(rma.channel if rma else None) or unit.channel,
        shipped_on=unit.shipped_on,
        contract_ends_on=unit.contract_ends_on,
        chain=tuple(
            ChainLink(u.shipped_on, (r.opened_on or r.received_on) if r else None) for u, r in chain
        ),
        chain_fault=fault,
    )
    if rma is None:
        return known
    return replace(
        known,
        opened_on=rma.opened_on,
        received_on=rma.received_on,
        outcome=rma.outcome,
        original_packaging=rma.original_packaging,
        rush_paid_by_customer=rma.rush_paid_by_customer,
        contact=rma.contact,
        quote_accepted=rma.quote_accepted,
        packaging_accepted=bool(rma.packaging_accepted_by),
    )


def shipping_of(rma: Rma, decision: Decision, serial: str = "") -> Shipping:
    """The speed and payer that count, and what stands in the way of shipping.

    `serial`: that of the unit, to be told beside another one that its console names.
    """
    speed = rma.override_speed or decision.speed
    payer = rma.override_payer or decision.payer_back
    stops: list[tuple[str, str]] = []
    if rma.console_serial:
        stops.append(_differing(rma, serial))
    if rma.held_why:
        stops.append((f"on hold: {rma.held_why}", "release it"))
    stops += vendor_stops(rma)
    stops += [(HOLDS[hold], LIFTED_BY[hold]) for hold in decision.holds]
    if speed is None or payer is None:
        gaps = [m for m in decision.missing if m.fact != "outcome"]
        stops += [(gap.why, f"ask {gap.who}") for gap in gaps]
    overridden = rma.override_speed is not None or rma.override_payer is not None
    return Shipping(speed, payer, overridden, tuple(stops))


def _differing(rma: Rma, serial: str) -> tuple[str, str]:
    """What to say of a console that names another serial than the label, and what to do."""
    label = f"the label {serial}" if serial else "which is not the label's"
    what = f"the console names {rma.console_serial}, {label}"
    return what, "scan the unit again, or say that the board was swapped"


def settle(rma: Rma, decision: Decision, at: datetime, today: date, before: Rma | None) -> Rma:
    """The RMA with the state, queue mark, rank and reason that its facts and holds give it.

    `at` is now, `today` the warehouse's day.
    """
    shipping = shipping_of(rma, decision)
    state = _state(rma, decision, shipping)
    since = before.since if before and before.state is state else at
    if state is State.EXPECTED:
        since = midnight(rma.due_on or rma.opened_on, at)
    mark, rank, why = _queue_place(rma, state, decision, shipping, today)
    if rma.vendor is not None and rank == STALLED:
        since = rma.vendor.moved_at  # by its last movement, not by a due date
    wakes = next_waking(rma, today) if state.is_open else None
    rma = replace(rma, state=state, since=since, wakes_on=wakes)
    return replace(rma, mark=mark, rank=rank, why_here=why)


def _state(rma: Rma, decision: Decision, shipping: Shipping) -> State:
    if rma.state not in (State.RECEIVED, State.DIAGNOSED):
        return rma.state
    if rma.held_why or rma.console_serial:
        return State.ON_HOLD
    if rma.state is State.RECEIVED:
        return State.RECEIVED
    for hold, state in (
        (Hold.QUOTE, State.WITH_PARTNER_TEAM),
        (Hold.CONTACT, State.AWAITING_CONTACT),
        (Hold.PACKAGING, State.ON_HOLD),
    ):
        if hold in decision.holds:
            return state
    if waits_for_vendor(rma) or (replaced_already(rma) and rma.case_open):
        return State.AWAITING_VENDOR
    if shipping.stops or not decision.send_back:
        return State.DIAGNOSED
    return State.READY_TO_SHIP


def _queue_place(
    rma: Rma, state: State, decision: Decision, shipping: Shipping, today: date
) -> tuple[str, int, str]:
    """Mark, rank and reason in the queue: what hurts most when late comes first."""
    early = decision.band is Band.EARLY
    age = f"day {decision.age_days}, " if decision.age_days is not None else ""
    band = age + (BANDS[decision.band] if decision.band else "band still open")
    if rma.console_serial and state.is_open:
        return "hold", 285, "the console names another serial"
    ready = state is State.READY_TO_SHIP  # what can go out now is never pushed back by a case
    if rma.vendor is not None and rma.vendor.is_stalled(today) and state.is_open and not ready:
        return "hold", STALLED, f"stalled: {waiting_phrase(rma.vendor)}"
    if rma.vendor is not None and state is State.AWAITING_VENDOR:
        return "hold", WAITING, waiting_phrase(rma.vendor)
    if state is State.READY_TO_SHIP:
        rush = shipping.speed is Speed.RUSH
        what = "ship it" if rma.tracking else "scan tracking"
        speed = SPEEDS[shipping.speed] if shipping.speed else ""
        return ("rush", 100, f"rush, {what}") if rush else ("ground", 400, f"{speed}, {what}")
    if state is State.RECEIVED:
        return ("rush", 200, band) if early else ("ground", 500, band)
    if state is State.AWAITING_CONTACT:
        tries = rma.contact_tries
        tried = "1 try" if tries == 1 else f"{tries} tries"
        if rma.contact_again_on is not None and rma.contact_again_on > today:
            return "hold", WAITING, f"no answer, again {short_day(rma.contact_again_on)}"
        return "hold", 310, f"no answer, {tried}" if tries else "ask: wanted back?"
    if state is State.WITH_PARTNER_TEAM:
        return "hold", 320, "quote refused" if rma.quote_accepted is False else "waits for a quote"
    if state is State.ON_HOLD:
        return "hold", 300, rma.held_why or HOLDS[Hold.PACKAGING]
    if state is State.DIAGNOSED:
        if replaced_already(rma):
            return "refused", 330, "replaced already: close it"
        if not decision.send_back:
            return "refused", 330, "not wanted back: close it"
        if is_gone(rma):
            return "refused", 290, "the vendor keeps it: name a unit"
        gaps = [FACTS[gap.fact] for gap in decision.missing if gap.fact != "outcome"]
        return "refused", 290, f"missing: {', '.join(gaps)}"
    if state is State.EXPECTED:
        return "none", 900, "on its way"
    return "done", 990, rma.closed_why or state.value


def check(rma: Rma, decision: Decision, step: Step, serial: str = "") -> None:
    """Raises Refused where the step is not possible now, with why and what to do.

    `serial`: that of the unit, to be told beside another one that its console names.
    """
    state = rma.state
    name = state.value.replace("_", " ")
    if step is Step.RECEIVED and state is not State.EXPECTED:
        raise Refused(f"already here: RMA {rma.number} is {name}", "nothing was changed")
    if step is Step.RECEIVED:
        return
    if step in CASE_STEPS:
        if state is State.CANCELLED:
            raise Refused(f"RMA {rma.number} is cancelled", "undo that first, or open a new RMA")
        return
    if not state.is_open and not (step is Step.CLOSED and state is State.SHIPPED):
        raise Refused(f"RMA {rma.number} is {name}", "undo the last step first, or open a new RMA")
    if step in (Step.CANCELLED, Step.FACTS_CORRECTED):
        return
    early = (*CONSOLE_STEPS, Step.REPLACEMENT_CHOSEN) if _three_legged(rma) else CONSOLE_STEPS
    if state is State.EXPECTED and step not in early:
        raise Refused(f"RMA {rma.number} has not been received yet", "receive the unit first")
    if rma.console_serial and step in _OF_THIS_UNIT:
        raise Refused(*_differing(rma, serial))
    gate = _GATES.get(step)
    if gate:
        gate(rma, decision)


def _three_legged(rma: Rma) -> bool:
    """Whether the replacement from our stock goes out before the unit is here."""
    return rma.vendor is not None and rma.vendor.route is Route.THREE_LEGGED


def _needs_diagnosis(rma: Rma) -> Outcome:
    if rma.outcome is None:
        raise Refused("the unit has not been diagnosed", "choose an outcome on Diagnose first")
    return rma.outcome


def _contact_gate(rma: Rma, decision: Decision) -> None:
    outcome = _needs_diagnosis(rma)
    if not decision.contact_first:
        raise Refused(f"no contact is asked for: the outcome is {OUTCOMES[outcome].lower()}")


def _quote_gate(rma: Rma, decision: Decision) -> None:
    _needs_diagnosis(rma)
    if decision.partner_team is None:
        raise Refused("it is not known yet whether a quote is needed", "enter the missing facts")
    if not decision.partner_team:
        raise Refused("no quote is asked for", "this return is decided without the Partner Team")


def _packaging_gate(rma: Rma, decision: Decision) -> None:
    _needs_diagnosis(rma)
    if Hold.PACKAGING not in decision.holds:
        raise Refused("nothing waits for the original packaging")


def _rush_gate(rma: Rma, decision: Decision) -> None:
    if _needs_diagnosis(rma) is not Outcome.NO_TROUBLE_FOUND:
        why = "only for no trouble found can the customer choose rush and pay"
        raise Refused(why, "override the speed with a reason instead")


def _tracking_gate(rma: Rma, decision: Decision) -> None:
    _needs_diagnosis(rma)
    if not decision.send_back:
        raise Refused("the customer does not want it back", "close the RMA instead of shipping")
    for what, lift in shipping_of(rma, decision).stops:
        raise Refused(f"it may not ship: {what}", lift)


def _ship_gate(rma: Rma, decision: Decision) -> None:
    _tracking_gate(rma, decision)
    if not rma.tracking:
        raise Refused("no tracking number yet", "scan the carrier's label")


def _replacement_gate(rma: Rma, decision: Decision) -> None:
    if not _three_legged(rma) and _needs_diagnosis(rma) is not Outcome.REPLACE:
        raise Refused("a replacement unit goes only with the outcome replace")
    if rma.replacement_id is not None:
        raise Refused("a replacement unit is named already", "undo that step to name another")


def _close_gate(rma: Rma, decision: Decision) -> None:
    refused = rma.quote_accepted is False or replaced_already(rma) or credited(rma)
    if rma.case_open and rma.state is not State.SHIPPED:
        raise Refused("the vendor case is still open", "finish it on Vendor, or end it there")
    if rma.state is not State.SHIPPED and decision.send_back and not refused:
        raise Refused(f"RMA {rma.number} still has a unit to send back", "ship it, or cancel it")


def _release_gate(rma: Rma, decision: Decision) -> None:
    if not rma.held_why:
        raise Refused("it is not on a hold that can be released")


def _settle_gate(rma: Rma, decision: Decision) -> None:
    if not rma.console_serial:
        raise Refused("the console names no other serial", "nothing was changed")


_OF_THIS_UNIT = (Step.DIAGNOSED, Step.TRACKING_SCANNED, Step.SHIPPED)
"""What is not done before it is certain that the unit on the bench is the unit of the RMA."""
_GATES = {
    Step.CONTACTED: _contact_gate,
    Step.QUOTE_ANSWERED: _quote_gate,
    Step.PACKAGING_ACCEPTED: _packaging_gate,
    Step.RUSH_ASKED: _rush_gate,
    Step.OVERRIDDEN: lambda r, d: _needs_diagnosis(r) and None,
    Step.RELEASED: _release_gate,
    Step.REPLACEMENT_CHOSEN: _replacement_gate,
    Step.TRACKING_SCANNED: _tracking_gate,
    Step.SHIPPED: _ship_gate,
    Step.CLOSED: _close_gate,
    Step.CONSOLE_SETTLED: _settle_gate,
}
