"""A log-in by script on a switch: its password is kept with the capture and is in no copy of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.evidence.capture_format import RAW, TYPED
from bench.hardware.simulated_appliance import SimulatedAppliance
from bench.settings import Settings
from bench.workflow.cables import Cable
from bench.workflow.consoles import Consoles
from bench.workflow.copies import prepared_copy, write_copy
from bench.workflow.on_cable import OnCable

SERIAL, USER, PASSWORD = "FOC1932X0AB", "ana", "bench-demo"
UNIT = OnCable("rma", "270-000-001", "unit", SERIAL, "Cisco", "WS-C2960X-24TS-L")
PATIENCE = 30.0


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        consoles={"B": str(tmp_path / "ttyB")},
        captures=tmp_path / "captures",
        badge_key=tmp_path / "badge.key",
        find_consoles=False,
    )


@pytest.fixture
def consoles(settings: Settings, tmp_path: Path) -> Iterator[Consoles]:
    with SimulatedAppliance("switch", tmp_path / "ttyB", 0, {"serial": SERIAL}):
        consoles = Consoles(settings)
        consoles.open()
        consoles.begin("B", UNIT, "Ana", 9600)
        yield consoles
        if consoles.cables["B"].live:
            consoles.end("B")


def until(consoles: Consoles, what: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline
        consoles.turn()
        time.sleep(0.02)


def log_in(consoles: Consoles, cable: Cable) -> None:
    """By the script, whose questions somebody answers; then `show version`."""
    until(consoles, lambda: cable.understanding.boots.latest)
    script = cable.profile.script("version")
    assert script is not None
    cable.begin_order(script, time.monotonic())
    order = cable.order
    assert order is not None
    for name, value in (("user", USER), ("password", PASSWORD)):
        until(consoles, lambda: order.asks or order.over)
        assert order.asks is not None, order.said
        assert (order.asks.name, order.asks.secret) == (name, name == "password")
        order.answer(value, time.monotonic())
    until(consoles, lambda: order.over)
    assert order.said == "done"


def test_the_password_is_in_none_of_the_copies(consoles: Consoles, settings: Settings) -> None:
    cable = consoles.cables["B"]
    log_in(consoles, cable)
    cable.send(f"{PASSWORD}\r".encode())  # by mistake, where it is seen
    reader = cable.reader
    assert reader is not None
    until(consoles, lambda: PASSWORD.encode() in reader.read(0, reader.size))
    consoles.end("B")
    folder = reader.folder
    assert PASSWORD.encode() in (folder / TYPED).read_bytes()
    assert [one.secret for one in reader.typed if one.length > len(PASSWORD)] == [
        True,
        False,
        False,
    ]
    for name in (RAW, TYPED):
        assert (folder / name).stat().st_mode & 0o777 == 0o600
    copy = write_copy(cable, settings, prepared_copy(cable, settings), looked=True)
    texts = {one.name: one.read_text() for one in copy.iterdir()}
    assert len(texts) == 3
    for name, text in texts.items():
        assert PASSWORD not in text, name
    assert SERIAL in texts["transcript.txt"]
    assert "[password-1 sha256:" in texts["transcript.txt"]
    assert json.loads(texts["findings.json"])
