"""The Vendor screen: the list, the legs, where what is missing leads, and what else happens."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from bench.policy.vendor_plan import CaseStep
from bench.screens.vendor import VendorBody
from bench.store.records import Step
from bench.workflow import advance, vendor
from bench.workflow.desk import Desk
from bench.workflow.duties import CaseLine, cases
from tests.screens.helpers import NOW, RULES, Bench
from tests.screens.test_flow import SMALL, Glass, open_glass, steps
from tests.screens.vendor_cases import (
    AHEAD,
    BOX,
    BROKEN,
    CAME,
    CHOOSE,
    EXCHANGED,
    HERE,
    NEW,
    NOTE,
    OPEN,
    PARTS,
    PHONE,
    RETURNED,
    SPARE,
    STOCK,
    VERIFIED,
    act,
    appliance,
    case,
    noted,
    phone,
    up_to,
)
from tests.screens.waits import until
from tests.workflow.helpers import FEDEX, UPS

VENDOR = "BENCHVENDOR"
sqlite_only = pytest.mark.engines("sqlite")
"""For what has nothing to do with the store."""


def body(glass: Glass) -> VendorBody:
    """The body in front, which is Vendor's."""
    found = glass.body
    assert isinstance(found, VendorBody)
    return found


def chosen(glass: Glass) -> CaseStep | None:
    """The step under the cursor, or the one that is next."""
    move = body(glass).move
    return move.step if move else None


# --- the list


async def test_the_list_opens_a_case_by_enter_by_scan_and_by_two_clicks(bench: Bench) -> None:
    """The stalled case stands first; the second one is chosen with an arrow."""
    up_to(bench, OPEN, 9)
    phone(bench)
    act(bench, bench.rma(phone(bench, serial=SPARE)).id, NOTE)
    async with open_glass(bench, VENDOR) as glass:
        assert glass.place == "Vendor"
        assert glass.text.index(BOX) < glass.text.index(SPARE)
        assert PHONE not in glass.text, "no case has begun for it"
        await glass.key("down", "enter")
        assert f"{SPARE}" in glass.text
        assert chosen(glass) is CaseStep.VENDOR_RMA
        await glass.scan("BENCHDESK", VENDOR)
        assert body(glass).view is None
        await glass.key("up")
        await glass.scan("BENCHNEXT")
        assert glass.word == "STALLED"
        await glass.scan("BENCHDESK", VENDOR)
        await glass.click(SPARE)
        await glass.click(SPARE)
        assert chosen(glass) is CaseStep.VENDOR_RMA


@sqlite_only
async def test_an_empty_list_says_how_a_case_begins(bench: Bench) -> None:
    """And what cannot be done is refused in words."""
    async with open_glass(bench) as glass:
        await glass.key("ctrl+o")
        assert "No vendor case is open." in glass.text
        await glass.scan("BENCHNEXT")
        assert glass.refused("BENCHNEXT")
        await glass.scan("BENCHTODO")
        assert "no letter" in glass.said


@sqlite_only
async def test_the_list_is_read_in_the_thread_of_the_store(bench: Bench) -> None:
    """Three hundred cases never keep the screen waiting."""
    seen: list[threading.Thread] = []

    def watched(desk: Desk) -> list[CaseLine]:
        seen.append(threading.current_thread())
        return cases(desk)

    noted(bench)
    with patch("bench.screens.vendor.cases", watched):
        async with open_glass(bench, VENDOR) as glass:
            assert BOX in glass.text
    assert seen
    assert threading.main_thread() not in seen


@sqlite_only
async def test_showing_a_case_opens_no_file(bench: Bench) -> None:
    """Neither when it comes in hand nor with the arrows: what is painted is in hand already."""
    up_to(bench, BROKEN)
    async with open_glass(bench, BOX, VENDOR, "BENCHDESK", BOX) as glass:
        busy = AssertionError("a file was opened by the screen")
        with patch.object(Path, "open", side_effect=busy), patch("io.open", side_effect=busy):
            await glass.scan(VENDOR)
            await glass.key("down", "up")
        assert chosen(glass) is CaseStep.EXCHANGE


# --- moving about


@sqlite_only
async def test_a_step_is_chosen_by_arrow_and_by_click_and_left_by_escape(bench: Bench) -> None:
    """The cursor does not go past the ends."""
    act(bench, noted(bench), CHOOSE)
    async with open_glass(bench, BOX, VENDOR) as glass:
        assert chosen(glass) is CaseStep.VENDOR_TICKET
        await glass.click("License-transfer")
        assert chosen(glass) is CaseStep.LICENSE_TRANSFER
        assert "not verified" in glass.next
        await glass.key("escape")
        assert chosen(glass) is CaseStep.VENDOR_TICKET
        await glass.key(*["down"] * 12)
        assert chosen(glass) is CaseStep.VENDOR_UNIT
        await glass.key(*["up"] * 12)
        assert chosen(glass) is CaseStep.TICKET


@sqlite_only
@pytest.mark.parametrize("size", [SMALL, (160, 48)])
async def test_legs_gaps_and_duties_are_on_the_glass(bench: Bench, size: tuple[int, int]) -> None:
    """On a small screen too: all ten moves, what is missing, and what is owed."""
    up_to(bench, EXCHANGED, 3)
    async with open_glass(bench, BOX, VENDOR, size=size) as glass:
        plan = body(glass).plan
        assert plan is not None
        for move in plan.moves:
            assert move.title in glass.text
        assert "2 days left" in glass.text
        assert "we owe the vendor the defective unit" in glass.text
        await glass.resize((80, 24))
        assert "DUE 2" in glass.text
        assert body(glass).pane().max_scroll_y <= 1


@sqlite_only
async def test_every_gap_leads_to_where_it_is_filled(bench: Bench) -> None:
    """From nothing to the vendor's ticket by BENCHNEXT alone, before the unit is here."""
    rma_id = appliance(bench)
    async with open_glass(bench, BOX, VENDOR) as glass:
        assert "name the replacement" in glass.next
        await glass.scan("BENCHNEXT")
        assert glass.next.startswith("scan the serial of the stock unit that goes out | never mind")
        await glass.scan("BENCHNO")
        assert "name the replacement" in glass.next
        await glass.scan("BENCHNEXT", STOCK)
        assert "enter the symptom" in glass.next
        await glass.key("enter")
        assert "What fails" in glass.question
        await glass.write(PARTS["symptom"])
        await glass.key("enter")
        await glass.scan("BENCHNEXT")
        await glass.write(PARTS["troubleshooting"])
        await glass.scan("BENCHOK")
        await glass.scan("BENCHNEXT")
        assert "output of the defective unit" in glass.question
        await glass.key("2")
        await glass.write(PARTS["output"])
        await glass.key("ctrl+s")
        assert "open the vendor ticket" in glass.next
    found = case(bench, rma_id)
    assert (found.symptom, found.output) == (PARTS["symptom"], PARTS["output"])
    assert (Step.CASE_NOTED in steps(bench, rma_id), bench.rma(rma_id).replacement_id) != (1, None)


@sqlite_only
async def test_a_gap_of_another_step_or_screen_leads_there(bench: Bench) -> None:
    """Licences before the transfer; the exchange before the unit is here and diagnosed."""
    rma_id = act(bench, noted(bench), CHOOSE, OPEN, VERIFIED)
    async with open_glass(bench, BOX, VENDOR) as glass:
        await glass.click("Customer's licences")
        assert "the license-transfer is not done" in glass.next
        await glass.scan("BENCHOK")
        assert glass.refused("BENCHOK")
        await glass.scan("BENCHNEXT")
        assert chosen(glass) is CaseStep.LICENSE_TRANSFER
        await glass.click("Advance-exchange")
        await glass.scan("BENCHNEXT")
        assert glass.place == "Receive"
        act(bench, rma_id, HERE)
        await glass.scan(BOX, VENDOR)
        await glass.click("Advance-exchange")
        await glass.scan("BENCHNEXT")
        assert glass.place == "Diagnose"


@sqlite_only
async def test_without_a_ticket_or_a_brand_the_facts_are_wanted(bench: Bench) -> None:
    """Both lead to Record."""
    bench.expect(BOX, 400, brand="Pulse Secure", ticket="")
    bench.received(PHONE, brand="", model="")
    async with open_glass(bench, BOX, VENDOR, "BENCHNEXT") as glass:
        assert glass.place == "Record"
        await glass.scan(PHONE, VENDOR)
        assert (glass.word, "its brand has no vendor route" in glass.next) == ("NO CASE", True)
        await glass.key("enter")
        assert glass.place == "Record"


# --- scans that belong to something else


@sqlite_only
async def test_another_unit_forgets_what_was_awaited(bench: Bench) -> None:
    """A stranger's serial is the vendor's unit only for the case that asked for it."""
    rma_id = up_to(bench, RETURNED)
    bench.expect(PHONE)
    async with open_glass(bench, BOX, VENDOR, "BENCHOK") as glass:
        assert "scan the serial of the vendor's unit" in glass.next
        await glass.key("escape")
        assert "scan the vendor's unit into stock" in glass.next
        await glass.scan("BENCHOK", BOX)
        assert glass.refused("that is the returned unit itself")
        await glass.scan("BENCHOK", "BENCHDESK", PHONE, BOX, VENDOR)
        assert "scan the vendor's unit into stock" in glass.next
        await glass.scan(NEW)
        assert "the vendor's unit for this case?" in glass.question
        await glass.scan("BENCHNO")
        assert case(bench, rma_id).vendor_unit_id is None
        await glass.scan(NEW, "BENCHOK")
        assert (glass.word, glass.said.count("the vendor's unit is here")) == ("ENDED", 1)
    assert not case(bench, rma_id).is_open


@sqlite_only
async def test_a_tracking_number_goes_to_the_shipment_in_turn(bench: Bench) -> None:
    """A wrong one is refused and nothing is kept."""
    rma_id = act(bench, noted(bench), CHOOSE, OPEN)
    async with open_glass(bench, BOX, VENDOR) as glass:
        await glass.key("y")
        await glass.write("1Z999AA10123456785")
        await glass.key("enter")
        assert glass.refused()
        assert bench.rma(rma_id).sent_ahead_on is None
        await glass.scan(UPS)
        assert "replacement sent" in glass.said
        assert bench.rma(rma_id).sent_ahead_on == NOW.date()
        await glass.scan(FEDEX)
        assert case(bench, rma_id).returned_on is None, "nothing may go to the vendor yet"


@sqlite_only
async def test_undo_takes_back_the_last_step_of_a_case(bench: Bench) -> None:
    """Undo is in reach on this screen as on every other."""
    rma_id = act(bench, noted(bench), CHOOSE, OPEN, AHEAD)
    async with open_glass(bench, BOX, VENDOR, "BENCHUNDO", "BENCHOK", VENDOR) as glass:
        assert chosen(glass) is CaseStep.SENT_AHEAD
        assert bench.rma(rma_id).sent_ahead_on is None


# --- other benches


def elsewhere(bench: Bench, rma_id: str, number: str) -> None:
    """Jonas at Dock 7 opens the ticket."""
    with bench.desk(NOW + timedelta(minutes=5)) as desk:
        other = Desk(desk.store, RULES, desk.clock, "Jonas K.", "Dock 7")
        vendor.verified(other, bench.op(), rma_id, number)


async def test_another_bench_is_told_while_a_dialog_is_open(bench: Bench) -> None:
    """The dialog stays; the step that it asks for is then refused, by name of who was first."""
    rma_id = act(bench, noted(bench), CHOOSE, OPEN, AHEAD)
    async with open_glass(bench, BOX, VENDOR, live=True) as glass:
        await glass.click("First sub-ticket")
        await glass.scan("BENCHOK")
        assert "license-transfer sub-ticket" in glass.question
        elsewhere(bench, rma_id, "OTHER-1")
        await until(glass, lambda: "Jonas K. at Dock 7" in glass.said)
        assert "license-transfer sub-ticket" in glass.question
        await glass.write("MINE-1")
        await glass.key("enter")
        assert glass.refused()
        assert case(bench, rma_id).license_ticket == "OTHER-1"
        assert chosen(glass) is not CaseStep.TICKET


@sqlite_only
async def test_ended_cases_lead_on_and_offer_letters_and_undo(bench: Bench) -> None:
    """Nothing is owed any more; NEXT goes to where the unit itself goes on."""
    up_to(bench, CAME)
    async with open_glass(bench, BOX, VENDOR) as glass:
        assert glass.next.startswith("the case has ended | its next step | letter")
        assert "WHO OWES WHAT" not in glass.text
        for code in ("BENCHPUSH", "BENCHNOTE", "BENCHBUNDLE", "BENCHOK"):
            await glass.scan(code)
            assert glass.refused(code)
        await glass.scan("BENCHNEXT")
        assert glass.place == "Record"


@sqlite_only
async def test_an_advance_replacement_shows_on_the_list_of_nobody(bench: Bench) -> None:
    """It is no vendor case."""
    act(bench, bench.expect(PHONE), (advance.send_ahead, SPARE, UPS))
    async with open_glass(bench, VENDOR) as glass:
        assert "No vendor case is open." in glass.text
