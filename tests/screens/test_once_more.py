"""Commands that take something away want a second scan, and soon."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.scan.label import classify
from bench.screens import once_more
from bench.store.records import State
from bench.widgets.marks import HOLD
from tests.screens.helpers import Bench
from tests.screens.pulls import pulls
from tests.screens.test_flow import OTHER, SERIAL, Glass, open_glass
from tests.screens.waits import held, press, scan, until


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A file, which another program can lock."""
    return Bench(tmp_path / "bench.db")


def ended(glass: Glass) -> bool:
    """Whether the program is leaving."""
    return glass.app._exit


# --- BENCHEND


async def test_two_scans_quit(bench: Bench) -> None:
    """The first one only says so."""
    async with open_glass(bench) as glass:
        await pulls(glass, "BENCHEND")
        assert not ended(glass)
        assert "scan BENCHEND once more to quit bench" in glass.said
        assert "within 5 seconds" in glass.said
        assert f"[{HOLD}]" in glass.said
        await pulls(glass, "BENCHEND")
        assert ended(glass)
    assert glass.app.return_value == 0


@pytest.mark.parametrize("between", [SERIAL, "BENCHHELP", "BENCHFOO", "CONSOLEB", "ab\x1dcd"])
async def test_another_scan_in_between_makes_it_forgotten(bench: Bench, between: str) -> None:
    """Whatever it is, and whatever became of it."""
    bench.received(SERIAL)
    async with open_glass(bench) as glass:
        await pulls(glass, "BENCHEND", between, "BENCHEND")
        assert not ended(glass)
        assert "scan BENCHEND once more" in glass.said
        await pulls(glass, "BENCHEND")
        assert ended(glass)


async def test_too_late_is_the_first_one_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody quits by a scan of a minute ago."""
    monkeypatch.setattr(once_more, "SOON", -0.01)
    async with open_glass(bench) as glass:
        await pulls(glass, "BENCHEND", "BENCHEND")
        assert not ended(glass)
        monkeypatch.setattr(once_more, "SOON", 60.0)
        await pulls(glass, "BENCHEND", "BENCHEND")
        assert ended(glass)


async def test_typed_it_is_asked_for_twice_too(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is typed has no time of a scan, and is held to the same seconds."""
    monkeypatch.setattr(once_more, "SOON", -0.01)
    async with open_glass(bench) as glass:
        await glass.app.router.label(classify("BENCHEND"))
        await glass.app.router.label(classify("BENCHEND"))
        assert not ended(glass)
        monkeypatch.setattr(once_more, "SOON", 60.0)
        await glass.app.router.label(classify("BENCHEND"))
        await glass.app.router.label(classify("BENCHEND"))
        assert ended(glass)


# --- BENCHSTOP and F7


async def stuck(glass: Glass) -> None:
    """A step is on its way to a file that another program holds, and that is told."""
    await scan(glass, "BENCHOK")
    await until(glass, lambda: "leave this step out" in glass.next)


async def test_two_scans_leave_a_step_out(bench: Bench) -> None:
    """The first one says so; nothing is left out by it."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        with held(bench):
            await stuck(glass)
            await scan(glass, "BENCHSTOP")
            await until(glass, lambda: "scan BENCHSTOP once more" in glass.next)
            assert "it is being left out" not in glass.next
            await scan(glass, "BENCHSTOP")
            await until(glass, lambda: "this step was left out" in glass.said)
    assert bench.rma(rma_id).state is State.EXPECTED


async def test_another_scan_makes_that_forgotten_too(bench: Bench) -> None:
    """It waits its turn, and it is certain that BENCHSTOP was not meant."""
    rma_id = bench.expect(SERIAL)
    bench.expect(OTHER, brand="Htek")
    async with open_glass(bench, SERIAL) as glass:
        with held(bench) as let_go:
            await stuck(glass)
            await scan(glass, "BENCHSTOP", OTHER)
            await until(glass, lambda: glass.next.startswith("wait"))
            await scan(glass, "BENCHSTOP")
            await until(glass, lambda: "scan BENCHSTOP once more" in glass.next)
            assert "it is being left out" not in glass.next
            let_go()
            await until(glass, lambda: glass.app.idle)
    assert bench.rma(rma_id).state is State.RECEIVED


async def test_the_key_needs_no_second_time(bench: Bench) -> None:
    """F7 is pressed on purpose."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        with held(bench):
            await stuck(glass)
            await press(glass, "f7")
            await until(glass, lambda: "this step was left out" in glass.said)
    assert bench.rma(rma_id).state is State.EXPECTED


async def test_with_nothing_to_leave_out_it_is_refused(bench: Bench) -> None:
    """At once, by scan and by key."""
    async with open_glass(bench, "BENCHSTOP") as glass:
        assert glass.refused("BENCHSTOP", "is not possible here")
        await pulls(glass, "BENCHHELP")
        await glass.key("escape", "f7")
        assert glass.refused("BENCHSTOP", "is not possible here")
