"""Remembered labels: said once by a technician, found from then on, and taken back by events."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.policy.facts import Outcome
from bench.scan.badge import make_badge
from bench.store.records import State, Step, Unit
from bench.workflow.aliases import alias_key, forget, read_as, remember
from bench.workflow.desk import Refused
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.enrolling import enrol
from bench.workflow.identify import Known
from bench.workflow.people import NobodyAtWork
from bench.workflow.proving import prove
from bench.workflow.steps import Saved
from bench.workflow.telling import NAMES, Moved
from tests.workflow.helpers import UPS, World, expected_row

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


def test_a_near_match_is_found_once_it_is_remembered(world: World, unit: Unit) -> None:
    assert world.scan(LABEL).known is Known.NEAR
    saved = _remember(world, unit.id)
    assert (saved.step, saved.already, saved.view.rma) == (Step.ALIAS_ADDED, False, None)
    (alias,) = saved.view.aliases
    assert (alias.key, alias.scanned, alias.unit_id) == ("AB-O1", LABEL, unit.id)
    event = world.store.event(alias.op_id)
    assert event.data == {"scanned": LABEL, "key": "AB-O1"}
    assert (event.rma_id, event.actor, event.station) == (None, "Ana", "Bench 2")
    found = world.scan("AB-o1")
    assert (found.known, found.view and found.view.unit.id) == (Known.UNIT, unit.id)
    assert _whole(world)


def test_it_stands_in_the_open_rma_and_leaves_it_as_it_was(world: World) -> None:
    rma_id = world.received("AB-01")
    before = world.rma(rma_id)
    saved = _remember(world, before.unit_id)
    assert saved.view.rma == before == world.rma(rma_id)
    assert world.steps(rma_id)[-1] is Step.ALIAS_ADDED
    assert world.rma(rma_id) == expected_row(world.desk, before)
    assert world.do(diagnose, rma_id, Diagnosis(Outcome.REPAIR)).state is State.READY_TO_SHIP
    assert _whole(world)


def test_the_same_op_id_changes_nothing(world: World, unit: Unit) -> None:
    remember(world.desk, "op-x", unit.id, LABEL)
    before = world.everything()
    assert remember(world.desk, "op-x", unit.id, LABEL).already
    forget(world.desk, "op-y", unit.id, "AB-O1")
    assert remember(world.desk, "op-x", unit.id, LABEL).already
    assert forget(world.desk, "op-y", unit.id, "AB-O1").already
    assert len(world.everything()[2]) == len(before[2]) + 1
    assert _labels(world, unit.id) == []


def test_what_is_remembered_already_is_not_written_twice(world: World, unit: Unit) -> None:
    _remember(world, unit.id)
    before = world.everything()
    assert _remember(world, unit.id, "AB - O1").already
    assert world.everything() == before


def test_a_mac_is_kept_in_one_notation(world: World, unit: Unit) -> None:
    _remember(world, unit.id, "80:5e:c0:a1:b2:cc")
    assert alias_key("80-5E-C0-A1-B2-CC") == "805EC0A1B2CC"
    for text in ("805EC0A1B2CC", "805e.c0a1.b2cc"):
        assert world.scan(text).known is Known.UNIT


def test_the_label_that_a_unit_was_read_by(world: World, unit: Unit) -> None:
    view = _remember(world, unit.id).view
    alias = read_as(view, "AB-o1")
    assert alias is not None
    assert alias.scanned == LABEL
    assert [read_as(view, text) for text in ("ab-01", "80:5E:C0:A1:B2:C3", "other")] == [None] * 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "nothing in it"),
        (" \t\x00\x1b", "nothing in it"),
        ("X" * 65, "more than 64 characters"),
        ("AB-O1" + " " * 70, "more than 64 characters"),
        ("benchok", "benchok is a command"),
        ("BENCHFOO", "is a command"),
        (make_badge(), "that is a badge"),
        ("PERSONBC", "that is a badge"),
        ("26-004812-K", "26-004812-K is one of our RMA numbers"),
        ("R26004812K", "is one of our RMA numbers"),
        ("bkvl-vrfv", "bkvl-vrfv is one of our RMA numbers"),
        ("RBKVLVRFV", "is one of our RMA numbers"),
        (UPS, "is a tracking number of UPS"),
        ("--", "cannot be the label"),
        ("(01)09501101530003", "cannot be the label"),
        ("ab-01", "this unit's own serial"),
        (" AB - 01", "this unit's own serial"),
        ("80:5e:c0:a1:b2:c3", "this unit's own MAC"),
        ("AB-02", "is the serial of Snom AB-02: go on with that unit"),
        ("000413AABBCC", "is the MAC of Snom AB-02"),
    ],
)
def test_what_means_something_else_is_refused(
    world: World, unit: Unit, text: str, told: str
) -> None:
    world.stock("AB-02", 30, brand="Snom", mac="000413AABBCC")
    before = world.everything()
    with pytest.raises(Refused) as caught:
        _remember(world, unit.id, text)
    assert told in str(caught.value)
    assert caught.value.remedy
    assert str(caught.value).isprintable()
    assert world.everything() == before
    assert _labels(world, unit.id) == []


def test_a_label_of_another_unit_is_refused_with_whose_it_is(world: World, unit: Unit) -> None:
    other = world.stock("XY-9", 30, brand="Snom")
    _remember(world, other.id)
    world.wait(minutes=5)
    before = world.everything()
    told = r"ab-O1 means Snom XY-9 already \(label remembered by Ana at Bench 2 at 09:00\)"
    with pytest.raises(Moved, match=told):
        _remember(world, unit.id, "AB-o1")
    assert world.everything() == before


def test_a_unit_that_is_not_there(world: World) -> None:
    for work in (remember, forget):
        with pytest.raises(Refused, match="not in the database any more"):
            work(world.desk, world.op(), "unit-none", LABEL)


def test_a_company_badge_is_kept_nowhere(world: World, unit: Unit, tmp_path: Path) -> None:
    desk = replace(world.desk, badge_key=tmp_path / "badge.key")
    person = enrol(desk, "Ana R.", "COMPANY-4711", supervisor=True).person
    with pytest.raises(NobodyAtWork):
        remember(desk, world.op(), unit.id, LABEL)
    desk = replace(desk, actor=person.name, technician_id=person.id)
    with pytest.raises(Refused, match="that is a badge"):
        remember(desk, world.op(), unit.id, "company-4711")
    assert remember(desk, "op-x", unit.id, LABEL).view.aliases
    event = world.store.event("op-x")
    assert (event.technician_id, event.actor) == (person.id, "Ana R.")


@pytest.mark.parametrize("text", ["AB\x00O1", "AB\u202eO1", "AB'O1--", "＂ＡＢ－Ｏ１"])
def test_strange_text_is_found_again(world: World, unit: Unit, text: str) -> None:
    _remember(world, unit.id, text)
    assert _labels(world, unit.id) == [alias_key(text)]
    assert alias_key(text).isprintable()
    assert world.store.find(alias_key(text))[0].id == unit.id
    assert _whole(world)


@pytest.mark.parametrize("text", ["AB\x1b[31mO1", "AB\x1dO1", "AB\nO1\x07"])
def test_text_that_steers_a_terminal_is_refused_in_words(
    world: World, unit: Unit, text: str
) -> None:
    with pytest.raises(Refused) as caught:
        _remember(world, unit.id, text)
    assert str(caught.value).isprintable()
    assert _labels(world, unit.id) == []


# --- the exact one wins


def test_a_unit_with_exactly_that_serial_wins_later(world: World, unit: Unit) -> None:
    _remember(world, unit.id)
    real = world.stock("AB-O1", 10, brand="Snom")
    found = world.scan(LABEL)
    assert (found.known, found.view and found.view.unit.id) == (Known.UNIT, real.id)
    assert forget(world.desk, world.op(), unit.id, "AB-O1").view.aliases == ()
    with pytest.raises(Refused, match="is the serial of Snom AB-O1"):
        _remember(world, unit.id)


def test_every_step_has_its_words() -> None:
    assert set(NAMES) == set(Step)
