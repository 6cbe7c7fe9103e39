"""After a crash the program comes back by itself, and what is scanned meanwhile runs nowhere."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from bench.store.records import State
from tests.terminal.conftest import Open
from tests.terminal.harness import CTRL_Q
from tests.terminal.seeds import Seed, read, seed, ups, wait_drafts
from tests.terminal.stations import (
    BACK,
    CALM,
    CRASHED,
    Breaking,
    Dash,
    Shell,
    Start,
    calm,
    storm,
    until,
)

MINE = Seed("3146023104410271")
STRANGER = "QX77-0042-ZK"


# --- coming back


def test_half_entered_diagnosis(station: Open, tmp_path: Path) -> None:
    """Killed in the middle of the work: the same unit, what was typed, and the work goes on."""
    seed(tmp_path, [MINE])
    terminal = station(tmp_path, 160, 48)
    for text in (MINE.serial, "BENCHOK", "BENCHGOOD"):
        terminal.scan(text)
    terminal.wait_for("✔ powers up")
    terminal.next_field()
    terminal.type("no dial tone", wpm=140)
    wait_drafts(terminal, lambda text: "no dial tone" in text)
    terminal.crash()
    terminal.wait_for(*BACK, "bench  Diagnose", MINE.serial, "no dial tone", "✔ powers up")
    for text in ("BENCHFXD", ups(1), "BENCHOK"):
        terminal.scan(text)
    terminal.wait_for("✔ shipped")
    found = read(terminal, MINE.serial)
    assert (found.rma.state, found.rma.symptom) == (State.SHIPPED, "no dial tone")
    assert terminal.quit() == 0
    assert terminal.modes_before == terminal.modes_after


def test_half_entered_stranger(station: Open, tmp_path: Path) -> None:
    """A serial that nobody knows comes back too, with what was typed about it."""
    terminal = station(tmp_path, 160, 48)
    terminal.scan(STRANGER)
    terminal.wait_for("unknown serial")
    terminal.next_field()
    terminal.type("Snom", wpm=140)
    wait_drafts(terminal, lambda text: "Snom" in text)
    terminal.crash(signal.SIGSEGV)
    terminal.wait_for(*BACK, "bench  Receive", STRANGER, "Snom")
    terminal.scan("BENCHNO")
    terminal.wait_for("received as RMA")
    assert read(terminal, STRANGER).unit.brand == "Snom"


def test_a_screen_without_a_unit(station: Open) -> None:
    """The queue stays the queue, and says what happened also where there is little room."""
    terminal = station()
    terminal.crash()
    terminal.wait_for(*BACK, "bench  Queue")
    assert terminal.quit() == 0


def test_a_unit_named_by_its_number_is_still_to_be_scanned(station: Open, tmp_path: Path) -> None:
    """The proof that it is the right unit is asked for after a crash as before it."""
    seed(tmp_path, [MINE])
    terminal = station(tmp_path, 160, 48)
    number = read(terminal, MINE.serial).rma.number
    terminal.scan(number)
    terminal.wait_for("scan the serial of the unit")
    terminal.crash()
    terminal.wait_for(*BACK, "scan the serial of the unit")


def test_told_to_end_while_memory_is_short(station: Open) -> None:
    """A SIGTERM for the program alone, as an out-of-memory daemon sends it: it comes back."""
    terminal = station()
    terminal.crash(signal.SIGTERM)
    terminal.wait_for(*BACK)
    assert terminal.quit() == 0


def test_an_error_in_the_program(begin: Start) -> None:
    """It is written down where nothing of it steers a terminal, and is not painted."""
    terminal = begin(Breaking)
    assert isinstance(terminal, Breaking)
    terminal.break_now("once \x1b]0;pwned\x07")
    terminal.wait_for(*BACK)
    text = terminal.log.read_text()
    assert "Traceback" in text
    assert "RuntimeError: once ␛]0;pwned␇" in text
    assert "ended by itself with status 70" in text
    assert b"Traceback" not in terminal.raw
    assert b"pwned" not in terminal.raw
    assert terminal.quit() == 0


def test_a_death_cry_is_in_the_log(begin: Start) -> None:
    """What the interpreter was doing when a signal killed it stands in the log."""
    terminal = begin(Breaking)
    assert isinstance(terminal, Breaking)
    terminal.crash(signal.SIGSEGV)
    terminal.wait_for(*BACK)
    text = terminal.log.read_text()
    assert "Fatal Python error: Segmentation fault" in text
    assert "killed by signal 11 (SIGSEGV)" in text


# --- the shell behind it


@pytest.mark.parametrize("kind", [Shell, Dash])
def test_scans_in_between_never_reach_the_shell(
    begin: Start, tmp_path: Path, kind: type[Shell]
) -> None:
    """From the kill to the comeback: nothing is run, nothing is echoed, and a bell sounds."""
    terminal = begin(kind)
    before = len(terminal.raw)
    terminal.crash()
    storm(terminal, "touch landed")
    shown = terminal.raw[before:]
    gap = shown[shown.index(CALM) : shown.rindex(b"\x1b[?1049h")]
    assert b"\a" in gap
    assert b"touch" not in gap
    terminal.key(CTRL_Q)
    assert isinstance(terminal, Shell)
    assert b"touch" not in terminal.left()
    assert calm(terminal)
    assert not (tmp_path / "landed").exists()


def test_scans_at_the_end_never_reach_the_shell(begin: Start, tmp_path: Path) -> None:
    """Also the scan that comes in while the program quits is thrown away."""
    terminal = begin(Shell)
    terminal.key(CTRL_Q)
    time.sleep(0.12)  # sooner, it would be a label that begins with that control character
    terminal.key(b"touch landed\r")
    assert isinstance(terminal, Shell)
    assert b"touch" not in terminal.left()
    assert calm(terminal)
    assert not (tmp_path / "landed").exists()


def test_suspended_and_continued(begin: Start) -> None:
    """Stopped by the shell's job control and brought back, it works as before."""
    terminal = begin(Shell)
    assert isinstance(terminal, Shell)
    os.killpg(terminal.keeper, signal.SIGTSTP)
    terminal.left()
    assert calm(terminal)
    terminal.key(b"fg\r")
    until(terminal, lambda: b"\x1b[?1049h" in terminal.raw.rpartition(b"alive")[2])
    terminal.scan(STRANGER)
    terminal.wait_for("unknown serial")
    terminal.key(CTRL_Q)
    terminal.left()
    assert calm(terminal)


# --- again and again


def test_a_program_that_cannot_live(begin: Start) -> None:
    """It is not started for ever; the page says what to do, and no scan gets out of it."""
    terminal = begin(Breaking)
    assert isinstance(terminal, Breaking)
    terminal.break_now("\x1b[2J broken for good")
    terminal.wait_for("cannot stay up", str(terminal.log), "Ctrl+Q leaves", "broken for good")
    assert b"\x1b[2J broken" not in terminal.raw
    shown = terminal.raw.rindex(b"broken for good")
    assert terminal.raw.rindex(b"\x1b[?1049l") < terminal.raw.rindex(b"\x1b[?1049h") < shown
    terminal.key(b"abc\x11def\r")
    terminal.key(b"\x11\x11")
    terminal.pause()
    terminal.pause()
    assert terminal.running
    assert terminal.quit() == CRASHED
    assert b"The error stands in" in terminal.raw
    assert terminal.modes_before == terminal.modes_after


def test_no_room_for_another_program(begin: Start) -> None:
    """Where the system cannot start the program, the keeper holds the terminal all the same."""
    terminal = begin(Breaking)
    assert isinstance(terminal, Breaking)
    terminal.breaks.with_suffix(".fork").touch()
    terminal.crash()
    terminal.wait_for("cannot stay up", "could not be started", "Cannot allocate memory")
    assert terminal.quit() == CRASHED


def test_a_unit_that_breaks_the_program_is_left_alone(begin: Start) -> None:
    """Where it crashes on coming back, it comes back on the queue."""
    terminal = begin(Breaking)
    assert isinstance(terminal, Breaking)
    terminal.scan(STRANGER)
    terminal.wait_for("unknown serial")
    terminal.crash()
    terminal.wait_for(*BACK, "bench  Receive")
    terminal.crash()
    terminal.wait_for(*BACK, "bench  Queue")
