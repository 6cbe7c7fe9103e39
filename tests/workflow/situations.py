"""Situations that a unit can be in, and acts to try in each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.policy.facts import Contact, Outcome, Speed
from bench.policy.vendor_case import VendorAnswer
from bench.workflow import escalate, ship, vendor
from bench.workflow.advance import bill, send_ahead
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.duties import wake
from bench.workflow.receive import Receipt, correct_facts, receive
from tests.workflow.helpers import FEDEX, TODAY, UPS, World

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


def begun(world: World) -> str:
    """To be replaced in warranty, its vendor case begun."""
    rma_id = world.diagnosed("A1", REPLACE, age=100)
    world.do(vendor.note, rma_id)
    return rma_id


def numbered(world: World) -> str:
    """The same, with the distributor's RMA number."""
    rma_id = begun(world)
    world.do(vendor.vendor_rma_given, rma_id, "DX-9")
    return rma_id


def vendors(world: World) -> str:
    """At the distributor."""
    rma_id = numbered(world)
    world.do(vendor.send_to_vendor, rma_id, FEDEX)
    return rma_id


def untested(world: World) -> str:
    """The distributor's replacement is here, nobody has tested it."""
    rma_id = vendors(world)
    world.do(vendor.receive_vendor_unit, rma_id, "VEND1")
    return rma_id


def stalled(world: World) -> str:
    """At the distributor for a week, until somebody looked."""
    rma_id = vendors(world)
    world.wait(days=7)
    wake(world.desk)
    return rma_id


def three_legged(world: World) -> str:
    """An appliance on its way, with all that a vendor ticket needs."""
    facts = {"service_level": "platinum", "contract_ends_on": TODAY}
    rma_id = world.expect("A1", 22, brand="Pulse Secure", **facts)
    texts = {"symptom": "no boot", "troubleshooting": "other outlet", "output": "panic"}
    vendor.note(world.desk, world.op(), rma_id, **texts)
    world.do(ship.choose_replacement, rma_id, "STOCK-1")
    return rma_id


def ticketed(world: World) -> str:
    """The vendor has the ticket."""
    rma_id = three_legged(world)
    world.do(vendor.open_ticket, rma_id, "V-1")
    return rma_id


def verified(world: World) -> str:
    """And has verified the failure."""
    rma_id = ticketed(world)
    world.do(vendor.verified, rma_id, "V-1-1")
    return rma_id


def transferred(world: World) -> str:
    """And has sent the RMA Detail Number."""
    rma_id = verified(world)
    world.do(vendor.license_transferred, rma_id, "RD-5")
    return rma_id


def here_too(world: World) -> str:
    """Verified, and the defective unit is here and diagnosed."""
    rma_id = verified(world)
    world.do(receive, rma_id, Receipt(True))
    world.do(diagnose, rma_id, Diagnosis(REPLACE))
    return rma_id


def not_needed(world: World) -> str:
    """A vendor case, and no trouble was found."""
    rma_id = ntf(world)
    world.do(vendor.note, rma_id)
    return rma_id


def escalated(world: World) -> str:
    """The vendor was asked to move."""
    rma_id = ticketed(world)
    world.do(escalate.escalate, rma_id, "faster_progress", "the customer is down")
    return rma_id


def overdue(world: World) -> str:
    """An advance replacement whose original is not back after 31 days."""
    rma_id = expected(world)
    world.do(send_ahead, rma_id, "STOCK-1", UPS)
    world.wait(days=31)
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
NOTE: Act = (vendor.note,)
TICKET: Act = (vendor.open_ticket, "V-1")
VERIFY: Act = (vendor.verified, "V-1-1")
TRANSFER: Act = (vendor.license_transferred, "RD-5")
LICENCES: Act = (vendor.licences_made,)
AHEAD: Act = (send_ahead, "STOCK-1", UPS)
EXCHANGE: Act = (vendor.exchange_opened, "V-1-2")
NUMBER: Act = (vendor.vendor_rma_given, "DX-9")
TO_VENDOR: Act = (vendor.send_to_vendor, FEDEX)
ANSWER: Act = (vendor.answered, VendorAnswer.CREDIT, 4500)
SCAN_IN: Act = (vendor.receive_vendor_unit, "VEND1")
TEST: Act = (vendor.replacement_tested, True)
MOVE: Act = (vendor.moved, "they called")
END: Act = (vendor.end, "no trouble found")
ESCALATE: Act = (escalate.escalate, "faster_progress", "the customer is down")
HEARD: Act = (escalate.escalation_answered, "soon")
BILL: Act = (bill,)


def name_of(value: object) -> str:
    """A short id for a row."""
    named = value[0] if isinstance(value, tuple) else value
    return str(getattr(named, "__name__", ""))
