"""Simulated appliances on real pseudo-terminals: what they say, answer, and do at wrong rates."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import termios
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.datafile import DataError
from bench.hardware.appliance_scripts import load_scenario, load_scenarios
from bench.hardware.simulated_appliance import SimulatedAppliance, main, run_apart

LIMIT = 10.0


class Listener:
    """The near end: opened raw, at a rate."""

    def __init__(self, path: str | Path, baud: int) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.fd)
        self.set(baud)
        self.got = b""

    def set(self, baud: int) -> None:
        settings = termios.tcgetattr(self.fd)
        settings[4] = settings[5] = getattr(termios, f"B{baud}")
        termios.tcsetattr(self.fd, termios.TCSANOW, settings)

    def until(self, text: bytes, seconds: float = LIMIT) -> bytes:
        """Reads on until the text has come; fails after some seconds."""
        ends, start = time.monotonic() + seconds, len(self.got)
        while text not in self.got[start:]:
            left = ends - time.monotonic()
            assert left > 0, f"{text!r} did not come, only {self.got[start:]!r:.2000}"
            if select.select([self.fd], [], [], left)[0]:
                self.got += os.read(self.fd, 65536)
        return self.got[start:]

    def type(self, keys: bytes) -> None:
        os.write(self.fd, keys)

    def close(self) -> None:
        os.close(self.fd)


def hung_up(listener: Listener) -> bool:
    """Whether the port is gone: the poll says so, whatever was left to read."""
    look = select.poll()
    look.register(listener.fd, 0)
    return bool(look.poll(LIMIT * 1000))


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "console"


@pytest.fixture
def listeners() -> Iterator[list[Listener]]:
    made: list[Listener] = []
    yield made
    for one in made:
        one.close()


def test_every_scenario_of_the_brief_is_there() -> None:
    assert set(load_scenarios()) >= {
        *("pulse", "other_serial", "switch", "phone", "dram", "disk"),
        *("loop", "hang", "two_rates", "hostile"),
    }


@pytest.mark.parametrize("name", [name for name in load_scenarios() if name != "loop"])
def test_a_boot_comes_through_byte_for_byte(
    name: str, link: Path, listeners: list[Listener]
) -> None:
    scenario = load_scenario(name)
    said = b"".join(step.data for step in scenario.boot)
    with SimulatedAppliance(scenario, link, speed=0) as appliance:
        listeners.append(Listener(link, scenario.baud))
        listeners[0].until(said[-60:] if name != "two_rates" else b"version 1.0.5.7")

        if name != "two_rates":
            assert listeners[0].got.startswith(said)
            assert appliance.sent.startswith(said)


def test_the_callers_serial_and_address_stand_in_the_texts(
    link: Path, listeners: list[Listener]
) -> None:
    values = {"serial": "0340999000111222", "mac": "00:30:18:ab:cd:ef"}
    with SimulatedAppliance("pulse", link, speed=0, values=values):
        listener = Listener(link, 9600)
        listeners.append(listener)
        assert b"00:30:18:ab:cd:ef" in listener.until(b"Press Enter to modify")
        listener.type(b"\r")

        assert b"Serial Number: 0340999000111222\r\n" in listener.until(b"Choice: ")


def test_a_log_in_a_hidden_password_and_a_pager(link: Path, listeners: list[Listener]) -> None:
    with SimulatedAppliance("switch", link, speed=0) as appliance:
        listener = Listener(link, 9600)
        listeners.append(listener)
        listener.until(b"System restarted --")
        listener.type(b"\r")
        listener.until(b"Username: ")
        listener.type(b"admin\r\n")
        listener.until(b"admin\r\nPassword: ")
        listener.type(b"wrong\r")
        assert b"wrong" not in listener.until(b"% Login invalid")
        listener.type(b"admin\r")
        listener.until(b"Password: ")
        listener.type(b"bench-demo\r")
        listener.until(b"bench-sw1>")
        listener.type(b"show  versio\x7fon\r")
        assert b"Processor board ID FOC1932X0AB" in listener.until(b" --More-- ")
        listener.type(b" ")
        rest = listener.until(b"bench-sw1>")

        assert b"System serial number            : FOC1932X0AB" in rest
        assert b"bench-demo" not in listener.got
        assert appliance.received.endswith(b"show  versio\x7fon\r ")
        assert appliance.state == "shell"


def test_a_key_in_time_stops_the_loader(link: Path, listeners: list[Listener]) -> None:
    with SimulatedAppliance("phone", link, speed=2):
        listener = Listener(link, 115200)
        listeners.append(listener)
        listener.until(b"Hit any key to stop autoboot:")
        listener.type(b" ")
        listener.until(b"=> ")
        listener.type(b"printenv\n")

        assert b"ethaddr=80:5e:c0:a1:b2:c3" in listener.until(b"=> ")
        listener.type(b"boot\n")
        listener.until(b"U-Boot SPL")


def test_nothing_comes_back_that_was_not_typed(link: Path, listeners: list[Listener]) -> None:
    with SimulatedAppliance("dram", link, speed=0) as appliance:
        appliance.wait_booted(0.2)
        listeners.append(Listener(link, 115200))
        listeners[0].until(b"Please RESET")

        assert appliance.received == b""


def test_at_a_wrong_rate_rubbish_comes_and_at_the_right_one_text(
    link: Path, listeners: list[Listener]
) -> None:
    with SimulatedAppliance("loop", link, speed=0):
        listener = Listener(link, 9600)
        listeners.append(listener)
        while len(listener.got) < 300:
            select.select([listener.fd], [], [], LIMIT)
            listener.got += os.read(listener.fd, 300)
        assert b"U-Boot" not in listener.got
        listener.set(115200)

        listener.until(b"Kernel panic - not syncing")


def test_a_device_that_changes_its_rate_is_followed(link: Path, listeners: list[Listener]) -> None:
    with SimulatedAppliance("two_rates", link, speed=20):
        listener = Listener(link, 9600)
        listeners.append(listener)
        listener.until(b"Starting the primary image\r\n")
        listener.set(115200)

        assert b"System serial number: FD1K0A2200417\r\n" in listener.until(b"login: ")


def test_pulled_and_put_back_under_the_same_name(link: Path, listeners: list[Listener]) -> None:
    with SimulatedAppliance("loop", link, speed=0) as appliance:
        first = Listener(link, 115200)
        listeners.append(first)
        first.until(b"Kernel panic")
        appliance.unplug()
        assert not link.exists()
        assert hung_up(first)
        appliance.plug()
        second = Listener(link, 115200)
        listeners.append(second)

        second.until(b"Kernel panic")
        assert os.path.realpath(link) == appliance.device


def test_the_boot_waits_for_the_first_listener(link: Path, listeners: list[Listener]) -> None:
    with SimulatedAppliance("hang", link) as appliance:
        assert not appliance.wait_booted(0.3)
        assert appliance.sent == b""
        listeners.append(Listener(link, 115200))

        assert listeners[0].until(b"ubi0: attach").startswith(b"U-Boot")


def test_at_the_devices_pace(link: Path, listeners: list[Listener]) -> None:
    with SimulatedAppliance("dram", link) as appliance:
        listeners.append(Listener(link, 115200))

        assert listeners[0].until(b"U-Boot SPL").count(b"\n") <= 2
        assert appliance.wait_booted(LIMIT)


def test_a_scenario_that_is_not_there_is_refused(link: Path) -> None:
    with pytest.raises(DataError, match="one of pulse, "):
        SimulatedAppliance("toaster", link)
    assert not link.exists()
    assert main(["toaster", str(link)]) == 2


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ("bauds = 9600", "only these keys"),
        ('after = "nowhere"', "each state that another names"),
    ],
)
def test_a_file_with_a_mistake_is_refused(tmp_path: Path, wrong: str, complaint: str) -> None:
    file = tmp_path / "appliances.toml"
    after = "" if "after" in wrong else 'after = "halt"\n'
    file.write_text(
        '[[appliance]]\nid = "x"\ntitle = "x"\nbaud = 9600\nserial = ""\nmac = ""\nmodel = ""\n'
        f'{after}{wrong}\n[[appliance.boot]]\ntext = "hello"\n'
    )

    with pytest.raises(DataError, match=complaint):
        load_scenarios(file)


@pytest.mark.parametrize("how", ["stdin", "signal"])
def test_as_a_process_of_its_own_it_ends_when_told(
    how: str, link: Path, listeners: list[Listener]
) -> None:
    process = run_apart("pulse", link, speed=0, values={"serial": "0340999000111222"})
    try:
        ends = time.monotonic() + LIMIT
        while not link.exists():
            assert time.monotonic() < ends
            assert process.poll() is None
            time.sleep(0.01)
        listener = Listener(link, 9600)
        listeners.append(listener)
        listener.until(b"Press Enter to modify system settings.")
        listener.type(b"\r")
        listener.until(b"Serial Number: 0340999000111222")
        if how == "stdin":
            assert process.stdin
            process.stdin.close()
        else:
            process.send_signal(signal.SIGTERM)

        assert process.wait(LIMIT) == 0
        assert not link.is_symlink()
    finally:
        process.kill()
        process.wait()


def test_anew_it_boots_for_each_listener(link: Path, listeners: list[Listener]) -> None:
    """As if it was switched off in between, wherever its boot stood."""
    with SimulatedAppliance("pulse", link, speed=20, anew=True) as appliance:
        first = Listener(link, 9600)
        first.until(b"Testing memory")
        first.close()
        ends = time.monotonic() + LIMIT
        while not appliance.off:
            assert time.monotonic() < ends
            time.sleep(0.01)
        listeners.append(Listener(link, 9600))
        assert listeners[0].until(b"About to boot").lstrip().startswith(b"BIOS Date")
        listeners[0].until(b"Press Enter to modify system settings.")
        assert appliance.wait_booted(LIMIT)


def test_a_name_that_another_has_taken_over_stays(link: Path) -> None:
    """Where the next appliance has the port's name by now, the one before leaves it alone."""
    with SimulatedAppliance("pulse", link):
        second = SimulatedAppliance("pulse", link)
    with second:
        assert str(link.readlink()) == second.device


def test_it_needs_neither_screen_nor_database() -> None:
    seen = "import sys, bench.hardware.simulated_appliance; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True).stdout

    assert "bench.hardware.uart_model" in modules
    assert not {"textual", "rich", "peewee", "serial"} & set(modules.split())
