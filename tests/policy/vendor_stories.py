"""Vendor cases for the tests: facts after each step, and what each step makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from bench.datafile import data_dir
from bench.policy.clocks import Clocks, load_clocks
from bench.policy.facts import Outcome, Route
from bench.policy.vendor_case import VendorAnswer, VendorCase
from bench.policy.vendor_plan import CaseFacts, CaseStep
from tests.policy.grid import tables

S = CaseStep
MONDAY = date(2026, 11, 2)
"""A business day without a holiday near it."""


@cache
def clocks() -> Clocks:
    """The clocks that bench comes with."""
    folder, policy = data_dir(), tables()
    return load_clocks(
        folder / "clocks.toml",
        folder / "holidays.toml",
        advance_return_days=policy.advance_return_days,
        stalled_business_days=policy.vendor_stalled_business_days,
    )


APPLIANCE = CaseFacts(
    case=VendorCase(Route.THREE_LEGGED, noted_on=MONDAY),
    route=Route.THREE_LEGGED,
    brand="Pulse Secure",
    ticket="T-100",
    replacement_serial="STOCK-1",
    symptom="no boot",
    troubleshooting="other power supply",
    outputs=1,
)
"""A case begun, with all five parts, before the defective unit has arrived."""
PHONE = CaseFacts(
    case=None,
    route=Route.DISTRIBUTOR,
    brand="Yealink",
    received_on=MONDAY,
    diagnosed_on=MONDAY,
    outcome=Outcome.REPLACE,
    vendor_rma_wanted=True,
)
"""A phone diagnosed replace."""
_MADE: Mapping[CaseStep, dict[str, Any]] = {
    S.VENDOR_TICKET: {"vendor_ticket": "V-1", "opened_on": MONDAY},
    S.SUB_TICKET: {"license_ticket": "V-1-1", "license_on": MONDAY},
    S.LICENSE_TRANSFER: {"rma_detail": "D-1", "rma_detail_on": MONDAY},
    S.LICENCES: {"licences_on": MONDAY},
    S.EXCHANGE: {"exchange_ticket": "V-1-2", "exchange_on": MONDAY},
    S.RETURN: {"returned_on": MONDAY, "return_carrier": "UPS", "return_tracking": "1Z"},
    S.VENDOR_UNIT: {"vendor_unit_id": "u2", "vendor_unit_on": MONDAY},
    S.VENDOR_RMA: {"vendor_rma": "R-1", "vendor_rma_on": MONDAY},
    S.ANSWER: {"answer": VendorAnswer.REPLACEMENT, "answered_on": MONDAY},
    S.TESTED: {"tested": True, "tested_on": MONDAY},
    S.END: {"ended_on": MONDAY, "ended_why": "no replacement needed"},
}
_ON_THE_RMA: Mapping[CaseStep, Callable[[CaseFacts], CaseFacts]] = {
    S.TICKET: lambda f: replace(f, ticket="T-100"),
    S.SENT_AHEAD: lambda f: replace(f, sent_ahead_on=MONDAY),
    S.DIAGNOSED: lambda f: replace(
        f, received_on=MONDAY, diagnosed_on=MONDAY, outcome=Outcome.REPLACE
    ),
}


def after(facts: CaseFacts, *steps: CaseStep) -> CaseFacts:
    """The facts once these steps are done, whether their gates would let them pass or not."""
    for step in steps:
        on_the_rma = _ON_THE_RMA.get(step)
        facts = on_the_rma(facts) if on_the_rma else case_with(facts, **_MADE[step])
    return facts


def case_with(facts: CaseFacts, **changes: Any) -> CaseFacts:
    """The facts with the case changed, and begun if it was not."""
    case = facts.case or VendorCase(facts.route or Route.VENDOR, noted_on=MONDAY)
    return replace(facts, case=replace(case, **changes))
