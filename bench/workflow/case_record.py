"""The steps of a vendor case, of what was sent ahead and of letters, in the words of Record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from bench.policy.letters import LetterKind
from bench.policy.vendor_case import SentAheadWhy, VendorAnswer
from bench.policy.vendor_words import ANSWERS
from bench.policy.words import day
from bench.store.records import Event, Step
from bench.text import clean_line
from bench.workflow.letter_steps import KINDS, Way

LONGEST = 120
"""Characters of one line of the history."""
_HASH = 8
_NOTED = ("vendor", "symptom", "troubleshooting", "output")
_SENT = {Way.MAIL: "by mail", Way.HAND: "by hand", Way.ARRIVED: "it has arrived"}
Data = Mapping[str, Any]


def case_detail(event: Event) -> str:
    """What such an event tells, in one line; "" for events of other kinds.

    Foreign text is in it: `printable` before it is painted.
    """
    phrase = _PHRASES.get(event.step)
    return clean_line(phrase(event.data), LONGEST) if phrase else ""


def _text(data: Data, name: str) -> str:
    value = data.get(name)
    return str(value) if value else ""


def _day(data: Data, name: str, before: str) -> str:
    try:
        return f"{before} {day(date.fromisoformat(_text(data, name)))}"
    except ValueError:
        return ""


def _and(*parts: str) -> str:
    return ", ".join(filter(None, parts))


def _noted(data: Data) -> str:
    with_whom = f"with {_text(data, 'vendor')}" if data.get("vendor") else ""
    said = [name for name in _NOTED[1:] if data.get(name)]
    return _and(with_whom, *said) or "begun"


def _opened(data: Data) -> str:
    packet = _text(data, "packet")[:_HASH]
    return _and(f"ticket {_text(data, 'vendor_ticket')}", f"packet {packet}" if packet else "")


def _sent_ahead(data: Data) -> str:
    advance = data.get("why") == SentAheadWhy.ADVANCE
    kind = "in advance" if advance else ""
    due = _day(data, "due_on", "original due back by")
    return _and(_text(data, "serial"), kind, _carried(data), due)


def _carried(data: Data) -> str:
    return f"{_text(data, 'carrier')} {_text(data, 'tracking')}".strip()


def _exchange(data: Data) -> str:
    due = _day(data, "due_on", "return it by")
    return _and(f"sub-ticket {_text(data, 'exchange_ticket')}", due)


def _vendor_rma(data: Data) -> str:
    return _and(f"RMA number {_text(data, 'vendor_rma')}", _day(data, "due_on", "send it by"))


def _answered(data: Data) -> str:
    answer, cents = _text(data, "answer"), data.get("credit_cents")
    name = ANSWERS[VendorAnswer(answer)] if answer in set(VendorAnswer) else answer
    amount = f" of {cents // 100}.{cents % 100:02} USD" if isinstance(cents, int) else ""
    return _and(name + amount, _text(data, "serial"))


def _tested(data: Data) -> str:
    return "passed" if data.get("passed") else f"failed: {_text(data, 'findings')}"


def _escalated(data: Data) -> str:
    name, detail = _text(data, "why"), _text(data, "detail")
    return f"{name}: {detail}" if detail else name


def _written(data: Data) -> str:
    to = f"to {_text(data, 'to')}" if data.get("to") else ""
    return _and(_letter(data), to)


def _sent(data: Data) -> str:
    how = _text(data, "how")
    return _and(_letter(data), _SENT[Way(how)] if how in set(Way) else "")


def _letter(data: Data) -> str:
    kind = _text(data, "kind")
    return KINDS[LetterKind(kind)] if kind in set(LetterKind) else kind


def _said(name: str, before: str = "") -> Callable[[Data], str]:
    """A phrase that is one text of the event, after a word or two."""
    return lambda data: f"{before} {_text(data, name)}".strip()


_PHRASES: Mapping[Step, Callable[[Data], str]] = {
    Step.CASE_NOTED: _noted,
    Step.VENDOR_TICKET_OPENED: _opened,
    Step.LICENSE_TICKET_OPENED: _said("license_ticket", "sub-ticket"),
    Step.LICENSE_TRANSFERRED: _said("rma_detail"),
    Step.LICENCES_MADE: lambda _: "by the customer",
    Step.SENT_AHEAD: _sent_ahead,
    Step.EXCHANGE_OPENED: _exchange,
    Step.VENDOR_RMA_GIVEN: _vendor_rma,
    Step.SENT_TO_VENDOR: _carried,
    Step.VENDOR_ANSWERED: _answered,
    Step.VENDOR_UNIT_RECEIVED: _said("serial"),
    Step.REPLACEMENT_TESTED: _tested,
    Step.CASE_MOVED: _said("why"),
    Step.CASE_ENDED: _said("why"),
    Step.ESCALATED: _escalated,
    Step.ESCALATION_ANSWERED: _said("answer"),
    Step.ADVANCE_BILLED: _said("why"),
    Step.LETTER_WRITTEN: _written,
    Step.LETTER_SENT: _sent,
}
