"""The rules over every combination of facts, against DOMAIN sections 3 and 4 told once more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.policy.decide import decide
from bench.policy.facts import (
    AgeReference,
    Band,
    ChainLink,
    Channel,
    Contact,
    Decision,
    Facts,
    Hold,
    Kind,
    Outcome,
    Payer,
    Route,
    Speed,
)
from tests.policy.grid import BRANDS, REFERENCE, before, hold_facts, policy_facts, tables

NTF, REPAIR, REPLACE = Outcome.NO_TROUBLE_FOUND, Outcome.REPAIR, Outcome.REPLACE
EARLY, IN, OUT = Band.EARLY, Band.IN_WARRANTY, Band.OUT_OF_WARRANTY
DIRECT, RESELLER = Channel.DIRECT, Channel.RESELLER
ALLOWED = {"Yealink": 1, "poly": 1}


def says(facts: Facts, prefer: AgeReference = AgeReference.OPENED) -> Decision:
    """The decision by the tables that bench comes with."""
    return decide(facts, tables(), prefer)


def used_up(facts: Facts, d: Decision) -> bool:
    """Whether the one more replacement that is wanted is one too many."""
    allowed = ALLOWED.get(facts.brand)
    used = d.replacements_used
    return facts.outcome is REPLACE and used is not None and allowed is not None and used >= allowed


# --- total: one decision each, and the same one again


def test_every_combination_has_exactly_one_answer() -> None:
    for facts in policy_facts():
        first = says(facts)
        assert isinstance(first, Decision)
        assert list(first.holds) == sorted(first.holds)
        assert not set(first.holds) & set(first.lifted)
        assert {gap.fact for gap in first.missing} <= {field.name for field in fields(Facts)}
        assert all(gap.why and gap.who for gap in first.missing)


def test_the_same_facts_give_the_same_answer() -> None:
    for number, facts in enumerate(policy_facts()):
        if number % 97 == 0:
            assert says(facts) == says(replace(facts))


DAYS = st.none() | st.dates()
LINKS = st.builds(ChainLink, DAYS, DAYS)
ANY = st.builds(
    Facts,
    brand=st.sampled_from(BRANDS) | st.text(max_size=50),
    channel=st.none() | st.sampled_from(Channel),
    shipped_on=DAYS,
    opened_on=DAYS,
    received_on=DAYS,
    outcome=st.none() | st.sampled_from(Outcome),
    original_packaging=st.none() | st.booleans(),
    rush_paid_by_customer=st.none() | st.booleans(),
    chain=st.lists(LINKS, max_size=4).map(tuple),
    contract_ends_on=DAYS,
    chain_fault=st.sampled_from(["", "The chain runs in a circle."]),
    contact=st.none() | st.sampled_from(Contact),
    quote_accepted=st.none() | st.booleans(),
    packaging_accepted=st.booleans(),
)


@settings(max_examples=400, deadline=None)
@given(ANY, st.sampled_from(AgeReference))
def test_no_facts_however_odd_raise_anything(facts: Facts, prefer: AgeReference) -> None:
    d = says(facts, prefer)
    assert d.band is not None or d.missing, "an open band names what is missing"
    assert d.age_days is None or d.age_days >= 0
    assert list(d.holds) == sorted(d.holds)


def test_a_warranty_beyond_the_calendar_ends_with_the_calendar() -> None:
    facts = Facts(brand="Yealink", shipped_on=date(9998, 5, 1), opened_on=date(9999, 12, 31))
    d = says(facts)
    assert (d.band, d.warranty_ends) == (IN, date.max)


# --- speed


def test_speed_is_that_of_the_outcome_and_the_age() -> None:
    for facts in policy_facts():
        d = says(facts)
        if facts.outcome is None:
            assert d.speed is None
        elif facts.outcome is NTF:
            rush = facts.rush_paid_by_customer is True
            assert d.speed is (Speed.RUSH if rush else Speed.GROUND)
        elif d.band is not None:
            assert d.speed is (Speed.RUSH if d.band is EARLY else Speed.GROUND)
        elif d.age_days is not None:
            assert d.speed is Speed.GROUND, "later than day 30, whatever the warranty"
        else:
            assert d.speed is None


def test_what_is_early_ends_with_day_30_whatever_the_brand() -> None:
    for brand in BRANDS:
        d = says(Facts(brand=brand, shipped_on=before(30), opened_on=REFERENCE))
        assert (d.band, d.age_days) == (EARLY, 30)
        assert says(Facts(brand=brand, shipped_on=before(31), opened_on=REFERENCE)).band != EARLY


# --- money


def wanted_money(facts: Facts, d: Decision) -> tuple[Payer | None, ...]:
    """To us, back, to the distributor; written from DOMAIN section 3, not from the tables."""
    quote = (Payer.BY_QUOTE,) * 3
    us, nobody = Payer.US, Payer.NOBODY
    if d.band is OUT or used_up(facts, d):
        found = quote
    elif d.band is IN:
        found = (Payer.CUSTOMER, us, nobody)
    elif facts.channel is DIRECT:
        found = (us, us, nobody)
    else:
        found = (Payer.RESELLER, us, us)
    rush = facts.outcome is NTF and facts.rush_paid_by_customer is True
    return (found[0], Payer.CUSTOMER if rush else found[1], found[2])


def complete() -> Iterator[tuple[Facts, Decision]]:
    """The combinations in which band, channel and outcome are known, with what is decided."""
    for facts in policy_facts():
        if facts.channel is not None and facts.outcome is not None:
            d = says(facts)
            if d.band is not None:
                yield facts, d


def test_payers_are_those_of_the_table_of_bands() -> None:
    for facts, d in complete():
        found = (d.payer_to_us, d.payer_back, d.payer_to_distributor)
        assert found == wanted_money(facts, d), facts


def test_the_deductible_is_per_phone_in_warranty_and_only_with_a_vendor_rma() -> None:
    for facts, d in complete():
        if d.band is OUT or used_up(facts, d):
            assert (d.deductible_cents, d.deductible_by_quote) == (None, True), facts
            continue
        due = d.band is IN and facts.outcome is not NTF and d.kind is Kind.PHONE
        assert (d.deductible_cents, d.deductible_by_quote) == (4500 if due else 0, False), facts


def test_what_the_early_band_asks_for() -> None:
    for facts, d in complete():
        early = d.band is EARLY
        assert d.packaging_required is early
        assert d.management_notice is early
        assert d.failure_question is (early and facts.channel is DIRECT)
        assert d.advance_replacement is (early and facts.channel is DIRECT)
        assert d.advance_return_days == 30
        assert d.ships_straight_to_customer is (facts.channel is RESELLER)
        assert d.contact_first is (facts.outcome is NTF)
        assert d.partner_team is (d.band is OUT or used_up(facts, d))


def test_the_vendor_route_is_the_brands_and_only_for_what_goes_to_the_vendor() -> None:
    routes = {
        "Yealink": Route.DISTRIBUTOR,
        "poly": Route.DISTRIBUTOR,
        "Pulse Secure": Route.THREE_LEGGED,
    }
    for facts, d in complete():
        starts = facts.outcome is not NTF and not d.partner_team
        assert d.vendor_route is (routes.get(facts.brand) if starts else None)


def test_htek_goes_to_the_vendor_itself() -> None:
    facts = Facts(brand="Htek", channel=DIRECT, outcome=REPAIR, shipped_on=before(40))
    d = says(replace(facts, opened_on=REFERENCE))
    assert d.vendor_route is Route.VENDOR


# --- holds


def wanted_holds(facts: Facts, d: Decision) -> tuple[set[Hold], set[Hold]]:
    """What stops the unit, and what would but is lifted; from DOMAIN sections 3 and 4."""
    stands = set()
    if facts.outcome is NTF:
        stands.add(Hold.CONTACT)
    if facts.outcome is REPLACE and d.band is EARLY:
        stands.add(Hold.PACKAGING)
    if d.band is OUT or used_up(facts, d):
        stands.add(Hold.QUOTE)
    lifted = set()
    if facts.contact in (Contact.YES, Contact.NO):
        lifted.add(Hold.CONTACT)
    if facts.original_packaging or facts.packaging_accepted:
        lifted.add(Hold.PACKAGING)
    if facts.quote_accepted:
        lifted.add(Hold.QUOTE)
    return stands - lifted, stands & lifted


def test_holds_are_those_that_apply_less_those_that_are_lifted() -> None:
    for facts in hold_facts():
        d = says(facts)
        holds, lifted = wanted_holds(facts, d)
        assert (set(d.holds), set(d.lifted)) == (holds, lifted), facts
        assert all(d.lifted.values()), "what lifted it is told"


def test_nothing_goes_back_only_where_the_customer_was_asked_and_said_no() -> None:
    for facts in hold_facts():
        unwanted = facts.outcome is NTF and facts.contact is Contact.NO
        assert says(facts).send_back is not unwanted


# --- what is not known is never guessed, and what can be known is not held back


def test_an_unknown_ship_date_still_leaves_what_hangs_on_the_outcome() -> None:
    d = says(Facts(brand="Yealink", channel=RESELLER, outcome=NTF, opened_on=REFERENCE))
    assert (d.band, d.speed, d.contact_first) == (None, Speed.GROUND, True)
    assert (d.advance_replacement, d.ships_straight_to_customer) == (False, True)
    assert (d.payer_back, d.payer_to_us) == (None, None)
    assert [gap.fact for gap in d.missing] == ["shipped_on"]


def test_a_ship_date_after_the_reference_day_is_missing_not_negative() -> None:
    facts = Facts(brand="Yealink", channel=DIRECT, outcome=REPAIR, shipped_on=before(-3))
    d = says(replace(facts, opened_on=REFERENCE))
    assert (d.age_days, d.band, d.speed, d.warranty_ends) == (None, None, None, None)
    assert [gap.fact for gap in d.missing] == ["shipped_on"]


def test_a_brand_without_a_rule_leaves_the_band_open_after_day_30() -> None:
    facts = Facts(brand="Nobody Phones", channel=DIRECT, outcome=REPAIR, opened_on=REFERENCE)
    d = says(replace(facts, shipped_on=before(31)))
    assert (d.band, d.age_days, d.speed) == (None, 31, Speed.GROUND)
    assert "Nobody Phones" in d.missing[0].why


def dated(shipped: date, opened: date, received: date) -> Facts:
    """Direct, Yealink, with the three days."""
    known = Facts(brand="Yealink", channel=DIRECT)
    return replace(known, shipped_on=shipped, opened_on=opened, received_on=received)


def test_the_setting_says_which_day_counts_and_the_other_band_is_told() -> None:
    facts = dated(before(29), REFERENCE, before(-4))
    opened, received = says(facts), says(facts, AgeReference.RECEIVED)
    assert (opened.band, opened.other_band, opened.age_days) == (EARLY, IN, 29)
    assert (received.band, received.other_band, received.age_days) == (IN, EARLY, 33)
    assert opened.reference is AgeReference.OPENED
    assert received.reference is AgeReference.RECEIVED


@pytest.mark.parametrize("prefer", AgeReference)
def test_the_other_day_stands_in_where_the_preferred_one_is_not_known(prefer: AgeReference) -> None:
    for only in ("opened_on", "received_on"):
        known: dict[str, Any] = {only: REFERENCE}
        d = says(Facts(brand="Yealink", shipped_on=before(5), **known), prefer)
        assert (d.age_days, d.band) == (5, EARLY)
