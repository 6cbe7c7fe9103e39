"""A small history to be proved, backed up and moved, and a hand that tampers with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg

from bench.policy.facts import Channel
from bench.store.hashes import COLUMNS, link
from bench.store.records import Alias, Draft, Step
from bench.store.store import Store, Tx
from tests.store.helpers import NOON, a_unit, an_rma, later, log, raw, save

SQLITE_GUARDS = ("event_no_update", "event_no_delete", "event_in_order")


def a_history(where: Path | str, units: int = 6, events: int = 5) -> None:
    """Units with an RMA each, five events a unit (one of them undone, one remembers a label), a
    draft and a counter."""
    store = Store.open(where)
    for number in range(units):
        name = f"u{number}"
        unit = a_unit(name, brand="Snom", customer="Žižka & Søn 株式会社", channel=Channel.DIRECT)
        save(store, unit, an_rma(f"r{number}", name))

        def work(tx: Tx, name: str = name, number: int = number) -> None:
            for seq in range(1, events + 1):
                data = {"text": f"ünïcode {seq}", "n": seq}
                more: dict[str, Any] = {"rma_id": f"r{number}", "data": data, "at": later(seq)}
                undo = {"step": Step.UNDONE, "reverses": f"{name}-1"} if seq == 2 else {}
                log(tx, f"{name}-{seq}", name, **(more | undo | _label(seq, name)))
            if events >= 4:
                tx.add_alias(Alias(f"LÄBEL-{name}", name, f"läbel-{name} ", f"{name}-4"))
            tx.next_running("Bench 2")

        store.write("", work)
    store.save_draft(Draft("unit:u1:receive", "Snom", "receive", {"a": "b\n\t\"'"}, NOON, "Ana"))
    store.close()


def _label(seq: int, name: str) -> dict[str, Any]:
    """The fourth event remembers a label."""
    data = {"key": f"LÄBEL-{name}", "scanned": f"läbel-{name} "}
    return {"step": Step.ALIAS_ADDED, "data": data} if seq == 4 else {}


class Hand:
    """Somebody with the rights of the owner, who takes the guards away first."""

    def __init__(self, where: Path | str) -> None:
        self._file = isinstance(where, Path)
        self._connection: Any
        if isinstance(where, Path):
            self._connection = raw(where)
            self._connection.execute("PRAGMA foreign_keys = 0")
            for name in SQLITE_GUARDS:
                self._connection.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            self._connection = psycopg.connect(where, autocommit=True)
            self._connection.execute("SET session_replication_role = replica")

    def __enter__(self) -> Hand:
        """For `with`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Goes away."""
        self._connection.close()

    def run(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        """Runs a statement with `?`."""
        cursor = self._connection.execute(sql if self._file else sql.replace("?", "%s"), params)
        return list(cursor.fetchall()) if cursor.description else []

    def rehash(self, unit: str, only: int = 0) -> None:
        """Makes the hashes of a unit's events anew: all of them, or that of one event."""
        rows = self.run(
            f"SELECT {', '.join(COLUMNS)}, hash FROM event WHERE unit_id = ? ORDER BY seq", unit
        )
        before = bytes(32)
        for row in rows:
            stored = bytes(row[-1])
            if not only or row[3] == only:
                stored = link(before, row[:-1])
                self.run("UPDATE event SET hash = ? WHERE op_id = ?", stored, row[0])
            before = stored


def content(where: Path | str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table in its order, for comparing two databases."""
    from bench.store.migrate import MARK
    from bench.store.openform import _select
    from bench.store.snapshot import open_snapshot

    with open_snapshot(where) as snapshot:
        tables = {t: snapshot.rows(_select(t, snapshot.columns(t))) for t in snapshot.tables()}
    tables["meta"] = [row for row in tables["meta"] if not row[0].startswith(MARK)]
    return tables
