"""What a body may ask of the program around it, and what the station has in hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from textual.screen import ModalScreen

from bench.clock import Clock
from bench.settings import Settings
from bench.store.errors import StoreError
from bench.widgets.strips import Read
from bench.workflow.desk import Desk, Rules
from bench.workflow.steps import Saved
from bench.workflow.views import UnitView

T = TypeVar("T")
Saving = Callable[[Desk, str], Saved]
"""A step to be written: gets the desk and the op id that was made for it."""


class Named:
    """A step to be written that remembers its op id, for what follows from it."""

    def __init__(self, work: Saving) -> None:
        self._work, self.op_id = work, ""

    def __call__(self, desk: Desk, op_id: str) -> Saved:
        """Writes the step."""
        self.op_id = op_id
        return self._work(desk, op_id)


QUEUE, RECEIVE, DIAGNOSE, CONSOLE, SHIP, VENDOR, RECORD, POLICY, LABELS = (
    *("queue", "receive", "diagnose", "console", "ship", "vendor", "unit", "policy", "labels"),
)
TITLES = {
    QUEUE: "Queue",
    RECEIVE: "Receive",
    DIAGNOSE: "Diagnose",
    CONSOLE: "Console",
    SHIP: "Ship",
    VENDOR: "Vendor",
    RECORD: "Record",
    POLICY: "Policy",
    LABELS: "Labels",
}


@dataclass
class Session:
    """What lies on the bench now: a known unit, or a serial that nobody knows, or nothing."""

    view: UnitView | None = None
    stranger: str = ""
    """A serial that is not in the store, exactly as scanned."""
    stranger_mac: str = ""
    stranger_model: str = ""
    stranger_fields: dict[str, Any] = field(default_factory=dict)
    """What was parked for the stranger."""
    unproved: bool = False
    """The unit was named by its RMA number or the queue: its serial is yet to be scanned."""
    vouched: bool = False
    """The technician vouches for the unit, whose label cannot be read."""
    scanned: str = ""
    """What the label of the unit in hand says, exactly as it came; "": it was not scanned."""
    disagrees: tuple[str, ...] = ()
    """What the label that was scanned says otherwise than the record."""
    replacement_next: bool = False
    """The next serial is the stock unit that goes out instead."""


class Host(Protocol):
    """The program, as a body sees it."""

    session: Session
    settings: Settings
    rules: Rules
    clock: Clock

    async def in_store(self, work: Callable[[Desk], T], patient: bool = True) -> T:
        """Runs work on the store's thread; where it is `patient`, until the store answers."""
        ...

    def tell_trouble(self, error: StoreError) -> None:
        """Says that something failed which no scan asked for: its screen, or a line."""
        ...

    async def save(self, work: Saving) -> Saved | None:
        """Writes a step; tells what was refused or not saved, and then returns None."""
        ...

    async def open_unit(self, view: UnitView, place: str | None = None) -> None:
        """Puts a unit on the bench and shows the screen of its next step (or the one named)."""
        ...

    async def go(self, place: str) -> None:
        """Shows a screen."""
        ...

    async def reload(self) -> None:
        """Reads the unit in hand anew and paints it."""
        ...

    def say(self, read: Read) -> None:
        """Shows in the scan strip what became of a scan or a step; refusals sound."""
        ...

    def ask(self, dialog: ModalScreen[T], then: Callable[[T], Awaitable[None]]) -> None:
        """Shows a dialog; `then` runs in the order of the scans once it was answered."""
        ...

    def park(self, key: str, title: str, step: str, fields: dict[str, Any]) -> None:
        """Keeps half-entered work, soon and in order, without making anyone wait."""
        ...

    def take_offer(self, verb: str) -> None:
        """An offer was taken by key or mouse; it waits its turn behind the scans before it."""
        ...

    def changed(self) -> None:
        """What NEXT offers has changed."""
        ...

    def today(self) -> date:
        """The warehouse's calendar day."""
        ...

    def clock_text(self, moment: datetime | None) -> str:
        """A moment as the clock on the wall: 14:03, or the day where it is not today."""
        ...
