"""Which ports are offered for consoles, and under which names the same cable is found again."""

from __future__ import annotations

import os
import sys
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.hardware.console_ports import (
    SYSTEM_CONSOLE,
    Adapter,
    ConsolePort,
    Listed,
    Surroundings,
    console_ports,
    find_port,
    listed_ports,
    port_named,
    stable_of,
)
from bench.settings import ScannerPort

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")

FTDI = Adapter("0403", "6001", "FTDI", "FT232R USB UART", "A50285BI")
CHEAP = Adapter("1a86", "7523", "", "USB Serial", "")
CP2102 = Adapter("10c4", "ea60", "Silicon Labs", "CP2102 USB to UART", "0001")
ZEBRA = Adapter("05e0", "1701", "Symbol", "Bar Code Scanner", "S123")


class Machine:
    """Devices that are files of a folder, with the links that udev would make."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ports: list[Listed] = []
        for folder in ("dev", "serial/by-id", "serial/by-path", "tty/console"):
            (root / folder).mkdir(parents=True)
        self.around = Surroundings(root / "serial", root / "tty", lambda: self.ports)

    def plug(self, name: str, adapter: Adapter, socket: str, interface: str = "1.0") -> Path:
        """A cable; the later one of two that say the same takes the link, as with udev."""
        device = self.root / "dev" / name
        device.touch()
        place = f"{socket}:{interface}" if interface != "1.0" else socket
        self.ports.append(Listed(str(device), adapter, place))
        words = f"{adapter.maker or adapter.vid}_{adapter.product}_{adapter.serial_number}"
        by_id = f"usb-{words}".replace(" ", "_").rstrip("_") + f"-if0{interface[-1]}-port0"
        by_path = f"pci-0000:00:14.0-usb-0:{socket}:{interface}-port0"
        for folder, link in (("by-id", by_id), ("by-path", by_path)):
            place_of_link = self.root / "serial" / folder / link
            place_of_link.unlink(missing_ok=True)
            place_of_link.symlink_to(device)
        return device

    def look(self, consoles: dict[str, str] | None = None, **more: object) -> list[ConsolePort]:
        """What is offered."""
        scanners = more.get("scanners", ())
        assert isinstance(scanners, tuple)
        return console_ports(consoles or {}, scanners=scanners, around=self.around)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Nothing is plugged in yet."""
    return Machine(tmp_path)


def test_nothing(machine: Machine) -> None:
    assert machine.look() == []


def test_one_cable(machine: Machine) -> None:
    device = machine.plug("ttyUSB0", FTDI, "1")
    (port,) = machine.look()
    assert (port.name, port.device, port.letter) == ("ttyUSB0", str(device), "")
    assert Path(port.stable).name == "usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0"
    assert port.about == "FTDI FT232R USB UART 0403:6001 no. A50285BI"
    assert (port.usable, port.held_by, port.there, port.network) == (True, "", True, False)
    assert port.adapter.as_meta() == {
        "vid": "0403", "pid": "6001", "serial_number": "A50285BI", "product": "FT232R USB UART",
    }  # fmt: skip


@pytest.mark.parametrize("adapter", [CHEAP, CP2102])
def test_a_cable_without_a_number_of_its_own_is_known_by_its_socket(
    machine: Machine, adapter: Adapter
) -> None:
    device = machine.plug("ttyUSB0", adapter, "1.2")
    assert Path(stable_of(str(device), machine.around)).parent.name == "by-path"


def test_two_that_say_the_same(machine: Machine) -> None:
    first, second = machine.plug("ttyUSB0", FTDI, "1"), machine.plug("ttyUSB1", FTDI, "2")
    names = [stable_of(str(one), machine.around) for one in (first, second)]
    assert [Path(name).parent.name for name in names] == ["by-path", "by-path"]
    assert [os.path.realpath(name) for name in names] == [str(first), str(second)]


def test_one_adapter_with_two_ports(machine: Machine) -> None:
    machine.plug("ttyUSB0", FTDI, "1", "1.1")
    machine.plug("ttyUSB1", FTDI, "1", "1.2")
    ports = machine.look()
    assert [Path(port.stable).name[-10:] for port in ports] == ["if01-port0", "if02-port0"]


def test_without_links_the_device_itself(machine: Machine) -> None:
    device = machine.root / "dev" / "ttyS0"
    device.touch()
    machine.ports.append(Listed(str(device)))
    (port,) = machine.look()
    assert (port.stable, port.about) == (str(device), "")


def test_letters_come_first_and_keep_their_order(machine: Machine) -> None:
    machine.plug("ttyUSB0", FTDI, "1")
    second = machine.plug("ttyUSB10", CHEAP, "2")
    machine.plug("ttyUSB9", CP2102, "3")
    by_id = machine.root / "serial" / "by-id" / "usb-FTDI*"
    ports = machine.look({"C": str(second), "B": str(by_id), "D": "/dev/nowhere"})
    assert [port.letter for port in ports] == ["C", "B", "D", ""]
    assert [port.name for port in ports] == ["ttyUSB10", "ttyUSB0", "nowhere", "ttyUSB9"]
    assert Path(ports[0].stable).parent.name == "by-path"
    assert Path(ports[1].stable).name == "usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0"
    assert (ports[2].there, ports[2].stable, ports[2].usable) == (False, "/dev/nowhere", False)


def test_in_the_order_of_their_numbers(machine: Machine) -> None:
    for number in (10, 9, 1):
        machine.plug(f"ttyUSB{number}", CHEAP, str(number))
    assert [port.name for port in machine.look()] == ["ttyUSB1", "ttyUSB9", "ttyUSB10"]


def test_a_network_console(machine: Machine) -> None:
    (port,) = machine.look({"N": "rfc2217://rack-3:2001"})
    assert (port.letter, port.stable) == ("N", "rfc2217://rack-3:2001")
    assert port.about == "network console at rack-3:2001"
    assert (port.network, port.usable, port.there) == (True, True, True)
    assert stable_of("socket://rack-3:2001", machine.around) == "socket://rack-3:2001"


def test_scanners_are_never_offered(machine: Machine) -> None:
    machine.plug("ttyACM0", ZEBRA, "1")
    gun = machine.plug("ttyUSB0", FTDI, "2")
    cable = machine.plug("ttyUSB1", CHEAP, "3")
    guns = (ScannerPort("Gun", str(machine.root / "serial" / "by-id" / "usb-FTDI*")),)
    assert [port.device for port in machine.look(scanners=guns)] == [str(cable)]
    guns = (ScannerPort("Gun", str(gun)),)
    assert [port.device for port in machine.look(scanners=guns)] == [str(cable)]


def test_what_the_settings_call_a_console_is_one(machine: Machine) -> None:
    device = machine.plug("ttyACM0", ZEBRA, "1")
    assert [port.letter for port in machine.look({"B": str(device)})] == ["B"]


def test_ports_without_hardware_are_left_out(machine: Machine) -> None:
    for number, kind in enumerate(("4", "0")):
        device = machine.root / "dev" / f"ttyS{number}"
        device.touch()
        machine.ports.append(Listed(str(device)))
        (machine.around.tty / device.name).mkdir()
        (machine.around.tty / device.name / "type").write_text(f"{kind}\n")
    assert [port.name for port in machine.look()] == ["ttyS0"]


def test_the_consoles_of_the_machine_itself(machine: Machine) -> None:
    machine.plug("ttyUSB0", FTDI, "1")
    (machine.around.tty / "console" / "active").write_text("tty0 ttyUSB0\n")
    assert machine.look()[0].held_by == SYSTEM_CONSOLE


def test_a_port_that_may_not_be_opened(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    device = machine.plug("ttyUSB0", FTDI, "1")
    device.chmod(0o660)
    monkeypatch.setattr(os, "access", lambda *_: False)
    (port,) = machine.look()
    assert not port.usable
    assert port.group


def test_hostile_words_of_an_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    from serial.tools import list_ports
    from serial.tools.list_ports_common import ListPortInfo

    info = ListPortInfo("/dev/ttyUSB7", skip_link_detection=True)
    info.vid, info.pid = 0x403, 0x6001
    info.manufacturer, info.product = "Evil\x1b]0;pwned\x07", "Cable\u202e\n\x9b2J" + "x" * 500
    monkeypatch.setattr(list_ports, "comports", lambda: [info])
    (port,) = listed_ports()
    told = port.adapter.maker + port.adapter.product
    assert told.isprintable()
    assert len(told) < 200
    assert (port.adapter.vid, port.adapter.pid) == ("0403", "6001")


@pytest.fixture
def terminal() -> Iterator[tuple[int, str]]:
    """A pseudo-terminal: its near end, and its name."""
    master, slave = os.openpty()
    tty.setraw(slave)
    name = os.ttyname(slave)
    os.close(slave)
    yield master, name
    os.close(master)


def test_a_port_that_is_in_no_list(
    machine: Machine, tmp_path: Path, terminal: tuple[int, str]
) -> None:
    link = tmp_path / "console-B"
    link.symlink_to(terminal[1])
    port = port_named(str(link), machine.around)
    assert (port.stable, port.device, port.there) == (str(link), str(link.resolve()), True)
    assert machine.look({"B": str(link)})[0].stable == str(link)


def test_what_a_person_may_call_a_port(machine: Machine) -> None:
    device = machine.plug("ttyUSB0", FTDI, "1")
    machine.plug("ttyUSB1", CHEAP, "2")
    ports = machine.look({"BC": str(device), "N": "socket://rack-3:2001"})
    stable = ports[0].stable
    for wanted in ("BC", "bc", "CONSOLEBC", str(device), stable, Path(stable).name, "ttyUSB0"):
        assert find_port(wanted, ports) is ports[0]
    assert find_port("socket://rack-3:2001", ports) is ports[1]
    assert find_port("ttyUSB1", ports) is ports[2]
    assert find_port("ttyUSB2", ports) is None
