"""Labels of the bench's own equipment: which console cable, which printer.

A code is `CONSOLE` or `PRINTER` and a name of 1 to 6 letters that no keyboard layout moves, such as
`CONSOLEB`. It is compared without regard to case; upper() turns the dotless i of a Turkish layout
into I. Everything that begins so is equipment, known or not: no serial may.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bench.scan.commands import SAFE_LETTERS

LONGEST_NAME = 6
"""Letters of the longest name."""


class Sort(StrEnum):
    """What a label of ours is stuck to; the value is how its code begins."""

    CONSOLE = "CONSOLE"
    PRINTER = "PRINTER"


@dataclass(frozen=True, slots=True)
class Equipment:
    """A scanned piece of equipment: its name in upper case, which perhaps nobody has given."""

    sort: Sort
    name: str


def parse_equipment(text: str) -> Equipment | None:
    """The equipment that a text names; None when it does not begin as such a code does."""
    plain = text.strip().upper()
    for sort in Sort:
        if plain.startswith(sort):
            return Equipment(sort, plain.removeprefix(sort).strip())
    return None


def equipment_code(sort: Sort, name: str) -> str:
    """The text of the code for a piece of equipment, such as `PRINTERB`."""
    return sort + name


def check_name(name: str) -> str | None:
    """Why a name cannot be printed as a code, in words for a data error; None when it can."""
    if not 1 <= len(name) <= LONGEST_NAME:
        return f"a name has 1 to {LONGEST_NAME} letters"
    wrong = sorted(set(name) - SAFE_LETTERS)
    if not wrong:
        return None
    letters = "".join(sorted(SAFE_LETTERS))
    return f"{' '.join(wrong)} may change with the keyboard layout; use only {letters}"
