"""Ship: the verdict of every case, the holds and what lifts each, tracking numbers, the door."""

from __future__ import annotations

from bench.policy.facts import Contact, Outcome
from bench.store.records import State, Step
from bench.workflow import ship
from tests.screens.helpers import NOW, Bench
from tests.screens.test_flow import OTHER, SERIAL, UNDO, UPS, data, open_glass, steps

NTF, REPAIR, REPLACE = Outcome
WRONG = "1Z999AA10123456785"
"""UPS with a wrong check digit."""


def verdicts(bench: Bench) -> dict[str, str]:
    """A unit for each word that Ship can say."""
    bench.diagnosed("AA0001", REPAIR)
    bench.diagnosed("AA0002", REPAIR, 200)
    bench.diagnosed("AA0003", REPLACE, 12, False)
    bench.diagnosed("AA0004", REPAIR, shipped_on=None)
    bench.do(ship.contacted, bench.diagnosed("AA0005", NTF), Contact.NO)
    bench.do(ship.quote_answered, bench.diagnosed("AA0006", REPAIR, 900), False)
    gone = bench.diagnosed("AA0007", REPAIR)
    bench.do(ship.scan_tracking, gone, UPS)
    bench.do(ship.ship, gone)
    bench.expect("AA0008")
    bench.received("AA0009")
    return {
        **{"AA0001": "RUSH", "AA0002": "GROUND", "AA0003": "HOLD", "AA0004": "ASK"},
        **{"AA0005": "KEEP", "AA0006": "REFUSED", "AA0007": "SHIPPED"},
        **{"AA0008": "NOT HERE", "AA0009": "DIAGNOSE"},
    }


async def test_every_word_for_its_case(bench: Bench) -> None:
    """Nine cases, nine words; a unit that may not ship offers no door."""
    wanted = verdicts(bench)
    async with open_glass(bench) as glass:
        for serial, word in wanted.items():
            await glass.scan(serial, "BENCHSEND")
            assert (serial, glass.place, glass.word) == (serial, "Ship", word)
            assert glass.answer.sentence[:30] in glass.text
            assert "| shipped" not in glass.next
            if word not in ("RUSH", "GROUND", "SHIPPED"):
                await glass.scan(UPS)
                assert glass.refused()
                assert UPS not in glass.items


async def test_wants_it_back(bench: Bench) -> None:
    """No trouble found: no answer is counted, a yes lifts the hold, ground at any age."""
    rma_id = bench.diagnosed(SERIAL, NTF)
    async with open_glass(bench, SERIAL) as glass:
        assert "do they want it back?" in glass.next
        await glass.scan("BENCHNORESP")
        assert "no answer, 1 try" in glass.items
        await glass.key("a")
        assert "no answer, 2 tries" in glass.items
        assert (bench.rma(rma_id).contact_tries, glass.word) == (2, "HOLD")
        await glass.scan("BENCHOK")
        assert "wants it back" in glass.said
        assert (glass.word, glass.next[:24]) == ("GROUND", "scan the tracking number")
    rma = bench.rma(rma_id)
    assert (rma.contact, rma.contact_tries, rma.state) == (Contact.YES, 3, State.READY_TO_SHIP)


async def test_does_not_want_it_back(bench: Bench) -> None:
    """Nothing ships, and the RMA is closed on Ship."""
    rma_id = bench.diagnosed(SERIAL, NTF)
    async with open_glass(bench, SERIAL, "BENCHNO") as glass:
        assert glass.word == "KEEP"
        assert "nothing goes back | close the RMA" in glass.next
        await glass.key("y")
        assert "closed" in glass.said
    rma = bench.rma(rma_id)
    assert (rma.state, rma.closed_why) == (State.CLOSED, "the customer does not want it back")


async def test_closed_without_shipping_is_not_called_shipped(bench: Bench) -> None:
    """What stayed here never left: Ship does not say that it has gone."""
    rma_id = bench.diagnosed(SERIAL, NTF)
    bench.do(ship.contacted, rma_id, Contact.NO)
    bench.do(ship.close, rma_id, "not wanted back")
    async with open_glass(bench, SERIAL, "BENCHSEND") as glass:
        assert glass.word != "SHIPPED"
        assert "Gone with" not in glass.text


async def test_rush_at_the_customers_wish(bench: Bench) -> None:
    """Nothing was wrong with it: the customer may ask for rush and pays; and take it back."""
    rma_id = bench.diagnosed(SERIAL, NTF)
    async with open_glass(bench, SERIAL, "BENCHOK") as glass:
        assert "customer pays rush" in glass.next
        await glass.scan("BENCHRUSH")
        assert "rush, the customer pays" in glass.said
        assert glass.word == "RUSH"
        assert "The customer pays." in glass.text
        await glass.scan("BENCHGROUND")
        assert glass.word == "GROUND"
    assert bench.rma(rma_id).rush_paid_by_customer is False


async def test_quote_accepted_and_refused(bench: Bench) -> None:
    """Out of warranty: refused ships nothing and can be closed; accepted asks for the rest."""
    rma_id = bench.diagnosed(SERIAL, REPAIR, 900)
    async with open_glass(bench, SERIAL, "BENCHNO") as glass:
        assert "quote refused" in glass.said
        assert glass.word == "REFUSED"
        assert bench.rma(rma_id).quote_accepted is False
        assert "close the RMA" in glass.next
        await glass.scan("BENCHOK")
        assert bench.rma(rma_id).state is State.CLOSED
        await glass.scan(*UNDO, *UNDO, "BENCHOK")
        assert "quote accepted" in glass.said
        assert glass.word != "REFUSED"
    assert bench.rma(rma_id).quote_accepted is True


async def test_packaging_turns_up(bench: Bench) -> None:
    """The swap is held until the packaging is here."""
    rma_id = bench.diagnosed(SERIAL, REPLACE, 12, False)
    async with open_glass(bench, SERIAL) as glass:
        assert "[hold] original packaging" in glass.items
        assert "original packaging? | it is here | supervisor accepts" in glass.next
        await glass.key("y")
        assert glass.word == "RUSH"
        assert "[done] original packaging" in glass.items
    rma = bench.rma(rma_id)
    assert (rma.original_packaging, rma.state) == (True, State.READY_TO_SHIP)


async def test_supervisor_accepts_without_packaging(bench: Bench) -> None:
    """Who and why are kept and shown; without a name, or a reason, nothing is accepted."""
    rma_id = bench.diagnosed(SERIAL, REPLACE, 12, False)
    async with open_glass(bench, SERIAL, "BENCHPUT") as glass:
        assert "Which supervisor" in glass.question
        await glass.write("   ")
        await glass.key("enter")
        assert "Which supervisor" in glass.question
        assert glass.dialog.query_one("#field-entry").has_class("-fault")
        await glass.write("Mireille T.")
        await glass.key("enter")
        assert "Why is the swap accepted" in glass.question
        await glass.scan("BENCHNO")
        assert (glass.word, bench.rma(rma_id).packaging_accepted_by) == ("HOLD", "")
        await glass.scan("BENCHPUT")
        await glass.write("Mireille T.")
        await glass.scan("BENCHOK", "BENCHNEXT", "BENCHOK")
        assert glass.word == "RUSH"
        assert "accepted by Mireille T.: packaging was damaged" in glass.items
    event = data(bench, rma_id, Step.PACKAGING_ACCEPTED)
    assert event["by"] == "Mireille T."
    assert event["why"].startswith("packaging was damaged")


async def test_override_of_speed_and_payer(bench: Bench) -> None:
    """Each needs a reason; both stay visible with what the policy says, on the record too."""
    rma_id = bench.diagnosed(SERIAL, REPAIR, 200)
    async with open_glass(bench, SERIAL, "BENCHRUSH", "BENCHNO") as glass:
        assert glass.word == "GROUND"
        await glass.scan("BENCHRUSH", "BENCHOK")
        assert "overridden: rush" in glass.said
        assert glass.word == "RUSH"
        policy = "the policy says ground, we pay"
        assert f"customer asked and agreed to the cost ({policy})" in glass.answer.extra
        await glass.scan("BENCHCOST", "BENCHNEXT", "BENCHOK")
        assert "Why: the customer pays" in glass.question
        await glass.key("up", "enter")
        await glass.write("phoned, agreed")
        await glass.key("enter")
        assert "Rush" in glass.answer.sentence.title()
        assert "The customer pays." in glass.answer.sentence
        assert "phoned, agreed" in glass.answer.extra
        assert policy in glass.answer.extra
        await glass.scan("BENCHLOG")
        assert "customer asked and agreed to the cost" in glass.text
        assert "phoned, agreed" in glass.text
    rma = bench.rma(rma_id)
    assert (rma.override_speed, rma.override_payer) == ("rush", "customer")


# --- tracking numbers and the door


async def test_tracking_number_then_the_door(bench: Bench) -> None:
    """No door before the number; a second scan replaces the number; then shipped."""
    rma_id = bench.diagnosed(SERIAL, REPAIR)
    async with open_glass(bench, SERIAL, "BENCHOK") as glass:
        assert glass.refused("BENCHOK", "not possible here")
        await glass.scan(UPS)
        assert "[done] tracking number" in glass.items
        assert f"UPS {UPS}" in glass.text
        assert "has it left? | shipped" in glass.next
        await glass.scan("986578788855")
        assert "FedEx 986578788855" in glass.items
        await glass.scan("BENCHOK")
        assert glass.word == "SHIPPED"
        assert "FedEx 986578788855" in glass.answer.sentence
        await glass.scan("BENCHOK")
        assert glass.refused("BENCHOK")
    rma = bench.rma(rma_id)
    assert (rma.state, rma.carrier, rma.tracking) == (State.SHIPPED, "FedEx", "986578788855")


async def test_tracking_number_with_a_wrong_check_digit(bench: Bench) -> None:
    """It is named and refused on Ship: it does not become the serial of an unknown unit."""
    rma_id = bench.diagnosed(SERIAL, REPAIR)
    async with open_glass(bench, SERIAL, WRONG) as glass:
        assert glass.place == "Ship"
        assert glass.refused(WRONG, "check digit is wrong")
        await glass.scan("1Z999AA101")
        assert glass.place == "Ship"
        assert glass.refused("1Z999AA101", "instead of 18")
        await glass.scan(UPS)
        assert UPS in glass.items
    assert bench.rma(rma_id).tracking == UPS


async def test_another_units_serial_instead_of_the_tracking_number(bench: Bench) -> None:
    """It opens that unit; the first one is untouched and comes back with its own scan."""
    rma_id = bench.diagnosed(SERIAL, REPAIR)
    bench.received(OTHER)
    async with open_glass(bench, SERIAL, OTHER) as glass:
        assert (glass.place, OTHER in glass.said) == ("Diagnose", True)
        await glass.scan(SERIAL, SERIAL)
        assert glass.word == "RUSH"
    assert bench.rma(rma_id).tracking == ""
    assert steps(bench, rma_id)[-1] is Step.DIAGNOSED


# --- the unit that goes out instead


async def test_replacement_unit_is_linked_and_undone(bench: Bench) -> None:
    """BENCHPUT asks for its serial; the stock unit takes the place of the returned one."""
    rma_id = bench.diagnosed(SERIAL, REPLACE)
    stock_id = bench.unit("STOCK0001", brand="Yealink", model="T54W")
    unit_id = bench.rma(rma_id).unit_id
    async with open_glass(bench, SERIAL, "BENCHPUT") as glass:
        assert "scan the serial of the replacement | never mind" in glass.next
        await glass.scan("BENCHNO")
        assert "scan the tracking number" in glass.next
        await glass.scan("BENCHPUT", SERIAL)
        assert glass.refused("that is the returned unit itself")
        await glass.scan("BENCHPUT", "STOCK0001")
        assert "[done] replacement unit: STOCK0001" in glass.items
        assert "| replacement unit" not in glass.next
        with bench.desk() as desk:
            stock = desk.store.unit(stock_id)
        assert stock is not None
        assert (stock.replaces_id, stock.customer) == (unit_id, "Northgate Dental")
        assert bench.rma(rma_id).replacement_id == stock_id
        await glass.scan(*UNDO)
        assert "undone: replacement unit" in glass.said
        assert "not named" in glass.items
    with bench.desk() as desk:
        stock = desk.store.unit(stock_id)
    assert stock is not None
    assert (stock.replaces_id, stock.customer) == (None, "")
    assert bench.rma(rma_id).replacement_id is None


async def test_replacement_from_new_stock_ships(bench: Bench) -> None:
    """A serial that nobody knows becomes the stock unit, with its own ship date in the end."""
    rma_id = bench.diagnosed(SERIAL, REPLACE)
    async with open_glass(bench, SERIAL, "BENCHPUT", "ZZ99887766", UPS, "BENCHOK") as glass:
        assert glass.word == "SHIPPED"
    with bench.desk() as desk:
        (stock,) = desk.store.find("ZZ99887766")
    assert bench.rma(rma_id).replacement_id == stock.id
    assert (stock.brand, stock.model, stock.shipped_on) == ("Yealink", "T54W", NOW.date())
