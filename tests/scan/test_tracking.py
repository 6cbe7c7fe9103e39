"""Tracking numbers: published examples, what each check digit finds, what is said of others."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.datafile import DataError, data_dir
from bench.scan.check_digits import ALGORITHMS, Check
from bench.scan.tracking import Carriers, Tracking, load_carriers

CARRIERS = load_carriers(data_dir() / "carriers.toml")

PUBLISHED = [
    ("1Z999AA10123456784", "UPS", "1Z999AA10123456784"),
    ("1Z5R89390357567127", "UPS", "1Z5R89390357567127"),
    ("1z 879 e93 03 4683 444 0", "UPS", "1Z879E930346834440"),
    ("1Z410E7W0392751591", "UPS", "1Z410E7W0392751591"),
    ("1Z8V92A70367203024", "UPS", "1Z8V92A70367203024"),
    ("986578788855", "FedEx", "986578788855"),
    ("4771 7908 1230", "FedEx", "477179081230"),
    ("799531274483", "FedEx", "799531274483"),
    ("1001921334250001000300779017972697", "FedEx", "779017972697"),
    ("1001901781990001000300617767839437", "FedEx", "617767839437"),
    ("9622001900000000000000776632517510", "FedEx", "776632517510"),
    ("9632001560123456789900794808390594", "FedEx", "794808390594"),
    ("041441760228964", "FedEx", "041441760228964"),
    ("5682 8361 0012 000", "FedEx", "568283610012000"),
    ("9611020987654312345672", "FedEx", "987654312345672"),
    ("0307 1790 0005 2348 3741", "USPS", "03071790000523483741"),
    ("7196 9010 7560 0307 7385", "USPS", "71969010756003077385"),
    ("9400 1112 0108 0805 4830 16", "USPS", "9400111201080805483016"),
    ("9361289878700317633795", "USPS", "9361289878700317633795"),
    ("420221539101026837331000039521", "USPS", "9101026837331000039521"),
    ("4201002334249200190132607600833457", "USPS", "9200190132607600833457"),
    ("]C142022153\x1d9101026837331000039521", "USPS", "9101026837331000039521"),
    ("RB123456785GB", "Post", "RB123456785GB"),
    ("RB 123 456 785 US", "Post", "RB123456785US"),
    ("3318810025", "DHL", "3318810025"),
    ("8487135506", "DHL", "8487135506"),
]


@pytest.mark.parametrize(("text", "carrier", "number"), PUBLISHED)
def test_published_numbers(text: str, carrier: str, number: str) -> None:
    found = CARRIERS.recognise(text)
    assert found is not None
    assert (found.carrier, found.number) == (carrier, number)


@pytest.mark.parametrize(
    "text",
    [
        "2Z5R89390357567127",
        "1Z1111111111111111",
        "996578788855",
        "1001901781990001000300617767839438",
        "568283610012732",
        "03071790000523483742",
        "RB123456786US",
        "3318810010",
        "",
        "805EC0A1B2C3",
        "BENCHOK",
    ],
)
def test_numbers_of_nobody(text: str) -> None:
    assert CARRIERS.recognise(text) is None
    assert CARRIERS.explain(text)


def _wrong(number: str, places: range) -> list[tuple[int, str]]:
    """All single wrong digits in those places."""
    return [
        (place, number[:place] + digit + number[place + 1 :])
        for place in places
        if number[place].isdigit()
        for digit in "0123456789"
        if digit != number[place]
    ]


@pytest.mark.parametrize("number", ["9400111201080805483016", "568283610012734"])
def test_mod10_finds_each_wrong_digit(number: str) -> None:
    assert not any(ALGORITHMS[Check.MOD10_3_1](w) for _, w in _wrong(number, range(len(number))))


def test_ups_finds_each_wrong_digit_but_a_difference_of_five_where_the_weight_is_two() -> None:
    number = "1Z5R89390357567127"
    for place, wrong in _wrong(number, range(2, 18)):
        missed = place % 2 and place < 17 and abs(int(wrong[place]) - int(number[place])) == 5
        assert ALGORITHMS[Check.UPS_1Z](wrong) == bool(missed)


def test_fedex_finds_each_wrong_digit_unless_the_remainder_is_0_or_10() -> None:
    for number in ("986578788855", "799531274483", "974367662710"):
        missed = [w for _, w in _wrong(number, range(12)) if ALGORITHMS[Check.FEDEX_1_3_7](w)]
        assert not missed or number[-1] == "0"
        assert all(w[-1] == number[-1] for w in missed)


def test_s10_finds_each_wrong_digit_unless_the_check_digit_is_0_or_5() -> None:
    number = "RB473124829GB"
    assert ALGORITHMS[Check.UPU_S10](number)
    assert not any(ALGORITHMS[Check.UPU_S10](w) for _, w in _wrong(number, range(2, 11)))


def test_dhl_finds_each_wrong_digit_but_a_difference_of_seven() -> None:
    number = "3318810025"
    for place, wrong in _wrong(number, range(10)):
        seven = place < 9 and abs(int(wrong[place]) - int(number[place])) == 7
        assert ALGORITHMS[Check.DHL_MOD7](wrong) == seven


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    CARRIERS.recognise(text)
    assert CARRIERS.explain(text).endswith(".")


def test_explanations_name_carrier_number_and_remedy() -> None:
    wrong = CARRIERS.explain("1Z999AA10123456785")
    assert "1Z999AA10123456785 looks like a number of UPS" in wrong
    assert "scan the label again" in wrong
    assert "has 17 characters instead of 18" in CARRIERS.explain("1Z999AA1012345678")
    assert "no tracking number of UPS, Post, FedEx, USPS, DHL" in CARRIERS.explain("ABC\x1b[31m")
    assert "\x1b" not in CARRIERS.explain("ABC\x1b[31m")


def _load(path: Path, text: str) -> Carriers:
    file = path / "carriers.toml"
    file.write_text(text, encoding="utf-8")
    return load_carriers(file)


ENTRY = """
[[carrier]]
name = "One"
pattern = '[0-9]{12}'
length = 12
check = "fedex_1_3_7"
example = "986578788855"
"""


def test_the_first_entry_that_fits_wins(tmp_path: Path) -> None:
    carriers = _load(tmp_path, ENTRY + ENTRY.replace("One", "Two"))
    assert carriers.recognise("986578788855") == Tracking("One", "986578788855")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("[0-9]{12}", "[0-9", "pattern"),
        ("fedex_1_3_7", "luhn", "check"),
        ("986578788855", "986578788856", "example"),
        ("986578788855", "98657878885", "example"),
        ("length = 12", "length = 13", "example"),
        ('name = "One"', 'name = " "', "name"),
        ('name = "One"', 'name = "One"\nlenght = 3', "lenght"),
        ("[[carrier]]", "[[carriers]]", "carrier"),
        ("[[carrier]]", "x = 1\n[[carrier]]", "x"),
    ],
)
def test_data_errors_name_the_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    with pytest.raises(DataError) as caught:
        _load(tmp_path, ENTRY.replace(old, new))
    assert caught.value.key.endswith(key)


def test_a_table_without_carriers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        _load(tmp_path, "carrier = []")
