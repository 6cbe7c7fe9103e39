"""A look over the whole bench: one finding a line, each with what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench import __version__
from bench.clock import Clock
from bench.datafile import DataError
from bench.hardware import found, scanners
from bench.settings import Settings
from bench.store.backup import named_as
from bench.store.health import Finding, Grade, database_findings, sqlite_finding
from bench.store.rotation import backups_in
from bench.workflow.backing_up import folder_of
from bench.workflow.badge_key import KeyTrouble
from bench.workflow.desk import load_rules, open_desk
from bench.workflow.doctor_consoles import console_findings
from bench.workflow.doctor_mail import mail_finding
from bench.workflow.doctor_printers import printer_findings
from bench.workflow.people import key_of

LOW, VERY_LOW = 1_000_000_000, 200_000_000
"""Bytes of free disk: below the first there is a hint, below the second it is wrong."""
OLD = 2
"""Days from which on the last backup is too old."""
PACKAGES = ("textual", "peewee", "pyserial", "python-barcode", "segno", "pillow")


def examine(settings: Settings, clock: Clock, fault: str = "") -> Iterator[Finding]:
    """All findings, one after the other. `fault`: what is wrong with the settings file."""
    yield _versions()
    yield _settings(settings, fault)
    yield _policy(settings)
    yield mail_finding(settings)
    if not isinstance(settings.database, str):
        yield sqlite_finding()
    found_out = database_findings(settings.database, clock.now())
    yield from found_out
    if not any(f.name == "database" and f.grade is not Grade.GOOD for f in found_out):
        yield _badges(settings)
        yield _backups(settings, clock)
    yield from _disks(settings)
    yield _log(settings)
    yield _ports()
    yield _scanners(settings)
    yield from console_findings(settings)
    yield from printer_findings(settings)


def _versions() -> Finding:
    parts = [f"bench {__version__}", f"Python {platform.python_version()}"]
    for name in PACKAGES:
        try:
            parts.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            return Finding("versions", Grade.WRONG, f"{name} is missing", "install bench anew")
    return Finding("versions", Grade.GOOD, ", ".join(parts))


def _settings(settings: Settings, fault: str) -> Finding:
    if fault:
        todo = "mend the settings file; the rest was looked at with the defaults"
        return Finding("settings", Grade.WRONG, fault, todo)
    who = f"station {settings.station}, zone {settings.timezone or 'of this machine'}"
    return Finding("settings", Grade.GOOD, who)


def _policy(settings: Settings) -> Finding:
    try:
        rules = load_rules(settings)
    except (DataError, OSError) as error:
        return Finding("policy", Grade.WRONG, str(error), "mend the file that is named")
    brands = len(rules.tables.brands)
    own = settings.policy_file.parent
    return Finding("policy", Grade.GOOD, f"{brands} brands, tables in {own}")


def _badges(settings: Settings) -> Finding:
    desk = open_desk(settings)
    with closing(desk.store):
        if not desk.store.enrolled():
            return Finding("badges", Grade.GOOD, "not in use: the technician of the settings acts")
        try:
            key_of(desk)
        except KeyTrouble as trouble:
            return Finding("badges", Grade.WRONG, trouble.what, trouble.remedy)
    return Finding("badges", Grade.GOOD, f"in use, the key is {settings.badge_key}")


def _backups(settings: Settings, clock: Clock) -> Finding:
    folder = folder_of(settings)
    if folder is None:
        text = "none by this bench: no folder is set"
        return Finding("backups", Grade.GOOD, text)
    made = backups_in(folder, named_as(settings.database)) if folder.is_dir() else []
    if not made:
        todo = "bench backup; the program makes one a day by itself"
        return Finding("backups", Grade.HINT, f"none yet in {folder}", todo)
    age = (clock.today() - made[0].day).days
    text = f"the last is {age} days old, in {folder}"
    if age > OLD:
        return Finding("backups", Grade.HINT, text, "bench backup")
    return Finding("backups", Grade.GOOD, text)


def _disks(settings: Settings) -> Iterator[Finding]:
    """Room where the data, the captures, and where the log goes."""
    places = {"captures": settings.captures, "log": settings.log}
    if isinstance(settings.database, Path):
        places = {"data": settings.database, **places}
    seen = set()
    for what, place in places.items():
        folder = next(p for p in (place, *place.absolute().parents) if p.is_dir())
        device = folder.stat().st_dev
        if device in seen:
            continue
        seen.add(device)
        yield _disk(what, folder)


def _disk(what: str, folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:,.1f} GB free for the {what} ({folder})"
    if free >= LOW:
        return Finding("disk", Grade.GOOD, text)
    grade = Grade.WRONG if free < VERY_LOW else Grade.HINT
    return Finding("disk", grade, text, "make room before the next shift")


def _log(settings: Settings) -> Finding:
    folder = next(p for p in settings.log.absolute().parents if p.is_dir())
    place = settings.log if settings.log.exists() else folder
    if os.access(place, os.W_OK):
        return Finding("log", Grade.GOOD, str(settings.log))
    todo = "name another file in the settings, [station] log"
    return Finding("log", Grade.WRONG, f"{settings.log} cannot be written", todo)


def _ports() -> Finding:
    ports = found.serial_ports()
    if not ports:
        return Finding("ports", Grade.HINT, "no serial port", "plug in the console adapter")
    closed = [port.device for port in ports if not port.usable]
    text = ", ".join(f"{p.device} {p.about}".strip() for p in ports)
    if closed:
        todo = "add this user to the group dialout (or uucp), then sign in again"
        return Finding("ports", Grade.WRONG, f"{', '.join(closed)} may not be opened", todo)
    return Finding("ports", Grade.GOOD, text)


def _scanners(settings: Settings) -> Finding:
    """Scanners in serial mode; one that types as a keyboard is seen by nobody before it types."""
    try:
        there = scanners.plugged_in(settings)
    except DataError as error:
        return Finding("scanners", Grade.WRONG, str(error), "install bench anew")
    missing = [name for name, plugged in there if not plugged]
    if missing:
        todo = "plug it in, or take it out of the settings"
        return Finding("scanners", Grade.HINT, f"not plugged in: {', '.join(missing)}", todo)
    names = ", ".join(name for name, _ in there)
    return Finding("scanners", Grade.GOOD, names or "none in serial mode, so one types as keys")
