"""What events add up to, and what is left when one of them does not count."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bench.policy.facts import Channel, Contact, Outcome, Payer, Speed
from bench.store.records import Event, Rma, State, Step
from bench.workflow.projection import _APPLY, as_day, fold, last_own, midnight, standing

AT = datetime(2026, 10, 28, 9, tzinfo=UTC)
BLANK = Rma(id="r", number="BKVL-VRFV", unit_id="u", version=7, ticket="from the row")


def events(*steps: tuple[Step, dict[str, Any]]) -> list[Event]:
    """Events op-1, op-2 … an hour apart."""
    return [
        Event(f"op-{n}", "u", "r", n, step, AT + timedelta(hours=n), "Ana", "B2", data)
        for n, (step, data) in enumerate(steps, 1)
    ]


def undoing(of: int, number: int) -> Event:
    """The event that reverses event number `of`."""
    at = AT + timedelta(hours=number)
    return Event(f"op-{number}", "u", "r", number, Step.UNDONE, at, "Ana", "B2", {}, f"op-{of}")


RECEIVED = (
    Step.RECEIVED,
    {"received_on": "2026-10-28", "original_packaging": True, "accessories": ["psu"]},
)
DIAGNOSED = (Step.DIAGNOSED, {"outcome": "repair", "symptom": "no boot", "checks": {"power": "x"}})


def test_every_kind_of_step_has_its_meaning() -> None:
    assert set(_APPLY) == set(Step) - {Step.UNDONE}


def test_the_whole_way_adds_up() -> None:
    told = events(
        (Step.EXPECTED, {"ticket": "T-1", "channel": "reseller", "due_on": "2026-10-30"}),
        RECEIVED,
        DIAGNOSED,
        (Step.CONTACTED, {"answer": "no_answer"}),
        (Step.CONTACTED, {"answer": "yes"}),
        (Step.QUOTE_ANSWERED, {"accepted": True}),
        (Step.PACKAGING_ACCEPTED, {"by": "Petra", "why": "agreed"}),
        (Step.RUSH_ASKED, {"rush": True}),
        (Step.OVERRIDDEN, {"speed": "rush", "payer": None, "reason": "a"}),
        (Step.OVERRIDDEN, {"speed": None, "payer": "us", "reason": "b"}),
        (Step.HELD, {"why": "wait"}),
        (Step.RELEASED, {}),
        (Step.REPLACEMENT_CHOSEN, {"unit_id": "u2", "serial": "X"}),
        (Step.TRACKING_SCANNED, {"tracking": "1Z", "carrier": "UPS"}),
        (Step.CAPTURED, {"capture": "a"}),
        (Step.CONSOLE_DIFFERED, {"console_serial": "B-2"}),
        (Step.CONSOLE_SETTLED, {"console_serial": "B-2", "how": "board_swapped"}),
        (Step.CAPTURED, {"capture": "b"}),
        (Step.CONSOLE_DIFFERED, {"console_serial": "C-3"}),
        (Step.SHIPPED, {}),
        (Step.CLOSED, {"why": "arrived"}),
    )
    rma = fold(BLANK, told)
    assert (rma.id, rma.number, rma.unit_id, rma.version) == ("r", "BKVL-VRFV", "u", 7)
    assert (rma.ticket, rma.channel, rma.due_on) == ("T-1", Channel.RESELLER, date(2026, 10, 30))
    assert (rma.received_on, rma.accessories) == (date(2026, 10, 28), ("psu",))
    assert (rma.outcome, rma.contact, rma.contact_tries) == (Outcome.REPAIR, Contact.YES, 2)
    assert (rma.override_speed, rma.override_payer) == (Speed.RUSH, Payer.US), "one of each"
    assert (rma.override_reason, rma.held_why, rma.replacement_id) == ("b", "", "u2")
    assert (rma.state, rma.closed_why) == (State.CLOSED, "arrived")
    assert (rma.shipped_at, rma.closed_at) == (told[-2].at, told[-1].at)
    assert rma.packaging_accepted_by == "Petra"
    assert (rma.tracking, rma.carrier, rma.quote_accepted) == ("1Z", "UPS", True)
    assert (rma.captures, rma.console_serial, rma.board_serial) == (2, "C-3", "B-2")


def test_nothing_is_taken_from_the_row_but_its_identity() -> None:
    assert fold(BLANK, events(RECEIVED)).ticket == ""


def test_without_standing_events_it_counts_as_cancelled() -> None:
    rma = fold(BLANK, [])
    assert (rma.state, rma.closed_why) == (State.CANCELLED, "undone")
    assert fold(BLANK, [*events(RECEIVED), undoing(1, 2)]).state is State.CANCELLED


def test_what_a_console_told_makes_no_return() -> None:
    told = events(
        (Step.CAPTURED, {"capture": "a"}), (Step.CONSOLE_DIFFERED, {"console_serial": "B"})
    )
    assert fold(BLANK, told).state is State.CANCELLED
    wrong = (Step.CONSOLE_SETTLED, {"console_serial": "B", "how": "wrong_cable"})
    rma = fold(BLANK, events(RECEIVED, (Step.CONSOLE_DIFFERED, {"console_serial": "B"}), wrong))
    assert (rma.state, rma.console_serial, rma.board_serial) == (State.RECEIVED, "", "")


def test_the_last_of_a_technician_is_not_what_a_bench_recorded() -> None:
    told = events(RECEIVED, DIAGNOSED, (Step.CAPTURED, {}), (Step.CONSOLE_DIFFERED, {}))
    assert last_own(told) == told[1]
    assert last_own(told[2:]) is None


def test_what_is_undone_does_not_count_and_neither_does_the_undoing() -> None:
    told = events(RECEIVED, DIAGNOSED)
    assert standing([*told, undoing(2, 3)]) == told[:1]
    rma = fold(BLANK, [*told, undoing(2, 3)])
    assert (rma.state, rma.outcome, rma.symptom) == (State.RECEIVED, None, "")


def test_an_undone_diagnosis_brings_the_one_before_it_back() -> None:
    again = (Step.DIAGNOSED, {"outcome": "replace"})
    told = [*events(RECEIVED, DIAGNOSED, again), undoing(3, 4)]
    assert fold(BLANK, told).outcome is Outcome.REPAIR


def test_facts_of_the_rma_come_from_any_event() -> None:
    told = events(RECEIVED, (Step.FACTS_CORRECTED, {"rma": {"original_packaging": False}}))
    assert fold(BLANK, told).original_packaging is False
    with_ticket = (RECEIVED[0], RECEIVED[1] | {"rma": {"ticket": "T-9", "channel": None}})
    rma = fold(BLANK, events(with_ticket))
    assert (rma.ticket, rma.channel, rma.original_packaging) == ("T-9", None, True)


@pytest.mark.parametrize(("text", "day"), [("2026-02-28", date(2026, 2, 28)), ("", None)])
def test_days_in_events(text: str, day: date | None) -> None:
    assert as_day(text) == day
    assert as_day(None) is None


def test_a_day_as_a_moment_to_sort_by() -> None:
    assert midnight(date(2026, 1, 2), AT) == datetime(2026, 1, 2, tzinfo=UTC)
    assert midnight(None, AT) == AT


def test_folding_is_repeatable() -> None:
    told = events(RECEIVED, DIAGNOSED)
    once = fold(BLANK, told)
    assert fold(once, told) == once
    assert fold(replace(once, outcome=None, held_why="x"), told) == once
