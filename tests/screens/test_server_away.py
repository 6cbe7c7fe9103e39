"""A real PostgreSQL that is restarted, killed and frozen in mid-shift: the bench waits, says so,
answers its keys meanwhile, and goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from bench.store.records import State, Step
from bench.store.server import prepare
from tests import pg
from tests.screens.helpers import Bench
from tests.screens.test_flow import OTHER, SERIAL, open_glass, steps
from tests.screens.waits import press, scan, until


@pytest.fixture
def server() -> Iterator[pg.Server]:
    """A server of this test's own, prepared."""
    with pg.server() as own:
        prepare(own.url)
        yield own


async def test_a_restart_in_mid_shift(server: pg.Server) -> None:
    """A step while it is down: waited for, told, keys answered; saved once when it is back."""
    bench = Bench(server.url)
    ids = [bench.expect(SERIAL), bench.expect(OTHER)]
    async with open_glass(bench, SERIAL) as glass:
        await asyncio.to_thread(server.stop, "immediate")
        await scan(glass, "BENCHOK", OTHER, "BENCHOK")
        await until(glass, lambda: "NOT SAVED YET" in glass.saved)
        await until(glass, lambda: "does not answer" in glass.said)
        assert "2 scans wait" in glass.said
        await press(glass, "f1")
        await until(glass, lambda: "Help · Receive" in glass.text)
        await press(glass, "escape")
        await asyncio.to_thread(server.start)
        await glass.settle()
        assert glass.saved == "saved 14:03:22"
        assert "received as RMA" in glass.said
    for rma_id in ids:
        assert bench.rma(rma_id).state is State.RECEIVED
        assert steps(bench, rma_id) == [Step.EXPECTED, Step.RECEIVED]


async def test_a_scan_while_it_is_killed(server: pg.Server) -> None:
    """SIGKILL, then a scan: it opens its unit as soon as the server is there again."""
    bench = Bench(server.url)
    bench.expect(SERIAL)
    async with open_glass(bench) as glass:
        await asyncio.to_thread(server.kill)
        await scan(glass, SERIAL)
        await until(glass, lambda: "WAITING" in glass.saved)
        await asyncio.to_thread(server.start)
        await glass.settle()
        assert glass.word == "EXPECTED"


async def test_a_server_that_freezes(server: pg.Server) -> None:
    """The network acknowledges and nobody answers: said all the same, and saved once it thaws."""
    bench = Bench(server.url)
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        server.freeze()
        try:
            await scan(glass, "BENCHOK")
            await until(glass, lambda: "not saved yet, 1 s" in glass.said)
            await press(glass, "tab")
            await until(glass, lambda: glass.app.focused is not None)
            await press(glass, "escape")
        finally:
            server.freeze(thaw=True)
        await glass.settle()
        assert (glass.saved, glass.place) == ("saved 14:03:22", "Diagnose")
    assert steps(bench, rma_id) == [Step.EXPECTED, Step.RECEIVED]


async def test_the_queue_follows_again_after_a_restart(server: pg.Server) -> None:
    """What others wrote after the restart is on the queue by itself."""
    bench = Bench(server.url)
    bench.expect(SERIAL)
    async with open_glass(bench, live=True) as glass:
        await asyncio.sleep(0.7)
        await asyncio.to_thread(server.stop, "fast")
        await asyncio.sleep(0.5)
        await asyncio.to_thread(server.start)
        bench.expect(OTHER)
        await until(glass, lambda: OTHER in glass.text)
