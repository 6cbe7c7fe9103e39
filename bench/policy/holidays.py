"""The days on which nobody works, from `holidays.toml`: weekends, holidays, a site's own days."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date, timedelta
from enum import StrEnum
from pathlib import Path

from bench.datafile import Table


class Weekday(StrEnum):
    """The days of the week, in the order of `date.weekday()`."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class Nth(StrEnum):
    """Which one of a weekday in its month."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"
    FIFTH = "fifth"
    LAST = "last"


_WEEK, _NTHS = tuple(Weekday), tuple(Nth)
_OBSERVED = {5: timedelta(days=-1), 6: timedelta(days=1)}
_NOT_A_LEAP_YEAR = 2001


@dataclass(frozen=True, slots=True)
class FixedDay:
    """A holiday on the same day of every year."""

    name: str
    month: int
    day: int
    observed: bool
    """On a Saturday the Friday before is free instead, on a Sunday the Monday after."""

    def of(self, year: int) -> date:
        """The free day that belongs to this year; it may lie in the one before or after."""
        day = date(year, self.month, self.day)
        return day + _OBSERVED.get(day.weekday(), timedelta()) if self.observed else day


@dataclass(frozen=True, slots=True)
class FloatingDay:
    """A holiday on the n-th weekday of a month."""

    name: str
    month: int
    nth: Nth
    weekday: Weekday

    def of(self, year: int) -> date | None:
        """The free day of this year; None where the month has no such weekday."""
        starts_on, length = monthrange(year, self.month)
        first = 1 + (_WEEK.index(self.weekday) - starts_on) % 7
        days = range(first, length + 1, 7)
        n = len(days) - 1 if self.nth is Nth.LAST else _NTHS.index(self.nth)
        return date(year, self.month, days[n]) if n < len(days) else None


@dataclass(frozen=True, slots=True)
class Calendar:
    """One calendar of the file, by name."""

    name: str
    weekend: frozenset[int]
    """As `date.weekday()` counts: Monday is 0."""
    days: tuple[FixedDay | FloatingDay, ...]
    also: frozenset[date]
    """Single days that the site adds."""
    rule: str

    def free_in(self, year: int) -> set[date]:
        """The holidays that lie in this year, whether or not they fall on a weekend."""
        years = range(max(MINYEAR, year - 1), min(MAXYEAR, year + 1) + 1)
        found = {day.of(each) for day in self.days for each in years}
        return {day for day in (*found, *self.also) if day is not None and day.year == year}


@dataclass(frozen=True, slots=True)
class Holidays:
    """The calendars of the file, and which of them the site works by."""

    calendars: Mapping[str, Calendar]
    in_use: tuple[str, ...]
    """A day is free when any of these says so."""
    weekend: frozenset[int]
    """The weekends of the calendars in use, together."""
    _years: dict[int, frozenset[date]] = field(default_factory=dict, compare=False, repr=False)

    def free_in(self, year: int) -> frozenset[date]:
        """The holidays of one year, after the calendars in use."""
        if year not in self._years:
            free = (self.calendars[name].free_in(year) for name in self.in_use)
            self._years[year] = frozenset().union(*free)
        return self._years[year]

    def is_free(self, day: date) -> bool:
        """Whether nobody works on this day."""
        return day.weekday() in self.weekend or day in self.free_in(day.year)


def load_holidays(path: Path) -> Holidays:
    """Reads and checks the file. Raises DataError naming file, key and what was expected."""
    table = Table.read(path)
    calendars: dict[str, Calendar] = {}
    for t in table.tables("calendar"):
        calendar = _read_calendar(t)
        if not calendar.name or calendar.name in calendars:
            raise t.wrong("name", "a name that no other calendar has", calendar.name)
        calendars[calendar.name] = calendar
    in_use = table.texts("in_use")
    for name in in_use:
        if name not in calendars:
            raise table.wrong("in_use", "names of calendars of this file", name)
    weekend = frozenset[int]().union(*(calendars[name].weekend for name in in_use))
    if not in_use or len(weekend) == len(_WEEK):
        raise table.wrong("in_use", "calendars that leave a day of the week to work on", in_use)
    table.done()
    return Holidays(calendars, in_use, weekend)


def _read_calendar(t: Table) -> Calendar:
    calendar = Calendar(
        name=t.text("name"),
        weekend=_read_weekend(t),
        days=tuple(_read_day(day) for day in t.tables("day", [])),
        also=_read_also(t),
        rule=t.text("rule", ""),
    )
    t.done()
    return calendar


def _read_weekend(t: Table) -> frozenset[int]:
    names = t.texts("weekend")
    for name in names:
        if name not in _WEEK:
            raise t.wrong("weekend", "days out of " + ", ".join(_WEEK), name)
    return frozenset(_WEEK.index(Weekday(name)) for name in names)


def _read_also(t: Table) -> frozenset[date]:
    found: set[date] = set()
    for text in t.texts("also", []):
        try:
            found.add(date.fromisoformat(text))
        except ValueError:
            raise t.wrong("also", 'days as "YYYY-MM-DD"', text) from None
    return frozenset(found)


def _read_day(t: Table) -> FixedDay | FloatingDay:
    name, month = t.text("name"), t.number("month", 1, 12)
    found: FixedDay | FloatingDay
    if t.has("nth") or t.has("weekday"):
        found = FloatingDay(name, month, t.one_of("nth", Nth), t.one_of("weekday", Weekday))
    else:
        day, last = t.number("day", 1, 31), monthrange(_NOT_A_LEAP_YEAR, month)[1]
        if day > last:
            what = f'a day that this month has in every year, up to {last}; others under "also"'
            raise t.wrong("day", what, day)
        found = FixedDay(name, month, day, t.yes("observed", False))
    t.done()
    return found
