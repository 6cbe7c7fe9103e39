"""A recorder, a gun on a pseudo-terminal, and threads that end with their test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.hardware.simulated_scanner import SimulatedScanner
from tests.hardware.console_device import Captures, Device
from tests.hardware.recorder import Recorder


@pytest.fixture
def recorder() -> Recorder:
    """What the scanners of this test tell."""
    return Recorder()


@pytest.fixture
def gun(tmp_path: Path) -> Iterator[SimulatedScanner]:
    """A gun that is not plugged in yet."""
    gun = SimulatedScanner(tmp_path / "usb-gun")
    yield gun
    gun.unplug()


@pytest.fixture(autouse=True)
def no_threads_left() -> Iterator[None]:
    """Whoever starts a scanner ends it."""
    yield
    left = [one.name for one in threading.enumerate() if one.name.startswith("scanner ")]
    assert left == []


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Device]:
    """The far end of a console cable."""
    one = Device(tmp_path / "console")
    yield one
    one.unplug()


@pytest.fixture
def captures(tmp_path: Path) -> Iterator[Captures]:
    """Captures that end with their test."""
    some = Captures(tmp_path / "captures")
    yield some
    some.close()
