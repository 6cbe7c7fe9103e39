"""Stations that break, and stations in a shell; and how to see what became of them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tests.terminal.harness import BENCH, PATIENCE, ROOT, Terminal

BACK = ("bench stopped unexpectedly at", "what was saved is safe")
"""What stands in the scan strip after a crash."""
CALM = b"scans are not taken now"
"""What the keeper shows in between."""
CRASHED = 70
Start = Callable[[type[Terminal]], Terminal]


class Breaking(Terminal):
    """A station whose program breaks while the file `breaks` is there."""

    def __init__(self, home: Path, columns: int = 80, rows: int = 24) -> None:
        super().__init__(home, columns, rows)
        self.breaks = home / "breaks"
        faults = ROOT / "tests/terminal/faults"
        self.extra = {"BREAKS": str(self.breaks), "PYTHONPATH": f"{faults}:{ROOT}"}

    @property
    def log(self) -> Path:
        """Where the errors of the program are written."""
        return self.home / ".local/state/bench/log/bench.log"

    def break_now(self, text: str) -> None:
        """Breaks the program at its next repaint of the top line."""
        self.breaks.write_text(text)
        self.scan("3146023199999999")


class Shell(Terminal):
    """A station whose program is started from an interactive shell, as most are."""

    shell: tuple[str, ...] = ("bash", "--norc", "--noprofile", "-i")

    def command(self) -> list[str]:
        """The shell."""
        return list(self.shell)

    def start(self) -> None:
        """Types the command at the prompt, and waits for the program."""
        self.extra = {"PS1": "prompt> ", "ENV": "", "HISTFILE": ""}
        self.spawn()
        self.wait_for("prompt>")
        self.key(f"cd {self.home}; {' '.join(super().command())}\r".encode())
        self.wait_for("NEXT", "scan a unit")

    @property
    def keeper(self) -> int:
        """The shell's only job."""
        shell = super().keeper
        return int(Path(f"/proc/{shell}/task/{shell}/children").read_text().split()[0])

    def left(self) -> bytes:
        """Waits for the prompt after the program, and gives what was shown since its screen."""

        def shown() -> bytes:
            after = self.raw.rpartition(b"\x1b[?1049h")[2]
            return after.partition(b"\x1b[?1049l")[2]

        until(self, lambda: b"prompt>" in shown())
        return shown()

    def says(self, command: str) -> str:
        """What a command at the prompt has to say."""
        before = len(self.raw)
        self.key(f"{command}; echo al''ive\r".encode())
        until(self, lambda: b"alive" in self.raw[before:])
        return self.raw[before:].decode()

    def kill9(self) -> None:
        """Ends the jobs too, which are groups of their own."""
        if self.running:
            shell = super().keeper
            for job in Path(f"/proc/{shell}/task/{shell}/children").read_text().split():
                os.killpg(int(job), signal.SIGKILL)
        super().kill9()


class Dash(Shell):
    """The same, from a plain POSIX shell."""

    shell = ("sh", "-i")


def until(terminal: Terminal, good: Callable[[], bool]) -> None:
    """Waits until something is as it should be."""
    deadline = time.monotonic() + PATIENCE
    while not good():
        assert time.monotonic() < deadline, terminal.raw[-2000:]
        time.sleep(0.02)


def calm(terminal: Terminal) -> bool:
    """Whether the shell's terminal is as a shell has it."""
    assert isinstance(terminal, Shell)
    said = terminal.says("stty -a").split()
    return not {"icanon", "echo", "isig", "icrnl"} - {word.strip(";") for word in said}


def until_dead(*processes: int) -> None:
    """Waits until none of these processes runs."""
    deadline = time.monotonic() + PATIENCE
    while running := [p for p in processes if alive(p)]:
        assert time.monotonic() < deadline, f"{running} still run"
        time.sleep(0.02)


def alive(process: int) -> bool:
    """Whether a process runs, and is not only waiting to be buried."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def storm(terminal: Terminal, text: str) -> None:
    """Scans the same thing again and again until the program has come back."""
    deadline = time.monotonic() + PATIENCE
    while BACK[0] not in terminal.screen():
        assert time.monotonic() < deadline, terminal.screen()
        terminal.scan(text, 0.2)


class Demo(Terminal):
    """A station that shows the demo."""

    def __init__(self, home: Path, columns: int = 80, rows: int = 24) -> None:
        super().__init__(home, columns, rows)
        (home / "tmp").mkdir(exist_ok=True)
        self.extra = {"TMPDIR": str(home / "tmp")}

    def command(self) -> list[str]:
        """Without a database: the demo has its own."""
        return [*BENCH, "--demo", "--settings", str(self.settings)]
