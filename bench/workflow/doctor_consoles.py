"""What `bench doctor` says of consoles: tables, cables, and the captures that are kept."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from bench.datafile import DataError
from bench.evidence.capture_format import BadMeta, read_meta
from bench.hardware.captures import Running, running
from bench.hardware.console_ports import ConsolePort, console_ports
from bench.hardware.retention import captures, check_private
from bench.settings import Settings
from bench.store.health import Finding, Grade
from bench.workflow.console_rules import load_console_rules
from bench.workflow.consoles import KEPT, LOOK_BACK


def console_findings(settings: Settings) -> Iterator[Finding]:
    """All findings, one after the other. Nothing is opened, mended or sent."""
    yield _tables(settings)
    live = running(settings.captures)
    yield from _cables(settings, live)
    yield _private(settings.captures)
    yield from _unfinished(settings.captures, {one.id for one in live})


def _tables(settings: Settings) -> Finding:
    try:
        rules = load_console_rules(settings)
    except DataError as error:
        return Finding("consoles", Grade.WRONG, str(error), "mend the file that is named")
    families, good = len(rules.profiles.all), len(rules.known_good)
    text = f"{families} families of devices, {good} good starts to compare with"
    return Finding("consoles", Grade.GOOD, text)


def _cables(settings: Settings, live: list[Running]) -> Iterator[Finding]:
    """The cables that have a letter; those without one show up by themselves."""
    if not settings.consoles:
        yield Finding("cables", Grade.GOOD, "no letters given in the settings, [consoles]")
        return
    try:
        ports = console_ports(settings.consoles, scanners=settings.scanners)
    except DataError as error:
        yield Finding("cables", Grade.WRONG, str(error), "install bench anew")
        return
    lettered = [port for port in ports if port.letter]
    ours = {f"(process {one.pid})" for one in live}
    bad = [found for port in lettered if (found := _cable(port, ours))]
    yield from bad
    if not bad:
        names = ", ".join(f"{port.letter} {port.device}" for port in lettered)
        yield Finding("cables", Grade.GOOD, names)


def _cable(port: ConsolePort, ours: set[str]) -> Finding | None:
    """What is wrong with a cable; a recording of bench itself may have it."""
    name = f"cable {port.letter}"
    if not port.there:
        todo = "plug it in, or name its port anew in the settings, [consoles]"
        return Finding(name, Grade.HINT, f"{port.stable} is not plugged in", todo)
    if not port.usable:
        group = f"the group {port.group}" if port.group else "the group dialout (or uucp)"
        todo = f"add this user to {group}, then sign in again"
        return Finding(name, Grade.WRONG, f"{port.device} may not be opened", todo)
    if port.held_by and not any(port.held_by.endswith(one) for one in ours):
        todo = "end it before a unit is recorded on this cable"
        return Finding(name, Grade.HINT, f"{port.held_by} has {port.device}", todo)
    return None


def _private(root: Path) -> Finding:
    """Captures hold the secrets of customers' devices, so nobody else may read them."""
    if not root.is_dir():
        return Finding("captures", Grade.GOOD, f"none yet, they go to {root}")
    try:
        open_to_others = check_private(root) if os.name != "nt" else []
    except OSError as error:
        text = f"{error.filename or root} cannot be looked at ({error.strerror})"
        return Finding("captures", Grade.WRONG, text, f"give {root} to the user of this bench")
    if open_to_others:
        text = f"others can read {len(open_to_others)} of them, as {open_to_others[0]}"
        return Finding("captures", Grade.WRONG, text, f"chmod -R go= '{root}'")
    if not os.access(root, os.W_OK | os.X_OK):
        todo = "give it to the user of this bench"
        return Finding("captures", Grade.WRONG, f"{root} cannot be written", todo)
    count = sum(1 for _ in captures(root))
    return Finding("captures", Grade.GOOD, f"{count} in {root}, for this user only")


def _unfinished(root: Path, live: set[str]) -> Iterator[Finding]:
    """What a crash left open, and seals that stand in no history: both of the last days only."""
    cut_off, apart = [], []
    all_of_them = list(captures(root))
    days = sorted({folder.parent for folder in all_of_them})[-LOOK_BACK:]
    for folder in (one for one in all_of_them if one.parent in days):
        try:
            meta = read_meta(folder)
        except BadMeta:
            cut_off.append(folder.name)
            continue
        if not meta.seal and meta.id not in live:
            cut_off.append(folder.name)
        elif meta.seal and meta.rma and not meta.erased and not (folder / KEPT).exists():
            apart.append(folder.name)
    if cut_off:
        were = "recording was" if len(cut_off) == 1 else "recordings were"
        text = f"{len(cut_off)} {were} cut off, as {cut_off[0]}"
        yield Finding("captures", Grade.HINT, text, "start bench: it saves and seals them")
    if apart:
        are, rma = ("is", "its RMA") if len(apart) == 1 else ("are", "their RMAs")
        text = f"{len(apart)} {are} not in the history of {rma}, as {apart[0]}"
        todo = "start bench: it writes those of open RMAs into it"
        yield Finding("captures", Grade.HINT, text, todo)
