"""The unit whose console a cable records."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OnCable:
    """A unit with its open RMA; "" where an adopted capture does not tell."""

    rma_id: str
    rma_number: str
    unit_id: str
    serial: str
    brand: str
    model: str
