"""Typed text into facts: each field's right forms, and a message for each wrong one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.policy.facts import Channel
from bench.text import printable
from bench.workflow.desk import Refused
from bench.workflow.entry import LABELS, LIMITS, cents_of, clean_facts, parse_day, parse_field
from bench.workflow.steps import UNIT_FACTS

TODAY = date(2026, 10, 28)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-10-28", TODAY),
        ("2026-1-2", date(2026, 1, 2)),
        ("28 Oct 2026", TODAY),
        ("28 OCTOBER 2026", TODAY),
        ("28-Oct-2026", TODAY),
        ("2.jan.2026", date(2026, 1, 2)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2026-02-30", None),
        ("2026-02-29", None),
        ("30 Feb 2026", None),
        ("2026-13-01", None),
        ("0000-01-01", None),
        ("10/28/2026", None),
        ("28.10.2026", None),
        ("28 Okt 2026", None),
        ("today", None),
        ("2026-10-28T00:00", None),
        ("", None),
        ("٢٠٢٦-١٠-٢٨", TODAY),
    ],
)
def test_days(text: str, day: date | None) -> None:
    assert parse_day(text) == day


@given(st.dates())
def test_every_day_is_read_back_in_both_forms(day: date) -> None:
    assert parse_day(day.isoformat()) == day
    if day.year >= 1000:
        assert parse_day(f"{day.day} {day:%b} {day.year}") == day


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("shipped_on", "2026-10-29", "ship date 2026-10-29: lies in the future, check it"),
        ("opened_on", "29 Oct 2026", "opened on 29 Oct 2026: lies in the future, check it"),
        ("shipped_on", "1989-12-31", "ship date 1989-12-31: before 1990, check the year"),
        ("shipped_on", "0206-10-28", "ship date 0206-10-28: before 1990, check the year"),
        ("contract_ends_on", "2099-01-01", "contract end 2099-01-01: too far in the future"),
        ("shipped_on", "30 Feb 2026", "ship date 30 Feb 2026: no such day; write "),
        ("channel", "shop", "channel shop: direct or reseller"),
        ("mac", "80:5E:C0", "MAC 80:5E:C0: 12 hex digits needed"),
        ("mac", "805EC0A1B2CG", "MAC 805EC0A1B2CG: 12 hex digits needed"),
        ("customer", "x" * 81, "customer: 81 characters are too many, 80 fit"),
        ("model", "x" * 41, "model: 41 characters are too many, 40 fit"),
    ],
)
def test_a_wrong_field_is_named_with_its_remedy(name: str, text: str, fault: str) -> None:
    facts, faults = clean_facts({name: text}, TODAY)
    assert facts == {}
    assert faults[name].startswith(fault)


def test_right_fields_are_typed() -> None:
    facts, faults = clean_facts(
        {
            "brand": " Yealink ",
            "model": "T54W",
            "mac": "80:5e:c0:a1:b2:c3",
            "channel": "Res",
            "shipped_on": "2026-10-28",
            "contract_ends_on": "2030-01-01",
            "customer": "Alder\t& Finch",
            "ticket": "",
            "opened_on": "   ",
        },
        TODAY,
    )
    assert faults == {}
    assert facts == {
        "brand": "Yealink",
        "model": "T54W",
        "mac": "805EC0A1B2C3",
        "channel": Channel.RESELLER,
        "shipped_on": TODAY,
        "contract_ends_on": date(2030, 1, 1),
        "customer": "Alder & Finch",
    }


@pytest.mark.parametrize("text", ["d", "DIRECT", "dir"])
def test_a_channel_may_be_cut_short(text: str) -> None:
    assert parse_field("channel", text, TODAY) == (Channel.DIRECT, "")


def test_good_fields_are_kept_beside_bad_ones() -> None:
    facts, faults = clean_facts({"brand": "Snom", "shipped_on": "soon"}, TODAY)
    assert facts == {"brand": "Snom"}
    assert set(faults) == {"shipped_on"}


@given(
    st.dictionaries(
        st.sampled_from(sorted(LABELS)), st.text(max_size=200) | st.text().map(lambda t: t * 500)
    )
)
def test_whatever_is_typed_is_a_fact_or_a_fault_and_harmless(values: dict[str, str]) -> None:
    facts, faults = clean_facts(values, TODAY)
    assert not set(facts) & set(faults)
    assert all(printable(fault) == fault and len(fault) < 200 for fault in faults.values())
    for name, value in facts.items():
        if isinstance(value, str):
            assert "\x1b" not in value
            assert 0 < len(value) <= LIMITS.get(name, 80)


@pytest.mark.parametrize("poison", ["\x1b[2J", "[bold]x[/]", "a\u202eb", "x" * 10_000, "🙂" * 200])
def test_poison_in_every_field(poison: str) -> None:
    for name in LABELS:
        facts, faults = clean_facts({name: poison}, TODAY)
        assert set(facts) | set(faults) == {name}
        assert all(printable(fault) == fault for fault in faults.values())


def test_every_fact_of_a_unit_can_be_typed() -> None:
    assert set(UNIT_FACTS) <= set(LABELS)


@pytest.mark.parametrize(
    ("text", "cents"), [("45", 4500), ("45.00", 4500), (" 45,07 ", 4507), ("0", 0)]
)
def test_amounts(text: str, cents: int) -> None:
    assert cents_of(text) == cents


@pytest.mark.parametrize("text", ["", "-1", "45.0", "1e3", "4 5", "\u0664\u0665x", "1234567"])
def test_what_is_no_amount_is_named(text: str) -> None:
    with pytest.raises(Refused, match="is no amount"):
        cents_of(text)
