"""Originals out after advance replacements: the list, and the one that is billed."""

from __future__ import annotations

from datetime import timedelta

from bench.store.records import Step
from bench.workflow.advance import send_ahead
from tests.screens.helpers import NOW, Bench
from tests.screens.test_flow import open_glass
from tests.screens.waits import until
from tests.workflow.helpers import UPS


def _lent(bench: Bench, serial: str, stock: str, days_ago: int) -> str:
    rma_id = bench.expect(serial, 3, opened_days_ago=days_ago + 1, customer="Alder")
    with bench.desk(NOW - timedelta(days=days_ago)) as desk:
        send_ahead(desk, bench.op(), rma_id, stock, UPS)
    return rma_id


async def test_a_late_original_is_listed_first_and_billed(bench: Bench) -> None:
    _lent(bench, "RA500001", "RA500002", days_ago=30)
    late = _lent(bench, "RA500003", "RA500004", days_ago=31)
    async with open_glass(bench, "BENCHVENDOR") as glass:
        await until(glass, lambda: "ORIGINALS OUT  2" in glass.text)
        first, second = (row for row in glass.rows if "RA50000" in row)
        assert "RA500003" in first
        assert "1 day late: bill it" in first
        assert "due back today" in second
        await glass.scan("BENCHLEND", "BENCHOK")
        assert "RA500003 is not back, 1 day late" in glass.question
        await glass.scan("BENCHOK")
        assert "on the billing list" in glass.said
        await until(glass, lambda: "billed on 21 Nov 2026" in glass.text)
    with bench.desk() as desk:
        assert desk.store.events_of_rma(late)[-1].step is Step.ADVANCE_BILLED


async def test_one_that_is_in_time_leads_to_its_unit(bench: Bench) -> None:
    _lent(bench, "RA500001", "RA500002", days_ago=3)
    async with open_glass(bench, "BENCHVENDOR", "BENCHLEND", "BENCHOK") as glass:
        assert glass.place == "Record"
        assert "RA500001" in glass.text


async def test_nothing_is_out(bench: Bench) -> None:
    async with open_glass(bench, "BENCHVENDOR", "BENCHLEND") as glass:
        assert "no advance replacement is out" in glass.said
        assert "ORIGINALS" not in glass.text
