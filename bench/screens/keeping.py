"""What is in hand, as readable text in a new file, for when the database does not take it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bench.scan.commands import code
from bench.scan.label import Label
from bench.screens.everywhere import Station
from bench.screens.host import TITLES
from bench.screens.turns import Command, Turns, verb_of
from bench.store.errors import StoreError
from bench.text import clean_line, printable
from bench.widgets.strips import ScanStrip, TopLine
from bench.workflow.background import Draft

MEMORY = Path("/dev/shm")
"""In memory: it takes a file where every disk is full, but forgets it when the machine restarts."""
LONGEST = 4000


async def keep(
    station: Station, turns: Turns, parking: Mapping[str, Draft], error: StoreError
) -> str:
    """Writes what is in hand into a new file; says where, or that no place took it."""
    text = "\n".join(in_hand(station, turns, parking, error)) + "\n"
    log, stamp = station.settings.log, f"{station.clock.local(station.clock.now()):%Y%m%d-%H%M%S}"
    return await asyncio.to_thread(write_somewhere, text, places(log), f"bench-kept-{stamp}")


def places(log: Path) -> list[Path]:
    """Where it may be kept, in this order; on disks of their own as far as the machine has some."""
    return [log.parent, Path("~").expanduser(), Path(tempfile.gettempdir()), MEMORY]


def write_somewhere(text: str, folders: Iterable[Path], stem: str) -> str:
    """Writes the text into a new file of the first folder that takes it; says where."""
    faults = []
    for folder in folders:
        try:
            return f"kept in {_write(text, folder, stem)}"
        except OSError as fault:
            faults.append(f"{folder}: {fault.strerror or fault}")
    return "kept nowhere: " + "; ".join(faults)


def _write(text: str, folder: Path, stem: str) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file, descriptor = _new_file(folder, stem)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        with contextlib.suppress(OSError):  # a half-written file would look like a kept one
            file.unlink()
        raise
    return file


def _new_file(folder: Path, stem: str) -> tuple[Path, int]:
    for number in range(1, 1000):
        file = folder / (f"{stem}.txt" if number == 1 else f"{stem}-{number}.txt")
        with contextlib.suppress(FileExistsError):
            return file, os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    raise FileExistsError(0, "too many files of this name", str(folder))


def in_hand(
    station: Station, turns: Turns, parking: Mapping[str, Draft], error: StoreError
) -> Iterator[str]:
    """The lines of the file: who, when, what was to be saved, the unit, the fields, the scans."""
    settings, clock = station.settings, station.clock
    yield "bench: what was in hand when the database did not take it"
    yield _line("time", f"{clock.local(clock.now()):%Y-%m-%d %H:%M:%S %z}")
    yield _line("technician", station.frame.query_one(TopLine).technician)
    yield _line("station", settings.station)
    yield _line("trouble", error.what)
    yield _line("screen", TITLES[station.frame.place])
    yield _line("not saved", _step(station, turns))
    yield _line("last scan", station.frame.query_one(ScanStrip).read.code)
    yield from _unit(station)
    fields = station.frame.body.entered()
    yield from _group("fields on the screen", fields.items())
    for title, step, values in parking.values():
        yield from _group(f"half entered, {step}: {clean_line(title)}", values.items())
    yield from _group("scans that wait", enumerate(turns.scans, 1))


def _step(station: Station, turns: Turns) -> str:
    item, offers = turns.current, station.frame.body.next()
    if isinstance(item, Label | Command) and (verb := verb_of(item)):
        offer = offers.offer(verb)
        return f"{code(verb)} {offer.word if offer else ''}".strip()
    return item.raw if isinstance(item, Label) else ""


def _unit(station: Station) -> Iterator[str]:
    session = station.session
    if session.view is None:
        yield _line("serial", session.stranger)
        return
    unit, rma = session.view.unit, session.view.rma
    yield _line("serial", unit.serial)
    yield _line("unit", f"{unit.brand} {unit.model}")
    yield _line("customer", unit.customer)
    yield _line("RMA", f"{rma.number}, {rma.state.value}" if rma else "")


def _group(title: str, values: Iterable[tuple[object, object]]) -> Iterator[str]:
    rows = [_line(str(name), str(value)) for name, value in values if value]
    if rows:
        yield ""
        yield f"{title}:"
        yield from rows


def _line(name: str, value: str) -> str:
    return f"{name:<16} {clean_line(printable(value), LONGEST)}".rstrip()
