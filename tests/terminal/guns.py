"""Stations with scanners, cables and printers of their own, and keyboards of other languages."""

from __future__ import annotations

import os
from pathlib import Path

from bench.hardware.simulated_scanner import SimulatedScanner
from bench.scan.layouts import Layout, load_layouts
from bench.scan.scanner_check import TEST_CODE
from bench.settings import Settings
from tests.terminal.harness import CR, SETTINGS, Terminal

CONSOLES = {"B": "/dev/serial/by-id/usb-cable-B", "C": "/dev/serial/by-id/usb-cable-C"}
PRINTERS = {"L": "label printer", "T": "tall label printer"}


class Gun(SimulatedScanner):
    """A scanner beside a program of another process: that one opens the port alone."""

    def plug(self) -> None:
        """Plugs it in, and lets go of the end that the program opens."""
        super().plug()
        assert self._ends is not None
        master, slave = self._ends
        if slave != master:
            os.close(slave)
            self._ends = master, master


def equipped() -> str:
    """A settings file with two console cables and two printers, and no search for scanners."""
    tables = [SETTINGS + "find_scanners = false"]
    for title, known in (("consoles", CONSOLES), ("printers", PRINTERS)):
        tables.append(f"[{title}]")
        tables += [f'{name} = "{what}"' for name, what in known.items()]
    return "\n".join(tables) + "\n"


def gun(name: str, port: Path, answer: str = "") -> str:
    """The lines of a settings file for a scanner in serial mode."""
    return f'[[scanner]]\nname = "{name}"\nport = "{port}"\nanswer = "{answer}"\n'


def keyboard(name: str) -> Layout:
    """A keyboard layout that is known, by its short name."""
    layout = load_layouts(Settings().layouts_file).named(name)
    assert layout is not None, name
    return layout


class Foreign(Terminal):
    """A station whose scanner is set to US and whose computer to another keyboard."""

    keyboard: Layout

    def scan(self, text: str, gap_ms: float = 0.0, suffix: str = CR) -> None:
        """What arrives when the scanner reads this text."""
        super().scan(self.keyboard.typed(text), gap_ms, suffix)

    def check(self, gap_ms: float = 2.0) -> None:
        """Scans the test code of the scanner check."""
        self.scan(TEST_CODE, gap_ms)


class French(Foreign):
    """On a French computer."""

    keyboard = keyboard("fr")


class German(Foreign):
    """On a German computer."""

    keyboard = keyboard("de")
