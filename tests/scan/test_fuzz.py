"""Labels as nobody prints them: whatever comes, there is an answer, and nothing in it can act."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import fields

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.datafile import data_dir
from bench.scan.fields import RETAIL_AIMS
from bench.scan.label import A_BADGE, LONGEST, Label, LabelKind, classify
from bench.scan.patterns import Patterns, load_patterns
from bench.scan.scanner_check import TEST_CODE
from bench.scan.serials import is_serial
from bench.text import printable

EXAMPLES = 2000
KNOWN = load_patterns(
    data_dir() / "labels.toml", ("T54W", "VVX 450", "PSA-3000"), ("805EC0", "000413")
)
PIECES = (
    *("[)>", "\x1e", "\x1d", "\x04", "\x1c", "06", "05", "12", "S", "1S", "15S", "18S", "23S"),
    *("25S", "1P", "P", "30P", "UN123456789", "D1ABC9", "01", "21", "11", "10", "240", "00"),
    *("7003", "8008", "3103", "3932", "4321", "99", "(01)", "(21)", "(240)", "(", ")", "]C1"),
    *("]d2", "]Q3", "]Q1", "]E0", "]E4", "]A0", "]", "09506000134352", "9506000134352"),
    *("036000291452", "260101", "261301", "https://id.gs1.org/01/", "/21/", "http://[", "://"),
    *("SN:", "S/N ", "Serial No. ", "MAC: ", "MODEL=", "P/N#", "?sn=", "&mac=", '{"sn": "'),
    *("805EC0A1B2C3", "80:5E:C0:A1:B2:C3", "805e.c0a1.b2c3", "000413120ABC", "FOC2134X0AB"),
    *("SFOC2134X0AB", "2102351931P0J1000123", "3146019", "T54W", "SIP-", "VVX 450", "BENCH"),
    *("BENCHOK", "CONSOLE", "PRINTERB", "prınter", "PERSON", "PERSONBCDEFG", TEST_CODE),
    *("RBKVLVRFV", "BKVL-VRFX"),
    *("R26004812K", "26-004812-B", "1Z999AA10123456784", "*", "%", "+", "-", "/", ".", "'"),
    *("\r", "\n", "\r\n", "\t", " ", "\x00", "\x02", "\x03", "\x07", "\x08", "\x11", "\x7f"),
    *("\x1b[2J", "\x1b]0;x\x07", "\x1bP", "\x1b[200~", "\x9b31m", "\x90", "\u202e", "\u2066"),
    *("\u200b", "\ufeff", "\u2028", "\ud800", "٣", "１２", "É", "ß", "ı", "ﬁ", "🙂", "e\u0301"),
)  # fmt: skip
PIECE = st.sampled_from(PIECES)
BYTES = st.binary(max_size=60)
TEXTS = st.one_of(
    st.lists(PIECE, max_size=14).map("".join),
    st.lists(PIECE | st.text(max_size=4), max_size=10).map("".join),
    st.lists(PIECE | BYTES.map(lambda b: b.decode("latin-1")), max_size=6).map("".join),
    BYTES.map(lambda b: b.decode("utf-8", "surrogateescape")),
    BYTES.map(lambda b: b.decode("utf-8", "replace")),
    st.text(max_size=80),
    st.text(alphabet="0123456789ABCDEF:-. ", max_size=30),
    st.tuples(PIECE, st.integers(1, LONGEST + 2)).map(lambda pair: pair[0] * pair[1]),
)
_STEERS = ("Cc", "Cs", "Zl", "Zp")
_BIDI = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def check(text: str, known: Patterns | None = KNOWN) -> Label:
    """Everything that must hold of the answer to any scan; gives the answer."""
    label = classify(text, known)
    assert label == classify(text, known)
    hidden = label.kind is LabelKind.BADGE or (label.raw == A_BADGE != text)
    assert label.raw == (A_BADGE if hidden else text)
    if hidden:
        assert "PERSON" in text.upper()
        assert "PERSON" not in repr(label).upper()
    _shown_safely(label)
    _says_what_its_kind_says(label)
    return label


def _shown_safely(label: Label) -> None:
    for each in fields(label):
        value = getattr(label, each.name)
        if isinstance(value, str):
            shown = printable(value)
            assert not any(unicodedata.category(c) in _STEERS for c in shown), each.name
            assert not _BIDI.search(shown), each.name


def _says_what_its_kind_says(label: Label) -> None:
    kind = label.kind
    assert bool(label.why) == (kind is LabelKind.UNREADABLE)
    assert re.fullmatch("(?:[0-9A-F]{12})?", label.mac)
    assert re.fullmatch("(?:[0-9]{14})?", label.gtin)
    assert (label.source, label.started, label.ended) == ("", 0.0, 0.0)
    if kind is LabelKind.CODE:
        assert label.serial or label.mac
    if kind is LabelKind.PRODUCT:
        assert label.gtin or label.model or label.aim in RETAIL_AIMS
    if label.serial:
        assert is_serial(label.serial)
        assert kind in (LabelKind.CODE, LabelKind.PRODUCT, LabelKind.BAD_RMA_NUMBER)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(TEXTS, st.sampled_from((KNOWN, None)))
def test_any_scan_has_an_answer_that_cannot_act(text: str, known: Patterns | None) -> None:
    check(text, known)
