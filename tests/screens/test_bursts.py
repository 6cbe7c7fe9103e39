"""Scans back to back, while screens mount and while the program opens: none is lost or swapped."""

from __future__ import annotations

from bench.policy.facts import Outcome
from bench.store.records import State
from tests.screens.helpers import Bench, post_scan
from tests.screens.test_flow import OTHER, SERIAL, THIRD, UPS, open_glass, steps


async def test_scans_back_to_back_keep_their_order(bench: Bench) -> None:
    """Three units at once, while screens mount: the last one is open, the others untouched."""
    ids = [bench.expect(SERIAL), bench.received(OTHER), bench.diagnosed(THIRD, Outcome.REPAIR)]
    before = [steps(bench, rma_id) for rma_id in ids]
    async with open_glass(bench) as glass:
        for serial in (SERIAL, OTHER, THIRD):
            post_scan(glass.app, serial)
        await glass.settle()
        assert glass.place == "Ship"
        assert THIRD in glass.said
    assert [steps(bench, rma_id) for rma_id in ids] == before


async def test_a_burst_of_a_whole_shift_loses_nothing(bench: Bench) -> None:
    """Units and answers all at once, before the first screen is mounted: each reaches its unit."""
    early = [bench.expect(f"31460231044{n:05d}") for n in range(4)]
    async with open_glass(bench) as glass:
        for number in range(4):
            answer = "BENCHOK" if number % 2 else "BENCHNO"
            for scan in (f"31460231044{number:05d}", "BENCHBROKEN", answer, "BENCHFXD", UPS):
                post_scan(glass.app, scan)
            post_scan(glass.app, "BENCHOK")
        await glass.settle()
    for number, rma_id in enumerate(early):
        rma = bench.rma(rma_id)
        assert (rma.state, rma.condition) == (State.SHIPPED, "broken")
        assert rma.original_packaging is bool(number % 2)


async def test_scan_while_the_program_still_opens(bench: Bench) -> None:
    """A scan that comes before the store is open waits for it."""
    bench.expect(SERIAL)
    app = bench.app()
    async with app.run_test(size=(160, 48)) as pilot:
        post_scan(app, SERIAL)
        for _ in range(100):
            await pilot.pause(0.01)
            if app.session.view is not None:
                break
        assert app.session.view is not None
        assert app.session.view.unit.serial == SERIAL
