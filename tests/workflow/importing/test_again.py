"""Importing twice, dry, or cut off in the middle: nothing doubles, nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.workflow.desk import Desk
from bench.workflow.importing import (
    ImportOptions,
    import_file,
)
from tests.rma_numbers import number_of
from tests.workflow.importing.helpers import (
    EXPECTED,
    NOW,
    SHIPMENTS,
    Importer,
)

ROOT = Path(__file__).parents[3]


def test_the_same_file_twice_changes_nothing(desk: Desk, load: Importer) -> None:
    path = load.file(EXPECTED + "T-1,A01,Snom,,,2026-11-10,,\n")
    assert import_file(desk, path, ImportOptions()).earlier is None
    second = import_file(desk, path, ImportOptions())
    assert second.earlier is not None
    assert (second.earlier.at, second.earlier.actor, second.earlier.rows) == (NOW, "Ana", 1)
    assert (second.rows, second.tally.new, second.tally.unchanged) == (0, 0, 0)
    again = import_file(desk, path, ImportOptions(again=True))
    assert (again.tally.new, again.tally.unchanged) == (0, 1)


BOTH = [
    SHIPMENTS + "A01,Snom,,,,2025-01-01,\nA02,Snom,,,,x,\nA01,Snom,,,,2025-01-01,\n"
    "A03,Snom,,,,,A01\nA03,Htek,,,,,A01\nK01,Snom,D785,,,,\n",
    EXPECTED + "T-1,A01,Snom,,,2026-11-10,,\nT-2,K01,Snom,,,2027-01-01,,\nT-3,K01,,Bob,,,,\n"
    "T-1,A01,Snom,,,2026-11-10,,\nT-4,A01,Snom,,,2026-11-10,,\n",
]


@pytest.mark.parametrize("content", BOTH)
def test_a_dry_run_says_the_same_and_writes_nothing(
    desk: Desk, load: Importer, content: str
) -> None:
    load(SHIPMENTS + "K01,Snom,,Ann,,2025-01-01,\n")
    before = desk.store.units(), desk.store.rmas(), desk.store.events()
    dry = load(content, dry_run=True)
    assert before == (desk.store.units(), desk.store.rmas(), desk.store.events())
    wet = load(content)
    assert wet.earlier is None
    assert (dry.tally, dry.rows) == (wet.tally, wet.rows)
    assert before != (desk.store.units(), desk.store.rmas(), desk.store.events())


def test_a_dry_run_over_several_chunks(load: Importer) -> None:
    rows = "".join(f"T-{i % 240},A{i % 240:03},Snom,,,2026-11-10,,\n" for i in range(250))
    content = EXPECTED + rows
    assert load.counts(content, dry_run=True) == load.counts(content) == (240, 0, 10, 0)


class Stop(Exception):
    """Stands for whatever ends a run in its middle."""


def test_a_run_that_was_cut_off_goes_on(desk: Desk, load: Importer) -> None:
    path = load.file(EXPECTED + "".join(f"T-{i},A{i:03},Snom,,,,,\n" for i in range(250)))

    def stop(rows: int, part: float) -> None:
        if rows >= 200:
            raise Stop

    with pytest.raises(Stop):
        import_file(desk, path, ImportOptions(), stop)
    assert desk.store.queue_count() == 200
    report = import_file(desk, path, ImportOptions())
    assert (report.tally.new, report.tally.unchanged, report.earlier) == (50, 200, None)
    assert_whole(desk, 250)


def assert_whole(desk: Desk, count: int) -> None:
    """`count` RMAs, each with one event and a number of its own, without gaps."""
    rmas = desk.store.rmas()
    assert len(rmas) == len(desk.store.units()) == len(desk.store.events()) == count
    assert {r.number for r in rmas} == {number_of("Bench 2", i) for i in range(1, count + 1)}


KILLED = """
import os, signal, sys
from pathlib import Path
from bench.settings import Settings, database_of
from bench.workflow.desk import open_desk
from bench.workflow.importing import ImportOptions, import_file

def stop(rows, part):
    if rows >= 200:
        os.kill(os.getpid(), signal.SIGKILL)

desk = open_desk(Settings(station="Bench 2", database=database_of(sys.argv[1])))
import_file(desk, Path(sys.argv[2]), ImportOptions(), stop)
"""


def test_kill_in_the_middle_doubles_and_loses_nothing(desk: Desk, load: Importer) -> None:
    path = load.file(EXPECTED + "".join(f"T-{i},A{i:03},Snom,,,,,\n" for i in range(250)))
    args = [sys.executable, "-c", KILLED, str(desk.store.where), str(path)]
    assert subprocess.run(args, cwd=ROOT, timeout=30, check=False).returncode == -9
    assert desk.store.queue_count() == 200
    report = import_file(desk, path, ImportOptions())
    assert (report.tally.new, report.tally.unchanged) == (50, 200)
    assert_whole(desk, 250)


def test_progress_is_told(desk: Desk, load: Importer) -> None:
    path = load.file(EXPECTED + "".join(f"T-{i},A{i:03},Snom,,,,,\n" for i in range(150)))
    told: list[tuple[int, float]] = []
    import_file(desk, path, ImportOptions(), lambda rows, part: told.append((rows, part)))
    assert [rows for rows, _ in told] == [100, 150]
    assert told[-1][1] == 1.0


def test_a_stop_ends_it_between_chunks_and_the_file_does_not_count_as_imported(
    desk: Desk, load: Importer
) -> None:
    path = load.file(EXPECTED + "".join(f"T-{i},A{i:03},Snom,,,,,\n" for i in range(250)))
    asked: list[bool] = []

    def stop() -> bool:
        asked.append(len(asked) == 2)
        return asked[-1]

    report = import_file(desk, path, ImportOptions(), stop=stop)
    assert (report.stopped, report.rows, report.tally.new) == (True, 200, 200)
    rest = import_file(desk, path, ImportOptions())
    assert (rest.stopped, rest.tally.new, rest.tally.unchanged) == (False, 50, 200)
    assert_whole(desk, 250)


def test_a_stop_that_comes_too_late_stops_nothing(desk: Desk, load: Importer) -> None:
    path = load.file(EXPECTED + "T-1,A01,Snom,,,,,\n")
    told: list[int] = []
    report = import_file(
        *(desk, path, ImportOptions()),
        progress=lambda rows, _: told.append(rows),
        stop=lambda: bool(told),
    )
    assert (report.stopped, report.tally.new) == (False, 1)
    assert import_file(desk, path, ImportOptions()).earlier is not None
