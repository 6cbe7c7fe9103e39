"""The words of the policy: what is known of a return (facts), what follows (decision)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Channel(StrEnum):
    """How the customer buys: from us (agent or direct client), or to sell on."""

    DIRECT = "direct"
    RESELLER = "reseller"


class Kind(StrEnum):
    """What sort of product a brand's units are; the deductible and the checks depend on it."""

    PHONE = "phone"
    APPLIANCE = "appliance"


class Outcome(StrEnum):
    """What the onsite diagnosis ended with."""

    NO_TROUBLE_FOUND = "no_trouble_found"
    REPAIR = "repair"
    REPLACE = "replace"


class Band(StrEnum):
    """How old the unit is, in the terms of the policy."""

    EARLY = "early"
    IN_WARRANTY = "in_warranty"
    OUT_OF_WARRANTY = "out_of_warranty"


class Speed(StrEnum):
    """How fast a shipment travels."""

    GROUND = "ground"
    RUSH = "rush"


class Payer(StrEnum):
    """Who pays for a leg; NOBODY where the leg does not exist."""

    US = "us"
    CUSTOMER = "customer"
    RESELLER = "reseller"
    BY_QUOTE = "by_quote"
    NOBODY = "nobody"


class Hold(StrEnum):
    """What stops a unit from leaving."""

    CONTACT = "contact"
    PACKAGING = "packaging"
    QUOTE = "quote"


class Route(StrEnum):
    """Where a defective unit goes for its vendor RMA."""

    VENDOR = "vendor"
    DISTRIBUTOR = "distributor"
    THREE_LEGGED = "three_legged"


class Contact(StrEnum):
    """The customer's answer to: do you want it back?"""

    YES = "yes"
    NO = "no"
    NO_ANSWER = "no_answer"


class AgeReference(StrEnum):
    """Which day the age is counted to."""

    OPENED = "opened"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One ancestor of a unit: its ship date, and the day its return was opened. None: unknown."""

    shipped_on: date | None
    opened_on: date | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the policy may look at. None (or "" for the brand) means: not known."""

    brand: str = ""
    channel: Channel | None = None
    shipped_on: date | None = None
    opened_on: date | None = None
    received_on: date | None = None
    outcome: Outcome | None = None
    original_packaging: bool | None = None
    rush_paid_by_customer: bool | None = None
    chain: tuple[ChainLink, ...] = ()
    contract_ends_on: date | None = None
    chain_fault: str = ""
    """Why the chain of replacements cannot be followed (a loop, a missing unit); "" if it can."""
    contact: Contact | None = None
    quote_accepted: bool | None = None
    packaging_accepted: bool = False
    """A supervisor accepted the swap without the original packaging."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one part of a decision is as it is, in plain words, and the rule that says so."""

    part: str
    value: str
    why: str
    rule: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that the decision lacks: its name in Facts, what is wrong, who can supply it."""

    fact: str
    why: str
    who: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy says. None: cannot be decided from what is known; `missing` says why."""

    reference_on: date | None = None
    reference: AgeReference | None = None
    age_days: int | None = None
    band: Band | None = None
    other_band: Band | None = None
    """The band that the other of the two reference days gives, where it is a different one."""
    warranty_start: date | None = None
    warranty_ends: date | None = None
    replacements_used: int | None = None
    replacements_allowed: int | None = None
    """None: no cap, or the brand is not known."""
    allowance_used_up: bool = False
    kind: Kind | None = None
    entitlement: str | None = None
    speed: Speed | None = None
    payer_to_us: Payer | None = None
    payer_back: Payer | None = None
    payer_to_distributor: Payer | None = None
    deductible_cents: int | None = None
    deductible_by_quote: bool = False
    advance_replacement: bool | None = None
    advance_return_days: int = 0
    """Days that the original has to come back after an advance replacement has shipped."""
    packaging_required: bool | None = None
    management_notice: bool | None = None
    failure_question: bool | None = None
    partner_team: bool | None = None
    contact_first: bool | None = None
    ships_straight_to_customer: bool | None = None
    """A replacement need not come to us for a test first."""
    vendor_route: Route | None = None
    send_back: bool = True
    """False once the customer has said that they do not want the unit back."""
    holds: tuple[Hold, ...] = ()
    lifted: Mapping[Hold, str] = field(default_factory=dict)
    """Holds that applied and no longer stop the unit, with what lifted each."""
    missing: tuple[Missing, ...] = ()
    reasons: tuple[Reason, ...] = ()
