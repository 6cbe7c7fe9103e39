"""Before a packet is made, somebody has looked at what is unsure; hidden words stay hidden."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.evidence.packet import missing
from bench.evidence.packet_text import packet_text
from bench.settings import Settings
from bench.workflow.packets import (
    NotLooked,
)
from tests.workflow.packet_shelf import (
    CASE,
    DOUBT,
    Shelf,
    known,
    packed,
)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(
        Settings(
            station="Bench 2", captures=tmp_path / "captures", badge_key=tmp_path / "badge.key"
        )
    )


def test_doubt_is_refused_until_somebody_has_looked(shelf: Shelf) -> None:
    record = shelf.record(DOUBT)
    with pytest.raises(NotLooked) as asked:
        shelf.gather(known(record))
    assert asked.value.what == (
        "1 line of the recording of 2026-11-18 14:26 (142640-A-00000001) may still hold a secret"
    )
    assert asked.value.remedy == "look through the copy on the Console screen first"
    assert len(asked.value.prepared.redacted.unsure) == 1
    assert shelf.gather(known(record), looked=[asked.value.seen]).outputs


def test_a_copy_of_the_console_screen_says_that_somebody_has_looked(shelf: Shelf) -> None:
    record = shelf.record(DOUBT)
    shelf.copy(record)
    assert "secret place" in shelf.gather(known(record)).outputs[0].text


def test_a_copy_of_another_recording_says_nothing(shelf: Shelf) -> None:
    record, other = shelf.record(DOUBT), shelf.record(DOUBT, 2)
    shelf.copy(other)
    with pytest.raises(NotLooked, match="00000001"):
        shelf.gather(known(record))


@pytest.mark.parametrize("text", ["", "[]", "{", '{"capture": 1}', "[" * 5000])
def test_findings_that_cannot_be_read_say_nothing(shelf: Shelf, text: str) -> None:
    record = shelf.record(DOUBT)
    (shelf.copy(record) / "findings.json").write_text(text)
    with pytest.raises(NotLooked):
        shelf.gather(known(record))


@pytest.mark.parametrize("typed", ["ACME Bank", "acme bank", "ACME BANK"])
def test_words_that_were_hidden_in_the_copy_are_hidden_here_too(shelf: Shelf, typed: str) -> None:
    record = shelf.record(DOUBT + b"Welcome to ACME Bank, branch 7\r\n")
    shelf.copy(record, typed)
    rma = replace(known().rma, symptom="Acme bank sees no light.")
    files = packed(shelf.gather(known(record, rma=rma)))
    assert all("acme" not in text.lower() for text in files.values())
    assert "Welcome to [word-1 sha256:" in files["packet.txt"]


def test_a_copy_whose_words_cannot_be_told_does_not_count(shelf: Shelf) -> None:
    record = shelf.record(DOUBT + b"Welcome to ACME Bank\r\n")
    shelf.copy(record, "ACME Bank")
    shelf.settings.badge_key.unlink()  # a new key is made
    with pytest.raises(NotLooked):
        shelf.gather(known(record))


def test_words_of_the_technician_are_hidden(shelf: Shelf) -> None:
    record = shelf.record(b"Welcome to ACME Bank\r\n")
    facts = shelf.gather(known(record), words=["acme bank", " ", "\x00x"])
    assert "ACME" not in packet_text(facts)


@pytest.mark.parametrize(
    ("field", "what"),
    [
        ("output", "the output that came with the ticket"),
        ("symptom", "the symptom of the ticket"),
        ("troubleshooting", "the troubleshooting of the ticket"),
    ],
)
def test_doubt_about_other_texts_is_refused_too(shelf: Shelf, field: str, what: str) -> None:
    more: dict[str, Any] = {field: DOUBT.decode()}
    case = replace(CASE, **more)
    with pytest.raises(NotLooked, match=f"1 line of {what} may") as asked:
        shelf.gather(known(case=case))
    seen = [asked.value.seen]
    assert missing(shelf.gather(known(case=case), looked=seen)) == ()
    more[field] += "his password too"
    longer = replace(CASE, **more)
    with pytest.raises(NotLooked, match="2 lines of"):  # it was another text that he looked at
        shelf.gather(known(case=longer), looked=seen)
