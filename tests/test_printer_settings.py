"""[printers] and [labels] of the settings: what they take, what they refuse, who prints what."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench.datafile import DataError, data_dir
from bench.printer_settings import (
    LANGUAGES,
    RESOLUTIONS,
    SIZES,
    LabelSort,
    PrinterSettings,
    checked_address,
    host_and_port,
)
from bench.settings import Settings, load_settings
from bench.workflow.desk import load_rules

RMA, SHIP = LabelSort.RMA, LabelSort.SHIP
WHOLE = """
[printers]
N = "only a name"
[printers.B]
name = "Zebra at the door"
at = "tcp://zebra.example.com"
size = "4x6"
dpi = 300
labels = ["ship", "vendor"]
asks = false
compressed = false
[printers.C]
name = "the folder"
at = "file:labels"
[printers.D]
name = "the queue"
at = "cups:Zebra_2"
language = "zpl"
[printers.H]
name = "the cable"
at = "usb:/dev/usb/lp0"
[labels]
automatic = ["rma", "ship"]
layouts = "mine.toml"
"""
B = '[printers.B]\nname = "Zebra"\n'


def write(folder: Path, text: str) -> Path:
    """A settings file."""
    file = folder / "settings.toml"
    file.write_text(text, "utf-8")
    return file


def test_without_tables_there_is_no_printer(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, ""))
    assert settings.printers == {}
    assert settings.automatic_labels == (RMA,)
    assert settings.label_layouts_file == data_dir() / "label_layouts.toml"
    assert settings.printer_for(RMA) is None


def test_a_whole_file(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, WHOLE))
    sorts = (SHIP, LabelSort.VENDOR)
    door = PrinterSettings(
        "B", "Zebra at the door", "tcp://zebra.example.com:9100", "zpl", "4x6", 300, sorts
    )
    assert settings.printers == {
        "N": PrinterSettings("N", "only a name"),
        "B": replace(door, asks=False, compressed=False),
        "C": PrinterSettings("C", "the folder", f"file:{tmp_path / 'labels'}", "pdf"),
        "D": PrinterSettings("D", "the queue", "cups:Zebra_2", "zpl"),
        "H": PrinterSettings("H", "the cable", "usb:/dev/usb/lp0", "zpl"),
    }
    assert settings.automatic_labels == (RMA, SHIP)
    assert settings.label_layouts_file == tmp_path / "mine.toml"


def test_way_and_place(tmp_path: Path) -> None:
    there = load_settings(write(tmp_path, WHOLE)).printers
    assert {letters: (one.way, one.place) for letters, one in there.items()} == {
        "N": ("", ""),
        "B": ("tcp", "zebra.example.com:9100"),
        "C": ("file", str(tmp_path / "labels")),
        "D": ("cups", "Zebra_2"),
        "H": ("usb", "/dev/usb/lp0"),
    }


def test_nothing_prints_by_itself_where_none_is_named(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, "[labels]\nautomatic = []\n"))
    assert settings.automatic_labels == ()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dpi", RESOLUTIONS)
def test_each_stock_and_head(tmp_path: Path, size: str, dpi: int) -> None:
    text = f'{B}size = "{size}"\ndpi = {dpi}\n'
    printer = load_settings(write(tmp_path, text)).printers["B"]
    assert (printer.size, printer.dpi) == (size, dpi)


@pytest.mark.parametrize(("way", "place"), [("cups", "Q"), ("file", "x"), ("usb", "/dev/usb/lp1")])
def test_the_first_language_of_a_way_is_taken(tmp_path: Path, way: str, place: str) -> None:
    printer = load_settings(write(tmp_path, f'{B}at = "{way}:{place}"\n')).printers["B"]
    assert printer.language == LANGUAGES[way][0]


# --- which printer a label goes to


def printers(*known: PrinterSettings) -> Settings:
    """Settings with these."""
    return Settings(printers={one.letters: one for one in known})


ALL = PrinterSettings("C", "takes all", "tcp://10.0.0.1:9100")
SHIPS = PrinterSettings("D", "ship labels", "tcp://10.0.0.2:9100", labels=(SHIP,))
NAMED = PrinterSettings("B", "only named")


@pytest.mark.parametrize(
    ("sort", "chosen", "letters"),
    [
        (RMA, "", "C"),
        (SHIP, "", "D"),
        (SHIP, "C", "C"),
        (SHIP, "D", "D"),
        (RMA, "D", "C"),
        (RMA, "B", "C"),
        (RMA, "X", "C"),
    ],
)
def test_the_chosen_printer_else_the_one_that_names_the_sort_else_the_first(
    sort: LabelSort, chosen: str, letters: str
) -> None:
    found = printers(SHIPS, ALL, NAMED).printer_for(sort, chosen)
    assert found is not None
    assert found.letters == letters


def test_no_printer_takes_it() -> None:
    assert printers(NAMED, SHIPS).printer_for(RMA, "D") is None


# --- addresses


@pytest.mark.parametrize(
    ("at", "host", "port"),
    [
        ("tcp://zebra", "zebra", 9100),
        ("tcp://192.0.2.7:6101", "192.0.2.7", 6101),
        ("tcp://[2001:db8::7]", "2001:db8::7", 9100),
        ("tcp://[fe80::1%eth0]:9101", "fe80::1%eth0", 9101),
        ("tcp://drucker-tür.example.com:1", "drucker-tür.example.com", 1),
        ("tcp://zebra_2:65535", "zebra_2", 65535),
    ],
)
def test_host_and_port(at: str, host: str, port: int) -> None:
    assert host_and_port(at) == (host, port)
    whole = checked_address(at, Path("/"))
    assert host_and_port(whole) == (host, port)
    assert whole.endswith(f":{port}")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("zebra", "tcp://HOST"),
        ("lpd://zebra", "tcp://HOST"),
        ("tcp:zebra", "tcp://HOST"),
        ("tcp://", "the name or address of a host"),
        ("tcp://two words", "the name or address of a host"),
        ("tcp://zebra/label", "the name or address of a host"),
        ("tcp://2001:db8::7", "the name or address of a host"),
        (f"tcp://{'x' * 300}", "the name or address of a host"),
        ("tcp://zebra:", "a port from 1 to 65535"),
        ("tcp://zebra:0", "a port from 1 to 65535"),
        ("tcp://zebra:65536", "a port from 1 to 65535"),
        ("tcp://zebra:0000091000", "a port from 1 to 65535"),
        ("tcp://zebra:９１００", "a port from 1 to 65535"),
        ("tcp://zebra:-1", "a port from 1 to 65535"),
        ("tcp://ze\nbra", "tcp://HOST"),
        ("usb:", "tcp://HOST"),
        ("usb:/etc/passwd", "a device under /dev/"),
        ("usb:/dev/../etc/passwd", "a device under /dev/"),
        ("usb:lp0", "a device under /dev/"),
        ("cups:two words", "the name of a queue"),
        ("cups:-o", "the name of a queue"),
        ("cups:host/queue", "the name of a queue"),
        ("file:", "tcp://HOST"),
    ],
)
def test_an_address_that_is_none(tmp_path: Path, at: str, expected: str) -> None:
    text = B + "at = " + f'"{at}"'.replace("\n", "\\n")
    with pytest.raises(DataError) as caught:
        load_settings(write(tmp_path, text))
    assert caught.value.key == "printers.B.at"
    assert expected in str(caught.value)


@pytest.mark.parametrize("at", ["tcp://ana:geheim@zebra", "tcp://ana:geheim@zebra:9100"])
def test_a_password_in_an_address_is_refused_and_not_shown(tmp_path: Path, at: str) -> None:
    with pytest.raises(DataError) as caught:
        load_settings(write(tmp_path, f'{B}at = "{at}"\n'))
    assert caught.value.key == "printers.B.at"
    assert "geheim" not in str(caught.value)


# --- other mistakes

TCP, CUPS, FILE = (f'at = "{at}"\n' for at in ("tcp://zebra", "cups:Q", "file:x"))
TWIN = '[printers.C]\nname = "Other"\n'


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("printers = 1", "printers", "a table"),
        ("[printers]\nB = 5", "printers.B", "a name, or a table [printers.B]"),
        ('[printers]\nB = " \\t"', "printers.B", "what people call the printer"),
        ('[printers.B]\nat = "file:x"', "printers.B.name", "which is missing"),
        ('[printers.B]\nname = "\\u202e"', "printers.B.name", "what people call the printer"),
        (B + 'size = "3x2"', "printers.B.size", "one of 2x1, 4x2, 4x6, found '3x2'"),
        (B + "size = 2", "printers.B.size", "a text"),
        (B + "dpi = 600", "printers.B.dpi", "one of 203, 300"),
        (B + 'dpi = "203"', "printers.B.dpi", "a whole number"),
        (B + TCP + 'language = "pdf"', "printers.B.language", "zpl, which is what goes by tcp"),
        (B + CUPS + 'language = "png"', "printers.B.language", "pdf or zpl, which is what goes by"),
        (B + FILE + 'language = "epl"', "printers.B.language", "pdf or png or zpl"),
        (B + 'language = "epl"', "printers.B.language", "which is what goes by any way"),
        (B + 'labels = "rma"', "printers.B.labels", "a list of texts"),
        (B + 'labels = ["rna"]', "printers.B.labels", "only rma, ship, vendor, badge, port"),
        (B + 'labels = ["rma", "rma"]', "printers.B.labels", "each sort of label once"),
        (B + 'asks = "no"', "printers.B.asks", "true or false"),
        (B + "compressed = 0", "printers.B.compressed", "true or false"),
        (B + 'adress = "file:x"', "printers.B.adress", "only these keys"),
        (B + TWIN.replace("Other", "zebra"), "printers.C", "a name that no other printer has"),
        (B + TCP + TWIN + TCP, "printers.C.at", "an address that no other printer has, B has it"),
        (
            B + TCP + TWIN + 'at = "tcp://zebra:9100"',
            "printers.C.at",
            "an address that no other printer has, B has it",
        ),
        ("labels = 1", "labels", "a table"),
        ('[labels]\nautomatic = "rma"', "labels.automatic", "a list of texts"),
        ('[labels]\nautomatic = ["badge"]', "labels.automatic", "only rma, ship, vendor"),
        ('[labels]\nautomatic = ["rma", "rma"]', "labels.automatic", "each sort of label once"),
        ("[labels]\nlayouts = 1", "labels.layouts", "a text"),
        ('[labels]\nlayout = "x"', "labels.layout", "only these keys"),
    ],
)
def test_a_mistake_names_its_place(tmp_path: Path, text: str, key: str, expected: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(DataError) as caught:
        load_settings(file)
    assert (caught.value.file, caught.value.key) == (str(file), key)
    assert expected in str(caught.value)


def test_settings_load_nothing_that_draws_or_sends() -> None:
    code = (
        "import sys; import bench.settings, bench.cli.parser\n"
        "heavy = ('PIL', 'segno', 'barcode', 'bench.labels', 'bench.hardware', 'peewee')\n"
        "print(*(name for name in heavy if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "\n", "")


@pytest.mark.parametrize(("letters", "kept"), [("vx", "VX"), ("BK", "BK"), ("", "")])
def test_the_letters_of_a_station_are_two_that_every_layout_has(
    tmp_path: Path, letters: str, kept: str
) -> None:
    settings = load_settings(write(tmp_path, f'[station]\nrma_letters = "{letters}"\n'))
    load_rules(settings)
    assert settings.rma_letters == kept


@pytest.mark.parametrize("letters", ["B", "BKD", "RB", "BA", "26", "ÄÖ"])
def test_other_letters_for_rma_numbers_are_refused(tmp_path: Path, letters: str) -> None:
    settings = load_settings(write(tmp_path, f'[station]\nrma_letters = "{letters}"\n'))
    with pytest.raises(DataError, match=r"rma_letters.*two of BCDF"):
        load_rules(settings)
