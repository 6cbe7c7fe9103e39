"""A bad row is named with its line and why; what is foreign in a good one cannot act."""

from __future__ import annotations

import pytest

from bench.workflow.desk import Desk
from tests.workflow.importing.helpers import (
    EXPECTED,
    SHIPMENTS,
    Importer,
    says,
    unit,
)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (",Snom,,,,,", "serial: is empty"),
        ("AB,Snom,,,,,", 'serial: "AB" is not a serial'),
        ("BENCHOK,Snom,,,,,", "serial:"),
        ("8.05E+11,Snom,,,,,", "rounded by a spreadsheet"),
        ("A\x1b[2J01,Snom,,,,,", "none of them hidden"),
        ("A01\x00,Snom,,,,,", "none of them hidden"),
        (f"{'9' * 65},Snom,,,,,", "3 to 64"),
        (f"{'9' * 10_001},Snom,,,,,", "column 1 holds 10,001 characters"),
        (f"A01,{'x' * 41},,,,,", "brand: 41 characters are too many, 40 fit"),
        (f"A01,Snom,,{'😀' * 81},,,", "customer: 81 characters"),
        ("A01,Snom,,,partner,,", 'channel: "partner" is none of direct, reseller'),
        ("A01,Snom,,,,2026-02-30,", "February 2026 has 28 days"),
        ("A01,Snom,,,,03/01/2025,", "write YYYY-MM-DD"),
        ("A01,Snom,,,,2026-11-22,", 'shipped_on: "2026-11-22" lies in the future'),
        ("A01,Snom,,,,,a01", "cannot replace itself"),
        ("A01,Snom,,,,,=", "replaces:"),
        ("A01,Snom,,,,,,,", "9 cells, but the header names 7 columns"),
        ('A01,"Sn"om,,,,,', "not CSV"),
        ('A01,"Snom,,,,,', "lines 3 to 4 are left out"),
    ],
)
def test_a_bad_row_is_named_and_the_others_go_in(
    desk: Desk, load: Importer, row: str, message: str
) -> None:
    report = load(SHIPMENTS + "G01,Snom,,,,,\n" + row + "\nG02,Snom,,,,,\n")
    (said,) = says(report)
    assert said.startswith("3: ")
    assert message in said
    assert said.isprintable()
    assert len(said) < 250
    assert desk.store.find("G01")
    assert bool(desk.store.find("G02")) is ("lines 3 to 4" not in said)


def test_days_in_the_future(load: Importer) -> None:
    assert load.counts(EXPECTED + "T-1,A01,Snom,,,2026-11-21,2027-05-01,2026-11-21\n")[0] == 1
    report = load(EXPECTED + "T-1,A02,Snom,,,2026-11-22,,\n")
    assert says(report) == ['2: opened_on: "2026-11-22" lies in the future; check it']
    contract = "serial,ship date,contract end\nA03,2025-01-01,2030-01-01\n"
    assert load.counts(contract) == (1, 0, 0, 0)


def test_a_bad_mac(load: Importer) -> None:
    report = load("serial,ship date,mac\nA01,,80:5E\nA02,,805e.c000.0001\n")
    assert says(report) == ['2: mac: "80:5E" is not a MAC; 12 hexadecimal digits are needed']
    assert report.tally.new == 1


def test_one_unit_twice_in_a_file(load: Importer) -> None:
    rows = ("A01,Snom,,,,2025-01-01,", "A01,snom,,,,2025-01-01,", "a01,Snom,,,,2025-02-01,")
    report = load(SHIPMENTS + "\n".join(rows))
    assert (report.tally.new, report.tally.unchanged) == (1, 1)
    assert "4: serial: line 2 has the same unit with other facts" in says(report)[0]
    report = load(SHIPMENTS + "A09,,,,,,\nA09,Snom,,,,,\n")
    assert len(says(report)) == 1


def test_formula_guards_come_off(desk: Desk, load: Importer) -> None:
    load(SHIPMENTS + "'-A01,Snom,'=1+1,'O'Neill,,,\n'+A02,Snom,'T54W,'@home,,,\n")
    first, second = unit(desk, "-A01"), unit(desk, "+A02")
    assert (first.serial, first.model, first.customer) == ("-A01", "=1+1", "'O'Neill")
    assert (second.model, second.customer) == ("'T54W", "@home")


def test_what_could_act_is_not_kept(desk: Desk, load: Importer) -> None:
    load(SHIPMENTS + 'A01,Snom,"[red]T54W[/]","Ann\x1b]52;c;x\x07\u202e\nLtd",,,\n')
    found = unit(desk, "A01")
    assert (found.model, found.customer) == ("[red]T54W[/]", "Ann]52;c;x Ltd")


def test_serials_are_kept_as_written(desk: Desk, load: Importer) -> None:
    load(SHIPMENTS + "00-oO 1l,Snom,,,,,\n")
    found = unit(desk, "00-OO1L")
    assert found.serial == "00-oO 1l"
