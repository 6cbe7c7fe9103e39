"""The rarer states of each screen: nothing in hand, everything at once, mistakes, high contrast."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bench.policy.facts import Channel, Outcome, Payer, Speed
from bench.workflow import ship
from bench.workflow.receive import correct_facts
from tests.screens.helpers import Bench, settle
from tests.screens.test_pictures import SERIAL, SMALL, WIDE, Compare, after, fill

PULSE: dict[str, Any] = {
    "brand": "Pulse Secure",
    "model": "PSA-3000",
    "contract_ends_on": date(2027, 3, 31),
    "customer": "Meridian Bank & Trust, Branch Office North-West",
}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A file: pictures are the same on every engine."""
    return Bench(tmp_path / "bench.db")


def came_back(bench: Bench, serial: str, times: int, **facts: Any) -> str:
    """A unit that was returned, found without trouble and sent back so many times; its RMA now."""
    rma_id = bench.diagnosed(serial, Outcome.NO_TROUBLE_FOUND, 200, **facts)
    for _ in range(times):
        bench.do(ship.cancel, rma_id, "sent back without a label")
        rma_id = bench.again(rma_id)
    return rma_id


def test_queue_refused_scan(bench: Bench, snap_compare: Compare) -> None:
    """An impossible command is named, with what is possible instead."""
    fill(bench)
    scans = after("BENCHNORESP")
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=scans)


def test_receive_empty(bench: Bench, snap_compare: Compare) -> None:
    """No unit in hand."""
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=after("BENCHBOX"))


def test_receive_full(bench: Bench, snap_compare: Compare) -> None:
    """An appliance of a reseller that is back again, with facts missing and choices made."""
    rma_id = came_back(bench, "0331122017001", 1, **(PULSE | {"contract_ends_on": None}))
    bench.do(ship.cancel, rma_id, "wrong address")
    scans = after("0331122017001", "BENCHBOX", "BENCHGOOD", "BENCHPSU", "BENCHCORD")
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=scans)


def test_receive_contrast(bench: Bench, snap_compare: Compare) -> None:
    """An expected unit in high contrast."""
    bench.expect(SERIAL, channel=Channel.RESELLER, customer="Pixel Resellers")
    app = bench.app(theme="contrast")
    assert snap_compare(app, terminal_size=WIDE, run_before=after(SERIAL))


def test_diagnose_empty(bench: Bench, snap_compare: Compare) -> None:
    """No unit in hand."""
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=after("BENCHTEST"))


def test_diagnose_full(bench: Bench, snap_compare: Compare) -> None:
    """An appliance that is back again, half diagnosed."""
    came_back(bench, "0331122017001", 2, **PULSE)

    async def enter(pilot: Any) -> None:
        await after("0331122017001", "BENCHGOOD", "BENCHDEFECT", "BENCHNEXT", "BENCHGOOD")(pilot)
        body = pilot.app.frame.body
        body.query_one("#line-symptom").value = "reboots every few minutes under load"
        body.query_one("#line-findings").value = "ata1 I/O errors, file system needs repair"
        await settle(pilot.app, pilot)

    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=enter)


def test_diagnose_refused(bench: Bench, snap_compare: Compare) -> None:
    """A command of another screen is refused, and says what is possible."""
    bench.received(SERIAL)
    scans = after(SERIAL, "BENCHNORESP")
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=scans)


def test_diagnose_contrast(bench: Bench, snap_compare: Compare) -> None:
    """A received unit out of warranty, in high contrast."""
    bench.received(SERIAL, 900)
    app = bench.app(theme="contrast")
    assert snap_compare(app, terminal_size=WIDE, run_before=after(SERIAL))


def test_ship_empty(bench: Bench, snap_compare: Compare) -> None:
    """No unit in hand."""
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=after("BENCHSEND"))


def test_ship_full(bench: Bench, snap_compare: Compare) -> None:
    """Early, replaced, packaging accepted, both overridden, replacement named, tracking there."""
    rma_id = bench.diagnosed(SERIAL, Outcome.REPLACE, 12, False)
    bench.do(ship.accept_packaging, rma_id, "Maria K.", "equivalent packaging is enough")
    bench.do(ship.override, rma_id, Speed.GROUND, Payer.CUSTOMER, "agreed with management")
    bench.do(ship.choose_replacement, rma_id, "3146023104410299")
    bench.do(ship.scan_tracking, rma_id, "1Z999AA10123456784")
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=after(SERIAL))


def test_ship_kept(bench: Bench, snap_compare: Compare) -> None:
    """The customer does not want it back."""
    bench.diagnosed(SERIAL, Outcome.NO_TROUBLE_FOUND, 90)
    scans = after(SERIAL, "BENCHNO")
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=scans)


def test_record_empty(bench: Bench, snap_compare: Compare) -> None:
    """No unit in hand."""
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=after("BENCHLOG"))


def test_record_full(bench: Bench, snap_compare: Compare) -> None:
    """A long history over several returns."""
    rma_id = came_back(bench, SERIAL, 3)
    for day in range(1, 9):
        facts = {"shipped_on": date(2026, 5, day)}
        bench.do(correct_facts, rma_id, facts)
    scans = after(SERIAL, "BENCHLOG")
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=scans)


def test_record_bad_fact(bench: Bench, snap_compare: Compare) -> None:
    """A ship date in the future is refused, and stays in its field."""
    bench.received(SERIAL, 200)

    async def enter(pilot: Any) -> None:
        await after(SERIAL, "BENCHLOG")(pilot)
        pilot.app.frame.body.query_one("#line-shipped_on").value = "2027-01-01"
        await after("BENCHOK")(pilot)

    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=enter)


def test_record_contrast(bench: Bench, snap_compare: Compare) -> None:
    """The record in high contrast."""
    bench.diagnosed(SERIAL, Outcome.REPAIR, 200)
    app = bench.app(theme="contrast")
    assert snap_compare(app, terminal_size=WIDE, run_before=after(SERIAL, "BENCHLOG"))


def test_policy_bad_input(bench: Bench, snap_compare: Compare) -> None:
    """A day that does not exist, and an outcome that is none, in high contrast."""

    async def ask(pilot: Any) -> None:
        await after("BENCHRULES")(pilot)
        body = pilot.app.frame.body
        for name, text in (("brand", "Acme"), ("shipped_on", "30 Feb 2026"), ("outcome", "lost")):
            body.query_one(f"#line-{name}").value = text
        await settle(pilot.app, pilot)

    app = bench.app(theme="contrast")
    assert snap_compare(app, terminal_size=WIDE, run_before=ask)
