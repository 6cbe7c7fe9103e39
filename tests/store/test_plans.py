"""Every question that a scan or Home asks is an index search, however large the file grows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from bench.store.database import Link, Row
from bench.store.records import Alias
from bench.store.store import Store
from tests.store.helpers import a_unit, an_rma, log, save

BIG = re.compile(r"SCAN (unit|rma|event|alias|u|r|e|x|a)\b|Seq Scan on (unit|rma|event|alias)\b")
SORT = "USE TEMP B-TREE"


@pytest.fixture
def asked(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Collects the statements that a store runs."""
    save(store, a_unit("u0"), a_unit("u1", "805EC0A1B2C3", replaces_id="u0"), an_rma())
    label = Alias("LABEL", "u1", "label", "e1")
    store.write("e1", lambda tx: (log(tx, "e1", rma_id="r1"), tx.add_alias(label)))
    seen: list[tuple[str, Any]] = []
    plain_rows = Link.rows

    def rows(self: Link, sql: str, params: Any = ()) -> list[Row]:
        seen.append((sql, params))
        return plain_rows(self, sql, params)

    monkeypatch.setattr(Link, "rows", rows)
    return seen


def _plan(store: Store, asked: list[tuple[str, Any]]) -> list[str]:
    statements = asked[:]
    on_file = store._link.engine == "sqlite"
    if not on_file:  # a server reads small tables through whatever their indexes
        store._link.rows("SET enable_seqscan = off")
    how, column = ("EXPLAIN QUERY PLAN", 3) if on_file else ("EXPLAIN", 0)
    return [
        str(row[column])
        for sql, params in statements
        for row in store._link.rows(f"{how} {sql}", params)
    ]


QUESTIONS: dict[str, Callable[[Store], Any]] = {
    "find": lambda s: s.find("805EC0A1B2C3"),
    "find by label": lambda s: s.find("LABEL"),
    "alias": lambda s: s.alias("LABEL"),
    "aliases_of": lambda s: s.aliases_of("u1"),
    "label_events": lambda s: s.label_events("u1"),
    "near": lambda s: s.near(["A", "B"]),
    "search": lambda s: s.search("26"),
    "unit": lambda s: s.unit("u1"),
    "rma": lambda s: s.rma("r1"),
    "rma_by_number": lambda s: s.rma_by_number("26-r1"),
    "open_rma": lambda s: s.open_rma("u1"),
    "rmas_of": lambda s: s.rmas_of("u1"),
    "events_of_unit": lambda s: s.events_of_unit("u1", 50),
    "events_of_rma": lambda s: s.events_of_rma("r1"),
    "chain_of": lambda s: s.chain_of("u1"),
    "queue": lambda s: s.queue(0, 50),
    "queue_count": lambda s: s.queue_count(),
    "counts": lambda s: s.counts(date(2026, 3, 2)),
    "last_event": lambda s: s.last_event("bench-1"),
    "has_event": lambda s: s.has_event("e1"),
    "open_cases": lambda s: s.open_cases(50),
    "open_case_count": lambda s: s.open_case_count(),
    "open_advances": lambda s: s.open_advances(),
    "open_contacts": lambda s: s.open_contacts(),
    "waking": lambda s: s.waking(date(2026, 3, 2), 100),
    "draft": lambda s: s.draft("k"),
    "drafts": lambda s: s.drafts(),
    "import_batch": lambda s: s.import_batch("ab"),
    "units": lambda s: s.units("a"),
    "rmas": lambda s: s.rmas("a"),
    "events": lambda s: s.events("a"),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_table_is_read_through(store: Store, asked: list[tuple[str, Any]], name: str) -> None:
    QUESTIONS[name](store)
    assert asked
    plan = _plan(store, asked)
    assert not [line for line in plan if BIG.search(line)]
    # The queue sorts its one page anew; nothing else may sort more than it gives.
    assert name in ("queue", "find", "find by label") or not [line for line in plan if SORT in line]


def test_writing_reads_no_table_through(store: Store, asked: list[tuple[str, Any]]) -> None:
    rma = store.rma("r1")
    assert rma
    store.write("e2", lambda tx: (tx.save_rma(rma), log(tx, "e2"), tx.next_running("Bench 2")))
    store.write("", lambda tx: tx.drop_alias("LABEL"))
    store.write("", lambda tx: tx.add_alias(Alias("X", "u1", "x", "e2")))
    assert not [line for line in _plan(store, asked) if BIG.search(line)]
