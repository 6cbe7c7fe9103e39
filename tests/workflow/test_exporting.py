"""Exporting: every row once, safe in a spreadsheet, and readable again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bench.clock import FixedClock
from bench.csvfile import csv_cell, unguarded
from bench.policy.facts import Outcome
from bench.settings import Settings
from bench.store.records import State
from bench.workflow import exporting
from bench.workflow.desk import Desk, open_desk
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.exporting import ExportKind, columns, rows, write_csv, write_json
from bench.workflow.importing import ImportOptions, import_file
from bench.workflow.receive import Receipt, receive_unannounced

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SHIPPED = (
    "serial,brand,model,mac,customer,channel,service_level,order_no,shipped_on,"
    "contract_ends_on,replaces\n"
)
NASTY = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\0x", "'=1", "'", "plain", "a=b", ""]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk on an empty database, on a day that stands still."""
    yield from _desk(tmp_path / "bench.db")


@pytest.fixture
def other_desk(tmp_path: Path) -> Iterator[Desk]:
    """Another one."""
    yield from _desk(tmp_path / "other.db")


def _desk(path: Path) -> Iterator[Desk]:
    opened = open_desk(
        Settings(station="B", technician="Ana", database=path), None, FixedClock(NOW)
    )
    yield opened
    opened.store.close()


def load(desk: Desk, tmp_path: Path, content: str) -> None:
    """Imports this content."""
    path = tmp_path / "in.csv"
    path.write_text(content)
    report = import_file(desk, path, ImportOptions())
    assert report.tally.bad == []


def as_csv(desk: Desk, kind: ExportKind, open_only: bool = False) -> list[dict[str, str]]:
    """An export as CSV, read back by whoever reads CSV."""
    out = io.StringIO()
    write_csv(out, columns(kind), rows(desk.store, kind, open_only))
    return list(csv.DictReader(io.StringIO(out.getvalue()), strict=True))


def as_json(desk: Desk, kind: ExportKind, open_only: bool = False) -> Any:
    """An export as JSON."""
    out = io.StringIO()
    write_json(out, columns(kind), rows(desk.store, kind, open_only))
    return json.loads(out.getvalue())


@pytest.mark.parametrize("kind", ExportKind)
def test_nothing_is_a_header_and_an_empty_array(desk: Desk, kind: ExportKind) -> None:
    out = io.StringIO()
    assert write_csv(out, columns(kind), rows(desk.store, kind)) == 0
    assert out.getvalue() == ",".join(columns(kind)) + "\n"
    assert as_json(desk, kind) == []


@pytest.mark.parametrize("kind", ExportKind)
def test_columns_are_what_the_rows_have(desk: Desk, tmp_path: Path, kind: ExportKind) -> None:
    receive_unannounced(desk, "op-1", "A01", None, Receipt(facts={"brand": "Snom"}))
    (row,) = rows(desk.store, kind)
    assert set(row) == set(columns(kind))
    assert len(columns(kind)) == len(set(columns(kind)))


@pytest.mark.parametrize("text", NASTY)
def test_a_cell_is_no_formula_and_comes_back(text: str) -> None:
    cell = csv_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\0"))
    if not text.startswith("'"):
        assert unguarded(cell) == text


def test_formulas_are_guarded_in_csv_and_left_alone_in_json(desk: Desk) -> None:
    facts = {"brand": "=cmd|' /C calc'!A0", "customer": '+"a",b\nc', "model": "@SUM(1)"}
    receive_unannounced(desk, "op-1", "-A01", None, Receipt(facts=facts, accessories=("=x", "y")))
    (unit,) = as_csv(desk, ExportKind.UNITS)
    assert unit["serial"] == "'-A01"
    assert (unit["brand"], unit["model"]) == ("'=cmd|' /C calc'!A0", "'@SUM(1)")
    assert unit["customer"].startswith("'+")
    assert as_csv(desk, ExportKind.RMAS)[0]["accessories"] == "'=x;y"
    (plain,) = as_json(desk, ExportKind.UNITS)
    assert (plain["serial"], plain["model"]) == ("-A01", "@SUM(1)")


def test_an_rma_with_its_unit(desk: Desk) -> None:
    receipt = Receipt(True, "good", ("psu", "stand"), {"brand": "Snom", "model": "D785"})
    saved = receive_unannounced(desk, "op-1", "A01", None, receipt)
    assert saved.view.rma is not None
    diagnose(desk, "op-2", saved.view.rma.id, Diagnosis(Outcome.REPAIR, checks={"power": "failed"}))
    (row,) = as_csv(desk, ExportKind.RMAS)
    assert (row["serial"], row["brand"], row["model"]) == ("A01", "Snom", "D785")
    assert (row["original_packaging"], row["blind"], row["quote_accepted"]) == ("yes", "yes", "")
    assert (row["accessories"], row["checks"]) == ("psu;stand", '{"power": "failed"}')
    assert (row["outcome"], row["received_on"]) == ("repair", "2026-11-21")
    (plain,) = as_json(desk, ExportKind.RMAS)
    assert (plain["accessories"], plain["blind"]) == (["psu", "stand"], True)
    assert plain["checks"] == {"power": "failed"}
    events = as_json(desk, ExportKind.EVENTS)
    assert {e["step"] for e in events} == {"received", "diagnosed"}
    assert {(e["serial"], e["rma"]) for e in events} == {("A01", row["number"])}


def test_only_what_is_open(desk: Desk) -> None:
    for name in ("A01", "A02"):
        receive_unannounced(desk, f"op-{name}", name, None, Receipt())
    gone = desk.store.open_rma(desk.store.find("A01")[0].id)
    assert gone is not None
    desk.store.write("", lambda tx: tx.save_rma(replace(gone, state=State.CLOSED)))
    for kind in ExportKind:
        assert {r["serial"] for r in as_csv(desk, kind)} == {"A01", "A02"}
        assert {r["serial"] for r in as_csv(desk, kind, True)} == {"A02"}


def test_page_by_page_nothing_is_lost(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "PAGE", 3)
    for i in range(10):
        receive_unannounced(desk, f"op-{i}", f"A{i:02}", None, Receipt())
    for kind in ExportKind:
        for open_only in (False, True):
            serials = [r["serial"] for r in as_json(desk, kind, open_only)]
            assert sorted(serials) == [f"A{i:02}" for i in range(10)]


def test_units_can_be_imported_elsewhere(desk: Desk, other_desk: Desk, tmp_path: Path) -> None:
    load(
        desk,
        tmp_path,
        SHIPPED + "'-A01,Snom,'=D785,805EC0000001,\"Ann, Ltd\",direct,platinum,SO-1,2024-01-01,,\n"
        "A02,Snom,,,Müller,reseller,,,2025-01-01,2027-01-01,'-A01\n",
    )
    out = io.StringIO()
    names = columns(ExportKind.UNITS)
    write_csv(out, names, rows(desk.store, ExportKind.UNITS))
    load(other_desk, tmp_path, out.getvalue())
    assert as_json(other_desk, ExportKind.UNITS) == as_json(desk, ExportKind.UNITS)
    (unit,) = other_desk.store.find("-A01")
    assert (unit.serial, unit.model) == ("-A01", "=D785")
