"""Policy: the tables, and a what-if that asks the bench's own rules and saves nothing."""

from __future__ import annotations

from tests.screens.helpers import Bench
from tests.screens.test_flow import SERIAL, open_glass, steps

ASKED = {
    "brand": "Snom",
    "channel": "reseller",
    "shipped_on": "2026-10-28",
    "opened_on": "2026-11-19",
    "outcome": "replace",
}


async def test_what_if_answers(bench: Bench) -> None:
    """Each change answers anew, with holds and what is missing."""
    async with open_glass(bench, "BENCHRULES") as glass:
        assert "Type a brand" in glass.answer.sentence
        assert "WARRANTY BY BRAND" in glass.text
        await glass.enter(**ASKED)
        assert glass.word == "RUSH"
        assert "Replace, day 22, early" in glass.answer.sentence
        assert "[hold] original packaging" in glass.items
        await glass.enter(packaging="yes")
        assert "original packaging" not in glass.items
        await glass.enter(outcome="no trouble found", rush="y")
        assert (glass.word, "contact the customer" in glass.items) == ("RUSH", True)
        assert "the customer pays back" in glass.answer.sentence
        await glass.enter(outcome="repair", rush="", shipped_on="2026-01-05")
        assert (glass.word, "in warranty" in glass.answer.sentence) == ("GROUND", True)
        await glass.enter(shipped_on="")
        assert glass.word == "?"
        assert "[refused] missing" in glass.items


async def test_what_if_saves_nothing(bench: Bench) -> None:
    """Neither the unit in hand nor any draft is touched; the unit is still in hand after it."""
    rma_id = bench.received(SERIAL)
    before = (bench.rma(rma_id), steps(bench, rma_id))
    async with open_glass(bench, SERIAL, "BENCHRULES") as glass:
        await glass.enter(**ASKED)
        await glass.scan("BENCHOK")
        assert glass.refused("BENCHOK", "not possible here")
        assert await glass.drafts() == []
        await glass.scan("BENCHTEST")
        assert SERIAL in glass.text
    assert (bench.rma(rma_id), steps(bench, rma_id)) == before


async def test_bad_input_is_named(bench: Bench) -> None:
    """Each bad field says what it wants; the others still count."""
    async with open_glass(bench, "BENCHRULES") as glass:
        await glass.enter(**ASKED)
        for name, text, fault in (
            ("channel", "friend", "direct or reseller"),
            ("shipped_on", "30 Feb 2026", "no such day"),
            ("outcome", "explode", "no trouble found, repair or replace"),
            ("packaging", "perhaps", "yes or no"),
            ("rush", "[b]", "yes or no"),
            ("contract_ends_on", "\x1b[31m", "no such day"),
        ):
            good = glass.field(name).value
            await glass.enter(**{name: text})
            assert fault in glass.field(name).fault, name
            assert glass.field("brand").fault == ""
            assert f"! {fault[:4]}" in glass.text
            await glass.enter(**{name: good})
            assert glass.field(name).fault == ""
        assert glass.word == "RUSH"
