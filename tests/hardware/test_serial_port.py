"""Opening a port for this program alone, on a real pseudo-terminal."""

from __future__ import annotations

import grp
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.hardware import serial_port
from bench.hardware.serial_port import (
    PortDenied,
    PortGone,
    close_port,
    open_alone,
    place_of,
    read_some,
)
from bench.hardware.serial_scanner import Status
from bench.hardware.simulated_scanner import SimulatedScanner
from tests.hardware.recorder import HOLDER, Recorder, scanner

NOBODY = 65534


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without root's right to open everything, where the tests have it."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_a_port_that_this_user_may_not_open(gun: SimulatedScanner) -> None:
    gun.plug()
    device = os.path.realpath(gun.link)
    Path(device).chmod(0o000)
    with as_nobody(), pytest.raises(PortDenied, match=r"^$"):
        open_alone(device, 115200)
    Path(device).chmod(0o660)
    if os.geteuid() == 0:
        other = next(one for one in grp.getgrall() if one.gr_gid not in (0, *os.getgroups()))
        os.chown(device, -1, other.gr_gid)
        with as_nobody(), pytest.raises(PortDenied, match=f"^{other.gr_name}$"):
            open_alone(device, 115200)
    close_port(open_alone(device, 115200))


def test_a_scanner_that_this_user_may_not_open(
    recorder: Recorder, gun: SimulatedScanner, tmp_path: Path
) -> None:
    gun.plug()
    device = Path(os.path.realpath(gun.link))
    device.chmod(0o000)
    one = scanner(recorder, device)
    with as_nobody():
        one.start()
        recorder.until_is("Gun", Status.DENIED)
        assert one.state[1].startswith("this user may not open Gun: ")
    device.chmod(0o620)
    recorder.until_is("Gun", Status.READY)
    one.close()
    assert recorder.statuses("Gun") == [Status.DENIED, Status.READY, Status.STOPPED]


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="the system tells no locks")
def test_who_locked_a_port_of_another_user(gun: SimulatedScanner) -> None:
    gun.plug()
    assert serial_port._locker(str(gun.link)) == ""
    command = [sys.executable, "-c", HOLDER, str(gun.link)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == b"open\n"
        assert serial_port._locker(str(gun.link)).endswith(f"(process {other.pid})")
        other.stdin.close()


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(PortGone):
        open_alone(str(tmp_path / "none"), 115200)
    assert place_of(str(tmp_path / "none")) == ""
    assert place_of(str(tmp_path / "none" / "usb-*")) == ""


def test_a_pattern_means_the_first_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "usb-1").symlink_to(tmp_path / "gone")
    for name in ("usb-3", "usb-2", "other"):
        (tmp_path / name).touch()
    assert place_of(str(tmp_path / "usb-*")) == str(tmp_path / "usb-2")
    assert place_of(str(tmp_path / "usb-[13]")) == str(tmp_path / "usb-3")
    assert place_of(str(tmp_path / "usb-1")) == ""


def test_all_that_is_there_is_read_at_once(gun: SimulatedScanner) -> None:
    gun.plug()
    port = open_alone(str(gun.link), 115200)
    assert read_some(port) == b""
    gun.scan("3146001")
    assert read_some(port) == b"3146001\r"
    gun.unplug()
    with pytest.raises(OSError, match="device"):
        read_some(port)
    close_port(port)


def test_a_simulated_scanner_that_is_not_plugged_in(gun: SimulatedScanner) -> None:
    with pytest.raises(OSError, match="not plugged in"):
        gun.scan("3146001")
    with gun:
        gun.plug()
        assert gun.link.exists()
    assert not gun.link.exists()
    gun.unplug()
