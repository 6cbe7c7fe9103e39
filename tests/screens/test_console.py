"""The Console screen with real capture processes on pseudo-terminals; appliances are simulated."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.evidence.capture_format import read_meta
from bench.hardware.capture_recovery import verify
from bench.hardware.simulated_appliance import SimulatedAppliance
from bench.store.records import Step
from bench.workflow.capture import captures_of
from tests.screens.helpers import Bench
from tests.screens.test_flow import SMALL, WIDE, Glass, open_glass, steps
from tests.screens.waits import until

SERIAL = "0332042024000931"
PULSE: dict[str, Any] = {"brand": "Pulse Secure", "model": "PSA-300"}
LABEL = "CONSOLEB"


class Cables:
    """Two console cables, B and C, and the appliances on them."""

    def __init__(self, home: Path, stack: ExitStack) -> None:
        self.home, self._stack = home, stack
        self.captures = home / "captures"

    def plug(self, name: str, scenario: str, serial: str = SERIAL) -> SimulatedAppliance:
        """An appliance on a cable; it starts when it is listened to."""
        values = {"serial": serial}
        appliance = SimulatedAppliance(scenario, self.home / f"tty{name}", 0, values)
        return self._stack.enter_context(appliance)

    @property
    def settings(self) -> dict[str, Any]:
        """What the settings say of them."""
        return {
            "consoles": {name: str(self.home / f"tty{name}") for name in "BC"},
            "captures": self.captures,
            "badge_key": self.home / "badge.key",
        }

    @property
    def folders(self) -> list[Path]:
        """The captures, in their order."""
        return sorted(self.captures.glob("*/*"))


@pytest.fixture
def cables(tmp_path: Path) -> Iterator[Cables]:
    """The cables of a bench, nothing plugged in."""
    with ExitStack() as stack:
        yield Cables(tmp_path, stack)


@asynccontextmanager
async def at_bench(
    bench: Bench, cables: Cables, *scans: str, size: tuple[int, int] = WIDE
) -> AsyncIterator[Glass]:
    """The program with its consoles looked at."""
    async with open_glass(bench, size=size, recording=True, **cables.settings) as glass:
        await until(glass, lambda: glass.app.recording.cables)
        await glass.scan(*scans)
        yield glass


async def test_unit_then_cable_records_until_it_is_sealed(bench: Bench, cables: Cables) -> None:
    """Two scans begin; one ends; bytes, facts and seal stand in the history; diagnosis is next."""
    rma_id = bench.received(SERIAL, **PULSE)
    cables.plug("B", "pulse")
    async with at_bench(bench, cables, SERIAL, LABEL) as glass:
        assert glass.place == "Console"
        await until(glass, lambda: "Press Enter to modify system settings." in glass.text)
        await until(glass, lambda: "9.1R15 (build 18393)" in glass.text)
        await glass.scan("BENCHCLOSE")
        assert "sealed" in glass.said
        await until(glass, lambda: "now the diagnosis" in glass.text)
        (folder,) = cables.folders
        meta = read_meta(folder)
        with bench.desk() as desk:
            (kept,) = captures_of(desk.store.events_of_rma(rma_id))
        assert (kept.seal, kept.bytes) == (meta.seal, (folder / "raw.bin").stat().st_size)
        assert verify(folder, kept.seal) == []
        assert meta.serial == SERIAL
        assert kept.facts["firmware"].startswith("9.1R15")
        await glass.key("enter")
        assert glass.place == "Diagnose"


async def test_another_serial_stops_the_diagnosis(bench: Bench, cables: Cables) -> None:
    """Both are shown; nothing is diagnosed until somebody says that the board was swapped."""
    rma_id = bench.received(SERIAL, **PULSE)
    appliance = cables.plug("B", "other_serial", "0332042021000266")
    async with at_bench(bench, cables, SERIAL, LABEL) as glass:
        await until(glass, lambda: "Press Enter to modify" in glass.text)
        await glass.key("t")
        await glass.key("enter")
        await until(glass, lambda: Step.CONSOLE_DIFFERED in steps(bench, rma_id))
        await until(glass, lambda: "is this the unit that you scanned?" in glass.text)
        assert "0332042021000266" in glass.text
        assert "scanned    " + SERIAL in glass.text
        assert appliance.received == b"\r"
        await glass.scan("BENCHTEST", "BENCHFXD")
        assert "not possible here" in glass.said
        await glass.scan("BENCHNEXT")
        assert "board swapped" in glass.said
        await glass.scan("BENCHFXD")
        assert Step.DIAGNOSED in steps(bench, rma_id)


async def test_what_failed_is_offered_to_the_diagnosis(bench: Bench, cables: Cables) -> None:
    """The first failure becomes the symptom, the check fails; what was typed before stays."""
    bench.received(SERIAL, **PULSE)
    cables.plug("B", "disk")
    async with at_bench(bench, cables, SERIAL, LABEL) as glass:
        await until(glass, lambda: "ata1" in glass.text)
        await until(glass, lambda: glass.app.recording.cables[0].understanding.first_failure)
        await glass.scan("BENCHTEST")
        await glass.enter(symptom="customer says: dead")
        await glass.scan("BENCHFOUND")
        symptom = glass.field("symptom").value
        assert symptom.startswith("customer says: dead; ")
        assert "disk" in symptom.lower()
        assert glass.body.results["disk"] == "failed"  # type: ignore[attr-defined]
        await glass.scan("BENCHREPL")
        assert glass.place != "Diagnose"


async def test_an_alert_reaches_another_screen(bench: Bench, cables: Cables) -> None:
    """While the technician works elsewhere, the top line shows which console is in trouble."""
    bench.received(SERIAL)
    async with at_bench(bench, cables, SERIAL) as glass:
        cables.plug("B", "dram")
        await until(glass, lambda: glass.app.recording.cables[0].there)
        await glass.scan(LABEL, "BENCHLOG")
        assert glass.place == "Record"
        await until(glass, lambda: "console B !" in glass.rows[0])
        await glass.scan("BENCHPORT")
        assert "memory (DRAM)" in glass.text


async def test_nothing_goes_to_the_unit_unasked(bench: Bench, cables: Cables) -> None:
    """Locked, keys and scans send nothing; unlocked, a scan still goes to the bench."""
    bench.received(SERIAL, **PULSE)
    appliance = cables.plug("B", "pulse")
    async with at_bench(bench, cables, SERIAL, LABEL) as glass:
        await until(glass, lambda: "Press Enter to modify" in glass.text)
        await glass.key("x", "x", "s", "s", "up", "end")
        assert appliance.received == b""
        await glass.scan("BENCHUNLOCK")
        assert "UNLOCKED" in glass.text
        await glass.scan(LABEL)
        assert appliance.received == b""
        await glass.key("escape")
        assert "UNLOCKED" not in glass.text
        await glass.write("reboot\n")
        await glass.key("enter")
        assert appliance.received == b""


async def test_search_notes_bytes_and_screen(bench: Bench, cables: Cables) -> None:
    """Each way to look at the text, and a note that stays in the capture."""
    bench.received(SERIAL, **PULSE)
    cables.plug("B", "pulse")
    async with at_bench(bench, cables, SERIAL, LABEL) as glass:
        await until(glass, lambda: "Press Enter to modify" in glass.text)
        await glass.key("slash")
        await glass.write("LILO")
        await glass.key("enter")
        await until(glass, lambda: glass.body.text.cursor >= 0)  # type: ignore[attr-defined]
        await glass.key("escape", "x")
        assert "4c 49 4c 4f" in glass.text.lower()
        await glass.key("x", "m")
        await glass.write("fan is loud")
        await glass.key("enter")
        await until(glass, lambda: "fan is loud" in glass.text)
        await glass.key("s")
        assert glass.body.query_one("ScreenMode").display


async def test_copies_ask_where_unsure(bench: Bench, cables: Cables) -> None:
    """What may be a secret is shown first; then the copies are written."""
    bench.received(SERIAL, brand="Cisco", model="C2960X")
    cables.plug("B", "switch")
    async with at_bench(bench, cables, SERIAL, LABEL) as glass:
        await until(glass, lambda: glass.app.recording.cables[0].reader)
        reader = glass.app.recording.cables[0].reader
        assert reader is not None
        await until(glass, lambda: reader.size > 1000)
        await glass.scan("BENCHCLOSE", "BENCHTELL")
        assert "Hidden:" in glass.text
        await glass.scan("BENCHOK")
        await until(glass, lambda: "copies written" in glass.said)
        (copy,) = (cables.captures / "copies").iterdir()
        assert {one.name for one in copy.iterdir()} >= {"transcript.txt", "findings.json"}


async def test_the_small_screen(bench: Bench, cables: Cables) -> None:
    """80 by 24: cables, facts and failures fold into three lines, the text keeps the rest."""
    bench.received(SERIAL, **PULSE)
    cables.plug("B", "disk")
    async with at_bench(bench, cables, SERIAL, LABEL, size=SMALL) as glass:
        await until(glass, lambda: "RUN fsck MANUALLY" in glass.text)
        assert all(len(row) <= 80 for row in glass.rows)
        assert "bytes" in glass.rows[2]


async def test_no_cable_at_all(bench: Bench) -> None:
    """The screen says what to do."""
    async with open_glass(bench, "BENCHPORT") as glass:
        assert glass.place == "Console"
        assert "Plug one in" in glass.text


async def test_a_taken_port_names_who_has_it(bench: Bench, cables: Cables) -> None:
    """Another program has the port: it is named, nothing is begun."""
    bench.received(SERIAL, **PULSE)
    cables.plug("B", "pulse")
    port = os.open(cables.home / "ttyB", os.O_RDWR | os.O_NOCTTY)
    try:
        async with at_bench(bench, cables, SERIAL, LABEL) as glass:
            assert "has the port" in glass.said
            assert cables.folders == []
    finally:
        os.close(port)
