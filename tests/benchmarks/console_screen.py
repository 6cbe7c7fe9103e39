"""The program's answer to keys while a console talks: 50,000 lines a second, a quiet one, none.

`python -m tests.benchmarks.console_screen [SECONDS] [LINES] [checked]`: the real program on a
pseudo-terminal of 160 x 48 with one console cable. Keys are pressed one after the other (bytes and
back, up and to the end, Record and back to the Console); milliseconds from the key to the first
answer on the glass (the key shown as pressed, or its effect) and to its effect, found by playing
the recorded output into a terminal's screen afterwards, so that the finding costs the program
nothing.
Letters and function keys wait 100 ms in the scan gate before they act: they might be a scanner's;
45 ms where a quick scanner was checked (`checked`).
Beside it: what was lost by hash, and the processor time of program and capture process.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pyte

from bench.evidence.capture_format import INDEX, RAW
from bench.scan.profile import Profile
from bench.workflow.scanner_profile import save_profile
from tests.benchmarks.figures import machine, row, spread
from tests.terminal.consoles import LABEL, ConsoleStation, sha
from tests.terminal.harness import F8, UP
from tests.terminal.seeds import Seed, seed

F5, END = b"\x1b[15~", b"\x1b[F"
UNIT = Seed("0332042024000931", brand="Pulse Secure", model="PSA-300")
COLUMNS, ROWS = 160, 48
CHECKED = "checked"
QUICK = Profile("us", "US", caps=False, median_ms=2.0, p95_ms=5.0, learned="2026-11-26")
"""What the scanner check finds of a usual USB scanner."""
THOUGHT = (0.25, 0.45)
"""Seconds between two keys."""
SETTLED = 5.0
"""Seconds after which the program has loaded all that its start could do without."""
TEXT_ROWS, TEXT_COLUMN = range(6, 43), 70
"""Where nothing but the text of the console is."""
Seen = Callable[[pyte.Screen], bool]


def _title(word: str) -> Seen:
    return lambda screen: word in screen.display[0]


def _shown(text: str, there: bool = True) -> Seen:
    return lambda screen: any(text in line for line in screen.display) is there


def _chosen(screen: pyte.Screen) -> bool:
    """Whether one row of the text stands out."""
    return len({screen.buffer[y][TEXT_COLUMN].bg for y in TEXT_ROWS}) > 1


def _none_chosen(screen: pyte.Screen) -> bool:
    return not _chosen(screen)


def _pressed(screen: pyte.Screen) -> bool:
    """Whether a key is shown as pressed, in NEXT or in the line of the keys."""
    rows = range(ROWS - 4, ROWS)
    return any(screen.buffer[y][x].reverse for y in rows for x in range(COLUMNS))


Tried = tuple[str, bytes, bytes, Seen]
X_ON: Tried = ("x: bytes", b"x", b"\xc2\xb7 bytes", _shown("· bytes"))
X_OFF: Tried = ("x: lines", b"x", b"", _shown("· bytes", there=False))
HELD: Tried = ("up: hold", UP, b"new line", _chosen)
FREE: Tried = ("end: follow", END, b"", _none_chosen)
AWAY: Tried = ("F8: Record", F8, b"Record", _title(" Record "))
BACK: Tried = ("F5: Console", F5, b"Console", _title(" Console "))
"""A key's name, the key, bytes without which its effect has not come (the next key, on another
screen than meant, would do something else), and its effect on the glass."""
FLOOD, STILL, NONE = (X_ON, X_OFF, HELD, FREE, AWAY, BACK), (X_ON, X_OFF, AWAY, BACK), (AWAY, BACK)


def with_scanner(settings: Path) -> None:
    """Names the file of the scanner check in a settings file, beside it."""
    text = settings.read_text()
    assert "[station]" in text
    station = '[station]\nscanner = "scanner.json"\nonly_scanner = true'
    settings.write_text(text.replace("[station]", station, 1))


class Watched(ConsoleStation):
    """A station whose output is kept with the time at which each piece came."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, COLUMNS, ROWS)
        if CHECKED in sys.argv:
            save_profile(home / "scanner.json", QUICK)
            with_scanner(self.settings)
        self.pieces: list[tuple[float, bytes]] = []

    def kill9(self) -> None:
        """Ends what records, too."""
        super().kill9()
        self.no_recorder()

    def spawn(self) -> None:
        """Starts it, and keeps its pieces."""
        super().spawn()
        add = self.glass.add

        def keep(data: bytes) -> None:
            self.pieces.append((time.perf_counter(), data))
            add(data)

        self.glass.add = keep  # type: ignore[method-assign]


@dataclass
class Pressed:
    """A key, when it was pressed, and how its effect is known."""

    name: str
    at: float
    seen: Seen
    took: float | None = None
    """Milliseconds to its effect."""
    answered: float | None = None
    """Milliseconds to the first sign that it was heard."""


@dataclass
class Figures:
    """What a run gave."""

    keys: list[Pressed] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)
    """Seconds of processor a second of the clock."""
    told: str = ""


def cpu(process: int) -> float:
    """Seconds of processor time that a process has used."""
    parts = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def press(station: Watched, keys: tuple[Tried, ...], seconds: float) -> list[Pressed]:
    """Presses keys in turn."""
    pick, done, number = random.Random(3), list[Pressed](), 0
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or number % len(keys):
        name, key, sign, seen = keys[number % len(keys)]
        time.sleep(pick.uniform(*THOUGHT))
        before = len(station.raw)
        done.append(Pressed(name, time.perf_counter(), seen))
        station.key(key)
        came(station, sign, before)
        number += 1
    time.sleep(1.0)
    return done


def came(station: Watched, sign: bytes, before: int) -> None:
    """Waits until bytes have come out since a moment."""
    station.until(lambda: sign in station.raw[before:])


def find(station: Watched, keys: list[Pressed], start: int) -> None:
    """Plays what came out, and finds when each key had its effect."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    waiting = list(keys)
    for number, (at, data) in enumerate(station.pieces):
        stream.feed(data)
        if number < start or not waiting or at < waiting[0].at:
            continue
        if waiting[0].answered is None and _pressed(screen):
            waiting[0].answered = (at - waiting[0].at) * 1000
        while waiting and waiting[0].at <= at and waiting[0].seen(screen):
            key = waiting.pop(0)
            key.took = (at - key.at) * 1000
            key.answered = key.answered or key.took
            if waiting and waiting[0].at > at:
                break


def feed(port: Path, seconds: float, lines: int) -> subprocess.Popen[bytes]:
    """The console, ready to talk."""
    command = [sys.executable, "-m", "tests.benchmarks.console_feed", str(port)]
    pipe = subprocess.PIPE
    process = subprocess.Popen([*command, str(seconds), str(lines)], stdin=pipe, stdout=pipe)
    assert process.stdout
    process.stdout.readline()
    return process


def begun(station: Watched) -> None:
    """The unit in hand, and its cable."""
    station.scan(UNIT.serial)
    station.wait_for("expected on RMA")
    station.scan("BENCHOK")
    station.wait_for("received as RMA")
    station.scan(LABEL)
    station.wait_for("recording: switch the unit on")


def flooded(seconds: float, lines: int) -> Figures:
    """With a console that talks."""
    with tempfile.TemporaryDirectory() as name:
        home, found = Path(name), Figures()
        seed(home, [UNIT])
        station = Watched(home)
        console = feed(station.port, seconds + SETTLED + 5, lines)
        with station:
            begun(station)
            time.sleep(SETTLED)
            before = len(station.pieces)
            recorder = station.meta().pid
            cpus = {"program": station.program, "capture process": recorder}
            start, used = time.perf_counter(), {n: cpu(p) for n, p in cpus.items()}
            found.keys = press(station, FLOOD, seconds)
            took = time.perf_counter() - start
            found.cpu = {n: (cpu(p) - used[n]) / took for n, p in cpus.items()}
            station.screen()  # the emulator's own backlog is not the program's
            assert console.stdout
            told = json.loads(console.stdout.readline())
            station.until(lambda: (station.folder / RAW).stat().st_size == told["bytes"])
            same = sha(station.raw_bytes) == told["sha"]
            index = (station.folder / INDEX).stat().st_size
            shown = caught_up(station, told["bytes"])
            station.scan("BENCHCLOSE")
            station.wait_for("sealed")
            find(station, found.keys, before)
            console.communicate()
        output = sum(len(d) for at, d in station.pieces if start <= at <= start + took) / took
        found.told = (
            f"{told['bytes']:,} bytes, {'equal' if same else 'NOT EQUAL'} by hash; late at most "
            f"{told['late'] * 1000:.0f} ms; index {index:,} bytes; all of it on the screen "
            f"{shown:.1f} s after its end; {output / 1000:.0f} kB/s painted"
        )
    return found


def caught_up(station: Watched, size: int) -> float:
    """Seconds until the screen tells of all bytes."""
    begun = time.perf_counter()
    station.wait_for(f"{size:,}".replace(",", " "))
    return time.perf_counter() - begun


def quiet(seconds: float, console: bool) -> Figures:
    """With a console that says nothing, or without one."""
    with tempfile.TemporaryDirectory() as name:
        home, found = Path(name), Figures()
        seed(home, [UNIT])
        station = Watched(home)
        talker = feed(station.port, 3600, 1) if console else None
        with station:
            if console:
                begun(station)
            else:
                station.scan(UNIT.serial)
                station.wait_for("expected on RMA")
                station.scan("BENCHOK")
                station.key(F5)
                station.wait_for("bench  Console")
            time.sleep(SETTLED)
            before = len(station.pieces)
            start, used = time.perf_counter(), cpu(station.program)
            found.keys = press(station, STILL if console else NONE, seconds)
            found.cpu = {"program": (cpu(station.program) - used) / (time.perf_counter() - start)}
            find(station, found.keys, before)
            if talker is not None:
                talker.kill()
                talker.communicate()
    return found


def report(what: str, found: Figures) -> None:
    """The figures of one run."""
    print(what)
    took = [key.took for key in found.keys if key.took is not None]
    heard = [key.answered for key in found.keys if key.answered is not None]
    print(row(f"  {len(heard)} keys to the first answer", spread(heard)))
    print(row(f"  {len(took)} keys to the effect", spread(took)))
    for name in dict.fromkeys(key.name for key in found.keys):
        of = [key for key in found.keys if key.name == name]
        if any(key.took is not None for key in of):
            heard = [key.answered for key in of if key.answered is not None]
            print(row(f"    {name}, first answer", spread(heard)))
            print(row(f"    {name}", spread([k.took for k in of if k.took is not None])))
    lost = [key.name for key in found.keys if key.took is None]
    print(f"  without an effect: {lost or 'none'}")
    print("  " + ", ".join(f"{n} {share * 100:.0f} % of a core" for n, share in found.cpu.items()))
    if found.told:
        print(f"  {found.told}")


def main(seconds: float, lines: int) -> None:
    """All three."""
    print(machine())
    report("no console", quiet(seconds, console=False))
    report("a quiet console", quiet(seconds, console=True))
    report(f"a console with {lines:,} lines a second", flooded(seconds, lines))
    print(machine())


if __name__ == "__main__":
    rest = [word for word in sys.argv[1:] if word != CHECKED]
    main(*(float(rest[0]) if rest else 20.0, int(rest[1]) if rest[1:] else 50_000))
