"""Knowing more changes nothing that was decided, and no day but those in the facts matters."""

from __future__ import annotations

import ast
import importlib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import bench.policy
from bench.policy.decide import decide
from bench.policy.facts import Band, ChainLink, Channel, Decision, Facts, Outcome, Speed
from tests.policy.grid import REFERENCE, before, policy_facts, tables

NTF = Outcome.NO_TROUBLE_FOUND
EARLY, IN, OUT = Band.EARLY, Band.IN_WARRANTY, Band.OUT_OF_WARRANTY
PARTS = (
    *("age_days", "band", "warranty_start", "warranty_ends", "kind", "entitlement", "speed"),
    *("payer_to_us", "payer_back", "payer_to_distributor", "deductible_cents"),
    *("advance_replacement", "packaging_required", "management_notice", "failure_question"),
    *("partner_team", "contact_first", "ships_straight_to_customer", "vendor_route"),
)
"""The parts of a decision that are None as long as they cannot be decided."""


def says(facts: Facts) -> Decision:
    """The decision by the tables that bench comes with."""
    return decide(facts, tables())


# --- monotone: knowing more changes nothing that was decided


@st.composite
def stories(draw: st.DrawFn) -> Facts:
    """Facts that can be true together: a chain in the order of time, then this unit's days."""
    start, links = date(2020, 1, 1) + timedelta(draw(st.integers(0, 40))), list[ChainLink]()
    for _ in range(draw(st.integers(0, 2))):
        back = start + timedelta(draw(st.sampled_from([0, 29, 30, 31, 400])))
        links.append(ChainLink(start, back))
        start = back + timedelta(draw(st.integers(0, 9)))
    opened = start + timedelta(draw(st.sampled_from([0, 30, 31, 600, 730, 731, 1500])))
    return Facts(
        brand=draw(st.sampled_from(["Htek", "Yealink", "Snom", "Pulse Secure"])),
        channel=draw(st.sampled_from(Channel)),
        shipped_on=start,
        opened_on=opened,
        received_on=opened + timedelta(draw(st.sampled_from([0, 1, 5, 40]))),
        outcome=draw(st.sampled_from(Outcome)),
        chain=tuple(links),
        contract_ends_on=start + timedelta(draw(st.sampled_from([20, 365, 2000]))),
    )


FORGETTABLE = ("brand", "channel", "shipped_on", "opened_on", "received_on", "outcome")
UNKNOWN = dict.fromkeys((*FORGETTABLE, "contract_ends_on"))
BLANK: dict[str, Any] = {**UNKNOWN, "brand": ""}


@settings(max_examples=600, deadline=None)
@given(stories(), st.sets(st.sampled_from(sorted(BLANK))), st.data())
def test_a_further_fact_changes_no_part_that_was_decided(
    known: Facts, gone: set[str], data: st.DataObject
) -> None:
    """The exceptions, each because the fact is itself a decision or says that another was wrong:

    * the opening day, where the day of receipt stood in for it (the reference day moves);
    * a further link of the chain (the clock may have started earlier, or anew);
    * a ship date after the reference day (a contradiction: it takes the age away again);
    * that the customer pays for rush, which turns ground into rush for no trouble found;
    * what lifts a hold: contact, packaging, quote. That is not a part but its end.
    """
    assume(gone)
    told = data.draw(st.sampled_from(sorted(gone)))
    less = replace(known, **{name: BLANK[name] for name in gone})
    assume(told != "opened_on" or less.received_on is None)
    more = replace(less, **{told: getattr(known, told)})
    before_it, after_it = says(less), says(more)
    for part in PARTS:
        decided = getattr(before_it, part)
        assert decided is None or getattr(after_it, part) == decided, (part, told)
    assert set(before_it.holds) <= set(after_it.holds)


def test_the_named_exceptions_are_real() -> None:
    received = Facts(brand="Yealink", shipped_on=before(20), received_on=before(-20))
    assert says(received).band is IN
    assert says(replace(received, opened_on=REFERENCE)).band is EARLY
    chained = replace(received, chain=(ChainLink(before(1000), before(600)),))
    assert says(chained).band is OUT
    ntf = replace(received, outcome=NTF)
    assert says(ntf).speed is Speed.GROUND
    assert says(replace(ntf, rush_paid_by_customer=True)).speed is Speed.RUSH
    late = replace(chained, shipped_on=None)
    assert says(late).band is OUT
    assert says(replace(late, shipped_on=before(-30))).band is None


# --- nothing depends on today


class NoToday(date):
    """A calendar that refuses to say which day it is."""

    @classmethod
    def today(cls) -> Self:
        """Never asked."""
        raise AssertionError("the policy asked which day it is")


def test_nothing_depends_on_todays_date(monkeypatch: pytest.MonkeyPatch) -> None:
    some = [facts for number, facts in enumerate(policy_facts()) if number % 31 == 0]
    usual = [says(facts) for facts in some]
    for name in MODULES:
        module = importlib.import_module(f"bench.policy.{name}")
        if hasattr(module, "date"):
            monkeypatch.setattr(module, "date", NoToday)
    assert [says(facts) for facts in some] == usual


POLICY = Path(next(iter(bench.policy.__path__)))
MODULES = sorted(file.stem for file in POLICY.glob("[a-z]*.py"))


@pytest.mark.parametrize("name", MODULES)
def test_no_module_of_the_policy_asks_for_the_time(name: str) -> None:
    tree = ast.parse((POLICY / f"{name}.py").read_text("utf-8"))
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not used & {"today", "now", "utcnow", "time", "monotonic"}
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    moments = {"vendor_case"}  # a record that keeps when a case moved
    assert not imported & {"time", "random", "os", "datetime"} - (
        {"datetime"} if name in moments else set()
    )
