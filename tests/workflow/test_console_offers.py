"""What the consoles offer to a diagnosis: no secret in it, and worked out only when needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.clock import FixedClock
from bench.evidence.capture_reader import CaptureReader
from bench.evidence.offering import offered
from bench.settings import Settings
from bench.workflow import console_offers
from bench.workflow.cables import Cable
from bench.workflow.console_offers import ConsoleOffers
from bench.workflow.console_rules import ConsoleRules, load_console_rules
from bench.workflow.on_cable import OnCable
from tests.evidence.captures_by_hand import BEGUN, SECOND, Writer

UNIT = OnCable("rma", "270-000-001", "unit", "FOC1932X0AB", "Cisco", "WS-C2960X-24TS-L")
FAILED = b"Kernel panic - not syncing: console_password=Tr0ub4dor7x of FOC1932X0AB\r\n"


@pytest.fixture(scope="module")
def rules() -> ConsoleRules:
    return load_console_rules(Settings())


class Said:
    """A cable with what was said on it, and the clock a second after that."""

    def __init__(self, folder: Path, rules: ConsoleRules) -> None:
        self.writer = Writer(folder)
        self.cable = Cable("B", "/dev/ttyUSB0", rules.tables, rules.profiles.profile_for())
        self.cable.reader, self.cable.unit = CaptureReader(folder), UNIT
        self.clock = FixedClock(datetime.fromtimestamp(BEGUN // SECOND, UTC))
        settings = Settings(badge_key=folder / "no.key")
        self.offers = ConsoleOffers(settings, self.clock, rules.redaction)

    def says(self, data: bytes) -> None:
        self.writer.said(data)
        self.cable.catch_up()


@pytest.fixture
def said(tmp_path: Path, rules: ConsoleRules) -> Said:
    return Said(tmp_path / "capture", rules)


def test_a_quoted_line_has_no_secret_and_keeps_the_serial(said: Said) -> None:
    said.says(FAILED)
    offered = said.offers.of(said.cable)
    assert "panic" in offered.findings
    assert "Tr0ub4dor7x" not in offered.findings
    assert "[password-1 sha256:" in offered.findings
    assert "FOC1932X0AB" in offered.findings


def test_what_was_typed_as_a_secret_is_not_quoted(said: Said) -> None:
    said.writer.sent(b"correct horse\r", secret=True)
    said.says(b"U-Boot 2016.05\r\nKernel panic - not syncing: correct horse\r\n")
    assert "correct horse" not in said.offers.of(said.cable).findings
    said.writer.sent(b"not syncing\r", secret=True)  # from now on this is one as well
    said.cable.catch_up()
    assert "not syncing" not in said.offers.of(said.cable).findings


def test_where_it_stopped_or_fell_silent_is_told_without_secrets(
    said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    said.says(b"U-Boot 2016.05\r\nadmin password: Tr0ub4dor7x")
    late = said.offers.of(said.cable)
    later = FixedClock(said.clock.moment + timedelta(hours=1))
    monkeypatch.setattr(said.offers, "_clock", later)
    silent = said.offers.of(said.cable)
    assert "Silent" not in late.findings
    assert "Silent since" in silent.findings
    assert "Tr0ub4dor7x" not in silent.findings


def test_it_is_worked_out_again_only_when_something_changed(
    said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 0

    def counted(*args: object) -> object:
        nonlocal count
        count += 1
        return offered(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(console_offers, "offered", counted)
    said.says(FAILED)
    first = said.offers.of(said.cable)
    assert said.offers.of(said.cable) is first
    assert count == 1
    said.says(b"EXT4-fs error (device sda1): bad block\r\n")
    assert said.offers.of(said.cable) != first
    said.cable.unit = replace(UNIT, serial="OTHER")
    said.offers.of(said.cable)
    said.cable.settled = True
    said.offers.of(said.cable)
    assert count == 4
