"""The policy's values in a technician's words, for the reasons, the screens, the command line."""

from __future__ import annotations

from datetime import date

from bench.policy.facts import Band, Channel, Contact, Hold, Kind, Outcome, Payer, Route, Speed

BANDS = {
    Band.EARLY: "early",
    Band.IN_WARRANTY: "in warranty",
    Band.OUT_OF_WARRANTY: "out of warranty",
}
CHANNELS = {Channel.DIRECT: "direct client", Channel.RESELLER: "reseller"}
OUTCOMES = {
    Outcome.NO_TROUBLE_FOUND: "No trouble found",
    Outcome.REPAIR: "Repair",
    Outcome.REPLACE: "Replace",
}
SPEEDS = {Speed.GROUND: "ground", Speed.RUSH: "rush"}
PAYERS = {
    Payer.US: "we pay",
    Payer.CUSTOMER: "the customer pays",
    Payer.RESELLER: "the reseller pays",
    Payer.BY_QUOTE: "by quote",
    Payer.NOBODY: "no such leg",
}
HOLDS = {
    Hold.CONTACT: "contact the customer",
    Hold.PACKAGING: "original packaging",
    Hold.QUOTE: "Partner Team quote",
}
LIFTED_BY = {
    Hold.CONTACT: "ask the customer if they want it back, and record the answer",
    Hold.PACKAGING: "the original packaging arrives, or a supervisor accepts the swap without it",
    Hold.QUOTE: "the customer accepts the Partner Team's quote",
}
ROUTES = {
    Route.VENDOR: "vendor, RMA number first",
    Route.DISTRIBUTOR: "original distributor, RMA number first",
    Route.THREE_LEGGED: "vendor, three-legged RMA",
}
FACTS = {
    "brand": "brand",
    "channel": "channel",
    "shipped_on": "ship date",
    "opened_on": "opening day",
    "contract_ends_on": "contract end",
    "chain": "chain",
    "outcome": "outcome",
}
KINDS = {Kind.PHONE: "phone", Kind.APPLIANCE: "appliance"}
CONTACTS = {
    Contact.YES: "wants it back",
    Contact.NO: "does not want it back",
    Contact.NO_ANSWER: "no answer",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date | None, unknown: str = "not known yet") -> str:
    """A date as 28 Oct 2026."""
    if value is None:
        return unknown
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """A date near today as 28 Oct."""
    return f"{value.day} {_MONTHS[value.month - 1]}"


def money(cents: int, currency: str) -> str:
    """An amount in cents as 45.00 USD."""
    return f"{cents // 100}.{cents % 100:02d} {currency}"
