"""Importing 100,000 shipments, beside the driver's bare `executemany` of the same rows, in one run.

`python -m tests.benchmarks.importing [rows] [rounds]`. The bare load has nothing to read, check, or
tell: rows that are ready, into the same tables with the same indexes, in one transaction.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench.scan.serials import canonical
from bench.settings import Settings
from bench.store.copying import driver
from bench.store.records import Unit
from bench.store.rows import UNIT
from bench.store.server import prepare
from bench.store.store import Store
from bench.workflow.desk import open_desk
from bench.workflow.importing import ImportOptions, import_file
from tests import pg
from tests.benchmarks.figures import machine

HEADER = "serial,brand,model,mac,customer,channel,order_no,shipped_on\n"
BRANDS = (("Yealink", "T54W"), ("Snom", "D735"), ("Polycom", "VVX 411"))


def shipments(count: int) -> list[tuple[str, ...]]:
    """Rows as a warehouse's order system writes them."""
    begin = date(2021, 1, 1)
    rows = []
    for n in range(count):
        brand, model = BRANDS[n % 3]
        shipped = (begin + timedelta(days=n % 1900)).isoformat()
        mac, customer = f"805EC0{n:06X}", f"Customer {n % 997}"
        rows.append((f"3146{n:012d}", brand, model, mac, customer, "direct", f"SO-{n}", shipped))
    return rows


def bare(folder: Path, rows: list[tuple[str, ...]], place: str) -> float:
    """Rows per second by executemany alone."""
    path = folder / f"bare{place}.db"
    Store.open(path).close()
    ready: list[dict[str, Any]] = []
    for serial, brand, model, mac, customer, _, order, shipped in rows:
        unit = Unit(
            *(f"unit-{serial}", serial, canonical(serial), brand, model, mac, customer),
            order_no=order,
            shipped_on=date.fromisoformat(shipped),
        )
        ready.append(UNIT.to_row(unit))
    names = list(ready[0])
    marks = ", ".join(f":{name}" for name in names)
    sql = f"INSERT INTO unit ({', '.join(names)}) VALUES ({marks})"
    with closing(driver.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cache_size = -65536")
        begun = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(sql, ready)
        connection.execute("COMMIT")
        return len(ready) / (time.perf_counter() - begun)


def ours(where: Path | str, file: Path) -> tuple[float, float, int]:
    """Rows per second of the import; seconds of the same file again; how often it told."""
    desk = open_desk(Settings(database=where, timezone="UTC"))
    told: list[float] = []
    begun = time.perf_counter()
    report = import_file(desk, file, ImportOptions(), lambda _, part: told.append(part))
    seconds = time.perf_counter() - begun
    assert report.tally.new == report.rows
    begun = time.perf_counter()
    again = import_file(desk, file, ImportOptions())
    assert again.earlier is not None
    desk.store.close()
    return report.rows / seconds, time.perf_counter() - begun, len(told)


def main(count: int = 100_000, rounds: int = 3) -> None:
    """Both, one after the other, `rounds` times."""
    print(machine())
    rows = shipments(count)
    with tempfile.TemporaryDirectory() as name, pg.server(durable=True) as server:
        folder = Path(name)
        file = folder / "shipments.csv"
        file.write_text(HEADER + "".join(",".join(row) + "\n" for row in rows))
        ratios = []
        for place in map(str, range(rounds)):
            plain = bare(folder, rows, place)
            rate, again, told = ours(folder / f"ours{place}.db", file)
            ratios.append(rate / plain)
            print(
                f"SQLite: bare {plain:8,.0f} rows/s, import {rate:8,.0f} rows/s,"
                f" ratio {rate / plain:.2f}; told {told} times; again {again * 1000:.0f} ms",
                flush=True,
            )
        print(f"median ratio {statistics.median(ratios):.2f}")
        url = pg.fresh(server.url)
        prepare(url)
        rate, again, _ = ours(url, file)
        print(f"PostgreSQL: import {rate:8,.0f} rows/s; again {again * 1000:.0f} ms")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
