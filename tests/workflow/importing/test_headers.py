"""Which column is what, how the file is encoded, and the sample files."""

from __future__ import annotations

import pytest

from bench.datafile import data_dir
from bench.settings import Settings
from bench.workflow.desk import Desk, load_rules
from bench.workflow.importing import (
    CsvFileError,
    ImportKind,
    ImportOptions,
    import_file,
)
from bench.workflow.views import view_of
from tests.workflow.importing.helpers import (
    Importer,
    unit,
)


def test_their_headers_can_be_told(desk: Desk, load: Importer) -> None:
    content = "Device no,Serial,Comment\nA01,X99,hello\n"
    report = load(
        content,
        kind=ImportKind.SHIPMENTS,
        mapping={"device NO": "serial", "Serial": "order_no", "Comment": ""},
    )
    assert report.columns.fields == ("serial", "order_no", "")
    assert unit(desk, "A01").order_no == "X99"


def test_a_told_column_wins_over_a_guessed_one(desk: Desk, load: Importer) -> None:
    load("Serial,Their id,Ticket\nA01,B02,T-1\n", mapping={"Their id": "serial"})
    assert unit(desk, "B02")
    assert desk.store.find("A01") == []


def test_columns_of_the_other_kind_are_not_used(load: Importer) -> None:
    report = load("serial,ticket,shipped_on\nA01,T-1,2025-01-01\n", kind=ImportKind.SHIPMENTS)
    assert report.columns.unused == ("ticket",)


@pytest.mark.parametrize(
    ("content", "mapping", "message"),
    [
        ("", {}, "empty"),
        ("\n\n\n", {}, "empty"),
        ("brand,ship date\n", {}, "no column is the serial"),
        ("serial,brand\n", {}, "--kind"),
        ("serial,s/n,ticket\n", {}, "both serial; say which with --map HEADER=serial"),
        ("serial,ticket\n", {"Nr": "serial"}, 'no column "Nr"'),
        ("serial,ticket\n", {"serial": "seriall"}, 'no field "seriall"'),
        ("PK\x03\x04", {}, "spreadsheet"),
        ('"serial,ticket\n', {}, "not closed"),
    ],
)
def test_a_header_that_does_not_do(
    load: Importer, content: str, mapping: dict[str, str], message: str
) -> None:
    with pytest.raises(CsvFileError) as caught:
        load(content, mapping=mapping)
    assert message in str(caught.value)


def test_encoding_and_delimiter(desk: Desk, load: Importer) -> None:
    report = load("\ufeffserial;ship date;customer\nA01;2025-01-01;Müller, Ann\n".encode())
    assert (report.encoding, report.delimiter) == ("utf-8-sig", ";")
    assert unit(desk, "A01").customer == "Müller, Ann"
    report = load("serial\tship date\tcustomer\nA02\t2025-01-01\tMüller\n".encode("cp1252"))
    assert (report.encoding, report.delimiter) == ("cp1252", "\t")
    assert unit(desk, "A02").customer == "Müller"
    load("serial,ship date,customer\nA03,,Žižek\n".encode("cp1250"), encoding="cp1250")
    assert unit(desk, "A03").customer == "Žižek"
    with pytest.raises(CsvFileError, match="no encoding klingon"):
        load("serial,ship date\n", encoding="klingon")


def test_the_sample_files_go_in(desk: Desk) -> None:
    reports = [
        import_file(desk, data_dir() / name, ImportOptions())
        for name in ("sample-shipments.csv", "sample-expected.csv")
    ]
    assert [r.columns.kind for r in reports] == [ImportKind.SHIPMENTS, ImportKind.EXPECTED]
    assert [(r.tally.new, r.tally.bad, r.tally.notes) for r in reports] == [(12, [], [])] * 2
    assert all(r.columns.unused == () for r in reports)
    assert reports[1].tally.units_new == 1
    known = set(load_rules(Settings()).tables.brand_names())
    assert {u.brand for u in desk.store.units()} == known
    views = [view_of(desk, u.id) for u in desk.store.units()]
    bands = {view.decision.band for view in views if view}
    assert len(bands) == 4  # every band, and one that is still open
