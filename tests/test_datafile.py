"""Reading TOML: each getter's right value, its default, and a complaint that helps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from bench.datafile import DataError, Table, data_dir


class Colour(StrEnum):
    """Something to choose from."""

    RED = "red"
    BLUE = "blue"


GOOD: dict[str, Any] = {
    "word": "hello",
    "flag": False,
    "count": 7,
    "day": date(2026, 2, 28),
    "colour": "blue",
    "words": ["a", "b"],
    "inner": {"x": 1},
    "list": [{"y": 1}, {"y": 2}],
    "counts": [1, 9],
}


def table(**values: Any) -> Table:
    """A table `[part]` of my.toml."""
    return Table("my.toml", values or GOOD, "part")


def test_right_values_come_through() -> None:
    t = table()
    assert (t.text("word"), t.yes("flag"), t.number("count", 1, 9)) == ("hello", False, 7)
    assert (t.day("day"), t.one_of("colour", Colour)) == (date(2026, 2, 28), Colour.BLUE)
    assert t.texts("words") == ("a", "b")
    assert t.numbers("counts", 1, 9) == (1, 9)
    assert t.table("inner").number("x", 0, 1) == 1
    assert [inner.number("y", 0, 9) for inner in t.tables("list")] == [1, 2]
    assert t.names() == list(GOOD)
    assert (t.has("word"), t.has("nothing")) == (True, False)
    t.done()


def test_defaults_stand_in_for_what_is_missing() -> None:
    t = table(other=1)
    assert t.text("word", "w") == "w"
    assert t.yes("flag", True) is True
    assert t.number("count", 1, 9, 3) == 3
    assert t.one_of("colour", Colour, "red") is Colour.RED
    assert t.texts("words", []) == ()
    assert t.numbers("counts", 1, 9, (3,)) == (3,)
    assert t.tables("list", []) == []
    assert t.table("inner", {}).names() == []


Getter = Callable[[Table], object]
COMPLAINTS: list[tuple[Getter, Any, str]] = [
    (lambda t: t.text("k"), 5, "expected a text, found 5"),
    (lambda t: t.yes("k"), 1, "expected true or false, found 1"),
    (lambda t: t.yes("k"), "yes", "expected true or false, found 'yes'"),
    (lambda t: t.number("k", 1, 9), True, "expected a whole number from 1 to 9, found True"),
    (lambda t: t.number("k", 1, 9), 1.5, "expected a whole number from 1 to 9, found 1.5"),
    (lambda t: t.number("k", 1, 9), 0, "expected a whole number from 1 to 9, found 0"),
    (lambda t: t.number("k", 1, 9), 10, "expected a whole number from 1 to 9, found 10"),
    (lambda t: t.day("k"), "2026-01-01", "expected a day as YYYY-MM-DD, found '2026-01-01'"),
    (lambda t: t.one_of("k", Colour), "green", "expected one of red, blue, found 'green'"),
    (lambda t: t.one_of("k", Colour), 3, "expected one of red, blue, found 3"),
    (lambda t: t.texts("k"), "a", "expected a list of texts, found 'a'"),
    (lambda t: t.texts("k"), ["a", 1], "expected a list of texts, found ['a', 1]"),
    (lambda t: t.numbers("k", 1, 9), 1, "expected a list of whole numbers from 1 to 9, found 1"),
    (
        lambda t: t.numbers("k", 1, 9),
        [10],
        "expected a list of whole numbers from 1 to 9, found [10]",
    ),
    (
        lambda t: t.numbers("k", 1, 2),
        [True],
        "expected a list of whole numbers from 1 to 2, found [True]",
    ),
    (lambda t: t.table("k"), [], "expected a table, found []"),
    (lambda t: t.tables("k"), {}, "expected a list of tables, found {}"),
    (lambda t: t.tables("k"), [1], "expected a list of tables, found [1]"),
]


@pytest.mark.parametrize(("get", "value", "text"), COMPLAINTS)
def test_a_wrong_value_is_named_with_its_place(get: Getter, value: Any, text: str) -> None:
    with pytest.raises(DataError) as caught:
        get(table(k=value))
    assert str(caught.value) == f"my.toml: part.k: {text}"


@pytest.mark.parametrize("get", {id(row[0]): row[0] for row in COMPLAINTS}.values())
def test_a_missing_value_is_named_with_what_was_expected(get: Getter) -> None:
    with pytest.raises(DataError, match=r"^my\.toml: part\.k: expected .*, which is missing$"):
        get(table(other=1))


def test_a_long_wrong_value_is_cut() -> None:
    with pytest.raises(DataError) as caught:
        table(k="x" * 5000).number("k", 1, 2)
    assert len(str(caught.value)) < 200


def test_inner_tables_know_their_place() -> None:
    with pytest.raises(DataError) as caught:
        Table("my.toml", {"unit": [{"a": 1}, {}]}).tables("unit")[1].text("a")
    assert caught.value.key == "unit[2].a"


def test_a_key_that_nobody_asked_for_is_refused() -> None:
    t = table(word="x", wrod="y")
    t.text("word")
    with pytest.raises(DataError, match=r"part\.wrod: expected only these keys: extra, word"):
        t.done(also=["extra"])
    t.done(also=["wrod"])


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="this file, which is not there"):
        Table.read(tmp_path / "none.toml")
    with pytest.raises(DataError, match="a readable file"):
        Table.read(tmp_path)
    broken = tmp_path / "broken.toml"
    broken.write_text("a = [1\n")
    with pytest.raises(DataError, match="expected TOML"):
        Table.read(broken)
    broken.write_text("a = 1\na = 2\n")
    with pytest.raises(DataError, match="TOML"):
        Table.read(broken)


def test_the_data_is_where_it_is_looked_for() -> None:
    names = {file.name for file in data_dir().glob("*.toml")}
    assert {"policy.toml", "brands.toml", "carriers.toml", "bench.toml", "demo.toml"} <= names
