"""`bench ports`: which console cables are plugged in here, and under which names they stay."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from bench.hardware.console_ports import SYSTEM_CONSOLE, ConsolePort, console_ports
from bench.settings import Settings
from bench.text import printable

_HEADS = ("cable", "device", "state", "stable name", "adapter")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the subcommand; 1 where no cable is there at all, or one that may not be opened."""
    ports = console_ports(settings.consoles, scanners=settings.scanners)
    if args.json:
        print(json.dumps([_as_json(port) for port in ports], indent=1))
    else:
        _table(ports)
    advice = _advice(ports)
    for line in advice:
        print(f"bench: {printable(line)}", file=sys.stderr)
    return int(bool(advice))


def state_of(port: ConsolePort) -> str:
    """How a port stands, in a few words."""
    if port.network:
        return "network"
    if not port.there:
        return "not there"
    if port.held_by == SYSTEM_CONSOLE:
        return port.held_by
    if port.held_by:
        return f"taken by {port.held_by}"
    return "free" if port.usable else "not allowed"


def _table(ports: Sequence[ConsolePort]) -> None:
    rows = [_HEADS, *(_row(port) for port in ports)] if ports else []
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEADS))] if rows else []
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(padded).rstrip())


def _row(port: ConsolePort) -> tuple[str, ...]:
    device = "" if port.network else port.device
    cells = (port.letter or "-", device or "-", state_of(port), port.stable, port.about or "-")
    return tuple(printable(cell) for cell in cells)


def _as_json(port: ConsolePort) -> dict[str, object]:
    return {
        "cable": port.letter,
        "name": port.name,
        "device": port.device,
        "stable": port.stable,
        "state": state_of(port),
        "about": port.about,
        "there": port.there,
        "usable": port.usable,
        "held_by": port.held_by,
        "adapter": port.adapter.as_meta(),
    }


def _advice(ports: Sequence[ConsolePort]) -> list[str]:
    """What to do about what is not as it should be."""
    said: list[str] = []
    if not any(port.there and port.held_by != SYSTEM_CONSOLE for port in ports):
        said.append(
            "no console cable is there: plug one in, wait three seconds, and look again. Where it "
            "stays away, try another USB socket; dmesg says what the system saw."
        )
    denied = [port for port in ports if port.there and not port.usable]
    for group in sorted({port.group for port in denied}):
        names = ", ".join(port.device for port in denied if port.group == group)
        todo = (
            f"add yourself to the group {group} (sudo usermod -aG {group} $USER) and log in again"
            if group
            else "ask who looks after this machine for the right to open it"
        )
        said.append(f"you may not open {names}: {todo}.")
    return said
