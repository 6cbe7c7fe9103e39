"""Command scripts against simulated appliances, through real pseudo-terminals in real time."""

from __future__ import annotations

import os
import select
import sys
import time
from pathlib import Path

import pytest

from bench.evidence.script import Ask, Done, Failed, Runner, Send
from bench.hardware.simulated_appliance import SimulatedAppliance
from tests.evidence.test_script import script

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
PATIENCE = 60.0
SECRETS = {"password": "bench-demo", "enable_password": "enable-demo"}


def on_a_port(link: Path, runner: Runner, secrets: dict[str, str]) -> Done | Failed:
    """Opens the port and runs the script to its end, answering what it asks."""
    port = os.open(link, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        begun = time.monotonic()
        actions = runner.start(begun)
        while time.monotonic() < begun + PATIENCE:
            now = time.monotonic()
            for action in actions:
                if isinstance(action, (Done, Failed)):
                    return action
                if isinstance(action, Ask):
                    actions = runner.give(secrets[action.name], now)
                    assert all(one.secret for one in actions if isinstance(one, Send))
                    break
                if isinstance(action, Send):
                    os.write(port, action.data)
            else:
                ready = select.select([port], [], [], 0.05)[0]
                data = os.read(port, 4096) if ready else b""
                actions = runner.feed(data, now) + runner.tick(now)
        raise AssertionError("the script did not end")
    finally:
        os.close(port)


def test_log_in_and_commands_on_a_switch(tmp_path: Path) -> None:
    link = tmp_path / "switch"
    with SimulatedAppliance("switch", link, speed=0, values={"serial": "FOC1932X0YZ"}) as device:
        shipped = script("Cisco", "inventory")
        runner = Runner(shipped, {"user": "ana"})
        told = on_a_port(link, runner, SECRETS)
        received = device.received
    # The simulated one has no "show environment", so the last of the three commands fails.
    assert isinstance(told, Failed)
    assert "does not know “show environment all”" in told.what
    assert "Processor board ID FOC1932X0YZ" in told.output
    assert "SN: FOC1932X0YZ" in told.output
    assert "--More--" not in told.output
    assert "bench-demo" not in told.output
    assert b"ana\rbench-demo\rshow version\r" in received


def test_a_wrong_password_on_a_switch(tmp_path: Path) -> None:
    link = tmp_path / "switch"
    with SimulatedAppliance("switch", link, speed=0) as device:
        runner = Runner(script("Cisco", "log"), {"user": "ana"})
        told = on_a_port(link, runner, {"password": "wrong-one"})
        received = device.received
    assert isinstance(told, Failed)
    assert told.what == "The device refuses this name or password."
    assert received.count(b"wrong-one") == 1


def test_the_menu_of_an_appliance(tmp_path: Path) -> None:
    link = tmp_path / "pulse"
    with SimulatedAppliance("pulse", link, speed=0, values={"serial": "0340122017001"}) as device:
        told = on_a_port(link, Runner(script("Pulse Secure", "menu")), {})
        received = device.received
    assert isinstance(told, Done)
    assert "Serial Number: 0340122017001" in told.output
    assert "Licensing Hardware ID:" in told.output
    assert received == b"\r"
