"""Importing 100,000 shipments, beside the driver's bare `executemany` of the same rows, in one run.

`python -m tests.benchmarks.importing [rows] [rounds]`. The bare loads have nothing to read, check,
or tell: rows that are ready, the very ones that the import writes (the same ids), handed over as
plain tuples, into the same tables with the same indexes, in one transaction. The upsert does what
an import is allowed to do: `ON CONFLICT DO UPDATE SET … WHERE` something differs.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench.policy.facts import Channel
from bench.scan.serials import canonical
from bench.settings import Settings
from bench.store.copying import driver
from bench.store.records import Unit
from bench.store.rows import UNIT
from bench.store.server import prepare
from bench.store.store import Store
from bench.workflow.desk import open_desk
from bench.workflow.import_units import unit_id
from bench.workflow.importing import ImportOptions, import_file
from tests import pg
from tests.benchmarks.figures import machine

SHIPMENTS = "serial,brand,model,mac,customer,channel,order_no,shipped_on\n"
EXPECTED = "ticket,serial,brand,customer,channel,opened_on,due_on\n"
BRANDS = (("Yealink", "T54W"), ("Snom", "D735"), ("Polycom", "VVX 411"))
ROOT = Path(__file__).parents[2]
NAMES = tuple(UNIT.to_row(Unit("", "", "")))
Rows = list[tuple[Any, ...]]

OTHER = """
import sys, time
from bench.clock import SystemClock
from bench.settings import database_of
from bench.store.records import Draft
from bench.store.store import Store

store = Store.open(database_of(sys.argv[1]))
now, waits = SystemClock(None).now(), []
print("ready", flush=True)
sys.stdin.readline()
end = time.monotonic() + float(sys.stdin.readline())
while time.monotonic() < end:
    begun = time.perf_counter()
    store.save_draft(Draft("other", "a title", "received", {}, now, "Ana"))
    waits.append(time.perf_counter() - begun)
    time.sleep(0.005)
print(max(waits), sorted(waits)[len(waits) // 2])
"""
"""Another bench, which saves something every few milliseconds."""


def shipments(count: int) -> list[tuple[str, ...]]:
    """Rows as a warehouse's order system writes them."""
    begin = date(2021, 1, 1)
    rows: list[tuple[str, ...]] = []
    for n in range(count):
        brand, model = BRANDS[n % 3]
        shipped = (begin + timedelta(days=n % 1900)).isoformat()
        mac, customer = f"805EC0{n:06X}", f"Customer {n % 997}"
        rows.append((f"3146{n:012d}", brand, model, mac, customer, "direct", f"SO-{n}", shipped))
    return rows


def ready(rows: list[tuple[str, ...]]) -> Rows:
    """The same as rows of the table."""
    made = []
    for serial, brand, model, mac, customer, channel, order, shipped in rows:
        key = canonical(serial)
        unit = Unit(
            *(unit_id(key, brand), serial, key, brand, model, mac, customer, Channel(channel)),
            order_no=order,
            shipped_on=date.fromisoformat(shipped),
        )
        made.append(tuple(UNIT.to_row(unit).values()))
    return made


def statements(mark: str) -> dict[str, str]:
    """The two bare loads."""
    plain = f"INSERT INTO unit ({', '.join(NAMES)}) VALUES ({', '.join([mark] * len(NAMES))})"
    news = NAMES[NAMES.index("model") : NAMES.index("version")]
    sets = ", ".join(f"{name} = excluded.{name}" for name in news)
    other = " OR ".join(f"unit.{name} IS DISTINCT FROM excluded.{name}" for name in news)
    conflict = f" ON CONFLICT (serial_key, brand_key) DO UPDATE SET {sets} WHERE {other}"
    return {"insert": plain, "upsert": plain + conflict}


def bare_file(path: Path, rows: Rows, sql: str) -> float:
    """Rows per second by executemany alone, into a file."""
    Store.open(path).close()
    with closing(driver.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cache_size = -65536")
        begun = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(sql, rows)
        connection.execute("COMMIT")
        return len(rows) / (time.perf_counter() - begun)


def bare_server(url: str, rows: Rows, sql: str) -> float:
    """Rows per second by psycopg's executemany alone, which sends them in a pipeline."""
    with psycopg.connect(url) as connection:
        begun = time.perf_counter()
        connection.cursor().executemany(sql.encode(), rows)
        connection.commit()
        return len(rows) / (time.perf_counter() - begun)


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
    seconds_again = time.perf_counter() - begun
    once_more = import_file(desk, file, ImportOptions(again=True))
    assert once_more.tally.unchanged == report.rows
    desk.store.close()
    return report.rows / seconds, seconds_again, len(told)


def waits(where: Path | str, file: Path) -> str:
    """How long another bench waits for its own saving during an import."""
    Store.open(where).close()
    command = [sys.executable, "-c", OTHER, str(where)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        other.stdout.readline()
        other.stdin.write("\n1.0\n")  # an import takes longer than that, with somebody beside it
        other.stdin.flush()
        ours(where, file)
        longest, median = (1000 * float(word) for word in other.stdout.readline().split())
    return f"another bench saving meanwhile: median {median:.1f} ms, longest {longest:.0f} ms"


def compared(name: str, bare: dict[str, float], got: tuple[float, float, int]) -> list[float]:
    """Prints one round; the ratios."""
    rate, again, told = got
    ratios = [rate / value for value in bare.values()]
    bares = ", ".join(f"bare {kind} {value:,.0f}" for kind, value in bare.items())
    parts = ", ".join(f"{r:.2f} of {kind}" for r, kind in zip(ratios, bare, strict=True))
    print(
        f"{name}: {bares}, import {rate:,.0f} rows/s: {parts};"
        f" told {told} times; the same file again {again * 1000:.0f} ms",
        flush=True,
    )
    return ratios


def expected(where: Path | str, folder: Path, count: int) -> None:
    """Expected returns: each of them an RMA, a number, and an event in its chain."""
    file = folder / "expected.csv"
    rows = (f"T-{n},7{n:09d},Snom,Customer {n % 97},direct,2026-01-05,\n" for n in range(count))
    file.write_text(EXPECTED + "".join(rows))
    desk = open_desk(Settings(database=where, timezone="UTC"))
    begun = time.perf_counter()
    report = import_file(desk, file, ImportOptions())
    seconds = time.perf_counter() - begun
    assert report.tally.new == count
    desk.store.close()
    print(f"expected returns: {count / seconds:,.0f} rows/s", flush=True)


def main(count: int = 100_000, rounds: int = 3) -> None:
    """All of them, one after the other, `rounds` times."""
    print(machine())
    rows = shipments(count)
    bare_rows = ready(rows)
    with tempfile.TemporaryDirectory() as name, pg.server(durable=True) as server:
        folder = Path(name)
        file = folder / "shipments.csv"
        file.write_text(SHIPMENTS + "".join(",".join(row) + "\n" for row in rows))
        del rows
        ratios: dict[str, list[list[float]]] = {"SQLite": [], "PostgreSQL": []}
        for place in range(rounds):
            bare = {
                kind: bare_file(folder / f"{kind}{place}.db", bare_rows, sql)
                for kind, sql in statements("?").items()
            }
            ratios["SQLite"].append(compared("SQLite", bare, ours(folder / f"{place}.db", file)))
        for _ in range(rounds):
            urls = [pg.fresh(server.url) for _ in range(3)]
            for url in urls:
                prepare(url)
            bare = {
                kind: bare_server(url, bare_rows, sql)
                for url, (kind, sql) in zip(urls, statements("%s").items(), strict=False)
            }
            ratios["PostgreSQL"].append(compared("PostgreSQL", bare, ours(urls[2], file)))
        for engine, found in ratios.items():
            middle = [statistics.median(column) for column in zip(*found, strict=True)]
            print(f"{engine}: median ratio {middle[0]:.2f} of insert, {middle[1]:.2f} of upsert")
        for where in (folder / "waits.db", pg.fresh(server.url)):
            if isinstance(where, str):
                prepare(where)
            print(f"{'SQLite' if isinstance(where, Path) else 'PostgreSQL'}: {waits(where, file)}")
            expected(where, folder, count // 20)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
