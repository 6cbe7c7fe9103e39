"""How old a unit is for the policy: the warranty start along the chain, the age and the band.

DOMAIN sections 1 and 2: the clock starts when the first unit of a chain was shipped; only an
initial DOA (a unit returned in its own early band) starts it anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bench.policy.facts import AgeReference, Band, ChainLink, Facts, Missing
from bench.policy.tables import Brand, Tables

WHO_ORDER = "the order desk, from the shipping history"
WHO_TICKET = "support, from the ticket"


@dataclass(frozen=True, slots=True)
class ChainAge:
    """What a chain gives its newest unit. `start` None: it cannot be followed, `fault` says why."""

    start: date | None
    used: int | None
    fresh: bool = False
    """The clock started anew with this unit, after an initial DOA."""
    fault: str = ""
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Age:
    """A unit's age and band on the reference day. None: not known, `missing` says why."""

    chain: ChainAge
    reference_on: date | None = None
    reference: AgeReference | None = None
    days: int | None = None
    band: Band | None = None
    other_band: Band | None = None
    ends: date | None = None
    missing: tuple[Missing, ...] = ()

    @property
    def possible_bands(self, /) -> frozenset[Band]:
        """The bands that what is known leaves open."""
        if self.band is not None:
            return frozenset({self.band})
        if self.days is not None:
            return frozenset({Band.IN_WARRANTY, Band.OUT_OF_WARRANTY})
        return frozenset(Band)


def anniversary(start: date, years: int) -> date:
    """The same day `years` years later; 29 February becomes the 28th where there is none.

    Beyond the end of the calendar, its last day.
    """
    year = start.year + years
    if year > date.max.year:
        return date.max
    try:
        return start.replace(year=year)
    except ValueError:
        return start.replace(year=year, day=28)


def follow_chain(
    shipped_on: date | None, chain: tuple[ChainLink, ...], early_last_day: int, fault: str = ""
) -> ChainAge:
    """The warranty start and the replacements used, from the oldest ancestor to this unit."""
    if fault:
        return ChainAge(None, None, fault=fault, fact="chain")
    start, used, fresh = None, 0, False
    for place, link in enumerate(chain, 1):
        start = start or link.shipped_on
        if start is None or link.opened_on is None:
            what = "ship date" if start is None else "return date"
            return ChainAge(
                None, None, fault=f"unit {place} of the chain has no {what}", fact="chain"
            )
        days = (link.opened_on - start).days
        if days < 0:
            why = f"unit {place} of the chain was returned before it was shipped"
            return ChainAge(None, None, fault=why, fact="chain")
        fresh = days <= early_last_day
        start, used = (None, used) if fresh else (start, used + 1)
    start = start or shipped_on
    if start is None:
        return ChainAge(None, used, fault="the ship date is not known", fact="shipped_on")
    return ChainAge(start, used, fresh=fresh)


def reference_day(facts: Facts, prefer: AgeReference) -> tuple[date | None, AgeReference | None]:
    """The day the age is counted to: the preferred one, else the other."""
    days = {AgeReference.OPENED: facts.opened_on, AgeReference.RECEIVED: facts.received_on}
    for reference in (prefer, *AgeReference):
        if days[reference] is not None:
            return days[reference], reference
    return None, None


def last_warranty_day(start: date, brand: Brand, contract_ends_on: date | None) -> date | None:
    """The last day under warranty, inclusive; None where it hangs on an unknown contract."""
    if brand.warranty_years is None:
        return contract_ends_on
    return anniversary(start, brand.warranty_years)


def band_on(start: date, day: date, ends: date | None, early_last_day: int) -> Band | None:
    """The band on a day that is not before the start; None: open, for want of a warranty end."""
    if (day - start).days <= early_last_day:
        return Band.EARLY
    if ends is None:
        return None
    return Band.IN_WARRANTY if day <= ends else Band.OUT_OF_WARRANTY


def age_of(facts: Facts, tables: Tables, prefer: AgeReference) -> Age:
    """Age and band of the unit on its reference day, with what is missing to know them."""
    chain = follow_chain(facts.shipped_on, facts.chain, tables.early_last_day, facts.chain_fault)
    day, reference = reference_day(facts, prefer)
    brand = tables.brand(facts.brand)
    unknown = () if brand else (_missing_brand(facts.brand),)
    late = next((d for d in (facts.shipped_on, chain.start) if d and day and d > day), None)
    if late is not None:
        why = f"the ship date {late.isoformat()} is after {day}, the day the age counts to"
        gap = Missing("shipped_on", why, WHO_ORDER)
        chain = ChainAge(None, chain.used, fault=why)
        return Age(chain, day, reference, missing=(gap, *unknown))
    missing = [*_missing_dates(chain, day), *unknown]
    if chain.start is None:
        return Age(chain, day, reference, missing=tuple(missing))
    ends = last_warranty_day(chain.start, brand, facts.contract_ends_on) if brand else None
    if day is None:
        return Age(chain, ends=ends, missing=tuple(missing))
    band = band_on(chain.start, day, ends, tables.early_last_day)
    if band is None and brand is not None:
        why = "the warranty runs with the service contract, whose end is not known"
        missing.append(Missing("contract_ends_on", why, "the Partner Team, from the contract"))
    other = _other_band(facts, tables, chain.start, ends, day)
    return Age(
        chain,
        day,
        reference,
        (day - chain.start).days,
        band,
        other if other is not band else None,
        ends,
        tuple(missing),
    )


def _other_band(
    facts: Facts, tables: Tables, start: date, ends: date | None, day: date
) -> Band | None:
    other = facts.received_on if day == facts.opened_on else facts.opened_on
    if other is None or other < start:
        return None
    return band_on(start, other, ends, tables.early_last_day)


def _missing_dates(chain: ChainAge, day: date | None) -> tuple[Missing, ...]:
    found: list[Missing] = []
    if chain.fact == "chain":
        found.append(Missing("chain", chain.fault, "who entered the replacement"))
    elif chain.fact == "shipped_on":
        found.append(Missing("shipped_on", chain.fault, WHO_ORDER))
    if day is None:
        why = "neither the day the RMA was opened nor the day of receipt is known"
        found.append(Missing("opened_on", why, WHO_TICKET))
    return tuple(found)


def _missing_brand(name: str) -> Missing:
    if not name.strip():
        return Missing("brand", "the brand is not known", "you, from the label")
    why = f"there is no warranty rule for the brand {name.strip()[:40]}"
    return Missing("brand", why, "whoever keeps brands.toml")
