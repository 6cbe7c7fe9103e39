"""`bench ports`: a table of cables, JSON for scripts, and what to do where one is missing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.cli import ports
from bench.cli.ports import state_of
from bench.hardware.console_ports import SYSTEM_CONSOLE, Adapter, ConsolePort
from tests.cli.conftest import Bench
from tests.cli.test_main import SCREENS, loaded

FTDI = Adapter("0403", "6001", "FTDI", "FT232R USB UART", "A50285BI")
FREE = ConsolePort(
    "ttyUSB0", "/dev/ttyUSB0", "/dev/serial/by-id/usb-FTDI-port0", "FTDI FT232R USB UART", True, "",
    "B", adapter=FTDI,
)  # fmt: skip
TAKEN = ConsolePort("ttyUSB1", "/dev/ttyUSB1", "/dev/ttyUSB1", "", True, "picocom (process 7)")
DENIED = ConsolePort("ttyUSB2", "/dev/ttyUSB2", "/dev/ttyUSB2", "", False, "", group="dialout")
AWAY = ConsolePort("usb-x", "", "/dev/serial/by-id/usb-x", "", False, "", "C")
URL = "rfc2217://rack:2001"
NETWORK = ConsolePort(URL, URL, URL, "network console at rack:2001", True, "", "N")


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> list[ConsolePort]:
    """The ports of this machine, to be filled."""
    found: list[ConsolePort] = []
    monkeypatch.setattr(ports, "console_ports", lambda *_args, **_more: found)
    return found


def test_a_table(bench: Bench, there: list[ConsolePort]) -> None:
    there += [FREE, NETWORK, AWAY, TAKEN]
    ran = bench("ports")
    head, *rows = ran.out.splitlines()
    assert head.split() == ["cable", "device", "state", "stable", "name", "adapter"]
    assert [row.split()[:2] for row in rows] == [
        ["B", "/dev/ttyUSB0"], ["N", "-"], ["C", "-"], ["-", "/dev/ttyUSB1"],
    ]  # fmt: skip
    states = [row[head.index("state") : head.index("stable")].strip() for row in rows]
    assert states == ["free", "network", "not there", "taken by picocom (process 7)"]
    assert (ran.code, ran.err) == (0, "")


def test_nothing_there(bench: Bench, there: list[ConsolePort]) -> None:
    assert there == []
    ran = bench("ports")
    assert (ran.code, ran.out) == (1, "")
    assert "plug one in" in ran.err


def test_only_the_console_of_the_machine(bench: Bench, there: list[ConsolePort]) -> None:
    there.append(replace(TAKEN, held_by=SYSTEM_CONSOLE))
    ran = bench("ports")
    assert ran.code == 1
    assert "plug one in" in ran.err


def test_one_that_may_not_be_opened(bench: Bench, there: list[ConsolePort]) -> None:
    there += [FREE, DENIED]
    ran = bench("ports")
    assert ran.code == 1
    assert "you may not open /dev/ttyUSB2: add yourself to the group dialout" in ran.err


def test_json(bench: Bench, there: list[ConsolePort]) -> None:
    there += [FREE, AWAY]
    ran = bench("ports", "--json")
    first, second = json.loads(ran.out)
    assert first == {
        "cable": "B", "name": "ttyUSB0", "device": "/dev/ttyUSB0", "stable": FREE.stable,
        "state": "free", "about": FREE.about, "there": True, "usable": True, "held_by": "",
        "adapter": FTDI.as_meta(),
    }  # fmt: skip
    assert (second["cable"], second["there"], second["state"]) == ("C", False, "not there")
    assert ran.code == 0


def test_hostile_words_of_an_adapter(bench: Bench, there: list[ConsolePort]) -> None:
    there += [ConsolePort("x", "/dev/x", "/dev/x\x1b[2J", "\x9b6n\u202e\n", True, "")]
    out = bench("ports").out
    assert [c for c in out if not c.isprintable() and c != "\n"] == []


def test_states() -> None:
    own = replace(FREE, held_by=SYSTEM_CONSOLE)
    told = [state_of(port) for port in (FREE, DENIED, own)]
    assert told == ["free", "not allowed", "this machine's own console"]


def test_of_the_settings_without_screens(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f'[consoles]\nB = "{tmp_path / "cable"}"\nN = "socket://rack:2001"\n')
    code, found = loaded((*SCREENS, "peewee"), "ports", "--settings", file)
    assert (code in (0, 1), found) == (True, [])
