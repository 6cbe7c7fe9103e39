"""Replacements sent ahead: when they may go, the clock of the original, billing, the wrong unit."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bench.clock import FixedClock
from bench.policy.facts import Band, Channel, Outcome
from bench.policy.vendor_case import SentAheadWhy
from bench.store.records import State, Step
from bench.workflow import advance, ship, vendor
from bench.workflow.advance import BILLING, bill, billing_rows, outstanding, send_ahead
from bench.workflow.demo import MovableClock
from bench.workflow.desk import Refused
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.exporting import write_csv
from bench.workflow.receive import Receipt, correct_facts, receive
from tests.workflow.helpers import FEDEX, TODAY, UPS, World, days_ago, expected_row

ON_A_FILE = pytest.mark.engines("sqlite")
"""For rules that no engine has a part in."""
DUE = TODAY + timedelta(days=30)


def ahead(world: World, serial: str = "A01", stock: str = "B01", **facts: Any) -> str:
    """An original that is expected, its replacement on the way to the customer; the RMA's id."""
    rma_id = world.expect(serial, **facts)
    world.do(send_ahead, rma_id, stock, UPS)
    return rma_id


def three_legged(world: World, **facts: Any) -> str:
    """An appliance that is expected, with a vendor case begun."""
    known: dict[str, Any] = {"brand": "Pulse Secure", "model": "PSA300", "contract_ends_on": TODAY}
    rma_id = world.expect("P01", **known | facts)
    vendor.note(world.desk, world.op(), rma_id, symptom="no boot")
    return rma_id


def serials(world: World) -> list[str]:
    """The originals that are out, as listed."""
    return [owed.unit.serial for owed in outstanding(world.desk)]


# --- sending


def test_the_replacement_leaves_and_the_clock_of_the_original_starts(world: World) -> None:
    rma_id = ahead(world, customer="Alder")
    rma = world.rma(rma_id)
    assert (rma.state, rma.sent_ahead_on, rma.sent_ahead_why, rma.advance_due_on) == (
        *(State.EXPECTED, TODAY, SentAheadWhy.ADVANCE),
        DUE,
    )
    stock = world.view(rma_id).replacement
    assert stock is not None
    assert (stock.serial, stock.shipped_on, stock.replaces_id) == ("B01", TODAY, rma.unit_id)
    assert (stock.customer, stock.model) == ("Alder", "T54W")
    (owed,) = outstanding(world.desk)
    assert (owed.replacement, owed.due_on, owed.days_left, owed.late) == ("B01", DUE, 30, False)
    assert (owed.customer, owed.ticket) == ("Alder", "T-A01")
    assert expected_row(world.desk, rma) == rma, "the events say the same"


def test_the_event_says_all_that_was_promised(world: World) -> None:
    rma_id = ahead(world)
    event = world.store.events_of_rma(rma_id)[-1]
    assert event.step is Step.SENT_AHEAD
    data = {name: event.data[name] for name in ("why", "serial", "tracking", "on", "due_on")}
    assert data == {
        "why": "advance",
        "serial": "B01",
        "tracking": UPS,
        "on": TODAY.isoformat(),
        "due_on": DUE.isoformat(),
    }
    assert event.data["carrier"]
    assert event.data["stock"]["shipped_on"] == [None, TODAY.isoformat()]


def test_the_same_op_id_sends_once(world: World) -> None:
    rma_id, op = world.expect("A01"), world.op()
    first = send_ahead(world.desk, op, rma_id, "B01", UPS)
    again = send_ahead(world.desk, op, rma_id, "B01", UPS)
    assert (first.already, again.already) == (False, True)
    assert world.steps(rma_id).count(Step.SENT_AHEAD) == 1


@ON_A_FILE
@pytest.mark.parametrize(
    ("facts", "match"),
    [
        ({"channel": Channel.RESELLER}, "resellers keep loan spares"),
        ({"age": 31}, "up to day 30: this unit is in warranty, day 31"),
        ({"age": 900}, "up to day 30: this unit is out of warranty, day 900"),
        ({"channel": None}, "nobody knows yet .* direct or a reseller"),
        ({"age": None}, "nobody knows yet .* ask "),
        ({"ticket": ""}, "customer's ticket, which is not known: enter the ticket number"),
    ],
)
def test_where_the_policy_offers_none_it_says_why(
    world: World, facts: dict[str, Any], match: str
) -> None:
    rma_id = world.expect("A01", **facts)
    before = world.everything()
    with pytest.raises(Refused, match=match):
        world.do(send_ahead, rma_id, "B01", UPS)
    assert world.everything() == before
    refusal = advance.advance_refusal(world.desk, world.view(rma_id))
    assert refusal is not None


def test_day_30_is_the_last_on_which_one_is_offered(world: World) -> None:
    rma_id = world.expect("A01", 30)
    assert advance.advance_refusal(world.desk, world.view(rma_id)) is None
    assert world.view(rma_id).decision.band is Band.EARLY
    assert world.do(send_ahead, rma_id, "B01", UPS).advance_open


def test_one_original_one_replacement_and_none_once_it_is_here(world: World) -> None:
    rma_id = ahead(world)
    with pytest.raises(Refused, match="went to the customer on 28 Oct 2026 already: undo"):
        world.do(send_ahead, rma_id, "C01", UPS)
    here = world.received("A02")
    with pytest.raises(Refused, match="the original is here already: diagnose it"):
        world.do(send_ahead, here, "C01", UPS)


@ON_A_FILE
@pytest.mark.parametrize(
    ("stock", "match"),
    [
        ("A01", "that is the returned unit itself"),
        (" a01 ", "that is the returned unit itself"),
        ("X09", "X09 is in use elsewhere"),
        ("OTHER", "OTHER is a T46U, the original a T54W: scan a stock unit of the same model"),
        ("", "nothing is no serial"),
        ("BENCHUNDO", "BENCHUNDO is no serial"),
        ("\x1b[", "is no serial"),
    ],
)
def test_only_a_stock_unit_of_the_same_model_goes_out(world: World, stock: str, match: str) -> None:
    world.received("X09")
    world.stock("OTHER", model="T46U")
    rma_id = world.expect("A01")
    with pytest.raises(Refused, match=match) as refused:
        world.do(send_ahead, rma_id, stock, UPS)
    assert "\x1b" not in str(refused.value)
    assert not world.rma(rma_id).sent_ahead_on


def test_no_unit_before_it_in_the_chain_goes_out(world: World) -> None:
    first = world.diagnosed("A01", Outcome.REPLACE, 20)
    world.do(ship.choose_replacement, first, "B01")
    world.do(ship.scan_tracking, first, UPS)
    world.do(ship.ship, first)
    world.wait(days=5)
    rma_id = world.expect("B01", None, opened_on=TODAY)
    with pytest.raises(Refused, match="A01 stands before this unit in its chain"):
        world.do(send_ahead, rma_id, "A01", UPS)


def test_a_number_that_no_carrier_has_sends_nothing(world: World) -> None:
    rma_id = world.expect("A01")
    with pytest.raises(Refused, match="carrier's label"):
        world.do(send_ahead, rma_id, "B01", "1Z999AA10123456785")
    assert world.store.find_exact("B01") == []


# --- step 5 of a three-legged RMA


def test_a_three_legged_case_sends_what_was_named(world: World) -> None:
    rma_id = three_legged(world, channel=Channel.RESELLER)
    with pytest.raises(Refused, match="no unit from our stock is named"):
        world.do(send_ahead, rma_id, "S01", UPS)
    world.do(ship.choose_replacement, rma_id, "S01")
    with pytest.raises(Refused, match="S02 is not S01, which was named to go out"):
        world.do(send_ahead, rma_id, "S02", UPS)
    rma = world.do(send_ahead, rma_id, "", UPS)
    assert (rma.sent_ahead_why, rma.advance_due_on) == (SentAheadWhy.THREE_LEGGED, None)
    assert rma.vendor is not None
    assert rma.vendor.moved_at == world.clock.now()
    stock = world.view(rma_id).replacement
    assert stock is not None
    assert (stock.serial, stock.shipped_on) == ("S01", TODAY)
    assert outstanding(world.desk) == [], "no clock of ours runs for it"


def test_a_three_legged_replacement_may_follow_the_arrival(world: World) -> None:
    rma_id = three_legged(world)
    world.do(ship.choose_replacement, rma_id, "S01")
    world.do(receive, rma_id, Receipt(True))
    assert world.do(send_ahead, rma_id, "S01", UPS).sent_ahead_on == TODAY
    world.undo(rma_id)
    assert world.rma(rma_id).sent_ahead_on is None
    stock = world.view(rma_id).replacement
    assert stock is not None
    assert (stock.serial, stock.shipped_on) == ("S01", None), "named still, but not gone"


def test_an_appliance_without_a_case_may_have_an_advance_replacement(world: World) -> None:
    rma_id = world.expect("P01", brand="Pulse Secure", contract_ends_on=TODAY)
    assert advance.reason_of(world.view(rma_id)) is SentAheadWhy.ADVANCE
    assert world.do(send_ahead, rma_id, "S01", UPS).advance_due_on == DUE


# --- the original


def test_receiving_the_original_by_its_serial_stops_the_clock(world: World) -> None:
    rma_id = ahead(world)
    found = world.scan("a01")
    assert found.view is not None
    assert found.view.rma is not None
    assert found.view.rma.id == rma_id
    world.do(receive, rma_id, Receipt(True))
    assert serials(world) == []
    world.undo(rma_id)
    assert serials(world) == ["A01"], "and it runs on where the receipt was a mistake"
    assert outstanding(world.desk)[0].due_on == DUE


def test_each_step_can_be_taken_back(world: World) -> None:
    rma_id = world.expect("A01")
    stock = world.stock("B01", customer=None, channel=None)
    before = world.rma(rma_id)
    world.do(send_ahead, rma_id, "B01", UPS)
    world.wait(days=31)
    world.do(bill, rma_id)
    world.undo(rma_id)
    (owed,) = outstanding(world.desk)
    assert (owed.billed_on, owed.to_bill) == (None, True)
    world.undo(rma_id)
    assert serials(world) == []
    now = world.rma(rma_id)
    assert replace(now, version=0) == replace(before, version=0)
    again = world.store.unit(stock.id)
    assert replace(again, version=0) == replace(stock, version=0)


@ON_A_FILE
@pytest.mark.parametrize(
    ("days", "left", "late"), [(0, 30, False), (29, 1, False), (30, 0, False), (31, -1, True)]
)
def test_day_30_is_in_time_and_day_31_is_late(
    world: World, days: int, left: int, late: bool
) -> None:
    rma_id = ahead(world)
    world.wait(days=days)
    (owed,) = outstanding(world.desk)
    assert (owed.days_left, owed.late, owed.to_bill) == (left, late, late)
    if late:
        assert world.do(bill, rma_id).billed_on == TODAY + timedelta(days=31)
    else:
        with pytest.raises(Refused, match="the original has until 27 Nov 2026: bill it once"):
            world.do(bill, rma_id)


@ON_A_FILE
@pytest.mark.parametrize(
    ("zone", "sent", "due"),
    [
        ("Europe/Berlin", datetime(2026, 9, 25, 21, 59, tzinfo=UTC), date(2026, 10, 25)),
        ("Europe/Berlin", datetime(2026, 9, 25, 22, 1, tzinfo=UTC), date(2026, 10, 26)),
        ("America/New_York", datetime(2026, 10, 2, 3, 59, tzinfo=UTC), date(2026, 10, 31)),
        ("America/New_York", datetime(2026, 10, 2, 4, 1, tzinfo=UTC), date(2026, 11, 1)),
        ("UTC", datetime(2028, 1, 30, 9, tzinfo=UTC), date(2028, 2, 29)),
        ("UTC", datetime(2027, 1, 30, 9, tzinfo=UTC), date(2027, 3, 1)),
    ],
)
def test_days_are_the_warehouses_across_its_change_of_time_and_a_leap_day(
    world: World, zone: str, sent: datetime, due: date
) -> None:
    wall = ZoneInfo(zone)
    clock = MovableClock(FixedClock(sent, wall), sent)
    there = World(replace(world.desk, clock=clock), clock)
    day = clock.today()
    rma_id = there.expect("A01", None, shipped_on=day, opened_on=day, due_on=day)
    assert there.do(send_ahead, rma_id, "B01", UPS).advance_due_on == due
    midnight = datetime(due.year, due.month, due.day, tzinfo=wall) + timedelta(days=1)
    clock.moment = midnight.astimezone(UTC) - timedelta(minutes=1)
    assert [owed.days_left for owed in outstanding(there.desk)] == [0]
    clock.moment += timedelta(minutes=1)
    assert [owed.days_left for owed in outstanding(there.desk)] == [-1]


# --- billing


def test_the_worst_comes_first_and_what_is_billed_last(world: World) -> None:
    billed = ahead(world, "A01", "B01")
    world.wait(days=1)
    ahead(world, "A02", "B02")
    world.wait(days=29)
    ahead(world, "A03", "B03", age=None, shipped_on=TODAY, opened_on=TODAY)
    world.wait(days=5)
    assert serials(world) == ["A01", "A02", "A03"]
    world.do(bill, billed)
    assert serials(world) == ["A02", "A03", "A01"]


def test_what_is_not_to_be_billed_is_refused(world: World) -> None:
    for never in (world.expect("X01"), three_legged(world)):
        with pytest.raises(Refused, match="no advance replacement went out"):
            world.do(bill, never)
    rma_id = ahead(world)
    world.wait(days=40)
    world.do(bill, rma_id)
    with pytest.raises(Refused, match="it was billed on 7 Dec 2026 already"):
        world.do(bill, rma_id)
    back = ahead(world, "A02", "B02", age=None, shipped_on=days_ago(-39), opened_on=days_ago(-40))
    world.wait(days=31)
    world.do(receive, back, Receipt(True))
    with pytest.raises(Refused, match="the original came back on 7 Jan 2027"):
        world.do(bill, back)


def test_the_billing_list_has_what_is_late_and_no_spreadsheet_runs_it(world: World) -> None:
    rma_id = ahead(world, customer="=cmd|' /C calc'!A0")
    world.wait(days=1)
    ahead(world, "A02", "B02")
    world.wait(days=30)
    world.do(bill, rma_id)
    out = io.StringIO()
    assert write_csv(out, list(BILLING), billing_rows(world.desk)) == 1
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert row["customer"].startswith("'=cmd|")
    assert row == row | {
        "ticket": "T-A01",
        "rma": world.rma(rma_id).number,
        "brand": "Yealink",
        "serial": "A01",
        "replacement_serial": "B01",
        "shipped_on": "2026-10-28",
        "due_on": "2026-11-27",
        "days_late": "1",
        "billed_on": "2026-11-28",
    }
    assert list(billing_rows(world.desk, unbilled_only=True)) == []


# --- a different unit comes back


def not_original_of(world: World, rma_id: str) -> Any:
    """What the receipt says of originals that are owed."""
    receipts = [e for e in world.store.events_of_rma(rma_id) if e.step is Step.RECEIVED]
    return receipts[-1].data.get("not_original_of")


def owed_to(world: World, rma_id: str) -> list[str]:
    """The originals that a receiving screen tells of."""
    return [o.unit.serial for o in advance.owed_by_customer(world.desk, world.view(rma_id))]


def test_another_phone_of_the_same_customer_is_caught(world: World) -> None:
    owed = ahead(world, customer="Alder & Sons")
    saved = world.blind("Z09", brand="Yealink", model="T54W", customer=" alder&sons ")
    assert saved.view.rma is not None
    assert not_original_of(world, saved.view.rma.id) == [world.rma(owed).number]
    assert owed_to(world, saved.view.rma.id) == ["A01"]
    assert serials(world) == ["A01"], "the clock runs on"


def test_an_announced_unit_that_is_not_the_original_is_caught_too(world: World) -> None:
    owed = ahead(world)
    other = world.received("A02")
    assert not_original_of(world, other) == [world.rma(owed).number]


def test_the_replacement_itself_sent_back_is_caught_whoever_sends_it(world: World) -> None:
    owed = ahead(world)
    ahead(world, "A02", "B02")
    saved = world.blind("B01", brand="Yealink", customer="Birch")
    assert saved.view.rma is not None
    assert not_original_of(world, saved.view.rma.id) == [world.rma(owed).number]


def test_what_came_under_the_same_ticket_was_meant(world: World) -> None:
    ahead(world, ticket="T-77")
    saved = world.blind("Z09", brand="Htek", customer="Birch", ticket="t-77")
    assert saved.view.rma is not None
    assert owed_to(world, saved.view.rma.id) == ["A01"]


def test_the_likeliest_comes_first(world: World) -> None:
    ahead(world, "A01", "B01", model="T31P")
    ahead(world, "A02", "B02")
    ahead(world, "A03", "B03", brand="Htek")
    saved = world.blind("Z09", brand="Yealink", model="T54W", customer="Alder")
    assert saved.view.rma is not None
    assert owed_to(world, saved.view.rma.id) == ["A02", "A01"]


@ON_A_FILE
@pytest.mark.parametrize(
    "facts",
    [{"brand": "Yealink", "customer": "Birch"}, {"brand": "Htek", "customer": "Alder"}, {}],
)
def test_whoever_owes_nothing_is_not_told_of_it(world: World, facts: dict[str, Any]) -> None:
    ahead(world)
    saved = world.blind("Z09", **facts)
    assert saved.view.rma is not None
    assert not_original_of(world, saved.view.rma.id) is None
    assert owed_to(world, saved.view.rma.id) == []


def test_the_original_is_not_told_of_the_others(world: World) -> None:
    rma_id = ahead(world)
    ahead(world, "A02", "B02")
    world.do(receive, rma_id, Receipt(True))
    assert not_original_of(world, rma_id) is None
    assert owed_to(world, rma_id) == []


def test_after_the_original_is_here_the_return_is_closed_and_ships_nothing(world: World) -> None:
    rma_id = ahead(world)
    world.do(receive, rma_id, Receipt(True))
    world.do(diagnose, rma_id, Diagnosis(Outcome.REPLACE))
    with pytest.raises(Refused):
        world.do(ship.scan_tracking, rma_id, FEDEX)
    assert world.do(ship.close, rma_id, "replaced in advance").state is State.CLOSED


def test_facts_put_right_later_change_no_promise(world: World) -> None:
    """The due day stands in the event: what was promised is kept."""
    rma_id = ahead(world)
    world.do(correct_facts, rma_id, {"shipped_on": days_ago(400)})
    rma = world.rma(rma_id)
    assert (rma.advance_due_on, rma.advance_open) == (DUE, True)
