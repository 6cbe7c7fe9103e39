"""Console ports opened on real pseudo-terminals and sockets: nothing dropped, nothing sent."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import termios
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.hardware.console_names import adapter_of, stable_name
from bench.hardware.console_port import ConsolePort, Counts, LineSettings, open_console
from bench.hardware.console_serial import Inbox
from bench.hardware.serial_port import PortBusy, PortGone
from tests.hardware.console_device import Device, until
from tests.hardware.recorder import HOLDER

_LINE = LineSettings(115200)


def read(port: ConsolePort) -> bytes:
    """What a port has."""
    place = memoryview(bytearray(65536))
    return bytes(place[: port.read_into(place)])


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Device]:
    one = Device(tmp_path / "console")
    yield one
    one.unplug()


@pytest.fixture
def port(device: Device) -> Iterator[ConsolePort]:
    one = open_console(str(device.link), _LINE)
    yield one
    one.close()


def test_what_waits_when_the_port_is_opened_is_read(device: Device) -> None:
    device.say(b"U-Boot 2024.01\r\nDRAM: ")
    port = open_console(str(device.link), _LINE)
    assert read(port) == b"U-Boot 2024.01\r\nDRAM: "
    port.close()


def test_every_byte_value_comes_and_goes_unchanged(device: Device, port: ConsolePort) -> None:
    every = bytes(range(256)) * 4
    device.say(every)
    assert read(port) == every
    assert read(port) == b""
    assert port.write(every) == len(every)
    assert device.heard() == every


def test_nothing_is_sent_to_the_device_when_a_cooked_port_is_opened(tmp_path: Path) -> None:
    master, slave = os.openpty()
    cooked = termios.tcgetattr(slave)
    cooked[0] |= termios.BRKINT | termios.IXON | termios.ISTRIP
    cooked[2] |= termios.HUPCL
    termios.tcsetattr(slave, termios.TCSANOW, cooked)
    name = os.ttyname(slave)
    os.close(slave)
    port = open_console(name, _LINE)
    os.write(master, b"Hit any key to stop autoboot\r\n\x11\x13\x03\xff")
    assert read(port) == b"Hit any key to stop autoboot\r\n\x11\x13\x03\xff"
    os.set_blocking(master, False)
    with pytest.raises(BlockingIOError):
        os.read(master, 100)
    mode = termios.tcgetattr(port.fileno())
    assert not mode[0] & (termios.BRKINT | termios.IXON | termios.IXOFF | termios.ISTRIP)
    assert not mode[2] & termios.HUPCL
    assert mode[2] & termios.CLOCAL
    assert not mode[3] & (termios.ECHO | termios.ICANON | termios.ISIG)
    port.close()
    os.close(master)


def test_another_rate_drops_nothing(device: Device, port: ConsolePort) -> None:
    device.say(b"before")
    port.set_baud(9600)
    assert termios.tcgetattr(port.fileno())[4] == termios.B9600
    assert read(port) == b"before"
    with pytest.raises(BlockingIOError):  # still told apart from a port that is gone
        os.read(port.fileno(), 1)


def test_a_pulled_cable_is_told_after_the_last_byte(device: Device, port: ConsolePort) -> None:
    device.say(b"x" * 100)
    assert read(port) == b"x" * 100
    device.unplug()
    with pytest.raises(OSError, match=r"hung up|Input/output"):
        read(port)


def test_who_has_the_port(device: Device, port: ConsolePort) -> None:
    command = [sys.executable, "-c", HOLDER, str(device.link)]
    port.close()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(PortBusy, match=rf"\(process {other.pid}\)$"):
            open_console(str(device.link), _LINE)
        other.kill()


def test_nobody_else_gets_a_port_that_is_open(device: Device, port: ConsolePort) -> None:
    with pytest.raises(PortBusy):
        open_console(str(device.link), _LINE)


@pytest.mark.parametrize(
    "place", ["/dev/no-such-port", "socket://127.0.0.1:1", "spy:///dev/tty", "rfc2217://[", "x://"]
)
def test_what_is_no_port(place: str) -> None:
    with pytest.raises(PortGone):
        open_console(place, _LINE)


def test_a_plain_connection_keeps_what_the_server_sent_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = open_console(f"socket://127.0.0.1:{server.getsockname()[1]}", _LINE)
        far, _ = server.accept()
        far.sendall(b"login: ")
        until(lambda: read(port) == b"login: ")
        assert port.write(b"admin\r") == 6
        assert far.recv(100) == b"admin\r"
        assert port.counts() is None
        far.close()
        with pytest.raises(OSError, match="closed"):
            until(lambda: read(port))
        port.close()


def test_a_port_without_counters_or_lines(device: Device, port: ConsolePort) -> None:
    assert port.counts() is None
    port.set_lines(True, False)
    port.set_break(True)
    port.set_break(False)
    assert read(port) == b""


def test_the_increase_of_counters() -> None:
    assert Counts(3, 1).since(Counts(1, 1)) == Counts(2, 0)
    assert Counts(1).since(Counts(5)) == Counts(1), "the driver began anew"
    assert Counts(1, brk=1).plus(Counts(2, 2)) == Counts(3, 2, brk=1)


def test_the_inbox_of_a_network_port_tells_its_end_after_its_bytes() -> None:
    inbox = Inbox()
    for byte in (b"a", b"b", None):
        inbox.put(byte)
    assert inbox.qsize() == 2
    assert inbox.take(1) == b"a"
    assert inbox.take(9) == b"b"
    with pytest.raises(EOFError):
        inbox.take(9)
    inbox.close()


def test_the_stable_name_of_a_port(tmp_path: Path) -> None:
    _, slave = ends = os.openpty()
    tty.setraw(slave)
    name, folder = os.ttyname(slave), tmp_path / "by-path"
    folder.mkdir()
    (folder / "pci-0000:00:14.0-usb-0:2:1.0-port0").symlink_to(name)
    folders = (str(tmp_path / "none"), str(folder))
    link = str(folder / "pci-0000:00:14.0-usb-0:2:1.0-port0")
    assert stable_name(name, folders) == stable_name(link, folders) == link
    assert stable_name("/dev/ttyUSB99", folders) == "/dev/ttyUSB99"
    assert stable_name("socket://a:1", folders) == "socket://a:1"
    assert adapter_of(name) == adapter_of("socket://a:1") == {}
    for end in ends:
        os.close(end)
