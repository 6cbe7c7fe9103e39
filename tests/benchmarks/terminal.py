"""A program in a real pseudo-terminal: its output in pieces with the time at which each came."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import pyte

from tests.benchmarks.seed import cache_dir

ROOT = Path(__file__).parents[2]
COLUMNS, ROWS = 120, 40


@dataclass(frozen=True, slots=True)
class Piece:
    """What one read gave, and when."""

    at: float
    data: bytes


class Program:
    """A program in a pty of 120 by 40, with a terminal's screen beside it."""

    def __init__(self, command: Sequence[str]) -> None:
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self.screen)
        home = tempfile.mkdtemp(prefix="bench-home-")
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        look = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        self.started = perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=ROOT,
            env={
                **clean_env(),
                **look,
                "HOME": home,
                "XDG_CONFIG_HOME": home,
                "XDG_DATA_HOME": home,
            },
            start_new_session=True,
            # The pty is its controlling terminal: where this side dies, SIGHUP ends the program.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)
        self._pty = ours

    def write(self, data: bytes) -> float:
        """Sends bytes in one go; the moment before that, so that a busy machine flatters nobody."""
        at = perf_counter()
        os.write(self._pty, data)
        return at

    def read(self, patience: float) -> Piece | None:
        """The next output, or None when `patience` seconds bring none (or the program ended)."""
        ready, _, _ = select.select([self._pty], [], [], patience)
        if not ready:
            return None
        with suppress(OSError):
            data = os.read(self._pty, 65536)
            if data:
                return Piece(perf_counter(), data)
        return None

    def until_quiet(self, quiet: float, patience: float = 10.0) -> list[Piece]:
        """Output until none came for `quiet` seconds (`patience` for the first of it)."""
        pieces: list[Piece] = []
        while piece := self.read(quiet if pieces else patience):
            pieces.append(piece)
        return pieces

    def show(self, piece: Piece) -> None:
        """Puts output on the terminal's screen."""
        # pyte would print the private modes of newer terminals.
        self._stream.feed(_without_kitty(piece.data))

    def until_shown(self, seen: Callable[[str], bool], patience: float = 30.0) -> float:
        """Reads until the whole screen, as text, is as wanted; the moment of the piece that did."""
        end = perf_counter() + patience
        while perf_counter() < end:
            piece = self.read(1.0)
            if piece is not None:
                self.show(piece)
                if seen("\n".join(self.screen.display)):
                    return piece.at
            elif self.process.poll() is not None:
                break
        raise TimeoutError("\n".join(self.screen.display))

    @property
    def working(self) -> int:
        """The process that paints: under its keeper the keeper's child, else the only one."""
        keeper = self.process.pid
        children = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()
        return int(children[0]) if children else keeper

    def memory(self) -> dict[str, float]:
        """Resident and proportional memory in MB."""
        return self.memory_of(self.working)

    def memory_of(self, process: int) -> dict[str, float]:
        """The same of any process, as the keeper."""
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
        lines = (line.split() for line in text.splitlines()[1:])
        found = {parts[0].rstrip(":"): int(parts[1]) / 1024 for parts in lines}
        return {name: found[name] for name in ("Rss", "Pss", "Private_Dirty")}

    def cpu(self) -> float:
        """Seconds of processor time that the program has used so far."""
        parts = Path(f"/proc/{self.working}/stat").read_text().rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """Ends the program."""
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._pty)


def clean_env() -> dict[str, str]:
    """The environment of a measured program: compiled files are kept, as where it is installed."""
    ours = ("BENCH_", "TEXTUAL", "PYTHON")
    keep = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    return keep | {"PYTHONPYCACHEPREFIX": str(cache_dir() / "pycache")}


def _without_kitty(data: bytes) -> bytes:
    for mode in (b"\x1b[>1u", b"\x1b[<u", b"\x1b[>31u", b"\x1b[?2026$p", b"\x1b[?2048$p"):
        data = data.replace(mode, b"")
    return data


def bench(database: Path, *options: str) -> list[str]:
    """The command line that opens the program on a database."""
    station = ["--station", "Bench 2", "--technician", "Ana"]
    return [sys.executable, "-m", "bench", "--database", str(database), *station, *options]
