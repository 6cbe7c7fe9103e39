"""A scanner on a real pseudo-terminal: heard whole, opened again, answered, never in the way."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.hardware.scanner_models import Family, Mark
from bench.hardware.serial_port import PortBusy, close_port, open_alone
from bench.hardware.serial_scanner import ACK, NAK, SerialScanner, Status
from bench.hardware.simulated_scanner import SimulatedScanner
from bench.scan.framing import Fault
from bench.settings import Suffix
from tests.hardware.recorder import HOLDER, Recorder, answers, scanner

POWERSCAN = Family("p", "", b"B", b"34\r", b"F", b"E", 0.1)


@contextmanager
def running(one: SerialScanner) -> Iterator[SerialScanner]:
    """Started, and closed at the end."""
    one.start()
    try:
        yield one
    finally:
        one.close()


def test_a_thousand_codes_come_whole_and_in_order(
    recorder: Recorder, gun: SimulatedScanner
) -> None:
    codes = [f"SN{number:06d}\x1dX" for number in range(1000)]
    gun.plug()
    with running(scanner(recorder, gun.link)):
        recorder.until_is("Gun", Status.READY)
        for number, code in enumerate(codes):
            gun.suffix = (b"\r", b"\n", b"\r\n")[number % 3]
            gun.scan(code)
        recorder.until_heard(1000)
    assert recorder.texts("Gun") == codes
    assert recorder.spoilt == []
    assert recorder.statuses("Gun") == [Status.READY, Status.STOPPED]


def test_unplugged_and_plugged_in_again_twenty_times(
    recorder: Recorder, gun: SimulatedScanner
) -> None:
    sent = []
    with running(scanner(recorder, gun.link)) as one:
        recorder.until_is("Gun", Status.MISSING)
        assert one.state == (Status.MISSING, "Gun is not plugged in: plug it in")
        for turn in range(20):
            gun.plug()
            recorder.until_is("Gun", Status.READY)
            for number in range(5):
                sent.append(f"{turn}-{number}")
                gun.scan(sent[-1])
            recorder.until_heard(len(sent))
            gun.send(b"half a co")
            gun.unplug()
            recorder.until_is("Gun", Status.LOST)
            assert one.state == (Status.LOST, "Gun was unplugged: plug it in again")
    assert recorder.texts("Gun") == sent
    assert recorder.statuses("Gun") == [
        Status.MISSING,
        *[Status.READY, Status.LOST] * 20,
        Status.STOPPED,
    ]
    assert all("half a co".startswith(text) for _, text, _ in recorder.spoilt)
    assert {why for _, _, why in recorder.spoilt} <= {Fault.CUT}


def test_what_came_before_the_port_was_open_is_no_code(
    recorder: Recorder, gun: SimulatedScanner
) -> None:
    gun.plug()
    gun.scan("BEFORE")
    with running(scanner(recorder, gun.link)):
        recorder.until_is("Gun", Status.READY)
        gun.scan("AFTER")
        recorder.until_heard(1)
    assert recorder.texts("Gun") == ["AFTER"]


def test_a_code_in_the_middle_of_opening_is_told_and_not_taken(
    recorder: Recorder, gun: SimulatedScanner
) -> None:
    gun.plug()
    one = scanner(recorder, gun.link, Family())

    def opening(place: str) -> Family:
        gun.scan("REST")  # the port is open, and what came before it has been dropped
        return Family()

    one._family_of = opening
    with running(one):
        recorder.until_is("Gun", Status.READY)
        gun.scan("3146001")
        recorder.until_heard(1)
    assert recorder.texts("Gun") == ["3146001"]
    assert recorder.spoilt == [("Gun", "REST\r", Fault.EARLY)]


def test_a_port_that_another_program_has(recorder: Recorder, gun: SimulatedScanner) -> None:
    gun.plug()
    command = [sys.executable, "-c", HOLDER, str(gun.link)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == b"open\n"
        with running(scanner(recorder, gun.link)) as one:
            recorder.until_is("Gun", Status.BUSY)
            assert f"(process {other.pid})" in one.state[1]
            assert one.state[1].startswith("Gun is in use by ")
            other.stdin.close()
            recorder.until_is("Gun", Status.READY)
            gun.scan("3146001")
            recorder.until_heard(1)
    assert recorder.statuses("Gun") == [Status.BUSY, Status.READY, Status.STOPPED]


def test_no_other_program_gets_a_port_that_is_ours(
    recorder: Recorder, gun: SimulatedScanner
) -> None:
    gun.plug()
    with running(scanner(recorder, gun.link)):
        recorder.until_is("Gun", Status.READY)
        with pytest.raises(PortBusy):
            open_alone(str(gun.link), 115200)
        command = [sys.executable, "-c", HOLDER, str(gun.link)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        assert done.returncode != 0
        assert b"open\n" not in done.stdout
        gun.scan("3146001")
        recorder.until_heard(1)
    close_port(open_alone(str(gun.link), 115200))


def test_a_file_in_the_place_of_a_port_is_no_scanner(recorder: Recorder, tmp_path: Path) -> None:
    place = tmp_path / "usb-gun"
    place.write_text("no port")
    with running(scanner(recorder, place)):
        recorder.until_is("Gun", Status.MISSING)
    assert place.read_text() == "no port"


def test_a_stable_name_may_be_a_pattern(
    recorder: Recorder, gun: SimulatedScanner, tmp_path: Path
) -> None:
    with running(scanner(recorder, tmp_path / "usb-g?n*")):
        recorder.until_is("Gun", Status.MISSING)
        gun.plug()
        recorder.until_is("Gun", Status.READY)
        gun.scan("3146001")
        recorder.until_heard(1)
    assert recorder.texts("Gun") == ["3146001"]


def test_any_bytes_are_only_text(recorder: Recorder, gun: SimulatedScanner) -> None:
    gun.plug()
    every = bytes(byte for byte in range(256) if byte not in b"\r\n")
    with running(scanner(recorder, gun.link)):
        recorder.until_is("Gun", Status.READY)
        gun.scan(every)
        gun.send(b"x" * 10_000 + b"\r")
        gun.scan("\x1b]0;title\x07")
        recorder.until_heard(2)
    assert recorder.texts("Gun") == [every.decode("latin-1"), "\x1b]0;title\x07"]
    assert recorder.spoilt == [("Gun", "x" * 60, Fault.LONG)]


def test_without_suffix(recorder: Recorder, gun: SimulatedScanner) -> None:
    gun.plug()
    gun.suffix = b""
    with running(scanner(recorder, gun.link, suffix=Suffix.NONE)):
        recorder.until_is("Gun", Status.READY)
        for number in range(3):
            gun.scan(f"314600{number}")
            recorder.until_heard(number + 1)
    assert recorder.texts("Gun") == ["3146000", "3146001", "3146002"]


# --- answers


def test_tones_of_a_gun_that_is_known(recorder: Recorder, gun: SimulatedScanner) -> None:
    gun.plug()
    with running(scanner(recorder, gun.link, POWERSCAN)) as one:
        recorder.until_is("Gun", Status.READY)
        assert answers(gun, 1) == b"E", "it may still be stopped by a program that died"
        one.answer(Mark.GOOD)
        assert answers(gun, 1) == b"B"
        one.answer(Mark.WARNING)
        assert answers(gun, 3) == b"34\r"
        one.answer(Mark.REFUSED)
        assert answers(gun, 2) == b"FE", "stopped, and soon let go"
        one.answer(Mark.REFUSED)
        assert answers(gun, 1) == b"F"
    assert answers(gun, 1) == b"E", "no gun stays stopped because the program ends"


def test_nothing_is_sent_to_a_gun_that_is_not_known(
    recorder: Recorder, gun: SimulatedScanner
) -> None:
    gun.plug()
    with running(scanner(recorder, gun.link)) as one:
        recorder.until_is("Gun", Status.READY)
        gun.scan("3146001")
        recorder.until_heard(1)
        for mark in Mark:
            one.answer(mark)
        gun.scan("3146002")
        recorder.until_heard(2)
    assert gun.answers(0.2) == b""


def test_ack_and_nak(recorder: Recorder, gun: SimulatedScanner) -> None:
    gun.plug()
    with running(scanner(recorder, gun.link, answer="ack")) as one:
        recorder.until_is("Gun", Status.READY)
        gun.scan("3146001")
        recorder.until_heard(1)
        one.answer(Mark.GOOD, recorder.at[0])
        assert answers(gun, 1) == ACK
        gun.scan("3146001")
        recorder.until_heard(2)
        one.answer(Mark.REFUSED, recorder.at[0])
        one.answer(Mark.REFUSED, recorder.at[1])
        assert answers(gun, 1) == NAK
        for _ in range(3):
            gun.scan("3146001")
            assert answers(gun, 1) == NAK, "its own repetition"
        gun.scan("3146002")
        recorder.until_heard(3)
        one.answer(Mark.WARNING)
        assert answers(gun, 1) == ACK
    assert recorder.texts("Gun") == ["3146001", "3146001", "3146002"]


def test_a_program_that_does_not_answer_blocks_no_gun(
    recorder: Recorder, gun: SimulatedScanner
) -> None:
    gun.plug()
    with running(scanner(recorder, gun.link, answer="ack")) as one:
        recorder.until_is("Gun", Status.READY)
        gun.scan("3146001")
        recorder.until_heard(1)
        assert answers(gun, 1) == ACK
        one.answer(Mark.REFUSED, recorder.at[0])
        gun.scan("3146002")
        recorder.until_heard(2)
    assert answers(gun, 1) == ACK, "a late NAK would be taken for the next code; the end answers"


def test_a_spoilt_code_is_asked_for_again(recorder: Recorder, gun: SimulatedScanner) -> None:
    gun.plug()
    with running(scanner(recorder, gun.link, answer="ack")):
        recorder.until_is("Gun", Status.READY)
        gun.send(b"x" * 5000 + b"\r")
        assert answers(gun, 1) == NAK
    assert recorder.heard == []


def test_a_gun_that_takes_no_bytes_holds_nobody_up(
    recorder: Recorder, gun: SimulatedScanner
) -> None:
    loud = Family(good=b"b" * 40_000)
    gun.plug()
    with running(scanner(recorder, gun.link, loud)) as one:
        recorder.until_is("Gun", Status.READY)
        for _ in range(3):
            one.answer(Mark.GOOD)
        gun.scan("3146001")
        recorder.until_heard(1)
        assert one.state[0] is Status.READY
        assert one._deaf, "it is not tried again before the gun is plugged in anew"
        gun.unplug()
        recorder.until_is("Gun", Status.LOST)
        gun.plug()
        recorder.until_is("Gun", Status.READY)
        one.answer(Mark.GOOD)
        assert answers(gun, 1).startswith(b"b")
    assert recorder.texts("Gun") == ["3146001"]


def test_answering_a_gun_that_is_away_does_nothing(recorder: Recorder, tmp_path: Path) -> None:
    one = scanner(recorder, tmp_path / "usb-gun", POWERSCAN)
    one.answer(Mark.GOOD)
    with running(one):
        recorder.until_is("Gun", Status.MISSING)
        one.answer(Mark.REFUSED)
    one.close()
    assert recorder.statuses("Gun") == [Status.MISSING, Status.STOPPED]
