"""All scanners of a station: the lights in order, newly plugged ones, and what is never opened."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.datafile import data_dir
from bench.hardware.scanner_models import Mark, load_scanner_models
from bench.hardware.scanners import ScannerBank, UsbPort, scanner_bank, usb_ports
from bench.hardware.serial_scanner import Status
from bench.hardware.simulated_scanner import SimulatedScanner
from bench.settings import ScannerPort, Settings
from tests.hardware.recorder import LOOK, Recorder, answers

MODELS = load_scanner_models(data_dir() / "scanners.toml")
ZEBRA, DATALOGIC, CABLE = (0x05E0, 0x1701), (0x05F9, 0x4204), (0x0403, 0x6001)


class Bus:
    """Simulated guns and cables on a USB bus, with stable names under by-id."""

    def __init__(self, folder: Path) -> None:
        self.links = folder / "serial"
        (self.links / "by-id").mkdir(parents=True)
        self._ports: dict[str, tuple[SimulatedScanner, tuple[int, int]]] = {}
        self.looks = 0

    def plug(self, name: str, made: tuple[int, int]) -> SimulatedScanner:
        """A new device, plugged in."""
        gun = SimulatedScanner(self.links / "by-id" / name)
        gun.plug()
        self._ports[name] = gun, made
        return gun

    def usb(self) -> list[UsbPort]:
        """What the system would list."""
        self.looks += 1
        ports = list(self._ports.values())
        there = [(gun.link, made) for gun, made in ports if gun.link.exists()]
        return [UsbPort(str(link.resolve()), *made) for link, made in there]

    def bank(self, recorder: Recorder, *ports: ScannerPort, find: bool = True) -> ScannerBank:
        """The scanners on this bus."""
        return ScannerBank(
            ports, MODELS, recorder.listener,
            find=find, look=LOOK, search=LOOK, usb=self.usb, links=self.links,
        )  # fmt: skip

    def unplug(self) -> None:
        """Everything."""
        for gun, _ in self._ports.values():
            gun.unplug()


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    """An empty bus."""
    bus = Bus(tmp_path)
    yield bus
    bus.unplug()


@contextmanager
def running(bank: ScannerBank) -> Iterator[ScannerBank]:
    """Started, and closed at the end."""
    bank.start()
    try:
        yield bank
    finally:
        bank.close()


def test_several_at_once_are_kept_apart(recorder: Recorder, bus: Bus) -> None:
    guns = [bus.plug(f"usb-{number}", ZEBRA) for number in range(4)]
    ports = [ScannerPort(f"Gun {n}", str(gun.link)) for n, gun in enumerate(guns)]
    codes = [f"{number:04d}" for number in range(100)]
    with running(bus.bank(recorder, *ports)) as bank:
        for port in ports:
            recorder.until_is(port.name, Status.READY)
        pulls = [
            threading.Thread(target=lambda gun=gun: [gun.scan(code) for code in codes])
            for gun in guns
        ]
        for pull in pulls:
            pull.start()
        for pull in pulls:
            pull.join()
        recorder.until_heard(400)
        assert [state.name for state in bank.states()] == [port.name for port in ports]
        guns[2].unplug()
        recorder.until_is("Gun 2", Status.LOST)
        statuses = [state.status for state in bank.states()]
        assert statuses == [Status.READY, Status.READY, Status.LOST, Status.READY]
    assert all(recorder.texts(port.name) == codes for port in ports)


def test_known_scanners_join_by_themselves(recorder: Recorder, bus: Bus) -> None:
    desk = bus.plug("usb-desk", DATALOGIC)
    with running(bus.bank(recorder, ScannerPort("Desk", str(desk.link)))) as bank:
        recorder.until_is("Desk", Status.READY)
        first = bus.plug("usb-first", ZEBRA)
        recorder.until_is("Zebra", Status.READY)
        bus.plug("usb-second", ZEBRA)
        recorder.until_is("Zebra 2", Status.READY)
        first.scan("3146001")
        recorder.until_heard(1)
        first.unplug()
        recorder.until_is("Zebra", Status.LOST)
        first.plug()
        recorder.until_is("Zebra", Status.READY)
        names = [state.name for state in bank.states()]
    assert names == ["Desk", "Zebra", "Zebra 2"]
    assert recorder.heard == [("Zebra", "3146001")]


def test_a_console_cable_is_never_opened(recorder: Recorder, bus: Bus) -> None:
    cable = bus.plug("usb-FTDI_FT232R", CABLE)
    radio = bus.plug("usb-Symbol_radio", (0x05E0, 0x0800))
    with running(bus.bank(recorder)) as bank:
        bus.plug("usb-gun", ZEBRA)
        recorder.until_is("Zebra", Status.READY)
        assert len(bank.states()) == 1
    assert (cable.answers(), radio.answers()) == (b"", b"")


@pytest.mark.parametrize("pattern", ["usb-gun", "usb-g*", "../../device"])
def test_a_port_of_the_settings_is_not_found_twice(
    recorder: Recorder, bus: Bus, tmp_path: Path, pattern: str
) -> None:
    gun = bus.plug("usb-gun", ZEBRA)
    (tmp_path / "device").symlink_to(gun.link.resolve())
    with running(bus.bank(recorder, ScannerPort("Mine", str(bus.links / "by-id" / pattern)))) as b:
        recorder.until_is("Mine", Status.READY)
        seen = bus.looks
        recorder.until(lambda: bus.looks > seen + 3)
        assert [state.name for state in b.states()] == ["Mine"]


def test_a_found_scanner_is_left_to_the_settings_when_its_name_appears(
    recorder: Recorder, bus: Bus, tmp_path: Path
) -> None:
    gun = bus.plug("usb-gun", ZEBRA)
    own = tmp_path / "bench-scanner"
    with running(bus.bank(recorder, ScannerPort("Mine", str(own)))) as bank:
        recorder.until_is("Zebra", Status.READY)
        own.symlink_to(gun.link.resolve())
        recorder.until_is("Mine", Status.READY)
        assert [state.name for state in bank.states()] == ["Mine"]
    assert recorder.statuses("Zebra")[-1] is Status.STOPPED


def test_a_device_without_a_stable_name_is_taken_at_the_second_look(
    recorder: Recorder, bus: Bus
) -> None:
    gun = bus.plug("usb-gun", ZEBRA)
    bank = bus.bank(recorder)
    bank._links = bus.links / "none"
    bank._look_round()
    assert bank.states() == []
    bank._look_round()
    recorder.until_is("Zebra", Status.READY)
    assert bank._found[0].port.port == str(gun.link.resolve())
    bank.close()


def test_nothing_is_searched_where_the_settings_forbid_it(recorder: Recorder, bus: Bus) -> None:
    bus.plug("usb-gun", ZEBRA)
    with running(bus.bank(recorder, find=False)) as bank:
        assert bank.states() == []
    assert bus.looks == 0


def test_each_gun_is_answered_in_its_own_way(recorder: Recorder, bus: Bus) -> None:
    zebra, datalogic = bus.plug("usb-z", ZEBRA), bus.plug("usb-d", DATALOGIC)
    mine = bus.plug("usb-m", CABLE)
    port = ScannerPort("Mine", str(mine.link), model="honeywell")
    with running(bus.bank(recorder, port)) as bank:
        for name in ("Zebra", "Datalogic", "Mine"):
            recorder.until_is(name, Status.READY)
            bank.answer(name, Mark.REFUSED)
        assert zebra.answers(5.0) == b"\a\a\a"
        assert mine.answers(5.0) == b"\x1b8,\x1b8,"
        assert answers(datalogic, 3) == b"EFE", "let go at the start, stopped, let go again"
        bank.answer("nobody", Mark.GOOD)


def test_a_look_at_what_is_plugged_in_opens_nothing(recorder: Recorder, bus: Bus) -> None:
    bus.plug("usb-z", ZEBRA)
    bus.plug("usb-c", CABLE)
    mine = bus.plug("usb-d", DATALOGIC)
    ports = ScannerPort("Mine", str(mine.link)), ScannerPort("Gone", "/dev/serial/by-id/none")
    bank = bus.bank(recorder, *ports)
    assert bank.plugged_in() == [("Mine", True), ("Gone", False), ("Zebra", True)]
    bank = bus.bank(recorder, *ports, find=False)
    assert bank.plugged_in() == [("Mine", True), ("Gone", False)]
    assert recorder.changed == []


def test_the_bank_of_the_settings(recorder: Recorder, tmp_path: Path) -> None:
    port = ScannerPort("Mine", str(tmp_path / "none"))
    bank = scanner_bank(Settings(scanners=(port,), find_scanners=False), recorder.listener)
    with running(bank):
        recorder.until_is("Mine", Status.MISSING)
        assert bank.states()[0].detail == "Mine is not plugged in: plug it in"
    assert isinstance(usb_ports(), list)
