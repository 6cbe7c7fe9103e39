"""The tour of the demo: one line that goes on when the step was really done, and then goes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual import events

from bench.app import BenchApp
from bench.clock import FixedClock
from bench.datafile import DataError
from bench.scan.tracking import load_carriers
from bench.screens import host
from bench.store.records import State, Step
from bench.widgets.tour import LOOKING, TourLine, load_tour
from bench.workflow.demo import demo_settings, fill_demo, open_demo
from bench.workflow.demo_consoles import with_consoles
from bench.workflow.desk import open_desk
from tests.screens.helpers import NOW, RULES, Bench, post_scan, settings_for, settle

SERIAL, TRACKING = "3112031207004416", "1Z4417A20390441812"
CONSOLE_UNIT = "0332042024000931"
SIZE = (80, 24)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[BenchApp]:
    """`bench --demo`, on a day that stands still."""
    own = demo_settings(settings_for(tmp_path / "own.db"))
    with with_consoles(own, tmp_path, speed=0) as settings:
        yield BenchApp(settings, FixedClock(NOW), RULES, prepare=fill_demo, tour=True)


def press(app: BenchApp, key: str) -> None:
    """A key, as the terminal sends it."""
    app.post_message(events.Key(key, key if len(key) == 1 else None))


async def do(app: BenchApp, pilot: Any, *keys: str) -> None:
    """Keys one after the other, each dealt with before the next."""
    for key in keys:
        await asyncio.sleep(0.11)
        press(app, key)
        await settle(app, pilot)
        await asyncio.sleep(0.11)
        await settle(app, pilot)


async def scan(app: BenchApp, pilot: Any, text: str) -> None:
    """A scan, dealt with."""
    post_scan(app, text)
    await settle(app, pilot)


def shown(app: BenchApp) -> str:
    """The tour's line as it is painted; "" where there is none."""
    lines = list(app.frame.query(TourLine))
    return str(lines[0].render()) if lines else ""


async def until_said(app: BenchApp, pilot: Any, text: str) -> None:
    """Waits until the console of the demo has said so, and it is understood."""
    cable = app.recording.cables[0]
    for _ in range(3000):
        if any(text in one.title for one in cable.understanding.failures):
            return
        await pilot.pause(0.01)
    raise AssertionError(f"no {text!r} on cable {cable.name}")


async def type_code(app: BenchApp, pilot: Any, text: str) -> None:
    """Ctrl+f and a code, typed as slowly as a person types."""
    await do(app, pilot, "ctrl+f")
    for letter in text:
        await asyncio.sleep(0.07)
        press(app, letter)
    await asyncio.sleep(0.3)
    await do(app, pilot, "enter")


async def test_the_whole_tour_by_its_own_words(app: BenchApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settle(app, pilot)
        assert "TOUR 1/6" in shown(app)
        await do(app, pilot, "enter")
        assert app.session.view is not None
        assert "TOUR 2/6" in shown(app)
        await type_code(app, pilot, SERIAL)
        assert app.frame.place == host.RECEIVE
        await do(app, pilot, "y")
        assert "TOUR 3/6" in shown(app)
        await do(app, pilot, "r")
        assert "TOUR 4/6" in shown(app)
        await type_code(app, pilot, TRACKING)
        assert "TOUR 4/6" in shown(app), "shipping is still to come"
        await do(app, pilot, "y")
        assert "TOUR 5/6" in shown(app)
        await do(app, pilot, "ctrl+z")
        await do(app, pilot, "1")
        assert "TOUR 5/6" in shown(app), "help is still to come"
        await do(app, pilot, "f1")
        assert "TOUR 6/6" in shown(app)
        await do(app, pilot, "escape")
        for code in (CONSOLE_UNIT, "CONSOLEB"):
            await scan(app, pilot, code)
        await until_said(app, pilot, "disk error")
        assert "TOUR 6/6" in shown(app), "it is not sealed yet"
        await do(app, pilot, "e")
        assert load_tour().end in shown(app)
        await scan(app, pilot, "0332042018000417")
        await do(app, pilot, "y")
        assert shown(app) == "", "the next step ends it"


async def test_the_same_by_scans_only(app: BenchApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settle(app, pilot)
        for code, step in (
            ("BENCHNEXT", 2),
            (SERIAL, 2),
            ("BENCHOK", 3),
            ("BENCHFXD", 4),
            (TRACKING, 4),
            ("BENCHOK", 5),
            ("BENCHHELP", 5),
            ("BENCHUNDO", 5),
            ("BENCHOK", 6),
        ):
            await scan(app, pilot, code)
            line = app.frame.query_one(TourLine)
            assert line.place + 1 == step, code


async def test_only_the_real_step_brings_the_next_line(app: BenchApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settle(app, pilot)
        for code in (
            "BENCHHELP",
            "BENCHSHEET",
            "BENCHRULES",
            "BENCHDESK",
            "NEVER-SEEN-1",
            "BENCHGOOD",
        ):
            await scan(app, pilot, code)
            assert "TOUR 1/6" in shown(app), code


@pytest.mark.parametrize("where", ["queue", "unit", "dialog", "field"])
async def test_one_key_ends_it_anywhere(app: BenchApp, where: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settle(app, pilot)
        if where != "queue":
            await scan(app, pilot, SERIAL)
        if where == "dialog":
            await do(app, pilot, "ctrl+f")
        if where == "field":
            await do(app, pilot, "tab")
        await do(app, pilot, "ctrl+t")
        assert shown(app) == ""
        await do(app, pilot, "ctrl+t")
        assert app.is_running


async def test_a_click_ends_it(app: BenchApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settle(app, pilot)
        await pilot.click(TourLine, offset=(SIZE[0] - 3, 0))
        await settle(app, pilot)
        assert shown(app) == ""


async def test_it_takes_one_line_and_no_focus(app: BenchApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settle(app, pilot)
        line = app.frame.query_one(TourLine)
        assert (line.size.height, line.can_focus) == (1, False)
        assert len(shown(app)) == SIZE[0]


async def test_work_goes_on_whatever_the_tour_says(app: BenchApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settle(app, pilot)
        for code in (SERIAL, "BENCHOK", "BENCHNTF", "BENCHOK", TRACKING, "BENCHOK"):
            await scan(app, pilot, code)
        view = app.session.view
        assert view is not None
        assert view.rma is not None
        assert view.rma.state is State.SHIPPED


async def test_without_the_demo_there_is_no_tour(bench: Bench) -> None:
    app = bench.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(app, pilot)
        assert shown(app) == ""
        app.tour_saw("opened")
        await do(app, pilot, "ctrl+t")
        assert app.is_running


async def test_the_queue_is_never_shown_empty(app: BenchApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        seen = set()
        for _ in range(3000):
            counts = app.frame.bodies[host.QUEUE].counts  # type: ignore[attr-defined]
            seen.add(sum(counts.by_state.values()) if counts else None)
            if counts:
                break
            await pilot.pause(0.01)
        assert 0 not in seen
        assert max(filter(None, seen)) > 30


# --- its data


def test_every_line_fits_into_eighty_columns() -> None:
    tour = load_tour()
    assert len(tour.steps) == 6
    room = SIZE[0] - len(" TOUR 1/6  ") - len(" ^t end ")
    assert [step.text for step in tour.steps if len(step.text) > room] == []
    assert len(tour.end) <= room


def test_every_step_can_be_seen() -> None:
    kinds = {kind for step in load_tour().steps for kind in step.does}
    assert kinds <= {*(step.value for step in Step), *LOOKING}


def test_its_codes_are_those_of_the_demo(tmp_path: Path) -> None:
    texts = " ".join(step.text for step in load_tour().steps)
    assert SERIAL in texts
    assert TRACKING in texts
    settings = open_demo(settings_for(tmp_path / "own.db"))
    assert load_carriers(settings.carriers_file).recognise(TRACKING)
    desk = open_desk(settings, RULES)
    (unit,) = desk.store.find(SERIAL)
    rma = desk.store.open_rma(unit.id)
    assert rma is not None
    assert rma.state is State.EXPECTED
    desk.store.close()


def test_a_mistake_in_its_data_is_named(tmp_path: Path) -> None:
    file = tmp_path / "tour.toml"
    file.write_text('end = "x"\n[[step]]\ntext = "t"\ndoes = []\n')
    with pytest.raises(DataError, match="at least one thing to see"):
        load_tour(file)
    file.write_text('end = "x"\n[[step]]\ntext = "t"\ndoes = ["help"]\nwhen = 1\n')
    with pytest.raises(DataError, match="only these keys"):
        load_tour(file)
