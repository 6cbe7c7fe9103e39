"""One picture for each state of each screen that matters; look at them when they change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest

from bench.app import BenchApp
from bench.policy.facts import Channel, Contact, Outcome, Speed
from bench.workflow import ship
from tests.screens.helpers import NOW, Bench, post_scan, settle

WIDE, SMALL = (160, 48), (80, 24)
SERIAL = "805EC0A1B2C3"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A file: pictures are the same on every engine."""
    return Bench(tmp_path / "bench.db")


class Compare(Protocol):
    """The fixture of pytest-textual-snapshot."""

    def __call__(self, app: BenchApp, *, terminal_size: tuple[int, int], run_before: Any) -> bool:
        """Whether the app looks as it did."""
        ...


def after(*scans: str, press: tuple[str, ...] = ()) -> Callable[[Any], Awaitable[None]]:
    """Scans, one after the other, then keys."""

    async def run(pilot: Any) -> None:
        app = pilot.app
        await settle(app, pilot)
        for text in scans:
            post_scan(app, text)
            await settle(app, pilot)
        for key in press:
            await pilot.press(key)
            await settle(app, pilot)

    return run


def fill(bench: Bench) -> None:
    """A bench in the middle of a day."""
    reseller: dict[str, Any] = {"customer": "Pixel Resellers", "channel": Channel.RESELLER}
    bench.diagnosed(SERIAL, Outcome.REPLACE)
    bench.received("001FC1F02211", 29, brand="Htek", model="UC926", customer="Harbor Legal")
    bench.diagnosed(
        "000413A99812", Outcome.REPLACE, 12, False, brand="Snom", model="D785", **reseller
    )
    asked = bench.diagnosed(
        "20EZ1C6F3301", Outcome.NO_TROUBLE_FOUND, 90, brand="Grandstream", model="GXP2170"
    )
    bench.do(ship.contacted, asked, Contact.NO_ANSWER)
    bench.do(ship.contacted, asked, Contact.NO_ANSWER)
    bench.diagnosed("64167F0A1D2E", Outcome.REPAIR, 900, brand="Polycom", model="VVX 450")
    bench.received("805EC0771B02", 200, model="T46U", customer="Harbor Legal")
    bench.diagnosed("805EC0771B77", Outcome.REPAIR, 300, model="T46U")
    held = bench.received("0331122017001", 400, brand="Pulse Secure", model="PSA-3000")
    bench.do(ship.hold, held, "address to be confirmed")
    bench.expect("001FC1A0B7C3", 40, brand="Htek", due_on=date(2026, 11, 19), **reseller)
    bench.expect("3146023104410271", 4, due_on=NOW.date() + timedelta(days=1))


def test_queue_empty(bench: Bench, snap_compare: Compare) -> None:
    """Nothing on the bench says what to do."""
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=after())


def test_queue_wide(bench: Bench, snap_compare: Compare) -> None:
    """The queue, worst first, with the day's figures."""
    fill(bench)
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=after())


def test_queue_small(bench: Bench, snap_compare: Compare) -> None:
    """The queue at 80x24."""
    fill(bench)
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=after())


def test_queue_light(bench: Bench, snap_compare: Compare) -> None:
    """The queue on paper white."""
    fill(bench)
    assert snap_compare(bench.app(theme="light"), terminal_size=WIDE, run_before=after())


def test_queue_contrast(bench: Bench, snap_compare: Compare) -> None:
    """The queue in high contrast."""
    fill(bench)
    assert snap_compare(bench.app(theme="contrast"), terminal_size=WIDE, run_before=after())


def test_queue_full(bench: Bench, snap_compare: Compare) -> None:
    """More rows than fit, the cursor on the last one."""
    for number in range(45):
        bench.expect(f"31460231044{number:05d}", number, due_on=date(2026, 11, 1))
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=after(press=("end",)))


def test_receive_expected_wide(bench: Bench, snap_compare: Compare) -> None:
    """An expected unit, with its facts filled in."""
    bench.expect(SERIAL, mac=SERIAL)
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=after(SERIAL))


def test_receive_expected_small(bench: Bench, snap_compare: Compare) -> None:
    """The same at 80x24."""
    bench.expect(SERIAL)
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=after(SERIAL))


def test_receive_unknown(bench: Bench, snap_compare: Compare) -> None:
    """A serial that nobody knows; its MAC suggests a brand."""
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=after(SERIAL))


def test_receive_unexpected(bench: Bench, snap_compare: Compare) -> None:
    """A unit that we shipped, and that nobody announced."""
    bench.unit("3146023104410271", brand="Yealink", model="T54W", customer="Corner Clinic")
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=after("3146023104410271"))


def test_receive_wrong_unit(bench: Bench, snap_compare: Compare) -> None:
    """The unit in the hand is not the one on the RMA label."""
    bench.expect(SERIAL)
    bench.expect("001FC1F02211", brand="Htek", model="UC926")
    number = bench.rma("rma-op-0001").number.replace("-", "")
    scans = after(f"R{number}", "001FC1F02211")
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=scans)


def test_receive_bad_date(bench: Bench, snap_compare: Compare) -> None:
    """30 February is named, and everything entered is still there."""

    async def enter(pilot: Any) -> None:
        await after(SERIAL)(pilot)
        form = pilot.app.frame.body
        form.query_one("#line-customer").value = "Northgate Dental"
        form.query_one("#line-shipped_on").value = "30 Feb 2026"
        await after("BENCHOK")(pilot)

    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=enter)


def test_diagnose_wide(bench: Bench, snap_compare: Compare) -> None:
    """A received unit with two checks done."""
    bench.received(SERIAL)
    scans = after(SERIAL, "BENCHGOOD", "BENCHDEFECT")
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=scans)


def test_diagnose_small(bench: Bench, snap_compare: Compare) -> None:
    """The same at 80x24."""
    bench.received(SERIAL)
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=after(SERIAL))


def test_ship_rush_wide(bench: Bench, snap_compare: Compare) -> None:
    """Rush, we pay, waiting for the tracking number."""
    bench.diagnosed(SERIAL, Outcome.REPLACE, mac=SERIAL)
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=after(SERIAL))


def test_ship_rush_small(bench: Bench, snap_compare: Compare) -> None:
    """The same at 80x24."""
    bench.diagnosed(SERIAL, Outcome.REPLACE)
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=after(SERIAL))


def test_ship_rush_contrast(bench: Bench, snap_compare: Compare) -> None:
    """The same in high contrast."""
    bench.diagnosed(SERIAL, Outcome.REPLACE)
    app = bench.app(theme="contrast")
    assert snap_compare(app, terminal_size=WIDE, run_before=after(SERIAL))


def test_ship_ground_light(bench: Bench, snap_compare: Compare) -> None:
    """Ground with a deductible, on paper white, tracking number there."""
    bench.diagnosed(SERIAL, Outcome.REPAIR, 200)
    app = bench.app(theme="light")
    scans = after(SERIAL, "1Z999AA10123456784")
    assert snap_compare(app, terminal_size=WIDE, run_before=scans)


def test_ship_hold_packaging(bench: Bench, snap_compare: Compare) -> None:
    """Held until the packaging comes, or a supervisor accepts."""
    bench.diagnosed(SERIAL, Outcome.REPLACE, 12, False)
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=after(SERIAL))


def test_ship_hold_contact(bench: Bench, snap_compare: Compare) -> None:
    """No trouble found: the customer is asked first."""
    bench.diagnosed(SERIAL, Outcome.NO_TROUBLE_FOUND, 90)
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=after(SERIAL))


def test_ship_quote(bench: Bench, snap_compare: Compare) -> None:
    """Out of warranty: with the Partner Team."""
    bench.diagnosed(SERIAL, Outcome.REPAIR, 900)
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=after(SERIAL))


def test_ship_missing_facts(bench: Bench, snap_compare: Compare) -> None:
    """No ship date: what is missing, and who can supply it."""
    bench.diagnosed(SERIAL, Outcome.REPAIR, shipped_on=None)
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=after(SERIAL))


def test_ship_overridden(bench: Bench, snap_compare: Compare) -> None:
    """An override stays visible with its reason."""
    rma_id = bench.diagnosed(SERIAL, Outcome.REPAIR, 200)
    bench.do(ship.override, rma_id, Speed.RUSH, None, "goodwill after a repeated return")
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=after(SERIAL))


def test_ship_refused_scan(bench: Bench, snap_compare: Compare) -> None:
    """A tracking number with a wrong check digit is named."""
    bench.diagnosed(SERIAL, Outcome.REPAIR, 200)
    scans = after(SERIAL, "1Z999AA10123456785")
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=scans)


def test_record_wide(bench: Bench, snap_compare: Compare) -> None:
    """The history, with a step that was undone."""
    bench.diagnosed(SERIAL, Outcome.REPAIR, 200)
    scans = after(SERIAL, "1Z999AA10123456784", "BENCHUNDO", "BENCHOK", "BENCHLOG")
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=scans)


def test_record_small(bench: Bench, snap_compare: Compare) -> None:
    """A shipped unit at 80x24."""
    bench.diagnosed(SERIAL, Outcome.REPAIR, 200)
    scans = after(SERIAL, "1Z999AA10123456784", "BENCHOK", "BENCHLOG")
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=scans)


def test_policy_wide(bench: Bench, snap_compare: Compare) -> None:
    """The tables, and a what-if."""

    async def ask(pilot: Any) -> None:
        await after("BENCHRULES")(pilot)
        body = pilot.app.frame.body
        for name, text in (
            ("brand", "Snom"),
            ("channel", "reseller"),
            ("shipped_on", "2026-10-28"),
            ("opened_on", "2026-11-19"),
            ("outcome", "replace"),
        ):
            body.query_one(f"#line-{name}").value = text
        await settle(pilot.app, pilot)

    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=ask)


def test_policy_small(bench: Bench, snap_compare: Compare) -> None:
    """The same at 80x24, with nothing asked."""
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=after("BENCHRULES"))


def test_help(bench: Bench, snap_compare: Compare) -> None:
    """Help over the Ship screen."""
    bench.diagnosed(SERIAL, Outcome.REPLACE)
    scans = after(SERIAL, "BENCHHELP")
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=scans)


def test_codes_small(bench: Bench, snap_compare: Compare) -> None:
    """The codes of a screen at 80x24."""
    bench.expect(SERIAL)
    scans = after(SERIAL, "BENCHSHEET")
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=scans)


def test_pick_reason(bench: Bench, snap_compare: Compare) -> None:
    """Why is it held?"""
    bench.diagnosed(SERIAL, Outcome.REPLACE)
    scans = after(SERIAL, "BENCHHOLD", "BENCHNEXT")
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=scans)


def test_near_match(bench: Bench, snap_compare: Compare) -> None:
    """Only a near match: shown with its difference, and asked."""
    bench.unit("20EZ1C6F33O1", brand="Grandstream", model="GXP2170", customer="Corner Clinic")
    scans = after("20EZ1C6F3301")
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=scans)
