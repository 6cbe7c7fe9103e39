"""Every part that was decided says why, in plain words, with the rule that it came from."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

import pytest

from bench.policy.decide import decide
from bench.policy.facts import (
    ChainLink,
    Channel,
    Contact,
    Decision,
    Facts,
    Hold,
    Missing,
    Outcome,
    Payer,
    Reason,
)
from bench.policy.reasons import CHAIN_RULE
from bench.policy.words import FACTS, HOLDS, LIFTED_BY, day, money
from tests.policy.grid import CHAINS, REFERENCE, before, hold_facts, policy_facts, tables

CODES = re.compile(r"_|\bNone\b|\bTrue\b|\bFalse\b|\d{4}-\d{2}-\d{2}")
KNOWN_PARTS = {
    *("band", "reference", "warranty", "chain", "speed", "payer_back", "payer_to_us"),
    *("payer_to_distributor", "deductible", "advance", "packaging", "notice", "question"),
    *("vendor", "hold contact", "hold packaging", "hold quote"),
}


def parts(d: Decision) -> set[str]:
    """The parts that were decided and are worth a reason."""
    found = {
        "band": d.band is not None,
        "reference": d.other_band is not None,
        "warranty": d.warranty_ends is not None,
        "speed": d.speed is not None,
        "payer_back": d.payer_back is not None,
        "payer_to_us": d.payer_to_us is not None,
        "payer_to_distributor": d.payer_to_distributor not in (None, Payer.NOBODY),
        "deductible": d.deductible_cents is not None or d.deductible_by_quote,
        "advance": d.advance_replacement is True,
        "packaging": d.packaging_required is True,
        "notice": d.management_notice is True,
        "question": d.failure_question is True,
        "vendor": d.vendor_route is not None,
    }
    return {part for part, decided in found.items() if decided} | {f"hold {h}" for h in d.holds}


@dataclass(frozen=True)
class Survey:
    """What is said over every combination of facts, each text once."""

    reasons: set[Reason]
    gaps: set[Missing]
    wrong: list[Facts]
    """Combinations in which the reasons are not those of the parts that were decided."""


@cache
def survey() -> Survey:
    """Decides every combination, once for all tests."""
    found = Survey(set(), set(), [])
    for facts in (*policy_facts(), *hold_facts()):
        d = decide(facts, tables())
        told = [reason.part for reason in d.reasons]
        chained = {"chain"} if facts.chain and d.warranty_start else set()
        if len(set(told)) != len(told) or set(told) != parts(d) | chained:
            found.wrong.append(facts)
        found.reasons.update(d.reasons)
        found.gaps.update(d.missing)
    return found


def reasons_of(facts: Facts) -> dict[str, Reason]:
    """The reasons by their part."""
    return {reason.part: reason for reason in decide(facts, tables()).reasons}


def test_each_decided_part_has_one_reason_and_no_other_part_has_any() -> None:
    assert survey().wrong == []
    assert {reason.part for reason in survey().reasons} <= KNOWN_PARTS


def test_each_reason_has_a_value_a_sentence_and_a_rule_without_codes() -> None:
    texts = {text for r in survey().reasons for text in (r.value, r.why, r.rule)}
    assert all(texts)
    assert not [text for text in texts if CODES.search(text)]


def test_what_is_missing_is_told_without_codes() -> None:
    texts = {text for gap in survey().gaps for text in (gap.why, gap.who)}
    assert all(texts)
    assert not [text for text in texts if re.search(r"_|\bNone\b|\bTrue\b|\bFalse\b", text)]


def test_every_fact_that_can_be_missing_and_every_hold_has_a_plain_name() -> None:
    assert {gap.fact for gap in survey().gaps} <= set(FACTS)
    assert set(HOLDS) == set(LIFTED_BY) == set(Hold)


EARLY = Facts("Yealink", Channel.DIRECT, before(22), REFERENCE, outcome=Outcome.REPLACE)


def test_an_early_replacement_in_words() -> None:
    found = reasons_of(EARLY)
    assert found["band"].why == "day 22 of 30, counted to the day opened"
    assert found["speed"].why == "replace within 30 days ships rush"
    assert found["speed"].rule == "RMA outcomes · replace"
    assert (found["payer_back"].value, found["payer_back"].why) == (
        "we pay",
        "early, direct client",
    )
    assert found["deductible"].why == "none in the first 30 days"
    assert found["hold packaging"].rule == "RMA outcomes · replace"


def test_rush_at_the_customers_wish_in_words() -> None:
    ntf = replace(EARLY, outcome=Outcome.NO_TROUBLE_FOUND)
    found = reasons_of(replace(ntf, rush_paid_by_customer=True))
    assert found["speed"].why == "the customer asked for rush and pays"
    assert found["payer_back"].why == "rush at the customer's wish"
    assert found["payer_back"].rule == "RMA outcomes · no trouble found"
    assert found["payer_to_us"].rule == "RMA process · within 30 days · direct"
    assert found["deductible"].why == "no vendor RMA starts"
    assert reasons_of(ntf)["speed"].why == "no trouble found ships ground at any age"


def test_a_used_up_allowance_is_the_rule_that_is_named() -> None:
    facts = replace(EARLY, shipped_on=before(190), chain=CHAINS[2])
    found = reasons_of(facts)
    assert found["payer_back"].why == "Yealink allows 1 replacement, 1 used"
    for part in ("payer_back", "payer_to_us", "payer_to_distributor", "deductible", "hold quote"):
        assert found[part].rule == CHAIN_RULE, part
    assert "inherits" in found["chain"].why


def test_a_doa_restart_in_words() -> None:
    facts = replace(EARLY, chain=(ChainLink(before(60), before(40)),))
    assert "dead on arrival" in reasons_of(facts)["chain"].why


def test_shipped_on_the_same_day_as_its_ancestor_still_inherits() -> None:
    same = before(100)
    facts = replace(EARLY, shipped_on=same, chain=(ChainLink(same, before(60)),))
    assert "inherits" in reasons_of(facts)["chain"].why


def test_the_deductible_of_a_phone_and_of_an_appliance() -> None:
    phone = replace(EARLY, shipped_on=before(40))
    assert reasons_of(phone)["deductible"].value == "45.00 USD"
    assert reasons_of(phone)["deductible"].why == "per phone, in warranty"
    box = replace(phone, brand="Pulse Secure", contract_ends_on=REFERENCE)
    assert reasons_of(box)["deductible"].why == "none for an appliance"


@pytest.mark.parametrize("contact", [Contact.YES, Contact.NO])
def test_a_lifted_hold_says_what_lifted_it(contact: Contact) -> None:
    facts = replace(EARLY, outcome=Outcome.NO_TROUBLE_FOUND, contact=contact)
    d = decide(facts, tables())
    assert Hold.CONTACT not in d.holds
    assert d.lifted[Hold.CONTACT].startswith("the customer ")


def test_days_and_amounts_in_words() -> None:
    assert day(REFERENCE) == "28 Oct 2026"
    assert day(None) == "not known yet"
    assert money(4500, "USD") == "45.00 USD"
    assert money(5, "EUR") == "0.05 EUR"
