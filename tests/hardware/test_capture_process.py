"""Captures by a real process of its own on real pseudo-terminals: what is said is what is kept."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bench.evidence.capture_format import Kind, Record, decode, read_meta
from bench.hardware.capture_recovery import StillRunning, recover, verify
from bench.hardware.captures import AUTO, CaptureOptions, NoCapture, Running, running, start_all
from bench.hardware.serial_port import PortBusy, PortGone
from tests.hardware.console_device import Captures, Device, raw_of, size_of, until


def records(folder: Path) -> list[Record]:
    """The index of a capture."""
    return [decode(line) for line in (folder / "index.jsonl").read_bytes().splitlines(True)]


def fields_of(folder: Path, kind: Kind) -> list[dict[str, Any]]:
    """What the records of one kind tell."""
    return [dict(one.fields) for one in records(folder) if one.kind is kind]


def test_a_capture_from_the_first_byte_to_the_seal(device: Device, captures: Captures) -> None:
    device.say(b"waited since power-on\r\n")
    one = captures.start(device.link, technician="Ana R.", rma="BKVL-VRFV", serial="S1")
    every = bytes(range(256)) * 300
    device.say(every)
    one.send(b"show version\r")
    one.send(b"hunter2\r", secret=True)
    assert device.heard() == b"show version\rhunter2\r", "no echo, and in the order of the calls"
    until(lambda: size_of(one) == 23 + len(every))
    until(lambda: one.status()["synced"]["o"] == 23 + len(every))
    assert one.mark("here") == 23 + len(every)
    one.note("a scratch\x1b[2J on the lid", 5)
    one.break_(1)
    one.rma("BKTC-TJJS", "S2", "T54W")
    meta = one.close()
    assert raw_of(one) == b"waited since power-on\r\n" + every
    assert (one.folder / "typed.bin").read_bytes() == b"show version\rhunter2\r"
    assert (meta.rma, meta.serial, meta.technician) == ("BKTC-TJJS", "S2", "Ana R.")
    assert (meta.bytes, meta.typed) == (23 + len(every), 21)
    assert verify(one.folder, meta.seal) == []
    assert [one["secret"] for one in fields_of(one.folder, Kind.SENT)] == [False, True]
    assert fields_of(one.folder, Kind.NOTE) == [{"text": "a scratch[2J on the lid", "o": 5}]
    kinds = [record.kind for record in records(one.folder)]
    assert kinds[:3] == [Kind.OPEN, Kind.BAUD, Kind.UNCOUNTED]
    assert kinds[-2:] == [Kind.CLOSE, Kind.HASH]
    assert Kind.BREAK in kinds
    assert one.folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in one.folder.iterdir()} == {0o600}
    assert not one.socket.parent.exists()
    with pytest.raises(NoCapture):
        one.status()


def test_a_hash_for_each_mebibyte(device: Device, captures: Captures) -> None:
    one = captures.start(device.link)
    data = os.urandom(1 << 20) * 2 + b"end"
    device.say(data)
    until(lambda: size_of(one) == len(data))
    one.close()
    hashes = fields_of(one.folder, Kind.HASH)
    assert len(hashes) >= 2
    for record in hashes:
        assert record["raw"] == hashlib.sha256(data[: record["o"]]).hexdigest()
    assert verify(one.folder) == []


def test_who_has_a_port_that_is_captured(device: Device, captures: Captures) -> None:
    one = captures.start(device.link)
    with pytest.raises(PortBusy, match=rf"\(process {one.pid}\)$"):
        captures.start(device.link)
    with pytest.raises(PortGone):
        captures.start(device.link.with_name("none"))


def test_the_same_cable_plugged_in_again_goes_on_in_the_same_capture(
    device: Device, captures: Captures
) -> None:
    one = captures.start(device.link)
    device.say(b"before")
    until(lambda: size_of(one) == 6)
    device.unplug()
    until(lambda: one.status()["state"] == "gone")
    with pytest.raises(NoCapture, match="plug it in"):
        one.send(b"x")
    device.plug()
    device.say(b"after")
    until(lambda: size_of(one) == 11)
    assert one.status()["gaps"] == 1
    one.close()
    assert raw_of(one) == b"beforeafter"
    assert fields_of(one.folder, Kind.GONE) == [{"why": "unplugged", "o": 6}]
    (back,) = fields_of(one.folder, Kind.BACK)
    assert back["o"] == 6
    assert back["gap_ns"] > 0
    assert verify(one.folder) == []


def test_a_killed_process_loses_nothing_that_it_had_read(
    device: Device, captures: Captures
) -> None:
    one = captures.start(device.link)
    stream = b"".join(b"line %06d of a boot\r\n" % number for number in range(20000))
    device.say(stream[:200_000])
    os.kill(one.pid, signal.SIGKILL)
    one._process.wait() if one._process else None
    with (one.folder / "index.jsonl").open("ab") as index:
        index.write(b'{"t":1,"w":2,"e":"da')
    before = raw_of(one)
    meta = recover(one.folder)
    kept = raw_of(one)
    assert stream.startswith(kept)
    assert len(kept) > 200_000 - 20_480, "all but what was in the kernel's buffers"
    assert (meta.bytes, bool(meta.seal)) == (len(kept), True)
    (told,) = fields_of(one.folder, Kind.RECOVERED)
    assert told == {"cut": 20, "nuls": 0, "missing": 0, "rescued": len(kept) - len(before)}
    assert verify(one.folder, meta.seal) == []
    assert recover(one.folder) == meta
    assert running(captures.root) == []


def test_a_capture_that_runs_is_not_recovered(device: Device, captures: Captures) -> None:
    one = captures.start(device.link)
    with pytest.raises(StillRunning):
        recover(one.folder)


STARTER = """
import sys
from functools import partial
from pathlib import Path
from bench.hardware.captures import CaptureOptions, start
one = start(CaptureOptions(Path(sys.argv[1]), sys.argv[2], baud=115200))
print(one.pid, flush=True)
sys.stdin.read()
"""


def test_a_killed_screen_loses_nothing_and_finds_its_capture_again(
    device: Device, captures: Captures
) -> None:
    command = [sys.executable, "-c", STARTER, str(captures.root), str(device.link)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as screen:
        assert screen.stdout is not None
        pid = int(screen.stdout.readline())
        device.say(b"one ")
        screen.kill()
    device.say(b"two")
    (one,) = running(captures.root)
    assert one.pid == pid
    until(lambda: size_of(one) == 7)
    assert running(captures.root.parent / "elsewhere") == []
    assert one.close().bytes == 7
    assert raw_of(one) == b"one two"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_process_seals_its_capture(
    device: Device, captures: Captures, number: signal.Signals
) -> None:
    one = captures.start(device.link)
    device.say(b"last words")
    os.kill(one.pid, signal.SIGHUP)
    os.kill(one.pid, number)
    assert one._process is not None
    assert one._process.wait(8) == 0
    assert raw_of(one) == b"last words"
    assert fields_of(one.folder, Kind.CLOSE) == [{"why": "stopped"}]
    assert verify(one.folder) == []


def test_a_capture_for_some_seconds(device: Device, captures: Captures) -> None:
    one = captures.start(device.link, seconds=0.2)
    until(lambda: read_meta(one.folder).seal)
    assert fields_of(one.folder, Kind.CLOSE) == [{"why": "time is up"}]


def test_the_rate_is_found_by_listening_alone(device: Device, captures: Captures) -> None:
    one = captures.start(device.link, AUTO, rates=(9600,))
    assert one.status()["state"] == "searching"
    text = b"Starting system software version 9.1R1 (build 2222)\r\n" * 3
    device.say(text)  # a pseudo-terminal garbles nothing: the first rate is right
    until(lambda: one.status()["state"] == "open")
    assert one.status()["baud"] == 9600
    assert one.baud(57600) == 57600
    assert one.baud(AUTO) == 9600
    one.close()
    whys = [(record["baud"], record["why"]) for record in fields_of(one.folder, Kind.BAUD)]
    assert whys == [(9600, "searching"), (9600, "found"), (57600, "asked"), (9600, "searching")]
    assert raw_of(one) == text
    assert device.heard(0.05) == b""


def test_noise_moves_the_search_on_and_every_byte_of_it_is_kept(
    device: Device, captures: Captures
) -> None:
    one = captures.start(device.link, AUTO, rates=(115200, 9600))
    noise = bytes(range(128, 256)) * 2
    device.say(noise)
    until(lambda: one.status()["baud"] == 9600)
    said = noise

    def found() -> bool:
        nonlocal said
        line = b"Linux version 6.1.0 (build@host) #1 SMP\r\n"
        device.say(line)
        said += line
        return bool(one.status()["state"] == "open")

    until(found)
    one.close()
    assert raw_of(one) == said


def test_requests_that_make_no_sense(device: Device, captures: Captures) -> None:
    one = captures.start(device.link)
    bad: list[dict[str, Any]] = [
        {},
        {"do": "explode"},
        {"do": ["send"]},
        {"do": "send", "hex": "xyz"},
        {"do": "send", "hex": 7},
        {"do": "baud", "baud": -1},
        {"do": "baud", "baud": True},
        {"do": "lines", "dtr": "on"},
        {"do": "mark", "o": 99},
        {"do": "note", "text": None},
        {"do": "break", "ms": 10**9},
        {"do": "rma", "rma": {}},
    ]
    for request in bad:
        with pytest.raises(NoCapture):
            one._ask(request)
    with pytest.raises(NoCapture, match="no more bytes"):
        one.send(bytes(100_000))
    assert one.status()["state"] == "open"
    assert device.heard(0.05) == b""


def test_a_client_that_does_not_read_holds_nobody_up(device: Device, captures: Captures) -> None:
    one = captures.start(device.link)
    with socket.socket(socket.AF_UNIX) as deaf, socket.socket(socket.AF_UNIX) as endless:
        for client in (deaf, endless):
            client.connect(str(one.socket))
            client.settimeout(0.5)
        with pytest.raises((TimeoutError, ConnectionError)):
            deaf.sendall(b'{"do":"status"}\n' * 200_000)
        with pytest.raises(ConnectionError):
            endless.sendall(b"x" * (1 << 22))
        device.say(b"still here")
        until(lambda: size_of(one) == 10)
        assert one.alive()


def _has(capture: Running, size: int) -> bool:
    return size_of(capture) == size


def test_several_ports_in_one_process(tmp_path: Path) -> None:
    devices = [Device(tmp_path / f"console{number}") for number in range(3)]
    options = [
        CaptureOptions(tmp_path / "captures", str(one.link), f"Port {number}", 9600)
        for number, one in enumerate(devices)
    ]
    several: list[Running] = start_all(options)
    for number, one in enumerate(devices):
        one.say(b"port %d" % number)
    for number, capture in enumerate(several):
        until(partial(_has, capture, 6))
        capture.close()
        assert raw_of(capture) == b"port %d" % number
    with pytest.raises(PortGone):
        start_all([*options, CaptureOptions(tmp_path / "captures", "/dev/none")])
    time.sleep(0.05)
    assert running(tmp_path) == []
    for one in devices:
        one.unplug()
