"""The store under fire, in full: many benches at once, a server that is killed and frozen.

`python -m tests.benchmarks.fire [units] [benches]` prints one line of figures for each trial. The
suite runs the same trials small (tests/fire).
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.store.server import prepare
from tests import pg
from tests.benchmarks.figures import machine
from tests.fire.rig import Benches, seed

FIGHT = 200
"""Units that all benches want."""
KILLS = 9
FROZEN = 15.0
"""Seconds that the server stands still."""


@contextmanager
def places() -> Iterator[dict[str, Callable[[], Path | str]]]:
    """Ways to a fresh database on each engine."""
    with pg.server(durable=True) as server, tempfile.TemporaryDirectory() as folder:
        count = iter(range(100))

        def file() -> Path:
            return Path(folder) / f"{next(count)}" / "bench.db"

        def database() -> str:
            url = pg.fresh(server.url)
            prepare(url)
            return url

        yield {
            "SQLite": file,
            "PostgreSQL": database,
            "PostgreSQL, serializable": lambda: database() + pg.SERIALIZABLE,
        }


def at_once(where: Path | str, benches: int, units: int, *, shared: bool) -> str:
    """All benches begin at the same moment; what came of it."""
    seed(where, units)
    trial = Benches(where, benches, units, shared=shared)
    begun = time.monotonic()
    trial.go()
    outcome = trial.end()
    seconds = time.monotonic() - begun
    return f"{outcome.line()}; {seconds:.1f} s, {len(outcome.saved) / seconds:.0f} steps/s"


def killed(benches: int, units: int) -> str:
    """The server is killed again and again while the benches work."""
    with pg.server(durable=True) as server:
        prepare(server.url)
        seed(server.url, units)
        trial = Benches(server.url, benches, units)
        begun, kills = time.monotonic(), 0
        trial.go()
        while trial.busy() and kills < KILLS:
            time.sleep(0.5)
            server.kill()
            server.start()
            kills += 1
        outcome = trial.end()
        return f"{outcome.line()}; {kills} kills in {time.monotonic() - begun:.1f} s"


def frozen(benches: int, units: int) -> str:
    """The server stands still for a while, though the network still acknowledges."""
    with pg.server(durable=True) as server:
        prepare(server.url)
        seed(server.url, units)
        trial = Benches(server.url, benches, units)
        begun = time.monotonic()
        trial.go()
        time.sleep(0.5)
        server.freeze()
        thaw = threading.Timer(FROZEN, lambda: server.freeze(thaw=True))
        thaw.start()
        outcome = trial.end()
        return f"{outcome.line()}; frozen {FROZEN:.0f} s of {time.monotonic() - begun:.1f} s"


def main(units: int = 2000, benches: int = 8) -> None:
    """All trials."""
    print(machine())
    with places() as ways:
        for name, way in ways.items():
            print(f"{benches} benches, own units, {name}:", flush=True)
            print("   ", at_once(way(), benches, units, shared=False), flush=True)
        for name, way in ways.items():
            print(f"{benches} benches, the same {FIGHT} units, {name}:", flush=True)
            print("   ", at_once(way(), benches, FIGHT, shared=True), flush=True)
    print(f"server killed {KILLS} times:\n   ", killed(benches, units), flush=True)
    print("server frozen:\n   ", frozen(benches, units), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
