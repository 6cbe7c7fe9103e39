"""The tables as files: what bench comes with loads, and each mistake is told with its place."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from bench.datafile import DataError, data_dir
from bench.policy.facts import Band, Channel, Kind, Outcome
from bench.policy.tables import Tables, brand_key, load_tables
from bench.scan.tracking import load_carriers
from bench.workflow.catalogue import load_catalogue

DATA = data_dir()


def load(tmp_path: Path, name: str, old: str = "", new: str = "") -> Tables:
    """The tables with one change in one of the two files."""
    for file in ("policy.toml", "brands.toml"):
        text = (DATA / file).read_text("utf-8")
        if file == name:
            assert old in text, f"{old!r} is not in {file}: mend this test"
            text = text.replace(old, new, 1)
        (tmp_path / file).write_text(text, "utf-8")
    return load_tables(tmp_path / "policy.toml", tmp_path / "brands.toml")


WRONG = [
    ("policy.toml", "[age]\n", "", "age", "a table, which is missing"),
    ("policy.toml", "early_last_day = 30", 'early_last_day = "30"', "age.early_last_day", "whole"),
    ("policy.toml", "early_last_day = 30", "early_last_day = -1", "age.early_last_day", "from 0"),
    ("policy.toml", "early_last_day = 30", "early_last_day = true", "age.early_last_day", "whole"),
    ("policy.toml", "early_last_day", "early_last_days", "age.early_last_day", "missing"),
    ("policy.toml", "[age]\n", "[age]\nlate = 1\n", "age.late", "only these keys: early_last_day"),
    ("policy.toml", "[terms.early.direct]", "[terms.early.dirct]", "terms.early.direct", "a table"),
    (
        "policy.toml",
        "[terms.early.direct]",
        "[terms.early.agent]\n[terms.early.direct]",
        "terms.early.agent",
        "only these keys: direct, reseller",
    ),
    (
        "policy.toml",
        "[terms.early.direct]",
        "[terms.ancient]\n[terms.early.direct]",
        "terms.ancient",
        "only these keys",
    ),
    (
        "policy.toml",
        'payer_to_us = "us"',
        'payer_to_us = "them"',
        "terms.early.direct.payer_to_us",
        "one of us, customer, reseller, by_quote, nobody",
    ),
    (
        "policy.toml",
        "packaging_required = true",
        'packaging_required = "yes"',
        "terms.early.direct.packaging_required",
        "true or false",
    ),
    (
        "policy.toml",
        'deductible = "none"',
        'deductible = "free"',
        "terms.early.direct.deductible",
        "one of none, fixed, by_quote",
    ),
    (
        "policy.toml",
        'rule = "RMA process · within 30 days · direct"\n',
        "",
        "terms.early.direct.rule",
        "a text, which is missing",
    ),
    ("policy.toml", "phone_cents = 4500", "phone_cents = 45.0", "deductible.phone_cents", "whole"),
    ("policy.toml", "phone_cents = 4500\n", "", "deductible.phone_cents", "missing"),
    ("policy.toml", "phone_cents", "fax_cents = 1\nphone_cents", "deductible.fax_cents", "only"),
    ("policy.toml", "[outcomes.repair]", "[outcomes.mend]", "outcomes.repair", "a table"),
    (
        "policy.toml",
        'early = "rush"',
        'early = "air"',
        "outcomes.repair.speed.early",
        "one of ground, rush",
    ),
    ("policy.toml", 'early = "rush", ', "", "outcomes.repair.speed.early", "missing"),
    (
        "policy.toml",
        'early = "rush"',
        'late = "rush", early = "rush"',
        "outcomes.repair.speed.late",
        "only these keys",
    ),
    (
        "policy.toml",
        "reseller = true",
        'reseller = "sometimes"',
        "replacement_ships_straight.reseller",
        "true or false",
    ),
    (
        "policy.toml",
        "advance_return_days = 30",
        "advance_return_days = 0",
        "clocks.advance_return_days",
        "from 1",
    ),
    ("policy.toml", "[clocks]\n", "[clocks]\nlunch = 1\n", "clocks.lunch", "only these keys"),
    ("policy.toml", "[age]\n", "[holidays]\n[age]\n", "holidays", "only these keys"),
    ("brands.toml", 'kind = "phone"', 'kind = "fax"', "brand[1].kind", "one of phone, appliance"),
    ("brands.toml", "warranty_years = 4", "warranty_years = 0", "brand[1].warranty_years", "1 to"),
    ("brands.toml", "warranty_years = 4\n", "", "brand[1].warranty_years", "missing"),
    (
        "brands.toml",
        "warranty_years = 4",
        'warranty_years = "four"',
        "brand[1].warranty_years",
        "whole number",
    ),
    (
        "brands.toml",
        "warranty_years = 4",
        'warranty = "for ever"',
        "brand[1].warranty",
        '"contract", or warranty_years',
    ),
    (
        "brands.toml",
        'warranty = "contract"',
        'warranty = "contract"\nwarranty_years = 3',
        "brand[6].warranty_years",
        "no years beside",
    ),
    (
        "brands.toml",
        "replacements_allowed = 1",
        "replacements_allowed = -1",
        "brand[1].replacements_allowed",
        "from 0",
    ),
    (
        "brands.toml",
        'route = "vendor"',
        'route = "maker"',
        "brand[1].route",
        "one of vendor, distributor, three_legged",
    ),
    ("brands.toml", 'name = "Yealink"', 'name = "HTEK"', "brand[2].name", "no other brand has"),
    ("brands.toml", 'name = "Yealink"', 'name = "  "', "brand[2].name", "no other brand has"),
    (
        "brands.toml",
        'aliases = ["Poly"]',
        'aliases = ["Snom"]',
        "brand[5].name",
        "no other brand has",
    ),
    (
        "brands.toml",
        'mac_prefixes = ["001FC1"]',
        'mac_prefixes = ["00:1F:C1"]',
        "brand[1].mac_prefixes",
        "hexadecimal",
    ),
    (
        "brands.toml",
        'mac_prefixes = ["001FC1"]',
        "mac_prefixes = [12]",
        "brand[1].mac_prefixes",
        "a list of texts",
    ),
    (
        "brands.toml",
        'name = "Htek"',
        'name = "Htek"\ncolour = "red"',
        "brand[1].colour",
        "only these keys",
    ),
    (
        "brands.toml",
        'rule = "Warranty coverage · Htek"\n',
        "",
        "brand[1].rule",
        "a text, which is missing",
    ),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "expected"), WRONG, ids=[f"{w[3]}-{w[4][:12]}" for w in WRONG]
)
def test_each_mistake_names_file_key_and_what_was_expected(
    tmp_path: Path, file: str, old: str, new: str, key: str, expected: str
) -> None:
    with pytest.raises(DataError) as caught:
        load(tmp_path, file, old, new)
    error = caught.value
    assert (error.file, error.key) == (str(tmp_path / file), key)
    assert expected in str(error)
    assert str(error).startswith(f"{tmp_path / file}: {key}: expected ")


def test_a_file_without_brands_is_refused(tmp_path: Path) -> None:
    (tmp_path / "none.toml").write_text("brand = []\n")
    with pytest.raises(DataError, match=re.escape("brand: expected at least one [[brand]]")):
        load_tables(DATA / "policy.toml", tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "which is not there"),
        (b"[age\n", "expected TOML"),
        (b"\xff\xfe[age]", "expected a readable file"),
        (b"", "expected a table, which is missing"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, what: str
) -> None:
    file = tmp_path / "mine.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(DataError, match=what) as caught:
        load_tables(file, DATA / "brands.toml")
    assert caught.value.file == str(file)


# --- what bench comes with


def test_the_tables_are_whole() -> None:
    tables = load_tables(DATA / "policy.toml", DATA / "brands.toml")
    assert set(tables.terms) == {(band, channel) for band in Band for channel in Channel}
    assert set(tables.outcomes) == set(Outcome)
    assert set(tables.deductible_cents) == set(Kind)
    names = ("Htek", "Yealink", "Grandstream", "Snom", "Polycom", "Pulse Secure")
    assert tables.brand_names() == names
    years = [b.warranty_years for name in names if (b := tables.brand(name))]
    assert years == [4, 2, 2, 3, 2, None]
    caps = [b.replacements_allowed for name in names if (b := tables.brand(name))]
    assert caps == [1, 1, 1, 1, 1, None]


@pytest.mark.parametrize("name", ["yealink", " YEALINK ", "Yea link", "ｙealink"])
def test_a_brand_is_found_whatever_its_case_and_spaces(name: str) -> None:
    brand = load_tables(DATA / "policy.toml", DATA / "brands.toml").brand(name)
    assert brand is not None
    assert brand.name == "Yealink"
    assert brand_key(name) == "yealink"


def test_a_mac_suggests_a_brand_by_its_published_prefix() -> None:
    tables = load_tables(DATA / "policy.toml", DATA / "brands.toml")
    found = [tables.brand_of_mac(mac) for mac in ("805ec0a1b2c3", "0004F2000001", "AABBCC000001")]
    assert [brand.name if brand else None for brand in found] == ["Yealink", "Polycom", None]


def test_every_data_file_is_toml_and_loads() -> None:
    for file in DATA.glob("*.toml"):
        assert tomllib.loads(file.read_text("utf-8")), file
    assert load_catalogue(DATA / "bench.toml").checks
    assert load_carriers(DATA / "carriers.toml").forms
