"""`bench capture`: records a console without the screen, until it is told to stop."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from bench.cli.capture_progress import Watcher
from bench.cli.desk import at_desk, say
from bench.evidence.capture_format import BadMeta, Meta, lost, read_meta
from bench.evidence.profiles import Profile, lines_of, load_profiles
from bench.hardware.capture_recovery import StillRunning, recover
from bench.hardware.captures import CaptureOptions, NoCapture, Running, start
from bench.hardware.console_ports import (
    SYSTEM_CONSOLE,
    ConsolePort,
    console_ports,
    find_port,
    port_named,
)
from bench.hardware.serial_port import PortBusy, PortDenied, PortGone
from bench.settings import Settings
from bench.text import printable

LOOK = 0.5
"""Seconds between two looks at the capture."""
CARELESS = 20
"""Looks without an answer after which the capture is given up."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """Whose console it is."""

    number: str = ""
    serial: str = ""
    brand: str = ""
    model: str = ""


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the subcommand. 0: recorded and sealed; 1: no port, or bytes were lost; 2: usage."""
    unit = _unit(args.rma, settings) if args.rma else _Unit()
    if unit is None:
        return 2
    port = _port(args.port, settings)
    if port is None:
        return 1
    profile = load_profiles(settings.consoles_file).profile_for(unit.brand, unit.model)
    with _stopped_by_signals() as stop:
        running = _start(_options(args, settings, port, unit, profile))
        if running is None:
            return 1
        print(running.folder, flush=True)
        return _follow(running, stop)


LONGEST_NAME = 1000
"""Characters of a port's name or address; a longer one is none."""


def _port(wanted: str, settings: Settings) -> ConsolePort | None:
    found = None
    if wanted.strip() and len(wanted) <= LONGEST_NAME:
        found = find_port(wanted, console_ports(settings.consoles, scanners=settings.scanners))
        if found is None and ("://" in wanted or Path(wanted).exists()):
            found = port_named(wanted)
    if found is None:
        named = printable(wanted[:80]).strip() or "without a name"
        say("capture", f"there is no port {named}: bench ports lists those here")
    elif not found.there:
        say("capture", f"{printable(found.stable)} is not plugged in")
        return None
    elif found.held_by == SYSTEM_CONSOLE and not found.letter:
        say("capture", f"{printable(found.device)} is {SYSTEM_CONSOLE}: no unit hangs there")
        return None
    return found


def _unit(text: str, settings: Settings) -> _Unit | None:
    """The unit of an RMA; None (and it was said) where nobody knows that number."""
    from bench.scan.rma_number import parse_number  # late, as the store: most captures need neither
    from bench.workflow.desk import Desk

    found: list[_Unit] = []

    def look(desk: Desk) -> int:
        rma = desk.store.rma_by_number(parse_number(text) or text.strip())
        unit = desk.store.unit(rma.unit_id) if rma else None
        if rma is None or unit is None:
            say("capture", f"no RMA has the number {printable(text)}")
            return 2
        found.append(_Unit(rma.number, unit.serial, unit.brand, unit.model))
        return 0

    return found[0] if at_desk("capture", settings, look) == 0 else None


def _options(
    args: argparse.Namespace, settings: Settings, port: ConsolePort, unit: _Unit, profile: Profile
) -> CaptureOptions:
    dtr, rts = lines_of(profile, settings, port.letter)
    return CaptureOptions(
        root=args.output or settings.captures,
        port=port.stable or port.device,
        name=port.letter or port.name,
        baud=args.baud,
        rates=profile.rates,
        dtr=dtr,
        rts=rts,
        seconds=args.seconds,
        technician=settings.technician,
        station=settings.station,
        rma=unit.number,
        serial=unit.serial,
        model=unit.model,
    )


def _start(options: CaptureOptions) -> Running | None:
    """Starts it; None (and it was said) where the port cannot be had."""
    try:
        return start(options)
    except PortBusy as error:
        text = f"{error or 'another program'} has {options.port}: end that first"
    except PortDenied as error:
        group = f"add yourself to the group {error}" if str(error) else "ask for the right to it"
        text = f"you may not open {options.port}: {group}"
    except PortGone as error:
        text = f"{options.port} cannot be opened: {error or 'it is not there'}"
    except NoCapture as error:
        text = str(error)
    say("capture", printable(text))
    return None


def _follow(running: Running, stop: threading.Event) -> int:
    """Shows how it goes until it is over; the exit status."""
    silent = 0
    with Watcher(running.folder) as watcher:
        while not stop.wait(LOOK):
            try:
                watcher.show(running.status())
                silent = 0
            except NoCapture:
                silent += 1
                if _sealed(running.folder) or not _is_there(running.pid) or silent >= CARELESS:
                    break
        with suppress(NoCapture):
            watcher.show(running.status())
        return _end(running, watcher.last)


def _end(running: Running, last: dict[str, Any]) -> int:
    meta = _closed(running)
    if meta is None:
        return 1
    counts = last.get("counts", {})
    missing = lost(counts) + last.get("dropped", 0)
    gaps = last.get("gaps", 0)
    out = f", the cable was out {gaps} times" if gaps > 1 else ", the cable was out once"
    kept = f"{meta.bytes} bytes kept, {missing} lost{out if gaps else ''}"
    say("capture", f"{kept}. Seal {meta.seal}")
    return int(missing > 0)


def _closed(running: Running) -> Meta | None:
    """Closes and seals it, or puts in order what a killed process left; None: it was said why."""
    try:
        return running.close("ended by the technician")
    except NoCapture as error:
        why = str(error)
    sealed = _sealed(running.folder)
    if sealed:  # its time was up
        return sealed
    try:
        recover(running.folder)
    except (StillRunning, BadMeta, OSError) as error:
        say("capture", printable(f"{why} {error}".strip()))
    else:
        say("capture", "something ended the recording from outside; what came before is sealed")
    return None


def _sealed(folder: Path) -> Meta | None:
    with suppress(BadMeta):
        meta = read_meta(folder)
        return meta if meta.seal else None
    return None


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def _stopped_by_signals() -> Iterator[threading.Event]:
    """An event that Ctrl+C and a polite kill set, instead of ending this program at once."""
    stop = threading.Event()

    def told(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, told) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.stderr.flush()
