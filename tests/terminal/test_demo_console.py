"""The consoles of `bench --demo` on a real terminal: two cables, and nothing that outlives it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bench.evidence.capture_format import read_meta
from bench.hardware.capture_recovery import verify
from tests.terminal.harness import ENTER
from tests.terminal.stations import BACK, Demo, Start, until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
UNIT, OTHER, BOARD = "0332042024000931", "0332042018000417", "0332042017990442"


@pytest.fixture
def demo(begin: Start) -> Iterator[Demo]:
    """The demo, wide enough for everything; a test that fails leaves no process behind."""
    terminal = begin(Demo)
    assert isinstance(terminal, Demo)
    yield terminal
    for process in of_demo(terminal.home):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def of_demo(home: Path) -> list[int]:
    """The processes that a demo under this folder has started."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            said = (process / "cmdline").read_text().replace("\0", " ")
            files = [str(file.readlink()) for file in (process / "fd").iterdir()]
        except OSError:
            continue
        if "bench.hardware." in said and any(str(home) in text for text in (said, *files)):
            found.append(int(process.name))
    return found


def captures(terminal: Demo) -> list[Path]:
    """The recordings of a demo that runs."""
    return sorted((terminal.home / "tmp").glob("*/captures/*/*"))


def over(terminal: Demo) -> Callable[[], bool]:
    """Whether nothing of the demo runs or lies there any more."""
    return lambda: not of_demo(terminal.home) and not list((terminal.home / "tmp").iterdir())


def test_a_failing_unit_is_recorded_sealed_and_gone(demo: Demo) -> None:
    """Quitting ends appliances and recordings."""
    demo.scan(UNIT)
    demo.wait_for("Diagnose", "boots on the console")
    demo.scan("CONSOLEB")
    demo.wait_for("disk error on ata1", "PSA-300", UNIT + " ✔")
    assert len(of_demo(demo.home)) == 3, "two appliances and a recording"
    demo.scan("BENCHCLOSE")
    demo.wait_for("sealed", "kept with its RMA")
    (folder,) = captures(demo)
    meta = read_meta(folder)
    assert meta.serial == UNIT
    assert verify(folder, meta.seal) == []
    demo.scan("BENCHRECORD")
    demo.wait_for("recording: switch the unit on", "Serial Number: " + UNIT)
    assert demo.quit() == 0
    until(demo, over(demo))


def test_the_other_cable_names_another_serial(demo: Demo) -> None:
    """Enter at its menu shows whose board it is."""
    demo.scan(OTHER)
    demo.wait_for("PSA-3000")
    demo.scan("CONSOLEC")
    demo.wait_for("Press Enter to modify system settings.")
    demo.key(b"t")
    demo.wait_for("UNLOCKED")
    demo.key(ENTER)
    demo.wait_for(BOARD, "is this the unit that you scanned?")
    assert demo.quit() == 0
    until(demo, over(demo))


def test_after_a_crash_the_appliances_are_there_again(demo: Demo) -> None:
    """The recording went on without the program, and is followed again; so is the unit."""
    demo.scan(UNIT)
    demo.wait_for("PSA-300")
    demo.scan("CONSOLEB")
    demo.wait_for("9600 baud · found by listening")
    demo.crash()
    demo.wait_for(*BACK)
    demo.wait_for("Console", "cable out", "Serial Number: " + UNIT)
    assert len(captures(demo)) == 1
    assert len(of_demo(demo.home)) == 3
    assert demo.quit() == 0
    until(demo, over(demo))


def test_nothing_is_left_when_the_terminal_goes(demo: Demo) -> None:
    """In the midst of a recording, and of a crash: the keeper ends what the program has begun."""
    demo.scan(UNIT)
    demo.wait_for("PSA-300")
    demo.scan("CONSOLEB")
    demo.wait_for("found by listening")
    assert len(of_demo(demo.home)) == 3
    demo.crash()
    demo.hang_up()
    until(demo, over(demo))
