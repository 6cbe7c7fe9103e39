"""The policy as data: typed tables from `policy.toml` and `brands.toml`, checked when loaded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bench.datafile import Table
from bench.policy.facts import Band, Channel, Kind, Outcome, Payer, Route, Speed


class DeductibleRule(StrEnum):
    """How a deductible comes about."""

    NONE = "none"
    FIXED = "fixed"
    BY_QUOTE = "by_quote"


@dataclass(frozen=True, slots=True)
class Terms:
    """What one band decides for one channel (DOMAIN section 3)."""

    entitlement: str
    packaging_required: bool
    management_notice: bool
    failure_question: bool
    payer_to_us: Payer
    payer_back: Payer
    payer_to_distributor: Payer
    advance_replacement: bool
    deductible: DeductibleRule
    partner_team: bool
    rule: str


@dataclass(frozen=True, slots=True)
class OutcomeRule:
    """What one outcome decides for the way back (DOMAIN section 4)."""

    contact_first: bool
    vendor_rma: bool
    packaging_hold: bool
    counts_against_allowance: bool
    rush_if_customer_pays: bool
    speed: Mapping[Band, Speed]
    rule: str


@dataclass(frozen=True, slots=True)
class Brand:
    """One brand's warranty and vendor route (DOMAIN section 2)."""

    name: str
    kind: Kind
    warranty_years: int | None
    """None: by the unit's service contract."""
    replacements_allowed: int | None
    """None: no cap."""
    route: Route
    note: str
    mac_prefixes: tuple[str, ...]
    models: tuple[str, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything that the policy reads besides the facts of one return."""

    early_last_day: int
    terms: Mapping[tuple[Band, Channel], Terms]
    outcomes: Mapping[Outcome, OutcomeRule]
    deductible_cents: Mapping[Kind, int]
    deductible_rule: str
    currency: str
    ships_straight: Mapping[Channel, bool]
    advance_return_days: int
    vendor_stalled_business_days: int
    brands: Mapping[str, Brand]
    """By `brand_key` of the name and of every alias."""

    def brand(self, name: str) -> Brand | None:
        """The brand of that name, whatever its case and spaces; None where it has no rule."""
        return self.brands.get(brand_key(name))

    def brand_names(self) -> tuple[str, ...]:
        """The brands in the order of the file, each once."""
        return tuple(dict.fromkeys(brand.name for brand in self.brands.values()))

    def brand_of_mac(self, mac: str) -> Brand | None:
        """The brand whose published prefix a MAC carries: a suggestion, never a fact."""
        for brand in self.brands.values():
            if mac.upper().startswith(brand.mac_prefixes):
                return brand
        return None


def brand_key(name: str) -> str:
    """A brand's name for comparing: no case, no spaces."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def load_tables(policy: Path, brands: Path) -> Tables:
    """Reads and checks both files. Raises DataError naming file, key and what was expected."""
    table = Table.read(policy)
    age, fee, clocks = table.table("age"), table.table("deductible"), table.table("clocks")
    straight = table.table("replacement_ships_straight")
    tables = Tables(
        early_last_day=age.number("early_last_day", 0, 3650),
        terms=_read_terms(table.table("terms")),
        outcomes=_read_outcomes(table.table("outcomes")),
        deductible_cents={k: fee.number(f"{k.value}_cents", 0, 10_000_000) for k in Kind},
        deductible_rule=fee.text("rule"),
        currency=fee.text("currency"),
        ships_straight={c: straight.yes(c.value) for c in Channel},
        advance_return_days=clocks.number("advance_return_days", 1, 3650),
        vendor_stalled_business_days=clocks.number("vendor_stalled_business_days", 1, 365),
        brands=_read_brands(Table.read(brands)),
    )
    for part in (age, fee, clocks, straight, table):
        part.done()
    return tables


def _read_terms(table: Table) -> dict[tuple[Band, Channel], Terms]:
    found: dict[tuple[Band, Channel], Terms] = {}
    for band in Band:
        per_band = table.table(band.value)
        for channel in Channel:
            found[band, channel] = _read_term(per_band.table(channel.value))
        per_band.done()
    table.done()
    return found


def _read_term(t: Table) -> Terms:
    terms = Terms(
        entitlement=t.text("entitlement"),
        packaging_required=t.yes("packaging_required"),
        management_notice=t.yes("management_notice"),
        failure_question=t.yes("failure_question"),
        payer_to_us=t.one_of("payer_to_us", Payer),
        payer_back=t.one_of("payer_back", Payer),
        payer_to_distributor=t.one_of("payer_to_distributor", Payer),
        advance_replacement=t.yes("advance_replacement"),
        deductible=t.one_of("deductible", DeductibleRule),
        partner_team=t.yes("partner_team"),
        rule=t.text("rule"),
    )
    t.done()
    return terms


def _read_outcomes(table: Table) -> dict[Outcome, OutcomeRule]:
    found: dict[Outcome, OutcomeRule] = {}
    for outcome in Outcome:
        t = table.table(outcome.value)
        speed = t.table("speed")
        found[outcome] = OutcomeRule(
            contact_first=t.yes("contact_first"),
            vendor_rma=t.yes("vendor_rma"),
            packaging_hold=t.yes("packaging_hold"),
            counts_against_allowance=t.yes("counts_against_allowance"),
            rush_if_customer_pays=t.yes("rush_if_customer_pays"),
            speed={band: speed.one_of(band.value, Speed) for band in Band},
            rule=t.text("rule"),
        )
        speed.done()
        t.done()
    table.done()
    return found


def _read_brands(table: Table) -> dict[str, Brand]:
    found: dict[str, Brand] = {}
    for t in table.tables("brand"):
        brand = _read_brand(t)
        for name in (brand.name, *t.texts("aliases", [])):
            if not brand_key(name) or brand_key(name) in found:
                raise t.wrong("name", "a brand name that no other brand has", name)
            found[brand_key(name)] = brand
        t.done()
    if not found:
        raise table.wrong("brand", "at least one [[brand]]")
    table.done()
    return found


def _read_brand(t: Table) -> Brand:
    by_contract = t.text("warranty", "years") == "contract"
    if t.has("warranty") and not by_contract:
        raise t.wrong("warranty", '"contract", or warranty_years instead')
    if by_contract and t.has("warranty_years"):
        raise t.wrong("warranty_years", 'no years beside warranty = "contract"')
    capped = t.has("replacements_allowed")
    prefixes = t.texts("mac_prefixes", [])
    for prefix in prefixes:
        if not re.fullmatch(r"[0-9A-F]{6,11}", prefix):
            raise t.wrong("mac_prefixes", "upper-case hexadecimal prefixes, 6 to 11 digits", prefix)
    return Brand(
        name=t.text("name"),
        kind=t.one_of("kind", Kind),
        warranty_years=None if by_contract else t.number("warranty_years", 1, 50),
        replacements_allowed=t.number("replacements_allowed", 0, 100) if capped else None,
        route=t.one_of("route", Route),
        note=t.text("note", ""),
        mac_prefixes=prefixes,
        models=t.texts("models", []),
        rule=t.text("rule"),
    )
