"""All serial scanners of a station: those of the settings, and those of known makers found by USB.

A port is never opened by guess: console cables hang on the same bus.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from bench.hardware.scanner_models import (
    SILENT,
    Family,
    Maker,
    Mark,
    ScannerModels,
    load_scanner_models,
)
from bench.hardware.serial_port import place_of
from bench.hardware.serial_scanner import LOOK, Listener, SerialScanner, Status
from bench.settings import ScannerPort, Settings, scanners_file

SEARCH = 2.0
"""Seconds between two searches for scanners that were plugged in."""
_LINKS = Path("/dev/serial")


@dataclass(frozen=True, slots=True)
class UsbPort:
    """A serial port that is a USB device."""

    device: str
    vendor: int
    product: int


@dataclass(frozen=True, slots=True)
class ScannerState:
    """One light."""

    name: str
    status: Status
    detail: str
    """What to do; "" where there is nothing to be done."""


def usb_ports() -> list[UsbPort]:
    """The serial ports that hang on USB; looked for, never opened."""
    from serial.tools.list_ports import comports  # late: the program starts without it

    found = [(port.device, port.vid, port.pid) for port in comports()]
    return [UsbPort(device, v, p) for device, v, p in found if v is not None and p is not None]


class ScannerBank:
    """The scanners, each with its thread; further ones of known makers join by themselves."""

    def __init__(
        self,
        ports: Sequence[ScannerPort],
        models: ScannerModels,
        listener: Listener,
        *,
        find: bool = True,
        look: float = LOOK,
        search: float = SEARCH,
        usb: Callable[[], Sequence[UsbPort]] = usb_ports,
        links: Path = _LINKS,
    ) -> None:
        self._models, self._listener, self._find = models, listener, find
        self._look, self._search, self._usb, self._links = look, search, usb, links
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._named = [self._scanner(port) for port in ports]
        self._found: list[SerialScanner] = []
        self._without_link: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="scanner search", daemon=True)

    def start(self) -> None:
        """Opens what the settings name, and searches for more. To be called once."""
        for scanner in self._named:
            scanner.start()
        if self._find:
            self._thread.start()

    def close(self) -> None:
        """Ends all threads and lets go of all ports."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(1.0)
        scanners = self._all()
        for scanner in scanners:
            scanner.stop()
        for scanner in scanners:
            scanner.close()

    def states(self) -> list[ScannerState]:
        """All lights: those of the settings in their order, then those found, oldest first."""
        return [ScannerState(one.name, *one.state) for one in self._all()]

    def answer(self, name: str, mark: Mark, at: float | None = None) -> None:
        """Tells one gun what became of a scan (see `SerialScanner.answer`); a stranger: nothing."""
        for scanner in self._all():
            if scanner.name == name:
                scanner.answer(mark, at)

    def plugged_in(self) -> list[tuple[str, bool]]:
        """Names of the settings, each with whether it is there, and known scanners besides.

        Nothing is opened: it is for a look over the bench.
        """
        named = [(one.name, bool(place_of(one.port.port))) for one in self._named]
        found = [
            (maker.words, True)
            for usb in (self._usb() if self._find else ())
            if (maker := self._models.maker_of(usb.vendor, usb.product))
            and not self._is_named(usb.device, list(self._links_to(usb.device)))
        ]
        return named + found

    def _all(self) -> list[SerialScanner]:
        with self._lock:
            return [*self._named, *self._found]

    def _scanner(self, port: ScannerPort) -> SerialScanner:
        def family(place: str) -> Family:
            return self._family(port, place)

        return SerialScanner(port, self._listener, family, look=self._look)

    def _family(self, port: ScannerPort, place: str) -> Family:
        """How a gun is answered: as the settings say, else as its maker's guns are."""
        if port.model:
            return self._models.family(port.model)
        device = os.path.realpath(place)
        for usb in self._usb():
            if os.path.realpath(usb.device) == device:
                maker = self._models.maker_of(usb.vendor, usb.product)
                return maker.family if maker else SILENT
        return SILENT

    # --- the search, on its thread

    def _run(self) -> None:
        while not self._stop.is_set():
            with suppress(OSError):  # a device that goes while it is looked at
                self._look_round()
            self._stop.wait(self._search)

    def _look_round(self) -> None:
        without_link: set[str] = set()
        for usb in self._usb():
            maker = self._models.maker_of(usb.vendor, usb.product)
            links = list(self._links_to(usb.device))
            if maker is None or self._is_named(usb.device, links):
                continue
            if not links and usb.device not in self._without_link:
                without_link.add(usb.device)  # udev may not have made its stable name yet
                continue
            without_link |= set() if links else {usb.device}
            self._join(maker, usb.device, links)
        self._without_link = without_link
        self._leave_to_the_settings()

    def _join(self, maker: Maker, device: str, links: Sequence[str]) -> None:
        device = os.path.realpath(device)
        scanners = self._all()
        if any(os.path.realpath(one.port.port) == device for one in scanners):
            return
        place = links[0] if links else device
        known = {one.name.casefold() for one in scanners}
        names = [maker.words, *(f"{maker.words} {number}" for number in range(2, 100))]
        name = next(name for name in names if name.casefold() not in known)
        scanner = self._scanner(ScannerPort(name, place))
        with self._lock:
            self._found.append(scanner)
        scanner.start()

    def _links_to(self, device: str) -> Iterator[str]:
        """The stable names of a device, best first: by its serial number, then by its socket."""
        device = os.path.realpath(device)
        for folder in ("by-id", "by-path"):
            with suppress(OSError):
                for link in sorted((self._links / folder).iterdir()):
                    if os.path.realpath(link) == device:
                        yield str(link)

    def _is_named(self, device: str, links: Sequence[str]) -> bool:
        """Whether the settings mean this device, under whatever of its names."""
        real = os.path.realpath(device)
        for wanted in (scanner.port.port for scanner in self._named):
            if os.path.realpath(wanted) == real:
                return True
            if any(fnmatchcase(name, wanted) for name in (device, real, *links)):
                return True
        return False

    def _leave_to_the_settings(self) -> None:
        """A found scanner whose name of the settings appeared later is given up."""
        for scanner in list(self._found):
            place = scanner.port.port
            if self._is_named(place, [place]):
                with self._lock:
                    self._found.remove(scanner)
                scanner.close()


def plugged_in(settings: Settings) -> list[tuple[str, bool]]:
    """The scanners in serial mode of this station, none opened. Raises DataError."""
    nobody = Listener(lambda *_: None, lambda *_: None, lambda *_: None)
    return scanner_bank(settings, nobody).plugged_in()


def scanner_bank(settings: Settings, listener: Listener) -> ScannerBank:
    """The scanners of this station, not started yet. Raises DataError."""
    models = load_scanner_models(scanners_file())
    return ScannerBank(settings.scanners, models, listener, find=settings.find_scanners)
