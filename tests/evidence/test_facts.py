"""Facts: every row of the table on its examples, values made plain, nothing without bound."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bench.datafile import DataError, Table, data_dir
from bench.evidence.facts import PER_KIND, Fact, FactKind, FactRow, Facts, Part, read_facts
from bench.evidence.understanding import Understanding
from tests.evidence.said import TABLES, said

ROWS = {row.id: row for row in TABLES.facts}
with (data_dir() / "console_facts.toml").open("rb") as _file:
    ENTRIES = {entry["id"]: entry for entry in tomllib.load(_file)["fact"]}


@pytest.mark.parametrize("name", ROWS)
def test_each_row_finds_its_example_and_leaves_its_counter_example(name: str) -> None:
    row, entry = ROWS[name], ENTRIES[name]
    known = Understanding(TABLES)
    known.feed(said([entry["example"]]))
    assert entry["value"] in [fact.value for fact in known.facts.of(row.kind)]
    assert row.value_in(entry["counter_example"]) == ""


OTHERS = [
    ("pulse_serial", "Serial Number: 6411767226620186", "6411767226620186"),
    ("pulse_current", "Current version: 7.2R2 (build 21017)", "7.2R2 (build 21017)"),
    (
        "pulse_starting",
        "Starting system software version 9.0R1 (build 63949)",
        "9.0R1 (build 63949)",
    ),
    ("pulse_model", "BIOS Date: 03/14/2017 11:20:42  Ver: 5.0.1.1 PSA-3000", "PSA-3000"),
    ("pulse_model", "MAG-2600 ready", "MAG-2600"),
    ("cisco_system_serial", "System Serial Number            : FOC2345ABCD", "FOC2345ABCD"),
    ("cisco_board", "Processor board ID FCW1234A1BC", "FCW1234A1BC"),
    ("cisco_model", "Model number                    : WS-C3650-24PS", "WS-C3650-24PS"),
    (
        "cisco_ios",
        "Cisco IOS Software [Everest], Catalyst L3 Switch Software, Version 16.6.4a",
        "16.6.4a",
    ),
    ("uboot", "phone login: U-Boot 2016.05-00412 (May 18 2021 - 16:02:44 +0800)", "2016.05-00412"),
    ("uboot", "U-Boot SPL 2016.05-00412 (May 18 2021 - 16:02:44)", "2016.05-00412"),
    ("uboot_mac", "Net:   eth0 ethaddr=80:5e:c0:a1:b2:c3", "80:5E:C0:A1:B2:C3"),
    ("rockchip_ddr", "board login: DDR version 1.16 20190528", "1.16 20190528"),
    ("fortinet_serial", "Serial number:FGT60DPA1234578", ""),  # one character too few
    ("fortinet_serial", "Serial number:FGT60D4613012345", "FGT60D4613012345"),
    (
        "fortinet_boot_model",
        "Rebooting in 5 seconds..FortiGate-60D (15:02-10.10.2012)",
        "FortiGate-60D",
    ),
    ("mikrotik_model", "RouterBOARD 750G", "RouterBOARD 750G"),
    ("mikrotik_serial", "     serial-number: HG6099981S2", "HG6099981S2"),
    ("cfe_mac", "mac: 80-5E-C0-A1-B2-C3", "80:5E:C0:A1:B2:C3"),
    ("linux_hwaddr", "    link/ether 00:1b:21:0a:0b:0c brd ff:ff:ff:ff:ff:ff", "00:1B:21:0A:0B:0C"),
]


@pytest.mark.parametrize(("name", "text", "value"), OTHERS)
def test_other_lines_of_the_same_makers(name: str, text: str, value: str) -> None:
    assert ROWS[name].value_in(text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("dmi_serial", "Serial Number: To be filled by O.E.M."),
        ("dmi_serial", "Serial Number: 0123456789"),
        ("cfe_mac", "MAC: 00:00:00:00:00:00"),
        ("linux_hwaddr", "HWaddr FF:FF:FF:FF:FF:FF"),
    ],
)
def test_what_nobody_entered_is_no_fact(name: str, text: str) -> None:
    assert ROWS[name].value_in(text) == ""


def test_a_serial_of_a_disk_is_no_serial_of_the_unit() -> None:
    known = Understanding(TABLES)
    known.feed(said(["\tSerial Number:      WD-WCC4M0123456"]))
    assert [fact.part for fact in known.facts.of(FactKind.SERIAL)] == [Part.UNSURE]


def test_the_place_and_the_first_and_latest_value_are_kept() -> None:
    known = Understanding(TABLES)
    known.feed(
        said(["Current version: 8.1R1", "x", "Current version: 9.1R2", "Current version: 8.1R1"])
    )
    first, latest = known.facts.first(FactKind.FIRMWARE), known.facts.latest(FactKind.FIRMWARE)
    assert first is not None
    assert latest is not None
    assert (first.value, first.line, first.offset) == ("8.1R1", 0, 0)
    assert (latest.value, latest.line, latest.offset) == ("8.1R1", 3, 300)
    assert [fact.value for fact in known.facts.of(FactKind.FIRMWARE)] == ["9.1R2", "8.1R1"]


def fact(value: str, part: Part = Part.UNSURE) -> Fact:
    """A serial."""
    return Fact(FactKind.SERIAL, value, "", 0, 0, 0, "", part)


def test_no_more_than_twenty_values_of_a_kind_are_kept() -> None:
    facts = Facts()
    for number in range(10 * PER_KIND):
        facts.add(fact(f"AB{number}"))
    first, latest = facts.first(FactKind.SERIAL), facts.latest(FactKind.SERIAL)
    assert len(list(facts)) == PER_KIND
    assert first is not None
    assert latest is not None
    assert (first.value, latest.value) == ("AB0", f"AB{10 * PER_KIND - 1}")


def test_the_surer_row_decides_whose_serial_a_value_is() -> None:
    facts = Facts()
    assert facts.add(fact("FOC1", Part.UNIT))
    assert not facts.add(fact("FOC1"))
    assert [one.part for one in facts] == [Part.UNIT]


def test_values_and_lines_are_clean_and_bounded() -> None:
    known = Understanding(TABLES)
    known.feed(said(["Board: A\u202eB\x1b[31m" + "x" * 5000]))
    kept = known.facts.latest(FactKind.MODEL)
    assert kept is not None
    assert len(kept.value) <= 80
    assert len(kept.text) <= 200
    assert "\u202e" not in kept.value + kept.text
    assert "\x1b" not in kept.value + kept.text


def read(text: str) -> tuple[FactRow, ...]:
    """The rows of a table written here."""
    return read_facts(Table(Path("facts.toml"), tomllib.loads(text)))


ROW = """[[fact]]
id = "a"
kind = "serial"
part = "unit"
vendor = ""
needs = ["sn"]
pattern = '^SN (\\w+)'
example = "SN AB12"
value = "AB12"
counter_example = "SN"
"""


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ('value = "AB12"', 'value = "AB1"', "value"),
        ('part = "unit"\n', "", "part"),
        ('kind = "serial"', 'kind = "model"', "part"),
        ("(\\w+)", "\\w+", "pattern"),
        ("(\\w+)", "(\\w)(\\w+)", "pattern"),
        ('vendor = ""', 'vendro = ""', "vendor"),
        ('vendor = ""', 'vendor = ""\nwrong = 1', "wrong"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused(before: str, after: str, key: str) -> None:
    assert len(read(ROW)) == 1
    with pytest.raises(DataError) as raised:
        read(ROW.replace(before, after))
    assert raised.value.key == f"fact[1].{key}"


def test_two_rows_with_one_id_are_refused() -> None:
    with pytest.raises(DataError, match="an id of its own"):
        read(ROW + ROW)
