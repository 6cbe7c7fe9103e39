"""A console that names another serial than the label: what it stops, and how it is settled."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.store.records import State
from bench.workflow import ship
from bench.workflow.aliases import remember
from bench.workflow.capture import (
    CaptureRecord,
    Settling,
    captured,
    captures_of,
    console_differed,
    names_another,
    settle_console,
)
from bench.workflow.desk import Refused
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.receive import Receipt, receive
from tests.workflow.helpers import World, a_capture
from tests.workflow.situations import (
    DIAGNOSE,
    REPAIR,
    SHIP,
    TRACK,
    Act,
    Make,
    expected,
    name_of,
    repair,
    tracked,
)

LABEL, CONSOLE = "0331122017001", "0331122017044"
ONE = a_capture().capture


@pytest.fixture
def here(world: World) -> str:
    """An appliance that is here."""
    return world.received(LABEL, brand="Pulse Secure", model="PSA-3000")


def differ(world: World, rma_id: str, serial: str = CONSOLE, capture: str = ONE) -> State:
    """The console names another serial."""
    return world.do(console_differed, rma_id, capture, serial).state


def kept(world: World, rma_id: str) -> list[CaptureRecord]:
    """The captures of an RMA, without the events that they were kept by."""
    found = captures_of(world.store.events_of_rma(rma_id))
    return [replace(one, op_id="") for one in found]


def test_another_serial_stops_the_diagnosis_until_it_is_settled(world: World, here: str) -> None:
    assert differ(world, here) is State.ON_HOLD
    before = world.everything()
    with pytest.raises(Refused) as caught:
        world.do(diagnose, here, Diagnosis(REPAIR))
    assert caught.value.what == f"the console names {CONSOLE}, the label {LABEL}"
    assert caught.value.remedy == "scan the unit again, or say that the board was swapped"
    assert world.everything() == before
    rma = world.rma(here)
    assert (rma.mark, rma.why_here) == ("hold", "the console names another serial")
    world.do(settle_console, here, Settling.BOARD_SWAPPED)
    assert world.do(diagnose, here, Diagnosis(REPAIR)).state is not State.ON_HOLD


@pytest.mark.parametrize(
    ("make", "act"), [(repair, TRACK), (tracked, SHIP), (repair, DIAGNOSE)], ids=name_of
)
def test_what_was_diagnosed_before_does_not_leave(world: World, make: Make, act: Act) -> None:
    rma_id = make(world)
    assert differ(world, rma_id) is State.ON_HOLD
    with pytest.raises(Refused, match=f"the console names {CONSOLE}, the label A1"):
        world.do(act[0], rma_id, *act[1:])
    assert world.view(rma_id).shipping.stops[0][0] == f"the console names {CONSOLE}, the label A1"
    rma = world.do(settle_console, rma_id, Settling.WRONG_CABLE)
    assert (rma.state, rma.mark) == (State.READY_TO_SHIP, "rush")
    assert world.do(act[0], rma_id, *act[1:]).console_serial == ""


def test_before_it_is_received_it_waits_for_its_diagnosis(world: World) -> None:
    rma_id = expected(world)
    assert differ(world, rma_id) is State.EXPECTED
    assert world.rma(rma_id).why_here == "the console names another serial"
    assert world.do(receive, rma_id, Receipt(True)).state is State.ON_HOLD
    world.do(settle_console, rma_id, Settling.WRONG_CABLE)
    assert world.rma(rma_id).why_here == "day 22, early"


@pytest.mark.parametrize("act", [(ship.cancel, "keeps it"), (ship.hold, "wait")], ids=name_of)
def test_what_needs_no_certainty_goes_on(world: World, here: str, act: Act) -> None:
    differ(world, here)
    assert world.do(act[0], here, *act[1:]).console_serial == CONSOLE


def test_a_swapped_board_leaves_both_serials(world: World, here: str) -> None:
    world.do(captured, here, a_capture(facts={"serial": CONSOLE}))
    differ(world, here)
    rma = world.do(settle_console, here, "board_swapped")
    assert (rma.state, rma.console_serial, rma.board_serial) == (State.RECEIVED, "", CONSOLE)
    assert world.view(here).events[0].data == {
        "how": "board_swapped",
        "capture": ONE,
        "console_serial": CONSOLE,
        "scanned": LABEL,
    }
    assert kept(world, here)[0].facts == {"serial": CONSOLE}
    again = console_differed(world.desk, world.op(), here, a_capture(2).capture, CONSOLE)
    assert again.already, "the record knows the board by now"


def test_of_a_wrong_cable_nothing_is_a_fact(world: World, here: str) -> None:
    differ(world, here)
    rma = world.do(settle_console, here, "wrong_cable")
    assert (rma.state, rma.console_serial, rma.board_serial) == (State.RECEIVED, "", "")
    # Sealed only after it was settled: it is of another unit all the same.
    world.do(captured, here, a_capture(facts={"serial": CONSOLE}))
    world.do(captured, here, a_capture(2, facts={"serial": LABEL}))
    first, second = kept(world, here)
    assert (first.of_another_unit, first.facts) == (True, {})
    assert (second.of_another_unit, second.facts) == (False, {"serial": LABEL})
    again = console_differed(world.desk, world.op(), here, ONE, CONSOLE)
    assert again.already, "said of this capture already"
    assert differ(world, here, capture=a_capture(2).capture) is State.ON_HOLD


def test_the_same_serial_differs_once_and_another_takes_its_place(world: World, here: str) -> None:
    differ(world, here)
    before = world.everything()
    again = console_differed(world.desk, world.op(), here, a_capture(2).capture, f" {CONSOLE} ")
    assert (again.already, world.everything()) == (True, before)
    differ(world, here, "0331122017099", a_capture(2).capture)
    rma = world.do(settle_console, here, Settling.BOARD_SWAPPED)
    assert rma.board_serial == "0331122017099"


def test_there_is_nothing_to_settle(world: World, here: str) -> None:
    with pytest.raises(Refused, match="names no other serial"):
        world.do(settle_console, here, Settling.WRONG_CABLE)
    with pytest.raises(ValueError, match="shrug"):
        world.do(settle_console, here, "shrug")
    with pytest.raises(Refused, match="names no serial"):
        differ(world, here, " \x1b ")


@pytest.mark.parametrize("text", ["ab-01", "LABEL-7", "80:5E:C0:A1:B2:C3", "805ec0a1b2c3", " "])
def test_what_is_the_units_own_does_not_differ(world: World, text: str) -> None:
    rma_id = world.received("AB-01", mac="805EC0A1B2C3")
    remember(world.desk, world.op(), world.rma(rma_id).unit_id, "label-7")
    assert not names_another(world.view(rma_id), text)
    assert names_another(world.view(rma_id), "AB-0I")
    if text.strip():
        assert console_differed(world.desk, world.op(), rma_id, ONE, text).already
    assert world.rma(rma_id).console_serial == ""
