"""Two stations on one real server: they see each other's steps, and outlive its bad moments."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.store.records import Step
from bench.store.server import grant, prepare
from tests import pg
from tests.terminal.harness import ESCAPE, F1, F2, PATIENCE, Terminal
from tests.terminal.seeds import Seed, ups
from tests.terminal.warehouse import Station, expect, there

MINE = Seed("3146023104410271")
STEPS = [Step.EXPECTED, Step.RECEIVED]


@pytest.fixture
def server() -> Iterator[pg.Server]:
    """A server of this test's own, ready for benches, which sign in as a role of their own."""
    with pg.server(durable=True) as own:
        prepare(own.url)
        pg.execute(own.url, "CREATE ROLE clerk LOGIN")
        grant(own.url, "clerk")
        yield own


@pytest.fixture
def docks(server: pg.Server, tmp_path: Path) -> Iterator[list[Terminal]]:
    """Dock 1 with Ana and Dock 2 with Ben."""
    where = server.url.replace("bench@", "clerk@")
    expect(where, tmp_path, MINE)
    with ExitStack() as stack:
        yield [
            stack.enter_context(Station(tmp_path / name, where, name, who))
            for name, who in (("Dock 1", "Ana"), ("Dock 2", "Ben"))
        ]


def test_a_step_at_one_dock_is_seen_at_the_other(docks: list[Terminal], server: pg.Server) -> None:
    one, two = docks
    one.scan(MINE.serial)
    one.wait_for("expected on RMA")
    two.wait_for(MINE.serial, "expected 1")
    one.scan("BENCHOK")
    one.wait_for("received as RMA")
    two.wait_for("1 in, 0 out", "received", seconds=10)
    two.scan(MINE.serial)
    two.wait_for("already here")
    for code in ("BENCHFXD", ups(1), "BENCHOK"):
        one.scan(code)
    one.wait_for("✔ shipped")
    two.wait_for("meanwhile: shipped by Ana at Dock 1")
    two.scan("BENCHFXD")
    two.key(F2)
    two.wait_for("1 in, 1 out")
    assert there(server.url, MINE.serial).steps()[-1] is Step.SHIPPED


def answer(dock: Terminal) -> str:
    """What a dock says of the unit that both want."""
    strip = dock.lines()[1]
    if "received as RMA" in strip:
        return "first"
    if re.search(r"received by (Ana at Dock 1|Ben at Dock 2)", strip):
        return "second"
    # It had heard of the other's step before its own code came.
    late = "BENCHOK (yes) is not possible here" in strip
    return "second" if late and "Already here on RMA" in dock.screen() else ""


def test_both_receive_it_at_once(docks: list[Terminal], server: pg.Server) -> None:
    for dock in docks:
        dock.scan(MINE.serial)
        dock.wait_for("expected on RMA")
    for dock in docks:
        dock.scan("BENCHOK")
    deadline = time.monotonic() + PATIENCE
    said = ""
    while time.monotonic() < deadline and said != "first, second":
        said = ", ".join(sorted(filter(None, map(answer, docks))))
        time.sleep(0.05)
    assert said == "first, second", [dock.screen() for dock in docks]
    assert there(server.url, MINE.serial).steps() == STEPS


def test_the_server_is_restarted_in_mid_step(docks: list[Terminal], server: pg.Server) -> None:
    one, two = docks
    one.scan(MINE.serial)
    one.wait_for("expected on RMA")
    server.kill()
    one.scan("BENCHOK")
    one.wait_for("NOT SAVED YET", "does not answer")
    one.key(F1)
    one.wait_for("Help · Receive")
    one.key(ESCAPE)
    one.wait_for("NOT SAVED YET", "BENCHSTOP")
    server.start()
    one.wait_for("received as RMA", "saved")
    two.wait_for("received")
    assert there(server.url, MINE.serial).steps() == STEPS


def test_a_frozen_server_stops_no_key(docks: list[Terminal], server: pg.Server) -> None:
    one, _ = docks
    one.scan(MINE.serial)
    one.wait_for("expected on RMA")
    server.freeze()
    thaw = threading.Timer(11, lambda: server.freeze(thaw=True))
    thaw.start()
    one.scan("BENCHOK")
    for _ in range(3):
        one.wait_for("NOT SAVED YET")
        one.key(F1)
        one.wait_for("Help · Receive", seconds=3)
        one.key(ESCAPE)
        one.wait_gone("Help · Receive", seconds=3)
    assert thaw.is_alive(), "the server was frozen all the while"
    thaw.join()
    one.wait_for("received as RMA", "saved")
    assert there(server.url, MINE.serial).steps() == STEPS
