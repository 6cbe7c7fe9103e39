"""The test code, and the labels of cables and printers: an independent reader reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bench.cli.sheet import groups
from bench.labels.code128 import modules
from bench.labels.drawing import BAR_QUIET
from bench.labels.qr import half_blocks, qr_modules
from bench.labels.sheet import MARGIN, MODULE, PAPERS, sheet_pages
from bench.printer_settings import PrinterSettings
from bench.scan.scanner_check import TEST_CODE
from bench.settings import Settings
from bench.workflow.catalogue import load_catalogue
from tests.labels.pages import codes_on

READ_AS = {("█"): (True, True), ("▀"): (True, False), ("▄"): (False, True), (" "): (False, False)}


def test_the_bars_are_read_and_fit_on_the_sheet(read_bars: Callable[[str], list[str]]) -> None:
    bars = modules(TEST_CODE)
    assert read_bars(bars) == [TEST_CODE]
    room = min(width for width, _ in PAPERS.values()) - 2 * MARGIN
    assert (len(bars) + 2 * BAR_QUIET) * MODULE <= room


def test_the_picture_on_the_glass_is_read(
    read_picture: Callable[[Sequence[Sequence[bool]]], list[str]],
) -> None:
    rows: list[list[bool]] = []
    for line in half_blocks(qr_modules(TEST_CODE)):
        pairs = [READ_AS[block] for block in line]
        rows += [[upper for upper, _ in pairs], [lower for _, lower in pairs]]
    assert read_picture(rows) == [TEST_CODE]


def test_they_stand_on_the_printed_sheet() -> None:
    own = {"XD": PrinterSettings("XD", "dock")}
    settings = replace(Settings(), consoles={"B": "/dev/ttyUSB0"}, printers=own)
    codes = groups(load_catalogue(settings.bench_file), settings)
    pages = sheet_pages("codes", codes)
    read = [one.text for page in pages for one in codes_on(page)]
    assert read == [text for _, group in codes for text, _ in group]
    assert {TEST_CODE, "CONSOLEB", "PRINTERXD", "BENCHGUN", "BENCHSEEN", "BENCHDROP"} <= set(read)
