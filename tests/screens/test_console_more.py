"""More of the Console screen: good starts that are kept, and passwords that are typed by hand."""

from __future__ import annotations

import os
import signal

from bench.evidence.known_good import load_known_good
from bench.hardware.capture_recovery import verify
from bench.store.records import Step
from tests.screens.helpers import Bench
from tests.screens.test_console import LABEL, PULSE, SERIAL, Cables, at_bench, cables
from tests.screens.test_flow import steps
from tests.screens.waits import until

__all__ = ["cables"]


async def test_a_good_start_is_kept_and_compared_with(bench: Bench, cables: Cables) -> None:
    """Offered once the start is at its end; asked first; then this model has a good one."""
    bench.received(SERIAL, **PULSE)
    cables.plug("B", "pulse")
    async with at_bench(bench, cables, SERIAL, LABEL) as glass:
        await until(glass, lambda: glass.app.recording.cables[0].reader)
        cable = glass.app.recording.cables[0]
        await until(glass, lambda: cable.understanding.boots.latest)
        boots = cable.understanding.boots
        await until(glass, lambda: boots.latest is not None and boots.latest.reached)
        await until(glass, lambda: "keep as a good start" in glass.text)
        file = glass.app.settings.site_known_good
        await glass.scan("BENCHBEST")
        assert "Keep this as a good start of Pulse Secure PSA-300?" in glass.text
        await glass.scan("BENCHNO")
        assert not file.exists()
        await glass.key("g")
        await glass.scan("BENCHOK")
        await until(glass, lambda: "kept: starts of PSA-300" in glass.said)
        (good,) = load_known_good(file)
        assert len(good.milestones) > 10
        await until(glass, lambda: cable.comparison is not None and not cable.comparison.missing)


async def test_a_start_that_failed_is_not_offered(bench: Bench, cables: Cables) -> None:
    """And a scan of the code says why not."""
    bench.received(SERIAL, **PULSE)
    cables.plug("B", "disk")
    async with at_bench(bench, cables, SERIAL, LABEL) as glass:
        await until(glass, lambda: glass.app.recording.cables[0].understanding.first_failure)
        assert "keep as a good start" not in glass.text
        await glass.scan("BENCHBEST")
        assert "not possible here" in glass.said


async def test_a_password_typed_by_hand_is_marked_and_hidden(bench: Bench, cables: Cables) -> None:
    """Typed where the unit asks for it: kept as secret, seen neither on the glass nor in copies."""
    bench.received(SERIAL, brand="Cisco", model="C2960X")
    appliance = cables.plug("B", "switch")
    async with at_bench(bench, cables, SERIAL, LABEL) as glass:
        await until(glass, lambda: glass.app.recording.cables[0].reader)
        reader = glass.app.recording.cables[0].reader
        assert reader is not None
        await until(glass, lambda: "SYS-5-RESTART" in glass.text)
        await glass.key("t")
        for typed, then in (("", "Username:"), ("ana", "Password:"), ("bench-demo", "bench-sw1>")):
            await glass.write(typed)
            assert typed != "bench-demo" or "bench-demo" not in glass.text
            await glass.key("enter")
            await until(glass, lambda then=then: then in glass.text)  # type: ignore[misc]
        assert b"bench-demo" in appliance.received
        assert [one.secret for one in reader.typed] == [False, False, True]
        await glass.key("escape")
        await glass.scan("BENCHCLOSE", "BENCHTELL", "BENCHOK")
        await until(glass, lambda: "copies written" in glass.said)
        (copy,) = (cables.captures / "copies").iterdir()
        files = list(copy.iterdir())
        assert len(files) == 3
        assert not any(b"bench-demo" in file.read_bytes() for file in files)


async def test_a_killed_recording_is_sealed_as_it_lies(bench: Bench, cables: Cables) -> None:
    """What the process had read is there; ending it seals it, and it is in the history."""
    rma_id = bench.received(SERIAL, **PULSE)
    cables.plug("B", "pulse")
    async with at_bench(bench, cables, SERIAL, LABEL) as glass:
        await until(glass, lambda: "Press Enter to modify" in glass.text)
        running = glass.app.recording.cables[0].running
        assert running is not None
        os.kill(running.pid, signal.SIGKILL)
        await until(glass, lambda: "the recording has ended: seal it" in glass.text)
        await glass.scan("BENCHCLOSE")
        assert "sealed" in glass.said
        assert verify(running.folder) == []
        assert Step.CAPTURED in steps(bench, rma_id)
