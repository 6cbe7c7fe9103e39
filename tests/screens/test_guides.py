"""Help, codes, last scans, scanner check: they come and go as quickly as scans do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bench.scan.commands import Verb
from tests.screens.helpers import Bench, post_scan
from tests.screens.test_flow import SERIAL, open_glass

GUIDES = (Verb.HELP, Verb.SHEET, Verb.SEEN, Verb.GUN)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A file: what is looked at here hangs on no engine."""
    return Bench(tmp_path / "bench.db")


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5, 8, 13, 21])
async def test_a_guide_that_is_closed_before_it_was_painted(bench: Bench, turns: int) -> None:
    """It was opened, and the next scan closed it at once: nothing is painted into what is gone."""
    bench.expect(SERIAL)
    async with open_glass(bench) as glass:
        for verb in (*GUIDES, *GUIDES):
            post_scan(glass.app, f"BENCH{verb}")
            for _ in range(turns):
                await asyncio.sleep(0)
            post_scan(glass.app, SERIAL)
        await glass.settle()
        assert glass.place == "Receive"
        assert glass.app.dialog() is None


@pytest.mark.parametrize("verb", GUIDES)
async def test_a_guide_closes_by_key_while_it_opens(bench: Bench, verb: str) -> None:
    """Opened and closed by an impatient hand."""
    async with open_glass(bench) as glass:
        for pause in (0.0, 0.01, 0.02, 0.03):
            glass.app.take_offer(verb)
            await asyncio.sleep(pause)
            if glass.app.dialog() is not None:
                glass.app.dialog().action_answer("")  # type: ignore[union-attr]
            await glass.settle()
            await glass.scan("BENCHDESK")
        assert glass.app.dialog() is None
