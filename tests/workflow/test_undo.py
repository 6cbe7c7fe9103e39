"""Undo: every kind of step, back and forth, never deleting anything."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.policy.facts import Channel, Contact, Payer, Speed
from bench.store.records import CONSOLE_STEPS, LABEL_STEPS, Rma, State, Step
from bench.workflow import ship
from bench.workflow.desk import Refused
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.receive import Receipt, correct_facts, receive, receive_unannounced
from bench.workflow.telling import NAMES
from bench.workflow.undo import undo
from bench.workflow.views import Place
from tests.workflow.helpers import UPS, World, days_ago, expected_row
from tests.workflow.situations import (
    AHEAD,
    ANSWER,
    BILL,
    CANCEL,
    CLOSE,
    CONTACT,
    CORRECT,
    DIAGNOSE,
    END,
    ESCALATE,
    EXCHANGE,
    HEARD,
    HOLD,
    LICENCES,
    MOVE,
    NOTE,
    NTF,
    NUMBER,
    OVERRIDE,
    PACKAGING,
    QUOTE,
    RECEIVE,
    RELEASE,
    REPLACE,
    REPLACE_IT,
    RUSH,
    SCAN_IN,
    SHIP,
    TEST,
    TICKET,
    TO_VENDOR,
    TRACK,
    TRANSFER,
    VERIFY,
    Act,
    Make,
    begun,
    escalated,
    expected,
    held,
    here_too,
    name_of,
    not_needed,
    ntf,
    numbered,
    old,
    overdue,
    received,
    repair,
    shipped,
    stalled,
    swap,
    three_legged,
    ticketed,
    tracked,
    transferred,
    unpacked,
    untested,
    vendors,
    verified,
)

STEPS: list[tuple[Make, Act, Step]] = [
    (expected, RECEIVE, Step.RECEIVED),
    (received, DIAGNOSE, Step.DIAGNOSED),
    (repair, DIAGNOSE, Step.DIAGNOSED),
    (ntf, CONTACT, Step.CONTACTED),
    (old, QUOTE, Step.QUOTE_ANSWERED),
    (unpacked, PACKAGING, Step.PACKAGING_ACCEPTED),
    (ntf, RUSH, Step.RUSH_ASKED),
    (repair, OVERRIDE, Step.OVERRIDDEN),
    (repair, HOLD, Step.HELD),
    (held, RELEASE, Step.RELEASED),
    (swap, REPLACE_IT, Step.REPLACEMENT_CHOSEN),
    (repair, TRACK, Step.TRACKING_SCANNED),
    (tracked, SHIP, Step.SHIPPED),
    (shipped, CLOSE, Step.CLOSED),
    (repair, CANCEL, Step.CANCELLED),
    (repair, CORRECT, Step.FACTS_CORRECTED),
    (expected, CORRECT, Step.FACTS_CORRECTED),
    (expected, NOTE, Step.CASE_NOTED),
    (three_legged, TICKET, Step.VENDOR_TICKET_OPENED),
    (ticketed, VERIFY, Step.LICENSE_TICKET_OPENED),
    (verified, TRANSFER, Step.LICENSE_TRANSFERRED),
    (transferred, LICENCES, Step.LICENCES_MADE),
    (three_legged, AHEAD, Step.SENT_AHEAD),
    (expected, AHEAD, Step.SENT_AHEAD),
    (here_too, EXCHANGE, Step.EXCHANGE_OPENED),
    (begun, NUMBER, Step.VENDOR_RMA_GIVEN),
    (numbered, TO_VENDOR, Step.SENT_TO_VENDOR),
    (vendors, ANSWER, Step.VENDOR_ANSWERED),
    (vendors, SCAN_IN, Step.VENDOR_UNIT_RECEIVED),
    (untested, TEST, Step.REPLACEMENT_TESTED),
    (stalled, MOVE, Step.CASE_MOVED),
    (not_needed, END, Step.CASE_ENDED),
    (ticketed, ESCALATE, Step.ESCALATED),
    (escalated, HEARD, Step.ESCALATION_ANSWERED),
    (overdue, BILL, Step.ADVANCE_BILLED),
]
"""All kinds but `expected`, which is not undone here, and `undone`."""


def test_every_kind_of_step_is_tried() -> None:
    assert {step for _, _, step in STEPS} == set(Step) - {
        *(Step.EXPECTED, Step.UNDONE),
        *LABEL_STEPS,  # test_aliases_back.py
        *CONSOLE_STEPS,  # test_capture_back.py
        *(Step.LETTER_WRITTEN, Step.LETTER_SENT),  # test_letter_steps.py
    }
    assert set(NAMES) == set(Step)


@pytest.mark.parametrize(("make", "act", "step"), STEPS, ids=name_of)
def test_a_step_is_undone_and_can_be_done_again(
    world: World, make: Make, act: Act, step: Step
) -> None:
    rma_id = make(world)
    before, unit = world.rma(rma_id), world.unit(rma_id)
    log = world.steps(rma_id)
    done = world.do(act[0], rma_id, *act[1:])
    saved = undo(world.desk, world.op(), rma_id)
    after = world.rma(rma_id)
    assert same(after, before)
    assert replace(world.unit(rma_id), version=0) == replace(unit, version=0)
    assert world.steps(rma_id) == [*log, step, Step.UNDONE], "nothing is deleted"
    assert saved.view.events[0].reverses == saved.view.events[1].op_id
    again = world.do(act[0], rma_id, *act[1:])
    assert same(again, done)
    assert same(again, expected_row(world.desk, again))


def same(one: Rma, other: Rma) -> bool:
    """The same RMA but for its version and the moment from which on it has been in its state."""
    return replace(one, version=0, since=None) == replace(other, version=0, since=None)


def test_a_whole_way_is_undone_step_by_step(world: World) -> None:
    rma_id = expected(world)
    way: tuple[Act, ...] = (
        (receive, Receipt(True)),
        (diagnose, Diagnosis(NTF)),
        (ship.contacted, Contact.NO_ANSWER),
        (ship.contacted, Contact.YES),
        (ship.ask_rush, True),
        (ship.override, Speed.GROUND, Payer.US, "goodwill"),
        (ship.scan_tracking, UPS),
        (ship.ship,),
        (ship.close, "arrived"),
    )
    rows = [world.rma(rma_id), *(world.do(act[0], rma_id, *act[1:]) for act in way)]
    for row in reversed(rows[:-1]):
        assert same(world.undo(rma_id), row)
    assert len(world.steps(rma_id)) == 19


def test_the_announcement_is_not_undone(world: World) -> None:
    rma_id = expected(world)
    with pytest.raises(Refused, match="the announcement of a return is not undone here") as caught:
        world.undo(rma_id)
    assert caught.value.remedy == "cancel the RMA instead"


def test_there_is_nothing_to_undo(world: World) -> None:
    rma = world.blind("X-1").view.rma
    assert rma is not None
    assert world.undo(rma.id).state is State.CANCELLED
    with pytest.raises(Refused, match="there is nothing to undo here"):
        world.undo(rma.id)


def test_undo_with_the_same_op_id_undoes_once(world: World) -> None:
    rma_id, op = repair(world), world.op()
    undo(world.desk, op, rma_id)
    before = world.everything()
    assert undo(world.desk, op, rma_id).already
    assert world.everything() == before


def test_a_stale_view_undoes_nothing(world: World) -> None:
    rma_id = repair(world)
    last = world.view(rma_id).last_step
    assert last is not None
    world.do(ship.hold, rma_id, "waiting")
    before = world.everything()
    with pytest.raises(Refused, match="meanwhile: hold by Ana at Bench 2") as caught:
        undo(world.desk, world.op(), rma_id, seen=last.op_id)
    assert caught.value.remedy == "look again before you undo"
    assert world.everything() == before
    seen = world.view(rma_id).last_step
    assert seen is not None
    assert undo(world.desk, world.op(), rma_id, seen=seen.op_id).view.rma is not None


def test_the_last_step_is_the_one_that_an_undo_takes(world: World) -> None:
    rma_id = repair(world)
    assert [world.view(rma_id).last_step.step, world.undo(rma_id).state] == [  # type: ignore[union-attr]
        Step.DIAGNOSED,
        State.RECEIVED,
    ]
    last = world.view(rma_id).last_step
    assert last is not None
    assert last.step is Step.RECEIVED


def test_facts_of_the_unit_come_back(world: World) -> None:
    rma_id = world.received("A1", mac="805EC0000001")
    unit = world.unit(rma_id)
    facts = {
        "address": "3 Quay, York",
        "brand": "Snom",
        "model": "D785",
        "mac": "",
        "customer": "Birch",
        "channel": Channel.RESELLER,
        "service_level": "platinum",
        "order_no": "SO-9",
        "shipped_on": days_ago(3),
        "contract_ends_on": days_ago(-90),
    }
    world.do(correct_facts, rma_id, facts)
    assert world.unit(rma_id).channel is Channel.RESELLER
    assert world.undo(rma_id).address == ""
    assert replace(world.unit(rma_id), version=unit.version) == unit


def test_facts_entered_at_receiving_come_back(world: World) -> None:
    rma_id = world.expect("A1", age=None, channel=None)
    unit = world.unit(rma_id)
    facts = {"shipped_on": days_ago(9), "channel": Channel.DIRECT}
    receive(world.desk, world.op(), rma_id, Receipt(True, facts=facts))
    rma = world.undo(rma_id)
    assert replace(world.unit(rma_id), version=unit.version) == unit
    assert (rma.state, rma.channel, rma.received_on) == (State.EXPECTED, None, None)


def test_a_blind_receipt_undone_leaves_the_unit_and_frees_it(world: World) -> None:
    rma = world.blind("X-1", brand="Snom").view.rma
    assert rma is not None
    assert world.undo(rma.id).closed_why == "undone"
    view = world.view(rma.id)
    assert world.store.open_rma(rma.unit_id) is None
    again = receive_unannounced(world.desk, world.op(), "X-1", view.unit.id, Receipt(True)).view
    assert again.rma is not None
    assert again.rma.number != rma.number
    with pytest.raises(Refused, match="there is nothing to undo here"):
        world.undo(rma.id)


def test_undoing_an_old_rma_is_refused_while_a_newer_one_is_open(world: World) -> None:
    first = shipped(world)
    second = world.blind("A1", brand="Yealink").view.rma
    assert second is not None
    before = world.everything()
    with pytest.raises(Refused, match="newer RMA") as caught:
        world.undo(first)
    assert caught.value.remedy == "undo there first"
    assert world.everything() == before


def test_a_stock_unit_is_as_it_was_before_it_was_named(world: World) -> None:
    stock = world.stock("B1", 400, customer="Shelf", channel=Channel.RESELLER)
    rma_id = swap(world)
    world.do(ship.choose_replacement, rma_id, "B1")
    changed = world.store.unit(stock.id)
    assert changed.replaces_id == world.rma(rma_id).unit_id
    world.undo(rma_id)
    assert replace(world.store.unit(stock.id), version=stock.version) == stock
    other = world.diagnosed("A2", REPLACE)
    assert world.do(ship.choose_replacement, other, "B1").replacement_id == stock.id


def test_an_undone_receipt_is_received_on_receive_again(world: World) -> None:
    rma_id = received(world)
    world.undo(rma_id)
    assert world.view(rma_id).place is Place.RECEIVE


def test_an_undo_of_what_is_not_there(world: World) -> None:
    with pytest.raises(Refused, match="not in the database any more"):
        undo(world.desk, world.op(), "rma-none")


def test_undone_by_another_bench_first(world: World) -> None:
    """Both benches saw the same last step: the second one is told who undid it, and when."""
    rma_id = repair(world)
    seen = world.view(rma_id).last_step
    assert seen is not None
    other = replace(world.desk, actor="Jonas K.", station="Dock 7")
    world.wait(minutes=3)
    undo(other, world.op(), rma_id, seen=seen.op_id, why="wrong key")
    before = world.everything()
    with pytest.raises(Refused, match=r"Jonas K\. at Dock 7 undid it at 09:03"):
        undo(world.desk, world.op(), rma_id, seen=seen.op_id)
    assert world.everything() == before


def test_the_reason_stays_in_the_event(world: World) -> None:
    """One line of text, whatever was pasted."""
    rma_id = repair(world)
    undo(world.desk, world.op(), rma_id, why=" wrong\nunit \x1b[31m")
    assert world.view(rma_id).events[0].data["why"] == "wrong unit [31m"
