"""Vendor cases for the tests of the screens: units to begin with, steps on days that are past."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.policy.facts import Channel, Outcome
from bench.policy.vendor_case import VendorCase
from bench.workflow import advance, ship, vendor
from bench.workflow.desk import Desk
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.receive import Receipt, correct_facts, receive
from tests.screens.helpers import NOW, Bench
from tests.workflow.helpers import FEDEX, UPS

BOX, STOCK, NEW = "0331122017001", "0331122017044", "0331122017099"
"""An appliance, the one from our stock that goes out for it, and the one that the vendor sends."""
PHONE, SPARE = "805EC0A1B2C3", "805EC0A1B2D9"
TICKET, SUB, DETAIL, EXCHANGE = "2026-1102-0417", "2026-1102-0417-1", "RD-559021", "EX-88310"
OUTPUT = "SK> boot failed\ncan't mount root"
PARTS = {
    "symptom": "no boot after the power cut",
    "troubleshooting": "other power supply, other outlet",
    "output": OUTPUT,
}

NOTE = (vendor.note,)
CHOOSE = (ship.choose_replacement, STOCK)
OPEN = (vendor.open_ticket, TICKET, "ab" * 32)
VERIFIED = (vendor.verified, SUB)
TRANSFERRED = (vendor.license_transferred, DETAIL)
LICENCES = (vendor.licences_made,)
AHEAD = (advance.send_ahead, "", UPS)
HERE = (receive, Receipt(True, "good", ("psu",)))
BROKEN = (diagnose, Diagnosis(Outcome.REPLACE, "no boot"))
EXCHANGED = (vendor.exchange_opened, EXCHANGE)
RETURNED = (vendor.send_to_vendor, FEDEX)
CAME = (vendor.receive_vendor_unit, NEW)
STORY = (
    *(CHOOSE, OPEN, VERIFIED, TRANSFERRED, LICENCES, AHEAD),
    *(HERE, BROKEN, EXCHANGED, RETURNED, CAME),
)
"""A three-legged RMA after its parts were noted, in the order of DOMAIN section 5."""
RMA = (vendor.vendor_rma_given, "DX-90017")


def _named(desk: Desk, op_id: str, rma_id: str) -> Any:
    return vendor.note(desk, op_id, rma_id, vendor="Distri One")


NAMED = (_named,)
"""The distributor that has the case."""


def act(bench: Bench, rma_id: str, *acts: tuple[Any, ...], days_ago: int = 0) -> str:
    """Does these steps, so many days before today; gives the RMA's id back."""
    for step, *args in acts:
        with bench.desk(NOW - timedelta(days=days_ago)) as desk:
            step(desk, bench.op(), rma_id, *args)
    return rma_id


def appliance(bench: Bench, serial: str = BOX, **facts: Any) -> str:
    """An appliance on its way, of a customer at platinum unless told otherwise."""
    level = facts.pop("level", "platinum")
    known = {"brand": "Pulse Secure", "model": "PSA-3000", "customer": "Meridian Bank"} | facts
    ends = NOW.date() + timedelta(days=200)
    rma_id = bench.expect(serial, 400, contract_ends_on=ends, **known)
    if level:
        act(bench, rma_id, (correct_facts, {"service_level": level}))
    return rma_id


def noted(bench: Bench, days_ago: int = 0, serial: str = BOX, **facts: Any) -> str:
    """The same with its case begun and everything noted that is told in words."""
    rma_id = appliance(bench, serial, **facts)
    with bench.desk(NOW - timedelta(days=days_ago)) as desk:
        vendor.note(desk, bench.op(), rma_id, **PARTS)
    return rma_id


def up_to(bench: Bench, last: tuple[Any, ...], days_ago: int = 0, **facts: Any) -> str:
    """An appliance whose case has come to this step of STORY, which is done."""
    rma_id = noted(bench, days_ago, **facts)
    stock = f"{STOCK[:-4]}9{facts['serial'][-3:]}" if "serial" in facts else STOCK
    steps = ((ship.choose_replacement, stock), *STORY[1 : STORY.index(last) + 1])
    return act(bench, rma_id, *steps, days_ago=days_ago)


def phone(bench: Bench, *acts: tuple[Any, ...], days_ago: int = 0, **facts: Any) -> str:
    """A phone that was diagnosed `replace` 100 days after it was shipped, and these steps."""
    rma_id = bench.diagnosed(facts.pop("serial", PHONE), Outcome.REPLACE, 100, **facts)
    return act(bench, rma_id, *acts, days_ago=days_ago)


def resellers(bench: Bench, *acts: tuple[Any, ...], **facts: Any) -> str:
    """The same of a reseller."""
    return phone(bench, *acts, channel=Channel.RESELLER, customer="Pixel Resellers", **facts)


def case(bench: Bench, rma_id: str) -> VendorCase:
    """The case as it is saved."""
    found = bench.rma(rma_id).vendor
    assert found is not None
    return found


def folders(tmp_path: Path) -> dict[str, Any]:
    """Settings of a bench that may keep packets."""
    return {"captures": tmp_path / "captures", "badge_key": tmp_path / "badge.key"}
