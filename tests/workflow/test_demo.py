"""The demo: everything that can be on a bench, the same each time, and nobody else's database."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.clock import FixedClock
from bench.datafile import DataError, data_dir
from bench.policy.facts import Band, Channel, Hold, Outcome, Speed
from bench.scan.serials import fold
from bench.settings import Settings
from bench.store.records import State, Step
from bench.workflow import demo as demo_module
from bench.workflow.demo import demo_settings, fill_demo, open_demo
from bench.workflow.desk import Desk, Rules, open_desk
from bench.workflow.duties import cases
from bench.workflow.identify import Known
from bench.workflow.outstanding import outstanding
from bench.workflow.views import UnitView, view_of
from tests.rma_numbers import number_of
from tests.workflow.helpers import World, expected_row, new_clock

NOW = datetime(2026, 10, 28, 13, 30, tzinfo=UTC)


def filled(path: Path, rules: Rules, now: datetime = NOW) -> Desk:
    """A desk with the demo on it."""
    clock = FixedClock(now)
    desk = open_desk(Settings(station="B2", timezone="UTC", database=path), rules, clock)
    assert fill_demo(desk) == (), "no step is refused"
    return desk


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, rules: Rules) -> Iterator[Desk]:
    """One demo for the tests that only look."""
    desk = filled(tmp_path_factory.mktemp("demo") / "bench.db", rules)
    yield desk
    desk.store.close()


@pytest.fixture(scope="module")
def views(demo: Desk) -> list[UnitView]:
    """Every RMA of it, with its unit and decision."""
    found = [view_of(demo, rma.unit_id, rma.id) for rma in demo.store.rmas("", 999)]
    return [view for view in found if view is not None]


def test_some_sixty_units(demo: Desk) -> None:
    assert 50 <= len(demo.store.units("", 999)) <= 75
    assert len(demo.store.rmas("", 999)) >= 40
    assert demo.store.drafts(), "something half entered"


def test_every_state_occurs(views: list[UnitView]) -> None:
    assert {v.rma.state for v in views if v.rma} == set(State)


def test_every_brand_channel_band_outcome_speed_and_hold_occurs(
    demo: Desk, views: list[UnitView]
) -> None:
    assert {v.unit.brand for v in views} == set(demo.rules.tables.brand_names())
    assert {v.facts.channel for v in views} == {None, *Channel}
    assert {v.decision.band for v in views} == {None, *Band}
    assert {v.facts.outcome for v in views} == {None, *Outcome}
    assert {v.decision.speed for v in views} == {None, *Speed}
    assert {hold for v in views for hold in v.decision.holds} == set(Hold)
    assert {hold for v in views for hold in v.decision.lifted} == set(Hold)
    bands = {(v.decision.band, v.facts.channel) for v in views}
    assert {(band, channel) for band in Band for channel in Channel} <= bands


def test_most_go_back_to_an_address_and_some_to_none_yet(views: list[UnitView]) -> None:
    rmas = [v.rma for v in views if v.rma]
    unknown = [rma for rma in rmas if not rma.address]
    assert 3 <= len(unknown) <= len(rmas) // 5
    assert any(rma.blind and rma.address for rma in rmas), "typed in at receiving"


def test_every_kind_of_step_occurs(demo: Desk) -> None:
    assert {event.step for event in demo.store.events("", 9999)} == set(Step)


def assert_the_vendors_side(desk: Desk) -> None:
    """A stalled case, one whose unit must leave, one in the middle, two phones; two originals."""
    found = cases(desk)
    assert [line.stalled for line in found] == [True, False, False, False, False]
    assert found[0].rma.service_level == "platinum"
    due = {line.unit.serial: (line.next_title, line.days_left) for line in found}
    assert due["0332042023000660"] == ("Defective unit to the vendor", 2)
    assert due["0332042022000518"] == ("Customer's licences", None)
    assert due["00041387B190"][0] == "Vendor's answer"
    assert due["20EZ1Y1M2207BE"][0] == "Replacement tested"
    middle = next(line for line in found if line.unit.serial == "0332042022000518")
    assert middle.rma.state is State.EXPECTED
    assert middle.rma.sent_ahead_on is not None
    assert [owed.days_left for owed in outstanding(desk)] == [-3, 6]


def test_the_vendors_side(demo: Desk) -> None:
    assert_the_vendors_side(demo)
    ended = {v.ended_why for v in (r.vendor for r in demo.store.rmas("", 999)) if v and v.ended_why}
    assert ended == {
        "the vendor's unit is in stock, the defective one went back",
        "the vendor's replacement is here",
        "no trouble found",
    }


def test_ready_ones_are_rush_and_ground_with_and_without_tracking(views: list[UnitView]) -> None:
    ready = [v.rma for v in views if v.rma and v.rma.state is State.READY_TO_SHIP]
    found = {(rma.mark, bool(rma.tracking)) for rma in ready}
    assert found == {(mark, has) for mark in ("rush", "ground") for has in (True, False)}


def test_what_makes_a_bench_interesting(demo: Desk, views: list[UnitView]) -> None:
    open_ones = [v for v in views if v.rma and v.rma.state.is_open]
    chained = [v for v in open_ones if v.chain]
    assert {v.decision.replacements_used for v in chained} == {0, 1}, "DOA and not"
    assert any(v.decision.allowance_used_up and v.decision.holds for v in open_ones)
    gaps = {gap.fact for v in open_ones for gap in v.decision.missing}
    assert gaps >= {"shipped_on", "channel", "contract_ends_on", "outcome"}
    repeats = [v for v in open_ones if len(v.earlier) > 1]
    assert [r.outcome for v in repeats for r in v.earlier] == [Outcome.NO_TROUBLE_FOUND] * 2
    assert any(v.decision.other_band for v in open_ones)
    assert any(v.shipping.overridden for v in open_ones)
    assert any(v.rma and v.rma.blind for v in open_ones)
    due = [v.rma.due_on for v in open_ones if v.rma and v.rma.state is State.EXPECTED]
    assert any(day and day < NOW.date() - timedelta(2) for day in due)
    assert NOW.date() in due


def test_serials_that_are_easily_confused(demo: Desk) -> None:
    units = demo.store.units("", 999)
    serials = [unit.serial_key for unit in units]
    assert len(set(serials)) < len(serials), "one serial of two brands"
    assert len({fold(serial) for serial in serials}) < len(set(serials)), "near misses"
    world = World(demo, new_clock())
    assert world.scan("4170026913").known is Known.SEVERAL
    assert len(world.scan("20EZ1Y1M0O4170").units) == 2


def test_events_are_spread_over_the_last_days_and_never_in_the_future(demo: Desk) -> None:
    events = demo.store.events("", 9999)
    assert max(event.at for event in events) <= NOW
    assert len({event.at.date() for event in events}) > 10
    recent = [event for event in events if NOW - event.at < timedelta(hours=12)]
    assert len(recent) > 15
    assert len({event.station for event in recent}) > 1
    counts = demo.store.counts(NOW.date())
    assert counts.received_today > 0
    assert counts.shipped_today > 0


def test_numbers_of_each_station_have_no_gaps(demo: Desk) -> None:
    opened: dict[str, list[str]] = {}
    seen = set[str]()
    for event in sorted(demo.store.events("", 9999), key=lambda event: event.at):
        rma = demo.store.rma(event.rma_id or "")
        if rma and rma.id not in seen:
            seen.add(rma.id)
            opened.setdefault(event.station, []).append(rma.number)
    assert len(seen) == len(demo.store.rmas("", 999))
    assert len(opened) > 1
    for station, numbers in opened.items():
        assert set(numbers) == {number_of(station, n) for n in range(1, len(numbers) + 1)}


def test_rows_are_what_their_events_make_them(demo: Desk) -> None:
    for rma in demo.store.rmas("", 999):
        assert replace(expected_row(demo, rma), since=None) == replace(rma, since=None)


def test_the_last_step_of_this_station_is_not_the_demos(demo: Desk) -> None:
    """Undo on the queue takes back what was done here, and nothing was."""
    assert demo.store.last_event("B2") is None


def dump(desk: Desk) -> object:
    """All that there is."""
    store = desk.store
    rows = store.units("", 999), store.rmas("", 999), store.events("", 9999), store.drafts(99)
    desk.store.close()
    return rows


def test_it_is_the_same_each_time(tmp_path: Path, rules: Rules) -> None:
    one, two = (dump(filled(tmp_path / name, rules)) for name in ("a.db", "b.db"))
    assert one == two


@pytest.mark.parametrize(
    "now",
    [
        datetime(2028, 2, 29, 0, 5, tzinfo=UTC),
        datetime(2027, 1, 1, 23, 55, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    ],
)
def test_it_is_as_fresh_on_any_day(tmp_path: Path, rules: Rules, now: datetime) -> None:
    desk = filled(tmp_path / "bench.db", rules, now)
    rmas = desk.store.rmas("", 999)
    assert {rma.state for rma in rmas} == set(State)
    assert_the_vendors_side(desk)
    early = [row for row in desk.store.queue(0, 99) if row.rma.mark == "rush"]
    assert len(early) >= 8
    desk.store.close()


def test_a_sites_own_policy_ends_stories_earlier_but_never_the_program(
    tmp_path: Path, rules: Rules
) -> None:
    strict = replace(rules, tables=replace(rules.tables, early_last_day=3))
    place = Settings(timezone="UTC", database=tmp_path / "bench.db")
    desk = open_desk(place, strict, FixedClock(NOW))
    assert fill_demo(desk)
    assert desk.store.queue_count() > 20
    desk.store.close()


# --- nobody else's database


def test_the_users_own_database_is_untouched(tmp_path: Path) -> None:
    own = Settings(station="Dock", database=tmp_path / "own" / "bench.db")
    settings = open_demo(own)
    assert settings == replace(own, database=settings.database)
    assert isinstance(settings.database, Path)
    assert settings.database.exists()
    assert not (tmp_path / "own").exists()


def test_each_demo_has_a_directory_of_its_own() -> None:
    first, second = (Path(demo_settings(Settings()).database) for _ in range(2))
    assert first.parent != second.parent
    assert list(first.parent.iterdir()) == []


def test_the_directory_goes_when_the_program_ends(tmp_path: Path) -> None:
    code = (
        "from bench.settings import Settings; from bench.workflow.demo import open_demo;"
        f"print(open_demo(Settings(database={str(tmp_path / 'x.db')!r})).database, end='')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    place = Path(done.stdout)
    assert place.name == "bench.db"
    assert not place.parent.exists()
    assert not (tmp_path / "x.db").exists()


# --- its data file


@pytest.mark.parametrize(
    ("old", "new", "key", "expected"),
    [
        ('ago = "3h 10m"', 'ago = "soon"', ".steps[1].ago", "a time as 2d 3h 40m"),
        ('ago = "3h 10m"', 'ago = ""', ".steps[1].ago", "a time as 2d 3h 40m"),
        ('do = "receive", ago = "3h 10m"', 'do = "eat", ago = "3h 10m"', ".steps[1].do", "one of"),
        ("packaging = true, accessories", "boxed = true, accessories", ".boxed", "only these keys"),
        ("shipped_days_ago = 22", 'shipped_days_ago = "x"', ".shipped_days_ago", "whole number"),
        ("[crew]", "[crew]\nboss = 1", "crew.boss", "only these keys"),
        ('"Bench C"]', "]", "crew.stations", "as many stations as technicians"),
        ('model = "T54W"', 'modell = "T54W"', ".modell", "only these keys"),
    ],
)
def test_a_mistake_in_the_data_names_its_place(
    tmp_path: Path,
    rules: Rules,
    monkeypatch: pytest.MonkeyPatch,
    old: str,
    new: str,
    key: str,
    expected: str,
) -> None:
    text = (data_dir() / "demo.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "demo.toml").write_text(text.replace(old, new, 1), "utf-8")
    monkeypatch.setattr(demo_module, "data_dir", lambda: tmp_path)
    desk = open_desk(Settings(database=tmp_path / "bench.db"), rules, FixedClock(NOW))
    with pytest.raises(DataError, match=expected) as caught:
        fill_demo(desk)
    assert caught.value.key.endswith(key)
    desk.store.close()
