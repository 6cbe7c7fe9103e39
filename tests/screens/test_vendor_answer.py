"""What Vendor says in one word, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bench.policy.facts import Hold, Outcome
from bench.policy.vendor_case import VendorAnswer
from bench.policy.vendor_plan import CaseFacts
from bench.screens.vendor_answer import vendor_answer
from bench.widgets.marks import DONE, HOLD, NONE, REFUSED
from bench.widgets.verdict import Answer, Verdict, Why
from tests.evidence.console_poison import acting
from tests.policy.vendor_stories import APPLIANCE, MONDAY, PHONE, S, after, case_with, clocks
from tests.widgets.show import Show, rows
from tests.widgets.vendor_views import AWAY, EXCHANGED, FRIDAY, HOSTILE, MIDDLE, plan_on, view_of

RETURNED = case_with(after(EXCHANGED, S.RETURN), stalls_on=date(2026, 11, 9))


def answer(facts: CaseFacts, today: date = FRIDAY) -> Answer:
    """The answer on a day."""
    return vendor_answer(view_of(facts), plan_on(facts, today), clocks())


@pytest.mark.parametrize(
    ("facts", "today", "word", "mark", "sentence"),
    [
        (APPLIANCE, MONDAY, "TODAY", HOLD, "We owe the vendor our ticket with its five parts by"),
        (APPLIANCE, FRIDAY, "LATE 4", REFUSED, "We owe the vendor our ticket"),
        (MIDDLE, FRIDAY, "WAIT", NONE, "The customer is next: have the customer make the licences"),
        (
            after(MIDDLE, S.LICENCES, S.DIAGNOSED),
            *(FRIDAY, "CASE", HOLD, "We are next: ask Pulse Secure for the second sub-ticket"),
        ),
        (EXCHANGED, FRIDAY, "DUE 1", HOLD, "We owe the vendor the defective unit by 7 Nov 2026: 1"),
        (EXCHANGED, date(2026, 11, 3), "CASE", HOLD, "We are next: ship the defective unit"),
        (EXCHANGED, date(2026, 11, 7), "TODAY", HOLD, "We owe the vendor the defective unit"),
        (EXCHANGED, date(2026, 11, 19), "LATE 12", REFUSED, "We owe the vendor the defective unit"),
        (AWAY, FRIDAY, "STALLED", REFUSED, "Nothing has moved for 4 business days. The vendor is"),
        (
            RETURNED,
            FRIDAY,
            "WAIT",
            NONE,
            "The vendor is next: scan the new unit into stock when it comes",
        ),
        (after(RETURNED, S.VENDOR_UNIT), FRIDAY, "DONE", DONE, "Nobody owes this case anything"),
        (case_with(AWAY, answer=VendorAnswer.CREDIT), FRIDAY, "DONE", DONE, "Nobody owes"),
        (
            case_with(AWAY, ended_on=MONDAY, ended_why="found working"),
            *(FRIDAY, "ENDED", NONE, "The case ended on 2 Nov 2026: found working."),
        ),
        (
            PHONE,
            FRIDAY,
            "NO CASE",
            NONE,
            "None has begun yet. We are next: ask the distributor for",
        ),
        (
            replace(PHONE, outcome=Outcome.NO_TROUBLE_FOUND, vendor_rma_wanted=False),
            *(FRIDAY, "NO CASE", NONE, "None starts: no trouble was found."),
        ),
        (
            replace(APPLIANCE, case=None, replacement_serial="", symptom=""),
            *(
                FRIDAY,
                "NO CASE",
                NONE,
                "None has begun yet. Next is Vendor ticket, five parts: the",
            ),
        ),
        (CaseFacts(None, None, "Nobody"), FRIDAY, "NO CASE", HOLD, "No vendor takes this unit"),
    ],
)
def test_words(facts: CaseFacts, today: date, word: str, mark: str, sentence: str) -> None:
    """What hurts most comes first."""
    found = answer(facts, today)
    assert (found.word, found.mark) == (word, mark)
    assert found.sentence.startswith(sentence)
    assert found.items == ()


def test_without_a_unit_or_a_return() -> None:
    """Then there is only one thing to do."""
    plan = plan_on(AWAY)
    assert vendor_answer(None, plan).sentence == "Scan a unit to see its vendor case."
    assert vendor_answer(replace(view_of(AWAY), rma=None), plan).word == "NO RMA"


def test_the_partner_team_decides() -> None:
    """Out of warranty no case starts by itself."""
    facts = replace(PHONE, vendor_rma_wanted=False)
    view = view_of(facts)
    view = replace(view, decision=replace(view.decision, holds=(Hold.QUOTE,)))
    assert "Partner Team" in vendor_answer(view, plan_on(facts)).sentence


def test_why_names_the_clock_and_its_rule() -> None:
    """Of what counts days; a vendor that only has to be reminded is no reason yet."""
    facts = case_with(EXCHANGED, stalls_on=date(2026, 11, 10))
    rule = "Pulse Secure Spare Replacement Policy · 5-days advanced exchange"
    duty = "We send the defective unit back to Pulse Secure."
    assert answer(facts).whys == (Why("1 day left", duty, rule),)
    (why,) = vendor_answer(view_of(facts), plan_on(facts)).whys
    assert why.text == "Pulse Secure may charge the price of the replacement."
    (why,) = answer(AWAY).whys
    assert why.value == "1 business day late"
    assert "stalled" in why.rule


def test_what_must_not_be_overlooked() -> None:
    """An escalation without an answer, and a stalled case behind one that is late."""
    asked = datetime(2026, 11, 4, 9, tzinfo=UTC)
    waits = case_with(AWAY, escalated_at=asked)
    assert answer(waits).extra == "Escalated, and the vendor has not answered yet."
    assert answer(case_with(waits, escalation_answered_on=FRIDAY)).extra == ""
    late = case_with(
        EXCHANGED, return_due_on=date(2026, 11, 3), stalls_on=date(2026, 11, 5), moved_at=asked
    )
    assert answer(late).word == "LATE 3"
    assert answer(late).extra.startswith("The case has not moved for")


async def test_hostile_reasons() -> None:
    """Nothing acts."""
    ended = case_with(AWAY, ended_on=MONDAY, ended_why=HOSTILE)
    asked = case_with(EXCHANGED, vendor=HOSTILE, rma_detail=HOSTILE)
    for facts in (ended, asked):
        widget = Verdict()
        async with Show(widget).run_test(size=(100, 20)) as pilot:
            widget.tell(answer(facts))
            await pilot.pause()
            assert acting("".join(rows(widget))) == set()
