"""Which USB devices are serial scanners, and how each family is told what became of a scan."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bench.datafile import Table

_ANSWER = 16
"""Characters that an answer may have: the longest of the manuals has ten."""
_ID = re.compile("[0-9a-f]{4}")
# Makers of USB-to-serial chips (usb.ids): FTDI, Prolific, Silicon Labs, WCH, Microchip. A console
# cable that is opened as a scanner would be taken away from the console.
_CABLES = {"0403", "067b", "10c4", "1a86", "04d8"}


class Mark(StrEnum):
    """What became of a scan."""

    GOOD = "good"
    WARNING = "warning"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Family:
    """Scanners that understand the same answers (an entry of data/scanners.toml)."""

    name: str = ""
    words: str = ""
    good: bytes = b""
    warning: bytes = b""
    refused: bytes = b""
    enable: bytes = b""
    """Lets the gun read again, where `refused` stops it."""
    enable_after: float = 0.0
    """Seconds from `refused` to `enable`."""

    def tone(self, mark: Mark) -> bytes:
        """What is sent for this mark; b"": nothing."""
        return {Mark.GOOD: self.good, Mark.WARNING: self.warning, Mark.REFUSED: self.refused}[mark]


SILENT = Family()
"""For scanners whose answers nobody knows: nothing is ever sent."""


@dataclass(frozen=True, slots=True)
class Maker:
    """A maker of scanners, by its USB vendor id."""

    words: str
    vendor: int
    products: frozenset[int]
    """Only these are scanners; empty: all but `others`."""
    others: frozenset[int]
    family: Family

    def made(self, vendor: int, product: int) -> bool:
        """Whether a USB device is a scanner of this maker."""
        if vendor != self.vendor or product in self.others:
            return False
        return not self.products or product in self.products


@dataclass(frozen=True, slots=True)
class ScannerModels:
    """All that is known of serial scanners."""

    makers: tuple[Maker, ...]
    families: tuple[Family, ...]

    def maker_of(self, vendor: int | None, product: int | None) -> Maker | None:
        """Whose scanner a USB device is; None for everything that is no known scanner."""
        if vendor is None or product is None:
            return None
        return next((maker for maker in self.makers if maker.made(vendor, product)), None)

    def family(self, name: str) -> Family:
        """The family of this name; the silent one for a name that is not known."""
        return next((family for family in self.families if family.name == name), SILENT)


def load_scanner_models(path: Path) -> ScannerModels:
    """Reads and checks the table of scanners; raises DataError where it cannot be used."""
    table = Table.read(path)
    entries, makers = table.tables("family"), table.tables("maker")
    table.done()
    families: list[Family] = []
    for entry in entries:
        family = _family(entry)
        if any(other.name == family.name for other in families):
            raise entry.wrong("name", "a name that no other family has", family.name)
        families.append(family)
    return ScannerModels(tuple(_maker(entry, families) for entry in makers), tuple(families))


def _family(entry: Table) -> Family:
    family = Family(
        name=_words(entry, "name"),
        words=_words(entry, "words"),
        good=_answer(entry, "good"),
        warning=_answer(entry, "warning"),
        refused=_answer(entry, "refused"),
        enable=_answer(entry, "enable"),
        enable_after=entry.number("enable_after", 100, 10_000, 1000) / 1000,
    )
    _words(entry, "source")
    entry.done()
    return family


def _maker(entry: Table, families: list[Family]) -> Maker:
    vendor = _usb_id(entry, "vendor", entry.text("vendor"))
    if f"{vendor:04x}" in _CABLES:
        raise entry.wrong("vendor", "a maker of scanners, not of serial cables", f"{vendor:04x}")
    name = entry.text("family", "")
    family = next((one for one in families if one.name == name), None if name else SILENT)
    if family is None:
        raise entry.wrong("family", "one of " + ", ".join(f.name for f in families), name)
    maker = Maker(
        words=_words(entry, "words"),
        vendor=vendor,
        products=_usb_ids(entry, "products"),
        others=_usb_ids(entry, "except"),
        family=family,
    )
    _words(entry, "source")
    entry.done()
    return maker


def _words(entry: Table, name: str) -> str:
    text = entry.text(name)
    if not text.strip():
        raise entry.wrong(name, "words", text)
    return text


def _answer(entry: Table, name: str) -> bytes:
    text = entry.text(name, "")
    if len(text) > _ANSWER or any(ord(c) > 0xFF for c in text):
        raise entry.wrong(name, f"at most {_ANSWER} characters of one byte", text)
    return text.encode("latin-1")


def _usb_id(entry: Table, name: str, text: str) -> int:
    if not _ID.fullmatch(text):
        raise entry.wrong(name, "four hexadecimal digits in small letters", text)
    return int(text, 16)


def _usb_ids(entry: Table, name: str) -> frozenset[int]:
    return frozenset(_usb_id(entry, name, text) for text in entry.texts(name, ()))
