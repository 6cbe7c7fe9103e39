"""The gates of a vendor case: each condition by itself, and every order of the steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bench.policy.facts import Channel, Outcome, Route
from bench.policy.vendor_case import VendorAnswer, VendorCase
from bench.policy.vendor_plan import (
    CaseFacts,
    CaseStep,
    Go,
    answer_gaps,
    complete,
    done,
    gaps,
    next_step,
    parts_missing,
    ready,
    steps_of,
)
from tests.policy.vendor_stories import APPLIANCE, MONDAY, PHONE, S, after, case_with

ADVANCED = after(APPLIANCE, S.VENDOR_TICKET, S.SUB_TICKET)
DIAGNOSED = after(ADVANCED, S.DIAGNOSED)
SENT = after(PHONE, S.VENDOR_RMA, S.RETURN)
ANSWERS = VendorAnswer


def found(step: CaseStep, facts: CaseFacts) -> list[Go | CaseStep]:
    """Where the gaps of a step lead: to another step, or to a place."""
    missing = gaps(step, facts)
    assert all(gap.what and gap.remedy for gap in missing)
    return [gap.step if gap.go is Go.STEP and gap.step else gap.go for gap in missing]


@pytest.mark.parametrize(
    ("step", "facts", "leads_to"),
    [
        (S.TICKET, replace(APPLIANCE, ticket=" "), [Go.FACTS]),
        (S.VENDOR_TICKET, replace(APPLIANCE, ticket=""), [Go.FACTS]),
        (S.VENDOR_TICKET, replace(APPLIANCE, replacement_serial=" "), [Go.REPLACEMENT]),
        (S.VENDOR_TICKET, replace(APPLIANCE, symptom="\u200b\t"), [Go.SYMPTOM]),
        (S.VENDOR_TICKET, replace(APPLIANCE, troubleshooting="\n"), [Go.TROUBLESHOOTING]),
        (S.VENDOR_TICKET, replace(APPLIANCE, outputs=0), [Go.OUTPUT]),
        (S.VENDOR_TICKET, replace(APPLIANCE, outputs=0, received_on=MONDAY), [Go.CONSOLE]),
        (S.VENDOR_TICKET, APPLIANCE, []),
        (S.SUB_TICKET, APPLIANCE, [S.VENDOR_TICKET]),
        (S.SUB_TICKET, after(APPLIANCE, S.VENDOR_TICKET), []),
        (S.LICENSE_TRANSFER, after(APPLIANCE, S.VENDOR_TICKET), [S.SUB_TICKET]),
        (S.LICENSE_TRANSFER, ADVANCED, []),
        (S.LICENCES, ADVANCED, [S.LICENSE_TRANSFER]),
        (S.LICENCES, after(ADVANCED, S.LICENSE_TRANSFER), []),
        (S.SENT_AHEAD, replace(APPLIANCE, replacement_serial=""), [Go.REPLACEMENT]),
        (S.SENT_AHEAD, replace(APPLIANCE, ticket=""), [Go.FACTS]),
        (S.SENT_AHEAD, replace(APPLIANCE, symptom="", outputs=0), []),
        (S.DIAGNOSED, APPLIANCE, [Go.RECEIVE]),
        (S.DIAGNOSED, replace(APPLIANCE, received_on=MONDAY), [Go.DIAGNOSE]),
        (S.EXCHANGE, APPLIANCE, [S.SUB_TICKET, Go.RECEIVE]),
        (S.EXCHANGE, ADVANCED, [Go.RECEIVE]),
        (S.EXCHANGE, replace(ADVANCED, received_on=MONDAY), [Go.DIAGNOSE]),
        (S.EXCHANGE, replace(DIAGNOSED, outcome=Outcome.REPAIR), [S.END]),
        (S.EXCHANGE, replace(DIAGNOSED, outcome=Outcome.NO_TROUBLE_FOUND), [S.END]),
        (S.EXCHANGE, replace(DIAGNOSED, vendor_rma_wanted=False), [Go.FACTS]),
        (S.EXCHANGE, DIAGNOSED, []),
        (S.RETURN, DIAGNOSED, [S.EXCHANGE]),
        (S.RETURN, after(DIAGNOSED, S.EXCHANGE), []),
        (S.VENDOR_UNIT, DIAGNOSED, [S.EXCHANGE]),
        (S.VENDOR_UNIT, after(DIAGNOSED, S.EXCHANGE), []),
        (S.END, APPLIANCE, [Go.RECEIVE]),
        (S.END, DIAGNOSED, [S.EXCHANGE]),
        (S.END, replace(DIAGNOSED, outcome=Outcome.REPAIR), []),
        (S.END, replace(DIAGNOSED, vendor_rma_wanted=False), []),
        (S.END, replace(after(DIAGNOSED, S.EXCHANGE), outcome=Outcome.REPAIR), [Go.CASE]),
        (S.END, replace(APPLIANCE, case=None), [Go.CASE]),
        (S.TESTED, APPLIANCE, [Go.CASE]),
    ],
)
def test_three_legged_gates(
    step: CaseStep, facts: CaseFacts, leads_to: list[Go | CaseStep]
) -> None:
    """DOMAIN section 5: what each of the eight steps waits for, and where that is filled."""
    assert found(step, facts) == leads_to


@pytest.mark.parametrize(
    ("step", "facts", "leads_to"),
    [
        (S.VENDOR_RMA, replace(PHONE, received_on=None, outcome=None), [Go.RECEIVE]),
        (S.VENDOR_RMA, replace(PHONE, outcome=None), [Go.DIAGNOSE]),
        (S.VENDOR_RMA, replace(PHONE, outcome=Outcome.NO_TROUBLE_FOUND), [Go.DIAGNOSE]),
        (S.VENDOR_RMA, replace(PHONE, vendor_rma_wanted=False), [Go.FACTS]),
        (S.VENDOR_RMA, replace(PHONE, outcome=Outcome.REPAIR), []),
        (S.VENDOR_RMA, replace(PHONE, vendor_rma_wanted=None), []),
        (S.RETURN, PHONE, [S.VENDOR_RMA]),
        (S.RETURN, case_with(PHONE, vendor_rma=" "), [S.VENDOR_RMA]),
        (S.RETURN, after(PHONE, S.VENDOR_RMA), []),
        (S.ANSWER, after(PHONE, S.VENDOR_RMA), [S.RETURN]),
        (S.ANSWER, SENT, []),
        (S.ANSWER, after(SENT, S.VENDOR_UNIT), [Go.CASE]),
        (S.VENDOR_UNIT, PHONE, [S.RETURN]),
        (S.VENDOR_UNIT, SENT, []),
        (S.VENDOR_UNIT, after(SENT, S.ANSWER), []),
        (S.VENDOR_UNIT, case_with(SENT, answer=ANSWERS.CREDIT), [Go.CASE]),
        (S.VENDOR_UNIT, case_with(SENT, answer=ANSWERS.DROP_SHIPPED), [Go.CASE]),
        (S.VENDOR_UNIT, case_with(SENT, answer=ANSWERS.REFUSED), [Go.CASE]),
        (S.TESTED, after(SENT, S.ANSWER), [S.VENDOR_UNIT]),
        (S.TESTED, case_with(SENT, answer=ANSWERS.CREDIT), [Go.CASE]),
        (S.TESTED, after(SENT, S.VENDOR_UNIT), []),
        (S.TESTED, case_with(after(SENT, S.VENDOR_UNIT), tested=False), []),
        (S.END, PHONE, [Go.CASE]),
        (S.END, SENT, [Go.CASE]),
        (S.END, case_with(replace(PHONE, outcome=None)), [Go.DIAGNOSE]),
        (S.END, case_with(SENT, answer=ANSWERS.REFUSED), []),
        (S.END, replace(SENT, outcome=Outcome.NO_TROUBLE_FOUND), []),
        (S.END, case_with(SENT, answer=ANSWERS.CREDIT), [Go.CASE]),
        (S.END, case_with(after(SENT, S.VENDOR_UNIT), tested=False), []),
        (S.LICENCES, PHONE, [Go.CASE]),
    ],
)
def test_phone_gates(step: CaseStep, facts: CaseFacts, leads_to: list[Go | CaseStep]) -> None:
    """DOMAIN section 6: the number before the box, the box before the answer."""
    assert found(step, facts) == leads_to


def test_a_refused_vendor_ticket_names_all_that_is_missing_in_order() -> None:
    """Section 5, step 2: the ticket, then the parts; the serial of the defective one is there."""
    bare = CaseFacts(case=None, route=Route.THREE_LEGGED)
    leads_to = [Go.FACTS, Go.REPLACEMENT, Go.SYMPTOM, Go.TROUBLESHOOTING, Go.OUTPUT]
    assert found(S.VENDOR_TICKET, bare) == leads_to
    assert [gap.go for gap in parts_missing(bare)] == leads_to[1:]


def test_parts_may_come_with_the_case() -> None:
    """What support wrote counts as much as what was found here."""
    texts = {"symptom": "dead", "troubleshooting": "reset", "output": "POST failed"}
    facts = CaseFacts(None, Route.THREE_LEGGED, replacement_serial="STOCK-1")
    assert len(parts_missing(facts)) == 3
    assert parts_missing(case_with(facts, **texts)) == ()


def test_licences_too_early_are_refused_with_the_reason() -> None:
    """Section 5, step 4: the customer must wait."""
    (gap,) = gaps(S.LICENCES, ADVANCED)
    assert "wrong unit" in gap.what
    assert "wait" in gap.remedy


def test_no_route_no_steps() -> None:
    """A brand without a rule: every step says so, and none is next."""
    facts = CaseFacts(case=None, route=None, brand="Nobody")
    assert steps_of(None) == ()
    assert all(found(step, facts) == [Go.FACTS] for step in CaseStep)
    assert next_step(facts) is None


def test_a_case_keeps_its_route() -> None:
    """A brand corrected later does not turn a phone's case into a three-legged one."""
    facts = replace(SENT, route=Route.THREE_LEGGED)
    assert gaps(S.ANSWER, facts) == ()
    assert found(S.VENDOR_TICKET, facts) == [Go.CASE]


def test_an_ended_case_refuses_every_step_with_the_reason() -> None:
    """Hostile reasons are cleaned."""
    ended = case_with(APPLIANCE, ended_on=MONDAY, ended_why="no need\x1b[2J\n!")
    for step in CaseStep:
        (gap,) = gaps(step, ended)
        assert gap.what == "the case has ended: no need[2J !"
    assert next_step(ended) is None
    assert complete(ended)
    (gap,) = gaps(S.END, case_with(APPLIANCE, ended_on=MONDAY))
    assert gap.what == "the case has ended"


@pytest.mark.parametrize("step", [s for s in steps_of(Route.THREE_LEGGED) if s is not S.END])
def test_a_step_is_done_once(step: CaseStep) -> None:
    """What is done says so and nothing else, and is not ready."""
    facts = after(APPLIANCE, *steps_of(Route.THREE_LEGGED)[:-1])
    assert done(step, facts)
    assert not ready(step, facts)
    (gap,) = gaps(step, facts)
    assert gap.what.endswith(" already")


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("channel", [None, *Channel])
@pytest.mark.parametrize("straight", [True, False])
def test_only_a_reseller_gets_it_straight(
    answer: VendorAnswer, channel: Channel | None, straight: bool
) -> None:
    """DOMAIN section 3: a replacement for a direct customer is tested here first."""
    missing = answer_gaps(answer, replace(PHONE, channel=channel, ships_straight=straight))
    refused = answer is ANSWERS.DROP_SHIPPED and not straight
    assert [gap.go for gap in missing] == ([Go.CASE if channel else Go.FACTS] if refused else [])


@pytest.mark.parametrize(
    ("changes", "straight", "expected"),
    [
        ({"answer": ANSWERS.CREDIT}, False, True),
        ({"answer": ANSWERS.REFUSED}, False, True),
        ({"answer": ANSWERS.DROP_SHIPPED}, True, True),
        ({"answer": ANSWERS.REPLACEMENT}, True, False),
        ({"vendor_unit_on": MONDAY}, True, True),
        ({"vendor_unit_on": MONDAY}, False, False),
        ({"vendor_unit_on": MONDAY, "tested": False}, False, False),
        ({"vendor_unit_on": MONDAY, "tested": True}, False, True),
        ({"tested": True}, False, False),
    ],
)
def test_when_a_phone_is_complete(changes: dict[str, Any], straight: bool, expected: bool) -> None:
    """Direct: received and tested; reseller: received or on its way; or a credit, or nothing."""
    facts = replace(case_with(SENT, **changes), ships_straight=straight)
    assert complete(facts) is expected
    assert (next_step(facts) is None) is expected


def test_a_three_legged_case_is_complete_with_both_units_where_they_belong() -> None:
    """Their unit in stock alone leaves us owing ours."""
    exchanged = after(DIAGNOSED, S.EXCHANGE)
    assert not complete(after(exchanged, S.VENDOR_UNIT))
    assert not complete(after(exchanged, S.RETURN))
    assert complete(after(exchanged, S.RETURN, S.VENDOR_UNIT))
    assert not complete(replace(APPLIANCE, case=None))


def test_what_hurts_most_comes_next() -> None:
    """The vendor ticket at once; a return whose clock runs before what others owe."""
    story = [
        (APPLIANCE, S.VENDOR_TICKET),
        (replace(APPLIANCE, symptom=""), S.VENDOR_TICKET),
        (replace(APPLIANCE, symptom="", replacement_serial=""), S.VENDOR_TICKET),
        (replace(APPLIANCE, ticket=""), S.TICKET),
        (after(APPLIANCE, S.VENDOR_TICKET), S.SENT_AHEAD),
        (after(APPLIANCE, S.VENDOR_TICKET, S.SENT_AHEAD), S.SUB_TICKET),
        (after(ADVANCED, S.SENT_AHEAD, S.LICENSE_TRANSFER), S.LICENCES),
        (after(ADVANCED, S.SENT_AHEAD, S.LICENSE_TRANSFER, S.LICENCES), S.DIAGNOSED),
        (after(DIAGNOSED, S.SENT_AHEAD, S.EXCHANGE), S.RETURN),
        (replace(DIAGNOSED, outcome=Outcome.REPAIR), S.END),
    ]
    assert [next_step(facts) for facts, _ in story] == [step for _, step in story]


def test_a_phone_without_trouble_needs_no_case() -> None:
    """Section 3: no vendor RMA starts; one that was begun is ended, unless the unit is away."""
    fine = replace(PHONE, outcome=Outcome.NO_TROUBLE_FOUND, vendor_rma_wanted=False)
    assert next_step(fine) is None
    assert next_step(case_with(fine)) is S.END
    assert next_step(after(fine, S.VENDOR_RMA, S.RETURN)) is S.ANSWER


def test_a_replacement_that_failed_goes_round_again() -> None:
    """Its case is asked for a new number first; to end it is possible, and never proposed."""
    failed = case_with(PHONE, tested=False)
    assert next_step(failed) is S.VENDOR_RMA
    assert gaps(S.END, failed) == ()


def test_case_may_be_missing_altogether() -> None:
    """Before a case is noted, its first step is the one to take."""
    facts = replace(APPLIANCE, case=None)
    assert next_step(facts) is S.VENDOR_TICKET
    assert next_step(replace(facts, outcome=Outcome.REPAIR)) is None
    assert next_step(replace(facts, vendor_rma_wanted=False)) is None
    assert next_step(case_with(facts)) is S.VENDOR_TICKET
    assert VendorCase(Route.VENDOR).is_open
