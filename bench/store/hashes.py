"""The chain of hashes through a unit's events: whoever changes one breaks all that follow.

Each event's hash is the SHA-256 over the one before it and the event's own columns, written as
netstrings (length in characters, colon, text; a NULL is `-`). It is the same on every engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

COLUMNS = (
    *("op_id", "unit_id", "rma_id", "seq", "step", "at", "actor", "station"),
    *("data", "reverses", "technician_id"),
)
"""What of an event goes into its hash, in this order."""
GENESIS = bytes(32)
"""What stands before a unit's first event."""
_DOMAIN = b"bench-event-1\n"


def link(before: bytes, values: Iterable[Any]) -> bytes:
    """The hash of an event with these columns (in the order of COLUMNS) after `before`."""
    parts = []
    for value in values:
        if value is None:
            parts.append("-")
        else:
            text = value if type(value) is str else str(value)
            parts.append(f"{len(text)}:{text}")
    return hashlib.sha256(_DOMAIN + before + "".join(parts).encode()).digest()


def link_row(before: bytes, row: Mapping[str, Any]) -> bytes:
    """The hash of an event given as a row of its table."""
    return link(before, [row[name] for name in COLUMNS])
