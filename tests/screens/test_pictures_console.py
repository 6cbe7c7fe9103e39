"""Pictures of the Console screen, over captures written by hand: every second is the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest

from bench.app import BenchApp
from bench.evidence.capture_format import META, Meta, meta_json
from bench.hardware.appliance_scripts import load_scenario
from bench.hardware.captures import Running
from bench.settings import Settings
from bench.workflow.cables import Cable
from bench.workflow.capture import console_differed
from bench.workflow.capture_status import Status
from bench.workflow.consoles import ConsoleRules, Consoles, load_console_rules, reread
from bench.workflow.on_cable import OnCable
from tests.evidence.captures_by_hand import BEGUN, SECOND, Writer
from tests.screens.helpers import Bench
from tests.screens.test_pictures import SMALL, Compare
from tests.screens.test_pictures import after as after_scans

WIDE = (132, 40)
UNIT, OTHER, BOARD = "0332042024000931", "0332042018000417", "0332042017990442"
SEAL = "5b1f0c9a7e3d42868f60d1a4c7b2e9530a8d4f6e1c2b97035e8a6d4f0b3c1e72"
PULSE = "Pulse Secure"
PORTS = {"B": "/dev/ttyUSB0", "C": "/dev/ttyUSB1"}
IDS = {"B": "ab" * 16, "C": "cd" * 16}


@dataclass
class Recorded:
    """A bench whose two cables have recorded; what the pictures show."""

    bench: Bench
    home: Path
    rules: ConsoleRules
    units: dict[str, str]
    """RMAs by serial."""

    def cable(
        self, name: str, scenario: str, serial: str, said: str = "", live: bool = True
    ) -> Cable:
        """A cable with what an appliance said on it, and a unit; `said`: the serial it names."""
        unit = self.unit(serial)
        folder = self.home / name
        size = _write(folder, scenario, {"serial": said or serial, "model": unit.model})
        meta = Meta(IDS[name], name, PORTS[name], seal=SEAL, bytes=size, serial=serial)
        (folder / META).write_bytes(meta_json(meta))
        cable, sealed = reread(folder, self.rules)
        cable.unit = unit
        cable.profile = self.rules.profiles.profile_for(unit.brand, unit.model)
        cable.follow(1.0, BEGUN)
        ends = BEGUN + 60 * SECOND
        cable.status = Status("open", 9600, ends, ends, {}, True, 0, 0)
        if live:
            cable.meta, cable.running = None, Running(folder, sealed.id, 0, folder / "none")
        cable.recorded = not live
        return cable

    def unit(self, serial: str) -> OnCable:
        """A unit as its cable knows it."""
        rma = self.bench.rma(self.units[serial])
        with self.bench.desk() as desk:
            unit = desk.store.unit(rma.unit_id)
            assert unit is not None
        return OnCable(rma.id, rma.number, unit.id, serial, unit.brand, unit.model)

    def idle(self, name: str, there: bool = True) -> Cable:
        """A cable with nothing on it."""
        profile = self.rules.profiles.profile_for()
        cable = Cable(name, PORTS[name], self.rules.tables, profile)
        cable.there = there
        return cable

    def app(self, *cables: Cable, **more: Any) -> BenchApp:
        """The program with these cables, and no thread that looks after them."""
        app = self.bench.app(consoles=PORTS, **more)
        consoles = Consoles(app.settings, {one.name: one for one in cables}, _rules=self.rules)
        app.recording._consoles = consoles
        app.recording.start = lambda: None  # type: ignore[method-assign]
        return app


def _write(folder: Path, scenario: str, values: dict[str, str]) -> int:
    """A capture of an appliance's boot, a line a second; gives how many bytes it has."""
    writer = Writer(folder)
    writer.record("uncounted")
    boot = b"".join(step.data for step in load_scenario(scenario, values).boot)
    for line in boot.splitlines(keepends=True):
        writer.said(line)
    if scenario == "disk":
        writer.said(b"(or type Control-D to continue): ")
    else:
        writer.said(b"Serial Number: %s\r\n\r\nChoice: " % values["serial"].encode())
    return writer.size


def after(*scans: str, press: tuple[str, ...] = ()) -> Callable[[Any], Awaitable[None]]:
    """Scans and keys, and the lights of the consoles, which their thread would bring."""

    async def run(pilot: Any) -> None:
        await after_scans(*scans, press=press)(pilot)
        pilot.app.recording.show()
        for _ in range(3):
            await pilot.pause(0.05)

    return run


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """Two units on the bench, a minute after their consoles began."""
    clock = SimpleNamespace(time_ns=lambda: BEGUN + 62 * SECOND, monotonic=monotonic)
    monkeypatch.setattr("bench.screens.console.time", clock)
    bench = Bench(tmp_path / "bench.db")
    units = {
        UNIT: bench.received(UNIT, brand=PULSE, model="PSA-300"),
        OTHER: bench.received(OTHER, 400, brand=PULSE, model="PSA-3000"),
    }
    return Recorded(bench, tmp_path, load_console_rules(Settings()), units)


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["small", "wide"])
def test_no_cable(recorded: Recorded, snap_compare: Compare, size: tuple[int, int]) -> None:
    """Nothing is plugged in: what to do."""
    assert snap_compare(recorded.app(), terminal_size=size, run_before=after("BENCHPORT"))


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["small", "wide"])
def test_ready(recorded: Recorded, snap_compare: Compare, size: tuple[int, int]) -> None:
    """A unit in hand, a cable that is free, and one that is not plugged in."""
    app = recorded.app(recorded.idle("B"), recorded.idle("C", there=False))
    assert snap_compare(app, terminal_size=size, run_before=after(UNIT, "BENCHPORT"))


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["small", "wide"])
@pytest.mark.parametrize("theme", ["dark", "light", "contrast"])
def test_failing(
    recorded: Recorded, snap_compare: Compare, size: tuple[int, int], theme: str
) -> None:
    """A disk that dies, on the cable in focus; the other cable is free."""
    app = recorded.app(recorded.cable("B", "disk", UNIT), recorded.idle("C"), theme=theme)
    assert snap_compare(app, terminal_size=size, run_before=after(UNIT, "CONSOLEB"))


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["small", "wide"])
def test_other_serial(recorded: Recorded, snap_compare: Compare, size: tuple[int, int]) -> None:
    """The console names another serial than the label: both, and the question."""
    recorded.bench.do(console_differed, recorded.units[OTHER], IDS["C"], BOARD)
    cables = [
        recorded.cable("B", "disk", UNIT),
        recorded.cable("C", "other_serial", OTHER, BOARD),
    ]
    run = after(OTHER, "CONSOLEC")
    assert snap_compare(recorded.app(*cables), terminal_size=size, run_before=run)


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["small", "wide"])
def test_sealed(recorded: Recorded, snap_compare: Compare, size: tuple[int, int]) -> None:
    """A healthy start that is ended: the diagnosis is next."""
    cables = [recorded.idle("B"), recorded.cable("C", "pulse", OTHER, live=False)]
    app, run = recorded.app(*cables), after(OTHER, "BENCHPORT", press=("c",))
    assert snap_compare(app, terminal_size=size, run_before=run)


def test_unlocked(recorded: Recorded, snap_compare: Compare) -> None:
    """Typing to the unit: whose console it is, and how to lock it again."""
    app = recorded.app(recorded.cable("C", "other_serial", OTHER), recorded.idle("B"))
    run = after(OTHER, "CONSOLEC", press=("t",))
    assert snap_compare(app, terminal_size=WIDE, run_before=run)


def test_bytes(recorded: Recorded, snap_compare: Compare) -> None:
    """The same text as bytes."""
    app = recorded.app(recorded.cable("B", "disk", UNIT), recorded.idle("C"))
    run = after(UNIT, "CONSOLEB", press=("x",))
    assert snap_compare(app, terminal_size=WIDE, run_before=run)


def test_unplugged(recorded: Recorded, snap_compare: Compare) -> None:
    """The cable was pulled while it was recorded."""
    cable = recorded.cable("B", "disk", UNIT)
    assert cable.status is not None
    cable.status = replace(cable.status, state="gone", gaps=1)
    app = recorded.app(cable, recorded.idle("C"))
    assert snap_compare(app, terminal_size=WIDE, run_before=after(UNIT, "CONSOLEB"))
