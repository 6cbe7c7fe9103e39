"""Asking a vendor to move a case: the reasons that it offers, and the text to paste (DOMAIN 7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench.datafile import Table
from bench.policy.clocks import level_key
from bench.text import clean_line, clean_text

DETAIL_LIMIT = 4000
"""Characters of the free text; what is longer is cut, and says so."""

_CUT = "\n[cut here: too long for one request]"
_LAST = "other"


class NoDetail(ValueError):
    """An escalation without a word on what is wanted: the vendor asks for one with each reason."""

    def __init__(self) -> None:
        super().__init__("the escalation has no detail: write what you need from the vendor")


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of the vendor's list."""

    id: str
    name: str
    """As the vendor's portal calls it."""
    when: str
    """When to choose it."""
    action: str
    """What the vendor then does."""
    needs_specific: bool
    """The vendor asks that the detail be as exact as possible."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """The vendor's reasons in its order, and for whom it escalates."""

    reasons: tuple[Reason, ...]
    service_levels: tuple[str, ...]
    asks_detail: str
    """What to write in the free text, for any reason."""
    asks_specific: str
    """The hint for reasons that need an exact detail."""
    rule: str

    def reason(self, reason_id: str) -> Reason | None:
        """The reason of that id; None where the vendor has none such (any more)."""
        return next((reason for reason in self.reasons if reason.id == reason_id), None)

    def hint(self, reason: Reason) -> str:
        """What to write in the free text for this reason."""
        return self.asks_specific if reason.needs_specific else self.asks_detail

    def offered(self, service_level: str) -> str:
        """Why a customer of this level cannot escalate; "" where it can."""
        level = level_key(service_level)
        if level and level in {level_key(name) for name in self.service_levels}:
            return ""
        known = clean_line(service_level, 40)
        which = f"this one is {known}" if known else "this customer's service level is not known"
        return f"escalation is for {' or '.join(self.service_levels)} customers; {which}"


def load_escalation(path: Path) -> Escalation:
    """Reads and checks the file. Raises DataError naming file, key and what was expected."""
    table = Table.read(path)
    reasons: list[Reason] = []
    for t in table.tables("reason"):
        reason = _read_reason(t)
        if reason.id in {other.id for other in reasons}:
            raise t.wrong("id", "an id that no other reason has", reason.id)
        if reasons and reasons[-1].id == _LAST:
            raise t.wrong("id", f'"{_LAST}" as the last reason: it is for what no other fits')
        reasons.append(reason)
    if not reasons:
        raise table.wrong("reason", "at least one [[reason]]")
    escalation = Escalation(
        reasons=tuple(reasons),
        service_levels=table.texts("service_levels"),
        asks_detail=table.text("asks_detail"),
        asks_specific=table.text("asks_specific"),
        rule=table.text("rule"),
    )
    if not all(level_key(level) for level in escalation.service_levels or ("",)):
        raise table.wrong("service_levels", "at least one service level, none of them blank")
    table.done()
    return escalation


def escalation_text(
    reason: Reason,
    *,
    vendor_ticket: str,
    serial: str,
    brand: str,
    model: str,
    vendor_rma: str,
    detail: str,
    technician: str,
    opened_on: date | None,
    last_moved: str,
) -> str:
    """The plain text to paste into the vendor's portal; every value is cleaned here.

    `detail` may have several lines. Raises NoDetail where it says nothing.
    """
    facts = {
        "Escalate reason": reason.name,
        "Support ticket": vendor_ticket,
        "RMA number": clean_line(vendor_rma) or "none yet",
        "Unit": " ".join((clean_line(brand), clean_line(model))),
        "Serial number": serial,
        "Ticket opened on": opened_on.isoformat() if opened_on else "",
        "Last movement": last_moved,
        "Asked by": technician,
    }
    lines = [f"{name}: {clean_line(value) or 'not known'}" for name, value in facts.items()]
    return "\n".join((*lines, "", "What we need:", _clean_detail(detail)))


def _clean_detail(detail: str) -> str:
    text = clean_text(detail, DETAIL_LIMIT + 1)
    if not any(c.isalnum() for c in text):
        raise NoDetail
    return text if len(text) <= DETAIL_LIMIT else text[: DETAIL_LIMIT - len(_CUT)] + _CUT


def _read_reason(t: Table) -> Reason:
    reason = Reason(
        id=t.text("id"),
        name=t.text("name"),
        when=t.text("when"),
        action=t.text("action"),
        needs_specific=t.yes("needs_specific", False),
    )
    t.done()
    if not re.fullmatch(r"[a-z][a-z0-9_]*", reason.id):
        raise t.wrong("id", "small letters, digits and underscores", reason.id)
    for name in ("name", "when", "action"):
        if not str(getattr(reason, name)).strip():
            raise t.wrong(name, "a text that is not blank")
    return reason
