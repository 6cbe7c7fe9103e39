"""All open cases, what became due, what wakes: after a day, and after two weeks switched off."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bench.clock import FixedClock
from bench.policy.facts import Contact, Outcome
from bench.policy.vendor_case import VendorAnswer
from bench.policy.vendor_plan import Party
from bench.settings import Settings
from bench.store.errors import StaleRecord
from bench.store.records import Step
from bench.store.store import Tx
from bench.workflow import duties, ship, vendor
from bench.workflow.advance import bill, send_ahead
from bench.workflow.case_facts import plan_for
from bench.workflow.case_gates import STALLED, WAITING
from bench.workflow.demo import MovableClock
from bench.workflow.desk import Desk, Rules, open_desk
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.duties import cases, due, wake
from bench.workflow.receive import Receipt, receive
from tests.workflow.helpers import FEDEX, TODAY, UPS, World, expected_row

NTF, REPAIR, REPLACE = Outcome.NO_TROUBLE_FOUND, Outcome.REPAIR, Outcome.REPLACE
ON_A_FILE = pytest.mark.engines("sqlite")
"""For rules that no engine has a part in."""


def phone(world: World, serial: str, **facts: Any) -> str:
    """A phone that is to be repaired, its RMA number given by the vendor; the RMA's id."""
    rma_id = world.diagnosed(serial, REPAIR, 400, **{"brand": "Htek", "model": "UC926"} | facts)
    world.do(vendor.vendor_rma_given, rma_id, f"H-{serial}")
    return rma_id


def exchanged(world: World, serial: str = "PS01") -> str:
    """An appliance whose vendor sends a new one: we owe the defective one within five days."""
    known: dict[str, Any] = {"brand": "Pulse Secure", "model": "PSA300"}
    rma_id = world.expect(serial, 400, contract_ends_on=date(2027, 10, 1), **known)
    note = {"symptom": "no boot", "troubleshooting": "other supply", "output": "panic"}
    vendor.note(world.desk, world.op(), rma_id, **note)
    world.do(ship.choose_replacement, rma_id, f"ST-{serial}")
    world.do(vendor.open_ticket, rma_id, "2026-1")
    world.do(vendor.verified, rma_id, "2026-1a")
    world.do(send_ahead, rma_id, "", UPS)
    world.do(vendor.license_transferred, rma_id, "RD-1")
    world.do(receive, rma_id, Receipt(True))
    world.do(vendor.licences_made, rma_id)
    diagnose_replace(world, rma_id)
    world.do(vendor.exchange_opened, rma_id, "2026-1b")
    return rma_id


def diagnose_replace(world: World, rma_id: str) -> None:
    """The unit here is found to need a replacement."""
    world.do(diagnose, rma_id, Diagnosis(REPLACE, "no boot"))


def no_answer(world: World, serial: str) -> str:
    """No trouble found, and the customer did not answer today."""
    rma_id = world.diagnosed(serial, NTF)
    world.do(ship.contacted, rma_id, Contact.NO_ANSWER)
    return rma_id


def told(world: World) -> list[tuple[str, str, int]]:
    """What is due: the unit, the day, the days left."""
    return [(one.unit.serial, one.due_on.isoformat(), one.days_left) for one in due(world.desk)]


def order(world: World) -> list[str]:
    """The units of all open cases, as listed."""
    return [line.unit.serial for line in cases(world.desk)]


# --- all open cases


def test_a_case_says_what_comes_next_and_who_owes_it(world: World) -> None:
    rma_id = phone(world, "HT01")
    (line,) = cases(world.desk)
    assert (line.rma.id, line.next_title) == (rma_id, "Defective unit to the vendor")
    assert (line.who, line.what) == (Party.US, "the defective unit")
    assert (line.due_on, line.stalled, line.stalled_days) == (None, False, 0)
    assert line.moved_at == world.clock.now()
    world.do(vendor.send_to_vendor, rma_id, FEDEX)
    (line,) = cases(world.desk)
    assert (line.who, line.what) == (Party.VENDOR, "an answer: credit or replacement")
    world.do(vendor.answered, rma_id, VendorAnswer.CREDIT, 4500)
    assert cases(world.desk) == [], "nobody owes anything any more"


def test_a_case_is_listed_with_the_plan_that_the_units_own_view_gives(world: World) -> None:
    for rma_id in (phone(world, "HT01"), exchanged(world)):
        view = world.view(rma_id)
        line = next(line for line in cases(world.desk) if line.rma.id == rma_id)
        assert line.plan == plan_for(world.desk.rules, world.clock, view)


def test_stalled_cases_come_first_by_their_last_movement_then_what_is_due(world: World) -> None:
    phone(world, "HT02")
    world.wait(hours=1)
    phone(world, "HT01")
    world.wait(days=7)
    exchanged(world, "PS02")
    world.wait(days=1)
    exchanged(world, "PS01")
    phone(world, "HT03")
    assert order(world) == ["HT02", "HT01", "PS02", "PS01", "HT03"]
    first, *_, last = cases(world.desk)
    assert (first.stalled, first.stalled_days, last.stalled) == (True, 6, False)


def test_a_case_that_moves_leaves_its_place_at_the_top(world: World) -> None:
    stuck = phone(world, "HT01")
    world.wait(days=7)
    phone(world, "HT02")
    assert order(world) == ["HT01", "HT02"]
    world.do(vendor.moved, stuck, "they called back")
    assert not any(line.stalled for line in cases(world.desk))


def test_more_cases_than_a_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duties, "_PAGE", 2)
    for n in range(5):
        phone(world, f"HT0{n}")
    assert order(world) == [f"HT0{n}" for n in range(5)]


# --- what became due


def test_the_return_to_the_vendor_is_told_three_days_before_and_on_when_late(
    world: World,
) -> None:
    exchanged(world)
    assert told(world) == []
    for wait, left in ((2, 3), (3, 0), (1, -1)):
        world.wait(days=wait)
        returns = [one for one in due(world.desk) if "the defective unit" in one.what]
        assert [(one.who, one.what, one.days_left, one.late) for one in returns] == [
            ("we", "owe the vendor the defective unit", left, left < 0)
        ]
        assert "Pulse Secure may charge" in returns[0].consequence


def test_a_vendor_is_reminded_on_the_day_that_its_case_stalls(world: World) -> None:
    rma_id = phone(world, "HT01")
    vendor.note(world.desk, world.op(), rma_id, vendor="Htek\x1b support")
    world.do(vendor.send_to_vendor, rma_id, FEDEX)
    for days in (0, 1, 1, 1, 1):  # to Sunday
        world.wait(days=days)
        assert due(world.desk) == []
    world.wait(days=1)
    (one,) = due(world.desk)
    assert (one.who, one.what) == ("Htek support", "owes us an answer: credit or replacement")
    assert (one.due_on, one.days_left) == (date(2026, 11, 2), 0)


def test_a_case_that_we_leave_lying_is_told_too(world: World) -> None:
    phone(world, "HT01")
    world.wait(days=6)
    (one,) = due(world.desk)
    assert (one.who, one.due_on) == ("we", date(2026, 11, 2))
    what = "have not moved the case for 4 business days; next: Defective unit to the vendor"
    assert one.what == what
    assert one.consequence


def test_an_original_is_told_in_its_last_days_then_to_be_billed_then_no_more(
    world: World,
) -> None:
    rma_id = world.expect("AA01")
    world.do(send_ahead, rma_id, "BB01", UPS)
    world.wait(days=26)
    assert due(world.desk) == []
    world.wait(days=1)
    assert told(world) == [("AA01", "2026-11-27", 3)]
    assert due(world.desk)[0].who == "the customer"
    world.wait(days=4)
    (one,) = due(world.desk)
    assert (one.who, one.what.split(":")[0], one.late) == (
        *("we", "bill the advance replacement", True),
    )
    world.do(bill, rma_id)
    assert due(world.desk) == []
    world.undo(rma_id)
    assert told(world) == [("AA01", "2026-11-27", -1)]
    world.do(receive, rma_id, Receipt(True))
    assert due(world.desk) == []


def test_one_original_is_told_once_though_a_case_owes_it_as_well(world: World) -> None:
    rma_id = world.expect("AA01")
    world.do(send_ahead, rma_id, "BB01", UPS)
    vendor.note(world.desk, world.op(), rma_id, symptom="dead")
    world.wait(days=29)
    assert [one.what for one in due(world.desk) if one.who == "the customer"] == [
        "owes us the original, after an advance replacement"
    ]


def test_a_customer_who_did_not_answer_is_asked_again(world: World) -> None:
    rma_id = no_answer(world, "NT01")
    world.diagnosed("NT02", NTF)
    assert told(world) == [("NT01", "2026-10-30", 2)]
    world.wait(days=3)
    assert told(world) == [("NT01", "2026-10-30", -1)], "a Saturday is late too"
    (one,) = due(world.desk)
    assert one.what == "ask the customer again: wanted back? No answer after 1 try"
    world.do(ship.contacted, rma_id, Contact.YES)
    assert due(world.desk) == []


def test_what_is_due_first_stands_first(world: World) -> None:
    exchanged(world)  # until 2 November
    world.wait(days=1)
    no_answer(world, "NT01")  # until 2 November, in business days
    world.wait(days=1)
    no_answer(world, "NT02")  # until 3 November
    days = [one.due_on for one in due(world.desk)]
    assert days == sorted(days)
    assert {one.unit.serial for one in due(world.desk)} == {"PS01", "NT01", "NT02"}


# --- what changes by itself


def test_two_weeks_switched_off_and_everything_that_became_due_is_there_at_once(
    world: World,
) -> None:
    stuck, back, asked = phone(world, "HT01"), exchanged(world), no_answer(world, "NT01")
    gone = world.expect("AA01", 15)
    world.do(send_ahead, gone, "BB01", UPS)
    world.wait(days=17)
    asleep = {rma_id: world.rma(rma_id).rank for rma_id in (stuck, back, asked)}
    world.wait(days=14)
    history = [world.steps(rma_id) for rma_id in (stuck, back, asked, gone)]
    assert wake(world.desk) == 3
    now = {rma_id: world.rma(rma_id) for rma_id in (stuck, back, asked)}
    assert asleep[stuck] == asleep[back] == asleep[asked] == WAITING
    assert (now[stuck].rank, now[back].rank, now[asked].rank) == (STALLED, STALLED, 310)
    assert now[stuck].why_here.startswith("stalled: ")
    assert now[asked].why_here == "no answer, 1 try"
    assert {rma.wakes_on for rma in now.values()} == {None}
    assert {one.unit.serial for one in due(world.desk)} == {"HT01", "PS01", "NT01", "AA01"}
    assert all(one.late for one in due(world.desk))
    assert [world.steps(rma_id) for rma_id in (stuck, back, asked, gone)] == history
    assert wake(world.desk) == 0, "asked again, it changes nothing"


def test_the_woken_case_stands_by_its_last_movement_in_the_queue(world: World) -> None:
    rma_id = phone(world, "HT01")
    moved = world.rma(rma_id).vendor
    world.wait(days=10)
    wake(world.desk)
    rma = world.rma(rma_id)
    assert moved is not None
    assert rma.since == moved.moved_at
    assert expected_row(world.desk, rma) == rma


@ON_A_FILE
@pytest.mark.parametrize(
    ("begun", "stalls"),
    [
        (date(2026, 10, 28), date(2026, 11, 2)),  # Wednesday: Thursday, Friday, Monday
        (date(2026, 10, 30), date(2026, 11, 4)),  # Friday, over the weekend
        (date(2026, 10, 31), date(2026, 11, 4)),  # Saturday
        (date(2026, 11, 10), date(2026, 11, 16)),  # over Veterans Day and a weekend
        (date(2026, 12, 30), date(2027, 1, 5)),  # over New Year's Day and a weekend
        (date(2028, 2, 25), date(2028, 3, 1)),  # over a leap day
    ],
)
def test_a_case_stalls_after_three_business_days(world: World, begun: date, stalls: date) -> None:
    world.wait(days=(begun - TODAY).days)
    rma_id = phone(world, "HT01", shipped_on=begun - timedelta(days=300))
    assert world.rma(rma_id).wakes_on == stalls
    world.wait(days=(stalls - begun).days - 1)
    assert (wake(world.desk), [line.stalled for line in cases(world.desk)]) == (0, [False])
    world.wait(days=1)
    assert (wake(world.desk), [line.stalled for line in cases(world.desk)]) == (1, [True])
    assert world.rma(rma_id).rank == STALLED


@ON_A_FILE
@pytest.mark.parametrize(
    ("zone", "begun", "midnight"),
    [
        # Clocks go back an hour on 25 October in Berlin, on 1 November in New York.
        ("Europe/Berlin", datetime(2026, 10, 23, 9, tzinfo=UTC), (2026, 10, 27, 23)),
        ("America/New_York", datetime(2026, 10, 30, 15, tzinfo=UTC), (2026, 11, 4, 5)),
        # And forward on 28 March 2027 in Berlin, on 14 March 2027 in New York.
        ("Europe/Berlin", datetime(2027, 3, 26, 9, tzinfo=UTC), (2027, 3, 30, 22)),
        ("America/New_York", datetime(2027, 3, 12, 15, tzinfo=UTC), (2027, 3, 17, 4)),
    ],
)
def test_it_wakes_at_the_warehouses_midnight_across_a_change_of_time(
    world: World, zone: str, begun: datetime, midnight: tuple[int, int, int, int]
) -> None:
    clock = MovableClock(FixedClock(begun, ZoneInfo(zone)), begun)
    there = World(replace(world.desk, clock=clock), clock)
    phone(there, "HT01", shipped_on=begun.date() - timedelta(days=300))
    clock.moment = datetime(*midnight, tzinfo=UTC) - timedelta(minutes=1)
    assert wake(there.desk) == 0
    clock.moment += timedelta(minutes=1)
    assert wake(there.desk) == 1


def test_more_than_one_batch(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duties, "BATCH", 2)
    for n in range(5):
        no_answer(world, f"NT0{n}")
    world.wait(days=14)
    assert (wake(world.desk), wake(world.desk)) == (5, 0)


def test_what_is_closed_meanwhile_does_not_wake(world: World) -> None:
    rma_id = no_answer(world, "NT01")
    world.do(ship.contacted, rma_id, Contact.NO)
    world.do(ship.close, rma_id, "not wanted back")
    world.wait(days=14)
    before = world.rma(rma_id)
    assert wake(world.desk) == 0
    assert world.rma(rma_id) == before


def test_a_bench_that_loses_leaves_the_rest_for_the_next_call(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_answer(world, "NT01")
    world.wait(days=14)

    def lost(tx: Tx, rma: Any) -> None:
        raise StaleRecord("RMA", rma.id)

    with monkeypatch.context() as then:
        then.setattr(Tx, "save_rma", lost)
        assert wake(world.desk) == 0
    assert wake(world.desk) == 1


def test_two_benches_at_once_do_no_harm(world: World, where: Path | str, rules: Rules) -> None:
    ids = [no_answer(world, f"NT{n:02}") for n in range(12)]
    world.wait(days=14)
    start, counts = threading.Barrier(3), []

    def bench(name: str) -> None:
        settings = Settings(station=name, technician="Ben", timezone="UTC", database=where)
        desk: Desk = open_desk(settings, rules, world.clock)
        start.wait(10)
        counts.append(wake(desk))
        desk.store.close()

    threads = [threading.Thread(target=bench, args=(f"Bench {n}",)) for n in (3, 4)]
    for thread in threads:
        thread.start()
    start.wait(10)
    for thread in threads:
        thread.join(30)
    assert (len(counts), sum(counts)) == (2, 12)
    for rma_id in ids:
        rma = world.rma(rma_id)
        assert (rma.wakes_on, rma.rank) == (None, 310)
        assert expected_row(world.desk, rma) == rma
        assert Step.UNDONE not in world.steps(rma_id)
