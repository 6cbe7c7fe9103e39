"""The top line on saving; and what becomes of a step that the database does not take."""

from __future__ import annotations

import asyncio
import faulthandler
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from bench.policy.facts import Outcome
from bench.store.copying import driver
from bench.store.errors import DiskTrouble, StorageFull
from bench.store.records import State
from bench.store.store import Store
from tests.screens.helpers import Bench, post_scan
from tests.screens.test_flow import OTHER, SERIAL, UPS, open_glass, steps


def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on nothing more fits on the disk."""

    def write(self: Store, op_id: str, work: Callable[..., Any]) -> Any:
        raise StorageFull

    monkeypatch.setattr(Store, "write", write)


async def test_saving_then_saved(bench: Bench) -> None:
    """While another program holds the database the line says so; then the time of saving."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        assert glass.saved == "ready"
        other = driver.connect(bench.database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        post_scan(glass.app, "BENCHOK")
        while glass.saved == "ready":
            await asyncio.sleep(0.005)
        await glass.pilot.pause(0.05)
        assert glass.saved == "saving…"
        assert "saving…" in glass.text
        other.execute("ROLLBACK")
        other.close()
        await glass.settle()
        assert glass.saved == "saved 14:03:22"
        assert glass.place == "Diagnose"
    assert bench.rma(rma_id).state is State.RECEIVED


async def test_not_saved_keeps_what_was_entered(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Disk full at receiving: said with what to do; the fields stay, and it goes when it can."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, SERIAL, "BENCHPSU") as glass:
        await glass.enter(ticket="99001")
        await glass.drafts()
        with monkeypatch.context() as now:
            full(now)
            await glass.scan("BENCHOK")
            assert glass.saved == "NOT SAVED"
            assert glass.refused("not saved: The disk is full", "Free some space")
            assert glass.place == "Receive"
            assert glass.field("ticket").value == "99001"
            assert "■ power supply" in glass.text
            assert bench_state(bench, rma_id) is State.EXPECTED
            await glass.drafts()
        await glass.scan("BENCHOK")
        assert glass.saved == "saved 14:03:22"
    assert (bench.rma(rma_id).ticket, bench.rma(rma_id).accessories) == ("99001", ("psu",))
    assert len(steps(bench, rma_id)) == 2


def bench_state(bench: Bench, rma_id: str) -> State:
    """The state on disk."""
    return bench.rma(rma_id).state


async def test_not_saved_at_diagnosing_and_shipping(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same for an outcome and for a tracking number: nothing moves, all can be done again."""
    received, ready = bench.received(SERIAL), bench.diagnosed(OTHER, Outcome.REPAIR)
    async with open_glass(bench, SERIAL, "BENCHDEFECT") as glass:
        await glass.enter(symptom="no boot")
        await glass.drafts()
        with monkeypatch.context() as now:
            full(now)
            await glass.scan("BENCHREPL")
            assert (glass.saved, glass.place) == ("NOT SAVED", "Diagnose")
            assert glass.field("symptom").value == "no boot"
            assert "! powers up" in glass.text
            await glass.drafts()
            await glass.scan(OTHER, UPS)
            assert (glass.saved, glass.place) == ("NOT SAVED", "Ship")
            assert UPS not in glass.items
        await glass.scan(UPS, SERIAL, "BENCHREPL")
    assert bench.rma(ready).tracking == UPS
    assert bench.rma(received).symptom == "no boot"
    assert dict(bench.rma(received).checks) == {"power": "failed"}


async def test_draft_that_cannot_be_parked_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typing with a full disk: the line says NOT SAVED, the text stays, and the program ends."""
    bench.expect(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        full(monkeypatch)
        await glass.enter(ticket="99001")
        await glass.drafts()
        await glass.settle()
        assert glass.saved == "NOT SAVED"
        assert glass.refused("disk is full", "still on the screen")
        assert glass.field("ticket").value == "99001"


async def test_quitting_while_parking_fails(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program ends although the store's thread still has a failure to tell."""
    bench.expect(SERIAL)
    writing = threading.Event()

    def write(self: Store, op_id: str, work: Callable[..., Any]) -> Any:
        writing.set()
        time.sleep(0.2)
        raise StorageFull

    faulthandler.dump_traceback_later(30, exit=True)  # it would hang for ever
    async with open_glass(bench, SERIAL) as glass:
        monkeypatch.setattr(Store, "write", write)
        glass.field("ticket").line.value = "99001"
        while not writing.is_set():
            await asyncio.sleep(0.005)
        glass.app.exit(0)
    faulthandler.cancel_dump_traceback_later()


async def test_queue_that_cannot_be_read_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failing disk while the queue is read does not end the program; later it reads again."""
    bench.expect(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        with monkeypatch.context() as now:

            def counts(self: Store, today: Any) -> Any:
                raise DiskTrouble("SQLITE_IOERR_READ")

            now.setattr(Store, "counts", counts)
            await glass.scan("BENCHDESK")
            await asyncio.sleep(0.05)
            await glass.settle()
            assert glass.app.is_running
            assert glass.refused("The disk failed")
        await glass.scan(SERIAL, "BENCHDESK")
        assert glass.place == "Queue"


async def test_scan_that_cannot_be_looked_up_is_named(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scan is named, the program goes on, and the next scan is dealt with."""
    bench.expect(SERIAL)
    async with open_glass(bench) as glass:
        with monkeypatch.context() as now:

            def find(self: Store, key: str) -> Any:
                raise DiskTrouble("SQLITE_IOERR_READ")

            now.setattr(Store, "find", find)
            await glass.scan(SERIAL)
            assert glass.refused(SERIAL, "The disk failed", "have the disk checked")
        await glass.scan(SERIAL)
        assert glass.word == "EXPECTED"


async def test_a_fault_of_the_program_does_not_stop_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong with one scan is told with its name, and the next one is dealt with."""
    bench.expect(SERIAL)
    async with open_glass(bench) as glass:
        with monkeypatch.context() as now:
            now.setattr(Store, "find", lambda self, key: 1 // 0)
            await glass.scan(SERIAL)
            assert glass.refused(SERIAL, "ZeroDivisionError", "what was saved is safe")
        await glass.scan(SERIAL)
        assert glass.word == "EXPECTED"
