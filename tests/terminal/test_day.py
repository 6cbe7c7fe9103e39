"""A whole day by scans only, on a French computer: from the badge in the morning to the last code.

Not one key is pressed; each scan arrives as that computer makes it of what the scanner sends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.policy.facts import Contact, Outcome
from bench.store.records import State, Step
from bench.store.store import Store
from bench.workflow.enrolling import enrol
from tests.terminal.guns import CONSOLES, PRINTERS, French, equipped
from tests.terminal.seeds import Kept, Seed, ask, desk_at, read, seed, ups

PHONE = Seed("3146-02YZ10QA71")
NEAR = "3146-02YZIOQA71"
"""How an old label of it reads: I and O for 1 and 0."""
APPLIANCE = Seed("0321MQ2W-7004", "Pulse Secure", "PSA-300", outcome=Outcome.NO_TROUBLE_FOUND)
JONAS, ANA = "PERSONBCDEFGHJKLNO", "EMP-0042"
"""One of our badges, which any keyboard leaves as it is, and a company's, which needs the check."""
PACE = 2.0
"""Milliseconds a character."""


class Day(French):
    """A station with badges, cables and printers, and a scanner of another language."""

    def __init__(self, home: Path, columns: int = 160, rows: int = 48) -> None:
        super().__init__(home, columns, rows)
        self.settings.write_text(equipped())

    def start(self) -> None:
        """Starts the program, and waits until it asks for a badge."""
        self.spawn()
        self.wait_for("Scan your badge")

    def hears(self, *steps: tuple[str, str]) -> None:
        """Scans one text after the other, and waits each time for what is said of it."""
        for text, said in steps:
            self.scan(text, PACE)
            self.wait_for(*said.split("|"))


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    """Two units expected, two people enrolled, nothing known of the scanner yet."""
    seed(tmp_path, [PHONE, APPLIANCE])
    with desk_at(tmp_path) as desk:
        at = replace(desk, badge_key=tmp_path / ".local/share/bench/badge.key")
        for name, badge in (("Jonas", JONAS), ("Ana", ANA)):
            enrol(at, name, badge)
    with Day(tmp_path) as terminal:
        yield terminal


def begin(day: Day) -> None:
    """The badge, and the scanner check: it is wrong for this keyboard, and put right."""
    day.hears((JONAS, "Jonas is at work"), ("BENCHGUN", "Scanner check|Not checked yet"))
    day.check()
    day.wait_for("Checked on", "the computer to French")


def near_match(day: Day) -> None:
    """An old label that is not quite the serial: asked, and remembered."""
    day.hears(
        (NEAR, "but something close is|‹10›"),
        ("BENCHNEXT", "▸ 2     the same, and remember this label"),
        ("BENCHOK", "means this unit from now on"),
        (PHONE.serial, "expected on RMA"),
        ("BENCHPSU", "■ power supply"),
        ("BENCHOK", "received as RMA|bench  Diagnose"),
    )


def appliance(day: Day) -> None:
    """No trouble found on the console; the customer wants it back, and it goes."""
    day.hears(
        (APPLIANCE.serial, "expected on RMA"),
        ("BENCHNO", "received as RMA|bench  Diagnose"),
        ("CONSOLEB", f"console cable B is now in use|{CONSOLES['B']}|console B"),
        ("CONSOLEX", "there is no console cable X here"),
        ("BENCHNEXT", "bench  Diagnose"),
        ("BENCHGOOD", "boots on the console passed"),
        ("BENCHNTF", "diagnosed: no trouble found|do they want it back?"),
        ("BENCHOK", "wants it back|scan the tracking number"),
        (ups(1), "tracking number|has it left?"),
        ("PRINTERT", f"printer T is now in use|{PRINTERS['T']}|console B · printer T"),
        ("BENCHOK", "shipped|scan the next unit"),
        ("BENCHUNDO", "Why is “shipped”"),
        ("BENCHNEXT", "▸ 2  wrong key or code"),
        ("BENCHOK", "undone: shipped|has it left?"),
        ("BENCHOK", "shipped|scan the next unit"),
    )


def guides(day: Day) -> None:
    """Help, the codes of the screen, the last scans; a scan closes each."""
    day.hears(
        ("BENCHHELP", "Help · Ship|EVERYWHERE"),
        ("BENCHSHEET", "Codes · Ship"),
        ("BENCHFOO", "BENCHFOO is no command"),
        ("BENCHSEEN", "The last scans|BENCHFOO is no command|undone: shipped"),
        ("BENCHDESK", "ON THE BENCH"),
    )


def change(day: Day) -> None:
    """Ana goes on with the phone by its old label, locks the bench, and comes back."""
    day.hears(
        (ANA, "Ana is at work"),
        ("BENCHSEEN", "The last scans|Ana is at work"),
        (NEAR, f"{PHONE.serial}, by a label that was remembered|outcome?"),
        ("BENCHDEFECT", "powers up failed"),
        ("BENCHREPL", "diagnosed: replace"),
        ("BENCHLOCK", "Scan your badge"),
        (PHONE.serial, "unknown badge"),
        (ANA, "bench  Ship"),
        (ups(2), "tracking number|has it left?"),
        ("BENCHOK", "shipped|scan the next unit"),
    )


def end(day: Day) -> None:
    """Once is not enough to quit."""
    day.hears(("BENCHEND", "scan BENCHEND once more to quit bench"))
    day.scan("BENCHEND", PACE)
    assert day.ended() == 0


def handed_back(day: Day) -> None:
    """The terminal is as it was, and no badge has been on the glass."""
    raw = day.raw
    assert raw.rfind(b"\x1b[?1049l") > raw.rfind(b"\x1b[?1049h") > -1
    assert raw.rfind(b"\x1b[?25h") > raw.rfind(b"\x1b[?25l") > -1
    for mode in (1000, 1003, 1006, 1015, 2004):
        assert re.findall(rb"\x1b\[\?%d([hl])" % mode, raw)[-1] == b"l", f"mode {mode} stays on"
    assert day.modes_before == day.modes_after
    secrets = [badge.encode() for badge in (JONAS, ANA, day.keyboard.typed(ANA))]
    assert [badge for badge in secrets if badge in raw] == []
    assert b"Traceback" not in raw


def who(found: Kept) -> list[tuple[Step, str]]:
    """What was done to a unit since it was announced, and by whom."""
    return [(event.step, event.actor) for event in found.events[1:]]


def check_phone(day: Day) -> None:
    """Its label remembered, received by Jonas, the rest done by Ana."""
    found = read(day, PHONE.serial)
    assert who(found) == [
        *((Step.ALIAS_ADDED, "Jonas"), (Step.RECEIVED, "Jonas")),
        *((Step.DIAGNOSED, "Ana"), (Step.TRACKING_SCANNED, "Ana"), (Step.SHIPPED, "Ana")),
    ]
    rma = found.rma
    assert (rma.state, rma.outcome, rma.tracking) == (State.SHIPPED, Outcome.REPLACE, ups(2))
    assert (rma.original_packaging, rma.accessories) == (True, ("psu",))
    assert rma.checks == {"power": "failed"}

    def remembered(store: Store) -> list[str]:
        return [alias.scanned for alias in store.aliases_of(found.unit.id)]

    assert ask(day.home, remembered) == [NEAR]


def check_appliance(day: Day) -> None:
    """All by Jonas, shipped twice with an undo in between that says why."""
    found = read(day, APPLIANCE.serial)
    steps = (
        *(Step.RECEIVED, Step.DIAGNOSED, Step.CONTACTED, Step.TRACKING_SCANNED),
        *(Step.SHIPPED, Step.UNDONE, Step.SHIPPED),
    )
    assert who(found) == [(step, "Jonas") for step in steps]
    undone = found.events[-2]
    assert (undone.reverses, undone.data["why"]) == (found.events[-3].op_id, "wrong key or code")
    rma = found.rma
    assert (rma.state, rma.contact, rma.tracking) == (State.SHIPPED, Contact.YES, ups(1))
    assert (rma.outcome, rma.original_packaging) == (Outcome.NO_TROUBLE_FOUND, False)
    assert rma.checks == {"console": "passed"}


def test_a_whole_day_by_scans_only(day: Day) -> None:
    """From the badge in the morning to quitting; then the database and the terminal."""
    for part in (begin, near_match, appliance, guides, change, end):
        part(day)
    handed_back(day)
    check_phone(day)
    check_appliance(day)
    assert ask(day.home, lambda store: (len(store.units()), store.drafts())) == (2, [])
