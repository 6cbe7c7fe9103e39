"""`bench import`, `show` and `export`, as a person or a script runs them."""

from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from bench.datafile import data_dir
from bench.settings import Settings
from bench.workflow.capture import Settling, captured, console_differed, settle_console
from bench.workflow.desk import open_desk
from tests.workflow.helpers import a_capture

SHIPMENTS = "serial,brand,model,customer,channel,shipped_on\n"


@pytest.fixture
def loaded(bench: Any, database: Path) -> Path:
    """A database with both sample files in it."""
    for name in ("sample-shipments.csv", "sample-expected.csv"):
        assert bench("import", data_dir() / name, "--database", database).code == 0
    return database


def test_import_says_what_it_did(bench: Any, database: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(SHIPMENTS + "A01,Snom,,,,2025-02-30\nA02,Snom,,,,\n")
    ran = bench("import", file, "--database", database, "--technician", "Ana")
    assert ran.code == 1
    assert ran.err.startswith('bench import: line 2: shipped_on: "2025-02-30" is not in the')
    assert "shipment history (by the names of its columns)" in ran.out
    assert "2 rows: 1 new, 0 changed, 0 unchanged, 1 bad" in ran.out
    again = bench("import", file, "--database", database)
    assert again.code == 0
    assert "this file was imported on" in again.out
    assert "by Ana, as mine.csv: nothing changed" in again.out
    once_more = bench("import", file, "--database", database, "--again")
    assert "0 new, 0 changed, 1 unchanged, 1 bad" in once_more.out


def test_a_dry_run_is_said(bench: Any, database: Path) -> None:
    sample = data_dir() / "sample-expected.csv"
    args = ("import", sample, "--database", database)
    dry, wet = bench(*args, "--dry-run"), bench(*args)
    assert dry.out == wet.out + "dry run: nothing was written\n"
    assert "12 rows: 12 new" in wet.out


def test_map_and_kind(bench: Any, database: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("Device;Colour;a=b\nA01;red;Ann\n")
    args = ("import", file, "--database", database, "--kind", "shipments")
    ran = bench(*args, "--map", "device=serial", "a=b=customer")
    assert ran.code == 0
    assert "columns: Device = serial, a=b = customer" in ran.out
    assert "not used: Colour" in ran.out
    for wrong in ("serial", "=serial", "Nr=serial", "Device=colour"):
        ran = bench(*args, "--map", wrong)
        assert (ran.code, ran.out) == (2, "")
        assert "--map" in ran.err


def test_files_that_cannot_be_imported(bench: Any, database: Path, tmp_path: Path) -> None:
    empty, binary = tmp_path / "empty.csv", tmp_path / "sheet.xlsx"
    empty.touch()
    binary.write_bytes(b"PK\x03\x04" + bytes(100))
    for file in (empty, binary, tmp_path / "nowhere.csv", tmp_path):
        ran = bench("import", file, "--database", database)
        assert (ran.code, ran.out) == (2, "")
        assert file.name in ran.err


def test_their_headers_cannot_steer_the_terminal(
    bench: Any, database: Path, tmp_path: Path
) -> None:
    file = tmp_path / "mine\x1b[2J.csv"
    file.write_text("serial,ticket,\x1b]52;c;x\x07\nA01,T-1,x\nA01\x1b,\x9b2J,x\n")
    ran = bench("import", file, "--database", database)
    assert ran.code == 1
    assert "\x1b" not in ran.out + ran.err
    assert "\x9b" not in ran.out + ran.err


def test_a_database_that_cannot_be_used(bench: Any, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_text("hello")
    for args in (("show", "A01"), ("export",), ("import", data_dir() / "sample-expected.csv")):
        ran = bench(*args, "--database", other)
        assert (ran.code, ran.out) == (2, "")
        assert "not a database of bench" in ran.err
    for args in (("show", "A01"), ("export",)):
        ran = bench(*args, "--database", tmp_path / "none.db")
        assert (ran.code, "no database" in ran.err) == (2, True)
    assert not (tmp_path / "none.db").exists()


def test_show_for_people(bench: Any, loaded: Path) -> None:
    ran = bench("show", "3146023104410271", "--database", loaded)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("3146023104410271  Yealink T54W\n")
    for words in ("Lindqvist Legal, direct client", "ticket T-48101", "day 20 of 30", "events"):
        assert words in ran.out
    assert "  goes to     21 Birch Court, Suite 400, Fairmont WV 26554\n" in ran.out


def test_show_for_programs(bench: Any, loaded: Path) -> None:
    found = json.loads(bench("show", "3146023104410271", "--json", "--database", loaded).out)
    assert (found["state"], found["brand"], found["others"]) == ("expected", "Yealink", [])
    assert found["open_rma"]["ticket"] == "T-48101"
    assert found["open_rma"]["address"] == "21 Birch Court, Suite 400, Fairmont WV 26554"
    assert found["unit"]["shipped_on"] == "2026-10-06"
    assert (found["decision"]["age_days"], found["decision"]["band"]) == (20, "early")
    assert [event["step"] for event in found["events"]] == ["expected"]
    assert found["earlier_rmas"] == []


def test_show_tells_what_the_console_told(bench: Any, loaded: Path) -> None:
    desk = open_desk(Settings(database=loaded))
    (unit,) = desk.store.find("3146023104410271")
    rma = desk.store.open_rma(unit.id)
    assert rma is not None
    captured(desk, "op-1", rma.id, a_capture())
    for op, serial in (("op-2", "BOARD-7"), ("op-4", "X-9")):
        console_differed(desk, op, rma.id, a_capture().capture, serial)
        if op == "op-2":
            settle_console(desk, "op-3", rma.id, Settling.BOARD_SWAPPED)
    desk.store.close()
    out = bench("show", unit.serial, "--database", loaded).out
    assert "the console names X-9, board BOARD-7, 1 capture\n" in out
    assert "console settled" in out
    found = json.loads(bench("show", unit.serial, "--json", "--database", loaded).out)
    assert found["stops"][0]["what"] == f"the console names X-9, the label {unit.serial}"
    assert found["events"][1]["data"]["seal"] == a_capture().seal


def test_show_finds_by_case_mac_and_number(bench: Any, loaded: Path) -> None:
    found = json.loads(bench("show", " 000413a1982e ", "--json", "--database", loaded).out)
    number = found["open_rma"]["number"]
    for text in (number, number.lower(), "00:04:13:a1:98:2e"):
        other = json.loads(bench("show", text, "--json", "--database", loaded).out)
        assert other["serial"] == "000413A1982E"


def test_show_a_unit_without_an_rma(bench: Any, loaded: Path) -> None:
    args = ("show", "000413A1540C", "--database", loaded)
    found = json.loads(bench(*args, "--json").out)
    assert (found["state"], found["open_rma"], found["events"]) == (None, None, [])
    assert "no RMA" in bench(*args).out


def test_show_every_unit_of_a_serial(bench: Any, database: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(SHIPMENTS + "A01,Snom,,,,\nA01,Htek,,,,\n")
    bench("import", file, "--database", database)
    found = json.loads(bench("show", "a01", "--json", "--database", database).out)
    assert [found["brand"], *(other["brand"] for other in found["others"])] == ["Htek", "Snom"]
    out = bench("show", "a01", "--database", database).out
    assert "A01  Htek" in out
    assert "A01  Snom" in out


def test_show_an_unknown_serial(bench: Any, loaded: Path) -> None:
    ran = bench("show", "SN:OOO4I3A1982E", "--database", loaded)
    assert (ran.code, ran.out) == (1, "")
    assert "is not known" in ran.err
    assert "near it: 000413A1982E (Snom)" in ran.err
    for text in ("\x1b[2J", "", "x" * 10_000, "\ud800"):
        ran = bench("show", text, "--database", loaded)
        assert (ran.code, ran.out) == (1, "")
        assert "\x1b" not in ran.err
        assert len(ran.err) < 200


def test_export_to_a_file(bench: Any, loaded: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    args = ("export", "--what", "units", "--database", loaded)
    ran = bench(*args, "-o", file)
    assert (ran.code, ran.out) == (0, "")
    assert "13 units written" in ran.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.glob(".out.csv.*")) == []
    assert file.read_text() == bench(*args).out
    before = file.stat().st_mtime_ns
    ran = bench(*args, "-o", file)
    assert (ran.code, file.stat().st_mtime_ns) == (2, before)
    assert "--force" in ran.err
    assert bench(*args, "-o", file, "--force", "--format", "json").code == 0
    assert len(json.loads(file.read_text())) == 13
    assert bench(*args, "-o", tmp_path / "no" / "where.csv").code == 2


@pytest.mark.parametrize("what", ["rmas", "units", "events"])
def test_export_in_both_formats(bench: Any, loaded: Path, what: str) -> None:
    args = ("export", "--what", what, "--database", loaded)
    sheet = list(csv.DictReader(io.StringIO(bench(*args).out), strict=True))
    data = json.loads(bench(*args, "--format", "json").out)
    assert len(sheet) == len(data) == (13 if what == "units" else 12)
    assert [row["serial"] for row in sheet] == [row["serial"] for row in data]
    assert list(sheet[0]) == list(data[0])
    assert len(json.loads(bench(*args, "--format", "json", "--open-only").out)) == 12


def test_a_failed_export_leaves_the_old_file(
    bench: Any, loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "out.csv"
    file.write_text("old")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bench.cli.exporting.write_csv", full)
    ran = bench("export", "-o", file, "--force", "--database", loaded)
    assert (ran.code, file.read_text()) == (2, "old")
    assert "No space left" in ran.err
    assert sorted(p.name for p in tmp_path.glob("*out*")) == ["out.csv"]
