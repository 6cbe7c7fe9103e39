"""Text that would act on a terminal or on markup, and the check that it did not."""

from __future__ import annotations

from pathlib import Path

from tests.terminal.conftest import Open
from tests.terminal.harness import CTRL_R, ESCAPE, F1, F8, Terminal
from tests.terminal.seeds import Seed, seed

MINE = Seed("3146023104410271")
STRANGER = "QX77-0042-ZK"
POISON = (
    "\x1b]0;pwned\x07",
    "\x1b]52;c;aGk=\x1b\\",
    "\x1b[2J",
    "\x9b31m",
    "[/]",
    "[@click=app.quit]",
    "[bold",
    "😀👩\u200d👧",
    "\u202eabc",
)
LONG = "x" * 10_000
NEVER = (b"\x1b]0;", b"\x1b]52;", b"\x1b[2J", b"\xc2\x9b", b"\xe2\x80\xae", b"something is wrong")
"""What may never come out of the program. None of it does without poison either."""


def clean(terminal: Terminal) -> None:
    """The program still runs, and nothing that steers a terminal has come out of it."""
    assert terminal.running, terminal.screen()
    raw = terminal.raw
    assert [bad for bad in NEVER if bad in raw] == [], terminal.screen()


def harmless(terminal: Terminal) -> None:
    """As `clean`; and the program answers."""
    terminal.key(F1)
    terminal.wait_for("Help ·")
    terminal.key(ESCAPE)
    terminal.wait_gone("Help ·")
    clean(terminal)


def at(station: Open, home: Path, place: str) -> Terminal:
    """A wide station that shows one of the screens with fields."""
    seed(home, [MINE])
    terminal = station(home, 160, 48)
    if place == "policy":
        terminal.key(CTRL_R)
        terminal.wait_for("WHAT IF")
        return terminal
    if place == "receive":
        terminal.scan(STRANGER)
        terminal.wait_for("unknown serial")
        return terminal
    for text in (MINE.serial, "BENCHOK"):
        terminal.scan(text)
    terminal.wait_for("BENCHNTF")
    if place == "record":
        terminal.key(F8)
        terminal.wait_for("HISTORY")
    return terminal
