"""Escalation: the vendor's six reasons, for whom it escalates, and the text to paste."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.datafile import DataError, data_dir
from bench.policy.escalation import (
    DETAIL_LIMIT,
    Escalation,
    NoDetail,
    Reason,
    escalation_text,
    load_escalation,
)
from bench.text import printable

FILE = data_dir() / "escalation.toml"
ESCALATION = load_escalation(FILE)
SIX = [
    "faster_progress",
    "case_status_update",
    "support_engineer_now",
    "case_reassignment",
    "rma_status_update",
    "other",
]
HOSTILE = st.text(st.characters(), max_size=60) | st.sampled_from(
    ["\x1b]0;owned\x07", "a\r\nSubject: b", "\u202egnp.exe", "\u2066x\u2069", "[/red]", "\ud800"]
)


def reason(name: str = "faster_progress") -> Reason:
    """One of the six."""
    found = ESCALATION.reason(name)
    assert found is not None
    return found


def text_of(
    detail: str, value: str = "", which: Reason | None = None, on: date | None = None
) -> str:
    """The text to paste, with the same value in every field."""
    return escalation_text(
        which or reason(),
        vendor_ticket=value,
        serial=value,
        brand=value,
        model=value,
        vendor_rma=value,
        detail=detail,
        technician=value,
        opened_on=on,
        last_moved=value,
    )


def test_the_six_reasons_stand_in_the_vendors_order() -> None:
    assert [reason.id for reason in ESCALATION.reasons] == SIX
    assert [r.name for r in ESCALATION.reasons][2] == "Support Engineer Now"
    assert ESCALATION.reason("bribe") is None


def test_two_reasons_ask_for_an_exact_detail() -> None:
    specific = [r.id for r in ESCALATION.reasons if r.needs_specific]
    assert specific == ["support_engineer_now", "other"]
    assert ESCALATION.hint(reason("other")) == ESCALATION.asks_specific
    assert ESCALATION.hint(reason()) == ESCALATION.asks_detail


@pytest.mark.parametrize("level", ["platinum", "Platinum", "  PLATINUM\n"])
def test_platinum_is_offered_however_it_is_written(level: str) -> None:
    assert ESCALATION.offered(level) == ""


@pytest.mark.parametrize(
    ("level", "end"),
    [
        ("standard", "this one is standard"),
        ("platinum plus", "this one is platinum plus"),
        ("", "this customer's service level is not known"),
        (" \x1b ", "this customer's service level is not known"),
        ("go\x1bld\n[/]", "this one is gold [/]"),
    ],
)
def test_others_see_why_it_is_not_offered(level: str, end: str) -> None:
    want = f"escalation is for platinum customers; {end}"
    assert ESCALATION.offered(level) == want


def test_the_text_to_paste() -> None:
    text = escalation_text(
        reason("rma_status_update"),
        vendor_ticket="2026-1101-0042",
        serial="0331052014000123",
        brand="Pulse Secure",
        model="PSA-3000",
        vendor_rma="",
        detail=" Where is the unit?\r\n\r\nThe site has no spare left. ",
        technician="Ana R.",
        opened_on=date(2026, 11, 2),
        last_moved="2026-11-05, sub-ticket advance-exchange opened",
    )
    assert text.splitlines() == [
        "Escalate reason: RMA Status Update",
        "Support ticket: 2026-1101-0042",
        "RMA number: none yet",
        "Unit: Pulse Secure PSA-3000",
        "Serial number: 0331052014000123",
        "Ticket opened on: 2026-11-02",
        "Last movement: 2026-11-05, sub-ticket advance-exchange opened",
        "Asked by: Ana R.",
        "",
        "What we need:",
        "Where is the unit?",
        "",
        "The site has no spare left.",
    ]


def test_what_is_not_known_says_so() -> None:
    lines = text_of("now").splitlines()
    assert lines[1:8] == [
        "Support ticket: not known",
        "RMA number: none yet",
        "Unit: not known",
        "Serial number: not known",
        "Ticket opened on: not known",
        "Last movement: not known",
        "Asked by: not known",
    ]


@pytest.mark.parametrize("detail", ["", " \n\t ", "\u200b\u202e", "\x00\x1b", "...", "\n-\n"])
def test_a_detail_that_says_nothing_is_refused(detail: str) -> None:
    with pytest.raises(NoDetail, match="write what you need"):
        text_of(detail)


def test_a_long_detail_is_cut_and_says_so() -> None:
    whole = "x" * DETAIL_LIMIT
    assert text_of(whole).endswith("\n" + whole)
    text = text_of(whole + "y").partition("What we need:\n")[2]
    assert len(text) == DETAIL_LIMIT
    assert text.endswith("x\n[cut here: too long for one request]")
    lines = text_of("line\n" * 5000).partition("What we need:\n")[2]
    assert len(lines) <= DETAIL_LIMIT
    assert "[cut here" in lines


@given(HOSTILE, st.lists(HOSTILE, max_size=5))
def test_whatever_comes_in_the_text_is_plain_and_has_its_lines(value: str, more: list[str]) -> None:
    """No value can add a line, act on a terminal or turn the writing round."""
    text = text_of("\n".join(("please", *more)), value)
    assert all(printable(line) == line for line in text.split("\n"))
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in text if c != "\n")
    lines = text.split("\n")
    assert lines[0] == "Escalate reason: Faster Progress"
    assert lines[8:11] == ["", "What we need:", "please"]


def test_the_labels_are_ascii() -> None:
    for each in ESCALATION.reasons:
        assert text_of("now", which=each, on=date(2026, 1, 1)).isascii()


REASON = '[[reason]]\nid = "a"\nname = "A"\nwhen = "w"\naction = "x"\n'
HEAD = 'service_levels = ["gold"]\nasks_detail = "d"\nasks_specific = "s"\nrule = "r"\n'


def load(tmp_path: Path, text: str) -> Escalation:
    """The reasons of a file with this text."""
    file = tmp_path / "escalation.toml"
    file.write_text(text)
    return load_escalation(file)


def test_a_site_keeps_its_own_list(tmp_path: Path) -> None:
    own = load(tmp_path, HEAD.replace('["gold"]', '["gold", "silver"]') + REASON)
    assert [reason.id for reason in own.reasons] == ["a"]
    assert own.offered("Silver") == ""
    assert own.offered("platinum").startswith("escalation is for gold or silver customers")


WRONG = [
    (HEAD + REASON + REASON, r"reason\[2\].id: expected an id that no other reason has"),
    (HEAD + REASON.replace('"a"', '"other"') + REASON, '"other" as the last reason'),
    (HEAD + REASON.replace('"a"', '"A!"'), "id: expected small letters"),
    (HEAD + REASON.replace('"w"', '" "'), "when: expected a text that is not blank"),
    (HEAD + REASON + "specific = true\n", "specific: expected only these keys"),
    (HEAD + "reason = []\n", "reason: expected at least one"),
    (HEAD.replace('["gold"]', "[]") + REASON, "service_levels: expected at least one"),
    (HEAD.replace('["gold"]', '["gold", " "]') + REASON, "service_levels: .*none of them blank"),
    (HEAD.replace("rule", "rules") + REASON, "rule: expected a text, which is missing"),
    ("x = 1\n" + HEAD + REASON, "x: expected only these keys"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_what_cannot_be_right_is_told_with_its_place(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        load(tmp_path, text)
