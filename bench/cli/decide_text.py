"""A decision for people: the big answer first, then why, what holds it, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator

from bench.policy.facts import Band, Decision, Facts, Payer
from bench.policy.tables import Tables
from bench.policy.words import BANDS, HOLDS, LIFTED_BY, OUTCOMES, PAYERS

PARTS = {
    "band": "age",
    "reference": "counted to",
    "warranty": "warranty",
    "chain": "warranty start",
    "speed": "way back",
    "payer_back": "freight back",
    "payer_to_us": "freight to us",
    "payer_to_distributor": "to distributor",
    "deductible": "deductible",
    "advance": "advance unit",
    "packaging": "packaging",
    "notice": "notice",
    "question": "question",
    "vendor": "goes to",
}
FACTS = {
    "brand": "the brand",
    "channel": "the channel",
    "shipped_on": "the ship date",
    "opened_on": "the day it was opened",
    "outcome": "the outcome",
    "chain": "the chain of replacements",
    "contract_ends_on": "the contract's end",
}
WIDTH, VALUE_WIDTH = 15, 18
"""Columns of the why-lines; a longer value moves only its own line."""


def people(facts: Facts, decision: Decision, tables: Tables) -> list[str]:
    """The lines to print for one decision."""
    return [
        _answer(facts, decision, tables),
        *_section("why", _why(decision)),
        *_section("holds", _holds(decision)),
        *_section("missing", _missing(decision)),
    ]


def _section(title: str, lines: Iterator[str]) -> list[str]:
    found = list(lines)
    return ["", title, *(f"  {line}" for line in found)] if found else []


def _answer(facts: Facts, d: Decision, tables: Tables) -> str:
    """As `RUSH  replace · day 22 of 30 · we pay back`."""
    big = d.speed.upper() if d.speed else "OPEN"
    outcome = OUTCOMES[facts.outcome].lower() if facts.outcome else "not diagnosed"
    parts = [outcome, _age(d, tables)]
    if d.payer_back is not None:
        quoted = d.payer_back is Payer.BY_QUOTE
        parts.append("way back by quote" if quoted else f"{PAYERS[d.payer_back]} back")
    if d.holds:
        parts.append("ON HOLD: " + ", ".join(HOLDS[hold] for hold in d.holds))
    return f"{big}  " + " · ".join(parts)


def _age(d: Decision, tables: Tables) -> str:
    if d.band is Band.EARLY:
        return f"day {d.age_days} of {tables.early_last_day}"
    if d.age_days is None:
        return "age not known"
    return f"day {d.age_days}, {BANDS[d.band] if d.band else 'band still open'}"


def _why(d: Decision) -> Iterator[str]:
    told = [r for r in d.reasons if not r.part.startswith("hold ")]
    wide = min(max((len(r.value) for r in told), default=0), VALUE_WIDTH)
    for r in told:
        why = f"{r.why}  " if r.why else ""
        yield f"{PARTS.get(r.part, r.part):<{WIDTH}} {r.value:<{wide}}  {why}[{r.rule}]"


def _holds(d: Decision) -> Iterator[str]:
    rules = {r.part: r.rule for r in d.reasons}
    for hold in d.holds:
        rule = rules.get(f"hold {hold}", "")
        yield f"{HOLDS[hold]}: lifted when {LIFTED_BY[hold]}" + (f"  [{rule}]" if rule else "")
    for hold, why in d.lifted.items():
        yield f"{HOLDS[hold]}: no longer holds, {why}"


def _missing(d: Decision) -> Iterator[str]:
    for gap in d.missing:
        yield f"{FACTS.get(gap.fact, gap.fact)}: {gap.why}; ask {gap.who}"
