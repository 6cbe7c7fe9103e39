"""What is told of a cable, each thing once; and what a killed capture process means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.evidence.capture_reader import CaptureReader
from bench.hardware.captures import Running
from bench.settings import Settings
from bench.workflow.cable_news import News
from bench.workflow.cables import Cable, Life
from bench.workflow.capture_status import Status
from bench.workflow.console_rules import load_console_rules
from bench.workflow.on_cable import OnCable
from tests.evidence.captures_by_hand import BEGUN, SECOND, Writer

UNIT = OnCable("rma", "270-000-001", "unit", "FOC1932X0AB", "Cisco", "WS-C2960X-24TS-L")
OPEN = Status("open", 9600, 0, 0, {}, False, 0, 0)


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return Writer(tmp_path / "capture")


@pytest.fixture
def cable(writer: Writer) -> Cable:
    """A cable whose capture process does not answer: what it says is set by hand."""
    rules = load_console_rules(Settings())
    cable = Cable("B", "/dev/ttyUSB0", rules.tables, rules.profiles.profile_for())
    running = Running(writer.folder, "ab" * 16, 0, writer.folder / "no.socket")
    cable.begin(running, CaptureReader(writer.folder), UNIT)
    cable.status = OPEN
    return cable


def told(cable: Cable, after: float = 0.0) -> list[News]:
    """What is told so many seconds after the beginning; the process is not asked."""
    return cable.follow(0.0, BEGUN + int(after * SECOND))


def test_a_quiet_cable_tells_nothing(cable: Cable) -> None:
    assert told(cable) == []


def test_each_unplugging_is_told_once(cable: Cable) -> None:
    cable.status = replace(OPEN, state="gone")
    assert told(cable) == [News("B", "unplugged: plug it in again", True)]
    assert told(cable) == []
    assert cable.life is Life.GONE
    cable.status = replace(OPEN, state="gone", gaps=1, held=5)
    assert [one.text for one in told(cable)] == [
        "unplugged: plug it in again",
        "the disk is full: free some room, nothing is lost yet",
    ]


def test_the_worst_of_several_failures_is_told(cable: Cable, writer: Writer) -> None:
    writer.said(b"EXT4-fs warning (device sda1): maximal mount count reached\r\n")
    writer.said(b"Kernel panic - not syncing: Attempted to kill init!\r\n")
    (news,) = told(cable)
    assert news.bad
    assert "panic" in news.text.lower()
    assert told(cable) == []


def test_another_serial_is_told_with_both(cable: Cable, writer: Writer) -> None:
    writer.said(b"System serial number            : FOC1111X1AA\r\n")
    (news,) = told(cable)
    assert (news.differs, news.bad) == ("FOC1111X1AA", True)
    assert cable.differs
    cable.settled = True
    assert (cable.differs, cable.names_another) == (False, True)
    assert told(cable) == []


def test_a_silence_in_mid_start(cable: Cable, writer: Writer) -> None:
    writer.said(b"U-Boot 2016.05-00412 (May 18 2021)\r\nDRAM:  512 MiB\r\n")
    assert told(cable) == []
    assert [one.text for one in told(cable, 900)] == ["silent in the middle of its start"]
    assert told(cable, 901) == []


def test_a_process_that_was_killed(cable: Cable) -> None:
    (news,) = cable.follow(10.0, BEGUN)
    assert (cable.killed, news.text) == (True, "the recording was ended from outside")
