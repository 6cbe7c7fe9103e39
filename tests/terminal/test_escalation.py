"""Cases that nobody moves, in the real program: escalated, refused, and first in the queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from bench.store.records import Step
from tests.terminal.harness import Terminal
from tests.terminal.vendor_station import (
    APPLIANCE,
    announce,
    case_of,
    hears,
    last,
    pastes,
    play,
)
from tests.workflow.vendor_acts import CHOOSE, RECEIVE, TICKET

Open = Callable[..., Terminal]
OTHER = replace(APPLIANCE, serial="0332042024000555", customer="Moreau Cie")
DETAIL = ("The site is down since Monday.", "We need the unit by Friday.")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Open]:
    """Starts a station with the ticket of an appliance opened at the vendor."""
    with ExitStack() as stack:

        def start(level: str) -> Terminal:
            announce(tmp_path, APPLIANCE, level)
            play(tmp_path, APPLIANCE, CHOOSE, TICKET)
            terminal = stack.enter_context(Terminal(tmp_path))
            hears(terminal, (APPLIANCE.serial, "expected on RMA"), ("BENCHVENDOR", "e escalate"))
            return terminal

        yield start


def test_a_platinum_case_is_escalated(bench: Open) -> None:
    """Reason and detail by scans and a paste; the text is kept whole, and the answer with it."""
    terminal = bench("platinum")
    hears(
        terminal,
        ("BENCHPUSH", "Why is the case escalated?"),
        ("BENCHNEXT", "▸ 2"),
        ("BENCHOK", "Case Status Update."),
    )
    pastes(terminal, "\n".join(DETAIL), "the text is on the clipboard|escalated")
    event, case = last(terminal, APPLIANCE, Step.ESCALATED), case_of(terminal, APPLIANCE)
    assert event.data["reason"] == "case_status_update"
    for line in (*DETAIL, "V-77", APPLIANCE.serial):
        assert line in str(event.data["text"])
    assert case.escalation_detail.split("\n") == list(DETAIL)
    hears(terminal, ("BENCHPUSH", "What did the vendor answer"))
    pastes(terminal, "an engineer has it", "answer noted")
    assert case_of(terminal, APPLIANCE).escalation_answer == "an engineer has it"
    assert terminal.quit() == 0


def test_a_standard_customer_sees_why_not(bench: Open) -> None:
    """No reason is asked for: the refusal says whose case may be escalated."""
    terminal = bench("standard")
    hears(terminal, ("BENCHPUSH", "REFUSED|escalation is for platinum customers"))
    assert "Why is the case escalated?" not in terminal.screen()
    assert case_of(terminal, APPLIANCE).escalated_at is None


def test_a_stalled_case_rises(tmp_path: Path) -> None:
    """A case that has not moved for two weeks stands before one whose day comes sooner."""
    for unit in (OTHER, APPLIANCE):
        announce(tmp_path, unit)
    play(tmp_path, OTHER, (CHOOSE[0], "STOCK2"), TICKET, RECEIVE)
    play(tmp_path, APPLIANCE, RECEIVE, CHOOSE, TICKET, ago=14)
    with Terminal(tmp_path) as terminal:
        terminal.wait_for("stalled")
        rows = [line for line in terminal.lines() if "03320420240" in line]
        assert APPLIANCE.serial in rows[0], terminal.screen()
        assert OTHER.serial in rows[1]
        hears(terminal, (APPLIANCE.serial, "already here"), ("BENCHVENDOR", "Nothing has moved"))
        assert terminal.quit() == 0
