"""Good boots of the site's own: taken from a capture, without secrets, and compared with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.datafile import DataError
from bench.evidence.capture_reader import CaptureReader
from bench.evidence.known_good import good_for, load_known_good
from bench.evidence.serial_check import SerialVerdict, Verdict
from bench.settings import Settings
from bench.workflow.cables import Cable
from bench.workflow.console_rules import load_console_rules
from bench.workflow.consoles import Consoles
from bench.workflow.desk import Refused
from bench.workflow.known_good_boots import can_be_good, good_boot_of, keep_good_boot
from bench.workflow.on_cable import OnCable
from tests.evidence.captures_by_hand import Writer

UNIT = OnCable("rma", "270-000-001", "unit", "FOC1932X0AB", "Pulse Secure", "PSA-9000")
GOOD = (
    b"noise before\r\nLILO 22.8 Loading Current.....\r\nBIOS data check successful\r\n"
    b"Starting system software version 9.1R15 (build 18393)\r\n"
    b"snmp community string s3cr3tRO set\r\nStarting Core Services\r\nBoot complete\r\n"
    b"Press Enter to modify system settings.\r\nadmin typed something\r\n"
)


class Taken:
    """A bench whose cable B has said something."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(captures=home / "captures", badge_key=home / "badge.key")
        self.consoles = Consoles(self.settings)
        rules = self.consoles._rules = load_console_rules(self.settings)
        self.redaction = rules.redaction
        profile = rules.profiles.profile_for()
        self.cable = Cable("B", "/dev/ttyUSB0", rules.tables, profile, rules.known_good)
        self.consoles.cables["B"] = self.cable
        self.writer = Writer(home / "captures" / "2026-11-26" / "101500-B-abababab")
        self.cable.reader, self.cable.unit = CaptureReader(self.writer.folder), UNIT

    def says(self, data: bytes) -> Taken:
        self.writer.said(data)
        self.cable.catch_up()
        return self

    def keep(self) -> None:
        self.consoles.keep_good(good_boot_of(self.cable, self.settings, self.redaction))


@pytest.fixture
def taken(tmp_path: Path) -> Taken:
    return Taken(tmp_path)


def test_a_start_becomes_what_later_ones_are_compared_with(taken: Taken) -> None:
    taken.says(GOOD)
    assert can_be_good(taken.cable)
    assert taken.cable.comparison is None
    taken.keep()
    taken.cable.catch_up()
    assert taken.cable.comparison is not None
    assert taken.cable.comparison.missing == ""
    file = taken.settings.site_known_good
    (good,) = load_known_good(file)
    assert (good.brand, good.model) == ("Pulse Secure", "PSA-9000")
    assert good.note == "taken from 2026-11-26/101500-B-abababab"
    assert good.milestones[0] == "LILO # Loading Current"
    assert good.milestones[-1].startswith("Press Enter to modify")
    assert not any("s3cr3tRO" in step or "snmp" in step for step in good.milestones)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in file.parent.iterdir() if "good" in one.name] == [file.name]


def test_the_newest_of_a_model_counts(taken: Taken) -> None:
    taken.says(GOOD).keep()
    taken.says(b"LILO 22.9 Loading Next\r\nBIOS data check successful\r\nStarting Web Services\r\n")
    taken.says(b"Press Enter to modify system settings.\r\n").keep()
    known = load_console_rules(taken.settings).known_good
    good = good_for(known, "pulse secure", "psa-9000")
    assert good is not None
    assert good.milestones[0] == "LILO # Loading Next"
    assert len(load_known_good(taken.settings.site_known_good)) == 2
    assert taken.settings.site_known_good.read_text().count("# Starts that went well") == 1
    assert good_for(known, "Pulse Secure", "PSA-3000") is not None


@pytest.mark.parametrize(
    ("said", "unit", "why"),
    [
        (b"", UNIT, "no whole start"),
        (GOOD[:200], UNIT, "no whole start"),
        (GOOD.replace(b"Boot complete", b"Kernel panic - not syncing: x"), UNIT, "no good one"),
        (GOOD, None, "no unit"),
        (GOOD, replace(UNIT, brand=""), "no unit"),
        (GOOD, replace(UNIT, model=""), "model of this unit"),
        (
            b"LILO 22.8 Loading Current.....\r\nPress Enter to modify system settings.\r\n",
            UNIT,
            "too little",
        ),
    ],
)
def test_what_is_no_good_start(taken: Taken, said: bytes, unit: OnCable | None, why: str) -> None:
    taken.says(said)
    taken.cable.unit = unit
    with pytest.raises(Refused, match=why):
        taken.keep()
    assert not taken.settings.site_known_good.exists()


def test_another_serial_is_settled_first(taken: Taken) -> None:
    taken.says(GOOD)
    taken.cable.verdict = SerialVerdict(Verdict.DIFFERENT, UNIT.serial, "FOC1111A1AA", "")
    with pytest.raises(Refused, match="another serial"):
        taken.keep()


def test_a_file_that_cannot_be_read_stays_as_it_is(taken: Taken) -> None:
    file = taken.settings.site_known_good
    file.write_text("mine = [")
    with pytest.raises(DataError, match="known_good"):
        taken.says(GOOD).keep()
    assert file.read_text() == "mine = ["


def test_a_folder_that_cannot_be_written(taken: Taken) -> None:
    good = good_boot_of(taken.says(GOOD).cable, taken.settings, taken.redaction)
    with pytest.raises(Refused, match="cannot be written"):
        keep_good_boot(good, Path("/proc/nowhere/known_good.toml"))
