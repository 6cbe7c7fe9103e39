"""The packet for a vendor's ticket: what it is made of, and which of its five parts are missing.

Step 2 of a three-legged RMA (Pulse Secure KB40448, "How to request for a 3-legged RMA?") names
five things that the ticket must carry. Everything here is pure; all texts may come from elsewhere
and are cleaned on their way into the packet. The secrets have been taken out by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bench.text import clean_line, printable


class Part(StrEnum):
    """What the vendor asks for, in the vendor's order."""

    DEFECTIVE_SERIAL = "defective_serial"
    REPLACEMENT_SERIAL = "replacement_serial"
    SYMPTOM = "symptom"
    TROUBLESHOOTING = "troubleshooting"
    OUTPUT = "output"


PARTS: Mapping[Part, str] = {
    Part.DEFECTIVE_SERIAL: "serial number of the defective unit",
    Part.REPLACEMENT_SERIAL: "serial number of the replacement from our stock",
    Part.SYMPTOM: "failure symptom",
    Part.TROUBLESHOOTING: "troubleshooting steps",
    Part.OUTPUT: "output from the defective unit",
}


class PacketIncomplete(Exception):
    """The packet lacks parts without which the vendor opens no RMA; `missing` are those."""

    def __init__(self, missing: tuple[Part, ...]) -> None:
        self.missing = missing
        super().__init__("The packet lacks: " + ", ".join(PARTS[part] for part in missing) + ".")


@dataclass(frozen=True, slots=True)
class Output:
    """A sealed recording of the console, without its secrets."""

    name: str
    """What its file is called, as far as the name is harmless."""
    text: str
    """The redacted transcript; lines that begin with "# " at its top are about it."""
    seal: str
    """The end of its chain of hashes: 64 hexadecimal digits."""
    raw_sha256: str
    """Of the bytes as they came (raw.bin), which stay with us: 64 hexadecimal digits."""
    bytes: int
    """How many they are."""
    started: str = ""
    """ISO 8601 in UTC, as `ended`."""
    ended: str = ""
    baud: int = 0
    capture: str = ""
    """Its id: 32 hexadecimal digits."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What the console told: serial, model, firmware …"""
    failures: tuple[str, ...] = ()
    """The titles of its failures, as they came."""
    failure_row: int | None = None
    """The row of `text`, from 0, in which the first failure stands."""
    redacted: Mapping[str, int] = field(default_factory=dict)
    """How many secrets of each kind were taken out."""


@dataclass(frozen=True, slots=True)
class PacketFacts:
    """Everything that the packet tells. "" and None: not known."""

    written_at: datetime
    """On the warehouse's clock."""
    technician: str
    station: str
    rma_number: str
    ticket: str = ""
    """The customer's ticket with us."""
    service_level: str = ""
    contract_ends_on: date | None = None
    brand: str = ""
    """Of the defective unit, as the next four."""
    model: str = ""
    serial: str = ""
    mac: str = ""
    board_serial: str = ""
    """What the console names since the board was swapped."""
    replacement_brand: str = ""
    """Of the unit that we ship from stock, as the next two."""
    replacement_model: str = ""
    replacement_serial: str = ""
    symptom: str = ""
    """Without secrets, as the next three."""
    troubleshooting: tuple[str, ...] = ()
    outputs: tuple[Output, ...] = ()
    pasted_output: str = ""
    """What the unit said for itself, as it came with the ticket."""
    problems: tuple[str, ...] = ()
    """Recordings that could not be put in, each with why."""


def missing(facts: PacketFacts) -> tuple[Part, ...]:
    """The parts that are not there, in the vendor's order; () where the packet is complete.

    What is blank once it is cleaned is not there, and a recording without a byte is no output.
    """
    there = {
        Part.DEFECTIVE_SERIAL: says(facts.serial),
        Part.REPLACEMENT_SERIAL: says(facts.replacement_serial),
        Part.SYMPTOM: says(facts.symptom),
        Part.TROUBLESHOOTING: any(map(says, facts.troubleshooting)),
        Part.OUTPUT: says(facts.pasted_output) or any(map(_spoke, facts.outputs)),
    }
    return tuple(part for part in Part if not there[part])


def refuse_incomplete(facts: PacketFacts) -> None:
    """Raises PacketIncomplete where a part is missing."""
    gaps = missing(facts)
    if gaps:
        raise PacketIncomplete(gaps)


def says(text: str) -> bool:
    """Whether anything is left of a text once it is cleaned."""
    return any(clean_line(row, 400) for row in text.split("\n"))


def rows_of(text: str) -> list[str]:
    """A text as rows that are safe to paint anywhere; blank ones at its ends are left out."""
    rows = [printable(row).rstrip() for row in text.replace("\r\n", "\n").split("\n")]
    while rows and not rows[-1]:
        rows.pop()
    while rows and not rows[0]:
        rows.pop(0)
    return rows


def one_line(text: str, limit: int = 100) -> str:
    """A text as one line of at most so many characters; what is cut off shows as "…"."""
    line = clean_line(text, limit + 1)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _spoke(output: Output) -> bool:
    return output.bytes > 0 and says(output.text)
