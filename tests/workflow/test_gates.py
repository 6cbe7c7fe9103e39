"""Each gate: what passes, what is refused, and that a refusal says what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.policy.facts import Hold, Payer, Speed
from bench.policy.words import HOLDS, LIFTED_BY
from bench.store.records import State, Step
from bench.workflow import ship
from bench.workflow.desk import Refused
from bench.workflow.gates import check, settle, shipping_of
from tests.workflow.helpers import NOW, TODAY, UPS, World, days_ago
from tests.workflow.situations import (
    CANCEL,
    CLOSE,
    CONTACT,
    CORRECT,
    DIAGNOSE,
    HOLD,
    MOVE,
    NTF,
    OVERRIDE,
    PACKAGING,
    QUOTE,
    RECEIVE,
    RELEASE,
    REPAIR,
    REPLACE_IT,
    RUSH,
    SHIP,
    TRACK,
    Act,
    Make,
    begun,
    cancelled,
    closed,
    expected,
    held,
    name_of,
    ntf,
    numbered,
    old,
    quoted,
    received,
    repair,
    replaced,
    shipped,
    stalled,
    swap,
    tracked,
    unknown_age,
    unpacked,
    untested,
    unwanted,
    vendors,
)

ALLOWED: list[tuple[Make, Act, State]] = [
    (expected, RECEIVE, State.RECEIVED),
    (expected, CORRECT, State.EXPECTED),
    (expected, CANCEL, State.CANCELLED),
    (received, DIAGNOSE, State.READY_TO_SHIP),
    (received, HOLD, State.ON_HOLD),
    (received, CORRECT, State.RECEIVED),
    (received, CANCEL, State.CANCELLED),
    (repair, DIAGNOSE, State.READY_TO_SHIP),
    (ntf, CONTACT, State.READY_TO_SHIP),
    (ntf, RUSH, State.AWAITING_CONTACT),
    (old, QUOTE, State.READY_TO_SHIP),
    (unpacked, PACKAGING, State.READY_TO_SHIP),
    (unpacked, (ship.confirm_packaging,), State.READY_TO_SHIP),
    (repair, OVERRIDE, State.READY_TO_SHIP),
    (unknown_age, OVERRIDE, State.DIAGNOSED),
    (held, RELEASE, State.READY_TO_SHIP),
    (swap, REPLACE_IT, State.READY_TO_SHIP),
    (repair, TRACK, State.READY_TO_SHIP),
    (tracked, TRACK, State.READY_TO_SHIP),
    (tracked, SHIP, State.SHIPPED),
    (shipped, CLOSE, State.CLOSED),
    (unwanted, CLOSE, State.CLOSED),
    (quoted, CLOSE, State.CLOSED),
    (quoted, QUOTE, State.READY_TO_SHIP),
    (tracked, CANCEL, State.CANCELLED),
    (begun, CANCEL, State.CANCELLED),
    (begun, REPLACE_IT, State.READY_TO_SHIP),
    (vendors, HOLD, State.ON_HOLD),
]
REFUSED: list[tuple[Make, Act, str, str]] = [
    (received, RECEIVE, "already here: RMA", "nothing was changed"),
    (shipped, RECEIVE, "is shipped", "nothing was changed"),
    (cancelled, RECEIVE, "is cancelled", "nothing was changed"),
    *((expected, act, "has not been received yet", "receive the unit first")
      for act in (DIAGNOSE, CONTACT, HOLD, TRACK, SHIP, CLOSE, OVERRIDE, RELEASE)),
    *((received, act, "has not been diagnosed", "choose an outcome on Diagnose first")
      for act in (CONTACT, QUOTE, PACKAGING, RUSH, OVERRIDE, REPLACE_IT, TRACK, SHIP)),
    *((make, act, f"is {name}", "undo the last step first, or open a new RMA")
      for make, name in ((shipped, "shipped"), (closed, "closed"), (cancelled, "cancelled"))
      for act in (DIAGNOSE, HOLD, TRACK, SHIP, CORRECT, CANCEL)),
    (closed, CLOSE, "is closed", "undo the last step first"),
    (cancelled, CLOSE, "is cancelled", "undo the last step first"),
    (repair, CONTACT, "no contact is asked for: the outcome is repair", ""),
    (repair, QUOTE, "no quote is asked for", "decided without the Partner Team"),
    (repair, PACKAGING, "nothing waits for the original packaging", ""),
    (swap, PACKAGING, "nothing waits for the original packaging", ""),
    (repair, RUSH, "only for no trouble found", "override the speed with a reason instead"),
    (repair, RELEASE, "not on a hold that can be released", ""),
    (unpacked, RELEASE, "not on a hold that can be released", ""),
    (repair, REPLACE_IT, "only with the outcome replace", ""),
    (replaced, REPLACE_IT, "named already", "undo that step"),
    (ntf, TRACK, f"it may not ship: {HOLDS[Hold.CONTACT]}", LIFTED_BY[Hold.CONTACT]),
    (old, TRACK, f"it may not ship: {HOLDS[Hold.QUOTE]}", LIFTED_BY[Hold.QUOTE]),
    (unpacked, TRACK, f"it may not ship: {HOLDS[Hold.PACKAGING]}", LIFTED_BY[Hold.PACKAGING]),
    (held, TRACK, "it may not ship: on hold: address to be confirmed", "release it"),
    (unwanted, TRACK, "the customer does not want it back", "close the RMA"),
    (unwanted, SHIP, "the customer does not want it back", "close the RMA"),
    (unknown_age, TRACK, "the ship date is not known", "ask the order desk"),
    (repair, SHIP, "no tracking number yet", "scan the carrier's label"),
    (repair, CLOSE, "still has a unit to send back", "ship it, or cancel it"),
    (received, CLOSE, "still has a unit to send back", "ship it, or cancel it"),
    (begun, TRACK, "it may not ship: the vendor has the case", "record what it does on Vendor"),
    (vendors, SHIP, "it may not ship: the vendor has the case", "record what it does on Vendor"),
    (untested, TRACK, "the vendor's replacement has not been tested", "test it, on Vendor"),
    (untested, REPLACE_IT, "named already", "undo that step"),
    (vendors, CLOSE, "the vendor case is still open", "finish it on Vendor, or end it there"),
    (cancelled, MOVE, "is cancelled", "undo that first, or open a new RMA"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "act", "state"), ALLOWED, ids=name_of)
def test_what_is_allowed(world: World, make: Make, act: Act, state: State) -> None:
    rma_id = make(world)
    assert world.do(act[0], rma_id, *act[1:]).state is state


@pytest.mark.parametrize(("make", "act", "what", "remedy"), REFUSED, ids=name_of)
def test_what_is_refused_and_changes_nothing(
    world: World, make: Make, act: Act, what: str, remedy: str
) -> None:
    rma_id = make(world)
    before = world.everything()
    with pytest.raises(Refused) as caught:
        world.do(act[0], rma_id, *act[1:])
    assert what in str(caught.value)
    assert remedy in caught.value.remedy
    assert world.everything() == before


STATES: list[tuple[Make, State, str, int, str]] = [
    (expected, State.EXPECTED, "none", 900, "on its way"),
    (received, State.RECEIVED, "rush", 200, "day 22, early"),
    (ntf, State.AWAITING_CONTACT, "hold", 310, "ask: wanted back?"),
    (repair, State.READY_TO_SHIP, "rush", 100, "rush, scan tracking"),
    (tracked, State.READY_TO_SHIP, "rush", 100, "rush, ship it"),
    (unpacked, State.ON_HOLD, "hold", 300, HOLDS[Hold.PACKAGING]),
    (held, State.ON_HOLD, "hold", 300, "address to be confirmed"),
    (old, State.WITH_PARTNER_TEAM, "hold", 320, "waits for a quote"),
    (quoted, State.WITH_PARTNER_TEAM, "hold", 320, "quote refused"),
    (unwanted, State.DIAGNOSED, "refused", 330, "not wanted back: close it"),
    (unknown_age, State.DIAGNOSED, "refused", 290, "missing: ship date"),
    (shipped, State.SHIPPED, "done", 990, "shipped"),
    (closed, State.CLOSED, "done", 990, "arrived"),
    (cancelled, State.CANCELLED, "done", 990, "keeps it"),
    (begun, State.AWAITING_VENDOR, "hold", 420, "vendor: RMA number wanted"),
    (numbered, State.AWAITING_VENDOR, "hold", 420, "send to vendor, RMA DX-9"),
    (vendors, State.AWAITING_VENDOR, "hold", 420, "vendor: credit or replacement?"),
    (untested, State.AWAITING_VENDOR, "hold", 420, "test the replacement"),
    (stalled, State.AWAITING_VENDOR, "hold", 190, "stalled: vendor: credit or replacement?"),
]


@pytest.mark.parametrize(("make", "state", "mark", "rank", "why"), STATES, ids=name_of)
def test_where_it_stands_in_the_queue(
    world: World, make: Make, state: State, mark: str, rank: int, why: str
) -> None:
    rma = world.rma(make(world))
    assert (rma.state, rma.mark, rma.rank, rma.why_here) == (state, mark, rank, why)


def test_every_state_is_reached() -> None:
    assert {row[1] for row in STATES} == set(State)


def test_the_order_of_the_queue(world: World) -> None:
    rush, ground = world.diagnosed("R1", REPAIR), world.diagnosed("G1", REPAIR, age=100)
    early, late = world.received("E1"), world.received("L1", age=100)
    waits, coming = world.diagnosed("W1", NTF, age=100), world.expect("X1")
    found = [row.rma.id for row in world.store.queue(0, 10)]
    assert found == [rush, early, waits, ground, late, coming]


def test_since_stays_while_the_state_stays(world: World) -> None:
    rma_id = repair(world)
    since = world.rma(rma_id).since
    world.wait(hours=2)
    world.do(ship.scan_tracking, rma_id, UPS)
    assert world.rma(rma_id).since == since
    world.do(ship.ship, rma_id)
    assert world.rma(rma_id).since == world.clock.now()


def test_an_expected_unit_waits_since_the_day_it_was_due(world: World) -> None:
    rma = world.rma(world.expect("A1", due_on=days_ago(4)))
    assert rma.since is not None
    assert rma.since.date() == days_ago(4)


def test_an_override_counts_before_the_policy_and_stays_visible(world: World) -> None:
    rma_id = world.diagnosed("A1", REPAIR, age=100)
    view = world.view(rma_id)
    assert (view.shipping.speed, view.shipping.overridden) == (Speed.GROUND, False)
    world.do(ship.override, rma_id, Speed.RUSH, Payer.CUSTOMER, "customer asked")
    shipping = world.view(rma_id).shipping
    assert (shipping.speed, shipping.payer, shipping.overridden) == (
        Speed.RUSH,
        Payer.CUSTOMER,
        True,
    )
    assert world.view(rma_id).decision.speed is Speed.GROUND, "the policy's word stays"
    assert world.rma(rma_id).mark == "rush"


def test_speed_and_payer_by_override_open_the_door_where_facts_are_missing(world: World) -> None:
    rma_id = unknown_age(world)
    rma = world.do(ship.override, rma_id, Speed.GROUND, Payer.US, "agreed with management")
    assert rma.state is State.READY_TO_SHIP
    assert world.view(rma_id).shipping.stops == ()


def test_check_and_settle_are_pure(world: World) -> None:
    view = world.view(repair(world))
    assert view.rma is not None
    before = replace(view.rma)
    check(view.rma, view.decision, Step.TRACKING_SCANNED)
    again = settle(view.rma, view.decision, NOW, TODAY, view.rma)
    assert (view.rma, again.state) == (before, view.rma.state)
    assert shipping_of(view.rma, view.decision) == view.shipping


def test_who_was_first_is_named_with_place_and_time(world: World) -> None:
    """Two benches ship the same unit: the second one is told who has, where and when."""
    rma_id = tracked(world)
    other = replace(world.desk, actor="Jonas K.", station="Dock 7")
    world.wait(minutes=5)
    ship.ship(other, world.op(), rma_id)
    with pytest.raises(Refused, match=r"shipped by Jonas K\. at Dock 7 at 09:05 already"):
        ship.ship(world.desk, world.op(), rma_id)
    world.wait(days=1)
    with pytest.raises(Refused, match=r"by Jonas K\. at Dock 7 on 28 Oct 2026 at 09:05"):
        ship.hold(world.desk, world.op(), rma_id, "too late")
