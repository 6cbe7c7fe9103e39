"""Remembered labels kept: two benches at once, out and in again, proved, and in any order."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.policy.facts import Outcome
from bench.settings import Settings
from bench.store.database import open_link
from bench.store.loading import load_file
from bench.store.openform import write_file
from bench.store.records import Unit
from bench.store.snapshot import open_snapshot
from bench.store.store import Store
from bench.workflow import ship
from bench.workflow.aliases import forget, remember
from bench.workflow.desk import Refused, Rules, open_desk
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.proving import prove
from bench.workflow.receive import Receipt, receive
from bench.workflow.steps import Saved
from bench.workflow.telling import Moved
from bench.workflow.undo import undo
from tests import pg
from tests.conftest import SQLITE
from tests.store.histories import Hand, content
from tests.workflow.helpers import World, expected_row, new_clock

MAC = "805EC0A1B2C3"
LABEL = "ab-O1 "


@pytest.fixture
def unit(world: World) -> Unit:
    """A unit in the shipping history, without an RMA."""
    return world.stock("AB-01", 30, mac=MAC)


def _remember(world: World, unit_id: str, scanned: str = LABEL) -> Saved:
    return remember(world.desk, world.op(), unit_id, scanned)


def _labels(world: World, unit_id: str) -> list[str]:
    return [alias.key for alias in world.store.aliases_of(unit_id)]


def _whole(world: World) -> bool:
    return prove(world.store.where, deep=True).count == 0


# --- two benches at once


class Bench(threading.Thread):
    """Another bench, which remembers a text for a unit when the other one does too."""

    def __init__(self, world: World, number: int, unit: Unit, text: str, both: Any) -> None:
        super().__init__()
        name, where = f"Dock {number}", world.store.where
        self.place = Settings(station=name, technician="T", timezone="UTC", database=where)
        self.rules, self.unit, self.text, self.both = world.desk.rules, unit, text, both
        self.op_id = f"{text}-{number}"
        self.answer: Saved | Refused | None = None
        self.start()

    def run(self) -> None:
        """Opens its own store, for a store belongs to its thread."""
        desk = open_desk(self.place, self.rules, new_clock())
        with closing(desk.store):
            self.both.wait()
            try:
                self.answer = remember(desk, self.op_id, self.unit.id, self.text)
            except Refused as refused:
                self.answer = refused


def test_two_benches_at_once_one_is_told_who_was_first(world: World) -> None:
    units = [world.stock(f"AB-0{number}", 30) for number in (1, 2)]
    for text in (f"LABEL-{number}" for number in range(8)):
        both = threading.Barrier(2)
        benches = [Bench(world, n, unit, text, both) for n, unit in enumerate(units, 1)]
        for bench in benches:
            bench.join()
        first, late = sorted(benches, key=lambda bench: isinstance(bench.answer, Refused))
        assert isinstance(first.answer, Saved)
        assert isinstance(late.answer, Moved)
        by = f"label remembered by T at {first.place.station} at 09:00"
        assert late.answer.what == f"{text} means Yealink {first.unit.serial} already ({by})"
        assert world.store.alias(text).unit_id == first.unit.id
        assert world.store.has_event(first.op_id)
        assert not world.store.has_event(late.op_id)
    assert _whole(world)


# --- out and in again, and the proof


@pytest.fixture
def elsewhere(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path | str]:
    """An empty database of the other engine."""
    if engine != SQLITE:
        yield tmp_path / "other.db"
        return
    url = pg.fresh(request.getfixturevalue("pg_url"), pg.TEMPLATE)
    yield url
    pg.forget(url)


def test_labels_go_out_and_in_again(world: World, elsewhere: Path | str, tmp_path: Path) -> None:
    rma_id = world.received("AB-01")
    unit_id = world.rma(rma_id).unit_id
    for text in (LABEL, "ÄB 01", "AB.01"):
        _remember(world, unit_id, text)
    forget(world.desk, world.op(), unit_id, "AB.01")
    file = tmp_path / "all.jsonl"
    with open_snapshot(world.store.where) as snapshot:
        written = write_file(snapshot, file, "2026-10-28", pack=False)
    assert written.rows["alias"] == 2
    with closing(open_link(elsewhere, 5.0)) as link:
        assert load_file(link, file) == written
    assert content(elsewhere) == content(world.store.where)
    with closing(Store.open(elsewhere)) as store:
        assert store.aliases_of(unit_id) == world.store.aliases_of(unit_id)
        assert [unit.id for unit in store.find("AB-O1")] == [unit_id]
        undo(replace(world.desk, store=store), world.op(), rma_id)
        assert [alias.key for alias in store.aliases_of(unit_id)] == ["AB-O1", "AB.01", "ÄB01"]
    assert prove(elsewhere, deep=True).count == 0


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM alias",
        "UPDATE alias SET scanned = 'other'",
        "UPDATE alias SET unit_id = (SELECT id FROM unit WHERE serial = 'XY-9')",
    ],
)
def test_a_label_changed_by_hand_is_named(world: World, unit: Unit, change: str) -> None:
    world.stock("XY-9", 30)
    _remember(world, unit.id)
    assert _whole(world)
    with Hand(world.store.where) as hand:
        hand.run(change)
    findings = prove(world.store.where, deep=True)
    told = "the labels remembered for Yealink AB-01 are not those of its events"
    assert told in findings.tables
    assert prove(world.store.where).count == 0


# --- in any order

ACTS = ("remember", "forget", "undo", "receive", "diagnose", "hold", "cancel", "wait")


def _act(world: World, act: str, rma_id: str, text: str) -> None:
    unit_id = world.rma(rma_id).unit_id
    if act == "remember":
        _remember(world, unit_id, text)
    elif act == "forget":
        forget(world.desk, world.op(), unit_id, text)
    elif act == "undo":
        world.undo(rma_id)
    elif act == "receive":
        world.do(receive, rma_id, Receipt(True))
    elif act == "diagnose":
        world.do(diagnose, rma_id, Diagnosis(Outcome.REPAIR))
    elif act == "hold":
        world.do(ship.hold, rma_id, "wait")
    elif act == "cancel":
        world.do(ship.cancel, rma_id, "keeps it")
    world.wait(minutes=1)


STEPS = st.tuples(
    st.sampled_from(ACTS), st.sampled_from((0, 1)), st.sampled_from(("LABEL-A", "LABEL-B"))
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, min_size=5, max_size=40))
def test_whatever_anyone_does_labels_are_what_the_events_say(
    rules: Rules, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, str]]
) -> None:
    clock = new_clock()
    file = tmp_path_factory.mktemp("any") / "bench.db"
    place = Settings(station="B2", technician="Ana", timezone="UTC", database=file)
    world = World(open_desk(place, rules, clock), clock)
    with closing(world.store):
        rma_ids = [world.expect("UNIT-A"), world.expect("UNIT-B")]
        for act, which, text in steps:
            before = world.everything()
            try:
                _act(world, act, rma_ids[which], text)
            except Refused:
                assert world.everything() == before
            for rma_id in rma_ids:
                rma = world.rma(rma_id)
                assert expected_row(world.desk, rma).state is rma.state
        assert prove(file, deep=True).count == 0
