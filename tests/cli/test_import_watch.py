"""`bench import` on a terminal: it tells how far it is, and Ctrl+C ends it without losing a row."""

from __future__ import annotations

import os
import pty
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.store.store import Store
from tests.cli.conftest import ROOT

HEADER = "ticket,serial,brand,customer,channel,opened_on,due_on\n"
COUNT = 2500


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Expected returns that take some seconds."""
    path = tmp_path / "expected.csv"
    path.write_text(HEADER + "".join(f"T-{n},A{n:05},Snom,,,2026-01-05,\n" for n in range(COUNT)))
    return path


def on_a_terminal(*arguments: str | Path, press: bytes, at: str) -> tuple[int, str]:
    """Runs `bench` on a terminal of its own and presses a key when it shows `at`."""
    child, master = pty.fork()
    if not child:
        os.chdir(ROOT)
        os.execv(sys.executable, [sys.executable, "-m", "bench", *map(str, arguments)])
    seen, pressed = "", False
    while True:
        try:
            data = os.read(master, 4096)
        except OSError:  # nobody holds the other side any more
            break
        if not data:
            break
        seen += data.decode()
        if not pressed and re.search(at, seen):
            pressed = bool(os.write(master, press))
    os.close(master)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), seen


def test_ctrl_c_ends_it_after_the_rows_in_hand_and_the_same_command_goes_on(
    bench: Any, database: Path | str, file: Path
) -> None:
    command = ("import", file, "--database", database)
    code, seen = on_a_terminal(*command, press=b"\x03", at=r"\d+ rows, .* rows/s, .* left, \d+%")
    assert code == 130
    said = re.search(r"bench import: stopped after ([\d,]+) rows; those are in", seen)
    assert said
    assert "the same command again goes on where it stopped" in seen
    assert "Traceback" not in seen
    done = int(said[1].replace(",", ""))
    assert 0 < done < COUNT
    assert done % 100 == 0  # whole chunks
    ran = bench(*command)
    assert ran.code == 0
    assert f"{COUNT - done} new" in ran.out
    assert f"{done} unchanged" in ran.out
    store = Store.open(database)
    assert store.queue_count() == COUNT
    assert len(store.events(limit=COUNT + 1)) == COUNT
    store.close()
    assert "nothing changed" in bench(*command).out


def test_a_dry_run_that_was_stopped_says_that_nothing_was_written(
    bench: Any, database: Path | str, file: Path
) -> None:
    command = ("import", file, "--database", database, "--dry-run")
    code, seen = on_a_terminal(*command, press=b"\x03", at=r"rows/s")
    assert code == 130
    assert re.search(r"stopped after [\d,]+ rows; it was a dry run, nothing was written", seen)
    store = Store.open(database)
    assert store.queue_count() == 0
    store.close()
