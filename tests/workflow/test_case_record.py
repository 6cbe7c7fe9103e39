"""The history's lines about vendor cases, advance replacements and letters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bench.store.records import CASE_STEPS, Event, Step
from bench.workflow.case_record import case_detail
from tests.evidence.console_poison import acting


def event(step: Step, **data: Any) -> Event:
    """An event of that kind."""
    at = datetime(2026, 11, 6, 9, tzinfo=UTC)
    return Event("op-1", "u1", "r1", 1, step, at, "Ana R.", "Dock 2", data)


@pytest.mark.parametrize(
    ("step", "data", "line"),
    [
        (Step.CASE_NOTED, {}, "begun"),
        (Step.CASE_NOTED, {"vendor": "Lydis", "output": "x"}, "with Lydis, output"),
        (
            Step.VENDOR_TICKET_OPENED,
            {"vendor_ticket": "PS-77123", "packet": "ab" * 32},
            "ticket PS-77123, packet abababab",
        ),
        (Step.VENDOR_TICKET_OPENED, {"vendor_ticket": "PS-77123"}, "ticket PS-77123"),
        (Step.LICENSE_TICKET_OPENED, {"license_ticket": "PS-1"}, "sub-ticket PS-1"),
        (Step.LICENSE_TRANSFERRED, {"rma_detail": "RD-5"}, "RD-5"),
        (Step.LICENCES_MADE, {}, "by the customer"),
        (
            Step.SENT_AHEAD,
            {
                **{"why": "advance", "serial": "S1", "carrier": "UPS", "tracking": "1Z"},
                **{"due_on": "2026-12-06"},
            },
            "S1, in advance, UPS 1Z, original due back by 6 Dec 2026",
        ),
        (
            Step.EXCHANGE_OPENED,
            {"exchange_ticket": "EX-1", "due_on": "2026-11-11"},
            "sub-ticket EX-1, return it by 11 Nov 2026",
        ),
        (Step.VENDOR_RMA_GIVEN, {"vendor_rma": "DX-9", "due_on": None}, "RMA number DX-9"),
        (Step.SENT_TO_VENDOR, {"carrier": "FedEx", "tracking": "9865"}, "FedEx 9865"),
        (Step.VENDOR_ANSWERED, {"answer": "credit", "credit_cents": 4505}, "credit of 45.05 USD"),
        (Step.VENDOR_ANSWERED, {"answer": "replacement"}, "replacement"),
        (
            Step.VENDOR_ANSWERED,
            {"answer": "drop_shipped", "serial": "S2"},
            "ships the replacement to the reseller, S2",
        ),
        (Step.VENDOR_UNIT_RECEIVED, {"serial": "S3"}, "S3"),
        (Step.REPLACEMENT_TESTED, {"passed": True}, "passed"),
        (Step.REPLACEMENT_TESTED, {"passed": False, "findings": "no tone"}, "failed: no tone"),
        (Step.CASE_MOVED, {"why": "they call"}, "they call"),
        (Step.CASE_ENDED, {"why": "refused"}, "refused"),
        (
            Step.ESCALATED,
            {"why": "Faster Progress", "detail": "down\nsince noon"},
            "Faster Progress: down since noon",
        ),
        (Step.ESCALATION_ANSWERED, {"answer": "soon"}, "soon"),
        (Step.ADVANCE_BILLED, {"why": "not back"}, "not back"),
        (
            Step.LETTER_WRITTEN,
            {"kind": "management_notice", "to": "m@example.com"},
            "notice to management, to m@example.com",
        ),
        (
            Step.LETTER_SENT,
            {"kind": "quote_request", "how": "hand"},
            "request for a quote, by hand",
        ),
        (Step.RECEIVED, {"condition": "good"}, ""),
    ],
)
def test_lines(step: Step, data: dict[str, Any], line: str) -> None:
    """What was done, in the words of a technician."""
    assert case_detail(event(step, **data)) == line


@pytest.mark.parametrize("step", CASE_STEPS)
def test_every_step_of_a_case_survives_what_is_missing_or_hostile(step: Step) -> None:
    """Events of a later bench may carry less, or other things."""
    assert case_detail(event(step)) is not None
    poison = "\x1b]0;x\x07[/]\u202e" + "V" * 300
    names = (
        "vendor",
        "vendor_ticket",
        "why",
        "answer",
        "kind",
        "how",
        "due_on",
        "serial",
        "detail",
    )
    line = case_detail(event(step, **dict.fromkeys(names, poison)))
    assert acting(line) == set()
    assert len(line) <= 120
