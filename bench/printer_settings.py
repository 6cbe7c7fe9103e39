"""The printer part of a station's settings: the label printers, and what each of them prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bench.datafile import DataError, Table
from bench.text import clean_line

PORT = 9100
"""Where network printers listen for raw data."""
SIZES = ("2x1", "4x2", "4x6")
"""Label stock, inches wide by inches high."""
RESOLUTIONS = (203, 300)
"""Dots per inch of the print heads that labels are drawn for."""
LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "tcp": ("zpl",),
    "usb": ("zpl",),
    "cups": ("pdf", "zpl"),
    "file": ("pdf", "png", "zpl"),
}
"""What goes each way; the first is taken where the settings say nothing."""
FORMS = "tcp://HOST or tcp://HOST:PORT, usb:/dev/usb/lp0, cups:QUEUE, or file:FOLDER"


class LabelSort(StrEnum):
    """What a label is for."""

    RMA = "rma"
    SHIP = "ship"
    VENDOR = "vendor"
    BADGE = "badge"
    PORT = "port"
    PRINTER = "printer"
    PACKET = "packet"


AUTOMATIC = (LabelSort.RMA, LabelSort.SHIP, LabelSort.VENDOR)
"""The sorts that a step at the bench calls for, so that they can print by themselves."""


@dataclass(frozen=True, slots=True)
class PrinterSettings:
    """One printer of [printers]. A name alone makes it known, but nothing can be sent to it."""

    letters: str
    """On the label that is stuck to it: PRINTER and these."""
    name: str
    """name: what people call it."""
    at: str = ""
    """at: tcp://HOST[:PORT], usb:/dev/usb/lp0, cups:QUEUE or file:FOLDER; "": only named."""
    language: str = "zpl"
    """language: zpl, which is all that tcp and usb take; cups takes pdf (default) or zpl, which
    goes raw; file takes pdf (default), png or zpl."""
    size: str = "2x1"
    """size: the label stock in inches: 2x1, 4x2 or 4x6."""
    dpi: int = 203
    """dpi: dots per inch of its head: 203 or 300."""
    labels: tuple[LabelSort, ...] = ()
    """labels: the sorts that it prints, as ["rma", "ship"]; none named: all."""
    asks: bool = True
    """asks: whether it is asked how it is (~HS); only for zpl over tcp and usb."""
    compressed: bool = True
    """compressed: pictures go compressed (Z64); false for printers that cannot read that."""

    @property
    def way(self) -> str:
        """How it is reached: tcp, usb, cups or file; "" for one that is only named."""
        return self.at.partition(":")[0]

    @property
    def place(self) -> str:
        """What stands behind the way: the host, the device, the queue or the folder."""
        return self.at.partition(":")[2].removeprefix("//" if self.way == "tcp" else "")

    def takes(self, sort: LabelSort) -> bool:
        """Whether a label of this sort can be sent to it."""
        return bool(self.at) and (not self.labels or sort in self.labels)


def host_and_port(at: str) -> tuple[str, int]:
    """Host and port of tcp://HOST[:PORT]; IPv6 stands in brackets. Raises ValueError."""
    scheme, found, place = at.partition("://")
    if scheme != "tcp" or not found:
        raise ValueError(f"an address as {FORMS}")
    host, colon, port = place.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = place, str(PORT)
    if not (port.isascii() and port.isdigit() and len(port) < 6 and 0 < int(port) < 65536):
        raise ValueError("a port from 1 to 65535 after the host")
    bracketed = host.startswith("[") and host.endswith("]")
    host = host[1:-1] if bracketed else host
    if not _is_host(host, bracketed):
        raise ValueError("the name or address of a host after tcp://, and nothing else there")
    return host, int(port)


def _is_host(text: str, bracketed: bool) -> bool:
    try:
        plain = text.encode("idna").decode("ascii")
    except UnicodeError:
        return False
    signs = ".-_:%" if bracketed else ".-_"
    return 1 <= len(plain) <= 253 and all(c.isalnum() or c in signs for c in plain)


def read_printers(table: Table, home: Path) -> dict[str, PrinterSettings]:
    """Reads [printers]; folders are beside the settings file in `home`. Raises DataError.

    `B = "name"` only names a printer; `[printers.B]` says how to reach it too.
    """
    found: dict[str, PrinterSettings] = {}
    for letters in table.names():
        printer = _printer(table, letters, home)
        for other in found.values():
            if other.name.casefold() == printer.name.casefold():
                raise table.wrong(letters, "a name that no other printer has", printer.name)
            if printer.at and other.at == printer.at:
                what = f"an address that no other printer has, {other.letters} has it"
                raise table.wrong(f"{letters}.at", what, printer.at)
        found[letters] = printer
    return found


def _printer(table: Table, letters: str, home: Path) -> PrinterSettings:
    try:
        part = table.table(letters)
    except DataError as error:
        if not isinstance(error.found, str):
            what = f"a name, or a table [printers.{letters}]"
            raise table.wrong(letters, what, error.found) from None
        return PrinterSettings(letters, _name(table, letters))
    base = PrinterSettings(letters, _name(part, "name"))
    at = _address(part, home)
    printer = PrinterSettings(
        letters=letters,
        name=base.name,
        at=at,
        language=_language(part, at.partition(":")[0]),
        size=_of(part, "size", part.text("size", base.size), SIZES),
        dpi=int(_of(part, "dpi", str(part.number("dpi", 1, 9999, base.dpi)), RESOLUTIONS)),
        labels=label_sorts(part, "labels", (), LabelSort),
        asks=part.yes("asks", base.asks),
        compressed=part.yes("compressed", base.compressed),
    )
    part.done()
    return printer


def _name(table: Table, key: str) -> str:
    name = clean_line(table.text(key), 120)
    if not name:
        raise table.wrong(key, "what people call the printer", table.text(key))
    return name


def _of(table: Table, key: str, value: str, allowed: Iterable[object]) -> str:
    known = [str(one) for one in allowed]
    if value not in known:
        raise table.wrong(key, "one of " + ", ".join(known), value)
    return value


def _language(table: Table, way: str) -> str:
    """The language; for a printer that is only named any will do."""
    allowed = LANGUAGES.get(way, ("zpl", "pdf", "png"))
    language = table.text("language", allowed[0])
    if language not in allowed:
        what = f"{' or '.join(allowed)}, which is what goes by {way or 'any way'}"
        raise table.wrong("language", what, language)
    return language


def _address(table: Table, home: Path) -> str:
    at = table.text("at", "")
    try:
        return checked_address(at, home) if at else ""
    except ValueError as error:
        # One with a password in it is not shown: screens and logs are read by others.
        raise table.wrong("at", str(error), "it is not shown here" if "@" in at else at) from None


def checked_address(at: str, home: Path) -> str:
    """An address in its one form: a tcp one with its port, a folder from the root on.

    Raises ValueError saying what was expected.
    """
    way, _, place = at.partition(":")
    if way not in LANGUAGES or not place or not at.isprintable():
        raise ValueError(FORMS)
    if way == "tcp":
        host, port = host_and_port(at)
        return f"tcp://[{host}]:{port}" if ":" in host else f"tcp://{host}:{port}"
    if way == "usb" and (not place.startswith("/dev/") or ".." in Path(place).parts):
        raise ValueError("a device under /dev/ after usb:, as usb:/dev/usb/lp0")
    if way == "cups" and not _is_queue(place):
        raise ValueError("the name of a queue after cups:, of letters, digits, '.', '_' and '-'")
    return f"file:{(home / Path(place).expanduser()).resolve()}" if way == "file" else at


def _is_queue(name: str) -> bool:
    plain = all(c.isascii() and (c.isalnum() or c in "._-") for c in name)
    return plain and len(name) <= 127 and not name.startswith("-")


def label_sorts(
    table: Table, key: str, default: tuple[LabelSort, ...], allowed: Iterable[LabelSort]
) -> tuple[LabelSort, ...]:
    """A list of sorts of labels, each named once. Raises DataError."""
    known = [sort.value for sort in allowed]
    names = table.texts(key, list(default))
    for place, name in enumerate(names):
        if name not in known:
            raise table.wrong(key, "only " + ", ".join(known), name)
        if name in names[:place]:
            raise table.wrong(key, "each sort of label once", name)
    return tuple(LabelSort(name) for name in names)
