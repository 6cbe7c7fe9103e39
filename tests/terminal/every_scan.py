"""Scans of all speeds and ends, and typed lines, into the real program; what it takes them for.

Shared by a short test and by the benchmark that runs thousands.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, product
from pathlib import Path

from bench.scan.rma_number import LETTERS, barcode_text, format_number
from tests.terminal.harness import CR, CRLF, CTRL_F, ESCAPE, F2, F3, LF, ROOT, TAB, Terminal

Gaps = Callable[[random.Random], float]
SUFFIXES = (CR, LF, CRLF, TAB)
BETWEEN = 0.16
"""Seconds from one scan's end to the next one's beginning."""
USB = {f"usb {ms} ms": ms for ms in (0, 1, 5, 8, 16, 25)}


def steady(milliseconds: int) -> Gaps:
    """So many milliseconds a character."""
    return lambda _: milliseconds / 1000


SPEEDS: dict[str, Gaps] = {
    **{name: steady(ms) for name, ms in USB.items()},
    "bluetooth": lambda rng: rng.uniform(0.005, 0.06),
    "bunched": lambda rng: rng.choice([0.0, 0.0, 0.0, 0.0, 0.03, 0.03, 0.08]),
}
LINES = (
    *(
        "no dial tone",
        "broken display",
        "yes it rings",
        "RMA bkvl",
        "BKVL-VRFV",
        "psu 12V dead",
    ),
    *("Northgate Dental", "screen flickers", "rev B2", "hums", "48213", "T54W"),
)


class Recorded(Terminal):
    """A station that writes down what it takes for a scan."""

    def __init__(self, home: Path, columns: int = 80, rows: int = 24) -> None:
        super().__init__(home, columns, rows)
        self.record = home / "record"
        paths = f"{ROOT / 'tests' / 'terminal' / 'recorder'}:{ROOT}"
        self.extra = {"RECORD": str(self.record), "PYTHONPATH": paths}

    def heard(self) -> list[list[str]]:
        """What it was told so far."""
        if not self.record.exists():
            return []
        return [json.loads(line) for line in self.record.read_text().splitlines()]

    def forget(self) -> None:
        """Begins anew."""
        self.record.write_text("")


@dataclass
class Tally:
    """How scans of one speed fared."""

    sent: int = 0
    right: int = 0
    spoilt: int = 0
    wrong: list[str] = field(default_factory=list)
    """Taken for a scan, though nothing of the kind was sent."""
    typed: list[str] = field(default_factory=list)
    """Not taken for scans: refused, or taken for typing."""

    def add(self, sent: list[str], heard: list[list[str]]) -> None:
        """Compares what was sent with what was heard, in order."""
        self.sent += len(sent)
        waiting = list(sent)
        for word, text in heard:
            if word == "spoilt":
                self.spoilt += 1
            elif text in waiting:
                while (first := waiting.pop(0)) != text:
                    self.typed.append(first)
                self.right += 1
            else:
                self.wrong.append(text)
        self.typed += waiting


def serials(rng: random.Random) -> Iterator[str]:
    """Serials of 7 to 20 characters, each another one."""
    for number in count(1):
        letters = "".join(rng.choices("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", k=rng.randint(2, 15)))
        yield f"{letters}{number:05d}"


def refused_codes(rng: random.Random) -> Iterator[str]:
    """Codes that lead nowhere: unknown commands, and RMA numbers with a wrong letter."""
    for number in count(1):
        if number % 2:
            yield "BENCHX" + "".join(rng.choices("BCDGHJKLV", k=7))
        else:
            text = barcode_text(format_number("BK", number))
            yield text[:-1] + rng.choice(LETTERS.replace(text[-1], ""))


def moves(rng: random.Random) -> Iterator[str]:
    """Commands that bring other screens to the front."""
    while True:
        yield rng.choice(("BENCHBOX", "BENCHTEST", "BENCHSEND", "BENCHLOG", "BENCHRULES"))


def to_table(terminal: Terminal) -> None:
    """The queue has the keys."""
    terminal.key(ESCAPE)
    time.sleep(0.3)
    terminal.key(F2)
    terminal.wait_for("bench  Queue")


def to_field(terminal: Terminal) -> None:
    """A field of Receive has the focus."""
    terminal.scan("ZZ00FIELD77")
    terminal.wait_for("ZZ00FIELD77", "bench  Receive")
    time.sleep(0.3)
    terminal.key(TAB.encode())
    time.sleep(0.3)


def to_dialog(terminal: Terminal) -> None:
    """A line in a dialog has the focus."""
    terminal.key(CTRL_F)
    terminal.wait_for("Type a serial")


PLACES: dict[str, tuple[Callable[[Terminal], None], Callable[[random.Random], Iterator[str]]]] = {
    "table": (to_table, refused_codes),
    "field": (to_field, refused_codes),
    "dialog": (to_dialog, serials),
    "mounting": (to_table, moves),
}


def send(terminal: Terminal, text: str, gaps: Gaps, end: str, rng: random.Random) -> None:
    """One scan, character by character."""
    due = time.monotonic()
    for byte in (text + end).encode():
        time.sleep(max(0.0, due - time.monotonic()))
        terminal.key(bytes([byte]))
        due += gaps(rng)


Mixes = Mapping[str, Sequence[tuple[str, str]]]
"""For each place the speeds, each with an end."""
ALL: Mixes = {place: list(product(SPEEDS, SUFFIXES)) for place in PLACES}


def run(terminal: Recorded, each: int, rng: random.Random, mixes: Mixes = ALL) -> dict[str, Tally]:
    """`each` scans for every place, speed and end of `mixes`; how they fared, by speed."""
    tallies = {name: Tally() for name in SPEEDS}
    for place, mix in mixes.items():
        go, codes = PLACES[place]
        go(terminal)
        texts = codes(rng)
        for speed, end in mix:
            gaps = SPEEDS[speed]
            time.sleep(0.3)
            terminal.forget()
            sent = [next(texts) for _ in range(each)]
            for text in sent:
                send(terminal, text, gaps, end, rng)
                time.sleep(BETWEEN)
            time.sleep(0.35)
            settle(terminal, len(sent))
            terminal.lines()  # the emulator paints now, and not all at once in the end
            before = len(tallies[speed].wrong)
            tallies[speed].add(sent, terminal.heard())
            for text in tallies[speed].wrong[before:]:
                print(f"wrong: {text!r} at {speed}, {place}, {end!r}: {sent} {terminal.heard()}")
        if place == "dialog":
            terminal.key(ESCAPE)
            terminal.wait_gone("Type a serial")
    return tallies


def settle(terminal: Recorded, number: int) -> None:
    """Waits a while until so many have been heard."""
    deadline = time.monotonic() + 3
    while len(terminal.heard()) < number and time.monotonic() < deadline:
        time.sleep(0.02)


def type_lines(terminal: Recorded, lines: int, words: int, rng: random.Random) -> list[list[str]]:
    """Typed lines, each with enter, into a dialog; gives back what was taken for a scan.

    Each line must stand there as it was typed.
    """
    terminal.forget()
    for number in range(lines):
        line = LINES[number % len(LINES)]
        terminal.wait_gone(line)
        to_dialog(terminal)
        for character in line:
            terminal.key(character.encode())
            time.sleep(rng.lognormvariate(0, 0.5) * 12 / words / 1.133)
        terminal.wait_for(line)
        terminal.key(b"\r")
        terminal.wait_gone("Type a serial")
    return terminal.heard()


def kitty(text: str) -> bytes:
    """A text as the Kitty keyboard protocol sends keys that are no plain text: only controls.

    A letter's key has the number of the small letter, whatever is held down beside it.
    """
    numbers = {chr(n): n + (96 if n <= 26 else 64) for n in range(1, 32)}
    return b"".join(
        f"\x1b[{numbers[c]};5u".encode() if c in numbers and c not in "\r\t" else c.encode()
        for c in text
    )


__all__ = ["F3", "LINES", "PLACES", "SPEEDS", "Recorded", "Tally", "kitty", "run", "type_lines"]
