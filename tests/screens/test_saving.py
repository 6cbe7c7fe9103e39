"""The top line on saving; and what becomes of a step that the database does not take."""

from __future__ import annotations

import asyncio
import faulthandler
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest

from bench.store.errors import StorageFull, Unreachable
from bench.store.records import State, Step
from bench.store.store import Store
from bench.widgets.field import Line
from tests.screens.helpers import Bench
from tests.screens.test_flow import OTHER, SERIAL, open_glass, steps
from tests.screens.waits import asked, held, press, scan, until

pytestmark = pytest.mark.engines("sqlite", "postgresql")


def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on nothing more fits on the disk."""

    def write(self: Store, op_id: str, work: Callable[..., Any]) -> Any:
        raise StorageFull

    monkeypatch.setattr(Store, "write", write)


SQLITE = pytest.mark.engines("sqlite")
"""A lock on the whole file is a thing of SQLite's."""


@SQLITE
async def test_saving_then_saved(bench: Bench) -> None:
    """While another program holds the database the line says so; then the time of saving."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        assert glass.saved == "ready"
        with held(bench):
            await scan(glass, "BENCHOK")
            await until(glass, lambda: glass.saved == "saving…")
            assert "saving…" in glass.text
        await glass.settle()
        assert glass.saved == "saved 14:03:22"
        assert glass.place == "Diagnose"
    assert bench.rma(rma_id).state is State.RECEIVED


@SQLITE
async def test_not_saved_yet_is_said_and_counted(bench: Bench) -> None:
    """A step that waits: since when, why, what waits behind it; then all goes on in order."""
    bench.expect(SERIAL)
    other = bench.expect(OTHER)
    async with open_glass(bench, SERIAL) as glass:
        with held(bench) as let_go:
            await scan(glass, "BENCHOK")
            await until(glass, lambda: "not saved yet, 1 s" in glass.said)
            assert glass.saved == "NOT SAVED YET 1 s"
            await scan(glass, OTHER, "BENCHBROKEN", "BENCHNO")
            await press(glass, "f8")
            assert "3 scans and 1 key wait" in glass.said
            assert "BENCHNO" in glass.said
            assert "it is tried again by itself | leave this step out" in glass.next
            await until(glass, lambda: "busy" in glass.said)
            await until(glass, lambda: "3 s" in glass.saved)
            let_go()
        await glass.settle()
        assert glass.saved == "saved 14:03:22"
        assert (glass.place, "leave this step out" in glass.next) == ("Record", False)
        assert "received as RMA" in glass.said
    found = bench.rma(other)
    assert (found.state, found.original_packaging) == (State.RECEIVED, False)
    assert found.condition == "broken"


@SQLITE
async def test_what_needs_no_store_is_done_at_once(bench: Bench) -> None:
    """Help, codes, typing, a code to type, another size, another theme: while a step waits."""
    bench.expect(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        with held(bench) as let_go:
            await scan(glass, "BENCHOK")
            await until(glass, lambda: "NOT SAVED YET" in glass.saved)
            await press(glass, "f1")
            await until(glass, lambda: "Help · Receive" in glass.text)
            await press(glass, "escape")
            await scan(glass, "BENCHSHEET")
            await until(glass, lambda: "Codes · Receive" in glass.text)
            await press(glass, "escape", "tab")
            line = glass.app.focused
            assert isinstance(line, Line)
            before = line.value
            await press(glass, "z")
            assert line.value != before
            await press(glass, "escape", "ctrl+f")
            assert "Type a serial" in glass.question
            await press(glass, "escape")
            await glass.pilot.resize_terminal(80, 24)
            await until(glass, lambda: len(glass.rows) == 24)
            glass.app.theme = "bench-light"
            assert "NOT SAVED YET" in glass.saved
            let_go()
        await glass.settle()
        assert (glass.saved, glass.place) == ("saved 14:03:22", "Diagnose")


@SQLITE
@pytest.mark.parametrize("way", ["BENCHSTOP", "f7"])
async def test_a_step_can_be_left_out(bench: Bench, way: str) -> None:
    """It is said clearly that it is not saved; it is not, and can be done again."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, SERIAL, "BENCHPSU") as glass:
        with held(bench) as let_go:
            await scan(glass, "BENCHOK")
            await until(glass, lambda: "NOT SAVED YET" in glass.saved)
            await (scan(glass, way, way) if way.isupper() else press(glass, way))
            await glass.settle()
            assert glass.saved == "NOT SAVED"
            assert glass.refused("NOT saved: this step was left out", "look at the unit")
            assert glass.place == "Receive"
            assert "■ power supply" in glass.text
            let_go()
        assert steps(bench, rma_id) == [Step.EXPECTED]
        await glass.scan("BENCHSTOP")
        assert glass.refused("BENCHSTOP (leave this step out) is not possible here")
        await glass.scan("BENCHOK")
        assert glass.saved == "saved 14:03:22"
    assert steps(bench, rma_id) == [Step.EXPECTED, Step.RECEIVED]


async def test_the_same_step_is_tried_again_with_the_same_id(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to a saved step is lost, again and again: it is saved once, and said so."""
    rma_id = bench.expect(SERIAL)
    write, tries = Store.write, list[str]()

    def lossy(self: Store, op_id: str, work: Callable[..., Any]) -> Any:
        answer = write(self, op_id, work)
        if op_id:
            tries.append(op_id)
            if len(tries) < 3:
                raise Unreachable("the answer was lost")
        return answer

    async with open_glass(bench, SERIAL) as glass:
        monkeypatch.setattr(Store, "write", lossy)
        await glass.scan("BENCHOK")
        assert (glass.saved, glass.place) == ("saved 14:03:22", "Diagnose")
    assert (len(tries), len(set(tries))) == (3, 1)
    assert steps(bench, rma_id) == [Step.EXPECTED, Step.RECEIVED]


async def test_a_step_left_out_that_was_saved_after_all_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the answer was lost: as soon as the server is asked again, the truth is said."""
    rma_id = bench.expect(SERIAL)
    write = Store.write

    def lossy(self: Store, op_id: str, work: Callable[..., Any]) -> Any:
        write(self, op_id, work)
        raise Unreachable("the answer was lost")

    async with open_glass(bench, SERIAL) as glass:
        with monkeypatch.context() as now:
            now.setattr(Store, "write", lossy)
            await scan(glass, "BENCHOK")
            await until(glass, lambda: "leave this step out" in glass.next)
            await scan(glass, "BENCHSTOP", "BENCHSTOP")
            await until(glass, lambda: "saved after all" in glass.said)
        await glass.scan(SERIAL)
        assert glass.place == "Diagnose"
    assert steps(bench, rma_id) == [Step.EXPECTED, Step.RECEIVED]


async def test_a_scan_waits_for_a_server_that_is_away(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking a unit up: waiting is said with the same words, and then it opens."""
    bench.expect(SERIAL)
    find, away = Store.find, threading.Event()

    def lost(self: Store, key: str) -> Any:
        if away.is_set():
            raise Unreachable("connection refused")
        return find(self, key)

    monkeypatch.setattr(Store, "find", lost)
    async with open_glass(bench) as glass:
        away.set()
        await scan(glass, SERIAL)
        await until(glass, lambda: "waiting, 1 s" in glass.said)
        assert "server does not answer (connection refused)" in glass.said
        assert glass.saved == "WAITING 1 s"
        assert "do not wait for it" in glass.next
        away.clear()
        await glass.settle()
        assert (glass.word, glass.saved) == ("EXPECTED", "ready")
        away.set()
        await scan(glass, SERIAL)
        await until(glass, lambda: "do not wait for it" in glass.next)
        await scan(glass, "BENCHSTOP", "BENCHSTOP")
        await glass.settle()
        assert glass.refused(SERIAL, "not looked up", "scan it again later")


@SQLITE
async def test_quitting_with_a_step_not_saved_asks_first(bench: Bench) -> None:
    """No stays; a bare Enter is no answer; once it is saved, the program ends by itself."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        with held(bench) as let_go:
            await scan(glass, "BENCHOK")
            await press(glass, "ctrl+q")
            await until(glass, lambda: asked(glass, "A step is not saved yet."))
            await press(glass, "enter")
            assert glass.question == "A step is not saved yet."
            await press(glass, "n")
            await until(glass, lambda: glass.question == "")
            assert glass.app.is_running
            await press(glass, "ctrl+q")
            await until(glass, lambda: asked(glass, "A step is not saved yet."))
            let_go()
        await until(glass, lambda: glass.app.return_value == 0)
    assert steps(bench, rma_id) == [Step.EXPECTED, Step.RECEIVED]


@SQLITE
async def test_quitting_without_the_step_is_possible(bench: Bench) -> None:
    """Yes ends the program at once, though the file stays locked; nothing is half-written."""
    rma_id = bench.expect(SERIAL)
    with ExitStack() as locks:
        async with open_glass(bench, SERIAL) as glass:
            locks.enter_context(held(bench))
            await scan(glass, "BENCHOK")
            await press(glass, "ctrl+q")
            await until(glass, lambda: asked(glass, "A step is not saved yet."))
            await press(glass, "y")
            await until(glass, lambda: glass.app.return_value == 0)
    assert steps(bench, rma_id) == [Step.EXPECTED]


async def test_draft_that_cannot_be_parked_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typing with a full disk: the line says NOT SAVED, the text stays, and is kept in the end."""
    bench.expect(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        with monkeypatch.context() as now:
            full(now)
            await glass.enter(ticket="99001")
            await until(glass, lambda: glass.saved == "NOT SAVED")
            assert glass.refused("disk is full", "still on the screen")
            assert glass.field("ticket").value == "99001"
            await press(glass, "ctrl+q")
            await until(glass, lambda: asked(glass, "What you typed is not saved yet."))
            await press(glass, "n")
        await until(glass, lambda: glass.saved == "saved")
        (draft,) = await glass.drafts()
        assert draft.fields["ticket"] == "99001"


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
