"""A database that cannot be used: a screen and not a shell, in which a scan would be run."""

from __future__ import annotations

from pathlib import Path

from tests.terminal.harness import Terminal
from tests.terminal.seeds import Seed, read, seed

UNIT = Seed("TR774301")


def test_no_scan_lands_in_the_shell_at_a_bad_start(tmp_path: Path) -> None:
    """The screen stands, a scan is refused and shown, quitting gives status 1."""
    terminal = Terminal(tmp_path)
    terminal.database.write_text("dear diary")
    try:
        terminal.spawn()
        terminal.wait_for("not a database of bench", "left untouched", "BENCHNEXT", "BENCHEND")
        terminal.scan(UNIT.serial)
        terminal.wait_for(f"{UNIT.serial} is not taken")
        assert terminal.running
        assert terminal.quit() == 1
        assert terminal.modes_before == terminal.modes_after
    finally:
        terminal.kill9()
    assert terminal.database.read_text() == "dear diary"


def test_it_goes_on_once_the_file_is_put_right(tmp_path: Path) -> None:
    """The same program opens the right file, and works."""
    terminal = Terminal(tmp_path)
    seed(tmp_path, [UNIT])
    right = terminal.database.rename(tmp_path / "aside.db")
    terminal.database.write_text("dear diary")
    try:
        terminal.spawn()
        terminal.wait_for("not a database of bench")
        terminal.database.unlink()
        right.rename(terminal.database)
        terminal.scan("BENCHNEXT")
        terminal.wait_for("NEXT", "scan a unit", UNIT.serial)
        terminal.scan(UNIT.serial)
        terminal.scan("BENCHOK")
        terminal.wait_for("received as RMA")
        assert terminal.quit() == 0
    finally:
        terminal.kill9()
    assert read(terminal, UNIT.serial).rma.received_at is not None
