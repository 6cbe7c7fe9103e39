"""What a scan is: one case for each sort of label, and an answer for any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.scan.label import LONGEST, LabelKind, classify
from bench.scan.serials import canonical

GS, RS, EOT = "\x1d", "\x1e", "\x04"


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    label = classify(text)
    assert label.raw == text
    assert bool(label.why) == (label.kind is LabelKind.UNREADABLE)
    assert (label.kind is LabelKind.CODE) <= bool(label.serial or label.mac)


PIECES = [
    *("[)>", "06", "05", "01", "21", "S", "SN:", "MAC", "=", GS, RS, EOT, "]C1", "(01)"),
    *("12345678901231", "BENCH", "R26004812K", "://", "?", " ", "\r\n", '"', "\ud800", "ı"),
]


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
        ("]C10109506000134352", "product"),
        ("MODEL: T54W", "product"),
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
