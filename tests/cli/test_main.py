"""The command line as a whole: help, exit codes, and what each subcommand does not load."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench import __version__
from bench.cli import MODULES, main
from bench.cli.parser import build_parser
from bench.settings import Settings

ROOT = Path(__file__).parents[2]
SCREENS = ("textual", "rich")
HEAVY = (*SCREENS, "peewee", "sqlite3", "serial", "segno", "barcode", "PIL")
LOADED = """
import json, sys
from bench.cli import main
code = main(sys.argv[2:])
found = [name for name in sys.argv[1].split(",") if name in sys.modules]
print(json.dumps([code, found]), file=sys.stderr)
"""


def loaded(names: tuple[str, ...], *args: str | Path) -> Any:
    """The exit code of a command in its own process, and which of the modules it loaded."""
    call = [sys.executable, "-c", LOADED, ",".join(names), *map(str, args)]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, timeout=30, check=True)
    return json.loads(done.stderr.splitlines()[-1])


def test_decide_loads_nothing_heavy(tmp_path: Path) -> None:
    assert loaded(HEAVY, "decide", "--brand", "Snom") == [0, []]
    cases = tmp_path / "cases.csv"
    cases.write_text("brand\nSnom\n")
    assert loaded(HEAVY, "decide", "--cases", cases) == [0, []]
    assert loaded(HEAVY, "--help") == [0, []]


def test_the_program_starts_without_what_draws_labels() -> None:
    """The screens themselves are loaded; Pillow, segno and the barcodes only with a first label."""
    probe = "import json, sys, bench.app; print(json.dumps(sorted(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", probe], capture_output=True, check=True).stdout
    assert not {"PIL", "segno", "barcode", "serial"} & set(json.loads(told))


def test_the_others_load_no_screens(tmp_path: Path) -> None:
    database = ("--database", tmp_path / "bench.db")
    sample = ROOT / "data" / "sample-expected.csv"
    light = (*SCREENS, "serial")
    assert loaded(light, "import", sample, *database) == [0, []]
    assert loaded(light, "show", "000413A1982E", *database) == [0, []]
    assert loaded(light, "export", *database) == [0, []]
    assert loaded((*SCREENS, "serial"), "sheet") == [0, []]


def test_every_subcommand_and_option_has_help() -> None:
    parser = build_parser()
    subs = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    assert set(subs.choices) == set(MODULES)
    for part in (parser, *subs.choices.values()):
        assert part.description
        assert all(action.help for action in part._actions if action is not subs)
    assert {c.dest for c in subs._choices_actions if c.help} == set(MODULES)


@pytest.mark.parametrize("command", ["", *MODULES])
def test_help_is_printed(bench: Any, command: str) -> None:
    ran = bench(*command.split(), "--help")
    assert (ran.code, ran.err) == (0, "")
    assert "Exit codes: 0 done" in " ".join(ran.out.split())


def test_version(bench: Any) -> None:
    assert bench("--version") == (0, f"rma-bench {__version__}\n", "")


@pytest.mark.parametrize(
    "args",
    [
        ("frobnicate",),
        ("decide", "--colour"),
        ("show",),
        ("import",),
        ("import", "x.csv", "--kind", "stock"),
        ("export", "--format", "xml"),
        ("--settings", "nowhere.toml", "decide"),
        ("decide", "--settings", "nowhere.toml"),
        ("show", "A01", "--settings", "nowhere.toml"),
    ],
)
def test_wrong_usage_is_two(bench: Any, args: tuple[str, ...]) -> None:
    ran = bench(*args)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err


def test_wrong_settings_name_file_and_key(bench: Any, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[policy]\nage_reference = "guessed"\n')
    ran = bench("decide", "--settings", file)
    assert ran.code == 2
    assert "policy.age_reference" in ran.err
    assert "settings.toml" in ran.err


def test_the_settings_count(bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[policy]\nage_reference = "received"\n[database]\npath = "here.db"\n')
    days = ("--shipped", "2026-01-01", "--opened", "2026-01-11", "--received", "2026-01-21")
    assert "day 10 " in bench("decide", *days).out
    assert "day 20 " in bench("decide", *days, "--settings", file).out
    assert "day 20 " in bench("--settings", file, "decide", *days).out
    monkeypatch.setenv("BENCH_SETTINGS", str(file))
    assert "day 20 " in bench("decide", *days).out
    assert str(tmp_path / "here.db") in bench("show", "A01").err


def test_exit_codes_of_a_real_process(process: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("brand,channel\nSnom,nobody\n")
    assert process("decide", "--brand", "Snom").code == 0
    assert process("decide", "--cases", bad).code == 1
    assert process("decide", "--channel", "nobody").code == 2


def test_a_terminal_of_another_locale(process: Any) -> None:
    ran = process("decide", "--brand", "Snom", env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert (ran.code, ran.err) == (0, "")
    assert "·" in ran.out


def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    cases = tmp_path / "cases.csv"
    cases.write_text("brand\n" + "Snom\n" * 5000)
    command = f'"{sys.executable}" -m bench decide --cases "{cases}" | head -1'
    done = subprocess.run(
        command, shell=True, cwd=ROOT, capture_output=True, timeout=30, check=True
    )
    assert json.loads(done.stdout)["line"] == 2
    assert done.stderr == b""


def test_ctrl_c_is_quiet() -> None:
    call = [sys.executable, "-m", "bench", "decide", "--cases", "-"]
    with subprocess.Popen(
        call, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    ) as child:
        assert child.stdin
        assert child.stderr
        child.stdin.write(b"brand\n" * 100_000)  # taken only once it reads: it is past its start
        os.kill(child.pid, signal.SIGINT)
        assert child.wait(timeout=10) == 130
        assert child.stderr.read() == b""


def test_no_subcommand_opens_the_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = pytest.importorskip("bench.cli.program")
    seen: list[Any] = []

    def run(settings: Settings, demo: bool) -> int:
        seen.append((settings, demo))
        return 7

    monkeypatch.setattr(app, "run", run)
    database = tmp_path / "bench.db"
    assert main(["--demo", "--station", "Bench 9", "--database", str(database)]) == 7
    ((settings, demo),) = seen
    assert (demo, settings.station, settings.database) == (True, "Bench 9", database)
