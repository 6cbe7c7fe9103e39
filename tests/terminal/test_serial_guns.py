"""Two scanners in serial mode at one station: both are heard and answered, each has its light."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from bench.store.records import Step
from tests.terminal.guns import Gun, equipped, gun
from tests.terminal.harness import PATIENCE, Terminal
from tests.terminal.seeds import Seed, read, seed

MINE, OTHER = Seed("3146023104410271"), Seed("3146022087120934")
ISO_15434 = "[)>\x1e06\x1dS{}\x1d1PT54W\x1e\x04"
"""ISO/IEC 15434, format 06: a serial (S) and the maker's part number (1P) of ANSI MH10.8.2."""
ACK, NAK = b"\x06", b"\x15"


class Bench(NamedTuple):
    """A station with two scanners in serial mode."""

    terminal: Terminal
    north: Gun
    south: Gun
    """The one that wants to be told whether a code was good."""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Two units expected, both scanners plugged in and ready."""
    seed(tmp_path, [MINE, OTHER])
    with ExitStack() as stack:
        north, south = Gun(tmp_path / "north"), Gun(tmp_path / "south")
        for scanner in (north, south):
            stack.enter_context(scanner)
        terminal = Terminal(tmp_path, 160, 48)
        guns = gun("North", north.link) + gun("South", south.link, "ack")
        terminal.settings.write_text(equipped() + guns)
        stack.enter_context(terminal)
        terminal.wait_for("scanner ○●●")
        yield Bench(terminal, north, south)


def test_both_are_heard_and_each_has_its_light(bench: Bench) -> None:
    """Scans of either and of the keyboard; pulled out and plugged in again, it goes on."""
    terminal, north, south = bench
    north.scan(MINE.serial)
    terminal.wait_for(MINE.serial, "expected on RMA")
    south.scan("BENCHOK")
    terminal.wait_for("received as RMA")
    terminal.scan(OTHER.serial)
    terminal.wait_for(OTHER.serial, "expected on RMA", "scanner ●●●")
    north.unplug()
    terminal.wait_for("scanner ●◌●", "North was unplugged: plug it in again")
    south.scan(MINE.serial)
    terminal.wait_for(MINE.serial, "already here")
    north.plug()
    terminal.wait_for("scanner ●●●")
    north.scan("BENCHFXD")
    terminal.wait_for("diagnosed: repair")
    north.scan("BENCHSEEN")
    terminal.wait_for("The last scans", "North", "South", "keyboard")
    assert read(terminal, MINE.serial).steps()[1:] == [Step.RECEIVED, Step.DIAGNOSED]
    assert terminal.quit() == 0


def test_a_label_of_several_fields_keeps_its_separators(bench: Bench) -> None:
    """GS and RS arrive as they are by serial: the serial is taken from its field."""
    terminal, north, south = bench
    for scanner, unit in ((north, MINE), (south, OTHER)):
        label = ISO_15434.format(unit.serial)
        scanner.scan(label)
        terminal.wait_for(unit.serial, "expected on RMA")
        scanner.scan("BENCHOK")
        terminal.wait_for("received as RMA")
        assert read(terminal, unit.serial).events[-1].data["label"] == label
    assert terminal.quit() == 0


def test_a_scanner_that_waits_is_answered(bench: Bench) -> None:
    """A good code and a warning get ACK, a refusal gets NAK; the other scanner hears nothing."""
    terminal, north, south = bench
    for code, answer, said in (
        (MINE.serial, ACK, "expected on RMA"),
        ("BENCHXLL", NAK, "BENCHXLL is no command"),
        ("QX77-0042-ZK", ACK, "unknown serial"),
        (OTHER.serial, ACK, "expected on RMA"),
    ):
        south.scan(code)
        terminal.wait_for(said)
        assert south.answers(PATIENCE) == answer, code
    north.scan("BENCHXLL")
    terminal.wait_for("BENCHXLL is no command")
    assert (north.answers(), south.answers()) == (b"", b"")
    assert terminal.quit() == 0
