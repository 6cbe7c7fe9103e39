"""The table of labels: what is known of serials, and each thing that can be wrong in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.datafile import DataError, data_dir
from bench.scan.patterns import NOTHING_KNOWN, Patterns, load_patterns, model_key

FILE = data_dir() / "labels.toml"
ENTRY = """
[[pattern]]
brand = "Cisco"
pattern = '[A-Z]{3}[0-9]{4}[0-9A-HJ-NP-Z]{4}'
distinct = true
excluded = "IO"
excluded_from = 4
examples = ["FOC2134X0AB"]
counter_examples = ["FOC2134XOAB"]
source = "Cisco document 18280"
"""


@pytest.fixture(scope="module")
def known() -> Patterns:
    """The forms that bench comes with."""
    return load_patterns(FILE, ("T54W", "VVX 450"), ("805EC0",))


@pytest.mark.parametrize(
    ("text", "brand", "distinct"),
    [
        ("FOC2134X0AB", "Cisco", True),
        ("foc 2134 x0ab", "Cisco", True),
        ("0004F2ABCDEF", "Polycom", True),
        ("000413120ABC", "Snom", True),
        ("2102351931P0J1000123", "Huawei", False),
        ("AV1234", "Juniper", False),
        ("P1234-C", "Juniper", False),
    ],
)
def test_forms_of_serials(text: str, brand: str, distinct: bool, known: Patterns) -> None:
    found = known.of(text)
    assert found is not None
    assert (found.brand, known.is_distinct(text)) == (brand, distinct)
    assert found.source


@pytest.mark.parametrize("text", ["3146019", "20EZ1Y1M00417O", "805EC0A1B2C3", "", "FOC2154X0AB"])
def test_everything_else_is_opaque(text: str, known: Patterns) -> None:
    assert known.of(text) is None
    assert not known.is_distinct(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("FOC2134XOAB", "FOC2134X0AB"),
        ("foc2I34x0ab", "FOC2134X0AB"),
        ("OOO4F2ABCDEF", "0004F2ABCDEF"),
        ("FOC2134X0AB", ""),
        ("F0C2134X0AB", ""),  # in front O and 0 are both possible
        ("3146O19", ""),
        ("AVI234", ""),  # not distinct: may well be another maker's
    ],
)
def test_a_misread_letter_is_suggested(text: str, meant: str, known: Patterns) -> None:
    assert known.suggestion(text) == meant


@pytest.mark.parametrize("text", ["T54W", "t54w", "SIP-T54W", "vvx450", "VVX-450"])
def test_names_of_models(text: str, known: Patterns) -> None:
    assert known.is_model(text)


@pytest.mark.parametrize("text", ["", "SIP", "T54", "T54W2", "XT54W", "Yealink T54W"])
def test_what_is_no_model(text: str, known: Patterns) -> None:
    assert not known.is_model(text)


def test_a_brands_name_in_front_of_a_model_comes_off(known: Patterns) -> None:
    assert known.bare_model("Yealink SIP-T54W", ["Yealink"]) == "T54W"
    assert known.bare_model("Polycom VVX 450", ["Poly", "Polycom"]) == "VVX450"
    assert known.bare_model("Polycom", ["Poly", "Polycom"]) == "POLYCOM"
    assert model_key(" vvx-450 ") == "VVX450"


def test_makers_by_mac(known: Patterns) -> None:
    assert known.is_of_maker("805EC0A1B2C3")
    assert not known.is_of_maker("000413000001")
    assert not NOTHING_KNOWN.is_of_maker("805EC0A1B2C3")


def load(folder: Path, text: str) -> Patterns:
    """Reads a file with this text."""
    path = folder / "labels.toml"
    path.write_text(text, encoding="utf-8")
    return load_patterns(path)


def test_a_site_may_know_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, "").forms == ()


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('brand = "Cisco"', 'brand = " "', "pattern[1].brand"),
        ('source = "Cisco document 18280"', 'source = ""', "pattern[1].source"),
        ('source = "Cisco document 18280"', "", "pattern[1].source"),
        ("'[A-Z]{3}", "'([A-Z]{3}", "pattern[1].pattern"),
        ("distinct = true", "distinct = 1", "pattern[1].distinct"),
        ('excluded = "IO"', 'excluded = "Z"', "pattern[1].excluded"),
        ("excluded_from = 4", "excluded_from = 0", "pattern[1].excluded_from"),
        ("excluded_from = 4", "excluded_from = 1", "pattern[1].examples"),
        ('examples = ["FOC2134X0AB"]', "examples = []", "pattern[1].examples"),
        ('["FOC2134X0AB"]', '["FOC2134X0AB", "X"]', "pattern[1].examples"),
        ('["FOC2134XOAB"]', '["FOC2134X0AB"]', "pattern[1].counter_examples"),
        ('["FOC2134XOAB"]', "[]", "pattern[1].counter_examples"),
        ("distinct = true", "distinct = true\nyear = 1996", "pattern[1].year"),
        ("\n[[pattern]]", 'model_prefixes = ["sip-"]\n[[pattern]]', "model_prefixes"),
        ("\n[[pattern]]", 'prefixes = ["SIP"]\n[[pattern]]', "prefixes"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, old: str, new: str, key: str) -> None:
    assert old in ENTRY
    with pytest.raises(DataError) as caught:
        load(tmp_path, ENTRY.replace(old, new, 1))
    assert caught.value.key == key


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not there"):
        load_patterns(tmp_path / "none.toml")
