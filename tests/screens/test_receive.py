"""Receive: packaging, condition, accessories, the facts typed, and half-entered work."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bench.policy.facts import Channel, Outcome
from bench.store.records import State, Step
from bench.workflow import ship
from tests.screens.helpers import NOW, Bench, post_scan
from tests.screens.test_flow import OTHER, SERIAL, UPS, data, only_rma, open_glass, steps

TODAY = NOW.date()


@pytest.mark.parametrize(
    ("age", "answer", "packaging"),
    [(22, "BENCHOK", True), (22, "BENCHNO", False), (200, "BENCHOK", None)],
    ids=["yes", "no", "not asked"],
)
async def test_packaging(bench: Bench, age: int, answer: str, packaging: bool | None) -> None:
    """Asked for where it must come back; in warranty it is not asked, and stays unknown."""
    rma_id = bench.expect(SERIAL, age)
    async with open_glass(bench, SERIAL) as glass:
        asked = packaging is not None
        assert ("original packaging?" in glass.next) is asked
        assert ("must come back" in glass.items) is asked
        if not asked:
            await glass.scan("BENCHNO")
            assert glass.refused("BENCHNO", "not possible here")
        await glass.scan(answer)
        assert glass.place == "Diagnose"
        assert f"received as RMA {bench.rma(rma_id).number}" in glass.said
        assert glass.saved == "saved 14:03:22"
    rma = bench.rma(rma_id)
    assert (rma.state, rma.original_packaging) == (State.RECEIVED, packaging)
    assert rma.received_on == TODAY


async def test_condition_and_accessories_by_scan_key_and_mouse(bench: Bench) -> None:
    """Each ticks and unticks; another condition takes the place of the first one."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        assert "□ power supply" in glass.text
        await glass.scan("BENCHGOOD", "BENCHPSU", "BENCHSTND")
        assert "■ good" in glass.text
        await glass.key("b", "2", "3")
        assert "■ damaged" in glass.text
        assert "□ good" in glass.text
        assert "□ stand" in glass.text
        await glass.click("cords")
        assert "■ cords" in glass.text
        await glass.click("signs of use")
        await glass.key("y")
    rma = bench.rma(rma_id)
    assert (rma.condition, rma.accessories) == ("used", ("psu", "handset", "cords"))
    assert rma.original_packaging is True


async def test_facts_are_saved_to_unit_and_rma(bench: Bench) -> None:
    """What is typed becomes typed values, of the unit and of this return."""
    async with open_glass(bench, SERIAL) as glass:
        await glass.enter(
            model=" T54W ",
            customer="Northgate\tDental",
            channel="res",
            shipped_on="28 Oct 2026",
            opened_on="2026-11-19",
            ticket="48213",
            contract_ends_on="2030-02-28",
        )
        assert "day 22, early" in glass.items
        await glass.scan("BENCHNO")
        assert glass.place == "Diagnose"
    rma = only_rma(bench, SERIAL)
    with bench.desk() as desk:
        unit = desk.store.unit(rma.unit_id)
    assert unit is not None
    assert (unit.serial, unit.brand, unit.model, unit.mac) == (SERIAL, "Yealink", "T54W", SERIAL)
    assert (unit.shipped_on, unit.contract_ends_on) == (date(2026, 10, 28), date(2030, 2, 28))
    assert unit.customer == rma.customer == "Northgate Dental"
    assert unit.channel is rma.channel is Channel.RESELLER
    assert (rma.ticket, rma.opened_on) == ("48213", date(2026, 11, 19))
    assert (rma.blind, rma.original_packaging) == (True, False)


BAD = {
    "channel": ("friend", "direct or reseller"),
    "opened_on": ("31 Nov 2026", "no such day"),
    "shipped_on": ("2031-01-01", "lies in the future"),
    "mac": ("12:34", "12 hex digits needed"),
    "contract_ends_on": ("yesterday", "no such day"),
    "model": ("M" * 300, "too many"),
}


async def test_each_bad_field_is_named_and_nothing_is_lost(bench: Bench) -> None:
    """One after the other: the fault is said, shown, the focus is there, the text stays."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        await glass.enter(customer="Harbor Legal")
        for name, (text, fault) in BAD.items():
            good = glass.field(name).value
            await glass.enter(**{name: text})
            await glass.scan("BENCHOK")
            assert glass.refused("not received yet", fault), name
            assert glass.app.focused is glass.field(name).line
            assert fault in glass.field(name).fault
            assert glass.field(name).value == text
            assert glass.field("customer").value == "Harbor Legal"
            await glass.enter(**{name: good})
            assert glass.field(name).fault == ""
        assert bench.rma(rma_id).state is State.EXPECTED
        await glass.scan("BENCHOK")
    assert bench.rma(rma_id).customer == "Harbor Legal"


async def test_corrected_facts_change_the_verdict(bench: Bench) -> None:
    """The ship date moves the age and with it the question; the brand moves the accessories."""
    bench.expect(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        assert "original packaging?" in glass.next
        old = TODAY - timedelta(days=300)
        await glass.enter(shipped_on=old.isoformat())
        assert "day 298, in warranty" in glass.answer.sentence
        assert "receive it | received" in glass.next
        await glass.enter(shipped_on=(TODAY - timedelta(days=2000)).isoformat())
        assert "out of warranty" in glass.text
        assert "handset" in glass.text
        await glass.enter(brand="Pulse Secure", shipped_on=TODAY.isoformat())
        assert "rack ears" in glass.text
        assert "handset" not in glass.text


async def test_already_received_changes_nothing(bench: Bench) -> None:
    """Receiving twice says that the unit is here; NEXT goes on with it."""
    rma_id = bench.received(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        assert "already here: received" in glass.said
        await glass.scan("BENCHBOX")
        assert glass.word == "HERE"
        assert "Nothing was changed" in glass.answer.extra
        await glass.scan("BENCHOK")
        assert glass.refused("BENCHOK", "not possible here")
        await glass.scan("BENCHNEXT")
        assert glass.place == "Diagnose"
    assert steps(bench, rma_id) == [Step.EXPECTED, Step.RECEIVED]


async def test_received_by_another_bench_meanwhile(bench: Bench) -> None:
    """The question still stands here while another desk has answered it."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, SERIAL, "BENCHPSU") as glass:
        from bench.workflow.receive import Receipt, receive

        bench.do(receive, rma_id, Receipt(False))
        await glass.scan("BENCHOK")
        assert glass.refused("already here", "received", "nothing was changed")
        assert glass.saved == "nothing changed"
    assert steps(bench, rma_id) == [Step.EXPECTED, Step.RECEIVED]


async def test_received_again_counts_from_today(bench: Bench) -> None:
    """A second return is judged by its own day, not by the day of the first one."""
    first = bench.diagnosed(
        SERIAL, Outcome.REPAIR, 5, opened_days_ago=60, shipped_on=TODAY - timedelta(days=65)
    )
    bench.do(ship.scan_tracking, first, UPS)
    bench.do(ship.ship, first)
    async with open_glass(bench, SERIAL, "BENCHBOX") as glass:
        assert glass.word == "NO RMA"
        assert "must come back" not in glass.items
        assert "original packaging?" not in glass.next
        await glass.scan("BENCHOK")
        assert (glass.place, glass.word) == ("Diagnose", "DAY 65")
    rma = only_rma(bench, SERIAL)
    assert (rma.id != first, rma.state, rma.original_packaging) == (True, State.RECEIVED, None)


# --- half-entered work


async def test_draft_comes_back_after_another_scan(bench: Bench) -> None:
    """An expected unit and a stranger, both half entered, each find their own again."""
    bench.expect(SERIAL)
    async with open_glass(bench, SERIAL, "BENCHUSED", "BENCHPSU") as glass:
        await glass.enter(ticket="99001", shipped_on="28 Oct")
        await glass.scan(OTHER)
        assert glass.field("ticket").value == ""
        assert "□ power supply" in glass.text
        await glass.enter(model="UC924", brand="")
        await glass.scan("BENCHSTND", SERIAL)
        assert glass.field("ticket").value == "99001"
        assert glass.field("shipped_on").value == "28 Oct"
        assert "■ signs of use" in glass.text
        assert "■ power supply" in glass.text
        await glass.scan("BENCHDESK")
        assert "HALF ENTERED" in glass.text
        await glass.scan(OTHER)
        assert "half entered before" in glass.said
        assert glass.field("model").value == "UC924"
        assert glass.field("brand").value == ""
        assert "■ stand" in glass.text


async def test_draft_comes_back_after_a_restart(bench: Bench) -> None:
    """A new program on the same store; after receiving the draft is gone."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, SERIAL, "BENCHBROKEN") as glass:
        await glass.enter(ticket="99001")
        await glass.scan(OTHER)
        await glass.enter(customer="Harbor Legal")
    async with open_glass(bench) as glass:
        assert len(await glass.drafts()) == 2
        await glass.scan(SERIAL)
        assert glass.field("ticket").value == "99001"
        assert "■ damaged" in glass.text
        await glass.scan("BENCHOK", OTHER)
        assert glass.field("customer").value == "Harbor Legal"
        await glass.scan("BENCHNO")
        assert await glass.drafts() == []
    assert (bench.rma(rma_id).ticket, bench.rma(rma_id).condition) == ("99001", "broken")
    assert only_rma(bench, OTHER).customer == "Harbor Legal"


async def test_typing_right_before_the_scan_leaves_no_draft(bench: Bench) -> None:
    """The last letters and the answer come together: saved once, and nothing stays parked."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        glass.field("ticket").line.value = "99001"
        post_scan(glass.app, "BENCHOK")
        await glass.settle()
        assert glass.place == "Diagnose"
        assert await glass.drafts() == []
    assert bench.rma(rma_id).ticket == "99001"
    assert data(bench, rma_id, Step.RECEIVED)["rma"]["ticket"] == "99001"
