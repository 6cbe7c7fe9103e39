"""kill -9 of the real program at random moments of real steps, and what the database says then.

`python -m tests.benchmarks.kill9 [runs on SQLite] [runs on PostgreSQL]`. Each run is a unit: its
five scans are sent, the program is killed somewhere between them, and what its screen had called
saved must be in the database, once, in order, with whole chains. In every third run only the
program is killed and comes back by itself; in the others all of it, as by a power cut. Afterwards
the unit is finished by hand, once.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench.store.records import Event, Step
from bench.store.server import prepare
from bench.store.store import Store
from tests import pg
from tests.benchmarks.figures import machine
from tests.fire.rig import all_events, broken_chains, seed
from tests.fire.worker import serial
from tests.terminal.harness import Terminal
from tests.terminal.seeds import ups
from tests.terminal.test_crash import ACKNOWLEDGED, STEPS
from tests.terminal.warehouse import Station


def steps_of(store: Store, mine: str) -> list[Event]:
    """What the database has of a unit, oldest first."""
    (unit,) = store.find(mine)
    return store.events_of_unit(unit.id)[::-1]


def watch(terminal: Terminal, mine: str, until: float) -> set[Step]:
    """The steps that the screen calls saved, until the moment to kill."""
    seen: set[Step] = set()
    while time.monotonic() < until:
        strip = next((line for line in terminal.lines() if "SCAN" in line), "")
        seen |= {s for text, s in ACKNOWLEDGED.items() if text in strip and mine in strip}
    return seen


def run(terminal: Terminal, store: Store, number: int, chance: random.Random) -> tuple[int, str]:
    """One unit, one kill: how far it had come, and what was wrong ("" nothing)."""
    mine = serial(number)
    codes = [mine, "BENCHOK", "BENCHFXD", ups(number + 1), "BENCHOK"]
    begun = time.monotonic()
    for text in codes:
        terminal.scan(text, 0.2)
    seen = watch(terminal, mine, begun + chance.uniform(0.02, 0.45))
    if number % 3 == 2:
        terminal.crash()
        terminal.wait_for("stopped unexpectedly", "NEXT")
    else:
        terminal.restart()
    done = [event.step for event in steps_of(store, mine)]
    wrong = ""
    if not seen <= set(done):
        wrong = f"lost: {seen - set(done)}"
    elif done != STEPS[: len(done)]:
        wrong = f"out of order or doubled: {done}"
    for text in [mine, *codes[len(done) :]]:
        terminal.scan(text)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and len(steps_of(store, mine)) < len(STEPS):
        time.sleep(0.02)
    end = [event.step for event in steps_of(store, mine)]
    return len(done), wrong or ("" if end == STEPS else f"not finished once: {end}")


def trial(name: str, where: Path | str, runs: int, chance: random.Random) -> None:
    """All runs on one database."""
    seed(where, runs)
    store = Store.open(where)
    reached: Counter[int] = Counter()
    faults = []
    with tempfile.TemporaryDirectory() as home, Station(Path(home), where) as terminal:
        for number in range(runs):
            far, wrong = run(terminal, store, number, chance)
            reached[far] += 1
            faults += [f"run {number}: {wrong}"] if wrong else []
            if number % 3 == 2 and number % 2:  # a third crash in a minute would be a crash loop
                terminal.restart()
    events = list(all_events(store))
    store.close()
    counts = Counter((event.unit_id, event.step) for event in events)
    doubled = sum(1 for count in counts.values() if count > 1)
    spread = ", ".join(f"{STEPS[n - 1]} {reached[n]}" for n in sorted(reached))
    print(f"{name}: {runs} kills; steps on disk at the kill: {spread}")
    print(
        f"    lost or out of order {len(faults)}, doubled {doubled},"
        f" broken chains {broken_chains(events)}, events {len(events)}",
        flush=True,
    )
    for fault in faults:
        print("   ", fault)


def main(on_file: int = 200, on_server: int = 50) -> None:
    """Both engines."""
    print(machine())
    chance = random.Random(28)
    with tempfile.TemporaryDirectory() as folder, pg.server(durable=True) as server:
        if on_file:
            trial("SQLite", Path(folder) / "home" / "bench.db", on_file, chance)
        if on_server:
            prepare(server.url)
            trial("PostgreSQL", server.url, on_server, chance)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
