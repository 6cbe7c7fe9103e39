"""Open vendor cases, originals that are out, RMAs whose day has come: as the store finds them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bench.policy.facts import Route
from bench.policy.vendor_case import SentAheadWhy, VendorCase
from bench.store.records import Rma, State
from bench.store.store import Store
from tests.store.helpers import a_unit, an_rma, save

DAY = date(2028, 2, 29)
CASE = VendorCase(Route.VENDOR, vendor="Htek", stalls_on=DAY)
AHEAD: dict[str, Any] = {"sent_ahead_why": SentAheadWhy.ADVANCE, "sent_ahead_on": DAY}


def kept(store: Store, *changes: dict[str, Any]) -> list[Rma]:
    """An RMA for each of the changes, of units u0, u1 …"""
    rmas = [an_rma(f"r{n}", f"u{n}", **more) for n, more in enumerate(changes)]
    save(store, *(a_unit(rma.unit_id) for rma in rmas), *rmas)
    return rmas


def ids(rows: Any) -> list[str]:
    """The ids of the RMAs of queue rows."""
    return [row.rma.id for row in rows]


def test_open_cases_of_any_state_come_in_pages(store: Store) -> None:
    ended = replace(CASE, ended_on=DAY, ended_why="the vendor refused it")
    rmas = kept(
        store,
        {"vendor": CASE},
        {"vendor": CASE, "state": State.SHIPPED},
        {"vendor": ended},
        {"vendor": CASE, "state": State.CLOSED},
        {},
    )
    assert store.open_case_count() == 3
    first, second = store.open_cases(2), store.open_cases(2, 2)
    assert (ids(first), ids(second)) == (["r0", "r1"], ["r3"])
    assert (first[0].rma, first[0].unit) == (rmas[0], a_unit("u0"))
    assert store.open_cases(2, 4) == []


def test_a_case_that_ends_is_left_out_and_one_that_goes_on_again_is_back(store: Store) -> None:
    (rma,) = kept(store, {"vendor": CASE})
    ended = replace(rma, vendor=replace(CASE, ended_on=DAY))
    ended = store.write("", lambda tx: tx.save_rma(ended))
    assert (store.open_cases(), store.open_case_count()) == ([], 0)
    store.write("", lambda tx: tx.save_rma(replace(ended, vendor=CASE)))
    assert ids(store.open_cases()) == ["r0"]


def test_the_soonest_original_comes_first_and_one_that_is_here_is_none(store: Store) -> None:
    kept(
        store,
        AHEAD | {"advance_due_on": DAY + timedelta(days=1)},
        AHEAD | {"advance_due_on": DAY},
        AHEAD | {"advance_due_on": DAY, "received_on": DAY},
        AHEAD | {"advance_due_on": DAY, "state": State.CANCELLED},
        AHEAD | {"sent_ahead_why": SentAheadWhy.THREE_LEGGED},
        {},
    )
    assert ids(store.open_advances()) == ["r1", "r0"]


def test_who_waits_for_the_customers_word(store: Store) -> None:
    kept(store, {"state": State.AWAITING_CONTACT}, {"state": State.RECEIVED})
    assert ids(store.open_contacts()) == ["r0"]


@pytest.mark.parametrize(
    ("wakes", "woken"),
    [(DAY - timedelta(days=14), True), (DAY, True), (DAY + timedelta(days=1), False)],
)
def test_an_open_rma_wakes_on_its_day_and_not_before(
    store: Store, wakes: date, woken: bool
) -> None:
    kept(store, {"wakes_on": wakes}, {"wakes_on": wakes, "state": State.CLOSED}, {})
    assert store.waking(DAY, 100) == (["r0"] if woken else [])


def test_no_more_wake_at_once_than_are_asked_for(store: Store) -> None:
    kept(store, *({"wakes_on": DAY - timedelta(days=n)} for n in (1, 3, 2)))
    assert len(set(store.waking(DAY, 2))) == 2
    assert set(store.waking(DAY, 100)) == {"r0", "r1", "r2"}
