"""Rows read together say what each of them says when it is read alone."""

from __future__ import annotations

from datetime import date
from uuid import uuid5

from hypothesis import example, given
from hypothesis import strategies as st

from bench.cells import RowError
from bench.csvfile import CsvRow
from bench.settings import Settings
from bench.workflow.desk import load_rules
from bench.workflow.import_block import Block
from bench.workflow.import_reader import RowReader
from bench.workflow.import_rows import Columns, Entry, ImportKind, read_entry
from bench.workflow.import_units import SPACE, Met, brand_key, id_from

TABLES = load_rules(Settings()).tables
TODAY = date(2026, 11, 21)
HEADER = ("mac", "serial", "brand", "", "order_no", "customer", "channel", "shipped_on", "replaces")
COLUMNS = Columns(ImportKind.SHIPMENTS, True, HEADER, ("",))
CELLS = {
    "mac": ["805EC0000001", "805ec000000A", "80:5e:c0:00:00:01", "805EC000000G"],
    "serial": ["A01", "a01", "B 02", "BENCHOK", "1", "9" * 65, "8.05E+11", "'-A9", "ä1\u200b2"],
    "brand": ["Snom", "POLY", "poly com", "Nokia", "x" * 41, "'=x"],
    "order_no": ["SO-1", "SO-2", "x" * 41, "'+3", "a  b"],
    "customer": ["Ann", "O'Neill", "Ann  Ltd", "M\u0075\u0308", "y" * 81, "x\u202ey"],
    "channel": ["direct", "Agent", "partner"],
    "shipped_on": ["2025-01-01", " 2025-01-02", "2025-02-30", "2026-11-22"],
    "replaces": ["A01", "b02", "="],
    "": ["junk"],
}


def cells(most: int) -> st.SearchStrategy[list[str]]:
    """Cells of one row; `most`: how many of a column's examples, the good ones standing first."""
    columns = [st.sampled_from(["", *CELLS[name][:most]]) for name in HEADER]
    whole = st.tuples(*columns).map(list)
    return whole | st.builds(lambda row, n: row[: n or 1], whole, st.integers(0, 10))


ROWS = st.one_of(
    [st.lists(cells(2), max_size=40), st.lists(cells(9), max_size=12)],
).map(lambda rows: [CsvRow(n, row) for n, row in enumerate(rows, 2)])


def alone(
    rows: list[CsvRow], columns: Columns = COLUMNS
) -> tuple[list[Entry], list[tuple[int, str]]]:
    """The good rows and the bad ones, each read for itself."""
    good: list[Entry] = []
    bad: list[tuple[int, str]] = []
    for row in rows:
        try:
            good.append(read_entry(row, columns, TODAY, TABLES))
        except RowError as error:
            bad.append((row.line, str(error)))
    return good, bad


def together(reader: RowReader, rows: list[CsvRow]) -> tuple[Block, list[tuple[int, str]]]:
    """The same by a reader."""
    bad: list[tuple[int, str]] = []
    block = reader.read(rows, lambda line, why: bad.append((line, why)))
    return block, bad


@given(ROWS)
@example([CsvRow(2, ["", "A01", "Snom"], "this is not CSV"), CsvRow(3, ["", "A02"])])
@example([CsvRow(2, ["", "A01", *[""] * 8])])
def test_together_is_the_same_as_alone(rows: list[CsvRow]) -> None:
    reader = RowReader(COLUMNS, TODAY, TABLES)
    good, bad = alone(rows)
    for _ in ("first", "from what the columns remember"):
        block, said = together(reader, rows) if rows else (Block.of([]), [])
        assert list(block.entries()) == good
        assert said == bad


Answer = tuple[list[Entry], int, list[tuple[int, str]]]


def met_in(reader: RowReader, stretches: list[list[CsvRow]]) -> Answer:
    """The first rows of their units, how many say the same again, and who says otherwise."""
    met, said, again = Met(), list[tuple[int, str]](), 0
    first: list[Entry] = []
    for stretch in filter(None, stretches):
        block, _ = together(reader, stretch)
        block, count = met.first_of(block, lambda line, why: said.append((line, why)))
        first += block.entries()
        again += count
    return first, again, said


@given(ROWS, st.integers(0, 40))
def test_a_unit_is_met_once_wherever_the_stretches_end(rows: list[CsvRow], end: int) -> None:
    """What is new, said again, or said otherwise does not hang on how many rows come at once."""
    reader = RowReader(COLUMNS, TODAY, TABLES)
    ways = [rows], [rows[:end], rows[end:]], [[row] for row in rows]
    answers = [met_in(reader, stretches) for stretches in ways]
    assert answers[0] == answers[1] == answers[2]
    units = [(entry.serial_key, brand_key(entry.brand)) for entry in answers[0][0]]
    assert len(set(units)) == len(units)


@given(st.text())
def test_ids_are_those_of_uuid5(name: str) -> None:
    assert id_from(name) == str(uuid5(SPACE, name))


RETURNS = Columns(ImportKind.EXPECTED, True, ("serial", "address"), ())
PLACES = ["York", "York,", ",", "3 Quay,\nYork", "'=x", "x" * 201, "1 Quay, , York", "\x1b\u202e"]


@given(st.lists(st.sampled_from(PLACES), min_size=1, max_size=20))
def test_an_address_is_the_same_whether_its_row_is_read_alone(cells: list[str]) -> None:
    rows = [CsvRow(n, [f"A{n:03}", cell]) for n, cell in enumerate(cells)]
    good, bad = alone(rows, RETURNS)
    block, said = together(RowReader(RETURNS, TODAY, TABLES), rows)
    assert list(block.entries()) == good
    assert said == bad
