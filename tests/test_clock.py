"""Clocks: moments in UTC, days in the warehouse's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bench.clock import Clock, FixedClock, SystemClock
from bench.workflow.demo import MovableClock

AUCKLAND, HONOLULU = ZoneInfo("Pacific/Auckland"), ZoneInfo("Pacific/Honolulu")
NOON = datetime(2026, 10, 28, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("zone", [None, UTC, AUCKLAND, HONOLULU])
def test_the_systems_clock(zone: ZoneInfo | None) -> None:
    clock = SystemClock(zone)
    before = datetime.now(UTC)
    now = clock.now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta(0)
    assert clock.today() in {moment.astimezone(zone).date() for moment in (now, clock.now())}
    assert clock.local(now) == now


def test_the_day_is_the_warehouses() -> None:
    assert FixedClock(NOON, AUCKLAND).today() == date(2026, 10, 29)
    assert FixedClock(NOON, HONOLULU).today() == date(2026, 10, 28)
    assert FixedClock(NOON.astimezone(AUCKLAND)).today() == date(2026, 10, 28)
    assert FixedClock(NOON, AUCKLAND).local(NOON).hour == 1


def test_a_fixed_clock_stands_still_and_tells_utc() -> None:
    clock = FixedClock(NOON.astimezone(AUCKLAND), AUCKLAND)
    assert clock.now() == clock.now() == NOON
    assert clock.now().tzinfo is UTC


def test_the_day_changes_at_the_warehouses_midnight_also_when_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    summer_ends = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
    days = [FixedClock(summer_ends + timedelta(hours=n), berlin).today() for n in (0, 23, 24, 25)]
    assert days == [date(2026, 10, 25)] * 2 + [date(2026, 10, 25), date(2026, 10, 26)]


def test_a_movable_clock_goes_back() -> None:
    clock = MovableClock(FixedClock(NOON, AUCKLAND), NOON)
    assert clock.today() == date(2026, 10, 29)
    clock.back = timedelta(hours=2)
    assert clock.now() == NOON - timedelta(hours=2)
    assert clock.today() == date(2026, 10, 28)
    as_clock: Clock = clock
    assert as_clock.local(NOON).tzinfo is AUCKLAND
