"""Importing: what goes in, what is refused and how it is said, and that nothing goes in twice."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bench.clock import FixedClock
from bench.datafile import data_dir
from bench.policy.facts import Channel
from bench.settings import Settings
from bench.store.records import Rma, State, Step, Unit
from bench.workflow.desk import Desk, load_rules, open_desk
from bench.workflow.importing import (
    CsvFileError,
    ImportKind,
    ImportOptions,
    ImportReport,
    import_file,
)
from bench.workflow.projection import fold
from bench.workflow.receive import Receipt, receive, receive_unannounced
from bench.workflow.views import view_of

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SHIPMENTS = "serial,brand,model,customer,channel,shipped_on,replaces\n"
EXPECTED = "ticket,serial,brand,customer,channel,opened_on,due_on,shipped_on\n"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk on an empty database, on a day that stands still."""
    settings = Settings(station="Bench 2", technician="Ana", database=tmp_path / "bench.db")
    opened = open_desk(settings, clock=FixedClock(NOW))
    yield opened
    opened.store.close()


class Importer:
    """Writes content to a new file each time and imports it."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk, self.folder, self.count = desk, folder, 0

    def file(self, content: str | bytes) -> Path:
        """A new file with this content."""
        self.count += 1
        path = self.folder / f"file{self.count}.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def __call__(self, content: str | bytes, **options: object) -> ImportReport:
        """Imports this content."""
        return import_file(self.desk, self.file(content), ImportOptions(**options))  # type: ignore[arg-type]

    def counts(self, content: str | bytes, **options: object) -> tuple[int, int, int, int]:
        """The same, as the numbers of new, changed, unchanged and bad rows."""
        tally = self(content, **options).tally
        return tally.new, tally.changed, tally.unchanged, len(tally.bad)


@pytest.fixture
def load(desk: Desk, tmp_path: Path) -> Importer:
    """Imports content into the desk's database."""
    return Importer(desk, tmp_path)


def unit(desk: Desk, serial: str) -> Unit:
    """The one unit with this serial."""
    (found,) = desk.store.find(serial)
    return found


def rma(desk: Desk, serial: str) -> Rma:
    """The open RMA of the one unit with this serial."""
    found = desk.store.open_rma(unit(desk, serial).id)
    assert found is not None
    return found


def says(report: ImportReport) -> Sequence[str]:
    """What is said of bad rows, each with its line."""
    return [f"{note.line}: {note.text}" for note in report.tally.bad]


# Shipments


def test_shipments_make_units(desk: Desk, load: Importer) -> None:
    report = load(
        "S/N,Manufacturer,Model Name,MAC-Address,Customer,Customer Type,SLA,Order #,Ship Date\n"
        " ab-01 ,yealink,T54W,80:5e:c0:00:00:01,Ann Ltd,Service Provider,Platinum,SO-1,2025-03-01\n"
    )
    assert report.columns.kind is ImportKind.SHIPMENTS
    assert report.columns.guessed
    assert report.columns.unused == ()
    found = unit(desk, "AB-01")
    assert replace(found, id="") == Unit(
        id="",
        serial="ab-01",
        serial_key="AB-01",
        brand="Yealink",
        model="T54W",
        mac="805EC0000001",
        customer="Ann Ltd",
        channel=Channel.RESELLER,
        service_level="Platinum",
        order_no="SO-1",
        shipped_on=date(2025, 3, 1),
    )


def test_the_same_rows_in_another_file_are_unchanged(load: Importer) -> None:
    rows = "A01,Snom,D785,Ann,direct,2025-03-01,\nA02,Snom,,,,,\n"
    assert load.counts(SHIPMENTS + rows) == (2, 0, 0, 0)
    assert load.counts(SHIPMENTS + "\n" + rows) == (0, 0, 2, 0)


def test_unknown_never_overwrites_known(desk: Desk, load: Importer) -> None:
    load(SHIPMENTS + "A01,Snom,D785,Ann,direct,2025-03-01,\n")
    assert load.counts(SHIPMENTS + "A01,Snom,,,,,\n") == (0, 0, 1, 0)
    assert load.counts(SHIPMENTS + "A01,Snom,,Bob,,,\n") == (0, 1, 0, 0)
    found = unit(desk, "A01")
    assert (found.model, found.customer, found.shipped_on) == ("D785", "Bob", date(2025, 3, 1))


def test_what_money_hangs_on_is_said_when_it_changes(load: Importer) -> None:
    load(SHIPMENTS + "A01,Snom,,,,2025-03-01,\n")
    (note,) = load(SHIPMENTS + "A01,Snom,,,,2025-04-01,\n").tally.notes
    assert (note.line, note.text) == (2, "shipped_on was 2025-03-01, is 2025-04-01 now")


def test_brands_by_any_of_their_names(desk: Desk, load: Importer) -> None:
    assert load.counts(SHIPMENTS + "A01,POLY,,,,,\n") == (1, 0, 0, 0)
    assert load.counts(SHIPMENTS + "A01,polycom,,,,,\nA01,Nokia,,,,,\n") == (1, 0, 1, 0)
    assert {u.brand for u in desk.store.find("A01")} == {"Polycom", "Nokia"}


def test_a_unit_without_a_brand_gets_one(desk: Desk, load: Importer) -> None:
    receive_unannounced(desk, "op-1", "A01", None, Receipt())
    assert rma(desk, "A01").why_here != ""
    assert load.counts(SHIPMENTS + "A01,Snom,,,direct,2025-03-01,\n") == (0, 1, 0, 0)
    assert unit(desk, "A01").brand == "Snom"


def test_a_row_without_a_brand_finds_the_one_unit(desk: Desk, load: Importer) -> None:
    load(SHIPMENTS + "A01,Snom,,,,,\nA02,Snom,,,,,\nA02,Htek,,,,,\n")
    report = load(SHIPMENTS + "A01,,D785,,,,\nA02,,D785,,,,\nA03,,D785,,,,\n")
    assert (report.tally.changed, report.tally.new) == (1, 1)
    assert says(report) == ["3: brand: is empty, and units of Htek and Snom have this serial"]
    assert unit(desk, "A01").model == "D785"


def test_replacements_are_linked_in_any_order(desk: Desk, load: Importer) -> None:
    load(SHIPMENTS + "B03,Snom,,,,2026-01-01,B02\nB02,Snom,,,,2025-01-01,b01\n")
    chain, fault = desk.store.chain_of(unit(desk, "B03").id)
    assert ([u.serial for u, _ in chain], "not in the database" in fault) == (["B02"], True)
    load(SHIPMENTS + "B01,Snom,,,,2024-01-01,\n")
    chain, fault = desk.store.chain_of(unit(desk, "B03").id)
    assert ([u.serial for u, _ in chain], fault) == (["B01", "B02"], "")


def test_an_open_rma_follows_its_unit(desk: Desk, load: Importer) -> None:
    """A ship date that arrives later changes the place in the queue at once."""
    facts = {"brand": "Snom", "channel": Channel.DIRECT, "opened_on": date(2026, 11, 10)}
    receive_unannounced(desk, "op-1", "A01", None, Receipt(facts=facts))
    before = rma(desk, "A01")
    load(SHIPMENTS + "A01,Snom,,,,2026-11-01,\n")
    after = rma(desk, "A01")
    assert before.why_here != after.why_here
    assert after.state is State.RECEIVED
    assert after.version == before.version + 1


# Expected returns


def test_expected_returns_open_rmas(desk: Desk, load: Importer) -> None:
    report = load(EXPECTED + "T-1,A01,Snom,Ann,direct,2026-11-10,2026-12-01,2026-11-01\n")
    assert (report.columns.kind, report.tally.new, report.tally.units_new) == ("expected", 1, 1)
    found = rma(desk, "A01")
    assert found.number.startswith("26-000001-")
    assert (found.state, found.ticket, found.customer) == (State.EXPECTED, "T-1", "Ann")
    assert (found.opened_on, found.due_on) == (date(2026, 11, 10), date(2026, 12, 1))
    assert (found.mark, found.rank, found.why_here) == ("none", 900, "on its way")
    assert found.since == datetime(2026, 12, 1, tzinfo=UTC)
    (event,) = desk.store.events_of_rma(found.id)
    assert (event.step, event.actor, event.station) == (Step.EXPECTED, "Ana", "Bench 2")
    assert unit(desk, "A01").shipped_on == date(2026, 11, 1)


def test_an_imported_rma_is_what_its_events_make_it(desk: Desk, load: Importer) -> None:
    load(EXPECTED + "T-1,A01,Snom,Ann,direct,2026-11-10,2026-12-01,\n")
    found = rma(desk, "A01")
    again = fold(found, desk.store.events_of_rma(found.id))
    assert again == replace(found, mark="none", rank=900, why_here="", since=None)


def test_an_imported_rma_can_be_received(desk: Desk, load: Importer) -> None:
    load(EXPECTED + "T-1,A01,Snom,Ann,direct,2026-11-10,2026-12-01,2026-11-01\n")
    saved = receive(desk, "op-1", rma(desk, "A01").id, Receipt(original_packaging=True))
    assert saved.view.decision.age_days == 9
    assert saved.view.rma is not None
    assert (saved.view.rma.state, saved.view.rma.ticket) == (State.RECEIVED, "T-1")


def test_the_owner_comes_from_the_unit_where_the_row_is_silent(desk: Desk, load: Importer) -> None:
    load(SHIPMENTS + "A01,Snom,,Ann,reseller,2026-01-01,\n")
    load(EXPECTED + "T-1,A01,,,,,2026-12-01,\n")
    found = rma(desk, "A01")
    assert (found.customer, found.channel) == ("Ann", Channel.RESELLER)


def test_facts_of_a_known_unit_change_with_the_event(desk: Desk, load: Importer) -> None:
    load(SHIPMENTS + "A01,Snom,,Ann,reseller,2026-01-01,\n")
    load(EXPECTED + "T-1,A01,Snom,Bob,,,,2026-02-01\n")
    assert unit(desk, "A01").customer == "Bob"
    (event,) = desk.store.events_of_unit(unit(desk, "A01").id, 10)
    assert event.data["unit"] == {
        "customer": ["Ann", "Bob"],
        "shipped_on": ["2026-01-01", "2026-02-01"],
    }


def test_the_same_return_again(desk: Desk, load: Importer) -> None:
    row = "T-1,A01,Snom,Ann,direct,2026-11-10,2026-12-01,2026-11-01\n"
    load(EXPECTED + row)
    report = load(EXPECTED + "\n" + row)
    assert (report.tally.new, report.tally.unchanged, report.tally.notes) == (0, 1, [])
    close(desk, "A01")
    assert load.counts(EXPECTED + "\n\n" + row) == (0, 0, 1, 0)
    assert desk.store.open_rma(unit(desk, "A01").id) is None


def test_a_later_return_of_the_same_unit(desk: Desk, load: Importer) -> None:
    load(EXPECTED + "T-1,A01,Snom,,,2026-11-10,,\n")
    close(desk, "A01")
    assert load.counts(EXPECTED + "T-2,A01,Snom,,,2026-11-20,,\n") == (1, 0, 0, 0)
    assert rma(desk, "A01").ticket == "T-2"


def test_without_a_ticket_the_day_tells_returns_apart(desk: Desk, load: Importer) -> None:
    load(EXPECTED + ",A01,Snom,,,2026-11-10,,\n")
    assert load.counts(EXPECTED + "\n,A01,Snom,,,2026-11-10,,\n") == (0, 0, 1, 0)
    close(desk, "A01")
    assert load.counts(EXPECTED + "\n\n,A01,Snom,,,2026-11-10,,\n") == (0, 0, 1, 0)
    assert load.counts(EXPECTED + ",A01,Snom,,,2026-11-20,,\n") == (1, 0, 0, 0)


def test_already_open_is_no_error(desk: Desk, load: Importer) -> None:
    load(EXPECTED + "T-1,A01,Snom,,,2026-11-10,,\n")
    number = rma(desk, "A01").number
    report = load(EXPECTED + "T-2,A01,Snom,,,2026-11-20,,2026-01-01\n")
    assert (report.tally.unchanged, report.tally.bad) == (1, [])
    (note,) = report.tally.notes
    assert (note.line, note.text) == (2, f"already open as RMA {number} (expected, ticket T-1)")
    assert unit(desk, "A01").shipped_on is None


def test_an_expected_return_is_corrected_by_a_later_list(desk: Desk, load: Importer) -> None:
    load(EXPECTED + "T-1,A01,Snom,,,2026-11-10,2026-11-30,\n")
    changed = EXPECTED + "T-1,A01,Snom,,direct,2026-11-10,2026-12-05,2026-11-01\n"
    assert load.counts(changed) == (0, 1, 0, 0)
    found = rma(desk, "A01")
    assert (found.due_on, found.channel) == (date(2026, 12, 5), Channel.DIRECT)
    assert unit(desk, "A01").shipped_on == date(2026, 11, 1)
    steps = [e.step for e in desk.store.events_of_rma(found.id)]
    assert steps == [Step.EXPECTED, Step.FACTS_CORRECTED]


def test_what_was_entered_at_the_bench_stays(desk: Desk, load: Importer) -> None:
    """The list that comes after the box: gaps are filled, what the technician saw stays."""
    facts = {"brand": "Snom", "customer": "Ann"}
    receive_unannounced(desk, "op-1", "A01", None, Receipt(facts=facts))
    row = "T-1,A01,Snom,Bob,direct,2026-11-10,,2026-11-01\n"
    report = load(EXPECTED + row)
    assert (report.tally.changed, len(report.tally.notes)) == (1, 1)
    found = rma(desk, "A01")
    assert (found.ticket, found.customer, found.state) == ("T-1", "Ann", State.RECEIVED)
    assert unit(desk, "A01").customer == "Ann"
    view = view_of(desk, found.unit_id)
    assert view is not None
    assert view.decision.age_days == 9
    assert load.counts(EXPECTED + "\n" + row) == (0, 0, 1, 0)


def close(desk: Desk, serial: str) -> None:
    """Closes the open RMA of a unit, whatever its state."""
    found = replace(rma(desk, serial), state=State.CLOSED)
    desk.store.write("", lambda tx: tx.save_rma(found))


# Twice, dry, cut off


def test_the_same_file_twice_changes_nothing(desk: Desk, load: Importer) -> None:
    path = load.file(EXPECTED + "T-1,A01,Snom,,,2026-11-10,,\n")
    assert import_file(desk, path, ImportOptions()).earlier is None
    second = import_file(desk, path, ImportOptions())
    assert second.earlier is not None
    assert (second.earlier.at, second.earlier.actor, second.earlier.rows) == (NOW, "Ana", 1)
    assert (second.rows, second.tally.new, second.tally.unchanged) == (0, 0, 0)
    again = import_file(desk, path, ImportOptions(again=True))
    assert (again.tally.new, again.tally.unchanged) == (0, 1)


BOTH = [
    SHIPMENTS + "A01,Snom,,,,2025-01-01,\nA02,Snom,,,,x,\nA01,Snom,,,,2025-01-01,\n"
    "A03,Snom,,,,,A01\nA03,Htek,,,,,A01\nK01,Snom,D785,,,,\n",
    EXPECTED + "T-1,A01,Snom,,,2026-11-10,,\nT-2,K01,Snom,,,2027-01-01,,\nT-3,K01,,Bob,,,,\n"
    "T-1,A01,Snom,,,2026-11-10,,\nT-4,A01,Snom,,,2026-11-10,,\n",
]


@pytest.mark.parametrize("content", BOTH)
def test_a_dry_run_says_the_same_and_writes_nothing(
    desk: Desk, load: Importer, content: str
) -> None:
    load(SHIPMENTS + "K01,Snom,,Ann,,2025-01-01,\n")
    before = desk.store.units(), desk.store.rmas(), desk.store.events()
    dry = load(content, dry_run=True)
    assert before == (desk.store.units(), desk.store.rmas(), desk.store.events())
    wet = load(content)
    assert wet.earlier is None
    assert (dry.tally, dry.rows) == (wet.tally, wet.rows)
    assert before != (desk.store.units(), desk.store.rmas(), desk.store.events())


def test_a_dry_run_over_several_chunks(load: Importer) -> None:
    rows = "".join(f"T-{i % 240},A{i % 240:03},Snom,,,2026-11-10,,\n" for i in range(250))
    content = EXPECTED + rows
    assert load.counts(content, dry_run=True) == load.counts(content) == (240, 0, 10, 0)


class Stop(Exception):
    """Stands for whatever ends a run in its middle."""


def test_a_run_that_was_cut_off_goes_on(desk: Desk, load: Importer) -> None:
    path = load.file(EXPECTED + "".join(f"T-{i},A{i:03},Snom,,,,,\n" for i in range(250)))

    def stop(rows: int, part: float) -> None:
        if rows >= 200:
            raise Stop

    with pytest.raises(Stop):
        import_file(desk, path, ImportOptions(), stop)
    assert desk.store.queue_count() == 200
    report = import_file(desk, path, ImportOptions())
    assert (report.tally.new, report.tally.unchanged, report.earlier) == (50, 200, None)
    assert_whole(desk, 250)


def assert_whole(desk: Desk, count: int) -> None:
    """`count` RMAs, each with one event and a number of its own, without gaps."""
    rmas = desk.store.rmas()
    assert len(rmas) == len(desk.store.units()) == len(desk.store.events()) == count
    assert {r.number[3:9] for r in rmas} == {f"{i:06}" for i in range(1, count + 1)}


KILLED = """
import os, signal, sys
from pathlib import Path
from bench.settings import Settings
from bench.workflow.desk import open_desk
from bench.workflow.importing import ImportOptions, import_file

def stop(rows, part):
    if rows >= 200:
        os.kill(os.getpid(), signal.SIGKILL)

desk = open_desk(Settings(database=Path(sys.argv[1])))
import_file(desk, Path(sys.argv[2]), ImportOptions(), stop)
"""


def test_kill_in_the_middle_doubles_and_loses_nothing(desk: Desk, load: Importer) -> None:
    path = load.file(EXPECTED + "".join(f"T-{i},A{i:03},Snom,,,,,\n" for i in range(250)))
    args = [sys.executable, "-c", KILLED, str(desk.store.path), str(path)]
    assert subprocess.run(args, cwd=ROOT, timeout=30, check=False).returncode == -9
    assert desk.store.queue_count() == 200
    report = import_file(desk, path, ImportOptions())
    assert (report.tally.new, report.tally.unchanged) == (50, 200)
    assert_whole(desk, 250)


def test_progress_is_told(desk: Desk, load: Importer) -> None:
    path = load.file(EXPECTED + "".join(f"T-{i},A{i:03},Snom,,,,,\n" for i in range(150)))
    told: list[tuple[int, float]] = []
    import_file(desk, path, ImportOptions(), lambda rows, part: told.append((rows, part)))
    assert [rows for rows, _ in told] == [100, 150]
    assert told[-1][1] == 1.0


# Headers


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


# Bad rows


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


# The sample files


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
