"""The policy against a table of cases, each reasoned from the source documents, not from the code.

`cases.csv` holds one return per row: what is known of it (an empty field: not known) and what the
policy must then say (an empty field: null). Each row goes through the row function of the command
line, so the table covers the reading of a row, the policy and the JSON form of its answer at once.

A row is wrong only where RMA Process (`rma-process-policy.txt`) says so: never change an
expectation because the code answers otherwise.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from bench.cli.decide import decide_row
from bench.datafile import data_dir
from bench.policy.tables import Tables, load_tables

INPUTS = (
    "brand",
    "channel",
    "shipped_on",
    "opened_on",
    "received_on",
    "outcome",
    "original_packaging",
    "rush_paid_by_customer",
    "chain",
    "contract_ends_on",
)


def _text(field: str) -> object:
    return field or None


def _number(field: str) -> object:
    return int(field) if field else None


def _flag(field: str) -> object:
    return {"": None, "true": True, "false": False}[field]


def _names(field: str) -> object:
    return field.split(";") if field else []


OUTPUTS: dict[str, Callable[[str], object]] = {
    "age_days": _number,
    "band": _text,
    "warranty_start": _text,
    "warranty_ends": _text,
    "replacements_used": _number,
    "speed": _text,
    "payer_to_us": _text,
    "payer_back": _text,
    "deductible_cents": _number,
    "advance_replacement": _flag,
    "packaging_required": _flag,
    "management_notice": _flag,
    "contact_first": _flag,
    "holds": _names,
    "vendor_route": _text,
    "missing": _names,
}


def _read_cases() -> list[dict[str, str]]:
    with (Path(__file__).parent / "cases.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


CASES = _read_cases()


@cache
def _tables() -> Tables:
    return load_tables(data_dir() / "policy.toml", data_dir() / "brands.toml")


def _same(found: object, wanted: object) -> bool:
    """Equal and of the same type: True is not 1, and a missing field is not null."""
    return type(found) is type(wanted) and found == wanted


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case(case: dict[str, str]) -> None:
    found = decide_row({name: case[name] for name in INPUTS}, _tables())
    differing = []
    for name, read in OUTPUTS.items():
        wanted = read(case[name])
        if name not in found:
            differing.append(f"  {name}: wanted {wanted!r}, not in the answer")
        elif not _same(found[name], wanted):
            differing.append(f"  {name}: wanted {wanted!r}, found {found[name]!r}")
    if differing:
        pytest.fail("\n".join([f"{case['id']}: {case['note']}", *differing]), pytrace=False)


def test_the_table_is_whole() -> None:
    assert len(CASES) >= 400
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert set(CASES[0]) == {"id", "note", *INPUTS, *OUTPUTS}
    for case in CASES:
        assert None not in case, f"{case['id']}: more fields than the header"
        assert None not in case.values(), f"{case['id']}: fewer fields than the header"
        assert case["note"], case["id"]
        for name in ("holds", "missing"):
            names = case[name].split(";")
            assert names == sorted(set(names)), f"{case['id']}: {name}"


def test_no_two_rows_are_the_same_case() -> None:
    seen: dict[tuple[str, ...], str] = {}
    for case in CASES:
        key = tuple(case[name] for name in INPUTS)
        assert key not in seen, f"{case['id']} repeats {seen[key]}"
        seen[key] = case["id"]
