"""The consoles of the demo as data, and as processes that go with it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bench.datafile import DataError, Table, data_dir
from bench.hardware.appliance_scripts import load_scenario
from bench.settings import Settings
from bench.workflow.demo_consoles import read_demo_consoles, with_consoles

UNIT = '[[unit]]\nserial = "0332042024000931"\nmodel = "PSA-300"\n'


def consoles_of(file: Path, text: str) -> object:
    """The consoles of a demo's data."""
    file.write_text(UNIT + text)
    table = Table.read(file)
    return read_demo_consoles(table, table.tables("unit"))


def test_one_fails_and_one_has_another_board() -> None:
    """Those that ship; the first one shows what goes wrong, the second one whose board it is."""
    table = Table.read(data_dir() / "demo.toml")
    first, second = read_demo_consoles(table, table.tables("unit"))
    assert (first.name, first.says, first.model) == ("B", "0332042024000931", "PSA-300")
    assert "media error" in str(load_scenario(first.appliance, first.values))
    assert second.name == "C"
    assert second.says not in {unit.text("serial") for unit in table.tables("unit")}
    assert second.says in str(load_scenario(second.appliance, second.values))


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ('name = "B"\nserial = "1"\nappliance = "disk"', "the serial of a unit in this file"),
        ('name = "B"\nserial = "0332042024000931"\nappliance = "dsk"', "one of pulse, "),
        ('name = "B"\nserial = "0332042024000931"\nappliance = "disk"\nbaud = 1', "only these"),
    ],
)
def test_a_mistake_in_its_data_is_named(tmp_path: Path, entry: str, complaint: str) -> None:
    """With the file and the key."""
    with pytest.raises(DataError, match=complaint):
        consoles_of(tmp_path / "demo.toml", f"[[console]]\n{entry}\n")


def test_the_ports_are_there_as_long_as_the_demo(tmp_path: Path) -> None:
    """Under the letters of the settings; they go with the block."""
    with with_consoles(Settings(), tmp_path) as settings:
        assert settings.captures == tmp_path / "captures"
        ports = [Path(port) for port in settings.consoles.values()]
        deadline = time.monotonic() + 30
        while not all(port.exists() for port in ports):
            assert time.monotonic() < deadline, list(tmp_path.iterdir())
            time.sleep(0.01)
    assert not any(port.is_symlink() for port in ports)
