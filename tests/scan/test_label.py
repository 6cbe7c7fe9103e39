"""What a scan is: one case for each sort of label, and an answer for any text."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.datafile import data_dir
from bench.scan.label import A_BADGE, LONGEST, Label, LabelKind, classify, is_companion
from bench.scan.patterns import Patterns, load_patterns
from bench.scan.scanner_check import TEST_CODE
from bench.scan.serials import canonical

GS, RS, EOT = "\x1d", "\x1e", "\x04"


@settings(deadline=None)  # the first GS1 label loads its parser
@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    label = classify(text)
    assert label.raw == text
    assert bool(label.why) == (label.kind is LabelKind.UNREADABLE)
    assert (label.kind is LabelKind.CODE) <= bool(label.serial or label.mac)


PIECES = [
    *("[)>", "06", "05", "01", "21", "S", "SN:", "MAC", "=", GS, RS, EOT, "]C1", "(01)"),
    *(
        "12345678901231",
        "BENCH",
        "RBKVLVRFV",
        "R26004812K",
        "://",
        "?",
        " ",
        "\r\n",
        '"',
        "\ud800",
        "ı",
    ),
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_any_mixture_of_pieces_has_an_answer(text: str) -> None:
    assert classify(text).raw == text


@pytest.mark.parametrize("text", ["BENCHOK", "benchok", "\x02BENCHOK\x03\r\n", "]C0BENCHOK"])
def test_commands(text: str) -> None:
    label = classify(text)
    assert (label.kind, label.value) == (LabelKind.COMMAND, "OK")


def test_unknown_commands_are_commands() -> None:
    assert classify("BENCHZZZ").kind is LabelKind.COMMAND
    assert not classify("BENCHZZZ").serial


def test_our_numbers() -> None:
    for text in ("bkvl-vrfv", "BKVLVRFV", "RBKVLVRFV", "]C0RBKVLVRFV\r", "*RBKVLVRFV*"):
        label = classify(text)
        assert (label.kind, label.value) == (LabelKind.RMA_NUMBER, "BKVL-VRFV")
    for text in ("RBKVLVRFX", "BKVL-VRFX"):
        bad = classify(text)
        assert (bad.kind, bad.serial) == (LabelKind.BAD_RMA_NUMBER, text)
    assert classify("BKVLVRFX").kind is LabelKind.CODE, "eight letters may be a serial"


def test_our_numbers_of_before() -> None:
    for text in ("26-004812-k", "R26004812K", "]C0R26004812K\r"):
        label = classify(text)
        assert (label.kind, label.value) == (LabelKind.RMA_NUMBER, "26-004812-K")
    bad = classify("R26004812B")
    assert (bad.kind, bad.serial) == (LabelKind.BAD_RMA_NUMBER, "R26004812B")


def test_macs() -> None:
    plain = classify("805ec0a1b2c3")
    assert (plain.kind, plain.serial, plain.mac) == (
        LabelKind.CODE,
        "805ec0a1b2c3",
        "805EC0A1B2C3",
    )
    written = classify("80:5E:C0:A1:B2:C3")
    assert (written.serial, written.mac) == ("", "805EC0A1B2C3")


@pytest.mark.parametrize(
    ("text", "serial", "mac", "model"),
    [
        ("S/N: FOC2134X0AB", "FOC2134X0AB", "", ""),
        ("s/n FOC2134X0AB", "FOC2134X0AB", "", ""),
        ("Serial No. FOC2134X0AB", "FOC2134X0AB", "", ""),
        ("Serial Number: 3146019", "3146019", "", ""),
        ("SN:3146019\r\nMAC:80-5E-C0-A1-B2-C3\r\nP/N:T54W", "3146019", "805EC0A1B2C3", "T54W"),
        ("MODEL=T54W;SN=3146019;MAC=805EC0A1B2C3;", "3146019", "805EC0A1B2C3", "T54W"),
        ("SN: 3146019 MAC: 80:5E:C0:A1:B2:C3", "3146019", "805EC0A1B2C3", ""),
        (f"MAC 1\tSN:3146019{GS}PN:T54W", "3146019", "", "T54W"),
        ("Model: T54W|MAC: 805EC0A1B2C3", "", "805EC0A1B2C3", "T54W"),
        ('{"sn": "3146019", "mac": "805ec0a1b2c3"}', "3146019", "805EC0A1B2C3", ""),
        ("https://example.org/p?sn=3146019&mac=805EC0A1B2C3", "3146019", "805EC0A1B2C3", ""),
        (f"[)>{RS}06{GS}1PT54W{GS}S314{GS}23S805EC0A1B2C3{RS}{EOT}", "314", "805EC0A1B2C3", "T54W"),
        (f"[)>06{GS}S3146019", "3146019", "", ""),
        (f"[)>{RS}05{GS}0109506000134352{GS}213146019{RS}{EOT}", "3146019", "", ""),
        (f"]C1010950600013435221AB12{GS}240T54W", "AB12", "", "T54W"),
        (f"{GS}010950600013435221AB12", "AB12", "", ""),
        ("010950600013435221AB12", "AB12", "", ""),
        ("(01)09506000134352(21)AB12", "AB12", "", ""),
        ("(21)AB12", "AB12", "", ""),
        ("]d221AB12", "AB12", "", ""),
    ],
)  # fmt: skip
def test_labels_of_several_fields(text: str, serial: str, mac: str, model: str) -> None:
    label = classify(text)
    assert label.kind is LabelKind.CODE
    assert (label.serial, label.mac, label.model) == (serial, mac, model)


@pytest.mark.parametrize(
    "text",
    [
        "2102351234567890",
        "21AB12",
        "010950600013435321AB12",
        "11260101AB",
        "SN3146019",
        "SFOC2134X0AB",
        "0004 1312 0AB",
        "]serial",
    ],
)
def test_what_only_resembles_a_label_stays_a_serial(text: str) -> None:
    label = classify(text)
    assert label.kind is LabelKind.CODE
    assert label.serial == (text if not label.aim else text[3:])
    assert canonical(label.serial)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "nothing"),
        ("\r\n", "nothing"),
        ("\x1d\x1e\x04", "nothing"),
        ("]C1", "nothing"),
        ("x" * (LONGEST + 1), "more than 512"),
        ("x" * 65, "neither"),
        ("--", "neither"),
        ("https://example.org/", "web address"),
        ("[)>06S314601916P12", "run together"),
        (f"[)>{RS}06{GS}Q1{RS}{EOT}", "no serial"),
        (f"ABC{GS}DEF", "several fields"),
    ],
)
def test_unreadable_scans_say_why(text: str, why: str) -> None:
    label = classify(text)
    assert label.kind is LabelKind.UNREADABLE
    assert why in label.why
    assert label.raw == text


def test_the_aim_identifier_is_kept() -> None:
    assert classify("]C0FOC2134X0AB").aim == "]C0"


# --- with the brands' forms


@pytest.fixture(scope="module")
def known() -> Patterns:
    """The forms that bench comes with, two models and two makers' MAC prefixes."""
    return load_patterns(data_dir() / "labels.toml", ("T54W", "VVX 450"), ("000413", "482567"))


@pytest.mark.parametrize(
    "text", [TEST_CODE, "]C0" + TEST_CODE.lower(), "~" + TEST_CODE + "\r", "x" * 600 + TEST_CODE]
)
def test_the_test_code_comes_first_and_untouched(text: str) -> None:
    label = classify(text)
    assert (label.kind, label.raw, label.value, label.badge) == (LabelKind.TEST_CODE, text, "", "")


def test_the_beginning_of_the_test_code_alone_is_a_command() -> None:
    assert classify("BENCHGUN").kind is LabelKind.COMMAND


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("CONSOLEB", LabelKind.CONSOLE, "B"),
        ("]C0consoleb\r", LabelKind.CONSOLE, "B"),
        ("prınterxl", LabelKind.PRINTER, "XL"),
        ("CONSOLE12", LabelKind.CONSOLE, "12"),
        ("PRINTER", LabelKind.PRINTER, ""),
    ],
)
def test_labels_of_our_equipment_are_never_serials(text: str, kind: LabelKind, value: str) -> None:
    label = classify(text)
    assert (label.kind, label.value, label.serial, label.badge) == (kind, value, "", "")


@pytest.mark.parametrize(
    ("text", "gtin", "model", "serial"),
    [
        ("]E09506000134352", "09506000134352", "", ""),
        ("]E0036000291452", "00036000291452", "", ""),
        ("]E496385074", "00000096385074", "", ""),
        ("]E112", "", "", ""),
        ("9506000134352", "09506000134352", "", "9506000134352"),
        ("036000291452", "00036000291452", "", "036000291452"),
        ("]I119506000134359", "19506000134359", "", "19506000134359"),
        ("]C10109506000134352", "09506000134352", "", ""),
        ("010950600013435210LOT1", "09506000134352", "", ""),
        ("MODEL: T54W", "", "T54W", ""),
        ("T54W", "", "T54W", "T54W"),
        ("SIP-T54W", "", "SIP-T54W", "SIP-T54W"),
        ("1PT54W", "", "T54W", ""),
        ("9506000134352\r\nT54W", "09506000134352", "T54W", ""),
    ],
)
def test_codes_of_the_product(
    text: str, gtin: str, model: str, serial: str, known: Patterns
) -> None:
    label = classify(text, known)
    assert label.kind is LabelKind.PRODUCT
    assert (label.gtin, label.model, label.serial) == (gtin, model, serial)


@pytest.mark.parametrize(
    "text",
    [
        "9506000134353",  # a wrong check digit
        "]C09506000134352",  # Code 128 by the scanner's word: products carry EAN, UPC or ITF
        "0009506000132",  # a prefix that nobody is given
        "000413120005",  # the MAC of a known maker, right check digit by chance
        "482567000004",
        "00041312000A",
    ],
)
def test_digits_that_are_no_product_code(text: str, known: Patterns) -> None:
    label = classify(text, known)
    assert label.kind is LabelKind.CODE
    assert label.serial == text.removeprefix("]C0")


@pytest.mark.parametrize(
    ("text", "serial", "mac"),
    [
        ("SFOC2134X0AB", "FOC2134X0AB", ""),
        ("sfoc2134x0ab", "foc2134x0ab", ""),
        ("18S1ABC9FOC2134X0AB", "FOC2134X0AB", ""),
        ("23S805EC0A1B2C3", "", "805EC0A1B2C3"),
        ("*SFOC2134X0AB*", "FOC2134X0AB", ""),
    ],
)
def test_a_lone_data_identifier_before_something_known(
    text: str, serial: str, mac: str, known: Patterns
) -> None:
    label = classify(text, known)
    assert (label.kind, label.serial, label.mac) == (LabelKind.CODE, serial, mac)
    assert label.raw == text


@pytest.mark.parametrize("text", ["S3146019", "SAV1234", "1P99", "23S805EC0", "SSFOC2134X0AB"])
def test_what_only_begins_like_a_data_identifier_is_a_serial(text: str, known: Patterns) -> None:
    assert classify(text, known).serial == text


@pytest.mark.parametrize(
    ("text", "value"), [("*FOC2134X0AB*", "FOC2134X0AB"), ("]A0*AB-12*\r\n", "AB-12")]
)
def test_the_asterisks_of_code_39_come_off(text: str, value: str) -> None:
    label = classify(text)
    assert (label.value, label.serial, label.raw) == (value, value, text)
    assert classify("*BENCHOK*").kind is LabelKind.COMMAND


@pytest.mark.parametrize("other", ["3146019", "BENCHOK", "CONSOLEB", "SN: 3146019"])
@pytest.mark.parametrize("badge", ["]C0personbcdefghjklno", "*PERSONBC*"])
def test_a_badge_among_several_codes_is_neither_shown_nor_kept(other: str, badge: str) -> None:
    label = classify(f"{other}\r\n{badge}\r\n")
    assert (label.kind, label.raw) == (LabelKind.UNREADABLE, A_BADGE)
    assert "PERSON" not in repr(label).upper()


# --- several scans in one pull


def _at(text: str, started: float, ended: float, source: str = "a") -> Label:
    return replace(classify(text), source=source, started=started, ended=ended)


def test_codes_of_one_pull_are_companions() -> None:
    serial = _at("3146019", 10.0, 10.02)
    assert is_companion(_at("805EC0A1B2C3", 10.03, 10.05), serial)
    assert is_companion(_at("]E09506000134352", 10.16, 10.2), serial)
    assert is_companion(_at("--", 10.1, 10.1), serial)


def test_what_is_no_companion() -> None:
    serial = _at("3146019", 10.0, 10.02)
    assert not is_companion(_at("805EC0A1B2C3", 10.2, 10.3), serial)
    assert not is_companion(_at("805EC0A1B2C3", 10.01, 10.3), serial)
    assert not is_companion(_at("805EC0A1B2C3", 10.05, 10.1, source="b"), serial)
    assert not is_companion(_at("BENCHOK", 10.05, 10.1), serial)
    assert not is_companion(_at("RBKVLVRFV", 10.05, 10.1), serial)
    assert not is_companion(_at("R26004812K", 10.05, 10.1), serial)
    assert not is_companion(classify("805EC0A1B2C3"), classify("3146019"))
