"""What lies in the database before the program starts, and what is asked of it afterwards."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from bench.policy.facts import Outcome
from bench.scan.serials import canonical
from bench.settings import Settings
from bench.store.records import Event, Rma, Step, Unit
from bench.store.store import Store
from bench.workflow.desk import Desk, open_desk
from bench.workflow.importing import ImportOptions, import_file
from tests.terminal.harness import PATIENCE, STATION, TECHNICIAN, Terminal

T = TypeVar("T")
EARLY, IN_WARRANTY, OUT_OF_WARRANTY = 10, 300, 2200
"""Ages in days, far from the edges of their bands for every brand used here."""
VERBS = {
    Outcome.NO_TROUBLE_FOUND: "BENCHNTF",
    Outcome.REPAIR: "BENCHFXD",
    Outcome.REPLACE: "BENCHREPL",
}
HEADER = (
    *("serial", "brand", "model", "customer", "channel", "ticket"),
    *("opened_on", "due_on", "shipped_on"),
)


@dataclass(frozen=True)
class Seed:
    """An expected unit, and what is going to be found with it."""

    serial: str
    brand: str = "Yealink"
    model: str = "T54W"
    customer: str = "Lindqvist Legal"
    channel: str = "direct"
    age: int = EARLY
    outcome: Outcome = Outcome.REPAIR
    packaging: bool = True

    @property
    def ticket(self) -> str:
        """The ticket number, another one for each unit."""
        return f"T-{self.serial[-6:]}"

    def shipped_on(self) -> date:
        """The day on which it went to the customer."""
        return today() - timedelta(days=self.age)

    def row(self) -> tuple[str, ...]:
        """Its line in the file of expected returns."""
        now = today().isoformat()
        facts = (self.serial, self.brand, self.model, self.customer, self.channel, self.ticket)
        return (*facts, now, now, self.shipped_on().isoformat())


def today() -> date:
    """The calendar day at the station of the tests."""
    return datetime.now(UTC).date()


@contextmanager
def desk_at(home: Path) -> Iterator[Desk]:
    """A desk on the database of a terminal; closed again at the end."""
    settings = Settings(
        database=home / "bench.db", station=STATION, technician=TECHNICIAN, timezone="UTC"
    )
    desk = open_desk(settings)
    try:
        yield desk
    finally:
        desk.store.close()


def written(file: Path, header: Sequence[str], seeds: Sequence[Seed]) -> Path:
    """The units as a file of expected returns."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="") as stream:
        csv.writer(stream).writerows([header, *(s.row() for s in seeds)])
    return file


def seed(home: Path, seeds: Sequence[Seed]) -> None:
    """Imports the units as expected returns, as `bench import` would."""
    file = written(home / "expected.csv", HEADER, seeds)
    with desk_at(home) as desk:
        report = import_file(desk, file, ImportOptions())
    assert not report.tally.bad, report.tally.bad


@dataclass(frozen=True)
class Kept:
    """One unit as the database has it: its only RMA, and its events, the oldest first."""

    unit: Unit
    rma: Rma
    events: tuple[Event, ...]

    def steps(self) -> list[Step]:
        """What happened, in order."""
        return [event.step for event in self.events]


def kept(store: Store, serial: str) -> Kept | None:
    """What the database knows of a serial; None where it knows no return of it."""
    units = store.find(canonical(serial))
    rmas = store.rmas_of(units[0].id) if units else []
    if not rmas:
        return None
    events = tuple(reversed(store.events_of_unit(units[0].id, 500)))
    assert len(rmas) == 1, f"{serial} is on {len(rmas)} RMAs"
    return Kept(units[0], rmas[0], events)


def ask(home: Path, question: Callable[[Store], T]) -> T:
    """Asks the database something, also while the program runs."""
    with desk_at(home) as desk:
        return question(desk.store)


def read(terminal: Terminal, serial: str) -> Kept:
    """What the database knows of a serial that was received."""
    found = ask(terminal.home, lambda store: kept(store, serial))
    assert found is not None, f"{serial} is not in the database"
    return found


def wait_kept(terminal: Terminal, serial: str, good: Callable[[Kept], bool]) -> Kept:
    """Waits until the database says something of a serial."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = ask(terminal.home, lambda store: kept(store, serial))
        if found is not None and good(found):
            return found
        assert time.monotonic() < deadline, f"{serial}: {found}\n{terminal.screen()}"
        time.sleep(0.05)


def wait_drafts(terminal: Terminal, good: Callable[[str], bool]) -> None:
    """Waits until what is parked in the database is as it should be."""
    deadline = time.monotonic() + PATIENCE
    while True:
        drafts = ask(terminal.home, lambda store: store.drafts())
        if good(repr([dict(draft.fields) for draft in drafts])):
            return
        assert time.monotonic() < deadline, f"{drafts}\n{terminal.screen()}"
        time.sleep(0.05)


def ups(running: int) -> str:
    """A UPS tracking number with its right check digit.

    By the published algorithm: after `1Z` the characters in odd places count once and those in
    even places twice, a letter as ((its place in the alphabet + 1) mod 10); the check digit makes
    the sum a multiple of ten.
    """
    body = f"999AA1{running:09d}"
    values = [int(c) if c.isdigit() else (ord(c) - ord("A") + 2) % 10 for c in body]
    total = sum(values[0::2]) + 2 * sum(values[1::2])
    return f"1Z{body}{-total % 10}"
