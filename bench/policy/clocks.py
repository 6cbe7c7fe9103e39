"""What must happen within how many days: the clocks of vendors and customers, from `clocks.toml`.

Everything counts whole days of the warehouse's calendar, so no hour of the day and no change to
or from daylight-saving time can move a last day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path

from bench.datafile import Table
from bench.policy.holidays import Holidays, load_holidays
from bench.policy.tables import brand_key

_ONE_DAY = timedelta(days=1)


class DayKind(StrEnum):
    """Which days a clock counts."""

    CALENDAR = "calendar"
    BUSINESS = "business"


class Start(StrEnum):
    """What starts a clock."""

    EXCHANGE_OPENED = "exchange_opened"
    """The vendor opened the sub-ticket advance-exchange."""
    REPLACEMENT_RECEIVED = "replacement_received"
    """The vendor's replacement came to us."""
    REPLACEMENT_SHIPPED = "replacement_shipped"
    """The vendor's replacement left the vendor."""
    ADVANCE_SHIPPED = "advance_shipped"
    """Our advance replacement left for the customer."""
    RMA_NUMBER_GIVEN = "rma_number_given"
    """The vendor gave the RMA number."""
    MOVED = "moved"
    """The vendor or we last did something for the case."""
    CONTACT_TRIED = "contact_tried"
    """We asked the customer and have no answer."""


_OF_THE_POLICY = (Start.ADVANCE_SHIPPED, Start.MOVED)
"""Clocks whose days stand in policy.toml, so that no number stands in two places."""


@dataclass(frozen=True, slots=True)
class ClockRow:
    """One clock: for whom it holds, what starts it, how long it runs, and what follows."""

    id: str
    applies: str
    """The brand, or whoever else has the case, by name; "": everybody."""
    service_level: str
    """"": any."""
    start: Start
    days: int
    """Day 0 is the day of the start; this day is the last one in time."""
    kind: DayKind
    duty: str
    """Who must do what, in one plain sentence."""
    consequence: str
    """What happens when it is late."""
    rule: str
    """Where the rule comes from."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """All clocks, with the holidays that those in business days go by."""

    rows: tuple[ClockRow, ...]
    holidays: Holidays

    def row(self, start: Start, brand: str = "", service_level: str = "") -> ClockRow | None:
        """The clock for a brand (or a distributor) and a service level; None where none runs.

        The most specific row counts: brand and level, then brand, then level, then the general one.
        """
        name, level = brand_key(brand), level_key(service_level)
        by_key = {_key(row): row for row in self.rows if row.start is start}
        for key in ((name, level), (name, ""), ("", level), ("", "")):
            if (found := by_key.get((*key, start))) is not None:
                return found
        return None

    def due(self, start: Start, on: date, brand: str = "", service_level: str = "") -> date | None:
        """The last day in time for what began `on` that day; None where no clock runs."""
        row = self.row(start, brand, service_level)
        return None if row is None else add_days(on, row.days, row.kind, self.holidays)


def level_key(service_level: str) -> str:
    """A service level for comparing: no case, no spaces around it."""
    return service_level.strip().casefold()


def is_business_day(day: date, holidays: Holidays) -> bool:
    """Whether anybody works on this day."""
    return not holidays.is_free(day)


def add_days(start: date, days: int, kind: DayKind, holidays: Holidays) -> date:
    """The last day in time: `days` after the start, which is itself day 0.

    Business days are counted strictly after the start, whatever day that is. Raises ValueError
    for days below 0, OverflowError past the year 9999.
    """
    if days < 0:
        raise ValueError(f"a clock cannot run for {days} days")
    if kind is DayKind.CALENDAR:
        return start + timedelta(days=days)
    day, left = start, days
    while left:
        day += _ONE_DAY
        left -= is_business_day(day, holidays)
    return day


def days_left(due: date, today: date, kind: DayKind, holidays: Holidays) -> int:
    """Days to the last day in time, in the clock's own days: 0 is the last day, -1 a day late.

    Whatever comes after the last day is late, a Saturday too: it never counts as 0.
    """
    if kind is DayKind.CALENDAR:
        return (due - today).days
    if today <= due:
        return _business_days(today, due, holidays)
    return -max(1, _business_days(due, today, holidays))


def first_late_day(due: date) -> date:
    """The first day that is late, in either kind of days. Raises OverflowError after 9999."""
    return due + _ONE_DAY


def _business_days(after: date, upto: date, holidays: Holidays) -> int:
    """The business days after one day, up to and including another."""
    days = (after + timedelta(days=n) for n in range(1, (upto - after).days + 1))
    return sum(is_business_day(day, holidays) for day in days)


def load_clocks(
    clocks_file: Path, holidays_file: Path, *, advance_return_days: int, stalled_business_days: int
) -> Clocks:
    """Reads and checks both files; the two numbers are those of policy.toml, [clocks].

    Raises DataError naming file, key and what was expected.
    """
    table = Table.read(clocks_file)
    rows = list(_of_policy(advance_return_days, stalled_business_days))
    for t in table.tables("clock"):
        row = _read_row(t)
        if row.id in {other.id for other in rows}:
            raise t.wrong("id", "an id that no other clock has", row.id)
        if twin := next((other.id for other in rows if _key(other) == _key(row)), ""):
            what = f"another applies, service_level or start than {twin}"
            raise t.wrong("start", what, row.start.value)
        rows.append(row)
    table.done()
    return Clocks(tuple(rows), load_holidays(holidays_file))


def _key(row: ClockRow) -> tuple[str, str, Start]:
    return brand_key(row.applies), level_key(row.service_level), row.start


def _of_policy(advance_return_days: int, stalled_business_days: int) -> tuple[ClockRow, ClockRow]:
    advance = ClockRow(
        id="advance_return",
        applies="",
        service_level="",
        start=Start.ADVANCE_SHIPPED,
        days=advance_return_days,
        kind=DayKind.CALENDAR,
        duty="The customer sends the original back to us.",
        consequence="We bill the replacement to the customer.",
        rule="RMA process · within 30 days · advance replacement",
    )
    stalled = ClockRow(
        id="stalled",
        applies="",
        service_level="",
        start=Start.MOVED,
        days=stalled_business_days,
        kind=DayKind.BUSINESS,
        duty="The vendor or we take the case a step further.",
        consequence="The case counts as stalled and rises in the queue.",
        rule="Our own rule · stalled vendor cases",
    )
    return advance, stalled


def _read_row(t: Table) -> ClockRow:
    row = ClockRow(
        id=t.text("id"),
        applies=t.text("applies", ""),
        service_level=t.text("service_level", ""),
        start=t.one_of("start", Start),
        days=t.number("days", 1, 3650),
        kind=t.one_of("kind", DayKind),
        duty=t.text("duty"),
        consequence=t.text("consequence"),
        rule=t.text("rule"),
    )
    t.done()
    if not re.fullmatch(r"[a-z][a-z0-9_]*", row.id):
        raise t.wrong("id", "small letters, digits and underscores", row.id)
    if row.start in _OF_THE_POLICY:
        raise t.wrong("start", "a start whose days do not stand in policy.toml", row.start.value)
    for name in ("duty", "consequence", "rule"):
        if not str(getattr(row, name)).strip():
            raise t.wrong(name, "a sentence")
    return row
