"""Loading many units: what is known stays, what is new comes in."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

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
