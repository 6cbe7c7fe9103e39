"""Record: the history, facts corrected, cancel, close, receive again."""

from __future__ import annotations

from bench.policy.facts import Outcome
from bench.store.records import State, Step
from bench.workflow import ship
from tests.screens.helpers import Bench
from tests.screens.test_flow import SERIAL, UNDO, UPS, Glass, data, only_rma, open_glass, steps


def struck(glass: Glass) -> list[str]:
    """The rows that are painted with a line through them."""
    strips = glass.app.screen._compositor.render_strips()
    rows = ["".join(s.text for s in strip if s.style and s.style.strike) for strip in strips]
    return [row.strip() for row in rows if row.strip()]


async def test_history_newest_first_undone_steps_struck(bench: Bench) -> None:
    """Who did what when and where; what was undone stays, with a line through it."""
    bench.diagnosed(SERIAL, Outcome.REPAIR, 200)
    async with open_glass(bench, SERIAL, UPS, *UNDO, "BENCHLOG") as glass:
        names = ("undone", "tracking number", "diagnosed", "received", "announced")
        order = [glass.text.index(f"14:03:22     {name}") for name in names]
        assert order == sorted(order)
        assert "HISTORY  5" in glass.text
        assert "Ana R., Dock 2" in glass.text
        assert "tracking number: scanned the wrong unit" in glass.text
        (row,) = struck(glass)
        assert UPS in row


async def test_record_of_a_unit_never_returned(bench: Bench) -> None:
    """It says so, and offers to receive it; there is nothing to undo or to cancel."""
    bench.unit(SERIAL, brand="Htek")
    async with open_glass(bench, SERIAL, "BENCHLOG") as glass:
        assert (glass.word, "was never returned" in glass.text) == ("NO RMA", True)
        assert "receive it again" not in glass.next
        await glass.scan("BENCHNO")
        assert glass.refused("BENCHNO")
        await glass.scan("BENCHUNDO")
        assert glass.refused("there is nothing to undo here")


async def test_facts_are_corrected_and_undone(bench: Bench) -> None:
    """Unit and RMA change together and the verdict with them; the undo takes both back."""
    rma_id = bench.diagnosed(SERIAL, Outcome.REPAIR)
    async with open_glass(bench, SERIAL, "BENCHLOG") as glass:
        assert "save facts" not in glass.next
        await glass.enter(shipped_on="2025-11-19", customer="Harbor Legal", ticket="99001")
        assert "save facts" in glass.next
        await glass.scan("BENCHOK")
        assert "facts corrected" in glass.said
        assert "save facts" not in glass.next
        assert "ship date" in glass.text
        await glass.scan("BENCHNEXT")
        assert (glass.place, glass.word) == ("Ship", "GROUND")
        assert (bench.rma(rma_id).customer, bench.rma(rma_id).ticket) == ("Harbor Legal", "99001")
        await glass.scan(*UNDO)
        assert "undone: facts corrected" in glass.said
        assert glass.word == "RUSH"
        await glass.scan("BENCHLOG")
        assert glass.field("customer").value == "Northgate Dental"
        assert glass.field("shipped_on").value == "28 Oct 2026"
        assert glass.field("ticket").value == "48213"
    assert bench.rma(rma_id).customer == "Northgate Dental"
    assert bench.rma(rma_id).ticket == "48213"


async def test_undone_ticket_is_shown_again(bench: Bench) -> None:
    """A fact of the RMA alone: after the undo its field shows what counts again."""
    bench.diagnosed(SERIAL, Outcome.REPAIR)
    async with open_glass(bench, SERIAL, "BENCHLOG") as glass:
        await glass.enter(ticket="99001")
        await glass.scan("BENCHOK", *UNDO, "BENCHLOG")
        assert glass.field("ticket").value == "48213"
        assert "save facts" not in glass.next


async def test_bad_correction_is_named(bench: Bench) -> None:
    """The field is named and has the focus; what was typed stays, nothing is saved."""
    rma_id = bench.received(SERIAL)
    async with open_glass(bench, SERIAL, "BENCHLOG") as glass:
        await glass.enter(shipped_on="30 Feb 2026", ticket="99001")
        await glass.scan("BENCHOK")
        assert glass.refused("facts not saved", "ship date 30 Feb 2026: no such day")
        assert glass.app.focused is glass.field("shipped_on").line
        assert glass.field("ticket").value == "99001"
    assert steps(bench, rma_id)[-1] is Step.RECEIVED


async def test_emptied_fact_is_not_passed_over_in_silence(bench: Bench) -> None:
    """A field that was emptied and saved: either the fact goes, or the screen says why not."""
    rma_id = bench.received(SERIAL)
    async with open_glass(bench, SERIAL, "BENCHLOG") as glass:
        await glass.enter(ticket="")
        before = glass.said
        await glass.scan("BENCHOK")
        assert glass.said != before
        assert bench.rma(rma_id).ticket == "" or glass.refused("ticket")


async def test_cancel_asks_first(bench: Bench) -> None:
    """No leaves it alone; yes cancels, the history stays, and it can be undone."""
    rma_id = bench.received(SERIAL)
    async with open_glass(bench, SERIAL, "BENCHLOG", "BENCHNO") as glass:
        assert f"Cancel RMA {bench.rma(rma_id).number}?" in glass.question
        await glass.scan("BENCHNO")
        assert bench.rma(rma_id).state is State.RECEIVED
        await glass.key("x", "n", "x", "y")
        assert "cancelled" in glass.said
        assert glass.word == "CANCELLED"
        assert bench.rma(rma_id).state is State.CANCELLED
        await glass.scan(*UNDO)
        assert (glass.place, bench.rma(rma_id).state) == ("Diagnose", State.RECEIVED)


async def test_close_after_shipping(bench: Bench) -> None:
    """A shipped unit opens its record; OK closes the RMA."""
    rma_id = bench.diagnosed(SERIAL, Outcome.REPAIR)
    bench.do(ship.scan_tracking, rma_id, UPS)
    bench.do(ship.ship, rma_id)
    async with open_glass(bench, SERIAL) as glass:
        assert (glass.place, glass.word) == ("Record", "SHIPPED")
        assert f"Gone with UPS {UPS}" in glass.text
        await glass.scan("BENCHOK")
        assert (glass.word, bench.rma(rma_id).state) == ("CLOSED", State.CLOSED)
        await glass.scan(*UNDO, "BENCHLOG")
        assert (glass.word, bench.rma(rma_id).state) == ("SHIPPED", State.SHIPPED)


async def test_receive_it_again(bench: Bench) -> None:
    """From the record of a closed RMA to a new one, with both in the history."""
    first = bench.diagnosed(SERIAL, Outcome.REPAIR)
    bench.do(ship.scan_tracking, first, UPS)
    bench.do(ship.ship, first)
    async with open_glass(bench, SERIAL) as glass:
        await glass.key("r")
        assert (glass.place, glass.word) == ("Receive", "NO RMA")
        await glass.enter(ticket="99001")
        await glass.scan("BENCHOK", "BENCHLOG")
        assert glass.field("ticket").value == "99001"
        assert "save facts" not in glass.next
        second = only_rma(bench, SERIAL)
        for rma in (second, bench.rma(first)):
            assert rma.number in glass.text
        await glass.scan(*UNDO)
        assert glass.place == "Record"
    assert (second.id != first, second.blind) == (True, True)
    assert only_rma(bench, SERIAL).state is State.CANCELLED
    assert data(bench, second.id, Step.UNDONE)["step"] == "received"


async def test_half_typed_correction_is_parked(bench: Bench) -> None:
    """A correction that was not saved comes back when the unit is scanned again."""
    other = "001FC1F02211"
    bench.received(SERIAL, 200)
    bench.received(other, 200, brand="Htek", model="UC926")
    async with open_glass(bench, SERIAL, "BENCHLOG") as glass:
        await glass.enter(ticket="T-77")
        await glass.scan(other, SERIAL, "BENCHLOG")
        assert glass.field("ticket").value == "T-77"
        await glass.scan("BENCHOK", other, SERIAL, "BENCHLOG")
        assert glass.field("ticket").value == "T-77"
        assert "save facts" not in glass.next
        assert await glass.drafts() == []
