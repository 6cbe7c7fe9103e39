"""A label over a USB cable: the same endings as over the network, on a real device file."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.hardware import usb_printer, zpl_talk
from bench.hardware.printing import NotTaken, PrinterState, Receipt, Unsure, send, state_of
from bench.labels.zpl_status import HostStatus
from tests.hardware.cable_printer import CablePrinter
from tests.hardware.printer_helpers import LABEL, later, printer_at, until
from tests.labels.some_dots import some_dots

LARGE = some_dots(1200, 1800)


@pytest.fixture
def cable() -> Iterator[CablePrinter]:
    """A printer that is plugged in."""
    with CablePrinter() as one:
        yield one


def test_a_label_arrives_dot_for_dot(cable: CablePrinter) -> None:
    at = printer_at(f"usb:{cable.place}")
    assert send(at, LABEL, "label") == Receipt("ready")
    plain = replace(at, compressed=False)
    assert send(plain, LARGE, "label") == Receipt("ready")
    assert until(lambda: cable.labels == [LABEL, LARGE])


def test_a_complaint_holds_the_label_back(cable: CablePrinter) -> None:
    at = printer_at(f"usb:{cable.place}")
    cable.status = HostStatus(paper_out=True)
    with pytest.raises(NotTaken, match="out of paper"):
        send(at, LABEL, "label")
    assert state_of(at) == PrinterState(False, "out of paper: put labels in")
    cable.status = HostStatus()
    assert state_of(at) == PrinterState(True, "ready")
    assert cable.labels == []


def test_a_silent_printer_gets_the_label_and_a_warning(
    cable: CablePrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zpl_talk, "ANSWER", 0.15)
    cable.status = None
    at = printer_at(f"usb:{cable.place}")
    assert send(at, LABEL, "label") == Receipt(zpl_talk.SILENT, True)
    assert until(lambda: cable.labels == [LABEL])
    assert state_of(at).ready is None
    assert state_of(replace(at, asks=False)).ready is None


def test_unplugged_in_the_middle(cable: CablePrinter) -> None:
    cable.unplug_after = 20_000
    at = replace(printer_at(f"usb:{cable.place}"), compressed=False)
    with pytest.raises(NotTaken, match="is gone"):
        send(at, LARGE, "label")
    assert cable.labels == []


def test_unplugged_right_after_the_label_only_a_person_knows(cable: CablePrinter) -> None:
    real, asked = zpl_talk.ask, 0

    def ask(line: zpl_talk.Line, stop: threading.Event | None = None) -> object:
        nonlocal asked
        asked += 1
        if asked == 2:
            assert until(lambda: cable.labels == [LABEL])
            cable.unplug_after = 1  # the question itself ends it
        return real(line, stop)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zpl_talk, "ask", ask)
        with pytest.raises(Unsure, match="right after the label"):
            send(printer_at(f"usb:{cable.place}"), LABEL, "label")


def test_a_printer_that_takes_no_more_bytes(
    cable: CablePrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zpl_talk, "STALL", 0.3)
    cable.reads = False
    at = replace(printer_at(f"usb:{cable.place}", asks=False), compressed=False)
    with pytest.raises(NotTaken, match="takes no more"):
        send(at, LARGE, "label")


def test_the_end_of_the_program_stops_a_label(cable: CablePrinter) -> None:
    stop = threading.Event()
    cable.reads = False
    timer = later(0.2, stop.set)
    at = replace(printer_at(f"usb:{cable.place}", asks=False), compressed=False)
    with pytest.raises(NotTaken, match="program ended"):
        send(at, LARGE, "label", stop)
    timer.join()


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("/dev/usb/lp-not-there", "is not there"),
        ("/dev/../etc/passwd", "is no USB printer"),
        ("/etc/passwd", "is no USB printer"),
        ("relative", "is no USB printer"),
        ("/dev/shm", "is no USB printer"),
        ("/dev/\x00lp0", "Zebra"),
    ],
)
def test_what_is_no_device_is_never_written_to(place: str, words: str) -> None:
    at = printer_at(f"usb:{place}")
    with pytest.raises(NotTaken, match=words):
        send(at, LABEL, "label")
    assert state_of(at).ready is False


def test_a_link_out_of_dev_is_no_device(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.touch()
    with pytest.raises(NotTaken):
        send(printer_at(f"usb:{target}"), LABEL, "label")
    assert target.read_bytes() == b""


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "is denied: this user may not use it: put it into the group"),
        (errno.EBUSY, "another program has it"),
        (errno.ENOSPC, "is out of paper"),
        (errno.ENODEV, "is gone"),
    ],
)
def test_what_the_system_says_of_a_device(
    number: int, words: str, cable: CablePrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: object, flags: int) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(NotTaken, match=words):
        send(printer_at(f"usb:{cable.place}"), LABEL, "label")
    assert state_of(printer_at(f"usb:{cable.place}")).ready is False


def test_a_device_that_may_only_be_written_to(
    cable: CablePrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not asked in vain for ever, and the label goes."""
    monkeypatch.setattr(zpl_talk, "ANSWER", 0.15)
    real = os.open

    def write_only(path: str, flags: int) -> int:
        if flags & os.O_RDWR:
            raise PermissionError(errno.EACCES, "denied")
        return real(path, flags)

    monkeypatch.setattr(os, "open", write_only)
    assert send(printer_at(f"usb:{cable.place}"), LABEL, "label").warns
    assert until(lambda: cable.labels == [LABEL])


def test_paper_that_the_driver_knows_to_be_out(
    cable: CablePrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usb_printer.UsbLine, "out_of_paper", lambda self: True)
    at = printer_at(f"usb:{cable.place}")
    with pytest.raises(NotTaken, match="out of paper"):
        send(at, LABEL, "label")
    assert state_of(at).ready is False
