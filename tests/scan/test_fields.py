"""Labels of several fields: what GS1 and MH10.8.2 carry, and when a text is certain to be so."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench.scan.fields import Fields, gtin14, product_code, read_fields, runs_together

GS, RS, EOT = "\x1d", "\x1e", "\x04"
GTIN = "09506000134352"


def envelope(*fields: str) -> str:
    """An ISO 15434 message of format 06."""
    return f"[)>{RS}06{GS}" + GS.join(fields) + f"{RS}{EOT}"


@pytest.mark.parametrize(
    ("text", "aim", "fields"),
    [
        (f"01{GTIN}21AB12", "]C1", Fields("AB12", gtin=GTIN)),
        (f"01{GTIN}21AB12", "]d2", Fields("AB12", gtin=GTIN)),
        (f"01{GTIN}1126010121AB12", "", Fields("AB12", gtin=GTIN)),
        (f"01{GTIN}1126010021AB12", "", Fields("AB12", gtin=GTIN)),
        (f"01{GTIN}10LOT7{GS}21AB12", "", Fields("AB12", gtin=GTIN)),
        (f"01{GTIN}240T54W{GS}21AB12{GS}", "", Fields("AB12", model="T54W", gtin=GTIN)),
        (f"{GS}21AB12{GS}01{GTIN}", "", Fields("AB12", gtin=GTIN)),
        (f"21AB12{GS}241T54W", "", Fields("AB12", model="T54W")),
        (f"01{GTIN}21AB12{GS}21CD34", "", Fields("AB12", gtin=GTIN)),
        ("01" + GTIN[:-1] + "321AB12", "]C1", Fields("AB12")),
        (f"(01) {GTIN} (21) AB12", "", Fields("AB12", gtin=GTIN)),
        (f"(01){GTIN}(240)T54W(21)AB12", "", Fields("AB12", model="T54W", gtin=GTIN)),
        (f"https://id.gs1.org/01/{GTIN}/21/AB12", "]Q1", Fields("AB12", gtin=GTIN)),
        (f"https://x.example/a/01/{GTIN}/10/L/21/AB%2F12", "]d1", Fields("AB/12", gtin=GTIN)),
    ],
)
def test_gs1(text: str, aim: str, fields: Fields) -> None:
    assert read_fields(text, aim) == fields


@pytest.mark.parametrize(
    ("text", "aim"),
    [
        ("21AB12", ""),
        ("21023519", ""),
        (f"01{GTIN}", ""),
        ("010950600013435321AB12", ""),
        ("21" + "A" * 21, "]C1"),  # longer than a serial can be there: cut off, or no GS1
        ("21" + "A" * 20 + f"10L{GS}", "]C1"),
        (f"01{GTIN}11261301", "]C1"),  # month 13
        (f"AB12{GS}CD34", ""),
        ("٢١AB12", "]C1"),
        ("(21)AB(1)2", ""),
        ("(9999)AB", ""),
        (f"https://id.gs1.org/01/{GTIN}/21/AB12", ""),
        (f"https://id.gs1.org/01/{GTIN}", "]Q1"),
        ("https://[/01/09506000134352/21/AB12", "]Q1"),
    ],
)
def test_what_is_not_certain_or_not_right_is_no_gs1(text: str, aim: str) -> None:
    assert read_fields(text, aim) is None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (("S3146019", "1PT54W"), Fields("3146019", model="T54W")),
        (("1SAB1", "S3146019"), Fields("3146019")),
        (("15SAB1",), Fields("AB1")),
        (("1SAB1",), Fields("AB1")),
        (("18S1ABC9XYZ77",), Fields("XYZ77")),
        (("25SD1ABC9XYZ77",), Fields("XYZ77")),
        (("25SUN123456789XYZ77",), Fields("XYZ77")),
        (("25SLHABCXYZ77", "23S805EC0A1B2C3"), Fields(mac="805EC0A1B2C3")),
        (("23S80-5E-C0-A1-B2-C3", "PT54W"), Fields(mac="805EC0A1B2C3", model="T54W")),
        (("PABC", "1PT54W"), Fields(model="T54W")),
        (("16S96.86.0.20", "2PA", "Q1"), Fields()),
        (("SBENCHOK",), Fields()),
    ],
)
def test_mh10_8_2(fields: tuple[str, ...], expected: Fields) -> None:
    assert read_fields(envelope(*fields)) == expected


def test_several_formats_in_one_envelope() -> None:
    text = f"[)>{RS}06{GS}S3146019{RS}05{GS}01{GTIN}{RS}{EOT}"
    assert read_fields(text) == Fields("3146019")


def test_an_envelope_without_its_separators_is_known_as_one() -> None:
    assert runs_together("[)>06S314601916P12")
    assert not runs_together(envelope("S3146019"))


@pytest.mark.parametrize(
    ("digits", "gtin"),
    [
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("9506000134352", GTIN),
        (GTIN, GTIN),
        ("9506000134353", ""),
        ("", ""),
        ("９506000134352", ""),
        ("123456789", ""),
    ],
)
def test_gtins(digits: str, gtin: str) -> None:
    assert gtin14(digits) == gtin


def test_a_short_number_is_no_product_code_unless_the_scanner_says_so() -> None:
    assert product_code("96385074") == ""
    assert product_code("96385074", "]E4") == "00000096385074"


def test_the_gs1_parser_can_be_loaded_ahead() -> None:
    program = (
        "import sys; from bench.scan.fields import load_gs1; load_gs1(); "
        "sys.exit('biip.gs1_messages' not in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "loaded"), [("FOC2134X0AB", False), ("21AB12", False), ("(21)AB12", True)]
)
def test_the_gs1_parser_is_only_loaded_for_what_is_certain_to_be_gs1(
    text: str, loaded: bool
) -> None:
    program = (
        "import sys; from bench.scan.label import classify; "
        f"classify({text!r}); sys.exit('biip' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == loaded
