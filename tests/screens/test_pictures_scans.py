"""Pictures of what issue-wide scanning shows: the check, the last scans, doubts, lights."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bench.app import BenchApp
from bench.printer_settings import PrinterSettings
from bench.scan.layouts import load_layouts
from bench.scan.scanner_check import TEST_CODE
from bench.settings import Settings
from bench.widgets.strips import TopLine
from tests.screens.helpers import Bench, post_scan, settle
from tests.screens.test_pictures import SERIAL, SMALL, WIDE, Compare, fill

EQUIPMENT = {
    "consoles": {"B": "/dev/serial/by-id/console-b", "C": "/dev/serial/by-id/console-c"},
    "printers": {"D": PrinterSettings("D", "Zebra at dock 2")},
}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A bench in the middle of a day, on a file."""
    bench = Bench(tmp_path / "bench.db")
    fill(bench)
    return bench


def app_of(bench: Bench, **more: Any) -> BenchApp:
    """The program with what it learns in a file of its own."""
    assert isinstance(bench.database, Path)
    file = bench.database.with_name("scanner.json")
    return bench.app(scanner_file=file, find_scanners=False, **EQUIPMENT, **more)


def after(*scans: str) -> Callable[[Any], Awaitable[None]]:
    """Scans, one after the other, a hand's time apart, and then time to paint."""

    async def run(pilot: Any) -> None:
        await settle(pilot.app, pilot)
        for text in scans:
            post_scan(pilot.app, text)
            await settle(pilot.app, pilot)
            await asyncio.sleep(0.2)
            await settle(pilot.app, pilot)
        for _ in range(3):
            await pilot.pause(0.1)

    return run


def french(text: str, caps: bool = False) -> str:
    """What a French keyboard makes of it."""
    layout = load_layouts(Settings().layouts_file).named("fr")
    assert layout is not None
    return layout.typed(text, caps)


DAY = (SERIAL, "BENCHOK", "805ECOA1B2C3", "BENCHNO", "PRINTERD", "CONSOLEC", "12", "6938818303792")


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["small", "wide"])
def test_last_scans(bench: Bench, snap_compare: Compare, size: tuple[int, int]) -> None:
    """Ten of them, each with what became of it."""
    scans = (*DAY, "ZZ12345678", "BENCHDESK", "BENCHSEEN")
    assert snap_compare(app_of(bench), terminal_size=size, run_before=after(*scans))


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["small", "wide"])
def test_check_not_made(bench: Bench, snap_compare: Compare, size: tuple[int, int]) -> None:
    """The code to scan, and what it is for."""
    assert snap_compare(app_of(bench), terminal_size=size, run_before=after("BENCHGUN"))


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["small", "wide"])
def test_check_french(bench: Bench, snap_compare: Compare, size: tuple[int, int]) -> None:
    """A US scanner on a French computer with Caps Lock, whose Enter is missing... told in words."""
    scans = after("BENCHGUN", french(TEST_CODE, caps=True))
    assert snap_compare(app_of(bench), terminal_size=size, run_before=scans)


def test_check_light(bench: Bench, snap_compare: Compare) -> None:
    """On paper white the code is dark on white as well."""
    app = app_of(bench, theme="light")
    assert snap_compare(app, terminal_size=WIDE, run_before=after("BENCHGUN", TEST_CODE))


def test_wrong_keyboard(bench: Bench, snap_compare: Compare) -> None:
    """Digits that came as signs: the check is offered."""
    run = after(french(SERIAL))
    assert snap_compare(app_of(bench), terminal_size=SMALL, run_before=run)


def test_label_and_record_differ(bench: Bench, snap_compare: Compare) -> None:
    """One code with a serial, and a model that is another one than in the record."""
    run = after(f"SN:{SERIAL};MODEL:T46U")
    assert snap_compare(app_of(bench), terminal_size=WIDE, run_before=run)


def test_once_more(bench: Bench, snap_compare: Compare) -> None:
    """A command that takes something away asks for a second scan."""
    assert snap_compare(app_of(bench), terminal_size=SMALL, run_before=after("BENCHEND"))


def test_lights(bench: Bench, snap_compare: Compare) -> None:
    """The keyboard's scanner, one in serial mode that is ready, one unplugged, one in use."""
    run = after("CONSOLEB")

    async def lights(pilot: Any) -> None:
        await run(pilot)
        pilot.app.frame.query_one(TopLine).tell(scanner="●●◌!")
        await pilot.pause(0.1)

    assert snap_compare(app_of(bench, theme="contrast"), terminal_size=SMALL, run_before=lights)
