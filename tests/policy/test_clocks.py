"""Clocks at their edges: last days, weekends, holidays, leap days, midnights; and their file."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.clock import FixedClock
from bench.datafile import DataError, data_dir
from bench.policy.clocks import (
    ClockRow,
    Clocks,
    DayKind,
    Start,
    add_days,
    days_left,
    first_late_day,
    is_business_day,
    load_clocks,
)
from bench.policy.holidays import load_holidays

DATA = data_dir()
HOLIDAYS = load_holidays(DATA / "holidays.toml")
CALENDAR, BUSINESS = DayKind.CALENDAR, DayKind.BUSINESS
FRIDAY = date(2026, 10, 30)
DAYS = st.dates(date(1996, 1, 1), date(2096, 12, 31))
KINDS = st.sampled_from(DayKind)
LENGTHS = st.integers(0, 60)


def load(clocks_file: Path = DATA / "clocks.toml") -> Clocks:
    """Clocks with the days of the policy that comes with bench."""
    holidays = DATA / "holidays.toml"
    return load_clocks(clocks_file, holidays, advance_return_days=30, stalled_business_days=3)


CLOCKS = load()


def business(start: date, days: int) -> date:
    """The last day in time after so many business days."""
    return add_days(start, days, BUSINESS, HOLIDAYS)


def calendar(start: date, days: int) -> date:
    """The last day in time after so many calendar days."""
    return add_days(start, days, CALENDAR, HOLIDAYS)


# --- edges


def test_day_30_is_in_time_and_day_31_is_late() -> None:
    due = CLOCKS.due(Start.ADVANCE_SHIPPED, FRIDAY)
    assert due == date(2026, 11, 29)
    left = [days_left(due, FRIDAY + timedelta(days=n), CALENDAR, HOLIDAYS) for n in (0, 30, 31)]
    assert left == [30, 0, -1]


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2028, 2, 29), 0, date(2028, 2, 29)),
        (date(2028, 2, 29), 30, date(2028, 3, 30)),
        (date(2028, 2, 28), 1, date(2028, 2, 29)),
        (date(2028, 1, 31), 30, date(2028, 3, 1)),
        (date(2027, 1, 31), 30, date(2027, 3, 2)),
        (date(2026, 12, 5), 30, date(2027, 1, 4)),
    ],
)
def test_calendar_days_over_leap_days_and_the_turn_of_the_year(
    start: date, days: int, due: date
) -> None:
    assert calendar(start, days) == due


@pytest.mark.parametrize(
    ("start", "days", "due", "why"),
    [
        (date(2026, 10, 26), 3, date(2026, 10, 29), "Monday to Thursday"),
        (FRIDAY, 3, date(2026, 11, 4), "over a weekend"),
        (date(2026, 10, 31), 3, date(2026, 11, 4), "from a Saturday: Monday is day 1"),
        (date(2026, 11, 1), 3, date(2026, 11, 4), "from a Sunday: the same"),
        (date(2026, 11, 25), 1, date(2026, 11, 27), "over Thanksgiving"),
        (date(2026, 11, 26), 1, date(2026, 11, 27), "from Thanksgiving itself"),
        (date(2026, 12, 24), 5, date(2027, 1, 4), "over Christmas and New Year"),
        (date(2027, 12, 23), 5, date(2028, 1, 3), "both of them observed on Fridays"),
        (date(2028, 2, 28), 1, date(2028, 2, 29), "a leap day is a Tuesday like another"),
        (date(2028, 2, 29), 10, date(2028, 3, 14), "from a leap day"),
        (date(2026, 10, 31), 0, date(2026, 10, 31), "no day at all"),
    ],
)
def test_business_days(start: date, days: int, due: date, why: str) -> None:
    assert business(start, days) == due, why


def test_after_the_last_business_day_a_weekend_is_late_already() -> None:
    """Never 0 on a Saturday: nothing that is done then is in time."""
    left = [days_left(FRIDAY, FRIDAY + timedelta(days=n), BUSINESS, HOLIDAYS) for n in range(-2, 6)]
    assert left == [2, 1, 0, -1, -1, -1, -2, -3]
    assert first_late_day(FRIDAY) == date(2026, 10, 31)


def test_a_bench_that_was_off_for_two_weeks_shows_how_late_it_is() -> None:
    """Moved on a Friday: due on Wednesday; two weeks after that, Veterans Day in between."""
    due = CLOCKS.due(Start.MOVED, FRIDAY)
    assert due == date(2026, 11, 4)
    assert days_left(due, due + timedelta(days=14), BUSINESS, HOLIDAYS) == -9


def test_a_clock_does_not_run_backwards() -> None:
    for kind in DayKind:
        with pytest.raises(ValueError, match="-1 days"):
            add_days(FRIDAY, -1, kind, HOLIDAYS)
        with pytest.raises(OverflowError):
            add_days(date(9999, 12, 30), 10, kind, HOLIDAYS)


BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("zone", "switch"),
    [
        (BERLIN, date(2026, 3, 29)),
        (BERLIN, date(2026, 10, 25)),
        (NEW_YORK, date(2026, 3, 8)),
        (NEW_YORK, date(2026, 11, 1)),
    ],
)
def test_midnight_where_the_warehouse_is_sets_the_day_also_when_clocks_change(
    zone: ZoneInfo, switch: date
) -> None:
    """Either midnight of the day on which clocks change; a step of one second is one day."""
    for day in (switch, switch + timedelta(days=1)):
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        before = FixedClock(midnight - timedelta(seconds=1), zone).today()
        after = FixedClock(midnight, zone).today()
        assert (before, after) == (day - timedelta(days=1), day)
        assert calendar(after, 10) - calendar(before, 10) == timedelta(days=1)
        due = calendar(before, 1)
        assert [days_left(due, today, CALENDAR, HOLIDAYS) for today in (before, after)] == [1, 0]


def test_the_same_moment_is_another_day_elsewhere() -> None:
    moment = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)
    today = [FixedClock(moment, zone).today() for zone in (BERLIN, NEW_YORK)]
    assert [business(day, 1) for day in today] == [date(2026, 11, 3), date(2026, 11, 2)]


# --- properties


@given(DAYS, DAYS, LENGTHS, LENGTHS, KINDS)
def test_later_starts_and_longer_clocks_never_end_sooner(
    one: date, other: date, days: int, more: int, kind: DayKind
) -> None:
    early, late = sorted((one, other))
    assert add_days(early, days, kind, HOLIDAYS) <= add_days(late, days + more, kind, HOLIDAYS)


@given(DAYS, LENGTHS, KINDS)
def test_all_days_are_left_on_the_first_one(start: date, days: int, kind: DayKind) -> None:
    assert days_left(add_days(start, days, kind, HOLIDAYS), start, kind, HOLIDAYS) == days


@given(DAYS, LENGTHS, KINDS)
def test_the_last_day_is_in_time_and_the_next_is_late(
    start: date, days: int, kind: DayKind
) -> None:
    due = add_days(start, days, kind, HOLIDAYS)
    assert days_left(due, due, kind, HOLIDAYS) == 0
    assert days_left(due, first_late_day(due), kind, HOLIDAYS) == -1


@given(DAYS, st.integers(1, 60))
def test_business_days_end_on_one_and_have_as_many_between(start: date, days: int) -> None:
    due = business(start, days)
    between = [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]
    assert is_business_day(due, HOLIDAYS)
    assert sum(is_business_day(day, HOLIDAYS) for day in between) == days


@given(DAYS, st.integers(-60, 60), KINDS)
def test_days_left_never_grow(due: date, offset: int, kind: DayKind) -> None:
    today = due + timedelta(days=offset)
    tomorrow = today + timedelta(days=1)
    assert days_left(due, today, kind, HOLIDAYS) >= days_left(due, tomorrow, kind, HOLIDAYS)


# --- which clock


@pytest.mark.parametrize(
    ("start", "brand", "level", "clock"),
    [
        (Start.EXCHANGE_OPENED, "Pulse Secure", "", "pulse_secure_return"),
        (Start.EXCHANGE_OPENED, "PULSE  secure", " Platinum ", "pulse_secure_return_platinum"),
        (Start.EXCHANGE_OPENED, "Pulse Secure", "gold", "pulse_secure_return"),
        (Start.EXCHANGE_OPENED, "Yealink", "platinum", None),
        (Start.REPLACEMENT_RECEIVED, "cisco", "", "cisco_return"),
        (Start.REPLACEMENT_RECEIVED, "Juniper", "", "juniper_return"),
        (Start.REPLACEMENT_RECEIVED, "", "", None),
        (Start.REPLACEMENT_SHIPPED, "ADC", "", "adc_return"),
        (Start.RMA_NUMBER_GIVEN, "Lanner", "", "lanner_rma_number"),
        (Start.RMA_NUMBER_GIVEN, "NTC", "", "ntc_rma_number"),
        (Start.RMA_NUMBER_GIVEN, "Snom", "", None),
        (Start.ADVANCE_SHIPPED, "Yealink", "standard", "advance_return"),
        (Start.MOVED, "Pulse Secure", "platinum", "stalled"),
        (Start.CONTACT_TRIED, "Htek", "", "ask_again"),
    ],
)
def test_the_clocks_that_come_with_bench(
    start: Start, brand: str, level: str, clock: str | None
) -> None:
    row = CLOCKS.row(start, brand, level)
    assert (row and row.id) == clock
    assert (CLOCKS.due(start, FRIDAY, brand, level) is None) == (clock is None)


def test_vendors_count_differently_from_the_same_day() -> None:
    """Cisco's ten calendar days, Juniper's ten business days, Pulse Secure's five days."""
    starts = (Start.REPLACEMENT_RECEIVED, Start.REPLACEMENT_RECEIVED, Start.EXCHANGE_OPENED)
    brands = ("Cisco", "Juniper", "Pulse Secure")
    due = [CLOCKS.due(start, FRIDAY, brand) for start, brand in zip(starts, brands, strict=True)]
    assert due == [date(2026, 11, 9), date(2026, 11, 16), date(2026, 11, 4)]


def test_the_days_of_the_policy_come_from_the_policy() -> None:
    clocks = load_clocks(
        DATA / "clocks.toml",
        DATA / "holidays.toml",
        advance_return_days=14,
        stalled_business_days=1,
    )
    assert clocks.due(Start.ADVANCE_SHIPPED, FRIDAY) == date(2026, 11, 13)
    assert clocks.due(Start.MOVED, FRIDAY) == date(2026, 11, 2)


def test_every_clock_says_who_must_do_what_and_what_follows() -> None:
    for row in CLOCKS.rows:
        assert row.duty.endswith("."), row.id
        assert row.consequence.endswith("."), row.id
        assert row.rule, row.id


def row_of(name: str, applies: str = "", level: str = "", start: str = "contact_tried") -> str:
    """One clock as it stands in a file."""
    return (
        f'[[clock]]\nid = "{name}"\napplies = "{applies}"\nservice_level = "{level}"\n'
        f'start = "{start}"\ndays = 5\nkind = "calendar"\n'
        'duty = "d"\nconsequence = "c"\nrule = "r"\n'
    )


def test_the_most_specific_clock_counts(tmp_path: Path) -> None:
    file = tmp_path / "clocks.toml"
    rows = (row_of("all"), row_of("level", "", "Gold"), row_of("brand", "Snom"))
    file.write_text("".join((*rows, row_of("both", "Snom", "gold"))))
    clocks = load(file)

    def found(brand: str, level: str) -> str:
        row = clocks.row(Start.CONTACT_TRIED, brand, level)
        assert isinstance(row, ClockRow)
        return row.id

    assert found("snom", "GOLD") == "both"
    assert found("snom", "standard") == "brand"
    assert found("Htek", "gold") == "level"
    assert found("Htek", "") == found("", "standard") == "all"


GOOD = row_of("a")
WRONG = [
    (GOOD.replace('"a"', '"A b"'), r"clock\[1\].id: expected small letters"),
    (GOOD + row_of("a", "Snom"), r"clock\[2\].id: expected an id that no other clock has"),
    (row_of("stalled"), "id: expected an id that no other clock has"),
    (row_of("a", "Snom", "Gold") + row_of("b", "SNOM", " gold"), r"clock\[2\].start: .*than a"),
    (row_of("a", start="moved"), "start: expected a start whose days do not stand in policy.toml"),
    (row_of("a", start="advance_shipped"), "do not stand in policy.toml"),
    (row_of("a", start="full_moon"), "start: expected one of exchange_opened"),
    (GOOD.replace("= 5", "= 0"), "days: expected a whole number from 1"),
    (GOOD.replace('"calendar"', '"lunar"'), "kind: expected one of calendar, business"),
    (GOOD.replace('"d"', '" "'), "duty: expected a sentence"),
    (GOOD.replace("rule =", "rules ="), "rule: expected a text, which is missing"),
    (GOOD + "late = true\n", r"clock\[1\].late: expected only these keys"),
    ("x = 1\n" + GOOD, "x: expected only these keys"),
    ("", "clock: expected a list of tables, which is missing"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_what_cannot_be_right_is_told_with_its_place(
    tmp_path: Path, text: str, message: str
) -> None:
    file = tmp_path / "clocks.toml"
    file.write_text(text)
    with pytest.raises(DataError, match=message):
        load(file)
