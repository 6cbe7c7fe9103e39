"""Loading many units: what is known stays, what is new comes in."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from bench.policy.facts import Channel
from bench.store.records import Unit
from bench.store.store import Store
from tests.store.helpers import a_unit

FULL = a_unit(
    "u1", "ab 1", brand="Yea Link", model="T54W", mac="805EC0A1B2C3", customer="Acme",
    channel=Channel.RESELLER, service_level="platinum", order_no="SO-1",
    shipped_on=date(2025, 1, 2), contract_ends_on=date(2028, 1, 2), replaces_id="u0",
)  # fmt: skip


def _load(store: Store, *units: Unit) -> tuple[int, int, int]:
    return store.write("", lambda tx: tx.upsert_units(units))


def test_new_same_and_changed(store: Store) -> None:
    assert _load(store, FULL, a_unit("u2")) == (2, 0, 0)
    assert _load(store, FULL, a_unit("u2")) == (0, 0, 2)
    assert _load(store, FULL, a_unit("u2", model="T31"), a_unit("u3")) == (1, 1, 1)
    assert [unit.version for unit in store.units()] == [0, 1, 0]
    assert _load(store) == (0, 0, 0)


def test_empty_never_overwrites(store: Store) -> None:
    _load(store, FULL)
    assert _load(store, a_unit("u9", "AB1", brand="yealink")) == (0, 0, 1)
    assert store.units() == [FULL]


def test_a_known_unit_keeps_id_and_spelling(store: Store) -> None:
    _load(store, FULL)
    again = replace(
        FULL, id="u9", serial="AB1", brand="YEALINK", customer="Zed", shipped_on=date(2025, 2, 3)
    )
    assert _load(store, again) == (0, 1, 0)
    wanted = replace(FULL, customer="Zed", shipped_on=date(2025, 2, 3), version=1)
    assert store.units() == [wanted]
    assert [unit.id for unit in store.search("zed")] == ["u1"]
    assert store.search("acme") == []


def test_gaps_are_filled(store: Store) -> None:
    bare = a_unit("u1", "ab 1", brand="Yea Link")
    _load(store, bare)
    assert _load(store, FULL) == (0, 1, 0)
    assert store.units() == [replace(FULL, version=1)]


def test_the_same_unit_twice_in_a_file(store: Store) -> None:
    assert _load(store, a_unit("u1"), a_unit("u2", "SER-u1", model="T54W")) == (1, 1, 0)
    assert store.units() == [a_unit("u1", model="T54W", version=1)]


def test_other_brands_are_other_units(store: Store) -> None:
    units = [a_unit(f"u{n}", "AB1", brand=brand) for n, brand in enumerate(("", "A", "B"))]
    assert _load(store, *units) == (3, 0, 0)


def test_twenty_thousand_rows_are_quick(store: Store) -> None:
    units = [replace(FULL, id=f"u{n}", serial=f"S{n}", serial_key=f"S{n}") for n in range(20_000)]
    began = time.perf_counter()
    assert _load(store, *units) == (20_000, 0, 0)
    assert time.perf_counter() - began < 8  # about one second on an idle machine


def _columns(units: Sequence[Unit]) -> dict[str, list[Any]]:
    names = [f.name for f in fields(Unit) if f.name != "version"]
    return {name: [getattr(unit, name) for unit in units] for name in names}


ODD = [
    FULL,
    a_unit("u2"),
    a_unit("u3", "Zß-1", brand="Mü", customer="a\x1fb\x1e'c", channel=Channel.DIRECT),
    a_unit("u4", "OIL/1", model="a\0b\ud800", order_no="\\N"),
]


@pytest.mark.parametrize("units", [ODD, ODD[:2], ODD[1:2]])
def test_column_by_column_is_the_same_as_unit_by_unit(store: Store, units: list[Unit]) -> None:
    sql = "SELECT * FROM unit ORDER BY id"
    assert _load(store, *units) == (len(units), 0, 0)
    one_by_one = store._link.rows(sql)
    store._link.rows("DELETE FROM unit")
    added = store.write("", lambda tx: tx.add_units(_columns(units)))
    assert added == (len(units), 0, 0)
    assert store._link.rows(sql) == one_by_one


def test_what_the_columns_leave_out_is_empty(store: Store) -> None:
    columns = {"id": ["u1", "u2"], "serial": ["a1", "a2"], "serial_key": ["A1", "A2"]}
    assert store.write("", lambda tx: tx.add_units(columns)) == (2, 0, 0)
    assert store.units() == [a_unit("u1", "a1"), a_unit("u2", "a2")]


def test_another_bench_was_quicker_with_one_of_them(store: Store) -> None:
    _load(store, a_unit("theirs", "SER-u1", model="T31"), a_unit("same", "SER-u2"))
    units = [a_unit("u1", model="T54W"), a_unit("u2"), a_unit("u3")]
    assert store.write("", lambda tx: tx.add_units(_columns(units))) == (1, 1, 1)
    assert store.units() == [
        a_unit("same", "SER-u2"),
        a_unit("theirs", "SER-u1", model="T54W", version=1),
        a_unit("u3"),
    ]


def test_many_serials_are_found_as_one_is(store: Store) -> None:
    units = [a_unit(f"u{n}", f"S{n % 40}", brand="AB"[n // 40]) for n in range(80)]
    _load(store, *units)
    keys = [f"S{n}" for n in range(50)]
    found = store.find_serials(keys)
    assert found == {key: store.find(key) for key in keys if store.find(key)}
    assert store.find_serials([]) == {}
    assert len(store.find_serials(f"S{n}" for n in range(25_000))) == 40
