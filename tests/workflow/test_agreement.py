"""A label against the record of its unit: what is said, and what is no disagreement."""

from __future__ import annotations

from typing import Any

import pytest

from bench.scan.label import Label, LabelKind
from bench.store.records import Unit
from bench.workflow.agreement import disagreements, other_serial, two_units
from bench.workflow.desk import Rules

MAC = "805EC0A1B2C3"
SHOWN = "80:5E:C0:A1:B2:C3"


def label(**said: Any) -> Label:
    """A label that says this."""
    return Label(LabelKind.CODE, "raw", **said)


def unit(**facts: Any) -> Unit:
    """The record of a Yealink T54W, but for `facts`."""
    known = {"brand": "Yealink", "model": "T54W", "mac": MAC} | facts
    return Unit("u1", "3112", "3112", **known)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({}, {}),
        ({"mac": MAC, "model": "T54W"}, {}),
        ({"mac": MAC}, {"mac": ""}),
        ({"model": "t 54-w"}, {}),
        ({"model": "SIP-T54W"}, {}),
        ({"model": "Yealink SIP-T54W"}, {}),
        ({"model": "T54W"}, {"model": "SIP-T54W"}),
        ({"model": "T54W"}, {"model": ""}),
        ({"model": "Poly VVX450"}, {"brand": "Polycom", "model": "VVX 450", "mac": ""}),
        ({"model": "2200-48450-025"}, {"brand": "Polycom", "model": "VVX 450", "mac": ""}),
        ({"mac": "0004F2000001"}, {"brand": "poly", "mac": ""}),
        ({"mac": "0004F2000001"}, {"brand": "", "mac": ""}),
        ({"mac": "AABBCC000001"}, {"brand": "Nobody's", "mac": ""}),
        ({"model": "CP-8841"}, {"brand": "Cisco", "model": "cp 8841", "mac": ""}),
    ],
)
def test_no_disagreement(said: dict[str, str], kept: dict[str, str], rules: Rules) -> None:
    assert disagreements(label(**said), unit(**kept), rules) == []


@pytest.mark.parametrize(
    ("said", "kept", "sentence"),
    [
        (
            {"mac": "805EC0000001"},
            {},
            f"the label says MAC 80:5E:C0:00:00:01, the record has {SHOWN}",
        ),
        ({"model": "T46U"}, {}, "the label says model T46U, the record has T54W"),
        ({"model": "SIP-T46U"}, {}, "the label says model SIP-T46U, the record has T54W"),
        ({"model": "T54"}, {}, "the label says model T54, the record has T54W"),
        (
            {"model": "CP-8845"},
            {"brand": "Cisco", "model": "CP-8841", "mac": ""},
            "the label says model CP-8845, the record has CP-8841",
        ),
        (
            {"mac": "000413000001"},
            {"mac": ""},
            "the label says MAC 00:04:13:00:00:01, which is one of Snom, "
            "the record has brand Yealink",
        ),
        (
            {"mac": "000413000001"},
            {"mac": "", "brand": "Cisco"},
            "the label says MAC 00:04:13:00:00:01, which is one of Snom, "
            "the record has brand Cisco",
        ),
    ],
)
def test_a_disagreement_names_both(
    said: dict[str, str], kept: dict[str, str], sentence: str, rules: Rules
) -> None:
    assert disagreements(label(**said), unit(**kept), rules) == [sentence]


def test_several_disagreements_are_said_one_by_one(rules: Rules) -> None:
    found = disagreements(label(mac="000413000001", model="D735"), unit(), rules)
    assert [sentence.split()[3] for sentence in found] == ["MAC", "model", "MAC"]


def test_twelve_digits_that_are_the_serial_are_no_mac(rules: Rules) -> None:
    kept = Unit("u1", "000413120005", "000413120005", brand="Htek", mac="001FC1000001")
    assert disagreements(label(serial=kept.serial, mac=kept.serial), kept, rules) == []


def test_what_a_label_says_cannot_act_on_the_terminal(rules: Rules) -> None:
    hostile = label(model="T46\x1b[2JU\u202e", serial="9\x079")
    kept = unit(model="T54\x1b]0;xW")
    sentences = disagreements(hostile, kept, rules)
    sentences += [other_serial(hostile, kept), two_units(hostile, kept, kept)]
    assert len(sentences) == 3
    assert all(sentence.isprintable() for sentence in sentences)
