"""Records for the tests of the store, and short ways to save them."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.scan.serials import canonical
from bench.store.copying import driver
from bench.store.records import Event, Rma, Step, Unit
from bench.store.store import Store, Tx

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def a_unit(name: str = "u1", serial: str = "", **more: Any) -> Unit:
    """A unit with the id `name`."""
    serial = serial or f"SER-{name}"
    return Unit(id=name, serial=serial, serial_key=canonical(serial), **more)


def an_rma(name: str = "r1", unit: str = "u1", **more: Any) -> Rma:
    """An expected RMA with the id `name`, numbered by it."""
    values: dict[str, Any] = {"id": name, "number": f"26-{name}", "unit_id": unit, "since": NOON}
    return Rma(**values | more)


def log(tx: Tx, op_id: str, unit: str = "u1", step: Step = Step.RECEIVED, **more: Any) -> Event:
    """Appends an event at noon of station `bench-1`."""
    given = {"rma_id": None, "at": NOON, "actor": "Ana", "station": "bench-1", "data": {}} | more
    return tx.append(op_id=op_id, unit_id=unit, step=step, **given)


def save(store: Store, *records: Unit | Rma) -> None:
    """Adds units and RMAs in one transaction."""

    def work(tx: Tx) -> None:
        for record in records:
            tx.add_unit(record) if isinstance(record, Unit) else tx.add_rma(record)

    store.write("", work)


def later(seconds: float) -> datetime:
    """So many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def raw(path: Path) -> Any:
    """A foreign connection that knows none of our settings and commits at once.

    By the SQLite of the program: locks are per process, so two of them would not see each other.
    """
    return driver.connect(path, isolation_level=None, timeout=10)


def program(name: str, *arguments: object) -> subprocess.Popen[str]:
    """Starts one of the programs beside the tests in a process of its own."""
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name(name)), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "TZ": "UTC"},
    )
