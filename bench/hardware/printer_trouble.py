"""What can come of sending a label: it was taken, it surely was not, or only a person knows."""

from __future__ import annotations

from dataclasses import dataclass

STOPPED = "the program ended before the label was sent", "it goes on when the program starts again"
"""What and remedy of a label that the end of the program held back."""


class PrinterTrouble(Exception):
    """The label is not known to be sent: what is wrong, and what to do. Both are clean lines."""

    def __init__(self, what: str, remedy: str) -> None:
        self.what, self.remedy = what, remedy
        super().__init__(f"{what}: {remedy}" if remedy else what)


class NotTaken(PrinterTrouble):
    """Nothing of the label can have come out: it may be sent again without asking anybody."""


class Unsure(PrinterTrouble):
    """The label was handed over, but nobody knows how far it came: it may have come out."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is known once a label was sent. Never that it came out: no printer tells that."""

    says: str
    """What the printer says of itself, or that it says nothing."""
    warns: bool = False
    """Whether somebody should look at the printer."""


@dataclass(frozen=True, slots=True)
class PrinterState:
    """How a printer is at the moment."""

    ready: bool | None
    """None: nobody knows, as it does not tell."""
    says: str
