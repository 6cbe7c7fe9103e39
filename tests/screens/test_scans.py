"""Where scans lead: to a unit's next step, to an unknown serial, to the unit that a label names."""

from __future__ import annotations

import pytest
from textual import events

from bench.policy.facts import Contact, Outcome
from bench.scan.rma_number import barcode_text
from bench.store.records import State, Step
from bench.workflow import ship
from bench.workflow.ship import cancel
from tests.rma_numbers import number_of
from tests.screens.helpers import Bench
from tests.screens.test_flow import OTHER, SERIAL, THIRD, UPS, data, open_glass

NTF, REPAIR, REPLACE = Outcome


def units_in_every_state(bench: Bench) -> dict[str, tuple[str, str, str]]:
    """Serial to the screen and verdict that its scan must open, and what the strip must say."""
    bench.unit("AA0001", brand="Htek")
    bench.expect("AA0002")
    bench.received("AA0003")
    held = bench.received("AA0004")
    bench.do(ship.hold, held, "address to be confirmed")
    bench.diagnosed("AA0005", NTF)
    bench.diagnosed("AA0006", REPAIR, 900)
    bench.diagnosed("AA0007", REPLACE, 12, False)
    bench.diagnosed("AA0008", REPAIR)
    for serial in ("AA0009", "AA0010"):
        gone = bench.diagnosed(serial, REPAIR)
        bench.do(ship.scan_tracking, gone, UPS)
        bench.do(ship.ship, gone)
    bench.do(ship.close, gone, "all done")
    kept = bench.diagnosed("AA0011", NTF)
    bench.do(ship.contacted, kept, Contact.NO)
    bench.do(cancel, bench.expect("AA0012"), "never sent")
    bench.diagnosed("AA0013", REPAIR, shipped_on=None)
    return {
        "AA0001": ("Receive", "NO RMA", "no return expected"),
        "AA0002": ("Receive", "EXPECTED", "expected on RMA"),
        "AA0003": ("Diagnose", "DAY 22", "already here: received"),
        "AA0004": ("Diagnose", "DAY 22", "already here: on hold"),
        "AA0005": ("Ship", "HOLD", "already here: awaiting contact"),
        "AA0006": ("Ship", "HOLD", "already here: with partner team"),
        "AA0007": ("Ship", "HOLD", "already here: on hold"),
        "AA0008": ("Ship", "RUSH", "already here: ready to ship"),
        "AA0009": ("Record", "SHIPPED", "is shipped"),
        "AA0010": ("Record", "CLOSED", "is closed"),
        "AA0011": ("Ship", "KEEP", "already here: diagnosed"),
        "AA0012": ("Receive", "NO RMA", "no return expected"),
        "AA0013": ("Ship", "ASK", "already here: diagnosed"),
    }


async def test_a_known_unit_opens_its_next_step_in_every_state(bench: Bench) -> None:
    """One scan of the serial is enough, whatever happened to the unit before."""
    wanted = units_in_every_state(bench)
    async with open_glass(bench) as glass:
        for serial, (place, word, said) in wanted.items():
            await glass.scan(serial)
            assert (serial, glass.place, glass.word) == (serial, place, word)
            assert serial in glass.said
            assert said in glass.said, (serial, glass.said)
            assert serial in glass.text


async def test_case_mac_and_suffix_make_no_difference(bench: Bench) -> None:
    """Lower case, the MAC, a label of several fields, any end of a scan: the same unit."""
    bench.expect("SN77AB12", mac=SERIAL)
    async with open_glass(bench) as glass:
        for text, suffix in (
            *(("sn77ab12", "\r"), (SERIAL, "\n"), ("80:5e:c0:a1:b2:c3", "\t")),
            (f"SN:SN77AB12;MAC:{SERIAL}", "\r\n"),
        ):
            await glass.key("f2")
            await glass.scan(text, suffix=suffix)
            assert (glass.place, glass.word) == ("Receive", "EXPECTED"), text


async def test_unknown_serial_is_received_blind(bench: Bench) -> None:
    """Nobody knows it: Receive opens, the brand is suggested by its MAC, what is missing is named.

    The message is another one than for a unit that is known or here.
    """
    async with open_glass(bench, SERIAL) as glass:
        assert (glass.place, glass.word) == ("Receive", "UNKNOWN")
        assert "unknown serial" in glass.said
        assert SERIAL in glass.said
        assert glass.field("brand").value == "Yealink"
        assert "still missing: model, customer, channel, ship date" in glass.items
        assert "not in the records" in glass.text


async def test_unexpected_known_unit_gets_a_new_rma(bench: Bench) -> None:
    """We shipped it, nobody announced it: receiving opens an RMA, marked as unannounced."""
    unit_id = bench.unit(OTHER, brand="Htek", model="UC926", customer="Harbor Legal")
    async with open_glass(bench, OTHER) as glass:
        assert glass.word == "NO RMA"
        assert "no return of it is expected" in glass.text
        await glass.scan("BENCHNO")
        assert glass.place == "Diagnose"
        assert f"received as RMA {number_of('Dock 2', 1)}" in glass.said
    with bench.desk() as desk:
        (rma,) = desk.store.rmas_of(unit_id)
    assert (rma.state, rma.blind, rma.original_packaging) == (State.RECEIVED, True, False)
    assert rma.customer == "Harbor Legal"


# --- the RMA label asks for its unit


def label_of(bench: Bench, rma_id: str) -> str:
    """The barcode on the RMA label."""
    return barcode_text(bench.rma(rma_id).number)


async def test_rma_label_asks_for_its_unit(bench: Bench) -> None:
    """The number names the return; the unit in the hand is proved by its own scan."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, label_of(bench, rma_id)) as glass:
        assert (glass.place, glass.word) == ("Receive", "SCAN IT")
        assert "now scan the unit itself" in glass.said
        assert "scan the serial of the unit" in glass.next
        await glass.scan("BENCHOK")
        assert glass.refused("BENCHOK", "not possible here")
        assert bench.rma(rma_id).state is State.EXPECTED
        await glass.scan(SERIAL)
        assert "the right unit" in glass.said
        assert glass.word == "EXPECTED"
        await glass.scan("BENCHOK")
    assert bench.rma(rma_id).state is State.RECEIVED
    assert data(bench, rma_id, Step.RECEIVED)["vouched"] is False


async def test_wrong_unit_is_refused_three_ways(bench: Bench) -> None:
    """Another return's unit, one that is not expected, one that nobody knows: each is told apart.

    Nothing is received, and the right unit still goes on.
    """
    rma_id, other = bench.expect(SERIAL), bench.expect(OTHER, brand="Htek")
    bench.unit(THIRD, brand="Grandstream")
    number = bench.rma(rma_id).number
    said = {}
    async with open_glass(bench, label_of(bench, rma_id)) as glass:
        for scan in (OTHER, THIRD, "ZZ99887766"):
            await glass.scan(scan)
            assert glass.refused(scan, f"wrong unit for RMA {number}")
            assert glass.word == "WRONG"
            assert f"is for {SERIAL}, and {scan} was scanned" in glass.text
            said[scan] = glass.said.split(" / ")[1]
            await glass.scan("BENCHOK")
            assert glass.refused("BENCHOK")
        await glass.scan(SERIAL)
        assert glass.word == "EXPECTED"
    assert said[OTHER] == f"it is on RMA {bench.rma(other).number}"
    assert said[THIRD] == "it is not expected"
    assert said["ZZ99887766"] == "nobody knows it"
    assert bench.rma(rma_id).state is bench.rma(other).state is State.EXPECTED


async def test_label_that_cannot_be_read_is_vouched_for(bench: Bench) -> None:
    """BENCHNEXT goes on without the serial, and the receipt says so, on the record too."""
    rma_id = bench.expect(SERIAL)
    async with open_glass(bench, label_of(bench, rma_id), "BENCHNEXT") as glass:
        assert "you vouch that it is this unit" in glass.said
        assert glass.word == "EXPECTED"
        await glass.scan("BENCHOK", "BENCHLOG")
        assert "serial not scanned" in glass.text
    assert data(bench, rma_id, Step.RECEIVED)["vouched"] is True


async def test_vouching_ends_with_the_unit(bench: Bench) -> None:
    """What was vouched for one unit does not count for the next one."""
    first, second = bench.expect(SERIAL), bench.expect(OTHER, brand="Htek")
    async with open_glass(bench, label_of(bench, first), "BENCHNEXT", OTHER, "BENCHOK"):
        pass
    assert bench.rma(first).state is State.EXPECTED
    assert data(bench, second, Step.RECEIVED)["vouched"] is False


async def test_rma_label_settles_which_of_two_brands(bench: Bench) -> None:
    """The same serial in two brands is no wrong unit where the RMA label says which it is."""
    rma_id = bench.expect("0001234567", brand="Yealink")
    bench.unit("0001234567", brand="Snom")
    async with open_glass(bench, label_of(bench, rma_id), "0001234567", "BENCHOK") as glass:
        assert glass.place == "Diagnose", glass.said
    assert bench.rma(rma_id).state is State.RECEIVED


async def test_near_match_of_the_awaited_unit_is_asked_about(bench: Bench) -> None:
    """One letter off the awaited serial: shown and asked, neither merged nor simply wrong."""
    rma_id = bench.expect("20EZ1C6F33O1", brand="Grandstream")
    async with open_glass(bench, label_of(bench, rma_id), THIRD) as glass:
        assert "Is it one of these?" in glass.question, glass.said
        await glass.scan("BENCHOK", "BENCHOK")
    assert bench.rma(rma_id).state is State.RECEIVED


async def test_unknown_and_misread_rma_numbers_are_named(bench: Bench) -> None:
    """A number that we never gave, and one whose check letter is wrong, open nothing."""
    rma_id = bench.expect(SERIAL)
    label = label_of(bench, rma_id)
    wrong = label[:-1] + ("B" if label[-1] != "B" else "C")
    async with open_glass(bench, wrong) as glass:
        assert glass.refused(wrong, "wrong check letter", "scan the RMA label again")
        for number in (number_of("Dock 7", 777), "26-004812-K"):
            await glass.scan(barcode_text(number))
            assert glass.refused(f"there is no RMA {number}", "scan the unit's serial instead")
            assert glass.place == "Queue"


# --- what is no unit


async def test_tracking_number_outside_ship_is_refused(bench: Bench) -> None:
    """It is named with its carrier, with what to do first; it never becomes a serial."""
    bench.received(SERIAL)
    async with open_glass(bench, UPS) as glass:
        remedy = "scan the unit first, then its tracking number"
        assert glass.refused(UPS, "tracking number of UPS", remedy)
        assert glass.place == "Queue"
        await glass.scan(SERIAL, UPS)
        assert glass.refused(UPS, "tracking number of UPS")
        assert glass.place == "Diagnose"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("X" * 300 + "Y" * 300, "more than 512 characters"),
        ("ab\x1dcd\x1def", "several fields, and no serial"),
        ("https://example.org/x", "web address"),
        ("12", "unreadable"),
    ],
    ids=["long", "controls", "address", "short"],
)
async def test_unreadable_label_is_named(bench: Bench, text: str, why: str) -> None:
    """What cannot be a serial is refused with its reason, and nothing is opened or kept."""
    async with open_glass(bench) as glass:
        glass.app.post_message(events.Paste(text))
        await glass.settle()
        assert glass.refused("unreadable", why, "scan the label again")
        assert glass.place == "Queue"
        assert await glass.drafts() == []


async def test_empty_label_is_unreadable(bench: Bench) -> None:
    """Nothing but a frame of control characters."""
    async with open_glass(bench) as glass:
        glass.app.post_message(events.Paste("\x02\x03"))
        await glass.settle()
        assert glass.refused("nothing in it that can be read")
        assert "\x02" not in glass.text
