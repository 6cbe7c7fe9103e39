"""Advance replacements on Receive: who is offered one, what goes out, and another unit's box."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bench.policy.facts import Channel, Outcome
from bench.policy.vendor_case import SentAheadWhy
from bench.store.records import State
from bench.workflow import advance
from bench.workflow.diagnose import Diagnosis, diagnose
from tests.screens.helpers import NOW, Bench
from tests.screens.test_flow import open_glass
from tests.screens.vendor_cases import HERE, PHONE, SPARE, act
from tests.workflow.helpers import UPS

OTHER = "805EC0A1B2C9"
sqlite_only = pytest.mark.engines("sqlite")


async def test_an_advance_replacement_by_scans(bench: Bench) -> None:
    """Stock unit, carrier's label: the clock runs; and it is not offered once more."""
    rma_id = bench.expect(PHONE)
    async with open_glass(bench, PHONE) as glass:
        assert "advance replacement" in glass.next
        await glass.scan("BENCHLEND")
        assert "due back in 30 days" in glass.question
        await glass.scan(SPARE)
        assert SPARE in glass.question
        await glass.scan(UPS)
        assert "clock runs" in glass.said
        assert "advance replacement" not in glass.next
    rma = bench.rma(rma_id)
    assert (rma.sent_ahead_why, rma.state) == (SentAheadWhy.ADVANCE, State.EXPECTED)
    assert rma.advance_due_on == NOW.date() + timedelta(days=30)


@sqlite_only
async def test_by_keys_and_never_mind(bench: Bench) -> None:
    """Escape at each question changes nothing."""
    rma_id = bench.expect(PHONE)
    async with open_glass(bench, PHONE) as glass:
        await glass.key("a", "escape")
        await glass.key("a")
        await glass.write(SPARE)
        await glass.key("enter", "escape")
        assert not glass.question
        assert bench.rma(rma_id).sent_ahead_on is None
        await glass.click("BENCHLEND advance replacement")
        await glass.write(SPARE)
        await glass.key("enter")
        await glass.write(UPS)
        await glass.key("enter")
        assert "clock runs" in glass.said
    assert bench.rma(rma_id).sent_ahead_on == NOW.date()


@sqlite_only
async def test_who_is_offered_none(bench: Bench) -> None:
    """A reseller, an older unit, and one that is here: the code is refused."""
    bench.expect(PHONE, channel=Channel.RESELLER)
    bench.expect(OTHER, 100)
    bench.received("805EC0A1B2CA")
    async with open_glass(bench) as glass:
        for serial in (PHONE, OTHER, "805EC0A1B2CA"):
            await glass.scan(serial, "BENCHLEND")
            assert glass.refused("BENCHLEND"), serial
            assert not glass.question


@sqlite_only
@pytest.mark.parametrize(
    ("serial", "tracking", "words"),
    [
        (PHONE, UPS, "the returned unit itself"),
        ("!", UPS, "no serial"),
        (SPARE, "1Z999AA10123456785", ""),
        (SPARE, "BENCHOK1", ""),
    ],
)
async def test_what_cannot_go_out(bench: Bench, serial: str, tracking: str, words: str) -> None:
    """Named, and nothing is kept."""
    rma_id = bench.expect(PHONE)
    async with open_glass(bench, PHONE) as glass:
        for text in (serial, tracking):
            if not glass.question:
                await glass.key("a")
            await glass.write(text)
            await glass.key("enter")
        assert glass.refused(words)
    assert bench.rma(rma_id).sent_ahead_on is None


@sqlite_only
async def test_another_unit_in_the_box_is_caught(bench: Bench) -> None:
    """Its name and whose it is; the original itself says nothing of the kind."""
    act(bench, bench.expect(PHONE), (advance.send_ahead, SPARE, UPS), days_ago=1)
    bench.expect(OTHER)
    async with open_glass(bench, OTHER, "BENCHOK") as glass:
        for part in (f"it is not {PHONE}", "Northgate Dental still owes that"):
            assert part in glass.said
        await glass.scan("BENCHDESK", PHONE, "BENCHOK")
        assert "received as RMA" in glass.said


@sqlite_only
async def test_nothing_more_goes_out_on_ship(bench: Bench) -> None:
    """The customer has one already: the RMA is closed, and no tracking number is taken."""
    rma_id = act(bench, bench.expect(PHONE), (advance.send_ahead, SPARE, UPS), days_ago=1)
    act(bench, rma_id, HERE, (diagnose, Diagnosis(Outcome.REPLACE, "no boot")))
    async with open_glass(bench, PHONE, "BENCHSEND") as glass:
        assert glass.word == "REPLACED"
        assert "tracking number" not in glass.items
        await glass.scan(UPS)
        assert glass.refused()
        await glass.scan("BENCHOK")
    assert bench.rma(rma_id).closed_why == "the customer has a replacement"


@sqlite_only
async def test_home_counts_what_is_out(bench: Bench) -> None:
    """Beside the queue."""
    act(bench, bench.expect(PHONE), (advance.send_ahead, SPARE, UPS))
    async with open_glass(bench, size=(160, 48)) as glass:
        (row,) = [row for row in glass.rows if "originals out" in row]
        assert row.rstrip().endswith("1")
