"""After a crash the program comes back by itself, and what is scanned meanwhile runs nowhere."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.store.records import State
from tests.terminal.conftest import Open
from tests.terminal.harness import BENCH, CTRL_Q, PATIENCE, ROOT, Terminal
from tests.terminal.seeds import Seed, read, seed, ups, wait_drafts

MINE = Seed("3146023104410271")
STRANGER = "QX77-0042-ZK"
BACK = ("bench stopped unexpectedly at", "what was saved is safe")
CALM = b"scans are not taken now"
CRASHED = 70


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


Start = Callable[[type[Terminal]], Terminal]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Start]:
    """Starts a station of a certain kind."""
    with ExitStack() as stack:
        yield lambda kind: stack.enter_context(kind(tmp_path, 160, 48))


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


# --- coming back


def test_half_entered_diagnosis(station: Open, tmp_path: Path) -> None:
    """Killed in the middle of the work: the same unit, what was typed, and the work goes on."""
    seed(tmp_path, [MINE])
    terminal = station(tmp_path, 160, 48)
    for text in (MINE.serial, "BENCHOK", "BENCHGOOD"):
        terminal.scan(text)
    terminal.wait_for("✔ powers up")
    terminal.next_field()
    terminal.type("no dial tone", wpm=140)
    wait_drafts(terminal, lambda text: "no dial tone" in text)
    terminal.crash()
    terminal.wait_for(*BACK, "bench  Diagnose", MINE.serial, "no dial tone", "✔ powers up")
    for text in ("BENCHFXD", ups(1), "BENCHOK"):
        terminal.scan(text)
    terminal.wait_for("✔ shipped")
    found = read(terminal, MINE.serial)
    assert (found.rma.state, found.rma.symptom) == (State.SHIPPED, "no dial tone")
    assert terminal.quit() == 0
    assert terminal.modes_before == terminal.modes_after


def test_half_entered_stranger(station: Open, tmp_path: Path) -> None:
    """A serial that nobody knows comes back too, with what was typed about it."""
    terminal = station(tmp_path, 160, 48)
    terminal.scan(STRANGER)
    terminal.wait_for("unknown serial")
    terminal.next_field()
    terminal.type("Snom", wpm=140)
    wait_drafts(terminal, lambda text: "Snom" in text)
    terminal.crash(signal.SIGSEGV)
    terminal.wait_for(*BACK, "bench  Receive", STRANGER, "Snom")
    terminal.scan("BENCHNO")
    terminal.wait_for("received as RMA")
    assert read(terminal, STRANGER).unit.brand == "Snom"


def test_a_screen_without_a_unit(station: Open) -> None:
    """The queue stays the queue, and says what happened also where there is little room."""
    terminal = station()
    terminal.crash()
    terminal.wait_for(*BACK, "bench  Queue")
    assert terminal.quit() == 0


def test_a_unit_named_by_its_number_is_still_to_be_scanned(station: Open, tmp_path: Path) -> None:
    """The proof that it is the right unit is asked for after a crash as before it."""
    seed(tmp_path, [MINE])
    terminal = station(tmp_path, 160, 48)
    number = read(terminal, MINE.serial).rma.number
    terminal.scan(number)
    terminal.wait_for("scan the serial of the unit")
    terminal.crash()
    terminal.wait_for(*BACK, "scan the serial of the unit")


def test_told_to_end_while_memory_is_short(station: Open) -> None:
    """A SIGTERM for the program alone, as an out-of-memory daemon sends it: it comes back."""
    terminal = station()
    terminal.crash(signal.SIGTERM)
    terminal.wait_for(*BACK)
    assert terminal.quit() == 0


def test_an_error_in_the_program(begin: Start) -> None:
    """It is written down where nothing of it steers a terminal, and is not painted."""
    terminal = begin(Breaking)
    assert isinstance(terminal, Breaking)
    terminal.break_now("once \x1b]0;pwned\x07")
    terminal.wait_for(*BACK)
    text = terminal.log.read_text()
    assert "Traceback" in text
    assert "RuntimeError: once ␛]0;pwned␇" in text
    assert "ended by itself with status 70" in text
    assert b"Traceback" not in terminal.raw
    assert b"pwned" not in terminal.raw
    assert terminal.quit() == 0


def test_a_death_cry_is_in_the_log(begin: Start) -> None:
    """What the interpreter was doing when a signal killed it stands in the log."""
    terminal = begin(Breaking)
    assert isinstance(terminal, Breaking)
    terminal.crash(signal.SIGSEGV)
    terminal.wait_for(*BACK)
    text = terminal.log.read_text()
    assert "Fatal Python error: Segmentation fault" in text
    assert "killed by signal 11 (SIGSEGV)" in text


# --- the shell behind it


@pytest.mark.parametrize("kind", [Shell, Dash])
def test_scans_in_between_never_reach_the_shell(
    begin: Start, tmp_path: Path, kind: type[Shell]
) -> None:
    """From the kill to the comeback: nothing is run, nothing is echoed, and a bell sounds."""
    terminal = begin(kind)
    before = len(terminal.raw)
    terminal.crash()
    storm(terminal, "touch landed")
    shown = terminal.raw[before:]
    gap = shown[shown.index(CALM) : shown.rindex(b"\x1b[?1049h")]
    assert b"\a" in gap
    assert b"touch" not in gap
    terminal.key(CTRL_Q)
    assert isinstance(terminal, Shell)
    assert b"touch" not in terminal.left()
    assert calm(terminal)
    assert not (tmp_path / "landed").exists()


def test_scans_at_the_end_never_reach_the_shell(begin: Start, tmp_path: Path) -> None:
    """Also the scan that comes in while the program quits is thrown away."""
    terminal = begin(Shell)
    terminal.key(CTRL_Q, b"touch landed\r")
    assert isinstance(terminal, Shell)
    assert b"touch" not in terminal.left()
    assert calm(terminal)
    assert not (tmp_path / "landed").exists()


def test_suspended_and_continued(begin: Start) -> None:
    """Stopped by the shell's job control and brought back, it works as before."""
    terminal = begin(Shell)
    assert isinstance(terminal, Shell)
    os.killpg(terminal.keeper, signal.SIGTSTP)
    terminal.left()
    assert calm(terminal)
    terminal.key(b"fg\r")
    until(terminal, lambda: b"\x1b[?1049h" in terminal.raw.rpartition(b"alive")[2])
    terminal.scan(STRANGER)
    terminal.wait_for("unknown serial")
    terminal.key(CTRL_Q)
    terminal.left()
    assert calm(terminal)


# --- again and again


def test_a_program_that_cannot_live(begin: Start) -> None:
    """It is not started for ever; the page says what to do, and no scan gets out of it."""
    terminal = begin(Breaking)
    assert isinstance(terminal, Breaking)
    terminal.break_now("\x1b[2J broken for good")
    terminal.wait_for("again and again", str(terminal.log), "Ctrl+Q leaves", "broken for good")
    assert b"\x1b[2J broken" not in terminal.raw
    shown = terminal.raw.rindex(b"broken for good")
    assert terminal.raw.rindex(b"\x1b[?1049l") < terminal.raw.rindex(b"\x1b[?1049h") < shown
    terminal.key(b"abc\x11def\r")
    terminal.key(b"\x11\x11")
    terminal.pause()
    terminal.pause()
    assert terminal.running
    assert terminal.quit() == CRASHED
    assert b"The error stands in" in terminal.raw
    assert terminal.modes_before == terminal.modes_after


def test_a_unit_that_breaks_the_program_is_left_alone(begin: Start) -> None:
    """Where it crashes on coming back, it comes back on the queue."""
    terminal = begin(Breaking)
    assert isinstance(terminal, Breaking)
    terminal.scan(STRANGER)
    terminal.wait_for("unknown serial")
    terminal.crash()
    terminal.wait_for(*BACK, "bench  Receive")
    terminal.crash()
    terminal.wait_for(*BACK, "bench  Queue")


# --- the end


def test_without_its_keeper_the_program_ends(station: Open) -> None:
    """The keeper is killed: the program leaves the terminal as it was found."""
    terminal = station()
    program = terminal.program
    os.kill(terminal.keeper, signal.SIGKILL)
    until_dead(program)
    assert terminal.ended() == -signal.SIGKILL
    assert terminal.modes_before == terminal.modes_after
    raw = terminal.raw
    assert raw.rfind(b"\x1b[?1049l") > raw.rfind(b"\x1b[?1049h") > -1


def test_without_its_keeper_the_shell_works(begin: Start) -> None:
    """The keeper is killed: the program does not fight with the shell for the terminal."""
    terminal = begin(Shell)
    program = terminal.program
    os.kill(terminal.keeper, signal.SIGKILL)
    until_dead(program)
    assert calm(terminal)


@pytest.mark.parametrize("kind", [Terminal, Shell])
def test_a_closed_terminal_leaves_nothing_behind(begin: Start, kind: type[Terminal]) -> None:
    """The window is closed: no process stays, and none spins."""
    terminal = begin(kind)
    processes = (terminal.keeper, terminal.program)
    terminal.hang_up()
    until_dead(*processes)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end(station: Open, tmp_path: Path, number: signal.Signals) -> None:
    """A signal for the keeper ends both in good order: what was typed is kept."""
    terminal = station(tmp_path, 160, 48)
    terminal.scan(STRANGER)
    terminal.wait_for("unknown serial")
    terminal.next_field()
    terminal.type("Snom", wpm=140)
    program = terminal.program
    os.kill(terminal.keeper, number)
    assert terminal.ended() == 128 + number
    until_dead(program)
    assert terminal.modes_before == terminal.modes_after
    wait_drafts(terminal, lambda text: "Snom" in text)


def test_ctrl_c_ends_nothing(station: Open) -> None:
    """Neither the key nor the signal."""
    terminal = station()
    program = terminal.program
    terminal.key(b"\x03")
    os.killpg(terminal.keeper, signal.SIGINT)
    terminal.scan(STRANGER)
    terminal.wait_for("unknown serial")
    assert terminal.program == program
    assert terminal.quit() == 0


def test_a_wrong_policy_is_said_and_not_tried_again(tmp_path: Path) -> None:
    """What a person has to put right ends the program with its own status and sentence."""
    with ExitStack() as stack:
        terminal = Terminal(tmp_path)
        stack.callback(terminal.kill9)
        (tmp_path / "policy.toml").write_text("nonsense = 1\n")
        with terminal.settings.open("a") as file:
            file.write('[policy]\nfile = "policy.toml"\n')
        terminal.spawn()
        assert terminal.ended() == 2
        assert "age: expected a table" in "".join(terminal.lines())
        assert terminal.modes_before == terminal.modes_after


class Demo(Terminal):
    """A station that shows the demo."""

    def __init__(self, home: Path, columns: int = 80, rows: int = 24) -> None:
        super().__init__(home, columns, rows)
        (home / "tmp").mkdir(exist_ok=True)
        self.extra = {"TMPDIR": str(home / "tmp")}

    def command(self) -> list[str]:
        """Without a database: the demo has its own."""
        return [*BENCH, "--demo", "--settings", str(self.settings)]


def test_a_demo_comes_back_with_what_was_done_in_it(begin: Start, tmp_path: Path) -> None:
    """The same throw-away database after a crash; none is left after the end."""
    terminal = begin(Demo)
    terminal.scan(STRANGER)
    terminal.wait_for("unknown serial")
    terminal.scan("BENCHNO")
    number = re.search(r"received as RMA (\S+)", terminal.wait_for("received as RMA"))
    assert number is not None
    terminal.crash()
    terminal.wait_for(*BACK, number[1])
    assert len(list((tmp_path / "tmp").iterdir())) == 1
    assert terminal.quit() == 0
    assert list((tmp_path / "tmp").iterdir()) == []


def test_the_keeper_carries_nothing_of_the_program() -> None:
    """It is small because it loads neither the screens nor a database."""
    code = "import sys, bench.cli, bench.keeper.keep; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    heavy = {"textual", "rich", "peewee", "sqlite3", "psycopg", "logging", "asyncio", "socket"}
    assert not heavy & set(done.stdout.decode().split())
