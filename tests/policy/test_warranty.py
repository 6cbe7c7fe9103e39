"""Warranty start along the chain, its last day, and the bands around them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.policy.facts import AgeReference, Band, ChainLink, Facts
from bench.policy.warranty import (
    age_of,
    anniversary,
    band_on,
    follow_chain,
    last_warranty_day,
    reference_day,
)
from tests.policy.grid import tables

START = date(2024, 3, 1)
OPENED, RECEIVED = AgeReference.OPENED, AgeReference.RECEIVED


def after(days: int, start: date = START) -> date:
    """So many days after the first unit was shipped."""
    return start + timedelta(days=days)


# --- the anniversary


@pytest.mark.parametrize(
    ("start", "years", "end"),
    [
        (date(2024, 3, 1), 2, date(2026, 3, 1)),
        (date(2024, 2, 29), 2, date(2026, 2, 28)),
        (date(2024, 2, 29), 3, date(2027, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2096, 2, 29), 4, date(2100, 2, 28)),
        (date(2023, 2, 28), 1, date(2024, 2, 28)),
        (date(2023, 12, 31), 2, date(2025, 12, 31)),
        (date(9999, 1, 1), 1, date.max),
    ],
)
def test_anniversary(start: date, years: int, end: date) -> None:
    assert anniversary(start, years) == end


@given(st.dates(max_value=date(9900, 1, 1)), st.integers(1, 50))
def test_anniversary_is_the_same_day_or_the_28th(start: date, years: int) -> None:
    end = anniversary(start, years)
    assert end.year == start.year + years
    assert (end.month, end.day) in {(start.month, start.day), (2, 28)}


def test_the_last_day_is_within_the_warranty_and_the_next_is_not() -> None:
    brand = tables().brand("Snom")
    assert brand is not None
    end = last_warranty_day(date(2024, 2, 29), brand, None)
    assert end == date(2027, 2, 28)
    days = [band_on(START, end + timedelta(n), end, 30) for n in (0, 1)]
    assert days == [Band.IN_WARRANTY, Band.OUT_OF_WARRANTY]


def test_a_contract_is_the_warranty_of_an_appliance() -> None:
    brand = tables().brand("Pulse Secure (appliance)")
    assert brand is not None
    assert last_warranty_day(START, brand, None) is None
    assert last_warranty_day(START, brand, after(90)) == after(90)


@pytest.mark.parametrize(
    ("days", "ends", "band"),
    [
        (0, None, Band.EARLY),
        (30, None, Band.EARLY),
        (31, None, None),
        (30, 10, Band.EARLY),
        (31, 10, Band.OUT_OF_WARRANTY),
        (31, 31, Band.IN_WARRANTY),
        (32, 31, Band.OUT_OF_WARRANTY),
    ],
)
def test_bands(days: int, ends: int | None, band: Band | None) -> None:
    end = None if ends is None else after(ends)
    assert band_on(START, after(days), end, 30) is band


def test_february_counts_as_it_is_long() -> None:
    leap, plain = date(2024, 1, 30), date(2025, 1, 30)
    end = date(2030, 1, 1)
    assert band_on(leap, date(2024, 2, 29), end, 30) is Band.EARLY
    assert band_on(leap, date(2024, 3, 1), end, 30) is Band.IN_WARRANTY
    assert band_on(plain, date(2025, 3, 1), end, 30) is Band.EARLY
    assert band_on(plain, date(2025, 3, 2), end, 30) is Band.IN_WARRANTY


# --- chains


def test_without_a_chain_the_units_own_ship_date_counts() -> None:
    chain = follow_chain(START, (), 30)
    assert (chain.start, chain.used, chain.fresh, chain.fault) == (START, 0, False, "")


def test_a_replacement_inherits_and_uses_the_allowance() -> None:
    chain = follow_chain(after(105), (ChainLink(START, after(100)),), 30)
    assert (chain.start, chain.used, chain.fresh) == (START, 1, False)


@pytest.mark.parametrize(("days", "fresh"), [(0, True), (30, True), (31, False)])
def test_doa_is_a_return_within_the_replaced_units_own_early_band(days: int, fresh: bool) -> None:
    own = after(days + 5)
    chain = follow_chain(own, (ChainLink(START, after(days)),), 30)
    assert (chain.start, chain.used) == ((own, 0) if fresh else (START, 1))
    assert chain.fresh is fresh


def test_a_chain_of_three_inherits_from_the_first() -> None:
    links = (ChainLink(START, after(100)), ChainLink(after(105), after(115)))
    chain = follow_chain(after(120), links, 30)
    assert (chain.start, chain.used) == (START, 2), "the second is no DOA: its clock is the first's"


def test_doa_then_a_replacement_starts_with_the_second() -> None:
    links = (ChainLink(START, after(10)), ChainLink(after(15), after(215)))
    chain = follow_chain(after(220), links, 30)
    assert (chain.start, chain.used) == (after(15), 1)


def test_doa_twice_starts_with_the_unit_itself() -> None:
    links = (ChainLink(START, after(10)), ChainLink(after(15), after(40)))
    chain = follow_chain(after(50), links, 30)
    assert (chain.start, chain.used, chain.fresh) == (after(50), 0, True)


def test_an_ancestor_without_its_own_ship_date_may_still_inherit_one() -> None:
    links = (ChainLink(START, after(100)), ChainLink(None, after(300)))
    assert follow_chain(None, links, 30).start == START


@pytest.mark.parametrize(
    ("links", "what"),
    [
        ((ChainLink(None, after(9)),), "unit 1 of the chain has no ship date"),
        ((ChainLink(START, None),), "unit 1 of the chain has no return date"),
        ((ChainLink(START, after(-1)),), "unit 1 of the chain was returned before it was shipped"),
        (
            (ChainLink(START, after(9)), ChainLink(None, after(20))),
            "unit 2 of the chain has no ship date",
        ),
    ],
)
def test_a_chain_with_a_gap_is_reported(links: tuple[ChainLink, ...], what: str) -> None:
    chain = follow_chain(after(500), links, 30)
    assert (chain.start, chain.used, chain.fault, chain.fact) == (None, None, what, "chain")


def test_a_doa_replacement_of_unknown_ship_date_lacks_its_own() -> None:
    chain = follow_chain(None, (ChainLink(START, after(3)),), 30)
    assert (chain.start, chain.fact, chain.used) == (None, "shipped_on", 0)


def test_a_loop_is_told_and_not_followed() -> None:
    fault = "The chain of replacements runs in a circle at serial A1."
    facts = Facts(brand="Yealink", shipped_on=START, opened_on=after(40), chain_fault=fault)
    age = age_of(facts, tables(), OPENED)
    assert (age.band, age.days, age.chain.used) == (None, None, None)
    assert [(gap.fact, gap.why) for gap in age.missing] == [("chain", fault)]


def test_early_counts_from_the_inherited_start() -> None:
    facts = Facts(brand="Yealink", shipped_on=after(105), opened_on=after(110))
    assert age_of(facts, tables(), OPENED).band is Band.EARLY
    chained = Facts(
        brand="Yealink",
        shipped_on=after(105),
        opened_on=after(110),
        chain=(ChainLink(START, after(100)),),
    )
    age = age_of(chained, tables(), OPENED)
    assert (age.band, age.days, age.ends) == (Band.IN_WARRANTY, 110, date(2026, 3, 1))


@given(st.lists(st.tuples(st.none() | st.dates(), st.none() | st.dates()), max_size=6))
def test_any_chain_has_an_answer_or_a_fault(pairs: list[tuple[date | None, date | None]]) -> None:
    chain = follow_chain(START, tuple(ChainLink(*pair) for pair in pairs), 30)
    assert (chain.start is None) == bool(chain.fault)
    assert chain.used is None or 0 <= chain.used <= len(pairs)


# --- the reference day


def test_the_reference_day() -> None:
    both = Facts(opened_on=START, received_on=after(4))
    assert reference_day(both, OPENED) == (START, OPENED)
    assert reference_day(both, RECEIVED) == (after(4), RECEIVED)
    assert reference_day(Facts(received_on=START), OPENED) == (START, RECEIVED)
    assert reference_day(Facts(opened_on=START), RECEIVED) == (START, OPENED)
    assert reference_day(Facts(), OPENED) == (None, None)


def test_without_a_reference_day_the_warranty_end_is_still_told() -> None:
    age = age_of(Facts(brand="Htek", shipped_on=START), tables(), OPENED)
    assert (age.ends, age.band) == (date(2028, 3, 1), None)
    assert [gap.fact for gap in age.missing] == ["opened_on"]


def test_no_other_band_where_the_other_day_is_before_the_start() -> None:
    facts = Facts(brand="Yealink", shipped_on=START, opened_on=after(-5), received_on=after(2))
    age = age_of(facts, tables(), RECEIVED)
    assert (age.band, age.other_band) == (Band.EARLY, None)


@pytest.mark.parametrize("brand", ["", "Nobody"])
def test_an_unknown_brand_says_who_can_help(brand: str) -> None:
    age = age_of(Facts(brand=brand, shipped_on=START, opened_on=after(60)), tables(), OPENED)
    assert age.days == 60
    assert age.possible_bands == {Band.IN_WARRANTY, Band.OUT_OF_WARRANTY}
    assert age.missing[0].fact == "brand"
    assert age.missing[0].who
