"""Trouble with the database: each kind its own screen, nothing taken meanwhile, nothing lost."""

from __future__ import annotations

import stat
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bench.app import BenchApp
from bench.policy.facts import Outcome
from bench.screens.keeping import write_somewhere
from bench.screens.trouble import Trouble
from bench.store.copying import driver
from bench.store.errors import Damaged, DiskTrouble, StorageFull
from bench.store.records import State, Step
from bench.store.store import Store
from tests.screens.helpers import Bench, settings_for
from tests.screens.test_flow import OTHER, SERIAL, UPS, WIDE, Glass, open_glass, steps
from tests.screens.waits import press, scan, until

pytestmark = pytest.mark.engines("sqlite", "postgresql")

SQLITE = pytest.mark.engines("sqlite")


def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on nothing more fits on the disk."""
    failing(monkeypatch, StorageFull)


def failing(monkeypatch: pytest.MonkeyPatch, error: Callable[[], Exception]) -> None:
    """From here on writing fails."""

    def write(self: Store, op_id: str, work: Callable[..., Any]) -> Any:
        raise error()

    monkeypatch.setattr(Store, "write", write)


def up(glass: Glass) -> bool:
    """Whether the screen of trouble is up."""
    return isinstance(glass.app.screen, Trouble)


def refused(glass: Glass, code: str) -> bool:
    """Whether the screen names this as not taken."""
    return f"{code} is not taken" in glass.text


# --- in mid-shift


async def test_disk_full_keeps_what_was_entered_until_it_fits(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said with what to do; nothing moved; once there is room, the same step goes through."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, SERIAL, "BENCHPSU") as glass:
        await glass.enter(ticket="99001")
        await glass.drafts()
        with monkeypatch.context() as now:
            full(now)
            await scan(glass, "BENCHOK")
            await until(glass, lambda: up(glass))
            assert "The disk is full: this step was not saved." in glass.text
            assert "Free some space" in glass.text
            assert "What you entered is still here." in glass.text
            assert bench.rma(rma_id).state is State.EXPECTED
            first = glass.app.screen
            await scan(glass, "BENCHNEXT")
            await until(glass, lambda: up(glass) and glass.app.screen is not first)
        await press(glass, "t")
        await glass.settle()
        assert (glass.saved, glass.place) == ("saved 14:03:22", "Diagnose")
    assert (bench.rma(rma_id).ticket, bench.rma(rma_id).accessories) == ("99001", ("psu",))
    assert steps(bench, rma_id) == [Step.EXPECTED, Step.RECEIVED]


@SQLITE
async def test_a_database_that_may_only_be_read(bench: Bench) -> None:
    """SQLite itself refuses to write: the screen of that, and the step goes once it may."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        await read_only(glass, "on")
        await scan(glass, "BENCHOK")
        await until(glass, lambda: up(glass))
        assert "may only be read here" in glass.text
        assert str(bench.database)[-30:] in glass.text.replace("\n", "")
        await read_only(glass, "off")
        await press(glass, "t")
        await glass.settle()
        assert glass.saved == "saved 14:03:22"
    assert steps(bench, rma_id) == [Step.EXPECTED, Step.RECEIVED]


async def read_only(glass: Glass, switch: str) -> None:
    """Lets SQLite refuse every change, or no longer."""
    sql = f"PRAGMA query_only = {switch}"
    await glass.app._background.run(lambda desk: desk.store._link.db.execute_sql(sql))


async def test_a_step_left_out_in_trouble_is_said_not_to_be_saved(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At diagnosing and at shipping: the fields stay, nothing moved, all can be done again."""
    received, ready = bench.received(SERIAL), bench.diagnosed(OTHER, Outcome.REPAIR)
    async with open_glass(bench, SERIAL, "BENCHDEFECT") as glass:
        await glass.enter(symptom="no boot")
        await glass.drafts()
        with monkeypatch.context() as now:
            failing(now, lambda: DiskTrouble("SQLITE_IOERR_WRITE"))
            await scan(glass, "BENCHREPL")
            await until(glass, lambda: up(glass))
            await scan(glass, "BENCHSTOP")
            await glass.settle()
            assert (glass.saved, glass.place) == ("NOT SAVED", "Diagnose")
            assert glass.refused("NOT saved: this step was left out")
            assert glass.field("symptom").value == "no boot"
            assert "! powers up" in glass.text
            await glass.scan(OTHER)
            await scan(glass, UPS)
            await until(glass, lambda: up(glass))
            await press(glass, "x")
            await glass.settle()
            assert (glass.saved, glass.place) == ("NOT SAVED", "Ship")
            assert UPS not in glass.items
        await glass.scan(UPS, SERIAL, "BENCHREPL")
    assert bench.rma(ready).tracking == UPS
    assert bench.rma(received).symptom == "no boot"
    assert dict(bench.rma(received).checks) == {"power": "failed"}


async def test_scans_are_refused_and_shown_while_the_screen_is_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A unit, an answer, a key of another screen: a sound, its name, and nothing is taken."""
    rma_id, other = bench.expect(SERIAL), bench.expect(OTHER)
    async with open_glass(bench, SERIAL) as glass:
        rung: list[bool] = []
        monkeypatch.setattr(glass.app, "bell", lambda: rung.append(True))
        with monkeypatch.context() as now:
            full(now)
            await scan(glass, "BENCHOK")
            await until(glass, lambda: up(glass))
            for code in (OTHER, "BENCHNO", "BENCHOK"):
                await scan(glass, code)
                await until(glass, partial(refused, glass, code))
            await press(glass, "f3", "ctrl+z", "ctrl+f", "enter", "escape")
            assert up(glass)
            assert "BENCHUNDO is not taken" in glass.text
            assert len(rung) == 5
        await press(glass, "t")
        await glass.settle()
        assert (glass.place, glass.app.idle) == ("Diagnose", True)
    assert steps(bench, rma_id) == [Step.EXPECTED, Step.RECEIVED]
    assert bench.rma(other).state is State.EXPECTED


async def test_what_is_in_hand_is_kept_in_a_file(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Readable, for its owner alone, with all that was entered; and it says where it is."""
    bench.expect(SERIAL)
    log = tmp_path / "logs" / "bench.log"
    async with open_glass(bench, SERIAL, "BENCHPSU", log=log) as glass:
        await glass.enter(ticket="99001")
        await glass.drafts()
        with monkeypatch.context() as now:
            full(now)
            await scan(glass, "BENCHOK")
            await until(glass, lambda: up(glass))
            await scan(glass, "BENCHPUT")
            await until(glass, lambda: "kept in " in glass.text)
            (file,) = log.parent.glob("bench-kept-*.txt")
            assert file.name == "bench-kept-20261121-140322.txt"
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            text = file.read_text("utf-8")
        await press(glass, "t")
        await glass.settle()
    for part in ("Ana R.", "Dock 2", "2026-11-21 14:03:22", "disk is full", "BENCHOK yes"):
        assert part in text
    for part in (SERIAL, "Yealink T54W", "Northgate Dental", "99001", "psu"):
        assert part in text


def test_the_next_place_is_taken_where_one_is_full(tmp_path: Path) -> None:
    """No half-written file stays behind where it did not fit."""
    broken = tmp_path / "file"
    broken.write_text("in the way of a folder")
    said = write_somewhere("text", [broken / "x", Path("/dev/full/x"), tmp_path], "bench-kept")
    assert said == f"kept in {tmp_path / 'bench-kept.txt'}"
    again = write_somewhere("other", [tmp_path], "bench-kept")
    assert again == f"kept in {tmp_path / 'bench-kept-2.txt'}"
    assert (tmp_path / "bench-kept.txt").read_text() == "text"


def test_no_place_at_all_is_said() -> None:
    """Each place with its reason."""
    said = write_somewhere("text", [Path("/dev/null/x")], "bench-kept")
    assert said.startswith("kept nowhere: /dev/null/x: ")


async def test_quitting_in_trouble_asks_once_more(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in no file yet would be lost: the first q says so, the second one quits with 1."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        full(monkeypatch)
        await scan(glass, "BENCHOK")
        await until(glass, lambda: up(glass))
        await press(glass, "q")
        await until(glass, lambda: "quit once more to lose it" in glass.text)
        await press(glass, "ctrl+q")
        await until(glass, lambda: glass.app.return_value is not None)
        assert glass.app.return_value == 1
    monkeypatch.undo()
    assert steps(bench, rma_id) == [Step.EXPECTED]


async def test_a_damaged_database_met_while_looking_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read has the screen too; left out, the scan is named, and the next one is dealt with."""
    bench.expect(SERIAL)
    async with open_glass(bench) as glass:
        with monkeypatch.context() as now:

            def find(self: Store, key: str) -> Any:
                raise Damaged("page 7 is used twice")

            now.setattr(Store, "find", find)
            await scan(glass, SERIAL)
            await until(glass, lambda: up(glass))
            assert "restore the latest good backup" in glass.text
            await press(glass, "x")
            await glass.settle()
            assert glass.refused(SERIAL, "not looked up")
        await glass.scan(SERIAL)
        assert glass.word == "EXPECTED"


async def test_queue_that_cannot_be_read(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing disk while the queue is read: its screen; try again reads the queue anew."""
    bench.expect(SERIAL)
    async with open_glass(bench, "BENCHBOX") as glass:
        with monkeypatch.context() as now:

            def counts(self: Store, today: Any) -> Any:
                raise DiskTrouble("SQLITE_IOERR_READ")

            now.setattr(Store, "counts", counts)
            await scan(glass, "BENCHDESK")
            await until(glass, lambda: up(glass))
            assert "The disk failed" in glass.text
        await press(glass, "t")
        await until(glass, lambda: not up(glass))
        await glass.settle()
        assert (glass.place, SERIAL in glass.text) == ("Queue", True)


# --- at the start


def starting(
    bench: Bench, database: Path | str | None = None
) -> tuple[BenchApp, AbstractAsyncContextManager[Any]]:
    """The program on this database, which it may be unable to open."""
    app = bench.app()
    app.settings = settings_for(database or bench.database)
    return app, app.run_test(size=WIDE)


def truncated(file: Path) -> None:
    """Half of it is gone, its journal too."""
    for tail in ("-wal", "-shm"):
        file.with_name(file.name + tail).unlink(missing_ok=True)
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2 // 4096 * 4096])


def from_a_newer_bench(file: Path) -> None:
    """It has been through a migration that nobody here knows."""
    other = driver.connect(file)
    other.execute("INSERT INTO schema_migration (name, applied) VALUES ('9999_future', '2027')")
    other.commit()
    other.close()


def something_else(file: Path) -> None:
    """A text file where the database should be."""
    file.write_text("dear diary")


def a_folder(file: Path) -> None:
    """A folder where the database should be."""
    file.unlink()
    file.mkdir()


@SQLITE
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (truncated, "The database is damaged"),
        (from_a_newer_bench, "was made by a newer bench"),
        (something_else, "not a database of bench"),
        (a_folder, "not a database of bench"),
    ],
)
async def test_each_bad_file_has_its_screen_at_the_start(
    bench: Bench, spoil: Callable[[Path], None], words: str
) -> None:
    """What is wrong, the file, the ways out; no scan is taken; quitting gives status 1."""
    bench.expect(SERIAL)
    assert isinstance(bench.database, Path)
    spoil(bench.database)
    app, running = starting(bench)
    async with running as pilot:
        glass = Glass(app, pilot)
        await until(glass, lambda: up(glass))
        assert words in glass.text
        assert bench.database.name in glass.text
        await scan(glass, SERIAL)
        await until(glass, lambda: f"{SERIAL} is not taken" in glass.text)
        await press(glass, "q")
        await until(glass, lambda: app.return_value == 1)


@SQLITE
async def test_trying_again_at_the_start_opens_it(bench: Bench, tmp_path: Path) -> None:
    """The folder was in the way: once it is put right, the same program goes on."""
    blocked = tmp_path / "blocked"
    blocked.write_text("no folder")
    app, running = starting(bench, blocked / "bench.db")
    async with running as pilot:
        glass = Glass(app, pilot)
        await until(glass, lambda: up(glass))
        assert "cannot be opened" in glass.text
        blocked.unlink()
        await scan(glass, "BENCHNEXT")
        await until(glass, lambda: app.idle)
        assert (glass.saved, glass.place) == ("ready", "Queue")


@SQLITE
async def test_a_server_that_is_away_at_the_start(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name and not its password; it is asked again by itself."""
    monkeypatch.setattr("bench.screens.trouble.BY_ITSELF", 0.2)
    monkeypatch.setitem(Store.open.__func__.__kwdefaults__, "patience", 0.5)  # type: ignore[attr-defined]
    app, running = starting(bench, "postgresql://bench:secret@127.0.0.1:1/warehouse")
    async with running as pilot:
        glass = Glass(app, pilot)
        await until(glass, lambda: "WAITING" in glass.saved)
        await until(glass, lambda: up(glass))
        first = app.screen
        assert "warehouse on 127.0.0.1:1" in glass.text
        assert "secret" not in glass.text
        await until(glass, lambda: up(glass) and app.screen is not first)
        app.settings = settings_for(bench.database)
        await until(glass, lambda: app.idle)
        assert (glass.saved, glass.place) == ("ready", "Queue")
