"""Time as an argument: who needs it is handed a clock, so nothing deep inside asks the machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Protocol


class Clock(Protocol):
    """What time it is, and which calendar day it is in the warehouse."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    def today(self) -> date:
        """The calendar day in the warehouse's time zone."""
        ...

    def local(self, moment: datetime) -> datetime:
        """The same moment as the clock on the warehouse wall shows it."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock, read in the warehouse's zone (None: the machine's own zone)."""

    zone: tzinfo | None = None

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The calendar day in the warehouse's time zone."""
        return self.local(self.now()).date()

    def local(self, moment: datetime) -> datetime:
        """The same moment as the clock on the warehouse wall shows it."""
        return moment.astimezone(self.zone)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still, for tests and pictures."""

    moment: datetime
    zone: tzinfo = UTC

    def now(self) -> datetime:
        """The moment that this clock was set to, in UTC."""
        return self.moment.astimezone(UTC)

    def today(self) -> date:
        """The calendar day of that moment in this clock's zone."""
        return self.moment.astimezone(self.zone).date()

    def local(self, moment: datetime) -> datetime:
        """A moment in this clock's zone."""
        return moment.astimezone(self.zone)
