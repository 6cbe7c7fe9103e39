"""The Vendor screen at each stage of a case, and what other screens say of one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.screens.letter_dialog import Text
from bench.workflow import advance, escalate, vendor
from tests.screens.helpers import Bench
from tests.screens.test_pictures import SMALL, WIDE, Compare, after
from tests.screens.vendor_cases import (
    BOX,
    BROKEN,
    CAME,
    CHOOSE,
    EXCHANGED,
    HERE,
    NEW,
    OPEN,
    PHONE,
    RETURNED,
    RMA,
    SPARE,
    TRANSFERRED,
    act,
    appliance,
    noted,
    phone,
    resellers,
    up_to,
)
from tests.workflow.helpers import UPS

both = pytest.mark.parametrize("size", [SMALL, WIDE], ids=["small", "wide"])
VENDOR = "BENCHVENDOR"
Size = tuple[int, int]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A file: pictures are the same on every engine."""
    return Bench(tmp_path / "bench.db")


def still(*scans: str, press: tuple[str, ...] = ()) -> Any:
    """Scans and keys, and then no cursor that blinks."""

    async def run(pilot: Any) -> None:
        await after(*scans, press=press)(pilot)
        for area in pilot.app.screen.query(Text):
            area.cursor_blink = False

    return run


# --- the list


def test_list_empty(bench: Bench, snap_compare: Compare) -> None:
    """No case is open: what one is, and how it begins."""
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=after(VENDOR))


def many(bench: Bench) -> None:
    """Cases of all kinds: stalled, late, due soon, waiting, ours."""
    up_to(bench, OPEN, 9)
    up_to(bench, EXCHANGED, 7, serial="0331122017002", customer="Harbor Legal")
    up_to(bench, EXCHANGED, 3, serial="0331122017003")
    up_to(bench, TRANSFERRED, serial="0331122017004", customer="Northgate Dental")
    noted(bench, serial="0331122017005")
    phone(bench, RMA, RETURNED, days_ago=1)
    resellers(bench, RMA, serial="805EC0A1B2C4", brand="Snom", model="D785")


@both
def test_list_full(bench: Bench, snap_compare: Compare, size: Size) -> None:
    """The stalled ones first, then what is late or due soonest."""
    many(bench)
    assert snap_compare(bench.app(), terminal_size=size, run_before=after(VENDOR))


def test_list_contrast(bench: Bench, snap_compare: Compare) -> None:
    """The same in high contrast."""
    many(bench)
    app = bench.app(theme="contrast")
    assert snap_compare(app, terminal_size=WIDE, run_before=after(VENDOR))


# --- three legs


@both
def test_not_begun(bench: Bench, snap_compare: Compare, size: Size) -> None:
    """An appliance on its way: what its vendor ticket lacks."""
    appliance(bench)
    assert snap_compare(bench.app(), terminal_size=size, run_before=after(BOX, VENDOR))


@both
def test_packet_ready(bench: Bench, snap_compare: Compare, size: Size) -> None:
    """All five parts are there."""
    act(bench, noted(bench), CHOOSE)
    assert snap_compare(bench.app(), terminal_size=size, run_before=after(BOX, VENDOR))


@both
def test_waiting_for_the_licence(bench: Bench, snap_compare: Compare, size: Size) -> None:
    """The cursor is on the customer's licences, which must not be made yet."""
    act(bench, up_to(bench, OPEN), (vendor.verified, "2026-1102-0417-1"))
    keys = ("down", "down")
    assert snap_compare(bench.app(), terminal_size=size, run_before=after(BOX, VENDOR, press=keys))


@both
def test_unit_here(bench: Bench, snap_compare: Compare, size: Size) -> None:
    """The defective unit has arrived and is broken: the exchange is next."""
    up_to(bench, BROKEN)
    assert snap_compare(bench.app(), terminal_size=size, run_before=after(BOX, VENDOR))


@both
def test_return_due_soon(bench: Bench, snap_compare: Compare, size: Size) -> None:
    """Two days are left for the defective unit."""
    up_to(bench, EXCHANGED, 3)
    assert snap_compare(bench.app(), terminal_size=size, run_before=after(BOX, VENDOR))


@both
def test_return_late(bench: Bench, snap_compare: Compare, size: Size) -> None:
    """The unit should have been on its way, and nobody has moved the case either."""
    up_to(bench, EXCHANGED, 9)
    assert snap_compare(bench.app(), terminal_size=size, run_before=after(BOX, VENDOR))


def test_return_late_light(bench: Bench, snap_compare: Compare) -> None:
    """The same on paper white."""
    up_to(bench, EXCHANGED, 9)
    app = bench.app(theme="light")
    assert snap_compare(app, terminal_size=WIDE, run_before=after(BOX, VENDOR))


def test_ended(bench: Bench, snap_compare: Compare) -> None:
    """Both units have travelled."""
    up_to(bench, CAME)
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=after(BOX, VENDOR))


def test_vendor_unit_awaited(bench: Bench, snap_compare: Compare) -> None:
    """The next scan is the vendor's unit; a stranger was scanned without being asked for."""
    act(bench, up_to(bench, EXCHANGED), RETURNED)
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=after(BOX, VENDOR, NEW))


# --- phones


def test_phone_wants_a_number(bench: Bench, snap_compare: Compare) -> None:
    """Nothing leaves before the distributor has given its RMA number."""
    phone(bench)
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=after(PHONE, VENDOR))


@both
def test_phone_sent(bench: Bench, snap_compare: Compare, size: Size) -> None:
    """It is at the distributor."""
    phone(bench, RMA, RETURNED)
    assert snap_compare(bench.app(), terminal_size=size, run_before=after(PHONE, VENDOR))


@both
def test_phone_replacement_to_test(bench: Bench, snap_compare: Compare, size: Size) -> None:
    """The replacement came: it is tested before a direct customer gets it."""
    phone(bench, RMA, RETURNED, (vendor.receive_vendor_unit, SPARE))
    assert snap_compare(bench.app(), terminal_size=size, run_before=after(PHONE, VENDOR))


def test_phone_which_answer(bench: Bench, snap_compare: Compare) -> None:
    """What the vendor gives for a reseller's phone."""
    resellers(bench, RMA, RETURNED)
    before = after(PHONE, VENDOR, "BENCHOK")
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=before)


# --- escalation


@both
def test_escalation_reasons(bench: Bench, snap_compare: Compare, size: Size) -> None:
    """The vendor's reasons, and when to choose each."""
    up_to(bench, OPEN, 9)
    before = after(BOX, VENDOR, "BENCHPUSH")
    assert snap_compare(bench.app(), terminal_size=size, run_before=before)


def test_escalation_detail(bench: Bench, snap_compare: Compare) -> None:
    """What to write, and what the vendor then does."""
    up_to(bench, OPEN, 9)
    before = still(BOX, VENDOR, "BENCHPUSH", "BENCHNEXT", "BENCHNEXT", "BENCHOK")
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=before)


def test_escalation_refused(bench: Bench, snap_compare: Compare) -> None:
    """Not for this service level."""
    up_to(bench, OPEN, level="gold")
    before = after(BOX, VENDOR, "BENCHPUSH")
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=before)


# --- advance replacements, and the way out


@both
def test_advance_offered(bench: Bench, snap_compare: Compare, size: Size) -> None:
    """An early unit of a direct customer, before it is here."""
    bench.expect(PHONE)
    assert snap_compare(bench.app(), terminal_size=size, run_before=after(PHONE))


def test_advance_asked(bench: Bench, snap_compare: Compare) -> None:
    """Which unit goes out, and by when the original is due."""
    bench.expect(PHONE)
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=after(PHONE, "BENCHLEND"))


def test_another_unit_came(bench: Bench, snap_compare: Compare) -> None:
    """Not the original that is out."""
    act(bench, bench.expect(PHONE), (advance.send_ahead, SPARE, UPS), days_ago=1)
    bench.expect("805EC0A1B2C9", ticket="48299")
    before = after("805EC0A1B2C9", "BENCHOK")
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=before)


@both
def test_ship_while_the_vendor_has_it(bench: Bench, snap_compare: Compare, size: Size) -> None:
    """Nothing leaves."""
    phone(bench, RMA, RETURNED)
    assert snap_compare(bench.app(), terminal_size=size, run_before=after(PHONE, "BENCHSEND"))


def test_ship_replaced_already(bench: Bench, snap_compare: Compare) -> None:
    """The customer got an advance replacement: nothing more goes out."""
    lent = act(bench, bench.expect(PHONE), (advance.send_ahead, SPARE, UPS), days_ago=1)
    act(bench, lent, HERE, BROKEN)
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=after(PHONE, "BENCHSEND"))


def test_home_counts_cases(bench: Bench, snap_compare: Compare) -> None:
    """Open cases and originals that are out stand beside the queue."""
    many(bench)
    act(bench, bench.expect("805EC0A1B2C8"), (advance.send_ahead, SPARE, UPS), days_ago=1)
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=after())


def test_history(bench: Bench, snap_compare: Compare) -> None:
    """Each step of a case in plain words."""
    rma_id = up_to(bench, RETURNED)
    act(bench, rma_id, (vendor.moved, "they promised to call"))
    act(bench, rma_id, (escalate.escalate, "faster_progress", "the customer is down"))
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=after(BOX, "BENCHLOG"))
