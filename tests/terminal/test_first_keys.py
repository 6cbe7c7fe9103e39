"""Labels that begin with a key: neither their first characters nor odd bytes press anything."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from bench.store.records import Step
from tests.terminal.conftest import together
from tests.terminal.every_scan import Recorded, kitty, refused_codes
from tests.terminal.harness import (
    CTRL_Z,
    ENTER,
    ESCAPE,
    F1,
    PATIENCE,
    UP,
    Terminal,
)
from tests.terminal.poison import MINE, clean
from tests.terminal.seeds import read, seed

F10 = b"\x1b[21~"
CONTROLS = ("\x11", "\x1a", "\x1d", "\x02", "\x0c")
"""ctrl+q, ctrl+z, GS, STX and ctrl+l."""
FAST, SLOWER = 0.0, 0.005
KEYS = {
    **{control.encode(): (FAST, SLOWER) for control in CONTROLS},
    **{F1: (FAST, SLOWER), F10: (FAST, SLOWER), UP: (FAST,)},
}
"""Each key, and seconds a character. (No label has an arrow; only as ESC, [ and A at one time.)"""
ACTED = (b"Help \xc2\xb7", b"Why is \xe2\x80\x9c", b"there is no lock", b"Scanner check", b"Policy")
"""What stands on the glass where one of these keys was pressed."""
RECEIVED = [Step.EXPECTED, Step.RECEIVED]
HUMS = "hums"


class Busy(Recorded):
    """A station with a received unit, so that there is something to undo."""

    def start(self) -> None:
        """Receives the unit."""
        super().start()
        for text in (MINE.serial, "BENCHOK"):
            self.scan(text)
        self.wait_for("received as RMA", "bench  Diagnose")


def to_queue(terminal: Terminal) -> None:
    """The queue has the keys."""
    terminal.scan("BENCHDESK")
    terminal.wait_for("ON THE BENCH")


def to_field(terminal: Terminal) -> None:
    """A field of Diagnose has the focus, and something stands there."""
    terminal.next_field()
    terminal.type(HUMS, wpm=160)
    terminal.wait_for(f"symptom {HUMS}")


def to_dialog(terminal: Terminal) -> None:
    """A question is open that letters and digits would answer."""
    terminal.scan("BENCHHOLD")
    terminal.wait_for("Why is it held?")


PLACES: dict[str, tuple[Callable[[Terminal], None], str]] = {
    "queue": (to_queue, "bench  Queue"),
    "field": (to_field, f"symptom {HUMS}"),
    "dialog": (to_dialog, "Why is it held?"),
}


def labels(codes: Iterator[str], key: bytes) -> Iterator[list[bytes]]:
    """Codes that lead nowhere with this key first, second, and as both; a list of presses each."""
    for first, second in ((True, False), (False, True), (True, True)):
        letters = [letter.encode() for letter in next(codes)]
        if second:
            letters.insert(0 if first else 1, key)
        yield [key, *letters] if first else letters


def press_all(terminal: Terminal, presses: list[bytes], gap: float) -> None:
    """Presses keys as a scanner does, each whole, and Enter."""
    for press in (*presses, ENTER):
        terminal.key(press)
        time.sleep(gap)


def dealt_with(terminal: Recorded, number: int) -> list[list[str]]:
    """Waits until so many scans have been taken or refused, and gives all of them."""
    deadline = time.monotonic() + PATIENCE
    while len(heard := terminal.heard()) < number:
        assert time.monotonic() < deadline, f"{heard}\n{terminal.screen()}"
        time.sleep(0.02)
    return heard


def all_dealt_with(terminal: Recorded, scans: Iterator[list[bytes]], gap: float) -> None:
    """Each scan is taken or refused, once."""
    for label in scans:
        terminal.forget()
        press_all(terminal, label, gap)
        heard = dealt_with(terminal, 1)
        assert len(heard) == 1, (label, gap, heard)


def nothing_pressed(terminal: Terminal, shown: str, seen: int) -> None:
    """The program runs, is where it was, and none of the keys has acted."""
    terminal.wait_for(shown)
    clean(terminal)
    after = terminal.raw[seen:]
    assert [text for text in ACTED if text in after] == [], terminal.screen()
    assert read(terminal, MINE.serial).steps() == RECEIVED


def first_keys(place: str, home: Path) -> None:
    """Every key in front of a label, in one place: the label is taken, or refused in words."""
    seed(home, [MINE])
    with Busy(home, 120, 40) as terminal:
        go, shown = PLACES[place]
        go(terminal)
        terminal.glass.settle()
        terminal.forget()
        seen, codes = len(terminal.raw), plain_codes()
        for key, gaps in KEYS.items():
            for gap in gaps:
                all_dealt_with(terminal, labels(codes, key), gap)
            nothing_pressed(terminal, shown, seen)
        a_person_presses(terminal, place)


def plain_codes() -> Iterator[str]:
    """Codes that lead nowhere, none with a key in it."""
    return refused_codes(random.Random(3))


def a_person_presses(terminal: Terminal, place: str) -> None:
    """The same keys by hand, a moment later: they do what they are for."""
    terminal.pause()
    if place == "dialog":
        terminal.key(ESCAPE)
        terminal.wait_gone("Why is it held?")
    for key, text in ((F1, "Help ·"), (CTRL_Z, "Why is “received”"), (F10, "Scanner check")):
        terminal.key(key)
        terminal.wait_for(text)
        terminal.key(ESCAPE)
        terminal.wait_gone(text)
        terminal.pause()
    assert terminal.quit() == 0


def test_first_keys(tmp_path: Path) -> None:
    """In the queue, in a field, and in a dialog."""
    together(tmp_path, {place: partial(first_keys, place) for place in PLACES})


def test_kitty_keyboard_protocol(tmp_path: Path) -> None:
    """The same control characters as a terminal with that protocol sends them, and capitals."""
    seed(tmp_path, [MINE])
    with Busy(tmp_path, 120, 40) as terminal:
        to_queue(terminal)
        terminal.glass.settle()
        terminal.forget()
        seen, codes = len(terminal.raw), plain_codes()
        for control in CONTROLS:
            all_dealt_with(terminal, labels(codes, kitty(control)), 0.002)
        terminal.forget()
        capitals = [f"\x1b[{ord(letter)};2u".encode() for letter in "benchxvvv"]
        press_all(terminal, capitals, 0.002)
        assert dealt_with(terminal, 1) == [["scan", "BENCHXVVV"]]
        terminal.wait_for("BENCHXVVV is no command")
        nothing_pressed(terminal, "bench  Queue", seen)
        assert terminal.quit() == 0


def test_bytes_that_are_no_utf8(tmp_path: Path) -> None:
    """Odd bytes and labels in Latin-1 are taken or refused, and the next scan lands."""
    seed(tmp_path, [MINE])
    with Busy(tmp_path, 120, 40) as terminal:
        to_queue(terminal)
        seen = len(terminal.raw)
        for odd in (b"\xff", b"\xc3", b"\xfe\xff", b"\xed\xa0\x80"):
            terminal.key(odd)
            terminal.pause()
        terminal.forget()
        for label in (b"BENCHX\xe9\xff\r", b"BENCHX7\xc3\r", b"B\xe9NCHX45678\r"):
            terminal.forget()
            terminal.key(label)
            assert len(dealt_with(terminal, 1)) == 1
        nothing_pressed(terminal, "bench  Queue", seen)
        terminal.wait_for("different languages")
        for text in ("BENCHNO", MINE.serial):
            terminal.scan(text)
        terminal.wait_for("already here")
        assert terminal.quit() == 0


def test_a_paste_into_a_field_and_elsewhere(tmp_path: Path) -> None:
    """A code with its end is a scan anywhere; words stay in the field; lines are several scans."""
    seed(tmp_path, [MINE])
    with Busy(tmp_path, 120, 40) as terminal:
        terminal.next_field()
        terminal.paste("no dial tone")
        terminal.wait_for("symptom no dial tone")
        terminal.forget()
        terminal.paste("BENCHXLL\r")
        terminal.wait_for("BENCHXLL is no command", "symptom no dial tone")
        assert terminal.heard() == [["scan", "BENCHXLL"]]
        terminal.next_field()
        terminal.paste("hangs, then\nboots\n")
        terminal.wait_for("findings hangs, then boots")
        assert len(terminal.heard()) == 1
        to_queue(terminal)
        terminal.forget()
        terminal.paste("BENCHXCC\nBENCHXDD\r\nBENCHXFF\n")
        terminal.wait_for("BENCHXFF is no command")
        assert terminal.heard() == [["scan", f"BENCHX{two}"] for two in ("CC", "DD", "FF")]
        assert terminal.quit() == 0
