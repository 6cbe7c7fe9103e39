"""Questions: finding units, the queue, the figures on Home, chains, drafts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from bench.scan.serials import fold
from bench.store.errors import Damaged
from bench.store.records import Counts, Draft, State
from bench.store.store import Store
from tests.store.helpers import NOON, a_unit, an_rma, later, save


def _ids(records: list[Any]) -> list[str]:
    return [record.id for record in records]


def test_find_is_exact(store: Store) -> None:
    mac = "805EC0A1B2C3"
    save(
        store,
        a_unit("u1", "ab-0 1", brand="Yealink", mac=mac),
        a_unit("u2", "AB-01", brand="Grandstream"),
        a_unit("u3", "ABO1"),
        a_unit("u4", mac),
    )
    assert _ids(store.find("AB-01")) == ["u2", "u1"]
    assert _ids(store.find("AB-0")) == []
    assert _ids(store.find(mac)) == ["u4", "u1"]
    assert store.find("") == []
    assert _ids(store.near([fold("AB01"), "OTHER"])) == ["u1", "u2", "u3"]
    assert len(store.near([fold("AB01")], limit=2)) == 2
    assert store.near([]) == []


def test_search_goes_by_beginnings(store: Store) -> None:
    save(
        store,
        a_unit("u1", "ABC1", customer="Acme Corp"),
        a_unit("u2", "abc2", customer="Zed"),
        a_unit("u3", "XABC", customer="ABC Phones"),
        an_rma("r1", "u2", number="26-000012", state=State.CLOSED),
        an_rma("r2", "u3", number="26-000013"),
        an_rma("r3", "u2", number="26-000014"),
    )
    assert _ids(store.search("abc")) == ["u1", "u2", "u3"]
    assert _ids(store.search("ABC", limit=2)) == ["u1", "u2"]
    assert _ids(store.search("26-0000")) == ["u2", "u3"]
    assert _ids(store.search("ACME c")) == ["u1"]
    assert _ids(store.search("BC")) == []
    assert store.search("") == store.search(" ") == []
    assert store.search("%") == store.search("_BC") == store.search("\ud800\0") == []


def test_rmas_are_found(store: Store) -> None:
    save(store, a_unit(), an_rma("r1", state=State.CLOSED), an_rma("r2"))
    assert getattr(store.rma_by_number("26-r1"), "id", "") == "r1"
    assert getattr(store.open_rma("u1"), "id", "") == "r2"
    assert _ids(store.rmas_of("u1")) == ["r2", "r1"]
    assert (store.rma("x"), store.rma_by_number("x"), store.open_rma("x")) == (None, None, None)


def test_pages_of_everything(store: Store) -> None:
    save(store, *(a_unit(f"u{number}") for number in range(5)))
    assert _ids(store.units(limit=3)) == ["u0", "u1", "u2"]
    assert _ids(store.units("u2", 3)) == ["u3", "u4"]
    assert [store.units("u4"), store.rmas(), store.events()] == [[], [], []]


def test_the_queue_goes_by_what_hurts_most(store: Store) -> None:
    wanted = [
        an_rma("r5", "u0", rank=100, since=later(5)),
        an_rma("r1", "u1", rank=100, since=later(9), number="26-1"),
        an_rma("r2", "u2", rank=100, since=later(9), number="26-2"),
        an_rma("r3", "u3", rank=200, since=later(1)),
        an_rma("r4", "u4"),
    ]
    gone = an_rma("r9", "u0", rank=1, state=State.SHIPPED)
    save(store, *(a_unit(f"u{number}") for number in range(5)), *reversed(wanted), gone)
    assert [row.rma for row in store.queue(0, 10)] == wanted
    assert [row.unit.id for row in store.queue(1, 2)] == ["u1", "u2"]
    assert store.queue(5, 10) == []
    assert store.queue_count() == 5


def test_the_figures_on_home(path: Path) -> None:
    store = Store.open(path, zone=timezone(timedelta(hours=-6)))
    day = date(2026, 3, 2)
    shipped = [datetime(2026, 3, 2, 5, 59, 59, tzinfo=UTC), datetime(2026, 3, 2, 6, tzinfo=UTC),
        datetime(2026, 3, 3, 5, 59, 59, 999999, tzinfo=UTC), datetime(2026, 3, 3, 6, tzinfo=UTC),
    ]  # fmt: skip
    save(store, *(a_unit(f"u{number}") for number in range(7)))
    save(
        store,
        *(an_rma(f"s{n}", "u0", state=State.SHIPPED, shipped_at=at, mark="rush")
          for n, at in enumerate(shipped)),
        an_rma("r1", "u1", state=State.RECEIVED, received_on=day),
        an_rma("r2", "u2", state=State.RECEIVED, received_on=day - timedelta(1), mark="rush"),
        an_rma("r3", "u3", state=State.READY_TO_SHIP, received_on=day, mark="rush"),
        an_rma("r4", "u4", state=State.CANCELLED),
    )  # fmt: skip
    store.save_draft(Draft("unit:u1", "T54W", "receive", {}, NOON))
    by_state = {State.RECEIVED: 2, State.READY_TO_SHIP: 1}
    assert store.counts(day) == Counts(by_state, 2, 2, 2, 1)
    store.close()


def test_a_chain_is_followed_to_its_first_unit(store: Store) -> None:
    save(
        store,
        a_unit("u1"),
        a_unit("u2", replaces_id="u1"),
        a_unit("u3", replaces_id="u2"),
        an_rma("r1", "u1", state=State.CLOSED, replacement_id="u2"),
        an_rma("r2", "u1", state=State.CLOSED),
        an_rma("r3", "u2", state=State.SHIPPED),
        an_rma("r4", "u2", state=State.CANCELLED),
    )
    links, fault = store.chain_of("u3")
    assert [(unit.id, rma and rma.id) for unit, rma in links] == [("u1", "r1"), ("u2", "r3")]
    assert fault == ""
    assert store.chain_of("u1") == store.chain_of("nobody") == ([], "")


def test_a_chain_says_why_it_ends_too_early(store: Store) -> None:
    save(store, a_unit("a", replaces_id="b"), a_unit("b", replaces_id="a"))
    save(store, a_unit("me", replaces_id="me"), a_unit("lost", replaces_id="nowhere"))
    save(store, a_unit("n0"), *(a_unit(f"n{i}", replaces_id=f"n{i - 1}") for i in range(1, 40)))
    links, fault = store.chain_of("a")
    assert (_ids([unit for unit, _ in links]), fault) == (
        ["b"],
        "The chain of replacements runs in a circle at serial SER-b.",
    )
    assert "circle" in store.chain_of("me")[1]
    assert store.chain_of("lost") == (
        [],
        "The unit that serial SER-lost replaced is not in the database.",
    )
    links, fault = store.chain_of("n39")
    assert (len(links), links[0][0].id, "longer than 32" in fault) == (32, "n7", True)
    assert store.chain_of("n32")[1] == ""


def test_drafts_come_and_go(store: Store) -> None:
    first = Draft("unit:u1", "T54W", "receive", {"notes": "a"}, NOON, "Ana")
    second = Draft("serial:X", "X", "receive", {}, later(5))
    third = Draft("unit:u1", "T54W", "diagnose", {"checks": ["power"]}, later(9), "Bob")
    for draft in (first, second, third):
        store.save_draft(draft)
    assert store.drafts() == [third, second]
    assert store.drafts(1) == [third]
    store.drop_draft("unit:u1")
    store.drop_draft("unit:u1")
    assert (store.draft("unit:u1"), store.draft("serial:X")) == (None, second)


@pytest.mark.parametrize(
    ("nasty", "kept"),
    [
        ("😀 é 漢字 ‮ \x1b[2J \t\r\n' \" ; -- \\u0000", None),
        ("a\0b", "ab"),
        ("half \ud83d of it", "half ? of it"),
        ("", None),
    ],
)
def test_drafts_keep_nasty_text(store: Store, nasty: str, kept: str | None) -> None:
    kept = nasty if kept is None else kept
    fields = {"notes": nasty, nasty: [nasty, {"deep": nasty}]}
    store.save_draft(Draft(f"serial:{nasty}", nasty, "receive", fields, NOON, nasty))
    expected = {"notes": kept, kept: [kept, {"deep": kept}]}
    assert store.draft(f"serial:{nasty}") == Draft(
        f"serial:{kept}", kept, "receive", expected, NOON, kept
    )
    store.drop_draft(f"serial:{nasty}")
    assert store.drafts() == []


def test_a_value_that_nobody_wrote_is_named(store: Store) -> None:
    save(store, a_unit())
    store._link.rows("UPDATE unit SET channel = 'friend'")
    with pytest.raises(Damaged, match=r"a row of unit: 'friend'"):
        store.unit("u1")
