"""`bench doctor`: one line each, what to do below it, and an exit status for scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.hardware import found
from bench.hardware.found import Port
from tests.cli.conftest import ROOT, Bench

LINES = ("versions", "settings", "policy", "database", "clock", "disk", "log", "ports", "printers")


def test_a_bench_in_order(bench: Bench, database: Path | str) -> None:
    assert bench("import", ROOT / "data" / "sample-expected.csv", "--database", database).code == 0
    ran = bench("doctor", "--database", database)
    names = [line.split()[1] for line in ran.out.splitlines() if "→" not in line]
    assert [name for name in LINES if name not in names] == []
    assert "✔ policy" in ran.out
    assert (ran.code, ran.err) == (int("✖" in ran.out), "")


def test_wrong_settings_are_a_line_and_the_rest_is_looked_at(bench: Bench, tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text('[station]\nnmae = "Dock 2"\n')
    ran = bench("doctor", "--settings", settings, "--database", tmp_path / "bench.db")
    (line,) = [line for line in ran.out.splitlines() if line[2:].startswith("settings ")]
    assert line.startswith("✖")
    assert "nmae" in line
    assert "✔ policy" in ran.out
    assert ran.code == 1


def test_a_wrong_policy_file_is_named(bench: Bench, tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text('[policy]\nfile = "mine.toml"\n')
    (tmp_path / "mine.toml").write_text("what = [")
    ran = bench("doctor", "--settings", settings, "--database", tmp_path / "bench.db")
    (line,) = [line for line in ran.out.splitlines() if line[2:].startswith("policy ")]
    assert line.startswith("✖")
    assert "mine.toml" in line
    assert ran.code == 1


def test_a_port_that_may_not_be_opened(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = [Port("/dev/ttyUSB0", "FT232R \x1b[2J", True), Port("/dev/ttyUSB1", "", False)]
    monkeypatch.setattr(found, "serial_ports", lambda: ports)
    ran = bench("doctor", "--database", tmp_path / "bench.db")
    assert "✖ ports       /dev/ttyUSB1 may not be opened" in ran.out
    assert "dialout" in ran.out
    assert ran.code == 1
    monkeypatch.setattr(found, "serial_ports", lambda: ports[:1])
    ran = bench("doctor", "--database", tmp_path / "bench.db")
    assert "✔ ports       /dev/ttyUSB0 FT232R ␛[2J" in ran.out
    assert ran.code == 0
