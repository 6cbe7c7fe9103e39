"""Escalation: offered to whom the vendor offers it, with a reason and a detail, and an answer."""

from __future__ import annotations

import pytest

from bench.store.records import Step
from bench.workflow import escalate
from tests.screens.helpers import Bench
from tests.screens.test_flow import data, open_glass, steps
from tests.screens.vendor_cases import BOX, CHOOSE, OPEN, TICKET, act, case, noted, up_to

VENDOR = "BENCHVENDOR"
DETAIL = "The whole branch is down.\nPlease call before noon.\n[bold]not markup[/]"


async def test_a_reason_a_detail_and_the_text_to_paste(bench: Bench) -> None:
    """By scans; the text is kept with the event, and an answer is waited for."""
    rma_id = up_to(bench, OPEN, 9)
    async with open_glass(bench, BOX, VENDOR, "BENCHPUSH") as glass:
        assert "Why is the case escalated?" in glass.question
        await glass.scan("BENCHNEXT", "BENCHNEXT", "BENCHOK")
        assert "Support Engineer Now" in glass.question
        await glass.write(DETAIL)
        await glass.scan("BENCHOK")
        assert "paste it into the vendor's portal" in glass.said
        kept = data(bench, rma_id, Step.ESCALATED)
        assert glass.app.clipboard == kept["text"]
        assert (kept["reason"], kept["detail"]) == ("support_engineer_now", DETAIL)
        assert TICKET in kept["text"]
        assert "answer to the escalation" in glass.next
        await glass.key("e")
        await glass.write("an engineer has it")
        await glass.key("enter")
        assert "answer noted" in glass.said
        assert "| escalate |" in glass.next
    assert case(bench, rma_id).escalation_answer == "an engineer has it"


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    ("level", "words"), [("gold", "this one is gold"), ("", "service level is not known")]
)
async def test_who_cannot_escalate_is_told_why(bench: Bench, level: str, words: str) -> None:
    """Before anything has to be written."""
    up_to(bench, OPEN, level=level)
    async with open_glass(bench, BOX, VENDOR, "BENCHPUSH") as glass:
        assert glass.refused("platinum", words, "ask the vendor in the ticket itself")
        assert not glass.question


@pytest.mark.engines("sqlite")
async def test_nothing_is_escalated_by_an_enter_alone_or_without_a_detail(bench: Bench) -> None:
    """A spoilt scan ends with enter: it takes no reason; escape leaves both dialogs."""
    rma_id = up_to(bench, OPEN)
    async with open_glass(bench, BOX, VENDOR, "BENCHPUSH") as glass:
        await glass.key("enter")
        assert "Why is the case escalated?" in glass.question
        await glass.key("1", "ctrl+s")
        assert "nothing entered" in glass.text
        await glass.key("escape")
        assert not glass.question
        await glass.scan("BENCHPUSH", "BENCHNO")
        assert not glass.question
    assert Step.ESCALATED not in steps(bench, rma_id)


@pytest.mark.engines("sqlite")
async def test_a_case_without_a_ticket_has_nothing_to_escalate(bench: Bench) -> None:
    """Refused, and what was written is not lost: it is told before anything is written."""
    rma_id = act(bench, noted(bench), CHOOSE)
    async with open_glass(bench, BOX, VENDOR, "BENCHPUSH") as glass:
        assert glass.refused("the vendor has no ticket yet")
        assert not glass.question
    assert Step.ESCALATED not in steps(bench, rma_id)


@pytest.mark.engines("sqlite")
async def test_two_escalations_one_after_the_other(bench: Bench) -> None:
    """The second one only after the answer to the first."""
    rma_id = up_to(bench, OPEN)
    act(bench, rma_id, (escalate.escalate, "faster_progress", "down"))
    act(bench, rma_id, (escalate.escalation_answered, "we look at it"))
    async with open_glass(bench, BOX, VENDOR, "BENCHPUSH") as glass:
        await glass.key("6")
        assert glass.question.startswith("Other.")
        await glass.write("It is still down.")
        await glass.key("ctrl+s")
    found = case(bench, rma_id)
    assert (found.escalation, found.escalation_answer) == ("other", "")
