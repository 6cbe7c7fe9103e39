"""Letters of stations and their running numbers: no two stations share one, none waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bench.scan.rma_number import LAST, bench_letters, format_number
from bench.store.errors import StoreError
from bench.store.rma_numbers import NumbersUsedUp
from bench.store.store import Store, Tx
from tests.conftest import POSTGRESQL

Given = tuple[str, int]
ALL = list(bench_letters("Bench 2"))


def give(store: Store, station: str) -> Given:
    """The next number of a station."""
    return store.write("", lambda tx: tx.next_running(station))


def enrol(store: Store, *rows: tuple[str, str, int]) -> None:
    """Stations that have letters already."""

    def work(tx: Tx) -> None:
        sql = "INSERT INTO rma_letters (letters, station, running) VALUES (?, ?, ?)"
        for row in rows:
            tx._link.rows(sql, row)

    store.write("", work)


@contextmanager
def slowly(store: Store, station: str) -> Iterator[None]:
    """Another program has taken a number in a transaction, and takes a moment to save it."""
    took, go = threading.Event(), threading.Event()

    def work(tx: Tx) -> None:
        tx.next_running(station)
        took.set()
        go.wait(10)

    def run() -> None:
        with closing(Store.open(store.where)) as other:
            other.write("", work)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert took.wait(10)
        yield
    finally:
        go.set()
        thread.join(10)


def test_a_station_keeps_its_letters(store: Store) -> None:
    own = next(bench_letters("Bench 2"))
    assert [give(store, "Bench 2") for _ in range(3)] == [(own, 1), (own, 2), (own, 3)]
    other = next(bench_letters("Dock 7"))
    assert give(store, "Dock 7") == (other, 1)
    assert give(store, "Bench 2") == (own, 4)


def test_letters_of_another_station_are_left_alone(store: Store) -> None:
    enrol(store, (ALL[0], "Dock 7", 5), (ALL[1], "Dock 8", 9))
    assert give(store, "Bench 2") == (ALL[2], 1)
    assert give(store, "Dock 7") == (ALL[0], 6)


def test_a_station_without_a_name_has_letters_too(store: Store) -> None:
    assert give(store, "")[1] == 1
    assert give(store, "Größe 株\ud800")[1] == 1
    assert give(store, "Größe 株\ud800")[1] == 2


def test_the_last_letters_and_none_left(store: Store) -> None:
    enrol(store, *((letters, f"station {letters}", 1) for letters in ALL[:-1]))
    assert give(store, "Bench 2") == (ALL[-1], 1)
    with pytest.raises(NumbersUsedUp, match="Bench 3: other stations have all the letters") as told:
        give(store, "Bench 3")
    assert isinstance(told.value, StoreError)
    assert told.value.todo == "Give it the name of a station that is no longer used."


def test_the_last_number_of_a_station(store: Store) -> None:
    enrol(store, ("XX", "Bench 2", LAST - 1))
    assert format_number(*give(store, "Bench 2"))
    for _ in range(2):
        with pytest.raises(NumbersUsedUp, match="Bench 2: it has used all 1,048,575"):
            give(store, "Bench 2")


@pytest.mark.engines(POSTGRESQL)
def test_no_bench_waits_for_the_number_of_another(store: Store) -> None:
    give(store, "Bench 2")
    give(store, "Dock 7")
    with slowly(store, "Dock 7"):
        assert give(store, "Bench 2")[1] == 2
    assert give(store, "Dock 7")[1] == 3


@pytest.mark.parametrize("names", [2, 1], ids=["two stations", "one station"])
def test_programs_that_enrol_at_once(where: Path | str, names: int) -> None:
    """All begin with the same letters: other stations end with others, the same one shares its."""
    Store.open(where).close()
    first, wait, given = ALL[0], threading.Barrier(6), list[tuple[str, Given]]()
    same = [name for n in range(9999) if next(bench_letters(name := f"dock {n}")) == first]

    def work(station: str) -> None:
        with closing(Store.open(where)) as store:
            wait.wait(10)
            for _ in range(5):
                given.append((station, give(store, station)))

    stations = [same[number % names] for number in range(6)]
    threads = [threading.Thread(target=work, args=(station,)) for station in stations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(given) == 30
    assert len({number for _, number in given}) == 30
    letters = {station: {pair for one, (pair, _) in given if one == station} for station in same}
    assert all(len(letters[station]) == 1 for station in set(stations))
    assert len(set.union(*letters.values())) == names


def test_thirty_benches_make_no_number_twice(store: Store) -> None:
    """Every number of each: by what the program gives out, without a database in between."""
    made = set[str]()
    for bench in range(30):
        letters, first = give(store, f"Bench {bench}")
        made |= {format_number(letters, first + running) for running in range(2000)}
    assert len(made) == 60_000


def test_a_station_may_want_letters_and_keeps_those_that_it_has(store: Store) -> None:
    """Stations that share no database are told apart by their settings."""
    wanted = store.write("", lambda tx: tx.next_running("Bench 9", "VX"))
    assert wanted == ("VX", 1)
    assert store.write("", lambda tx: tx.next_running("Bench 9", "BK")) == ("VX", 2)
    with pytest.raises(NumbersUsedUp, match="another station has the letters VX") as caught:
        store.write("", lambda tx: tx.next_running("Bench 8", "VX"))
    assert "rma_letters" in str(caught.value)
    assert give(store, "Bench 8")[0] != "VX"
