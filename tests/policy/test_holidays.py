"""The days on which nobody works, against the dates that the government publishes."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from bench.datafile import DataError, data_dir
from bench.policy.holidays import Holidays, load_holidays

SHIPPED = (data_dir() / "holidays.toml").read_text("utf-8")
PUBLISHED = {  # the federal holidays as the Office of Personnel Management lists them
    2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
    2027: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
    2028: "01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25",
}


def load(tmp_path: Path, text: str) -> Holidays:
    """The holidays of a file with this text."""
    file = tmp_path / "holidays.toml"
    file.write_text(text, "utf-8")
    return load_holidays(file)


def one(days: str, head: str = "") -> str:
    """A file with one calendar."""
    head = head or 'weekend = ["saturday", "sunday"]'
    return f'in_use = ["x"]\n[[calendar]]\nname = "x"\n{head}\n{days}'


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_days_that_come_with_bench_are_the_published_ones(year: int) -> None:
    holidays = load_holidays(data_dir() / "holidays.toml")
    want = {date.fromisoformat(f"{year}-{day}") for day in PUBLISHED[year].split()}
    assert holidays.free_in(year) == want


def test_the_first_and_the_last_year_have_days_too() -> None:
    holidays = load_holidays(data_dir() / "holidays.toml")
    assert date(1, 1, 1) in holidays.free_in(1)
    assert holidays.is_free(date.max) == (date.max.weekday() > 4)


def test_a_day_is_observed_in_the_year_before_or_after(tmp_path: Path) -> None:
    """1 January 2028 is a Saturday, 31 December 2028 a Sunday."""
    ends = '[[calendar.day]]\nname = "{}"\nmonth = {}\nday = {}\nobserved = true\n'
    holidays = load(tmp_path, one(ends.format("a", 1, 1) + ends.format("z", 12, 31)))
    assert date(2027, 12, 31) in holidays.free_in(2027)
    assert holidays.free_in(2028) == set()
    assert date(2029, 1, 1) in holidays.free_in(2029)


def test_a_day_that_is_not_observed_stays_on_its_weekend(tmp_path: Path) -> None:
    holidays = load(tmp_path, one('[[calendar.day]]\nname = "a"\nmonth = 7\nday = 4\n'))
    assert not holidays.is_free(date(2026, 7, 3))
    assert holidays.is_free(date(2026, 7, 4))


def test_a_fifth_weekday_comes_only_where_the_month_has_one(tmp_path: Path) -> None:
    day = '[[calendar.day]]\nname = "a"\nmonth = 3\nnth = "fifth"\nweekday = "monday"\n'
    holidays = load(tmp_path, one(day))
    assert holidays.free_in(2026) == {date(2026, 3, 30)}
    assert holidays.free_in(2028) == set()


def test_the_calendars_in_use_count_together(tmp_path: Path) -> None:
    second = '[[calendar]]\nname = "y"\nweekend = ["friday"]\nalso = ["2026-12-24"]\n'
    holidays = load(tmp_path, one(second).replace('["x"]', '["x", "y"]'))
    monday = date(2026, 12, 21)
    free = [n for n in range(7) if holidays.is_free(monday + timedelta(days=n))]
    assert free == [3, 4, 5, 6]
    assert not load(tmp_path, one(second)).is_free(date(2026, 12, 24)), "not in use, not free"


def test_a_site_adds_single_days(tmp_path: Path) -> None:
    holidays = load(tmp_path, SHIPPED.replace("also = []", 'also = ["2026-12-24"]', 1))
    assert holidays.is_free(date(2026, 12, 24))
    assert not holidays.is_free(date(2025, 12, 24))


DAY = '[[calendar.day]]\nname = "a"\n'
WRONG = [
    (one(DAY + "month = 2\nday = 29"), r"calendar\[1\].day\[1\].day: .*up to 28.*found 29"),
    (one(DAY + "month = 4\nday = 31"), "up to 30"),
    (one(DAY + "month = 13\nday = 1"), "month: expected a whole number from 1 to 12"),
    (one(DAY + "month = 1"), "day: expected a whole number from 1 to 31, which is missing"),
    (one(DAY + 'month = 1\nnth = "sixth"\nweekday = "monday"'), "nth: expected one of first"),
    (one(DAY + 'month = 1\nnth = "last"\nweekday = "mon"'), "weekday: expected one of monday"),
    (one(DAY + 'month = 1\nnth = "last"'), "weekday: .*which is missing"),
    (one(DAY + 'month = 1\nnth = "last"\nweekday = "monday"\nday = 3'), "day: expected only these"),
    (one(DAY + 'month = 1\nnth = "last"\nweekday = "monday"\nobserved = true'), "observed: "),
    (one("", 'weekend = ["caturday"]'), "weekend: expected days out of monday.*caturday"),
    (one("", 'weekend = []\nalso = ["2026-02-29"]'), "also: .*YYYY-MM-DD.*2026-02-29"),
    (one("", "weekend = []\nalso = [2026-12-24]"), "also: expected a list of texts"),
    (one("", 'weekends = ["sunday"]'), "weekend: expected a list of texts, which is missing"),
    (one("holidays = 1"), "holidays: expected only these keys"),
    (one("").replace('["x"]', '["z"]'), "in_use: expected names of calendars"),
    (one("").replace('["x"]', "[]"), "in_use: expected calendars that leave a day"),
    (
        one(
            "", 'weekend = ["monday","tuesday","wednesday","thursday","friday","saturday","sunday"]'
        ),
        "in_use: expected calendars that leave a day",
    ),
    (one('[[calendar]]\nname = "x"\nweekend = []'), r"calendar\[2\].name: .*no other calendar"),
    ("x = 1\n" + one(""), "x: expected only these keys"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_what_cannot_be_right_is_told_with_its_place(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        load(tmp_path, text)
