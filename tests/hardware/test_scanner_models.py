"""The table of scanners: what ships is right, and each mistake names its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.datafile import DataError, data_dir
from bench.hardware.scanner_models import SILENT, Mark, load_scanner_models

SHIPPED = data_dir() / "scanners.toml"
MODELS = load_scanner_models(SHIPPED)
FAMILY = '[[family]]\nname = "a"\nwords = "A"\nsource = "manual"\n'
MAKER = '[[maker]]\nwords = "M"\nvendor = "05e0"\nsource = "usb.ids"\n'
CABLES = [(0x0403, 0x6001), (0x067B, 0x2303), (0x10C4, 0xEA60), (0x1A86, 0x7523), (0x04D8, 0x000A)]


@pytest.mark.parametrize(
    ("vendor", "product", "words", "family"),
    [
        (0x05E0, 0x1701, "Zebra", "bel"),
        (0x0C2E, 0x0901, "Honeywell", "honeywell"),
        (0x0536, 0x01A0, "Hand Held Products", "hhp"),
        (0x05F9, 0x4204, "Datalogic", "datalogic"),
        (0x067E, 0x0803, "Intermec", ""),
        (0x1EAB, 0x0106, "Newland", ""),
        (0x11FA, 0x0215, "Code", ""),
        (0x065A, 0xA002, "Opticon", ""),
    ],
)
def test_whose_scanner_it_is(vendor: int, product: int, words: str, family: str) -> None:
    maker = MODELS.maker_of(vendor, product)
    assert maker is not None
    assert (maker.words, maker.family.name) == (words, family)


@pytest.mark.parametrize(
    ("vendor", "product"),
    [
        *CABLES,
        (0x05E0, 0x2000),
        (0x065A, 0x0009),
        (0x067E, 0x1001),
        (0x11FA, 0x0202),
        (None, None),
        (0x05E0, None),
    ],
)
def test_everything_else_is_nobodys(vendor: int | None, product: int | None) -> None:
    assert MODELS.maker_of(vendor, product) is None


def test_what_is_sent() -> None:
    power, hhp, bel = (MODELS.family(name) for name in ("datalogic", "hhp", "bel"))
    assert [power.tone(mark) for mark in Mark] == [b"B", b"34\r", b"F"]
    assert (power.enable, power.enable_after) == (b"E", 1.0)
    assert [hhp.tone(mark) for mark in Mark] == [b"\x1b7", b"\x1b4", b"\x1b8"]
    assert [bel.tone(mark) for mark in Mark] == [b"", b"\a", b"\a\a\a"]
    assert MODELS.family("nobody") is SILENT
    assert [SILENT.tone(mark) for mark in Mark] == [b"", b"", b""]


def test_good_and_refused_never_sound_alike() -> None:
    assert all(one.good != one.refused != one.warning for one in MODELS.families)


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        (MAKER, "family", "which is missing"),
        (FAMILY, "maker", "which is missing"),
        (FAMILY + FAMILY + MAKER, "family[2].name", "a name that no other family has"),
        (FAMILY + 'good = "12345678901234567"\n' + MAKER, "family[1].good", "at most 16"),
        (FAMILY + 'good = "€"\n' + MAKER, "family[1].good", "of one byte"),
        (FAMILY + "enable_after = 5\n" + MAKER, "family[1].enable_after", "from 100"),
        (FAMILY + "beep = 1\n" + MAKER, "family[1].beep", "only these keys"),
        (FAMILY.replace('"manual"', '" "') + MAKER, "family[1].source", "words"),
        (FAMILY + MAKER.replace("05e0", "05E0"), "maker[1].vendor", "four hexadecimal digits"),
        (FAMILY + MAKER.replace("05e0", "0403"), "maker[1].vendor", "not of serial cables"),
        (FAMILY + MAKER + 'family = "b"\n', "maker[1].family", "one of a"),
        (FAMILY + MAKER + 'products = ["1"]\n', "maker[1].products", "four hexadecimal digits"),
        (FAMILY + MAKER + 'except = "0001"\n', "maker[1].except", "a list of texts"),
        (FAMILY + MAKER + "[more]\n", "more", "only these keys"),
    ],
)
def test_a_mistake_names_file_and_key(tmp_path: Path, text: str, key: str, expected: str) -> None:
    file = tmp_path / "scanners.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(DataError) as caught:
        load_scanner_models(file)
    assert (caught.value.file, caught.value.key) == (str(file), key)
    assert expected in str(caught.value)
