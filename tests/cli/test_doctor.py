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


def test_badges_and_their_key(bench: Bench, tmp_path: Path) -> None:
    database = ("--database", tmp_path / "bench.db")
    settings = tmp_path / "settings.toml"
    settings.write_text('[station]\nbadge_key = "badge.key"\n')
    more = (*database, "--settings", settings)
    assert bench("technician", "add", "Ana", "--badge", "COMPANY-4711", *more).code == 0
    assert "✔ badges      in use" in bench("doctor", *more).out
    (tmp_path / "badge.key").write_bytes(bytes(32))
    ran = bench("doctor", *more)
    assert "✖ badges      this bench's badge key is not the one of this database" in ran.out
    assert ran.code == 1


def test_backups_and_their_age(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = ("--database", tmp_path / "bench.db")
    assert bench("import", ROOT / "data" / "sample-expected.csv", *database).code == 0
    assert "! backups     none yet" in bench("doctor", *database).out
    assert bench("backup", *database).code == 0
    assert "✔ backups     the last is 0 days old" in bench("doctor", *database).out
    (file,) = (tmp_path / "backups").glob("bench-*.db")
    old = file.with_name("bench-2026-01-05-120000.db")
    for one in (file, file.with_name(file.name + ".json")):
        text = one.read_bytes().replace(file.name.encode(), old.name.encode())
        one.with_name(one.name.replace(file.name, old.name)).write_bytes(text)
        one.unlink()
    assert "! backups     the last is " in bench("doctor", *database).out
