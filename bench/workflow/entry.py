"""Typed text into facts: each field's own check, with a message that names field and remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from bench.policy.facts import Channel
from bench.scan.serials import mac_of
from bench.text import clean_line, printable
from bench.workflow.address_line import LONGEST, address_line
from bench.workflow.desk import Refused

LABELS: Mapping[str, str] = {
    "brand": "brand",
    "model": "model",
    "mac": "MAC",
    "customer": "customer",
    "channel": "channel",
    "service_level": "service level",
    "ticket": "ticket",
    "opened_on": "opened on",
    "shipped_on": "ship date",
    "contract_ends_on": "contract end",
    "order_no": "order number",
    "address": "return address",
}
LIMITS = {
    **{"customer": 80, "model": 40, "brand": 40, "ticket": 40, "order_no": 40},
    "address": LONGEST,
}
FUTURE_ALLOWED = frozenset({"contract_ends_on", "due_on"})
OLDEST = date(1990, 1, 1)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}


def parse_day(text: str) -> date | None:
    """A day as `2026-10-28` or `28 Oct 2026`; None for anything else, 30 February included."""
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    words = re.fullmatch(r"(\d{1,2})[ .-]([A-Za-z]{3})[A-Za-z]*[ .-](\d{4})", text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if words and words[2].lower() in _MONTHS:
            return date(int(words[3]), _MONTHS[words[2].lower()], int(words[1]))
    except ValueError:
        return None
    return None


def parse_field(name: str, line: str, today: date) -> tuple[Any, str]:
    """One field's typed value and "", or None and what is wrong with it."""
    if name.endswith("_on"):
        return _parse_date(name, line, today)
    if name == "channel":
        return _parse_channel(line)
    if name == "mac":
        mac = mac_of(line)
        return (mac, "") if mac else (None, f"MAC {printable(line)[:30]}: 12 hex digits needed")
    if name == "address" and not address_line(line):
        return None, f"{LABELS[name]} {printable(line)[:20]}: write it out, or leave it empty"
    limit = LIMITS.get(name, 80)
    if len(line) > limit:
        label = LABELS.get(name, name)
        return None, f"{label}: {len(line)} characters are too many, {limit} fit"
    return line, ""


def _parse_date(name: str, line: str, today: date) -> tuple[date | None, str]:
    label, shown = LABELS.get(name, name), printable(line)[:20]
    day = parse_day(line)
    if day is None:
        return None, f"{label} {shown}: no such day; write 2026-10-28 or 28 Oct 2026"
    if day < OLDEST:
        return None, f"{label} {shown}: before 1990, check the year"
    if day > today and name not in FUTURE_ALLOWED:
        return None, f"{label} {shown}: lies in the future, check it"
    if day.year > today.year + 30:
        return None, f"{label} {shown}: too far in the future, check the year"
    return day, ""


def _parse_channel(line: str) -> tuple[Channel | None, str]:
    word = line.casefold()
    for channel in Channel:
        if channel.value.startswith(word):
            return channel, ""
    return None, f"channel {printable(line)[:20]}: direct or reseller"


def clean_facts(values: Mapping[str, str], today: date) -> tuple[dict[str, Any], dict[str, str]]:
    """Typed facts out of typed text, and for each bad field a message that names it.

    Empty text means not known and is left out. Days may be written as `2026-10-28` or
    `28 Oct 2026`; ship date and opening day may not lie after `today`. The lines of an address
    become its parts.
    """
    facts: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name, text in values.items():
        line = clean_line(text, 10_000)
        if name == "address":
            line = address_line(text) or line
        if not line:
            continue
        facts[name], fault = parse_field(name, line, today)
        if fault:
            faults[name] = fault
            del facts[name]
    return facts, faults


_MONEY = re.compile(r"(\d{1,6})(?:[.,](\d{2}))?")


def cents_of(text: str) -> int:
    """An amount as `45`, `45.00` or `45,00`, in cents. Raises Refused naming what was entered."""
    found = _MONEY.fullmatch(text.strip())
    if found is None:
        raise Refused(f"{printable(text)[:20]} is no amount", "enter it as 45.00")
    return int(found[1]) * 100 + int(found[2] or 0)
