"""`bench verify`, `backup` and `restore`, and everything out and in, from the command line."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from bench.store.store import Store
from tests.cli.conftest import Bench
from tests.store.histories import Hand, a_history, content

Where = Path | str


@pytest.fixture
def history(where: Where) -> Where:
    """A database with a small history."""
    a_history(where)
    return where


def test_verify_says_that_all_is_well(bench: Bench, history: Where) -> None:
    ran = bench("verify", "--database", history)
    assert ran.code == 0
    assert "30 events of 6 units read" in ran.out
    assert "all is well" in ran.out
    assert "--against BACKUP" in ran.out


def test_verify_names_what_is_broken(bench: Bench, history: Where) -> None:
    with Hand(history) as hand:
        hand.run("UPDATE event SET actor = ? WHERE op_id = 'u3-1'", "\x1b[2Jevil")
    ran = bench("verify", "--database", history)
    assert ran.code == 1
    assert "Snom SER-u3, RMA 26-r3, event 1 (received, 2026-03-02" in ran.out
    assert "its content is not what was written" in ran.out
    assert "\x1b" not in ran.out


def test_verify_of_nothing_is_wrong_usage(bench: Bench, tmp_path: Path) -> None:
    ran = bench("verify", "--database", tmp_path / "none.db")
    assert ran.code == 2
    assert "there is no database" in ran.err
    (tmp_path / "x.db").write_text("hello")
    assert bench("verify", "--database", tmp_path / "x.db").code == 2


def test_verify_against_something_else_is_wrong_usage(
    bench: Bench, history: Where, tmp_path: Path
) -> None:
    assert bench("verify", "--database", history, "--against", tmp_path / "no.db").code == 2
    (tmp_path / "m.json").write_text("{}")
    assert bench("verify", "--database", history, "--against", tmp_path / "m.json").code == 2


def test_verify_beside_a_backup_finds_what_was_cut_off(
    bench: Bench, history: Where, tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    assert bench("backup", folder, "--database", history).code == 0
    manifest = next(folder.glob("*.json"))
    backup = folder / json.loads(manifest.read_text())["file"]
    with Hand(history) as hand:
        hand.run("DELETE FROM event WHERE op_id = 'u2-5'")
    assert bench("verify", "--database", history).code == 0
    for witness in (manifest, backup):
        ran = bench("verify", "--database", history, "--against", witness)
        assert ran.code == 1
        assert "Snom SER-u2, event 5: event 5 is missing: the backup has it" in ran.out


def test_the_database_is_no_witness_of_itself(bench: Bench, tmp_path: Path) -> None:
    a_history(tmp_path / "a.db", units=1)
    ran = bench("verify", "--database", tmp_path / "a.db", "--against", tmp_path / "a.db")
    assert ran.code == 2
    assert "is the database itself" in ran.err


def test_a_backup_says_what_it_holds(bench: Bench, history: Where, tmp_path: Path) -> None:
    ran = bench("backup", tmp_path, "--database", history)
    assert ran.code == 0
    assert "6 RMAs, 30 events" in ran.out
    assert str(tmp_path / "bench-2") in ran.out


def test_a_backup_that_cannot_be_made_says_why(
    bench: Bench, history: Where, tmp_path: Path
) -> None:
    ran = bench("backup", tmp_path / "usb", "--database", history)
    assert (ran.code, ran.out) == (1, "")
    assert "No backup was made: there is no folder" in ran.err
    assert bench("backup", "--database", tmp_path / "none.db").code == 2


@pytest.mark.parametrize("name", ["all.jsonl", "all.jsonl.gz"])
def test_everything_out_and_in(bench: Bench, history: Where, tmp_path: Path, name: str) -> None:
    file, fresh = tmp_path / name, tmp_path / "fresh.db"
    out = bench("export", "--what", "all", "-o", file, "--database", history)
    assert out.code == 0
    assert "6 RMAs and 30 events written" in out.err
    ran = bench("import", file, "--database", fresh)
    assert ran.code == 0
    assert "6 RMAs and 30 events loaded and proved" in ran.out
    assert content(fresh) == content(history)
    again = bench("import", "--kind", "all", file, "--database", fresh)
    assert again.code == 2
    assert "is not empty" in again.err
    assert bench("export", "--what", "all", "-o", file, "--database", history).code == 2


def test_everything_goes_through_a_pipe(process: Bench, history: Where, tmp_path: Path) -> None:
    out = process("export", "--what", "all", "--database", str(history))
    assert out.code == 0
    lines = [json.loads(line) for line in out.out.splitlines()]
    assert lines[0]["format"] == lines[-1]["end"] == "bench-open"
    (tmp_path / "piped").write_text(out.out)
    assert process("import", tmp_path / "piped", "--database", str(tmp_path / "n.db")).code == 0


def test_a_bad_file_is_refused_with_its_line(bench: Bench, tmp_path: Path) -> None:
    a_history(tmp_path / "a.db", units=1)
    bench("export", "--what", "all", "-o", tmp_path / "a.jsonl", "--database", tmp_path / "a.db")
    text = (tmp_path / "a.jsonl").read_text().replace('"Ana"', '"Eve"', 1)
    (tmp_path / "a.jsonl").write_text(text)
    ran = bench("import", tmp_path / "a.jsonl", "--database", tmp_path / "b.db")
    assert ran.code == 2
    assert "Line 4 of the file" in ran.err
    store = Store.open(tmp_path / "b.db")
    assert store.units() == []
    store.close()


@pytest.mark.parametrize("command", ["verify", "backup", "restore"])
def test_none_of_them_loads_the_screens(tmp_path: Path, command: str) -> None:
    a_history(tmp_path / "a.db", units=1)
    code = (
        "import sys; from bench.cli import main; main(sys.argv[1:]);"
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'textual', 'rich'}))"
    )
    more = [str(tmp_path / "a.db"), "--yes"] if command == "restore" else []
    done = subprocess.run(
        [sys.executable, "-c", code, command, *more, "--database", str(tmp_path / "a.db")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_terminal_sees_how_far_it_is(tmp_path: Path) -> None:
    a_history(tmp_path / "a.db")
    child, terminal = pty.fork()
    if child == 0:
        command = ["-m", "bench", "verify", "--database", str(tmp_path / "a.db")]
        os.chdir(Path(__file__).parents[2])
        os.execv(sys.executable, [sys.executable, *command])
    said = b""
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        said += piece
    os.waitpid(child, 0)
    assert b"\rproving the events" in said
    assert b"\r\x1b[K" in said
    assert b"all is well" in said
