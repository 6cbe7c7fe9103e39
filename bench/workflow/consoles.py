"""All console cables of the station: found, recorded, followed on a thread of their own.

The recording itself is a process for each capture (`bench.hardware.capture_process`): what fails
here loses nothing. Started again, the program finds the captures that still run and follows them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.evidence.capture_format import BadMeta, Meta, read_meta
from bench.evidence.capture_reader import CaptureReader
from bench.evidence.facts import FactKind
from bench.evidence.known_good import GoodBoot
from bench.evidence.profiles import Profile, lines_of
from bench.hardware.capture_recovery import StillRunning, recover
from bench.hardware.captures import AUTO, CaptureOptions, NoCapture, Running, running, start
from bench.hardware.console_ports import SYSTEM_CONSOLE, ConsolePort, console_ports
from bench.hardware.serial_port import PortBusy, PortDenied, PortGone
from bench.settings import Settings
from bench.workflow.cables import Cable, News
from bench.workflow.capture_record import CaptureRecord
from bench.workflow.console_rules import ConsoleRules, load_console_rules
from bench.workflow.desk import Refused
from bench.workflow.known_good_boots import keep_good_boot
from bench.workflow.on_cable import OnCable

__all__ = ["ConsoleRules", "Consoles", "load_console_rules", "record_of", "reread", "set_kept"]

TICK = 0.1
"""Seconds between two looks at the captures."""
LOOK_EVERY = 2.0
"""Seconds between two looks for ports."""
KEPT = "kept"
"""File in a capture's folder: its seal stands in the RMA's history."""
LOOK_BACK = 30
"""Days of captures that are looked through at the start for what a crash left behind."""


@dataclass
class Consoles:
    """The cables by name, those with a letter first."""

    settings: Settings
    cables: dict[str, Cable] = field(default_factory=dict)
    trouble: str = ""
    """Why consoles cannot be used at all."""
    left: list[Path] = field(default_factory=list)
    """Folders of sealed captures that are not in their RMA's history yet."""
    _rules: ConsoleRules | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _looked: float = float("-inf")

    # --- finding

    def open(self) -> None:
        """Reads the tables, finds the ports, and follows the captures that run already.

        Raises DataError.
        """
        self._rules = load_console_rules(self.settings)
        self.look_for_ports()
        live = running(self.settings.captures)
        for one in live:
            self._adopt(one)
        self.left = left_behind(self.settings.captures, {one.id for one in live})

    @property
    def rules(self) -> ConsoleRules:
        """The tables; for use once it is open."""
        if self._rules is None:
            raise Refused("the consoles are not looked at yet", "wait a moment")
        return self._rules

    def look_for_ports(self) -> None:
        """Cables that are plugged in show up; one that is gone stays while it is recorded."""
        ports = console_ports(self.settings.consoles, scanners=self.settings.scanners)
        if not self.settings.find_consoles:
            ports = [port for port in ports if port.letter]
        found = {port.letter or port.name: port for port in ports}
        with self._lock:
            for name, port in found.items():
                if port.held_by == SYSTEM_CONSOLE and not port.letter:
                    continue
                cable = self.cables.get(name) or self._cable(name, port.stable or port.device)
                cable.there, cable.about = port.there, port.about
                if not cable.live:
                    cable.refused = _refusal(port)
            for name in [name for name in self.cables if name not in found]:
                cable = self.cables[name]
                cable.there = False
                if cable.reader is None:
                    del self.cables[name]

    def _cable(self, name: str, port: str) -> Cable:
        rules = self.rules
        cable = Cable(name, port, rules.tables, rules.profiles.profile_for(), rules.known_good)
        self.cables[name] = cable
        return cable

    def _adopt(self, one: Running) -> None:
        """A capture that outlived the program that began it."""
        reader = CaptureReader(one.folder)
        try:
            meta = reader.meta
        except BadMeta:
            return
        with self._lock:
            cable = self.cables.get(meta.name) or self._cable(meta.name, meta.stable or meta.port)
            unit = None
            if meta.rma:
                unit = OnCable("", meta.rma, "", meta.serial, "", meta.model)
            cable.begin(one, reader, unit)

    # --- recording

    def begin(
        self, name: str, unit: OnCable | None, technician: str, baud: int | None = None
    ) -> Cable:
        """Records what a cable says; waits until the port is open. Raises Refused.

        `baud` None: by listening, the rates of the unit's family first.
        """
        cable = self._named(name)
        if cable.live:
            raise Refused(f"cable {name} is being recorded already", "end that recording first")
        rules = self.rules
        profile = rules.profiles.profile_for(unit.brand, unit.model) if unit else cable.profile
        dtr, rts = lines_of(profile, self.settings, name)
        options = CaptureOptions(
            root=self.settings.captures,
            name=name,
            port=cable.port,
            baud=baud or AUTO,
            rates=profile.rates,
            dtr=dtr,
            rts=rts,
            station=self.settings.station,
            technician=technician,
            rma=unit.rma_number if unit else "",
            serial=unit.serial if unit else "",
            model=unit.model if unit else "",
        )
        one = self._started(name, options)
        with self._lock:
            cable.profile = profile
            cable.begin(one, CaptureReader(one.folder), unit)
        return cable

    def _started(self, name: str, options: CaptureOptions) -> Running:
        try:
            return start(options)
        except PortBusy as error:
            who = str(error) or "another program"
            raise Refused(f"{who} has the port of cable {name}", "end it, then try again") from None
        except PortDenied as error:
            todo = f"add this user to the group {error}" if str(error) else "ask who set it up"
            raise Refused(f"this user may not open the port of cable {name}", todo) from None
        except PortGone:
            raise Refused(f"cable {name} is not plugged in", "plug it in, then try again") from None
        except NoCapture as error:
            raise Refused(f"cable {name}: {error}", "try again") from None

    def _named(self, name: str) -> Cable:
        with self._lock:
            cable = self.cables.get(name)
        if cable is None:
            raise Refused(f"there is no cable {name} here", "plug it in, or choose another one")
        return cable

    def end(self, name: str) -> Meta:
        """Ends and seals a recording. Raises Refused."""
        cable = self._named(name)
        if cable.running is None:
            raise Refused(f"nothing is recorded on cable {name}", "start it first")
        meta = _closed(cable.running)
        with self._lock:
            cable.catch_up()
            cable.ended(meta)
        return meta

    def attach(self, name: str, unit: OnCable) -> None:
        """What is recorded on a cable is of this unit. Raises Refused."""
        cable = self._named(name)
        if cable.running is not None:
            try:
                cable.running.rma(unit.rma_number, unit.serial, unit.model)
            except NoCapture as error:
                raise Refused(f"cable {name}: {error}", "try again") from None
        with self._lock:
            cable.unit = unit
            cable.profile = self.rules.profiles.profile_for(unit.brand, unit.model)

    def keep_good(self, good: GoodBoot) -> None:
        """Starts of this model are compared with it from now on. Raises Refused, DataError."""
        keep_good_boot(good, self.settings.site_known_good)
        rules = load_console_rules(self.settings)
        with self._lock:
            self._rules = rules
            for cable in self.cables.values():
                cable.compare_with(rules.known_good)

    def all(self) -> list[Cable]:
        """The cables, those with a letter first. Never waits: screens ask while a key waits."""
        known = self.settings.consoles
        cables = list(self.cables.values())  # in one step; a turn holds the lock for long
        return sorted(cables, key=lambda cable: (cable.name not in known, cable.name))

    def profile_of(self, cable: Cable) -> Profile:
        """The profile of the unit on a cable; of one that nobody scanned, as it speaks."""
        if cable.unit is not None:
            return cable.profile
        vendors = [fact.vendor for fact in cable.understanding.facts if fact.vendor]
        return self.rules.profiles.profile_for(vendors[-1]) if vendors else cable.profile

    # --- following

    def turn(self) -> list[News]:
        """One look at everything; what somebody must hear of."""
        now, now_ns = time.monotonic(), time.time_ns()
        if now - self._looked >= LOOK_EVERY:
            self._looked = now
            self.look_for_ports()
        news: list[News] = []
        with self._lock:
            for cable in self.cables.values():
                news += cable.follow(now, now_ns)
        return news

    def watch(self, over: threading.Event, tell: Callable[[list[News]], object]) -> None:
        """Follows until it is over; on a thread of its own. `tell` hears of each turn."""
        while not over.wait(TICK):
            tell(self.turn())


def left_behind(root: Path, live: set[str]) -> list[Path]:
    """Captures of RMAs whose seal is in no history yet; those that a crash left open are sealed."""
    found: list[Path] = []
    for day in sorted(root.glob("????-??-??"))[-LOOK_BACK:]:
        for folder in sorted(day.iterdir()):
            if (folder / KEPT).exists():
                continue
            with suppress(BadMeta, OSError, StillRunning):
                meta = read_meta(folder)
                if meta.id not in live and recover(folder).rma:
                    found.append(folder)
    return found


def set_kept(folder: Path) -> None:
    """The capture's seal stands in its RMA's history."""
    with suppress(OSError):  # then it is tried again, and nothing is kept twice
        (folder / KEPT).touch(mode=0o600)


def reread(folder: Path, rules: ConsoleRules) -> tuple[Cable, Meta]:
    """A capture that lies there, understood anew. Raises BadMeta."""
    meta = read_meta(folder)
    port, profile = meta.stable or meta.port, rules.profiles.profile_for()
    cable = Cable(meta.name, port, rules.tables, profile, rules.known_good)
    cable.reader = CaptureReader(folder).poll_all()
    cable.catch_up()
    cable.ended(meta)
    return cable, meta


def _closed(running: Running) -> Meta:
    """The end of a capture; one whose process was killed is sealed as it lies. Raises Refused."""
    try:
        return running.close()
    except NoCapture as error:
        try:
            return recover(running.folder)
        except (StillRunning, BadMeta, OSError):
            raise Refused(f"{running.folder.name}: {error}", "try again") from None


def _refusal(port: ConsolePort) -> str:
    """Why a port cannot be recorded now; "" where it can."""
    if port.held_by:
        return f"{port.held_by} has the port: end it first"
    if port.there and not port.usable:
        return f"this user may not open it: join the group {port.group}" if port.group else ""
    return ""


def record_of(cable: Cable, meta: Meta, root: Path) -> CaptureRecord:
    """What the RMA's history keeps of a sealed capture."""
    reader, understood = cable.reader, cable.understanding
    folder = reader.folder if reader else root
    inside = folder.is_relative_to(root)
    latest = {kind: understood.facts.latest(kind) for kind in FactKind}
    return CaptureRecord(
        capture=meta.id,
        folder=folder.relative_to(root).as_posix() if inside else str(folder),
        seal=meta.seal,
        bytes=meta.bytes,
        typed=meta.typed,
        started=meta.started,
        ended=meta.ended,
        gaps=cable.totals()["gaps"],
        lost=cable.losses(),
        baud=cable.status.baud if cable.status else 0,
        facts={kind.value: fact.value for kind, fact in latest.items() if fact is not None},
        first_failure=understood.first_failure.title if understood.first_failure else "",
        failures=tuple(failure.title for failure in understood.failures),
    )
