"""What the tests of the command line share: `bench` in this process, and in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from bench.cli import main

ROOT = Path(__file__).parents[2]


class Ran(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


Bench = Callable[..., Ran]


@pytest.fixture(autouse=True)
def no_settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests: their own settings and database stay out of it."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.delenv("BENCH_SETTINGS", raising=False)


@pytest.fixture
def database(where: Path | str) -> Path | str:
    """A database that nothing is in yet."""
    return where


@pytest.fixture
def bench(capsys: pytest.CaptureFixture[str]) -> Bench:
    """Runs `bench` in this process."""

    def run(*args: str | Path) -> Ran:
        capsys.readouterr()
        code = main([str(arg) for arg in args])
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def process() -> Bench:
    """Runs `bench` in a process of its own."""

    def run(*args: str | Path, stdin: bytes = b"", env: dict[str, str] | None = None) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "bench", *map(str, args)],
            cwd=ROOT,
            input=stdin,
            capture_output=True,
            timeout=30,
            check=False,
            env={**os.environ, **(env or {})},
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
