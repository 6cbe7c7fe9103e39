"""The real program with consoles: recorded, followed again after a crash, sealed, and harmless.

Appliances are simulated, as processes of their own on real pseudo-terminals.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.evidence.capture_format import INDEX, RAW, Kind, decode
from bench.hardware.appliance_scripts import HALT, Scenario
from bench.hardware.appliance_scripts import Step as Say
from bench.hardware.capture_recovery import verify
from bench.hardware.simulated_appliance import SimulatedAppliance
from bench.policy.facts import Outcome
from bench.store.records import Step
from bench.workflow.capture import captures_of
from bench.workflow.capture_record import CaptureRecord
from tests.evidence.console_poison import POISON, acting
from tests.terminal.consoles import LABEL, ConsoleStation, Talker, plugged, sha
from tests.terminal.harness import END, PATIENCE
from tests.terminal.poison import clean, harmless
from tests.terminal.seeds import Seed, read, seed, wait_kept
from tests.terminal.stations import until_dead

UNIT = Seed("0332042024000931", "Pulse Secure", "PSA-300", outcome=Outcome.NO_TROUBLE_FOUND)
HOME, PAGE_DOWN, FOLLOW = b"\x1b[H", b"\x1b[6~", END
Open = Callable[..., ConsoleStation]
PHONE = Seed("3106018050699004", "Yealink", "SIP-T31P")
RECEIVED = [Step.EXPECTED, Step.RECEIVED]
ENOUGH = 8_000
"""Bytes after which a recording is under way."""
SEQUENCE = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]P_^Xk][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])"
)
MOVES_AND_COLOURS = re.compile(rb"[\d;]*[mH]\Z")


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Open]:
    """Starts stations with a unit received; what still records at the end is ended."""
    with ExitStack() as stack:

        def start(unit: Seed = UNIT, columns: int = 80, rows: int = 24) -> ConsoleStation:
            seed(tmp_path, [unit])
            terminal = ConsoleStation(tmp_path, columns, rows)
            stack.callback(terminal.no_recorder)
            stack.enter_context(terminal)
            hears(terminal, (unit.serial, "expected on RMA"), ("BENCHOK", "received as RMA"))
            return terminal

        yield start


@pytest.fixture
def port(tmp_path: Path) -> Path:
    """Where cable B of a station is."""
    return tmp_path / "ttyB"


@pytest.fixture
def talking(port: Path, station: Open) -> Iterator[tuple[ConsoleStation, Talker]]:
    """A station that records a console which talks without end."""
    talker = Talker(port)
    try:
        terminal = station()
        record(terminal)
        terminal.until(lambda: recorded(terminal) > ENOUGH)
        yield terminal, talker
    finally:
        talker.close()


def hears(terminal: ConsoleStation, *steps: tuple[str, str]) -> None:
    """Scans one text after the other, and waits each time for what is said of it."""
    for text, said in steps:
        terminal.scan(text)
        terminal.wait_for(*said.split("|"))


def record(terminal: ConsoleStation) -> None:
    """Scans the label of the cable, again where the program had not found the cable yet."""

    def begun() -> bool:
        if not terminal.folders:
            terminal.scan(LABEL)
            terminal.pause()
        return bool(terminal.folders) and (terminal.folder / RAW).exists()

    terminal.until(begun)


def recorded(terminal: ConsoleStation) -> int:
    """Bytes that are on disk."""
    return (terminal.folder / RAW).stat().st_size


def kinds(terminal: ConsoleStation) -> list[str]:
    """What the index tells, in order."""
    lines = (terminal.folder / INDEX).read_bytes().splitlines()
    return [decode(line).kind for line in lines]


def in_history(terminal: ConsoleStation, unit: Seed = UNIT) -> CaptureRecord:
    """Waits for the capture in the unit's history, and finds it whole beside its seal."""
    found = wait_kept(terminal, unit.serial, lambda kept: Step.CAPTURED in kept.steps())
    (record,) = captures_of(found.events)
    assert record.seal == terminal.meta().seal
    assert record.bytes == recorded(terminal)
    assert verify(terminal.folder, record.seal) == []
    return record


def on_console(terminal: ConsoleStation) -> None:
    """Shows the Console screen."""
    hears(terminal, ("BENCHPORT", "bench  Console"))


def test_the_whole_job_by_scans_only(port: Path, station: Open) -> None:
    """Unit, cable, what it says, sealed, diagnosed: on a small screen, without a key."""
    with plugged(port, "pulse", UNIT.serial):
        terminal = station()
        record(terminal)
        terminal.wait_for("bench  Console", "9.1R15", "Press Enter to modify")
        steps = (
            ("BENCHCLOSE", "sealed:|kept with its RMA|now the diagnosis"),
            ("BENCHTEST", "bench  Diagnose"),
            ("BENCHGOOD", "passed"),
            ("BENCHNTF", "diagnosed: no trouble found"),
        )
        hears(terminal, *steps)
    assert in_history(terminal).facts["firmware"].startswith("9.1R15")
    assert read(terminal, UNIT.serial).steps() == [*RECEIVED, Step.CAPTURED, Step.DIAGNOSED]
    terminal.until(lambda: not terminal.recorders())
    clean(terminal)


def test_a_killed_program_loses_nothing(talking: tuple[ConsoleStation, Talker]) -> None:
    """The recording goes on without a screen; the next one follows it, and seals it."""
    terminal, talker = talking
    (recorder,) = terminal.recorders()
    terminal.kill9()
    alone = recorded(terminal)
    terminal.until(lambda: recorded(terminal) > alone + ENOUGH)
    terminal.start()
    terminal.wait_for("console B ●")
    on_console(terminal)
    hash_said, size = talker.stop()
    terminal.wait_for(f"{size:,} bytes".replace(",", " "))
    assert terminal.recorders() == [recorder]
    hears(terminal, ("BENCHCLOSE", "sealed:|kept with its RMA"))
    assert in_history(terminal).gaps == 0
    assert sha(terminal.raw_bytes) == hash_said


def test_a_killed_recording_is_recovered(talking: tuple[ConsoleStation, Talker]) -> None:
    """It is said at once; what it had read stands in the history after the next start."""
    terminal, _ = talking
    (recorder,) = terminal.recorders()
    os.kill(recorder, signal.SIGKILL)
    terminal.wait_for("ended from outside")
    left = recorded(terminal)
    assert terminal.quit() == 0
    terminal.start()
    assert in_history(terminal).bytes >= left
    assert Kind.RECOVERED in kinds(terminal)


def test_quitting_seals(talking: tuple[ConsoleStation, Talker]) -> None:
    """ctrl+q ends what is recorded; nothing stays behind, nothing is missing in the history."""
    terminal, _ = talking
    (recorder,) = terminal.recorders()
    assert terminal.quit() == 0
    until_dead(recorder)
    assert terminal.meta().seal
    assert kinds(terminal)[-2:] == [Kind.CLOSE, Kind.HASH]
    terminal.start()
    in_history(terminal)


def test_unplugged_and_plugged_again(port: Path, station: Open) -> None:
    """It is said, waited for, and goes on in the same recording with the gap marked."""
    with SimulatedAppliance("loop", port, 30, {"serial": UNIT.serial}) as appliance:
        terminal = station()
        record(terminal)
        terminal.until(lambda: recorded(terminal) > 500)
        appliance.unplug()
        terminal.wait_for("UNPLUGGED", "unplugged: plug it in again")
        before = recorded(terminal)
        appliance.plug()
        terminal.wait_gone("UNPLUGGED")
        terminal.until(lambda: recorded(terminal) > before + 200)
        hears(terminal, ("BENCHCLOSE", "sealed:|kept with its RMA"))
    assert in_history(terminal).gaps == 1
    told = [kind for kind in kinds(terminal) if kind in (Kind.GONE, Kind.BACK)]
    assert told == [Kind.GONE, Kind.BACK]


# --- what a hostile console can do


UNFINISHED = re.compile(rb"\x1b(?:\[[0-9;?<>=]*)?\Z")


def said_by(raw: bytes) -> set[bytes]:
    """The sequences in what came out; of those that move and colour only which they are."""
    found = (sequence.group() for sequence in SEQUENCE.finditer(raw))
    return {MOVES_AND_COLOURS.sub(lambda m: m.group()[-1:], sequence) for sequence in found}


def unsteered(terminal: ConsoleStation, known: set[bytes]) -> None:
    """Nothing but what the program says of itself has come out."""
    clean(terminal)
    raw = UNFINISHED.sub(b"", terminal.raw)  # the program is painting just now
    assert said_by(raw) - known == set(), terminal.screen()
    text = SEQUENCE.sub(b"", raw).decode("utf-8", "backslashreplace")
    assert acting(text) <= {"\r", "\n"}, terminal.screen()


def poisoned() -> bytes:
    """Everything that acts, also where facts and failures are read."""
    evil = b"\n".join(b" ".join((b"%d" % n, piece)) for n, piece in enumerate(POISON))
    rows = [b"Serial Number: AB12\x1b]0;pwned\x07CD34", b"ata1.00: failed command: READ \x1b[2J"]
    rows += [b"password \x1b]52;c;aGk=\x07 hunter\x9b2J secret \xe2\x80\xaeabc"]
    rows += [b"Kernel panic - not syncing: " + piece for piece in POISON[:40]]
    return evil + b"\r\n" + b"\r\n".join(rows) + b"\r\nlogin: "


def evil() -> Scenario:
    """An appliance that says all of it, and nothing more."""
    boot = [Say(data=poisoned())]
    return Scenario("poison", "poison", 115200, {}, boot, HALT, {})


def look_through(terminal: ConsoleStation, known: set[bytes]) -> None:
    """All rows of the text, from the end to the beginning and back."""
    for key in (HOME, *[PAGE_DOWN] * 14, FOLLOW):
        terminal.key(key)
        terminal.glass.settle()
    unsteered(terminal, known)


def look_around(terminal: ConsoleStation, known: set[bytes]) -> None:
    """Lines, bytes, picture, and what the diagnosis and the copies take from it."""
    look_through(terminal, known)
    hears(terminal, ("BENCHHEX", "· bytes"))
    look_through(terminal, known)
    for code in ("BENCHSCREEN", "BENCHSCREEN"):
        terminal.scan(code)
        terminal.glass.settle()
        unsteered(terminal, known)
    if "is this the unit that you scanned?" in terminal.screen():
        hears(terminal, ("BENCHNEXT", "board swapped"))
    hears(terminal, ("BENCHTEST", "bench  Diagnose"), ("BENCHFOUND", "on the console"))
    unsteered(terminal, known)
    hears(terminal, ("BENCHPORT", "bench  Console"), ("BENCHCLOSE", "sealed:"))
    hears(terminal, ("BENCHTELL", "Hidden:"))
    terminal.key(*[PAGE_DOWN] * 8)
    terminal.glass.settle()
    unsteered(terminal, known)
    hears(terminal, ("BENCHOK", "copies written"), ("BENCHLOG", "bench  Record|HISTORY"))
    unsteered(terminal, known)


@pytest.mark.parametrize("what", ["poison", "hostile"])
def test_a_hostile_console_acts_on_nothing(port: Path, station: Open, what: str) -> None:
    """Everything that steers a terminal, on every screen that shows what a console said."""
    scenario = what if what == "hostile" else evil()
    with SimulatedAppliance(scenario, port, 0) as appliance:
        terminal = station(PHONE, 160, 48)
        steps = (("BENCHHELP", "Help ·"), ("BENCHLOG", "bench  Record"))
        hears(terminal, *steps, ("BENCHPORT", "bench  Console"))
        known = said_by(terminal.raw)
        record(terminal)
        assert appliance.wait_booted(PATIENCE)
        terminal.until(lambda: recorded(terminal) >= len(appliance.sent))
        terminal.wait_for("bench  Console", f"{recorded(terminal):,} bytes".replace(",", " "))
        look_around(terminal, known)
    in_history(terminal, PHONE)
    harmless(terminal)
