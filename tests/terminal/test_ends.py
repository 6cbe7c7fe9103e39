"""However the program ends, the terminal is left as it was found, and nothing is left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.terminal.conftest import Open
from tests.terminal.harness import ROOT, Terminal
from tests.terminal.seeds import wait_drafts
from tests.terminal.stations import BACK, Demo, Shell, Start, calm, until_dead

STRANGER = "QX77-0042-ZK"


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
