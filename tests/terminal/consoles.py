"""Stations with two console cables, simulated appliances on them, and what became of captures."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.evidence.capture_format import RAW, BadMeta, Meta, read_meta
from bench.hardware.simulated_appliance import run_apart
from tests.terminal.harness import PATIENCE, ROOT, SETTINGS, Terminal
from tests.terminal.stations import alive, until_dead

LABEL = "CONSOLEB"
LINES = "400"
"""Lines a second of a console that talks without end."""


def with_consoles(home: Path) -> str:
    """A settings file with console cables B and C; no other port of this computer is looked at."""
    lines = [
        SETTINGS + "find_scanners = false",
        "[screen]",
        "sound = false",  # the bell is a byte that a console may send, too
        "[console]",
        f'folder = "{home / "captures"}"',
        "find = false",
        "[consoles]",
        *(f'{name} = "{home / f"tty{name}"}"' for name in "BC"),
    ]
    return "\n".join(lines) + "\n"


class ConsoleStation(Terminal):
    """A station with cables B and C; nothing is plugged in at first."""

    def __init__(self, home: Path, columns: int = 80, rows: int = 24) -> None:
        super().__init__(home, columns, rows)
        self.settings.write_text(with_consoles(home))
        self.captures = home / "captures"

    @property
    def port(self) -> Path:
        """Where cable B is, once it is plugged in."""
        return self.home / "ttyB"

    @property
    def folders(self) -> list[Path]:
        """The captures, the oldest first; not the copies of them."""
        return sorted(self.captures.glob("????-??-??/*"))

    @property
    def folder(self) -> Path:
        """The only capture."""
        (folder,) = self.folders
        return folder

    @property
    def raw_bytes(self) -> bytes:
        """What the only capture has kept so far."""
        return (self.folder / RAW).read_bytes()

    def meta(self) -> Meta:
        """What the only capture says of itself."""
        return read_meta(self.folder)

    def recorders(self) -> list[int]:
        """The capture processes of this station that run."""
        found = []
        for folder in self.folders:
            with suppress(BadMeta):
                found.append(read_meta(folder).pid)
        return [process for process in set(found) if alive(process) and _records(process)]

    def no_recorder(self) -> None:
        """Ends what still records: for the end of a test that went wrong."""
        running = self.recorders()
        for process in running:
            os.kill(process, signal.SIGKILL)
        until_dead(*running)

    def until(self, good: Callable[[], object]) -> None:
        """Waits until something beside the screen is as it should be."""
        deadline = time.monotonic() + PATIENCE
        while not good():
            assert time.monotonic() < deadline, self.screen()
            time.sleep(0.02)


def _records(process: int) -> bool:
    """Whether a process is one of ours still: its number may be another's by now."""
    with suppress(OSError):
        return b"capture_process" in Path(f"/proc/{process}/cmdline").read_bytes()
    return False


class Talker:
    """A device as a process of its own, which says lines without end until it is told to stop.

    It tells hash and number of its bytes: nobody may take one from it.
    """

    def __init__(self, link: Path) -> None:
        module = (sys.executable, "-m", "tests.benchmarks.console_feed")
        command, pipe = [*module, str(link), "0", LINES], subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=ROOT)
        self._told()

    def _told(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().decode()

    def stop(self) -> tuple[str, int]:
        """Silences it; hash and number of the bytes that it has said. The port stays."""
        assert self._process.stdin
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        told = json.loads(self._told())
        return told["sha"], told["bytes"]

    def close(self) -> None:
        """Takes its port away."""
        self._process.kill()
        self._process.communicate()


def sha(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


@contextmanager
def plugged(port: Path, scenario: str, serial: str, speed: float = 0.0) -> Iterator[None]:
    """An appliance on a cable, as a process of its own; it starts when it is listened to."""
    process = run_apart(scenario, port, speed, {"serial": serial})
    try:
        yield
    finally:
        process.communicate()
