"""Vendor cases for the tests of the workflow: units to begin with, and each act in a few letters.

An act is the function, and what it is called with after the RMA's id.
"""

from __future__ import annotations

from typing import Any

import pytest

from bench.policy.facts import Channel, Outcome
from bench.policy.vendor_case import VendorAnswer, VendorCase
from bench.store.records import Event, Rma
from bench.workflow import advance, escalate, ship, vendor
from bench.workflow.desk import Refused
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.receive import Receipt, receive
from tests.workflow.helpers import FEDEX, TODAY, UPS, World, days_ago
from tests.workflow.situations import Act

PULSE: dict[str, Any] = {
    "brand": "Pulse Secure",
    "model": "PSA-3000",
    "service_level": "platinum",
    "contract_ends_on": days_ago(-200),
}
"""What the order desk knows of an appliance."""
PARTS: dict[str, str] = {
    "symptom": "no boot",
    "troubleshooting": "other power supply, other outlet",
    "output": "can't mount root",
}
"""The parts of a vendor ticket that come with the customer's ticket."""


def noted(world: World, rma_id: str, **texts: str) -> Rma:
    """A case begun, with all the parts that are told in words."""
    vendor.note(world.desk, world.op(), rma_id, **(texts or PARTS))
    return world.rma(rma_id)


RECEIVE: Act = (receive, Receipt(True, "good", ("psu",)))
BROKEN: Act = (diagnose, Diagnosis(Outcome.REPLACE, "no boot"))
MENDED: Act = (diagnose, Diagnosis(Outcome.REPAIR, "no boot"))
FINE: Act = (diagnose, Diagnosis(Outcome.NO_TROUBLE_FOUND, "no boot"))
CHOOSE: Act = (ship.choose_replacement, "STOCK1")
TRACK: Act = (ship.scan_tracking, FEDEX)
SHIP: Act = (ship.ship,)
TICKET: Act = (vendor.open_ticket, "V-77", "ab" * 32)
VERIFIED: Act = (vendor.verified, "V-77-1")
TRANSFERRED: Act = (vendor.license_transferred, "RD-5")
LICENCES: Act = (vendor.licences_made,)
AHEAD: Act = (advance.send_ahead, "", UPS)
EXCHANGE: Act = (vendor.exchange_opened, "V-77-2")
RETURN: Act = (vendor.send_to_vendor, FEDEX)
SCAN_IN: Act = (vendor.receive_vendor_unit, "FROMVENDOR1")
RMA: Act = (vendor.vendor_rma_given, "DX-9")
CREDIT: Act = (vendor.answered, VendorAnswer.CREDIT, 4500)
REPLACED: Act = (vendor.answered, VendorAnswer.REPLACEMENT)
STRAIGHT: Act = (vendor.answered, VendorAnswer.DROP_SHIPPED, None, "STRAIGHT1")
REFUSED: Act = (vendor.answered, VendorAnswer.REFUSED)
PASSED: Act = (vendor.replacement_tested, True)
FAILED: Act = (vendor.replacement_tested, False, "no tone")
MOVED: Act = (vendor.moved, "they promised to call")
END: Act = (vendor.end, "no replacement needed")
ESCALATE: Act = (escalate.escalate, "faster_progress", "the customer is down")
ANSWERED: Act = (escalate.escalation_answered, "an engineer has it")

THREE_LEGGED: tuple[Act, ...] = (
    *(CHOOSE, TICKET, VERIFIED, TRANSFERRED, LICENCES, AHEAD),
    *(RECEIVE, BROKEN, EXCHANGE, RETURN, SCAN_IN),
)
"""Everything after the note, in the order of DOMAIN section 5."""


def act(world: World, rma_id: str, *acts: Act) -> Rma:
    """Does them one after the other; gives the RMA afterwards."""
    for one in acts:
        world.do(one[0], rma_id, *one[1:])
    return world.rma(rma_id)


def case_of(world: World, rma_id: str) -> VendorCase:
    """The case as it is saved."""
    case = world.rma(rma_id).vendor
    assert case is not None
    return case


def last_event(world: World, rma_id: str) -> Event:
    """The newest event of an RMA."""
    found: Event = world.store.events_of_rma(rma_id)[-1]
    return found


# --- situations


def appliance(world: World, serial: str = "PS1", **facts: Any) -> str:
    """An appliance on its way, its case begun with all that was told."""
    rma_id = world.expect(serial, **PULSE | facts)
    noted(world, rma_id)
    return rma_id


def up_to(world: World, *last: Act) -> str:
    """An appliance whose case has come past these acts, all before them done in order."""
    rma_id = appliance(world)
    place = max(THREE_LEGGED.index(one) for one in last)
    act(world, rma_id, *THREE_LEGGED[: place + 1])
    return rma_id


def phone(
    world: World, serial: str = "PH1", outcome: Outcome = Outcome.REPLACE, **more: Any
) -> str:
    """A phone that was diagnosed, of a direct customer unless told otherwise."""
    rma_id = world.diagnosed(serial, outcome, more.pop("age", 100), **more)
    noted(world, rma_id, vendor="Distri One")
    return rma_id


def away(world: World, *acts: Act, **more: Any) -> str:
    """A phone that is at the distributor, and what came after."""
    rma_id = phone(world, **more)
    act(world, rma_id, RMA, RETURN, *acts)
    return rma_id


def resellers(world: World, *acts: Act, **more: Any) -> str:
    """The same of a reseller."""
    return away(world, *acts, channel=Channel.RESELLER, **more)


STALLS = days_ago(-5)
"""Three business days after TODAY, a Wednesday."""
assert TODAY.isoweekday() == 3


def refused(world: World, rma_id: str, one: Act, what: str, remedy: str) -> None:
    """An act that is refused with these words, and changes nothing at all."""
    there = world.everything()
    with pytest.raises(Refused) as caught:
        act(world, rma_id, one)
    assert what in caught.value.what
    assert remedy in caught.value.remedy
    assert world.everything() == there
