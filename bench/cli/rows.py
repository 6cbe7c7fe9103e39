"""From the words of a decide row or option to the facts that the policy reads, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache

from bench.cells import RowError, parse_day, parse_member, parse_yes, shown
from bench.policy.decide import decide
from bench.policy.facts import AgeReference, ChainLink, Channel, Decision, Facts, Missing, Outcome
from bench.policy.tables import Tables
from bench.text import clean_line

MAX_CHAIN = 50
COLUMNS = (
    "brand",
    "channel",
    "shipped_on",
    "opened_on",
    "received_on",
    "outcome",
    "original_packaging",
    "rush_paid_by_customer",
    "chain",
    "contract_ends_on",
)
PLAIN = (
    *("age_days", "replacements_used", "replacements_allowed", "entitlement"),
    "deductible_cents",
)
DAYS = ("reference_on", "warranty_start", "warranty_ends")
WORDS = (
    *("band", "other_band", "reference", "speed", "payer_to_us", "payer_back"),
    *("payer_to_distributor", "vendor_route"),
)
FLAGS = (
    *("advance_replacement", "packaging_required", "management_notice", "contact_first"),
    *("failure_question", "partner_team", "allowance_used_up", "deductible_by_quote"),
    *("ships_straight_to_customer", "send_back"),
)
"""The parts of a decision, by how they are written as JSON."""


@lru_cache(maxsize=20_000)
def parse_chain(text: str, column: str = "chain") -> tuple[ChainLink, ...]:
    """The units that this one replaced, oldest first: `shipped_on>opened_on` joined by `;`.

    Either side may be empty: not known.
    """
    if not text.strip():
        return ()
    parts = text.split(";")
    if len(parts) > MAX_CHAIN:
        raise RowError(f"{column}: {len(parts)} units, at most {MAX_CHAIN}")
    return tuple(_parse_link(part, place, column) for place, part in enumerate(parts, 1))


def _parse_link(part: str, place: int, column: str) -> ChainLink:
    sides = part.split(">")
    if len(sides) != 2:
        how = "write shipped_on>opened_on; either side may be empty"
        raise RowError(f"{column}: unit {place} is {shown(part)}; {how}")
    where = f"{column}, unit {place}"
    return ChainLink(parse_day(sides[0], where), parse_day(sides[1], where))


def facts_of(row: Mapping[str, str]) -> Facts:
    """The facts of one row; a column that is not there is not known. Raises RowError."""
    get = row.get
    return Facts(
        brand=clean_line(get("brand", ""), 80),
        channel=parse_member(get("channel", ""), "channel", Channel),
        shipped_on=parse_day(get("shipped_on", ""), "shipped_on"),
        opened_on=parse_day(get("opened_on", ""), "opened_on"),
        received_on=parse_day(get("received_on", ""), "received_on"),
        outcome=parse_member(get("outcome", ""), "outcome", Outcome),
        original_packaging=parse_yes(get("original_packaging", ""), "original_packaging"),
        rush_paid_by_customer=parse_yes(get("rush_paid_by_customer", ""), "rush_paid_by_customer"),
        chain=parse_chain(get("chain", "")),
        contract_ends_on=parse_day(get("contract_ends_on", ""), "contract_ends_on"),
    )


def decide_row(
    row: Mapping[str, str], tables: Tables, prefer: AgeReference = AgeReference.OPENED
) -> dict[str, object]:
    """The decision for one row, ready for JSON. Raises RowError for a value that is none."""
    return as_json(decide(facts_of(row), tables, prefer))


def _word(member: StrEnum | None) -> str | None:
    return None if member is None else member.value


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def as_json(d: Decision) -> dict[str, object]:
    """A decision as plain values: enumerations as words, days as YYYY-MM-DD, flags true or false.

    A flag that cannot be decided is false; what cannot be decided otherwise is None.
    """
    return {
        **{name: getattr(d, name) for name in PLAIN},
        **{name: _iso(getattr(d, name)) for name in DAYS},
        **{name: _word(getattr(d, name)) for name in WORDS},
        **{name: getattr(d, name) is True for name in FLAGS},
        "holds": sorted(hold.value for hold in d.holds),
        "lifted": {hold.value: why for hold, why in d.lifted.items()},
        "missing": sorted({gap.fact for gap in d.missing}),
        "missing_details": [_gap(gap) for gap in d.missing],
        "reasons": [
            {"part": r.part, "value": r.value, "why": r.why, "rule": r.rule} for r in d.reasons
        ],
    }


def _gap(gap: Missing) -> dict[str, str]:
    return {"fact": gap.fact, "why": gap.why, "who": gap.who}
