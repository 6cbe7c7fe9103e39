"""Several codes in one pull, each on a line of its own: taken apart by what they are."""

from __future__ import annotations

import pytest

from bench.datafile import data_dir
from bench.scan.label import LabelKind, classify
from bench.scan.patterns import Patterns, load_patterns

MAC = "805EC0A1B2C3"
GTIN = "9506000134352"


@pytest.fixture(scope="module")
def known() -> Patterns:
    """The forms that bench comes with, one model and one maker's MAC prefix."""
    return load_patterns(data_dir() / "labels.toml", ("T54W",), ("805EC0",))


@pytest.mark.parametrize(
    ("text", "serial", "mac", "model", "gtin"),
    [
        (f"{MAC}\r\n3146019", "3146019", MAC, "", ""),
        (f"3146019\r{MAC}\r", "3146019", MAC, "", ""),
        ("80:5E:C0:A1:B2:C3\n3146019\n", "3146019", MAC, "", ""),
        (f"{GTIN}\r\nSIP-T54W\r\n{MAC}\r\n3146019", "3146019", MAC, "SIP-T54W", "0" + GTIN),
        (f"]E0{GTIN}\r\n]C0{MAC}\r\n]C03146019", "3146019", MAC, "", "0" + GTIN),
        ("FOC2134X0AB\r\n800-12345-01", "FOC2134X0AB", "", "", ""),
        ("SFOC2134X0AB\r\n800-12345-01", "FOC2134X0AB", "", "", ""),
        (f"3146019\r\n3146019\r\n23S{MAC}", "3146019", MAC, "", ""),
        (f"{MAC}\r\n80-5E-C0-A1-B2-C3", MAC, MAC, "", ""),
        (f"{MAC}\r\n{GTIN}", MAC, MAC, "", "0" + GTIN),
        (f"Yealink\r\nMade in China\r\n{MAC}\r\n3146019", "3146019", MAC, "", ""),
        (f"SIP-T54W\r\nSN: 3146019\r\n{MAC}", "3146019", MAC, "SIP-T54W", ""),
        (f"Lot 7\r\nV2\r\nMAC: {MAC}", "", MAC, "", ""),
        (f"V2\r\n(21)AB12\r\n{MAC}", "AB12", MAC, "", ""),
        ("3146019\r\n805EC0A1B2C3\r\n805EC0A1B2C4", "3146019", "", "", ""),
        ('{\n "sn": "3146019",\n "mac": "805ec0a1b2c3"\n}', "3146019", MAC, "", ""),
    ],
)
def test_codes_of_one_unit(
    text: str, serial: str, mac: str, model: str, gtin: str, known: Patterns
) -> None:
    label = classify(text, known)
    assert label.kind is LabelKind.CODE
    assert (label.serial, label.mac, label.model, label.gtin) == (serial, mac, model, gtin)
    assert label.raw == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"{MAC}\r\nA12345\r\nB12345", "more than one may be the serial"),
        ("FOC2134X0AB\r\nFOC2134X0AC", "more than one may be the serial"),
        ("SN: 3146019\r\n(21)AB12", "more than one may be the serial"),
        ("805EC0A1B2C3\r\n805EC0A1B2C4", "more than one MAC"),
        ("3146019\r\nBENCHOK", "not all are of one unit"),
        ("3146019\r\nCONSOLEB", "not all are of one unit"),
        ("3146019\r\nRBKVLVRFV", "not all are of one unit"),
        ("3146019\r\nR26004812K", "not all are of one unit"),
        ("Yealink\r\nMade in China", "no serial among them"),
        ("ab\r\ncd", "no serial among them"),
    ],
)
def test_codes_that_cannot_be_told_apart(text: str, why: str, known: Patterns) -> None:
    label = classify(text, known)
    assert label.kind is LabelKind.UNREADABLE
    assert why in label.why
    assert label.raw == text
