"""The consoles of the demo: simulated appliances on two cables, as long as the demo runs.

`data/demo.toml` says which of its units hangs on which cable, and how it fares. Not for Windows,
where a demo has no consoles.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from bench.datafile import Table, data_dir
from bench.settings import Settings
from bench.workflow.demo_home import CAPTURES

END = 5.0
"""Seconds that an appliance gets to end by itself."""


@dataclass(frozen=True, slots=True)
class DemoConsole:
    """One [[console]] of demo.toml."""

    name: str
    """The letter on the label of its cable."""
    appliance: str
    """What happens on it: an id of data/appliances.toml."""
    says: str
    """The serial that the appliance names."""
    model: str

    @property
    def values(self) -> Mapping[str, str]:
        """What the appliance says of itself."""
        return {"serial": self.says, "model": self.model}


def read_demo_consoles(table: Table, units: list[Table]) -> tuple[DemoConsole, ...]:
    """The consoles of a demo; each hangs on one of its units. Raises DataError."""
    from bench.hardware.appliance_scripts import load_scenarios  # late: Windows has no use for it

    models = {unit.text("serial"): unit.text("model", "") for unit in units}
    found, appliances = list[DemoConsole](), load_scenarios()
    for entry in table.tables("console", []):
        serial, appliance = entry.text("serial"), entry.text("appliance")
        if serial not in models:
            raise entry.wrong("serial", "the serial of a unit in this file", serial)
        if appliance not in appliances:
            raise entry.wrong("appliance", "one of " + ", ".join(appliances), appliance)
        says = entry.text("says", serial)
        found.append(DemoConsole(entry.text("name"), appliance, says, models[serial]))
        entry.done()
    return tuple(found)


@contextmanager
def with_consoles(settings: Settings, home: Path, speed: float = 1.0) -> Iterator[Settings]:
    """The settings of a demo, with its own consoles and recordings, and the appliances on them.

    The appliances end with the block, and with this process, however that ends. They boot each
    time that a recording begins; at `speed` 0 all that they say comes at once. Raises DataError.
    """
    table = Table.read(data_dir() / "demo.toml")
    consoles = read_demo_consoles(table, table.tables("unit"))
    if sys.platform == "win32":
        consoles = ()
    ports = {one.name: home / f"tty{one.name}" for one in consoles}
    running = [_start(one, ports[one.name], speed) for one in consoles]
    try:
        yield replace(
            settings,
            consoles={name: str(port) for name, port in ports.items()},
            captures=home / CAPTURES,
            find_consoles=False,
        )
    finally:
        for process in running:
            _end(process)


def _start(console: DemoConsole, port: Path, speed: float) -> subprocess.Popen[bytes]:
    from bench.hardware.simulated_appliance import run_apart  # late: Windows has no use for it

    return run_apart(console.appliance, port, speed, console.values, anew=True)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Its input ends, and so does it."""
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()
    try:
        process.wait(END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
