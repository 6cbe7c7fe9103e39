"""Situations that a unit can be in, and acts to try in each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.policy.facts import Contact, Outcome, Speed
from bench.workflow import ship
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.receive import Receipt, correct_facts, receive
from tests.workflow.helpers import UPS, World

NTF, REPAIR, REPLACE = Outcome.NO_TROUBLE_FOUND, Outcome.REPAIR, Outcome.REPLACE
Make = Callable[[World], str]


def expected(world: World) -> str:
    """On its way."""
    return world.expect("A1")


def received(world: World) -> str:
    """Here, early."""
    return world.received("A1")


def ntf(world: World) -> str:
    """No trouble found, the customer not asked yet."""
    return world.diagnosed("A1", NTF)


def repair(world: World) -> str:
    """Repaired, early."""
    return world.diagnosed("A1", REPAIR)


def swap(world: World) -> str:
    """To be replaced, early, with its packaging."""
    return world.diagnosed("A1", REPLACE)


def unpacked(world: World) -> str:
    """To be replaced, early, without its packaging."""
    return world.diagnosed("A1", REPLACE, box=False)


def old(world: World) -> str:
    """Out of warranty."""
    return world.diagnosed("A1", REPAIR, age=900)


def unwanted(world: World) -> str:
    """No trouble found, and not wanted back."""
    rma_id = ntf(world)
    world.do(ship.contacted, rma_id, Contact.NO)
    return rma_id


def held(world: World) -> str:
    """Held by hand."""
    rma_id = repair(world)
    world.do(ship.hold, rma_id, "address to be confirmed")
    return rma_id


def tracked(world: World) -> str:
    """Repaired, with a tracking number."""
    rma_id = repair(world)
    world.do(ship.scan_tracking, rma_id, UPS)
    return rma_id


def shipped(world: World) -> str:
    """Gone."""
    rma_id = tracked(world)
    world.do(ship.ship, rma_id)
    return rma_id


def closed(world: World) -> str:
    """Done with."""
    rma_id = shipped(world)
    world.do(ship.close, rma_id, "arrived")
    return rma_id


def cancelled(world: World) -> str:
    """Not to come."""
    rma_id = expected(world)
    world.do(ship.cancel, rma_id, "keeps it")
    return rma_id


def unknown_age(world: World) -> str:
    """To be repaired, its ship date not known."""
    return world.diagnosed("A1", REPAIR, age=None)


def replaced(world: World) -> str:
    """To be replaced, the replacement named."""
    rma_id = swap(world)
    world.do(ship.choose_replacement, rma_id, "NEW1")
    return rma_id


def quoted(world: World) -> str:
    """Out of warranty, the quote refused."""
    rma_id = old(world)
    world.do(ship.quote_answered, rma_id, False)
    return rma_id


Act = tuple[Any, ...]
RECEIVE: Act = (receive, Receipt())
DIAGNOSE: Act = (diagnose, Diagnosis(REPAIR))
CONTACT: Act = (ship.contacted, Contact.YES)
QUOTE: Act = (ship.quote_answered, True)
PACKAGING: Act = (ship.accept_packaging, "Petra", "agreed with management")
RUSH: Act = (ship.ask_rush, True)
OVERRIDE: Act = (ship.override, Speed.RUSH, None, "goodwill")
HOLD: Act = (ship.hold, "waiting for the vendor")
RELEASE: Act = (ship.release,)
REPLACE_IT: Act = (ship.choose_replacement, "STOCK-1")
TRACK: Act = (ship.scan_tracking, UPS)
SHIP: Act = (ship.ship,)
CLOSE: Act = (ship.close, "done")
CANCEL: Act = (ship.cancel, "keeps it")
CORRECT: Act = (correct_facts, {"customer": "Birch"})


def name_of(value: object) -> str:
    """A short id for a row."""
    named = value[0] if isinstance(value, tuple) else value
    return str(getattr(named, "__name__", ""))
