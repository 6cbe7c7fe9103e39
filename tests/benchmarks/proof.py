"""How long the proof of 3,000,000 events takes, and a backup of them while a bench writes.

`python -m tests.benchmarks.proof [UNITS]` (1,000,000 by default: three events each), by hand. Works
on a copy of the cached database: one event of it is changed past all guards, and must be named.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.cli.verify import sentence
from bench.clock import SystemClock
from bench.store.backup import make_backup
from bench.store.copying import driver
from bench.store.records import Step, new_op_id
from bench.store.store import Store, Tx
from bench.workflow.proving import prove
from tests.benchmarks.seed import cache_dir, seeded


def tamper(path: Path) -> str:
    """Changes one event in the middle, having taken the guards away; its op_id."""
    db = driver.connect(str(path), isolation_level=None)
    for name in ("event_no_update", "event_no_delete"):
        db.execute(f"DROP TRIGGER {name}")
    middle = db.execute("SELECT max(rowid) / 2 FROM event").fetchone()
    sql = "SELECT op_id FROM event WHERE rowid >= ? AND seq = 2"
    (op_id,) = db.execute(sql, middle).fetchone()
    db.execute("UPDATE event SET actor = 'Somebody else' WHERE op_id = ?", [op_id])
    db.close()
    return str(op_id)


def write(path: Path) -> None:
    """Saves a step after another until the input ends; says how long each took, in seconds."""
    store = Store.open(path)
    unit = store.units()[0].id
    print("ready", flush=True)
    while True:
        begun = time.perf_counter()

        def work(tx: Tx) -> None:
            tx.append(new_op_id(), unit, None, Step.HELD, datetime.now(UTC), "Ana", "B1", {"n": 1})

        store.write("", work)
        print(f"{time.time()} {time.perf_counter() - begun}", flush=True)
        time.sleep(0.01)


def stalls(path: Path, folder: Path) -> None:
    """A backup while a writer writes: its time, and the writer's slowest steps."""
    command = [sys.executable, "-m", "tests.benchmarks.proof", "write", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(5)
        begun = time.time()
        file, manifest = make_backup(path, folder, datetime.now(UTC), "benchmark")
        ended = time.time()
        time.sleep(1)
        writer.kill()
        lines = [tuple(map(float, line.split())) for line in writer.stdout if line.endswith("\n")]
    print(f"backup of {manifest.size / 1e6:,.0f} MB while a bench writes: {ended - begun:.1f} s")
    for name, times in (
        ("before", [took for at, took in lines if at < begun]),
        ("during", [took for at, took in lines if begun <= at <= ended]),
    ):
        times.sort()
        half, last = times[len(times) // 2] * 1000, times[-1] * 1000
        print(f"  steps {name} it: {len(times)}, half within {half:.1f} ms, slowest {last:.1f} ms")
    begun = time.perf_counter()
    findings = prove(path, backup=file)
    print(f"verify --against it: {time.perf_counter() - begun:.1f} s, {findings.count} faults")


def proved(path: Path, what: str, *, deep: bool = False, processes: int = 0) -> None:
    """Proves everything once, and says what came of it."""
    begun = time.perf_counter()
    findings = prove(path, deep=deep, processes=processes)
    took = time.perf_counter() - begun
    rate = findings.events / took
    print(f"{what}: {findings.events:,} events in {took:.1f} s ({rate:,.0f} a second)")
    for fault in findings.broken.named:
        print(f"  {sentence(findings, fault, SystemClock(UTC))}")


def main(units: int) -> None:
    """Everything in turn, on a copy."""
    source, _ = seeded(units)
    with tempfile.TemporaryDirectory(dir=cache_dir()) as name:
        path = Path(name) / "bench.db"
        shutil.copy(source, path)
        Store.open(path).close()
        print(f"changed: event {tamper(path)}")
        proved(path, "verify")
        proved(path, "verify, one process", processes=1)
        proved(path, "verify --deep", deep=True)
        shutil.copy(source, path)
        stalls(path, Path(name))


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write(Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 1_000_000)
