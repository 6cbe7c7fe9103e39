"""Combinations of facts for the tests of the rules, with representative ages and chains."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import product

from bench.datafile import data_dir
from bench.policy.facts import ChainLink, Channel, Contact, Facts, Outcome
from bench.policy.tables import Tables, load_tables

REFERENCE = date(2026, 10, 28)
CHANNELS = (None, *Channel)
OUTCOMES = (None, *Outcome)
CONTACTS = (None, *Contact)
MAYBE = (None, True, False)
BRANDS = ("", "Nobody Phones", "Yealink", "Pulse Secure", "poly")
AGES = (None, -1, 0, 30, 31, 700, 731)
"""Days from the ship date to the reference day; 730 is the last day of two years."""
CONTRACTS = (None, REFERENCE, REFERENCE - timedelta(days=1))


@cache
def tables() -> Tables:
    """The tables that bench comes with."""
    return load_tables(data_dir() / "policy.toml", data_dir() / "brands.toml")


def before(days: int) -> date:
    """So many days before the reference day."""
    return REFERENCE - timedelta(days=days)


CHAINS: tuple[tuple[ChainLink, ...], ...] = (
    (),
    (ChainLink(before(900), before(880)),),
    (ChainLink(before(300), before(200)),),
    (ChainLink(before(300), None),),
)
"""None; an initial DOA; a replacement in warranty; one whose return date nobody knows."""


def policy_facts() -> Iterator[Facts]:
    """Every combination of what decides band, speed and money."""
    for brand, channel, outcome, age, chain, contract, rush in product(
        BRANDS, CHANNELS, OUTCOMES, AGES, CHAINS, CONTRACTS, MAYBE
    ):
        yield Facts(
            brand=brand,
            channel=channel,
            outcome=outcome,
            shipped_on=None if age is None else before(age),
            opened_on=REFERENCE,
            chain=chain,
            contract_ends_on=contract,
            rush_paid_by_customer=rush,
        )


def hold_facts() -> Iterator[Facts]:
    """Every combination of what puts a hold on a unit or lifts it."""
    for channel, outcome, age, box, contact, quote, accepted, chain in product(
        CHANNELS, OUTCOMES, AGES, MAYBE, CONTACTS, MAYBE, (False, True), CHAINS[:3]
    ):
        yield Facts(
            brand="Yealink",
            channel=channel,
            outcome=outcome,
            shipped_on=None if age is None else before(age),
            opened_on=REFERENCE,
            original_packaging=box,
            contact=contact,
            quote_accepted=quote,
            packaging_accepted=accepted,
            chain=chain,
        )
