"""Every port that a console cable may hang on, under names that stay; looked at, never opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from bench.hardware.console_port import is_network
from bench.hardware.scanner_models import ScannerModels, load_scanner_models
from bench.hardware.serial_port import holder, place_of
from bench.settings import ScannerPort, scanners_file
from bench.text import clean_line

_NOT_ITS_OWN = {"", "0", "1", "0001", "0000", "000000", "00000000", "12345678", "0123456789"}
"""Serial numbers that makers of cheap adapters burn into all of them (0001: the CP2102's own)."""
SYSTEM_CONSOLE = "this machine's own console"
"""Who has a port that the kernel writes its own messages to."""
_NO_HARDWARE = "0"
"""type of a /sys/class/tty/ttyS*: PORT_UNKNOWN of linux/serial_core.h."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """What a USB adapter says of itself: foreign text, cleaned; "" where it says nothing."""

    vid: str = ""
    pid: str = ""
    maker: str = ""
    product: str = ""
    serial_number: str = ""

    @property
    def its_own(self) -> bool:
        """Whether the serial number may tell it from its like."""
        return self.serial_number not in _NOT_ITS_OWN

    def as_meta(self) -> dict[str, str]:
        """As the metadata of a capture has it; empty for what is no USB adapter."""
        names = ("vid", "pid", "serial_number", "product")
        return {name: getattr(self, name) for name in names} if self.vid else {}


@dataclass(frozen=True, slots=True)
class Listed:
    """A serial port as the system lists it; `place` tells apart the ports of one adapter."""

    device: str
    adapter: Adapter = Adapter()
    place: str = ""


@dataclass(frozen=True, slots=True)
class ConsolePort:
    """A port that may be captured. `stable` is the name to open it by."""

    name: str
    """What it is called where it has no letter, as ttyUSB0."""
    device: str
    """Where it is now; "" while it is not there."""
    stable: str
    about: str
    """What the adapter says of itself, or which network console it is."""
    usable: bool
    """Whether this user may open it."""
    held_by: str
    """Another program that has it, "" where none is seen."""
    letter: str = ""
    """Its name in [consoles] of the settings."""
    group: str = ""
    """The group whose members may open it, where this user may not."""
    adapter: Adapter = Adapter()

    @property
    def there(self) -> bool:
        """Whether it is plugged in; of a network console nobody knows before it is called."""
        return bool(self.device)

    @property
    def network(self) -> bool:
        """Whether it is reached over the network."""
        return is_network(self.stable)


def listed_ports() -> list[Listed]:
    """The serial ports that the system lists, whatever hangs on them."""
    from serial.tools.list_ports import comports  # late: loads pyserial

    found = []
    for port in comports():
        texts = (port.manufacturer, port.product, port.serial_number)
        maker, product, number = (clean_line(str(text or ""), 80) for text in texts)
        ids = ("", "") if port.vid is None else (f"{port.vid:04x}", f"{port.pid or 0:04x}")
        adapter = Adapter(*ids, maker, product, number)
        found.append(Listed(str(port.device), adapter, str(port.location or "")))
    return found


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where ports are looked for."""

    links: Path = Path("/dev/serial")
    tty: Path = Path("/sys/class/tty")
    listed: Callable[[], Sequence[Listed]] = field(default=listed_ports)


MACHINE = Surroundings()
"""This machine."""


def console_ports(
    consoles: Mapping[str, str],
    *,
    scanners: Sequence[ScannerPort] = (),
    around: Surroundings = MACHINE,
    models: ScannerModels | None = None,
) -> list[ConsolePort]:
    """All ports for consoles: those of the settings in their order, then the rest by name.

    Scanners are left out: those of the settings and those of data/scanners.toml. A port that the
    settings name as a console is one, whatever it says of itself. Raises DataError.
    """
    models = models or load_scanner_models(scanners_file())
    listed = [port for port in around.listed() if _is_real(port, around)]
    by_device = {os.path.realpath(port.device): port for port in listed}
    lettered = [_lettered(letter, wanted, listed, around) for letter, wanted in consoles.items()]
    taken = {os.path.realpath(port.device) for port in lettered if port.device}
    rest = [
        _port(port, listed, around)
        for device, port in sorted(by_device.items(), key=lambda item: _natural(item[0]))
        if device not in taken and not _is_scanner(port, models, scanners, around)
    ]
    return [*lettered, *rest]


def stable_of(device: str, around: Surroundings = MACHINE) -> str:
    """The name under which the same cable is found again, for a device that was just plugged in.

    By its own serial number (by-id) where that tells it from its like, else by the socket that it
    is plugged into (by-path): numbers of ttyUSB are given out anew at each plugging.
    """
    return device if is_network(device) else _stable(device, around.listed(), around)


def find_port(wanted: str, ports: Sequence[ConsolePort]) -> ConsolePort | None:
    """The port that a person names: by letter, label, device or stable name, whole or last part."""
    text = wanted.strip()
    short = text.upper().removeprefix("CONSOLE")
    for port in ports:
        if port.letter and port.letter.upper() in (text.upper(), short):
            return port
    real = os.path.realpath(text)
    for port in ports:
        names = {port.name, port.device, port.stable, Path(port.stable).name}
        if text in names or (port.device and os.path.realpath(port.device) == real):
            return port
    return None


def port_named(wanted: str, around: Surroundings = MACHINE) -> ConsolePort:
    """A port that is in no list, by its device, link or URL, such as a simulated one."""
    return _lettered("", wanted, around.listed(), around)


def _lettered(
    letter: str, wanted: str, listed: Sequence[Listed], around: Surroundings
) -> ConsolePort:
    """A port of the settings, whether it is there or not."""
    if is_network(wanted):
        about = f"network console at {wanted.partition('://')[2]}"
        return ConsolePort(wanted, wanted, wanted, about, True, "", letter)
    place = place_of(wanted)
    if not place:
        return ConsolePort(Path(wanted).name, "", wanted, "", False, "", letter)
    device = os.path.realpath(place)
    known = (port for port in listed if os.path.realpath(port.device) == device)
    port = next(known, Listed(device))
    # A link is a name that somebody chose; it stays what it is.
    stable = place if device != place else ""
    return _port(port, listed, around, letter, stable)


def _port(
    port: Listed,
    listed: Sequence[Listed],
    around: Surroundings,
    letter: str = "",
    stable: str = "",
) -> ConsolePort:
    usable = os.name == "nt" or os.access(port.device, os.R_OK | os.W_OK)
    return ConsolePort(
        name=Path(port.device).name,
        device=port.device,
        stable=stable or _stable(port.device, listed, around),
        about=_about(port.adapter),
        usable=usable,
        held_by=_system_console(port.device, around) or holder(port.device),
        letter=letter,
        group="" if usable else _group(port.device),
        adapter=port.adapter,
    )


def _stable(device: str, listed: Sequence[Listed], around: Surroundings) -> str:
    real = os.path.realpath(device)
    mine = next((port for port in listed if os.path.realpath(port.device) == real), None)
    unique = mine is not None and mine.adapter.its_own and _only_one(mine, listed)
    folders = ("by-id", "by-path") if unique else ("by-path", "by-id")
    return next(_links_to(real, folders, around), device)


def _socket(port: Listed) -> str:
    return port.place.partition(":")[0]


def _only_one(mine: Listed, listed: Sequence[Listed]) -> bool:
    """Whether no other adapter says the same of itself; further ports of its own may."""
    return all(other.adapter != mine.adapter or _socket(other) == _socket(mine) for other in listed)


def _links_to(real: str, folders: Sequence[str], around: Surroundings) -> Iterator[str]:
    for folder in folders:
        with suppress(OSError):
            for link in sorted((around.links / folder).iterdir()):
                if os.path.realpath(link) == real:
                    yield str(link)


def _is_real(port: Listed, around: Surroundings) -> bool:
    """Linux lists a ttyS for each that a PC could have, with hardware behind it or not."""
    with suppress(OSError):
        kind = (around.tty / Path(port.device).name / "type").read_text().strip()
        return kind != _NO_HARDWARE
    return True


def _is_scanner(
    port: Listed, models: ScannerModels, scanners: Sequence[ScannerPort], around: Surroundings
) -> bool:
    vid, pid = port.adapter.vid, port.adapter.pid
    if vid and models.maker_of(int(vid, 16), int(pid, 16)):
        return True
    real = os.path.realpath(port.device)
    names = [port.device, real, *_links_to(real, ("by-id", "by-path"), around)]
    return any(
        os.path.realpath(one.port) == real or any(fnmatchcase(name, one.port) for name in names)
        for one in scanners
    )


def _system_console(device: str, around: Surroundings) -> str:
    """The kernel writes its own messages to some port of a server: that one is no bench port."""
    with suppress(OSError):
        if Path(device).name in (around.tty / "console" / "active").read_text().split():
            return SYSTEM_CONSOLE
    return ""


def _about(adapter: Adapter) -> str:
    words = [adapter.maker, adapter.product]
    if adapter.product.startswith(adapter.maker):
        words = [adapter.product]
    ids = f"{adapter.vid}:{adapter.pid}" if adapter.vid else ""
    number = f"no. {adapter.serial_number}" if adapter.serial_number else ""
    return " ".join(part for part in (*words, ids, number) if part)


def _group(device: str) -> str:
    with suppress(ImportError, OSError, KeyError):
        import grp  # late: Windows has none

        found = Path(device).stat()
        return grp.getgrgid(found.st_gid).gr_name if found.st_mode & stat.S_IRGRP else ""
    return ""


def _natural(device: str) -> tuple[str, int, str]:
    """ttyUSB10 after ttyUSB9."""
    head = device.rstrip("0123456789")
    return head, int(device[len(head) :] or 0), device
