"""A recording that is begun at the screen sets a cable's lines as the settings or the profile say.

A pseudo-terminal has no such lines: looked at is what the capture was told, which it keeps.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.evidence.capture_format import Kind
from bench.evidence.capture_reader import CaptureReader
from bench.hardware.pseudo_port import PseudoPort
from bench.settings import Line, Settings
from bench.workflow.consoles import Consoles
from bench.workflow.on_cable import OnCable

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
SWITCH = OnCable("rma", "270-000-001", "unit", "FOC1932X0AB", "Cisco", "WS-C2960X-24TS-L")
PHONE = OnCable("rma", "270-000-002", "unit", "00100400A1", "Snom", "D785")


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """A station with one cable, B, that is plugged in."""
    port = PseudoPort(tmp_path / "ttyB", 9600)
    port.plug()
    yield Settings(
        consoles={"B": str(port.link)}, captures=tmp_path / "captures", find_consoles=False
    )
    port.close()


def told(settings: Settings, unit: OnCable | None) -> list[tuple[object, object]]:
    """DTR and RTS, as the recording of a unit was told them at each opening of the port."""
    consoles = Consoles(settings)
    consoles.open()
    cable = consoles.begin("B", unit, "Ana", 9600)
    consoles.end("B")
    assert cable.reader is not None
    with CaptureReader(cable.reader.folder) as reader:
        opened = [e.record.fields for e in reader.poll_all().records if e.kind is Kind.OPEN]
    return [(one["dtr"], one["rts"]) for one in opened]


def test_the_policy_of_the_cable_goes(settings: Settings) -> None:
    settings = replace(settings, console_dtr={"B": Line.OFF}, console_rts={"B": Line.LEAVE})
    assert told(settings, SWITCH) == [(False, None)]
    assert told(settings, None) == [(False, None)]


def test_without_one_the_profile_of_the_product_goes(settings: Settings) -> None:
    assert told(settings, SWITCH) == [(True, True)]
    assert told(replace(settings, console_rts={"B": Line.ON}), PHONE) == [(False, True)]
