"""One row of a case file: how each value is read, and what is said of one that cannot be."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from bench.cells import RowError, shown
from bench.cli.decide import decide_row
from bench.cli.rows import COLUMNS, facts_of
from bench.datafile import data_dir
from bench.policy.facts import AgeReference, ChainLink, Channel, Outcome
from bench.policy.tables import Tables, load_tables

EARLY = {
    "brand": "Yealink",
    "channel": "direct",
    "shipped_on": "2026-10-20",
    "opened_on": "2026-11-11",
    "outcome": "replace",
}
KEYS = [
    *("age_days", "band", "warranty_start", "warranty_ends", "replacements_used", "speed"),
    *("payer_to_us", "payer_back", "deductible_cents", "advance_replacement"),
    *("packaging_required", "management_notice", "contact_first", "holds", "vendor_route"),
    *("missing", "reasons"),
]


@cache
def tables() -> Tables:
    return load_tables(data_dir() / "policy.toml", data_dir() / "brands.toml")


def test_a_plain_row() -> None:
    found = decide_row({**EARLY, "original_packaging": "yes"}, tables())
    assert set(KEYS) <= set(found)
    assert (found["age_days"], found["band"], found["speed"]) == (22, "early", "rush")
    assert (found["payer_back"], found["deductible_cents"], found["holds"]) == ("us", 0, [])
    assert found["missing"] == []
    assert isinstance(found["reasons"], list)
    assert {tuple(reason) for reason in found["reasons"]} == {("part", "value", "why", "rule")}


def test_nothing_known_is_an_answer_too() -> None:
    found = decide_row({}, tables())
    assert found["speed"] is None
    assert found["missing"] == ["brand", "channel", "opened_on", "outcome", "shipped_on"]
    flags = ("advance_replacement", "packaging_required", "management_notice", "contact_first")
    assert [found[name] for name in flags] == [False] * 4
    details = found["missing_details"]
    assert isinstance(details, list)
    assert all(set(gap) == {"fact", "why", "who"} for gap in details)


def test_missing_columns_and_empty_ones_are_the_same() -> None:
    assert decide_row(dict.fromkeys(COLUMNS, ""), tables()) == decide_row({}, tables())


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("brand", " YEALINK "),
        ("channel", "Direct"),
        ("outcome", " REPLACE"),
        ("opened_on", " 2026-11-11 "),
    ],
)
def test_case_and_spaces_do_not_matter(column: str, text: str) -> None:
    wanted, found = decide_row(EARLY, tables()), decide_row({**EARLY, column: text}, tables())
    assert {**wanted, "reasons": 0} == {**found, "reasons": 0}


def test_the_day_that_counts_is_a_setting() -> None:
    row = {**EARLY, "received_on": "2026-11-25"}
    assert decide_row(row, tables())["age_days"] == 22
    assert decide_row(row, tables(), AgeReference.RECEIVED)["age_days"] == 36


def test_facts_of_every_column() -> None:
    facts = facts_of(
        {
            "brand": "Pulse Secure",
            "channel": "reseller",
            "shipped_on": "2024-02-29",
            "opened_on": "2024-03-01",
            "received_on": "2024-03-02",
            "outcome": "no_trouble_found",
            "original_packaging": "No",
            "rush_paid_by_customer": "YES",
            "chain": "2022-01-01>2023-01-01; >2024-01-01 ;2024-02-01>;>",
            "contract_ends_on": "2199-12-31",
        }
    )
    assert facts.channel is Channel.RESELLER
    assert facts.outcome is Outcome.NO_TROUBLE_FOUND
    assert (facts.original_packaging, facts.rush_paid_by_customer) == (False, True)
    assert facts.shipped_on == date(2024, 2, 29)
    assert facts.chain == (
        ChainLink(date(2022, 1, 1), date(2023, 1, 1)),
        ChainLink(None, date(2024, 1, 1)),
        ChainLink(date(2024, 2, 1), None),
        ChainLink(None, None),
    )
    assert facts.contract_ends_on == date(2199, 12, 31)


@pytest.mark.parametrize(
    ("column", "text", "says"),
    [
        ("shipped_on", "2026-02-30", "February 2026 has 28 days"),
        ("shipped_on", "2025-02-29", "February 2025 has 28 days"),
        ("shipped_on", "2026-13-01", "no real month"),
        ("shipped_on", "2026-00-10", "no real month"),
        ("shipped_on", "2026-04-31", "April 2026 has 30 days"),
        ("shipped_on", "2026-04-00", "not in the calendar"),
        ("opened_on", "1989-12-31", "not between 1990 and 2200"),
        ("opened_on", "2201-01-01", "not between 1990 and 2200"),
        ("opened_on", "9999-12-31", "not between"),
        ("received_on", "20261111", "YYYY-MM-DD"),
        ("received_on", "2026-W01-1", "YYYY-MM-DD"),
        ("received_on", "2026-1-5", "YYYY-MM-DD"),
        ("received_on", "11/11/2026", "YYYY-MM-DD"),
        ("received_on", "2026-11-11T00:00", "YYYY-MM-DD"),
        ("received_on", "٢٠٢٦-١١-١١", "YYYY-MM-DD"),
        ("contract_ends_on", "soon", "contract_ends_on"),
        ("channel", "partner", "none of direct, reseller"),
        ("outcome", "replaced", "no_trouble_found, repair, replace"),
        ("outcome", "[bold]repair[/]", "[bold]repair[/]"),
        ("original_packaging", "true", "neither yes nor no"),
        ("rush_paid_by_customer", "1", "neither yes nor no"),
        ("chain", "2024-01-01", "unit 1 is"),
        ("chain", "2024-01-01>2024-02-01>2024-03-01", "shipped_on>opened_on"),
        ("chain", "2024-01-01>2024-02-01;", "unit 2 is"),
        ("chain", "2024-01-01>2024-02-30", "unit 1"),
        ("chain", ";".join([">"] * 51), "at most 50"),
        ("outcome", "x" * 10_000, "…"),
    ],
)
def test_a_value_that_is_none(column: str, text: str, says: str) -> None:
    with pytest.raises(RowError) as caught:
        decide_row({**EARLY, column: text}, tables())
    message = str(caught.value)
    assert message.startswith(column)
    assert says in message
    assert len(message) < 250
    assert message.isprintable()


@pytest.mark.parametrize(
    "nasty", ["\x1b]52;c;x\x1b\\", "\x00\x9b2J", "\u202eabc", "\ud800", "😀" * 99]
)
def test_a_message_is_safe_to_print(nasty: str) -> None:
    for column in COLUMNS[1:]:
        with pytest.raises(RowError) as caught:
            decide_row({column: nasty + "x"}, tables())
        assert str(caught.value).isprintable()
    decide_row({"brand": nasty}, tables())


def test_shown_is_short() -> None:
    assert shown("a" * 100) == '"' + "a" * 40 + '…"'
    assert shown("a" * 40) == '"' + "a" * 40 + '"'
