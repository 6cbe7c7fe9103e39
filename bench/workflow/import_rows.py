"""From the columns of a foreign CSV file to typed entries: header mapping and each row's check."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from bench.cells import RowError, parse_day, parse_member, shown
from bench.csvfile import CsvFileError, CsvRow, unguarded
from bench.policy.facts import Channel
from bench.policy.tables import Tables
from bench.scan.serials import canonical, is_serial, mac_of
from bench.text import clean_line
from bench.workflow.address_line import LONGEST, address_line


class ImportKind(StrEnum):
    """What a file holds: returns that are expected, or what was shipped to customers."""

    EXPECTED = "expected"
    SHIPMENTS = "shipments"


_UNIT = ("serial", "brand", "model", "mac", "customer", "channel", "service_level", "order_no")
FIELDS: Mapping[ImportKind, tuple[str, ...]] = {
    ImportKind.EXPECTED: (
        *("ticket", *_UNIT, "opened_on", "due_on"),
        *("shipped_on", "contract_ends_on", "address"),
    ),
    ImportKind.SHIPMENTS: (*_UNIT, "shipped_on", "contract_ends_on", "replaces"),
}
ONLY_EXPECTED = ("ticket", "opened_on", "due_on")
ONLY_SHIPMENTS = ("replaces", "order_no", "shipped_on")
LIMITS = {
    "customer": 80,
    "service_level": 40,
    "brand": 40,
    "model": 40,
    "ticket": 40,
    "order_no": 40,
    "address": LONGEST,
}
ALIASES: Mapping[str, str] = {
    "serial": "serial_number serial_no serialno serialnumber s_n sn device_serial",
    "brand": "make maker manufacturer vendor",
    "model": "model_name product product_name device item part_number",
    "mac": "mac_address macaddress ethernet_mac",
    "customer": "customer_name client client_name company account end_customer",
    "channel": "customer_type sales_channel",
    "service_level": "support_level sla level",
    "order_no": "order order_number sales_order so_number po_number",
    "shipped_on": "ship_date shipped shipping_date date_shipped shipped_date shipment_date",
    "contract_ends_on": "contract_end contract_ends contract_end_date support_until",
    "replaces": "replaces_serial replaced_serial replacement_for original_serial",
    "ticket": "ticket_no ticket_number ticket_id case case_number support_ticket",
    "opened_on": "opened open_date date_opened opened_date rma_opened ticket_opened",
    "due_on": "due due_date expected_on expected expected_date eta arrival_date",
    "address": "ship_to ship_to_address shipping_address return_address return_to"
    " delivery_address deliver_to customer_address",
}
CHANNEL_WORDS = {
    "agent": "direct",
    "direct client": "direct",
    "direct customer": "direct",
    "service provider": "reseller",
}
_ROUNDED = re.compile(r"[0-9]([.,][0-9]+)?[eE]\+[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which field each column of the file is ("": none of ours), and what the file holds."""

    kind: ImportKind
    guessed: bool
    fields: tuple[str, ...]
    unused: tuple[str, ...]


class Entry(NamedTuple):
    """One good row: where it starts, its serial, and the facts that it knows (typed)."""

    line: int
    serial: str
    serial_key: str
    facts: Mapping[str, Any]

    @property
    def brand(self) -> str:
        """The brand, "" where the row does not know it."""
        return str(self.facts.get("brand", ""))


def _plain(name: str) -> str:
    """A column's name for comparing: lower case, one underscore for whatever is no letter."""
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_")


_FIELD_OF = {word: name for name, words in ALIASES.items() for word in (name, *words.split())}


def map_columns(
    header: Sequence[str], given: Mapping[str, str], kind: ImportKind | None
) -> Columns:
    """Finds out what each column is. `given`: header to field, "" to leave a column out.

    Raises CsvFileError for a mapping that does not fit, a field named twice, no serial.
    """
    wanted = _given(header, given)
    names = [_plain(cell) for cell in header]
    fields = [wanted.get(name, _FIELD_OF.get(name, "")) for name in names]
    taken = set(wanted.values())
    fields = [f if names[i] in wanted or f not in taken else "" for i, f in enumerate(fields)]
    found = kind or _guess(fields)
    fields = [field if field in FIELDS[found] else "" for field in fields]
    _refuse_unfit(header, fields)
    unused = tuple(cell for cell, field in zip(header, fields, strict=True) if not field)
    return Columns(found, kind is None, tuple(fields), unused)


def _given(header: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    known = {_plain(cell): cell for cell in header}
    wanted: dict[str, str] = {}
    for column, field in given.items():
        if _plain(column) not in known:
            names = ", ".join(shown(cell) for cell in header)
            raise CsvFileError(f"--map: there is no column {shown(column)}; there are {names}")
        if field and field not in ALIASES:
            names = ", ".join(ALIASES)
            raise CsvFileError(f"--map: there is no field {shown(field)}; there are {names}")
        wanted[_plain(column)] = field
    return wanted


def _guess(fields: Sequence[str]) -> ImportKind:
    if any(field in ONLY_EXPECTED for field in fields):
        return ImportKind.EXPECTED
    if any(field in ONLY_SHIPMENTS for field in fields):
        return ImportKind.SHIPMENTS
    why = "the header does not tell whether these are expected returns or shipments"
    raise CsvFileError(f"{why}; say --kind expected or --kind shipments")


def _refuse_unfit(header: Sequence[str], fields: Sequence[str]) -> None:
    for field in fields:
        if field and fields.count(field) > 1:
            both = [shown(c) for c, f in zip(header, fields, strict=True) if f == field]
            names = " and ".join(both)
            raise CsvFileError(f"{names} are both {field}; say which with --map HEADER={field}")
    if "serial" not in fields:
        names = ", ".join(shown(cell) for cell in header)
        why = "no column is the serial"
        raise CsvFileError(f"{why}; say which with --map HEADER=serial; there are {names}")


def read_entry(row: CsvRow, columns: Columns, today: date, tables: Tables) -> Entry:
    """The row as typed facts. Raises RowError with a sentence that names column and value."""
    if row.fault:
        raise RowError(row.fault)
    if len(row.cells) > len(columns.fields):
        count = len(columns.fields)
        raise RowError(f"{len(row.cells)} cells, but the header names {count} columns")
    cells = {
        field: unguarded(cell).strip()
        for field, cell in zip(columns.fields, row.cells, strict=False)
        if field
    }
    serial = read_serial(cells.pop("serial", ""), "serial")
    facts = {name: read_cell(name, cell, today, tables) for name, cell in cells.items()}
    known = {name: value for name, value in facts.items() if value}
    key = canonical(serial)
    if known.get("replaces") == key:
        raise RowError(f"replaces: {shown(serial)} cannot replace itself")
    return Entry(row.line, serial, key, known)


def read_serial(text: str, column: str) -> str:
    """A serial as written. Raises RowError."""
    if not text:
        raise RowError(f"{column}: is empty; each row needs one")
    if _ROUNDED.fullmatch(text):
        how = "format the column as text and save again"
        raise RowError(f"{column}: {shown(text)} was rounded by a spreadsheet; {how}")
    if not is_serial(text) or not text.isprintable():
        how = "3 to 64 characters, none of them hidden, are needed"
        raise RowError(f"{column}: {shown(text)} is not a serial; {how}")
    return text


def read_cell(name: str, text: str, today: date, tables: Tables) -> Any:
    """The typed value of a cell of any column but the serial's. Raises RowError."""
    if not text:
        return None
    if name.endswith("_on"):
        return _day(name, text, today)
    if name == "channel":
        word = " ".join(text.casefold().split())
        return parse_member(CHANNEL_WORDS.get(word, word), name, Channel)
    if name == "replaces":
        return canonical(read_serial(text, name))
    if name == "mac":
        mac = mac_of(text)
        if mac is None:
            raise RowError(f"mac: {shown(text)} is not a MAC; 12 hexadecimal digits are needed")
        return mac
    line = address_line(text) if name == "address" else clean_line(text, len(text))
    if len(line) > LIMITS[name]:
        raise RowError(f"{name}: {len(line)} characters are too many, {LIMITS[name]} fit")
    brand = tables.brand(line) if name == "brand" and line else None
    return brand.name if brand else line


def _day(name: str, text: str, today: date) -> date | None:
    day = parse_day(text, name)
    if day and day > today and name in ("shipped_on", "opened_on"):
        raise RowError(f"{name}: {shown(text)} lies in the future; check it")
    return day
