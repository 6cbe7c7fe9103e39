"""The real program on a real pseudo-terminal, driven as scanner and technician drive it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.terminal.glass import Glass

ROOT = Path(__file__).parents[2]
CR, LF, CRLF, TAB = "\r", "\n", "\r\n", "\t"
ENTER, ESCAPE, UP, DOWN = b"\r", b"\x1b", b"\x1b[A", b"\x1b[B"
F1, F2, F3, F4 = b"\x1bOP", b"\x1bOQ", b"\x1bOR", b"\x1bOS"
F6, F8, F9 = b"\x1b[17~", b"\x1b[19~", b"\x1b[20~"
END, SHIFT_HOME = b"\x1b[F", b"\x1b[1;2H"
CTRL_F, CTRL_Q, CTRL_R, CTRL_U, CTRL_Z = b"\x06", b"\x11", b"\x12", b"\x15", b"\x1a"
LAUNCHER = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""Takes the pseudo-terminal as the controlling one, then becomes the program. (Not in a
`preexec_fn`, which is not safe where tests run in threads.)"""
BENCH = (sys.executable, "-m", "bench")
PATIENCE = 30.0
"""Seconds that a test waits for the screen before it fails."""
REACH = 0.35
"""Seconds from a typed character to the scanner's trigger: sooner than the gate's `quiet`, a burst
counts as the end of the typed word."""
STATION, TECHNICIAN = "Bench 2", "Ana R."
SETTINGS = f"""[station]
name = "{STATION}"
technician = "{TECHNICIAN}"
timezone = "UTC"
"""


class TooLate(AssertionError):
    """What was waited for did not come; the message carries the screen."""


class Terminal:
    """One station: a home directory, a database, and the program on a pseudo-terminal.

    Used as a context manager it starts the program, and always ends it. `extra` is added to the
    program's environment. What runs is a keeper, and the program as its child: both are one group.
    """

    extra: Mapping[str, str] = {}

    def __init__(self, home: Path, columns: int = 80, rows: int = 24) -> None:
        self.home, self.columns, self.rows = home, columns, rows
        home.mkdir(parents=True, exist_ok=True)
        self.database = home / "bench.db"
        self.settings = home / "settings.toml"
        self.settings.write_text(SETTINGS)
        self._child: subprocess.Popen[bytes] | None = None
        self._hung = False

    # --- its life

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.kill9()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.kill9()

    def start(self) -> None:
        """Starts the program, and waits until it is ready for scans."""
        self.spawn()
        self.wait_for("NEXT", "scan a unit")

    def spawn(self) -> None:
        """Starts the program."""
        self.glass = Glass(self.columns, self.rows)
        self._master, slave = pty.openpty()
        self._set_size(slave)
        self.modes_before = termios.tcgetattr(slave)
        self._child = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER, *self.command()],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            env=self._environment(),
            start_new_session=True,
        )
        os.close(slave)
        os.set_blocking(self._master, False)
        self._reader = threading.Thread(target=self._read, args=(self._master,), daemon=True)
        self._reader.start()

    def command(self) -> list[str]:
        """The command line that is run on the terminal."""
        return [*BENCH, "--database", str(self.database), "--settings", str(self.settings)]

    def _environment(self) -> dict[str, str]:
        dropped = ("NO_COLOR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "TEXTUAL")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(dropped)}
        return kept | {
            "BENCH_SETTINGS": str(self.settings),
            "HOME": str(self.home),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            **self.extra,
        }

    @property
    def running(self) -> bool:
        """Whether the program has not ended."""
        return self._child is not None and self._child.poll() is None

    @property
    def keeper(self) -> int:
        """The process that owns the terminal."""
        assert self._child is not None
        return self._child.pid

    @property
    def program(self) -> int:
        """The process that is the program: the keeper's child, once there is one."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            children = Path(f"/proc/{self.keeper}/task/{self.keeper}/children").read_text().split()
            if children:
                return int(children[0])
            time.sleep(0.005)
        raise TooLate(f"no program\n{self.screen()}")

    def crash(self, number: int = signal.SIGKILL) -> int:
        """Ends the program only, its keeper stays; gives the process that it was."""
        program = self.program
        os.kill(program, number)
        return program

    def hang_up(self) -> None:
        """Closes the terminal while the program runs."""
        assert self._child is not None
        self._hung = True
        self._reader.join(PATIENCE)
        os.close(self._master)

    def ended(self) -> int:
        """Waits for the end of the program, and gives back the exit status."""
        assert self._child is not None
        try:
            status = self._child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise TooLate(f"the program did not end\n{self.screen()}") from None
        self._end()
        return status

    def kill9(self) -> None:
        """Ends the program as a power cut would, and frees the terminal."""
        if self._child is not None:
            if self._child.poll() is None:
                os.killpg(self._child.pid, signal.SIGKILL)
            self._end()

    def quit(self) -> int:
        """Quits with ctrl+q, and gives back the exit status."""
        self.key(CTRL_Q)
        return self.ended()

    def _end(self) -> None:
        """Reads the last output, and lets go of the terminal."""
        assert self._child is not None
        self._child.wait()
        self._child = None
        if self._hung:
            return
        self._reader.join(PATIENCE)
        self.modes_after = termios.tcgetattr(self._master)
        os.close(self._master)

    def restart(self) -> None:
        """Ends the program with a kill -9, and starts it anew on the same database."""
        self.kill9()
        self.start()

    # --- what comes out

    def _read(self, master: int) -> None:
        while not self._hung:
            select.select([master], [], [], 0.2)
            try:
                data = os.read(master, 65536)
            except BlockingIOError:
                continue
            except OSError:  # the program has ended and all of its output is read
                return
            if not data:
                return
            self.glass.add(data)

    @property
    def raw(self) -> bytes:
        """Every byte that the program has sent since its start."""
        return self.glass.raw

    def lines(self) -> list[str]:
        """The rows of the screen as they stand now."""
        return self.glass.lines()

    def screen(self) -> str:
        """The screen as it stands now, as text."""
        return "\n".join(line.rstrip() for line in self.lines())

    def next_field(self, count: int = 1) -> None:
        """Tab to another field, each time until the cursor stands there."""
        for _ in range(count):
            self._move(TAB.encode(), "another field")

    def empty_field(self) -> None:
        """Takes out what stands before the cursor, and waits until it is gone."""
        self._move(CTRL_U, "an empty field")

    def _move(self, press: bytes, what: str) -> None:
        """Presses a key, and waits until the cursor stands elsewhere."""
        self.glass.settle()
        before = self.glass.cursor
        self.key(press)
        self._wait(lambda _: self.glass.cursor not in (None, before), (what,), PATIENCE)

    def below_strip(self) -> str:
        """The screen without the lines that say what was scanned."""
        return "\n".join(self.lines()[4:])

    def wait_for(self, *texts: str, seconds: float = PATIENCE) -> str:
        """Waits until all of these texts stand on the screen, and gives it back.

        White space and line ends do not matter, so a sentence is found where it was wrapped.
        """
        wanted = [_flat(text) for text in texts]
        return self._wait(lambda flat: all(text in flat for text in wanted), texts, seconds)

    def wait_times(self, text: str, times: int) -> str:
        """Waits until this text stands on the screen so many times."""
        wanted = _flat(text)
        what = (f"{times} times {text!r}",)
        return self._wait(lambda flat: flat.count(wanted) >= times, what, PATIENCE)

    def wait_gone(self, text: str, seconds: float = PATIENCE) -> str:
        """Waits until this text does not stand on the screen any more."""
        return self._wait(lambda flat: _flat(text) not in flat, (f"no {text!r}",), seconds)

    def _wait(self, good: Callable[[str], bool], what: tuple[str, ...], seconds: float) -> str:
        deadline = time.monotonic() + seconds
        while True:
            seen = len(self.raw)
            shown = self.screen()
            if good(_flat(shown)):
                return shown
            left = deadline - time.monotonic()
            if left <= 0 or (not self.running and len(self.raw) == seen):
                state = "still runs" if self.running else "has ended"
                raise TooLate(f"the program {state}, waiting for {what}:\n{self.screen()}")
            self.glass.wait_news(seen, min(left, 0.25))

    # --- what goes in

    def key(self, *presses: bytes) -> None:
        """Presses keys, each as the bytes that a terminal sends for it."""
        for press in presses:
            self._write(press)

    def _write(self, data: bytes) -> None:
        deadline = time.monotonic() + PATIENCE
        while data:
            _, ready, _ = select.select([], [self._master], [], 0.5)
            if ready:
                data = data[os.write(self._master, data) :]
            if data and time.monotonic() > deadline:
                raise TooLate(f"the program does not read its keys\n{self.screen()}")

    def paced(self, data: bytes, gap: float) -> None:
        """Sends byte by byte with `gap` seconds between the beginnings of two."""
        due = time.monotonic()
        for byte in data:
            time.sleep(max(0.0, due - time.monotonic()))
            self._write(bytes([byte]))
            due += gap

    def scan(self, text: str, gap_ms: float = 0.0, suffix: str = CR) -> None:
        """A scan by a keyboard wedge: so many milliseconds a character, then the suffix."""
        data = (text + suffix).encode()
        if not gap_ms:
            self._write(data)
            return
        self.paced(data, gap_ms / 1000)
        time.sleep(gap_ms / 1000)

    def type(self, text: str, wpm: int = 100) -> None:
        """A person who types, at so many words of five characters a minute, and then reaches for
        something else."""
        for character in text:
            self._write(character.encode())
            time.sleep(12 / wpm)
        self.pause()

    def pause(self) -> None:
        """A person's hand goes from the keys to something else."""
        time.sleep(REACH)

    def paste(self, text: str | bytes) -> None:
        """A bracketed paste."""
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        self._write(b"\x1b[200~" + data + b"\x1b[201~")

    def resize(self, columns: int, rows: int) -> None:
        """Gives the window another size while the program runs and paints nothing.

        Where the program learns of two sizes at once, it need not paint for the first one.
        """
        self.glass.settle()
        self.columns, self.rows = columns, rows
        self.glass.resize(columns, rows)
        self._set_size(self._master)

    def _set_size(self, descriptor: int) -> None:
        size = struct.pack("HHHH", self.rows, self.columns, 0, 0)
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, size)


def _flat(text: str) -> str:
    return re.sub(r"\s+", "", text)
