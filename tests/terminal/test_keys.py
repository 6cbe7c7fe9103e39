"""The whole job with keys alone, undo from everywhere, resizing, and the terminal handed back."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from bench.policy.facts import Contact, Outcome
from bench.store.records import State, Step
from tests.terminal.conftest import Open, together
from tests.terminal.harness import (
    CTRL_F,
    CTRL_R,
    CTRL_Z,
    ENTER,
    ESCAPE,
    F2,
    F3,
    F4,
    F6,
    F8,
    F9,
    Terminal,
)
from tests.terminal.poison import clean, harmless
from tests.terminal.seeds import Seed, read, seed, ups, wait_kept

SIZES = ((80, 24), (160, 48))
REPAIRED = Seed("RA774201")
UNTROUBLED = Seed("NB774202", outcome=Outcome.NO_TROUBLE_FOUND)
SHIPPED = [Step.EXPECTED, Step.RECEIVED, Step.DIAGNOSED, Step.TRACKING_SCANNED, Step.SHIPPED]


def type_code(terminal: Terminal, text: str) -> None:
    """Types what cannot be scanned."""
    terminal.key(CTRL_F)
    terminal.wait_for("Type a serial")
    terminal.type(text, wpm=160)
    terminal.wait_for(text)
    terminal.key(ENTER)
    terminal.wait_gone("Type a serial")


def press(terminal: Terminal, key: bytes, *texts: str) -> None:
    """Presses a key and waits for what it does."""
    terminal.key(key)
    terminal.wait_for(*texts)


def test_from_box_to_door(station: Open, tmp_path: Path) -> None:
    """Two units from the queue to shipped, without a scanner, on a small and a large screen."""
    jobs = {str(size): partial(repair, station, size) for size in SIZES}
    together(tmp_path, {**jobs, "contact": partial(contact, station)})


def repair(station: Open, size: tuple[int, int], home: Path) -> None:
    """A repair, with the fields reached by tab."""
    seed(home, [REPAIRED])
    terminal = station(home, *size)
    press(terminal, ENTER, "now scan the unit")
    type_code(terminal, REPAIRED.serial)
    terminal.wait_for("the right unit", "original packaging?")
    press(terminal, b"u", "■ signs of use")
    press(terminal, b"1", "■ power supply")
    press(terminal, b"y", "received as RMA")
    press(terminal, b"g", "passed")
    press(terminal, b"d", "failed")
    terminal.next_field()
    terminal.type("hums", wpm=160)
    terminal.key(ESCAPE)
    terminal.pause()
    press(terminal, b"r", "diagnosed: repair")
    type_code(terminal, ups(7))
    terminal.wait_for("has it left?")
    press(terminal, b"y", "scan the next unit")
    press(terminal, F2, "ON THE BENCH")
    rma = wait_kept(terminal, REPAIRED.serial, lambda kept: kept.steps() == SHIPPED).rma
    assert (rma.tracking, rma.outcome, rma.symptom) == (ups(7), Outcome.REPAIR, "hums")
    assert (rma.condition, rma.accessories) == ("used", ("psu",))
    assert rma.checks == {"power": "passed", "display": "failed"}
    assert terminal.quit() == 0


def contact(station: Open, home: Path) -> None:
    """No trouble found: the customer is asked until there is an answer; F-keys lead around."""
    seed(home, [UNTROUBLED])
    terminal = station(home)
    type_code(terminal, UNTROUBLED.serial)
    press(terminal, F4, "receive it first")
    press(terminal, ENTER, "original packaging?")
    press(terminal, b"n", "received as RMA")
    press(terminal, F6, "diagnose it first")
    press(terminal, ENTER, "bench  Diagnose")
    press(terminal, b"n", "diagnosed: no trouble found")
    press(terminal, b"a", "no answer, 1 try")
    press(terminal, F8, "bench  Record")
    press(terminal, ENTER, "do they want it back?")
    press(terminal, b"y", "scan the tracking number")
    press(terminal, b"h", "Why is it held?")
    terminal.key(ESCAPE)
    terminal.wait_gone("Why is it held?")
    type_code(terminal, ups(8))
    terminal.wait_for("has it left?")
    press(terminal, b"y", "scan the next unit")
    rma = read(terminal, UNTROUBLED.serial).rma
    assert (rma.contact, rma.contact_tries, rma.state) == (Contact.YES, 2, State.SHIPPED)
    assert rma.original_packaging is False


def test_undo_from_every_screen(station: Open, tmp_path: Path) -> None:
    """ctrl+z takes the last step back wherever one is, as a new event each time."""
    together(tmp_path, {str(size): partial(undo_everywhere, station, size) for size in SIZES})


def undo_everywhere(station: Open, size: tuple[int, int], home: Path) -> None:
    """Receives and undoes it, on each screen once."""
    seed(home, [REPAIRED])
    terminal = station(home, *size)
    screens = {F2: "Queue", F3: "Receive", F4: "Diagnose", F6: "Ship", F8: "Record"}
    for count, (key, word) in enumerate({**screens, CTRL_R: "Policy"}.items(), 1):
        terminal.scan(REPAIRED.serial)
        terminal.scan("BENCHOK")
        terminal.wait_for("received as RMA", "bench  Diagnose")
        press(terminal, key, f"bench  {word}")
        press(terminal, CTRL_Z, "Why is “received”")
        press(terminal, b"1", "undone: received", "bench  Receive")
        terminal.pause()
        found = read(terminal, REPAIRED.serial)
        assert found.steps() == [Step.EXPECTED, *[Step.RECEIVED, Step.UNDONE] * count]
        assert found.events[-1].reverses == found.events[-2].op_id
        assert found.rma.state is State.EXPECTED
    press(terminal, CTRL_Z, "!")
    assert len(read(terminal, REPAIRED.serial).steps()) == 13


def test_undo_step_by_step(station: Open, tmp_path: Path) -> None:
    """A shipped unit goes back to where it came from, one step at a time, and forward again."""
    seed(tmp_path, [REPAIRED])
    terminal = station()
    for text in (REPAIRED.serial, "BENCHOK", "BENCHFXD", ups(3), "BENCHOK"):
        terminal.scan(text)
    terminal.wait_for("scan the next unit")
    for name in ("shipped", "tracking number", "diagnosed", "received"):
        press(terminal, CTRL_Z, f"Why is “{name}”")
        press(terminal, b"1", f"undone: {name}")
        terminal.pause()
    rma = read(terminal, REPAIRED.serial).rma
    assert (rma.state, rma.tracking, rma.outcome) == (State.EXPECTED, "", None)
    for text in ("BENCHOK", "BENCHFXD", ups(4), "BENCHOK"):
        terminal.scan(text)
    found = wait_kept(terminal, REPAIRED.serial, lambda kept: kept.rma.state is State.SHIPPED)
    assert found.rma.tracking == ups(4)
    assert found.steps().count(Step.UNDONE) == 4


def test_resize_while_it_runs(station: Open, tmp_path: Path) -> None:
    """Any size on any screen, and a scan in between: nothing breaks, and all is painted again."""
    seed(tmp_path, [REPAIRED])
    terminal = station()
    terminal.scan(REPAIRED.serial)
    terminal.wait_for("expected on RMA")
    screens = {F2: "Queue", F3: "Receive", F4: "Diagnose", F6: "Ship", F8: "Record", F9: "Codes"}
    for key, word in screens.items():
        press(terminal, key, word)
        for columns, rows in ((160, 48), (40, 12), (80, 24)):
            terminal.resize(columns, rows)
            terminal.wait_for("bench")
        terminal.wait_for(word)
        clean(terminal)
    terminal.resize(160, 48)
    terminal.scan(REPAIRED.serial)
    terminal.scan("BENCHOK")
    terminal.wait_for("received as RMA", "UNIT", "CHECKS")
    harmless(terminal)


def test_the_terminal_is_handed_back(station: Open, tmp_path: Path) -> None:
    """After a normal end: the other screen is left, the cursor shown, the modes as they were."""
    seed(tmp_path, [REPAIRED])
    terminal = station()
    terminal.scan(REPAIRED.serial)
    terminal.wait_for("expected on RMA")
    assert terminal.quit() == 0
    raw = terminal.raw
    assert raw.rfind(b"\x1b[?1049l") > raw.rfind(b"\x1b[?1049h") > -1
    assert raw.rfind(b"\x1b[?25h") > raw.rfind(b"\x1b[?25l") > -1
    for mode in (1000, 1003, 1006, 1015, 2004):
        last = re.findall(rb"\x1b\[\?%d([hl])" % mode, raw)[-1]
        assert last == b"l", f"mode {mode} stays on"
    assert terminal.modes_before == terminal.modes_after
