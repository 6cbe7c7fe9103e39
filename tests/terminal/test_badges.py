"""Badges at the real program: locked from the start, and history names who did it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.store.records import State, Step, Technician
from bench.workflow.enrolling import enrol
from tests.terminal.harness import CTRL_Z, ENTER, F2, Terminal
from tests.terminal.seeds import Seed, desk_at, read, seed, ups, wait_drafts, wait_kept

MINE = Seed("3146023104410271")
ANA, JONAS = "EMP-0042", "PERSONBCDEFGHJKLNO"
WORDS = ("Scan your badge", "or type it")


class Guarded(Terminal):
    """A station where badges are in use."""

    def start(self) -> None:
        """Starts the program, and waits until it asks for a badge."""
        self.spawn()
        self.wait_for(*WORDS)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Guarded]:
    """Such a station with one unit expected, and Ana and Jonas enrolled."""
    seed(tmp_path, [MINE])
    enrolled(tmp_path)
    with Guarded(tmp_path) as terminal:
        yield terminal


def enrolled(home: Path) -> list[Technician]:
    """Ana with her company's badge, Jonas with one of ours."""
    with desk_at(home) as desk:
        at = replace(desk, badge_key=home / ".local/share/bench/badge.key")
        return [enrol(at, name, badge).person for name, badge in (("Ana", ANA), ("Jonas", JONAS))]


def test_a_whole_unit_by_scans_right_behind_the_badge(guarded: Guarded, tmp_path: Path) -> None:
    """Two people, one unit: each step has the name of who did it."""
    for code in (ANA, MINE.serial, "BENCHOK", JONAS, "BENCHFXD", ups(9), "BENCHOK"):
        guarded.scan(code)
    guarded.wait_for("scan the next unit", "Jonas")
    found = wait_kept(guarded, MINE.serial, lambda kept: kept.rma.state is State.SHIPPED)
    assert [event.actor for event in found.events[1:]] == ["Ana", "Jonas", "Jonas", "Jonas"]
    with desk_at(tmp_path) as desk:
        ids = {person.name: person.id for person in desk.store.technicians()}
    assert [e.technician_id for e in found.events[1:]] == [ids[e.actor] for e in found.events[1:]]
    assert guarded.quit() == 0
    for badge in (ANA, JONAS):
        assert badge.encode() not in guarded.raw
        holding = [f for f in tmp_path.rglob("*") if f.is_file() and badge in f.read_text("latin1")]
        assert holding == []


def test_at_the_lock_nothing_but_a_badge_counts(guarded: Guarded) -> None:
    """Keys, commands and codes do nothing, and nothing of the queue has been sent."""
    guarded.key(F2, CTRL_Z, ENTER)
    guarded.scan("BENCHDESK")
    guarded.wait_for("locked: scan your badge first")
    guarded.scan(MINE.serial)
    guarded.wait_for("unknown badge: nobody is at work here")
    assert MINE.serial.encode() not in guarded.raw
    assert MINE.customer.encode() not in guarded.raw
    guarded.type("emp-0042", wpm=160)
    guarded.key(ENTER)
    guarded.wait_for("ON THE BENCH", MINE.serial)
    assert read(guarded, MINE.serial).steps() == [Step.EXPECTED]
    assert guarded.quit() == 0


def test_after_a_crash_it_comes_back_locked_with_the_unit_behind(guarded: Guarded) -> None:
    """Whoever stands there now says who they are; what was half entered is still there."""
    guarded.scan(ANA)
    guarded.scan(MINE.serial)
    guarded.scan("BENCHPSU")
    guarded.wait_for("■ power supply")
    wait_drafts(guarded, lambda fields: "psu" in fields)
    seen = len(guarded.raw)
    guarded.crash()
    guarded.wait_for(*WORDS)
    assert MINE.serial.encode() not in guarded.raw[seen:]
    guarded.scan("BENCHOK")
    guarded.wait_for("locked: scan your badge first")
    guarded.scan(JONAS)
    guarded.wait_for("■ power supply", "Jonas")
    guarded.scan("BENCHOK")
    found = wait_kept(guarded, MINE.serial, lambda kept: kept.rma.state is State.RECEIVED)
    assert found.events[-1].actor == "Jonas"
