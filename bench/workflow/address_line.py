"""An address as one line: its parts with ", " between, in the order in which they are written."""

from __future__ import annotations

from bench.text import clean_line

BETWEEN = ", "
"""Between the parts of an address."""
LONGEST = 200
"""Characters that an address may have."""


def address_line(text: str) -> str:
    """An address as it was written or pasted, on one line; "" where there is none.

    Each line becomes a part, cleaned as `clean_line` does it; empty parts are left out. The result
    may be longer than `LONGEST`: whoever takes it says so, since a cut address is a wrong one.
    """
    # Three times as long: composed again, one character may become three.
    lines = [clean_line(line, 3 * len(line)) for line in text.splitlines()]
    parts = [part.strip(" ,") for line in lines for part in line.split(BETWEEN)]
    return BETWEEN.join(filter(None, parts))


def address_parts(address: str, most: int = 6) -> list[str]:
    """The lines of an address for a card or a label, at most so many: the last has the rest."""
    parts = address.split(BETWEEN) if address else []
    return [*parts[: most - 1], *filter(None, [BETWEEN.join(parts[most - 1 :])])]
