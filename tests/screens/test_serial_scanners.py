"""Scanners in serial mode at the screen: heard, lit, answered, and missed when they are gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.hardware.serial_scanner import ACK, NAK
from bench.hardware.simulated_scanner import SimulatedScanner
from bench.scan.label import COMPANION_SECONDS
from bench.scan.scanner_check import TEST_CODE
from bench.settings import ScannerPort
from bench.widgets.marks import DONE, HOLD, REFUSED
from bench.widgets.strips import TopLine
from bench.workflow.enrolling import enrol
from tests.screens.helpers import Bench
from tests.screens.test_flow import OTHER, SERIAL, Glass, open_glass
from tests.screens.waits import until

KEPT, CLOSE = "20EZ1C6F33O1", "20EZ1C6F3301"
"""They differ by one O for a 0."""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A file: what a scanner is told is the same on every engine."""
    made = Bench(tmp_path / "bench.db")
    made.received(SERIAL)
    return made


@pytest.fixture
def gun(tmp_path: Path) -> Iterator[SimulatedScanner]:
    """A scanner that is plugged in."""
    with SimulatedScanner(tmp_path / "usb-gun") as gun:
        yield gun


def lights(glass: Glass) -> str:
    """The lights of the top line: the keyboard's first."""
    line = glass.app.frame.query_one(TopLine)
    assert f"scanner {line.scanner}" in glass.rows[0]
    return line.scanner


@asynccontextmanager
async def heard_by(bench: Bench, *guns: SimulatedScanner, **more: Any) -> AsyncIterator[Glass]:
    """The program with these scanners; all that are plugged in are ready."""
    names = ("Gun", "Cradle")
    port: dict[str, Any] = {"answer": "ack"}
    ports = [
        ScannerPort(name, str(gun.link), **port) for name, gun in zip(names, guns, strict=False)
    ]
    faults: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, told: faults.append(told))
    async with open_glass(bench, scanners=tuple(ports), **more) as glass:
        there = "".join("●" if gun.link.exists() else "○" for gun in guns)
        await until(glass, lambda: glass.app.frame.query_one(TopLine).scanner[1:] == there)
        yield glass
    await asyncio.sleep(0)
    assert faults == []


async def scan(glass: Glass, gun: SimulatedScanner, text: str) -> bytes:
    """A pull of its own that is dealt with; gives what the gun is told of it."""
    await asyncio.sleep(COMPANION_SECONDS + 0.05)
    gun.answers()
    count = glass.app.hearing.turn
    gun.scan(text)
    await until(glass, lambda: glass.app.hearing.turn > count and glass.app.idle)
    return await answer(gun)


async def answer(gun: SimulatedScanner) -> bytes:
    """What the gun is told next."""
    return await asyncio.to_thread(gun.answers, 5.0)


async def test_a_scan_opens_its_unit_and_is_answered(bench: Bench, gun: SimulatedScanner) -> None:
    """Good and to be looked at are taken, refused is not; its name stands in the last scans."""
    bench.received(KEPT)
    async with heard_by(bench, gun) as glass:
        assert lights(glass) == "○●"
        wanted = {SERIAL: ACK, OTHER: ACK, "BENCHFOO": NAK, "ab\x1dcd": NAK, CLOSE: ACK}
        told = {text: await scan(glass, gun, text) for text in wanted}
        assert told == wanted
        assert f"{CLOSE} is not known" in glass.question
        assert await scan(glass, gun, SERIAL) == NAK
        assert await scan(glass, gun, "BENCHOK") == ACK
        await until(glass, lambda: glass.app.idle)
        assert (glass.place, glass.question) == ("Diagnose", "")
        last = glass.app.hearing.last
        assert {one.source for one in last} == {"Gun"}
        marks = [one.read.mark for one in reversed(last)]
        assert marks == [DONE, HOLD, REFUSED, REFUSED, DONE, REFUSED, DONE]
        await glass.key("f12")
        await glass.pilot.pause()
        await glass.settle()
        assert "Gun" in glass.text


async def test_what_is_read_by_serial_needs_no_keyboard(
    bench: Bench, gun: SimulatedScanner
) -> None:
    """While somebody types, and with Y and Z of a unit exchanged: no layout is doubted."""
    bench.received("AY12Z34")
    async with heard_by(bench, gun) as glass:
        await glass.key("ctrl+f", "q", "x")
        assert await scan(glass, gun, SERIAL) == NAK
        assert glass.refused(SERIAL, "a question is open")
        await glass.key("escape")
        await scan(glass, gun, "AZ12Y34")
        assert (glass.question, glass.word) == ("", "UNKNOWN")


async def test_the_light_goes_out_and_comes_back(bench: Bench, gun: SimulatedScanner) -> None:
    """The trouble is said with what to do, and it is no fate of the scan before it."""
    async with heard_by(bench, gun) as glass:
        await scan(glass, gun, SERIAL)
        fate = glass.app.hearing.last[0]
        gun.unplug()
        await until(glass, lambda: "was unplugged" in glass.said)
        assert lights(glass) == "○◌"
        assert "Gun was unplugged: plug it in again" in glass.said
        assert "scanner lost" in glass.said
        assert f"[{HOLD}]" in glass.said
        assert glass.app.hearing.last[0] == fate
        assert glass.place == "Diagnose"
        gun.plug()
        await until(glass, lambda: lights(glass) == "○●")
        assert await scan(glass, gun, "BENCHDESK") == ACK
        assert glass.place == "Queue"


async def test_each_scanner_has_its_light(
    bench: Bench, gun: SimulatedScanner, tmp_path: Path
) -> None:
    """In the order of the settings; one that was never there is just missing."""
    away = SimulatedScanner(tmp_path / "usb-cradle")
    async with heard_by(bench, gun, away) as glass:
        assert lights(glass) == "○●○"
        assert "LOOK" not in glass.said
        away.plug()
        await until(glass, lambda: lights(glass) == "○●●")
        await scan(glass, away, SERIAL)
        assert glass.app.hearing.last[0].source == "Cradle"
        await glass.scan("BENCHDESK")
        assert lights(glass) == "●●●"
        gun.unplug()
        await until(glass, lambda: lights(glass) == "●◌●")
    away.unplug()


async def test_the_test_code_by_serial_needs_no_check(bench: Bench, gun: SimulatedScanner) -> None:
    """That is said, nothing is learned, and it is a scan of its own in the list."""
    async with heard_by(bench, gun) as glass:
        await scan(glass, gun, SERIAL)
        before = glass.app.hearing.last[0]
        gun.scan(TEST_CODE)
        await until(glass, lambda: "this scanner needs no check" in glass.said)
        assert glass.question == ""
        assert glass.app.intake.profile is None
        newest, older = glass.app.hearing.last
        assert (newest.text, newest.source) == ("test code", "Gun")
        assert "needs no check" in newest.became
        assert older == before


async def test_at_the_lock_only_a_badge_is_good(
    bench: Bench, gun: SimulatedScanner, tmp_path: Path
) -> None:
    """A unit is refused there, and a torn code leaves no text."""
    key = tmp_path / "badge.key"
    with bench.desk() as desk:
        enrol(replace(desk, badge_key=key), "Ana R.", "EMP-0042", True)
    async with heard_by(bench, gun, badge_key=key) as glass:
        assert await scan(glass, gun, SERIAL) == NAK
        assert await scan(glass, gun, "EMP-0042") == ACK
        assert glass.app.guard.lock is None
        assert {one.text for one in glass.app.hearing.last} == {"a scan at the lock"}
