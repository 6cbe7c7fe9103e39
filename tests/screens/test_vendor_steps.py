"""Each step of a vendor case on the screen, rightly and wrongly: scanned, typed, clicked."""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from bench.policy.facts import Outcome
from bench.policy.vendor_case import VendorAnswer
from bench.screens.sharing import LookFirst
from bench.store.records import State, Step
from bench.workflow import packet_keeping, vendor
from bench.workflow.diagnose import Diagnosis, diagnose
from tests.rma_numbers import number_of
from tests.screens.helpers import NOW, Bench
from tests.screens.test_flow import Glass, data, open_glass
from tests.screens.vendor_cases import (
    AHEAD,
    BOX,
    BROKEN,
    CHOOSE,
    DETAIL,
    EXCHANGE,
    HERE,
    NAMED,
    NEW,
    OPEN,
    PARTS,
    PHONE,
    RETURNED,
    RMA,
    SPARE,
    SUB,
    TICKET,
    TRANSFERRED,
    VERIFIED,
    act,
    case,
    folders,
    noted,
    phone,
    resellers,
)
from tests.workflow.helpers import FEDEX, UPS

VENDOR = "BENCHVENDOR"
sqlite_only = pytest.mark.engines("sqlite")
DOUBT = "login: root\nthe secret place of mine\ncan't mount root"
"""An output with a line that may hold a secret."""


async def answer(glass: Glass, text: str) -> None:
    """Types into the dialog that is open."""
    assert glass.question
    await glass.write(text)
    await glass.key("enter")


# --- the whole stories


async def test_three_legs_by_scans(bench: Bench, tmp_path: Path) -> None:
    """Every number scanned, from the packet to the vendor's unit in stock."""
    rma_id = act(bench, noted(bench), CHOOSE)
    async with open_glass(bench, BOX, VENDOR, **folders(tmp_path)) as glass:
        await glass.scan("BENCHOK", TICKET)
        assert "vendor ticket opened" in glass.said
        await glass.scan(UPS)
        await glass.scan("BENCHOK", SUB, "BENCHOK", DETAIL)
        assert "licences" in glass.next
        await glass.scan("BENCHOK", "BENCHOK")
        assert bench.rma(rma_id).state is State.EXPECTED
        act(bench, rma_id, HERE, BROKEN)
        await glass.scan(BOX, VENDOR, "BENCHOK", EXCHANGE, FEDEX, "BENCHOK", NEW)
        assert glass.word == "ENDED"
    found, kept = case(bench, rma_id), data(bench, rma_id, Step.VENDOR_TICKET_OPENED)
    numbers = (found.vendor_ticket, found.license_ticket, found.rma_detail, found.exchange_ticket)
    assert numbers == (TICKET, SUB, DETAIL, EXCHANGE)
    assert (found.return_tracking, bench.rma(rma_id).state) == (FEDEX, State.CLOSED)
    (packet,) = (tmp_path / "captures").rglob(kept["file"])
    assert hashlib.sha256(packet.read_bytes()).hexdigest() == kept["packet"] == found.packet


async def test_a_phone_by_keys(bench: Bench) -> None:
    """RMA number, shipment, replacement, a test that fails and one that passes."""
    rma_id = phone(bench)
    async with open_glass(bench, PHONE, VENDOR) as glass:
        await glass.key("y")
        await glass.scan(number_of("Dock 2", 1))
        assert "Which distributor" in glass.question, "a scan is no name"
        await answer(glass, "Distri One")
        await answer(glass, "DX-90017")
        await glass.key("y")
        await answer(glass, FEDEX)
        await glass.key("y", "2")
        await glass.settle()
        assert case(bench, rma_id).answer is VendorAnswer.REPLACEMENT
        await glass.key("y", "ctrl+f")
        await answer(glass, SPARE)
        assert "the bench test of the replacement?" in glass.next
        await glass.key("d")
        await answer(glass, "no tone in the handset")
        assert case(bench, rma_id).tested is False
        await glass.key("y")
        await answer(glass, "DX-90018")
        await glass.key("y")
        await answer(glass, UPS)
        await glass.scan("805EC0A1B2DA", "BENCHOK", "BENCHGOOD")
        assert (glass.word, "passed its test" in glass.said) == ("ENDED", True)
        await glass.scan("BENCHSEND")
        assert glass.place == "Ship"
        assert glass.word == "GROUND"
    assert bench.rma(rma_id).replacement_id is not None


@sqlite_only
async def test_a_phone_by_mouse(bench: Bench) -> None:
    """Offers and moves are clicked; only numbers are typed."""
    rma_id = phone(bench, NAMED)
    async with open_glass(bench, PHONE, VENDOR, size=(160, 48)) as glass:
        await glass.click("RMA number")
        await glass.click("BENCHOK RMA number")
        await answer(glass, "DX-1")
        await glass.click("BENCHOK type it")
        await answer(glass, FEDEX)
        await glass.click("Vendor's unit into stock")
        await glass.click("BENCHOK scan it now")
        await glass.click("BENCHNO never mind")
        await glass.click("Vendor's answer")
        await glass.click("BENCHOK its answer")
        await glass.click("refused")
        assert "refused" in glass.said
        await glass.click("its next step")
        assert glass.place == "Ship"
    assert case(bench, rma_id).answer is VendorAnswer.REFUSED


# --- amounts and numbers


@sqlite_only
@pytest.mark.parametrize(
    ("typed", "cents"),
    [("45", 4500), ("45.00", 4500), ("45,00", 4500), ("0.50", 50)],
)
async def test_the_amount_of_a_credit(bench: Bench, typed: str, cents: int) -> None:
    """As people write it."""
    rma_id = phone(bench, RMA, RETURNED)
    async with open_glass(bench, PHONE, VENDOR, "BENCHOK", "BENCHOK") as glass:
        await answer(glass, typed)
        assert glass.word == "ENDED"
    assert case(bench, rma_id).credit_cents == cents


@sqlite_only
async def test_no_amount(bench: Bench) -> None:
    """Refused by name, with how to write one; nothing is kept."""
    rma_id = phone(bench, RMA, RETURNED)
    async with open_glass(bench, PHONE, VENDOR) as glass:
        for typed in ("abc", "-1", "45.0", "1e9", "45 00", "9999999", "200000"):
            await glass.scan("BENCHOK", "BENCHOK")
            await answer(glass, typed)
            assert glass.refused("45.00"), typed
        await glass.scan("BENCHOK", "BENCHOK", "BENCHNO")
    assert case(bench, rma_id).answer is None


@sqlite_only
async def test_what_is_no_number(bench: Bench) -> None:
    """A command typed, signs alone: refused; nothing at all: the dialog stays; escape: nothing."""
    rma_id = phone(bench, NAMED)
    async with open_glass(bench, PHONE, VENDOR) as glass:
        for typed in ("BENCHOK", "[/]", "#1", "x" * 41, "\x1b[2J", "benchnext"):
            await glass.key("y")
            await answer(glass, typed)
            assert glass.refused("RMA number"), typed
        await glass.key("y", "enter")
        assert "nothing entered" in glass.text
        await answer(glass, "   ")
        assert glass.question
        await glass.key("escape")
        assert not glass.question
    assert case(bench, rma_id).vendor_rma == ""


@sqlite_only
async def test_a_command_scanned_into_a_dialog_is_no_number(bench: Bench) -> None:
    """BENCHNO leaves it, a command of another screen is refused and the dialog stays."""
    rma_id = phone(bench, NAMED)
    async with open_glass(bench, PHONE, VENDOR, "BENCHOK", "BENCHSEND") as glass:
        assert "RMA number of the vendor" in glass.question
        await glass.scan("BENCHNO")
        assert not glass.question
        await glass.scan("BENCHOK", "DX-7")
    assert case(bench, rma_id).vendor_rma == "DX-7"


# --- answers


@sqlite_only
async def test_only_a_resellers_replacement_is_shipped_straight(bench: Bench) -> None:
    """To a direct customer it is not even offered."""
    phone(bench, RMA, RETURNED)
    rma_id = resellers(bench, RMA, RETURNED, serial="805EC0A1B2C4")
    async with open_glass(bench, PHONE, VENDOR, "BENCHOK") as glass:
        assert "ships the replacement" not in glass.text
        await glass.scan("BENCHNO", "805EC0A1B2C4", VENDOR, "BENCHOK")
        await glass.key("3")
        assert glass.question
        await glass.scan(SPARE)
        assert glass.word == "ENDED"
        await glass.scan("BENCHSEND")
        assert glass.word == "REPLACED"
        await glass.scan("BENCHOK")
    assert bench.rma(rma_id).state is State.CLOSED


@sqlite_only
async def test_a_case_is_ended_with_a_reason(bench: Bench) -> None:
    """No trouble was found in an appliance whose case had begun."""
    rma_id = act(bench, noted(bench), CHOOSE, OPEN, HERE)
    act(bench, rma_id, (diagnose, Diagnosis(Outcome.NO_TROUBLE_FOUND, "none")))
    async with open_glass(bench, BOX, VENDOR) as glass:
        assert "no replacement is needed" in glass.next
        await glass.scan("BENCHOK", "BENCHNO")
        assert case(bench, rma_id).is_open
        await glass.scan("BENCHOK", "BENCHOK")
        assert glass.word == "ENDED"
    assert case(bench, rma_id).ended_why == "the diagnosis asks for no replacement"


@sqlite_only
async def test_a_scan_is_no_movement(bench: Bench) -> None:
    """Where words are asked for, the code of a unit is refused by name; the dialog stays."""
    rma_id = phone(bench, RMA, RETURNED)
    async with open_glass(bench, PHONE, VENDOR, "BENCHNOTE", "805EC0A1B2C9") as glass:
        assert glass.refused("805EC0A1B2C9")
        assert "What moved the case?" in glass.question
        await glass.scan("BENCHNO", "BENCHOK", "BENCHOK", "4006381333931")
        assert glass.refused("4006381333931 is no amount")
    assert case(bench, rma_id).answer is None


@sqlite_only
async def test_a_movement_is_noted(bench: Bench) -> None:
    """A stalled case is not stalled any more."""
    rma_id = act(bench, noted(bench, 9), CHOOSE, OPEN, days_ago=9)
    async with open_glass(bench, BOX, VENDOR) as glass:
        assert glass.word == "STALLED"
        await glass.key("m")
        await answer(glass, "they call on Monday")
        assert glass.word != "STALLED"
    assert data(bench, rma_id, Step.CASE_MOVED)["why"] == "they call on Monday"


# --- the packet


@sqlite_only
async def test_a_packet_is_looked_through_first(bench: Bench, tmp_path: Path) -> None:
    """A line in doubt: not now, a word hidden, then shared; the ticket number comes after it."""
    rma_id = act(bench, noted(bench), CHOOSE, pasted(DOUBT))
    async with open_glass(bench, BOX, VENDOR, **folders(tmp_path)) as glass:
        await glass.scan("BENCHOK")
        assert isinstance(glass.dialog, LookFirst)
        assert "the secret place of mine" in glass.text
        await glass.scan("BENCHNO")
        assert not list(tmp_path.rglob("*.zip"))
        await glass.scan("BENCHBUNDLE")
        await glass.key("h")
        await answer(glass, "place")
        assert "packet made" in glass.said, "nothing is in doubt any more"
        assert "place of mine" not in glass.app.clipboard
        assert PARTS["symptom"] in glass.app.clipboard
        await glass.scan("BENCHOK", "BENCHOK")
        assert "what is its number?" in glass.question
        await glass.scan("BENCHNO")
    assert case(bench, rma_id).vendor_ticket == ""
    assert len(list(tmp_path.rglob("*.zip"))) == 2


def pasted(output: str) -> tuple[Any, ...]:
    """The output that came with the ticket, as an act."""

    def step(desk: Any, op_id: str, rma_id: str) -> Any:
        return vendor.note(desk, op_id, rma_id, output=output)

    return (step,)


@sqlite_only
async def test_an_incomplete_packet_names_what_it_lacks(bench: Bench, tmp_path: Path) -> None:
    """And none is written."""
    act(bench, noted(bench), pasted(""))
    async with open_glass(bench, BOX, VENDOR, "BENCHBUNDLE", **folders(tmp_path)) as glass:
        assert glass.refused("the packet lacks", "serial number of the replacement", "output")
    assert not list(tmp_path.rglob("*.zip"))


@sqlite_only
async def test_a_full_disk_is_told_and_no_ticket_is_asked_for(bench: Bench, tmp_path: Path) -> None:
    """With room again, the same step goes on."""
    act(bench, noted(bench), CHOOSE)
    full = OSError(errno.ENOSPC, "No space left on device")
    async with open_glass(bench, BOX, VENDOR, **folders(tmp_path)) as glass:
        with patch.object(packet_keeping, "_write", side_effect=full):
            await glass.scan("BENCHOK")
            assert glass.refused("No space left on device", "make room")
            assert not glass.question
        await glass.scan("BENCHOK")
        assert "what is its number?" in glass.question


@sqlite_only
async def test_a_folder_that_nobody_may_write_to(bench: Bench) -> None:
    """Refused in words as well."""
    act(bench, noted(bench), CHOOSE)
    nowhere: dict[str, Any] = {
        "captures": Path("/proc/nowhere"),
        "badge_key": Path("/proc/nowhere/key"),
    }
    async with open_glass(bench, BOX, VENDOR, "BENCHOK", **nowhere) as glass:
        assert glass.refused()
        assert not glass.question


# --- licences


@sqlite_only
async def test_licences_are_confirmed(bench: Bench) -> None:
    """Not by one scan too many."""
    rma_id = act(bench, noted(bench), CHOOSE, OPEN, VERIFIED, TRANSFERRED, AHEAD)
    async with open_glass(bench, BOX, VENDOR, "BENCHOK", "BENCHNO") as glass:
        assert case(bench, rma_id).licences_on is None
        await glass.key("y", "y")
    assert case(bench, rma_id).licences_on == NOW.date()
