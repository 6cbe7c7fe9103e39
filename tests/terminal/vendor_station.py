"""Stations at which vendor cases are played, and what became of them."""

from __future__ import annotations

import csv
import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from bench.clock import FixedClock
from bench.hardware.appliance_scripts import HALT, Scenario
from bench.hardware.appliance_scripts import Step as Say
from bench.hardware.simulated_appliance import SimulatedAppliance
from bench.policy.facts import Outcome
from bench.policy.vendor_case import VendorCase
from bench.scan.serials import canonical
from bench.store.records import Event, Step, Unit
from bench.workflow import vendor
from bench.workflow.desk import Desk
from bench.workflow.importing import ImportOptions, import_file
from tests.terminal.consoles import ConsoleStation
from tests.terminal.harness import CTRL_F, ENTER, PATIENCE, Terminal
from tests.terminal.seeds import HEADER, Seed, ask, desk_at, read, today
from tests.workflow.situations import Act
from tests.workflow.vendor_acts import PARTS

APPLIANCE = Seed("0332042024000931", "Pulse Secure", "PSA-3000", age=100, outcome=Outcome.REPLACE)
PHONE = Seed("3106018050699004", "Yealink", "SIP-T31P", age=100, outcome=Outcome.REPLACE)
STOCK, NEW = "0332042024000777", "0332042026000042"
"""The unit from our stock, and the one that the vendor sends for it."""
PLANTED = "Zx9-planted-pw"
"""A password that the console of the defective unit says."""
TOLD = "credentials were told by phone\nadmin password hunter2-of-ticket\nKernel panic"
"""What came with the customer's ticket: a line to look at, and a password."""


def announce(home: Path, unit: Seed, level: str = "platinum") -> None:
    """An expected return with its service level and a running contract, as `bench import` does."""
    home.mkdir(parents=True, exist_ok=True)
    file, until = home / "expected.csv", (today() + timedelta(days=200)).isoformat()
    with file.open("w", newline="") as stream:
        header = (*HEADER, "service_level", "contract_ends_on")
        csv.writer(stream).writerows([header, (*unit.row(), level, until)])
    with desk_at(home) as desk:
        report = import_file(desk, file, ImportOptions())
    assert not report.tally.bad, report.tally.bad


def play(home: Path, unit: Seed, *acts: Act, ago: int = 0) -> None:
    """Begins the case of an announced unit with all that is told, and does the acts, so many days
    ago."""
    with desk_at(home) as desk:
        begin(desk, unit, *acts, ago=ago)


def begin(desk: Desk, unit: Seed, *acts: Act, ago: int = 0) -> None:
    """The same at a desk that is open."""
    then = FixedClock(desk.clock.now() - timedelta(days=ago))
    at, store = replace(desk, clock=then), desk.store
    (found,) = store.find(canonical(unit.serial))
    (rma,) = store.rmas_of(found.id)
    vendor.note(at, uuid4().hex, rma.id, **PARTS)
    for what, *more in acts:
        what(at, uuid4().hex, rma.id, *more)


# --- what a technician does


def hears(terminal: Terminal, *steps: tuple[str, str]) -> None:
    """Scans one text after the other, and waits each time for what is said of it."""
    for text, said in steps:
        terminal.scan(text)
        terminal.wait_for(*said.split("|"))


def presses(terminal: Terminal, *steps: tuple[bytes, str]) -> None:
    """Presses one key after the other, and waits each time for what it does."""
    for key, said in steps:
        terminal.key(key)
        terminal.wait_for(*said.split("|"))


def types(terminal: Terminal, text: str, said: str) -> None:
    """Types an answer into the dialog that is open, and enter."""
    terminal.type(text, wpm=160)
    terminal.wait_for(text)
    terminal.key(ENTER)
    terminal.wait_for(*said.split("|"))


def finds(terminal: Terminal, text: str, said: str) -> None:
    """Types what cannot be scanned."""
    terminal.pause()
    presses(terminal, (CTRL_F, "Type a serial"))
    types(terminal, text, said)


def pastes(terminal: Terminal, text: str, said: str) -> None:
    """Pastes an answer into the dialog that is open, and scans that it is right."""
    terminal.paste(text)
    terminal.wait_for(text.split("\n")[-1])
    terminal.pause()
    hears(terminal, ("BENCHOK", said))


# --- what the defective unit says


@contextmanager
def broken(station: ConsoleStation, unit: Seed = APPLIANCE) -> Iterator[None]:
    """An appliance on cable B that does not boot, and says a password while it tries."""
    rows = (
        f"Serial Number: {unit.serial}",
        f"enable secret {PLANTED}",
        "Kernel panic - not syncing: VFS: Unable to mount root fs",
    )
    boot = [Say(data="\r\n".join((*rows, "")).encode())]
    scenario = Scenario("broken", "broken", 9600, {}, boot, HALT, {})
    with SimulatedAppliance(scenario, station.port, 0) as appliance:
        yield
        assert appliance.wait_booted(PATIENCE)


# --- what became of it


def case_of(terminal: Terminal, unit: Seed) -> VendorCase:
    """The case of a unit as the database has it."""
    case = read(terminal, unit.serial).rma.vendor
    assert case is not None
    return case


def last(terminal: Terminal, unit: Seed, step: Step) -> Event:
    """The newest event of a kind."""
    return [event for event in read(terminal, unit.serial).events if event.step is step][-1]


def stock(terminal: Terminal, unit_id: str | None) -> Unit:
    """A unit by its id."""
    found = ask(terminal.home, lambda store: store.unit(unit_id or ""))
    assert found is not None
    return found


@dataclass(frozen=True)
class Packet:
    """A packet as another program reads it."""

    path: Path
    files: dict[str, bytes]

    @property
    def sha256(self) -> str:
        """The hash of the whole file."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    @property
    def text(self) -> str:
        """Everything in it that is text."""
        return "\n".join(data.decode("utf-8") for data in self.files.values())

    def captures(self) -> list[dict[str, object]]:
        """What it says of its recordings; the hashes in it are those of its own files."""
        (name,) = (one for one in self.files if one.endswith("captures.json"))
        found: list[dict[str, object]] = json.loads(self.files[name])["captures"]
        for one in found:
            data = self.files[str(one["file"])]
            assert one["sha256"] == hashlib.sha256(data).hexdigest()
        return found


def packets(terminal: ConsoleStation) -> list[Packet]:
    """The packets that were kept, the oldest first."""
    found = []
    paths = (terminal.captures / "packets").glob("*/*.zip")
    for path in sorted(paths, key=lambda p: p.stat().st_mtime_ns):
        with zipfile.ZipFile(path) as opened:
            assert opened.testzip() is None
            found.append(Packet(path, {n: opened.read(n) for n in opened.namelist()}))
    return found
