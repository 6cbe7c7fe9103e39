"""`bench decide --brand … `: one decision, for people and for programs."""

from __future__ import annotations

import json
from typing import Any

EARLY = (
    *("--brand", "yealink", "--channel", "direct"),
    *("--shipped", "2026-10-20", "--opened", "2026-11-11", "--outcome", "replace"),
)


def test_the_big_answer_comes_first(bench: Any) -> None:
    ran = bench("decide", *EARLY, "--original-packaging", "yes")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == "RUSH  replace · day 22 of 30 · we pay back"
    assert "[RMA outcomes · replace]" in ran.out
    assert "no longer holds, confirmed at receiving" in ran.out


def test_holds_and_what_lifts_them(bench: Any) -> None:
    out = bench("decide", *EARLY).out
    assert "ON HOLD: original packaging" in out.splitlines()[0]
    assert "lifted when the original packaging arrives" in out


def test_what_is_missing_and_who_knows(bench: Any) -> None:
    out = bench("decide", "--brand", "Nokia\x1b[2J").out
    assert out.startswith("OPEN  not diagnosed · age not known")
    assert "no warranty rule for the brand Nokia" in out
    assert "ask the order desk" in out
    assert "\x1b" not in out


def test_by_quote(bench: Any) -> None:
    args = ("--brand", "Htek", "--channel", "reseller", "--outcome", "repair")
    out = bench("decide", *args, "--shipped", "2020-01-01", "--opened", "2026-01-01").out
    first = "GROUND  repair · day 2192, out of warranty · way back by quote · "
    assert out.startswith(first + "ON HOLD: Partner Team quote\n")


def test_json_is_one_object(bench: Any) -> None:
    ran = bench("decide", *EARLY, "--json")
    found = json.loads(ran.out)
    assert (found["speed"], found["holds"]) == ("rush", ["packaging"])
    assert "line" not in found


def test_chain_and_contract(bench: Any) -> None:
    args = ("--brand", "Pulse Secure", "--channel", "direct", "--outcome", "repair", "--json")
    days = ("--shipped", "2025-01-01", "--received", "2026-06-01", "--contract-ends", "2027-01-01")
    ran = bench("decide", *args, *days, "--chain", "2024-01-01>2024-12-01")
    found = json.loads(ran.out)
    assert (found["band"], found["warranty_start"]) == ("in_warranty", "2024-01-01")


def test_a_bad_value_names_its_option(bench: Any) -> None:
    for option, text in (
        ("--shipped", "2026-02-30"),
        ("--contract-ends", "x"),
        ("--original-packaging", "maybe"),
        ("--outcome", "no-trouble"),
        ("--chain", "x"),
    ):
        ran = bench("decide", option, text)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(f"bench decide: {option}:")
    assert "no_trouble_found" in bench("decide", "--outcome", "x").err


def test_no_fact_at_all(bench: Any) -> None:
    ran = bench("decide")
    assert ran.code == 0
    assert ran.out.startswith("OPEN")
