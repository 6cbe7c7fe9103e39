"""The simulated printer, as a real client sees it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.hardware import simulated_labels, simulated_printer, simulated_stream
from bench.hardware.simulated_printer import HERE, SimulatedPrinter
from bench.hardware.simulated_stream import Stream, TooLong
from bench.labels.bitmap import Bitmap
from bench.labels.zpl import CANCEL, label_zpl
from bench.labels.zpl_status import ASK, HostStatus, complete, parse_status
from tests.hardware.printer_helpers import LABEL, OTHER, until

ZPL = label_zpl(LABEL)


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[SimulatedPrinter]:
    """One that is on."""
    with SimulatedPrinter(tmp_path / "out") as one:
        yield one


def call(printer: SimulatedPrinter, data: bytes) -> socket.socket:
    """A connection that sent something."""
    line = socket.create_connection((HERE, printer.port), 3)
    line.settimeout(3)
    line.sendall(data)
    return line


def answer(line: socket.socket) -> HostStatus | None:
    """What it says of itself."""
    said = b""
    while not complete(said):
        said += line.recv(4096)
    return parse_status(said)


def test_labels_become_pictures_beside_those_of_earlier(tmp_path: Path) -> None:
    for number, label in enumerate((LABEL, OTHER), 1):
        with SimulatedPrinter(tmp_path) as printer:
            call(printer, label_zpl(label)).close()
            assert printer.wait_for(1)
            place = tmp_path / f"label-{number:04}.png"
            assert until(place.exists)
            assert Bitmap.from_png(place.read_bytes(), 203) == label


def test_bytes_one_by_one_and_questions_in_between(printer: SimulatedPrinter) -> None:
    with call(printer, b"") as line:
        for place in range(len(ZPL)):
            line.sendall(ZPL[place : place + 1])
            if place == 100:
                line.sendall(ASK)
                status = answer(line)
                assert status is not None
                assert status.partial
        assert printer.wait_for(1)
    assert printer.labels == [LABEL]


def test_it_is_silent_without_paper_unless_it_answers(printer: SimulatedPrinter) -> None:
    printer.out_of_paper = True
    with call(printer, ASK) as line:
        line.settimeout(0.15)
        with pytest.raises(TimeoutError):
            line.recv(100)
        line.settimeout(3)
        printer.answers = True
        line.sendall(ASK)
        assert answer(line) == HostStatus(paper_out=True)
        line.sendall(ZPL)
        assert until(lambda: printer.waiting == 1)
        line.sendall(ASK)
        assert answer(line) == HostStatus(paper_out=True, waiting=1)
    printer.out_of_paper = False
    assert printer.wait_for(1)


def test_its_memory_has_an_end(printer: SimulatedPrinter) -> None:
    """A client that goes on sending is held up; nothing grows, and nothing is lost."""
    printer.paused = True
    most = simulated_printer.MEMORY
    with call(printer, b"") as line:
        for _ in range(most + 10):
            line.sendall(ZPL)
        assert until(lambda: printer.waiting >= most)
        time.sleep(0.05)
        assert printer.waiting < most + 10
        printer.paused = False
        assert printer.wait_for(most + 10)


def test_a_label_without_an_end_is_given_up(
    printer: SimulatedPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulated_stream, "LONGEST", 50_000)
    with call(printer, b"^XA" + b"x" * 60_000) as line, pytest.raises(ConnectionResetError):
        line.recv(1)
    assert until(lambda: len(printer.spoilt) == 1)
    call(printer, ZPL).close()
    assert printer.wait_for(1)


@pytest.mark.parametrize(
    "junk",
    [b"^XA^FDhello^FS^XZ", b"^XZ", b"\x00\xff^XZ", b"GET / HTTP/1.1\r\n\r\n~JX", b"~", b"^X"],
)
def test_what_is_no_label_is_noted_and_harms_nothing(
    junk: bytes, printer: SimulatedPrinter
) -> None:
    call(printer, junk).close()
    call(printer, CANCEL + ZPL).close()
    assert printer.wait_for(1)
    assert printer.labels == [LABEL]


def test_what_a_cut_label_leaves_spoils_the_next_unless_it_is_cancelled(
    printer: SimulatedPrinter,
) -> None:
    """Why the program sends ~JX first."""
    call(printer, ZPL[:200]).close()
    time.sleep(0.05)
    call(printer, ZPL).close()
    assert until(lambda: len(printer.spoilt) == 1)
    call(printer, ZPL[:200]).close()
    time.sleep(0.05)
    call(printer, CANCEL + ZPL).close()
    assert printer.wait_for(1)
    assert printer.labels == [LABEL]


def test_several_lines_at_once(printer: SimulatedPrinter) -> None:
    lines = [call(printer, b"") for _ in range(5)]
    for line in lines:
        line.close()
    with call(printer, ASK) as line:
        assert answer(line) == HostStatus()


def test_a_restart_breaks_the_line_and_forgets(printer: SimulatedPrinter) -> None:
    printer.paused = True
    with call(printer, ZPL) as line:
        assert until(lambda: printer.waiting == 1)
        printer.restart()
        with pytest.raises(ConnectionResetError):
            line.recv(1)
    assert printer.waiting == 0


def test_it_refuses_and_comes_back_at_the_same_port(printer: SimulatedPrinter) -> None:
    port = printer.port
    printer.refusing = True
    with pytest.raises(ConnectionRefusedError):
        call(printer, b"")
    printer.refusing = False
    assert printer.port == port
    with call(printer, ASK) as line:
        assert answer(line) == HostStatus()


def test_old_labels_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated_labels, "KEPT", 2)
    with SimulatedPrinter(tmp_path) as printer:
        call(printer, ZPL * 4).close()
        assert printer.wait_for(4)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["label-0003.png", "label-0004.png"]


def test_a_folder_that_cannot_be_written_does_not_stop_it(tmp_path: Path) -> None:
    import shutil

    with SimulatedPrinter(tmp_path / "out") as printer:
        shutil.rmtree(tmp_path / "out")
        call(printer, ZPL).close()
        assert printer.wait_for(1)
        assert len(printer.spoilt) == 1


def test_a_port_that_another_has(printer: SimulatedPrinter, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="in use"):
        SimulatedPrinter(tmp_path, port=printer.port).start()


def test_the_stream_however_it_is_cut() -> None:
    data = b"junk^XZ~HS^XA1^XZ^XA2~HS3^XZ^XA4~JX^XA5^XZ~XY^XA6^XZ"
    whole = Stream().feed(data)
    assert whole == [*(b"junk^XZ", b"~HS", b"^XA1^XZ", b"~HS", b"^XA23^XZ", b"^XA5^XZ", b"^XA6^XZ")]
    for place in range(len(data)):
        stream = Stream()
        assert stream.feed(data[:place]) + stream.feed(data[place:]) == whole
    stream = Stream()
    assert [part for at in range(len(data)) for part in stream.feed(data[at : at + 1])] == whole


def test_the_stream_gives_up_what_has_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated_stream, "LONGEST", 100)
    stream = Stream()
    with pytest.raises(TooLong):
        stream.feed(b"x" * 101)
    assert stream.feed(b"^XA^XZ") == [b"^XA^XZ"]


@pytest.mark.skipif(os.name == "nt", reason="ends by a signal")
def test_it_runs_by_itself(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.hardware.simulated_printer", str(tmp_path), "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    port = int(process.stdout.readline().strip().rstrip('"').rpartition(":")[2])
    with socket.create_connection((HERE, port), 3) as line:
        line.sendall(ZPL)
        assert process.stdout.readline() == "printed label 1\n"
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 0
    process.stdout.close()
