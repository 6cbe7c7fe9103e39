"""Our labels of console cables and printers."""

from __future__ import annotations

import pytest

from bench.scan.badge import make_badge
from bench.scan.equipment import Equipment, Sort, check_name, equipment_code, parse_equipment
from bench.scan.serials import is_serial


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CONSOLEB", Equipment(Sort.CONSOLE, "B")),
        ("consoleb", Equipment(Sort.CONSOLE, "B")),
        (" PRINTERXLN\r", Equipment(Sort.PRINTER, "XLN")),
        ("PRıNTERX", Equipment(Sort.PRINTER, "X")),
        ("CONSOLE", Equipment(Sort.CONSOLE, "")),
        ("CONSOLE-7", Equipment(Sort.CONSOLE, "-7")),
    ],
)
def test_everything_that_begins_so_is_equipment(text: str, expected: Equipment) -> None:
    assert parse_equipment(text) == expected


@pytest.mark.parametrize("text", ["", "CONSOL", "BCONSOLEB", "PRINT", "3146019"])
def test_everything_else_is_none(text: str) -> None:
    assert parse_equipment(text) is None


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("name", ["B", "XLN", "BCDEFG"])
def test_a_code_is_read_back(sort: Sort, name: str) -> None:
    assert check_name(name) is None
    assert parse_equipment(equipment_code(sort, name)) == Equipment(sort, name)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "1 to 6"),
        ("BCDEFGH", "1 to 6"),
        ("A", "A may change"),
        ("B7", "7 may change"),
        ("b", "b may change"),
    ],
)
def test_names_that_cannot_be_printed(name: str, why: str) -> None:
    assert why in (check_name(name) or "")


@pytest.mark.parametrize(
    "text", ["CONSOLEB", "console 1", "PRINTER", "prınter-2", make_badge(), "person", "BENCH-1"]
)
def test_no_serial_begins_as_our_own_codes_do(text: str) -> None:
    assert not is_serial(text)


@pytest.mark.parametrize("text", ["PERSON-1", "PERSON123", "CONSOL1", "3146CONSOLE"])
def test_serials_that_only_resemble_them(text: str) -> None:
    assert is_serial(text)
