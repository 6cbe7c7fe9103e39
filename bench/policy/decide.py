"""`decide(facts, tables) -> Decision`: pure and total, one answer for every combination of facts.

What is not known opens several worlds (each possible band, channel and outcome). Every world is
settled by the tables alone; a part of the decision is given where all worlds agree on it, so
nothing is ever guessed and nothing that can be known is held back (DOMAIN sections 1 to 4).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeVar

from bench.policy.facts import (
    AgeReference,
    Band,
    Channel,
    Contact,
    Decision,
    Facts,
    Hold,
    Missing,
    Outcome,
    Payer,
    Route,
    Speed,
)
from bench.policy.reasons import explain
from bench.policy.tables import Brand, DeductibleRule, OutcomeRule, Tables, Terms
from bench.policy.warranty import WHO_TICKET, Age, age_of

T = TypeVar("T")
BY_QUOTE = -1
"""A deductible that the quote will name; inside this module only."""
CONTACT_LIFTS: dict[Contact | None, str] = {
    Contact.YES: "the customer wants it back",
    Contact.NO: "the customer does not want it back",
}


@dataclass(frozen=True, slots=True)
class Settled:
    """What one world, in which everything is known, comes to. `deductible` in cents."""

    entitlement: str
    speed: Speed
    payer_to_us: Payer
    payer_back: Payer
    payer_to_distributor: Payer
    deductible: int | None
    advance_replacement: bool
    packaging_required: bool
    management_notice: bool
    failure_question: bool
    partner_team: bool
    contact_first: bool
    packaging_hold: bool
    ships_straight: bool
    vendor_route: Route | None


def decide(facts: Facts, tables: Tables, prefer: AgeReference = AgeReference.OPENED) -> Decision:
    """What the policy says of this return, with the reason for each part and what is missing."""
    age = age_of(facts, tables, prefer)
    brand = tables.brand(facts.brand)
    worlds = [
        _settle(band, channel, outcome, facts, brand, age, tables)
        for band, channel, outcome in product(
            age.possible_bands,
            [facts.channel] if facts.channel else Channel,
            [facts.outcome] if facts.outcome else Outcome,
        )
    ]
    decision = _agreed(facts, age, brand, worlds, tables)
    holds, lifted = _holds(facts, worlds)
    unwanted = Hold.CONTACT in lifted and facts.contact is Contact.NO
    decision = replace(decision, holds=holds, lifted=lifted, send_back=not unwanted)
    return replace(decision, reasons=explain(facts, decision, tables))


def _used_up(rule: OutcomeRule, brand: Brand | None, age: Age) -> bool:
    if not rule.counts_against_allowance or brand is None or age.chain.used is None:
        return False
    return brand.replacements_allowed is not None and age.chain.used >= brand.replacements_allowed


def _settle(
    band: Band,
    channel: Channel,
    outcome: Outcome,
    facts: Facts,
    brand: Brand | None,
    age: Age,
    tables: Tables,
) -> Settled:
    terms, rule = tables.terms[band, channel], tables.outcomes[outcome]
    quoted = terms.partner_team or _used_up(rule, brand, age)
    rush = rule.rush_if_customer_pays and facts.rush_paid_by_customer is True
    by_quote = Payer.BY_QUOTE
    return Settled(
        entitlement=terms.entitlement,
        speed=Speed.RUSH if rush else rule.speed[band],
        payer_to_us=by_quote if quoted else terms.payer_to_us,
        payer_back=Payer.CUSTOMER if rush else by_quote if quoted else terms.payer_back,
        payer_to_distributor=by_quote if quoted else terms.payer_to_distributor,
        deductible=BY_QUOTE if quoted else _deductible(terms, rule, brand, tables),
        advance_replacement=terms.advance_replacement,
        packaging_required=terms.packaging_required,
        management_notice=terms.management_notice,
        failure_question=terms.failure_question,
        partner_team=quoted,
        contact_first=rule.contact_first,
        packaging_hold=terms.packaging_required and rule.packaging_hold,
        ships_straight=tables.ships_straight[channel],
        vendor_route=brand.route if brand and rule.vendor_rma and not quoted else None,
    )


def _deductible(terms: Terms, rule: OutcomeRule, brand: Brand | None, tables: Tables) -> int | None:
    if terms.deductible is DeductibleRule.BY_QUOTE:
        return BY_QUOTE
    if terms.deductible is DeductibleRule.NONE or not rule.vendor_rma:
        return 0
    return tables.deductible_cents[brand.kind] if brand else None


def _same(values: Iterable[T]) -> T | None:
    """The one value that all worlds agree on, else None."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _agreed(
    facts: Facts, age: Age, brand: Brand | None, worlds: list[Settled], tables: Tables
) -> Decision:
    deductible = _same(w.deductible for w in worlds)
    used, allowed = age.chain.used, brand.replacements_allowed if brand else None
    return Decision(
        reference_on=age.reference_on,
        reference=age.reference,
        age_days=age.days,
        band=age.band,
        other_band=age.other_band,
        warranty_start=age.chain.start,
        warranty_ends=age.ends,
        replacements_used=used,
        replacements_allowed=allowed,
        allowance_used_up=None not in (used, allowed) and (used or 0) >= (allowed or 0),
        kind=brand.kind if brand else None,
        entitlement=_same(w.entitlement for w in worlds),
        speed=_same(w.speed for w in worlds) if facts.outcome else None,
        payer_to_us=_same(w.payer_to_us for w in worlds),
        payer_back=_same(w.payer_back for w in worlds),
        payer_to_distributor=_same(w.payer_to_distributor for w in worlds),
        deductible_cents=None if deductible == BY_QUOTE else deductible,
        deductible_by_quote=deductible == BY_QUOTE,
        advance_replacement=_same(w.advance_replacement for w in worlds),
        advance_return_days=tables.advance_return_days,
        packaging_required=_same(w.packaging_required for w in worlds),
        management_notice=_same(w.management_notice for w in worlds),
        failure_question=_same(w.failure_question for w in worlds),
        partner_team=_same(w.partner_team for w in worlds),
        contact_first=_same(w.contact_first for w in worlds),
        ships_straight_to_customer=_same(w.ships_straight for w in worlds),
        vendor_route=_same(w.vendor_route for w in worlds),
        missing=age.missing + _missing_rest(facts),
    )


def _missing_rest(facts: Facts) -> tuple[Missing, ...]:
    found: list[Missing] = []
    if facts.channel is None:
        why = "it is not known whether the customer is direct or a reseller"
        found.append(Missing("channel", why, WHO_TICKET))
    if facts.outcome is None:
        found.append(Missing("outcome", "the unit has not been diagnosed yet", "you, on Diagnose"))
    return tuple(found)


def _holds(facts: Facts, worlds: list[Settled]) -> tuple[tuple[Hold, ...], dict[Hold, str]]:
    """What stops the unit, and what would but is lifted, with what lifted it."""
    applies = {
        Hold.CONTACT: _same(w.contact_first for w in worlds),
        Hold.PACKAGING: _same(w.packaging_hold for w in worlds),
        Hold.QUOTE: _same(w.partner_team for w in worlds),
    }
    lifts = {
        Hold.CONTACT: CONTACT_LIFTS.get(facts.contact, ""),
        Hold.PACKAGING: _packaging_lift(facts),
        Hold.QUOTE: "the quote is accepted" if facts.quote_accepted else "",
    }
    standing = [hold for hold in Hold if applies[hold]]
    holds = tuple(sorted(hold for hold in standing if not lifts[hold]))
    return holds, {hold: lifts[hold] for hold in standing if lifts[hold]}


def _packaging_lift(facts: Facts) -> str:
    if facts.original_packaging:
        return "confirmed at receiving"
    return "accepted by a supervisor" if facts.packaging_accepted else ""
