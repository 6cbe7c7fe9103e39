"""Records come back as they went in, whatever is in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.policy.facts import Channel, Contact, Outcome, Payer, Speed
from bench.store.records import Event, Rma, State, Step, Unit, new_op_id
from bench.store.rows import EVENT, RMA, UNIT, Mapper, moment_text, plain
from bench.store.store import Store
from tests.store.helpers import a_unit, an_rma, save

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
MOMENTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.timezones())  # noqa: DTZ001
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    bool: st.booleans(),
    int: st.integers(-(2**62), 2**62),
    date: st.dates(),
    # In UTC: a moment in the hour that a clock change skips or repeats equals no other zone's.
    datetime: MOMENTS.map(lambda moment: moment.astimezone(UTC)),
    **{kind: st.sampled_from(kind) for kind in (Channel, Contact, Outcome, Payer, Speed, State)},
}


def _records(kind: type[Any], **given_: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Records with any values of their fields' types; None where that is allowed."""
    parts = {}
    for name, hint in get_type_hints(kind).items():
        options = getattr(hint, "__args__", (hint,))
        found = [BY_TYPE[one] for one in options if one in BY_TYPE]
        if type(None) in options:
            found.append(st.none())
        parts[name] = given_[name] if name in given_ else st.one_of(*found)
    return st.builds(kind, **parts)


UNITS = _records(Unit, id=st.just("u1"), serial_key=TEXT.filter(bool))
RMAS = _records(
    Rma, id=st.just("r1"), number=st.just("n1"), unit_id=st.just("u0"),
    replacement_id=st.none() | st.just("u0"), accessories=st.lists(TEXT, max_size=3).map(tuple),
    checks=st.dictionaries(TEXT, TEXT, max_size=3),
)  # fmt: skip
EVENTS = _records(
    Event, op_id=st.builds(new_op_id), unit_id=st.just("u0"), rma_id=st.none() | st.just("r0"),
    seq=st.just(0), step=st.sampled_from(Step), reverses=st.none(), hash=st.just(b""),
    data=st.dictionaries(TEXT, JSON, max_size=4),
)  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for all examples: each undoes what it did."""
    store = Store.open(tmp_path_factory.mktemp("rows") / "bench.db")
    save(store, a_unit("u0"), an_rma("r0", "u0", state=State.CLOSED))
    yield store
    store.close()


class _Undo(Exception):
    pass


@settings(max_examples=60, deadline=None)
@given(unit=UNITS)
def test_units_come_back(shared: Store, unit: Unit) -> None:
    def work(tx: Any) -> None:
        tx.add_unit(unit)
        assert tx.unit("u1") == unit
        assert tx.find(unit.serial_key)[0] == unit
        raise _Undo

    with pytest.raises(_Undo):
        shared.write("", work)


@settings(max_examples=60, deadline=None)
@given(rma=RMAS)
def test_rmas_come_back(shared: Store, rma: Rma) -> None:
    def work(tx: Any) -> None:
        tx.add_rma(rma)
        assert tx.rma("r1") == rma
        saved = tx.save_rma(rma)
        assert tx.rmas_of("u0")[0] == saved
        raise _Undo

    with pytest.raises(_Undo):
        shared.write("", work)


MADE = ("seq", "hash")
"""What the store itself gives an event."""


@settings(max_examples=60, deadline=None)
@given(event=EVENTS)
def test_events_come_back(shared: Store, event: Event) -> None:
    def work(tx: Any) -> Event:
        given_ = {f.name: getattr(event, f.name) for f in fields(event) if f.name not in MADE}
        return tx.append(**given_)  # type: ignore[no-any-return]

    saved = shared.write(event.op_id, work)
    assert shared.event(event.op_id) == saved
    assert shared.events_of_unit("u0", 1) == [saved]


@settings(max_examples=200, deadline=None)
@given(one=MOMENTS, other=MOMENTS)
def test_moments_sort_as_time_does(one: datetime, other: datetime) -> None:
    assert (moment_text(one) < moment_text(other)) == (one.astimezone(UTC) < other.astimezone(UTC))
    assert datetime.fromisoformat(moment_text(one)) == one.astimezone(UTC)
    assert len(moment_text(one)) == len("YYYY-MM-DDTHH:MM:SS.ffffffZ")


def test_what_cannot_be_kept_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        moment_text(datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(TypeError, match="set cannot be kept"):
        plain({"a": {1}})
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    kept = plain({"at": moment, "on": date(2026, 1, 2), "state": State.CLOSED, "all": (1,)})
    assert kept == {"at": "2026-01-01T00:00:00.000000Z", "on": "2026-01-02", "state": "closed",
        "all": [1]}  # fmt: skip


@pytest.mark.parametrize("mapper", [UNIT, RMA, EVENT])
def test_every_field_has_its_column(shared: Store, mapper: Mapper[Any]) -> None:
    columns = {row[1] for row in shared._link.rows(f"PRAGMA table_info({mapper.table})")}
    assert set(mapper.columns) <= columns
