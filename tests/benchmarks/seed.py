"""A database of N units and 3N events, built once outside of the repository and used again.

`python -m tests.benchmarks.seed 1000000` builds it and says where it is. The schema and the open
returns are made by the program's own store and rules; the mass goes in past them,
through the driver.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.policy.decide import decide
from bench.policy.facts import Channel, Contact, Outcome
from bench.scan.rma_number import bench_letters, format_number
from bench.scan.serials import fold
from bench.settings import Settings
from bench.store.copying import driver
from bench.store.hashes import GENESIS, link_row
from bench.store.records import Event, Rma, State, Step, Unit
from bench.store.rows import EVENT, RMA, UNIT, Mapper, moment_text
from bench.store.store import Store
from bench.workflow.desk import Rules, load_rules
from bench.workflow.gates import facts_of, settle

VERSION = 3
STATION = "Bench 2"
EACH = timedelta(minutes=20)
"""Between two steps of an open return."""
OPEN = 2000
"""Open returns; fewer where there are too few units."""
MODELS = (
    *(("Yealink", "T46U"), ("Yealink", "T54W"), ("Htek", "UC926"), ("Snom", "D785")),
    *(("Grandstream", "GRP2614"), ("Polycom", "VVX 411")),
)
CUSTOMERS = ("Havel & Sons", "Nordlicht Clinics", "City of Ostrava", "Blue Ridge Dental", "Kestrel")
SHAPES = (
    *("expected", "expected", "received", "received", "received"),
    *("repair", "replace", "contact", "quote", "held"),
)
"""What the open returns are, in turn."""
PLACE_OF = {"expected": "receive", "received": "diagnose"}
"""The screen of a unit's next step; all the others: ship."""
Row = tuple[Any, ...]


def cache_dir() -> Path:
    """Where the databases are kept: $BENCH_BENCHMARKS, else a folder for temporary files."""
    named = os.environ.get("BENCH_BENCHMARKS")
    folder = Path(named) if named else Path(tempfile.gettempdir()) / "rma-bench-benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def seeded(units: int) -> tuple[Path, dict[str, list[str]]]:
    """The database with so many units, and serials by the screen that a scan of them opens."""
    path = cache_dir() / f"bench-{units}-v{VERSION}.db"
    targets = path.with_suffix(".json")
    if not targets.exists():
        for leftover in path.parent.glob(f"{path.name}*"):
            leftover.unlink()
        Store.open(path, zone=UTC).close()
        targets.write_text(json.dumps(_fill(path, units)))
    found: dict[str, list[str]] = json.loads(targets.read_text())
    return path, found


def serial_of(index: int) -> str:
    """A serial for each index, in no order, so that neighbours in time are none in the indexes."""
    return f"YL{index * 2654435761 % 2**32:010d}"


def _key(index: int, kind: int, at: datetime) -> str:
    """A time-ordered id, as `new_op_id` makes them, always the same for the same index."""
    stamp = int(at.timestamp() * 1000) << 80
    low = (index * 0x9E3779B97F4A7C15 + kind * 0xC2B2AE3D27D4EB4F) % 2**62
    return str(uuid.UUID(int=stamp | 0x7 << 76 | kind << 64 | 0x2 << 62 | low))


def _fill(path: Path, units: int) -> dict[str, list[str]]:
    db = driver.connect(str(path), isolation_level=None)
    for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -1000000"):
        db.execute(f"PRAGMA {pragma}")
    kinds = "type IN ('index', 'trigger') AND sql IS NOT NULL AND tbl_name <> 'schema_migration'"
    parts = db.execute(f"SELECT type, name, sql FROM sqlite_master WHERE {kinds}").fetchall()
    for kind, name, _ in parts:
        db.execute(f"DROP {kind} {name}")
    maker = _Maker(units)
    db.execute("BEGIN")
    for begin in range(0, units, 10_000):
        maker.make(range(begin, min(units, begin + 10_000)))
        for mapper, rows in ((UNIT, maker.units), (RMA, maker.rmas), (EVENT, maker.events)):
            _insert(db, mapper, rows)
            rows.clear()
    db.execute("COMMIT")
    for _, _, sql in parts:
        db.execute(sql)
    db.execute(
        "INSERT INTO rma_letters (letters, station, running) VALUES (?, ?, ?)",
        (maker.letters, STATION, maker.running),
    )
    # As it is at the bench, where nobody has run ANALYZE: the plans must be good without.
    db.execute("PRAGMA journal_mode = wal")
    db.close()
    return maker.targets


def _insert(db: Any, mapper: Mapper[Any], rows: Sequence[dict[str, Any]]) -> None:
    names = list(rows[0])
    columns, marks = ", ".join(f'"{n}"' for n in names), ", ".join("?" * len(names))
    sql = f"INSERT INTO {mapper.table} ({columns}) VALUES ({marks})"
    db.executemany(sql, [tuple(row[n] for n in names) for row in rows])


class _Maker:
    """Makes rows; closed returns out of a pattern, open ones by the rules."""

    def __init__(self, units: int) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.total = units
        self.every = max(1, units // min(OPEN, units * 4 // 5))
        self.rules: Rules = load_rules(Settings())
        self.units: list[dict[str, Any]] = []
        self.rmas: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.targets: dict[str, list[str]] = {"receive": [], "diagnose": [], "ship": [], "unit": []}
        self.letters, self.running = next(bench_letters(STATION)), 0
        self._opened = 0
        self._before = GENESIS
        moment = self.now
        blank = Unit("", "X", "X")
        self._unit = UNIT.to_row(blank)
        closed = Rma("", "", "", State.SHIPPED, outcome=Outcome.REPAIR, mark="done", rank=990)
        closed = replace(closed, condition="good", checks={"power": "passed", "network": "failed"})
        closed = replace(closed, symptom="no dial tone", findings="replaced the handset cord")
        closed = replace(closed, original_packaging=True, blind=True)
        closed = replace(closed, accessories=("handset", "stand"))
        self._rma = RMA.to_row(closed)
        event = Event("", "", "", 1, Step.RECEIVED, moment, "Ana", STATION)
        self._event = EVENT.to_row(event)

    def make(self, indexes: Iterator[int] | range) -> None:
        """The rows of these units."""
        for index in indexes:
            is_open = index % 5 != 4 if self.every == 1 else index % self.every == 0
            unit = self._add_unit(index, young=is_open)
            self._add_closed(index, unit)
            if is_open:
                self._add_open(index, unit)
            elif len(self.targets["unit"]) < 400 and index % max(1, self.total // 450) in (1, 4):
                self.targets["unit"].append(unit.serial)

    def _add_unit(self, index: int, young: bool) -> Unit:
        brand, model = MODELS[index % len(MODELS)]
        serial, customer = serial_of(index), f"{CUSTOMERS[index % 5]} {index % 4001}"
        at = self._then(index)
        age = 3 + index % 400 if young else 0
        shipped = (self.now - timedelta(age) if young else at - timedelta(200)).date()
        unit = Unit(
            *(f"unit-{_key(index, 1, at)}", serial, serial, brand, model),
            mac=f"805EC0{index * 7919 % 2**24:06X}",
            customer=customer,
            channel=Channel.RESELLER if index % 3 == 0 else Channel.DIRECT,
            shipped_on=shipped,
        )
        row = self._unit | {
            **{"id": unit.id, "serial": serial, "serial_key": serial, "near_key": fold(serial)},
            **{"brand": brand, "brand_key": brand.casefold(), "model": model, "mac": unit.mac},
            **{"customer": customer, "customer_key": "".join(customer.casefold().split())},
            **{"channel": unit.channel, "shipped_on": shipped.isoformat()},
        }
        row["channel"] = unit.channel.value if unit.channel else None
        self.units.append(row)
        return unit

    def _then(self, index: int) -> datetime:
        """When the unit was first returned: eight years ago up to a month ago."""
        span = timedelta(days=8 * 365) / max(1, self.total)
        return self.now - timedelta(days=8 * 365 + 30) + span * index

    def _next_number(self) -> str:
        self.running += 1
        return format_number(self.letters, self.running)

    def _add_closed(self, index: int, unit: Unit) -> None:
        at = self._then(index)
        rma_id = f"rma-{_key(index, 2, at)}"
        texts = [moment_text(at + timedelta(hours=h)) for h in (0, 20, 26)]
        row = self._rma | {
            **{"id": rma_id, "number": self._next_number(), "unit_id": unit.id},
            **{"customer": unit.customer, "ticket": f"T-{index}", "opened_on": texts[0][:10]},
            **{"received_at": texts[0], "received_on": texts[0][:10], "diagnosed_at": texts[1]},
            **{"shipped_at": texts[2], "since": texts[2]},
        }
        self.rmas.append(row)
        steps = (Step.RECEIVED, Step.DIAGNOSED, Step.SHIPPED)
        facts = {"ticket": row["ticket"], "customer": unit.customer, "opened_on": texts[0][:10]}
        received = (
            f'{{"rma":{json.dumps(facts)},"received_on":"{texts[0][:10]}","condition":"good",'
        )
        received += '"original_packaging":true,"accessories":["handset","stand"],"blind":true}'
        diagnosed = '{"symptom":"no dial tone","checks":{"power":"passed","network":"failed"},'
        diagnosed += '"findings":"replaced the handset cord","outcome":"repair"}'
        data = (received, diagnosed, "{}")
        self._before = GENESIS
        for seq, (step, text, what) in enumerate(zip(steps, texts, data, strict=True), 1):
            event: dict[str, Any] = {
                "op_id": _key(index, 2 + seq, at + timedelta(hours=seq)),
                "unit_id": unit.id,
            }
            event |= {"rma_id": rma_id, "seq": seq, "step": step.value, "at": text, "data": what}
            self._chain(self._event | event)

    def _chain(self, row: dict[str, Any]) -> None:
        """Adds an event after the one before it."""
        self._before = link_row(self._before, row)
        self.events.append(row | {"hash": self._before})

    def _add_open(self, index: int, unit: Unit) -> None:
        shape = SHAPES[self._opened % len(SHAPES)]
        days = self._opened % 12
        self._opened += 1
        at = self.now - timedelta(days, hours=4)
        rma = Rma(
            *(f"rma-{_key(index, 8, at)}", self._next_number(), unit.id),
            ticket=f"T-{index}/2",
            customer=unit.customer,
            channel=unit.channel,
            opened_on=(at - timedelta(2)).date(),
            due_on=(at + timedelta(6)).date() if shape == "expected" else None,
        )
        rma, steps = _lived(rma, shape, at)
        decision = decide(facts_of(unit, rma), self.rules.tables, self.rules.prefer)
        rma = settle(rma, decision, at, at.date(), None)
        self.rmas.append(RMA.to_row(rma))
        for number, (step, data) in enumerate(steps):
            when = at + EACH * number
            key = _key(index, 9 + number, when)
            event = Event(key, unit.id, rma.id, 4 + number, step, when, "Ana", "Bench 2", data)
            self._chain(EVENT.to_row(event))
        self.targets[PLACE_OF.get(shape, "ship")].append(unit.serial)


def _lived(rma: Rma, shape: str, at: datetime) -> tuple[Rma, list[tuple[Step, dict[str, Any]]]]:
    """The return as far as its shape has come, with the steps that made it so."""
    names = ("ticket", "customer", "channel", "opened_on", "due_on")
    facts = {name: getattr(rma, name) for name in names}
    steps: list[tuple[Step, dict[str, Any]]] = [(Step.EXPECTED, facts)]
    if shape == "expected":
        return rma, steps
    day, then = at.date(), [at + EACH * number for number in range(3)]
    rma = replace(rma, state=State.RECEIVED, received_at=then[1], received_on=day)
    rma = replace(rma, condition="good")
    rma = replace(rma, original_packaging=True, accessories=("handset", "stand"))
    seen = {"received_on": day, "original_packaging": True, "condition": "good", "rma": {}}
    steps.append((Step.RECEIVED, seen | {"accessories": ["handset", "stand"]}))
    if shape == "received":
        return rma, steps
    outcome = {"replace": Outcome.REPLACE, "contact": Outcome.NO_TROUBLE_FOUND}.get(shape)
    outcome = outcome or Outcome.REPAIR
    checks = {"power": "passed", "network": "failed", "audio": "passed"}
    texts: dict[str, Any] = {"symptom": "no dial tone", "findings": "port worn out"}
    rma = replace(rma, state=State.DIAGNOSED, outcome=outcome, checks=checks, diagnosed_at=then[2])
    rma = replace(rma, **texts)
    steps.append((Step.DIAGNOSED, {**texts, "checks": checks, "outcome": outcome}))
    if shape == "contact" and at.day % 2:
        rma = replace(rma, contact=Contact.YES, contact_tries=1)
        steps.append((Step.CONTACTED, {"answer": "yes"}))
    if shape == "held":
        rma = replace(rma, held_why="waits for a part")
        steps.append((Step.HELD, {"why": rma.held_why}))
    return rma, steps


def main() -> None:
    """Builds the databases that are named by their number of units."""
    for word in sys.argv[1:] or ("1000", "1000000"):
        begin = time.perf_counter()
        path, targets = seeded(int(word))
        db = driver.connect(str(path))
        counts = [
            db.execute(f"SELECT count(*) FROM {t}").fetchone()[0]
            for t in ("unit", "rma", "rma WHERE is_open = 1", "event")
        ]
        print(f"{path}: {counts[0]} units, {counts[1]} RMAs, {counts[2]} open, {counts[3]} events")
        sizes = {place: len(serials) for place, serials in targets.items()}
        print(f"{path.stat().st_size / 1e6:.0f} MB, {time.perf_counter() - begin:.0f} s, {sizes}")


if __name__ == "__main__":
    main()
