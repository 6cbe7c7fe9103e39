"""What each label says at each stage of a return, and what is refused a label."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from bench.labels.drawing import LabelDoesNotFit
from bench.labels.label import FIELDS, LabelContent
from bench.labels.layout import render
from bench.policy.facts import Contact, Outcome
from bench.printer_settings import RESOLUTIONS, SIZES, LabelSort, PrinterSettings
from bench.scan.badge import make_badge
from bench.scan.rma_number import parse_number
from bench.workflow import label_contents as labels
from bench.workflow import ship
from bench.workflow.capture import captured, console_differed
from bench.workflow.desk import Refused
from bench.workflow.receive import correct_facts, receive
from bench.workflow.views import UnitView, view_of
from tests.workflow.helpers import TODAY, UPS, World, a_capture
from tests.workflow.print_helpers import layouts
from tests.workflow.situations import cancelled
from tests.workflow.vendor_acts import (
    CHOOSE,
    EXCHANGE,
    RECEIVE,
    RMA,
    SHIP,
    THREE_LEGGED,
    TICKET,
    TRACK,
    act,
    appliance,
    phone,
    up_to,
)

pytestmark = pytest.mark.engines("sqlite")
NTF, REPAIR, REPLACE = Outcome.NO_TROUBLE_FOUND, Outcome.REPAIR, Outcome.REPLACE
MILL = "Northgate Dental, 12 Mill Road, Leeds LS1 4AB"


def stranger(world: World, serial: str) -> UnitView:
    """A unit of the shipping history that no RMA was opened for."""
    found = view_of(world.desk, world.stock(serial).id)
    assert found is not None
    return found


def says(content: LabelContent, **fields: str) -> None:
    """The label has these fields; "" stands for one that is left out."""
    assert {name: content.fields.get(name, "") for name in fields} == fields


def refuses(make: Callable[[UnitView], LabelContent], view: UnitView, what: str) -> Refused:
    """There is nothing to print, for this reason."""
    with pytest.raises(Refused) as caught:
        make(view)
    assert what in caught.value.what
    return caught.value


# --- the label at receiving


def test_the_rma_label(world: World) -> None:
    rma_id = world.received("AB-01", customer="Alder & Sons")
    number = world.rma(rma_id).number
    content = labels.rma_label(world.view(rma_id), world.desk.rules)
    assert (content.sort, content.title) == (LabelSort.RMA, f"RMA label {number}")
    condition = next(c.name for c in world.desk.rules.catalogue.conditions if c.id == "good")
    assert content.fields == {
        "number": number,
        "code": content.fields["code"],
        "serial": "AB-01",
        "model": "Yealink T54W",
        "customer": "Alder & Sons",
        "received": "28 Oct 2026",
        "technician": "Ana",
        "condition": condition,
    }
    assert parse_number(content.fields["code"]) == number


def test_what_is_not_known_is_left_out(world: World) -> None:
    saved = world.blind("UNKNOWN1", model="D785")
    says(
        labels.rma_label(saved.view, world.desk.rules),
        serial="UNKNOWN1",
        model="D785",
        customer="",
        condition="",
    )


def test_who_received_it_after_an_undo(world: World) -> None:
    rma_id = world.received("AB-01")
    world.undo(rma_id)
    desk = replace(world.desk, actor="Ben")
    receive(desk, world.op(), rma_id, RECEIVE[1])
    says(labels.rma_label(world.view(rma_id), world.desk.rules), technician="Ben")


def test_no_label_before_the_unit_is_here(world: World) -> None:
    for make in (lambda view: labels.rma_label(view, world.desk.rules), labels.ship_label):
        refused = refuses(make, world.view(world.expect(f"E-{world.count}")), "not been received")
        assert refused.remedy == "receive the unit first"
        refuses(make, stranger(world, f"S-{world.count}"), "has no RMA")


def test_no_label_of_a_cancelled_return(world: World) -> None:
    view = world.view(cancelled(world))
    refuses(lambda v: labels.rma_label(v, world.desk.rules), view, "is cancelled")
    refuses(labels.ship_label, view, "nothing of RMA")
    refuses(labels.vendor_label, view, "has no case with a vendor")


# --- how it goes back


def test_the_ship_label_of_one_that_is_ready(world: World) -> None:
    rma_id = world.diagnosed("AB-01", REPLACE, age=22)
    world.do(correct_facts, rma_id, {"address": MILL})
    world.do(ship.choose_replacement, rma_id, "STOCK1")
    content = labels.ship_label(world.view(rma_id))
    says(
        content,
        number=world.rma(rma_id).number,
        speed="RUSH",
        customer="Alder",
        address=MILL.replace(", ", "\n"),
        payer="we pay",
        holds="",
        serial="AB-01",
        replacement="STOCK1",
        tracking="",
    )
    act(world, rma_id, TRACK)
    assert content.title == f"ship label {world.rma(rma_id).number}"
    assert "986578788855" in labels.ship_label(world.view(rma_id)).fields["tracking"]


def test_one_that_waits_says_hold_and_why(world: World) -> None:
    rma_id = world.diagnosed("AB-01", NTF, age=100, box=False)
    says(labels.ship_label(world.view(rma_id)), speed="HOLD", holds="contact the customer")
    world.do(ship.contacted, rma_id, Contact.YES)
    says(labels.ship_label(world.view(rma_id)), speed="GROUND", holds="")
    world.do(ship.hold, rma_id, "they move house")
    says(
        labels.ship_label(world.view(rma_id)),
        speed="HOLD",
        holds="on hold: they move house",
    )


def test_a_refused_quote_is_told_as_such(world: World) -> None:
    rma_id = world.diagnosed("AB-01", REPLACE, age=1200)
    assert "Partner Team quote" in labels.ship_label(world.view(rma_id)).fields["holds"]
    world.do(ship.quote_answered, rma_id, False)
    holds = labels.ship_label(world.view(rma_id)).fields["holds"].split("\n")
    assert "the customer refused the quote" in holds
    assert "Partner Team quote" not in holds


def test_one_that_is_held_undiagnosed_gets_a_label(world: World) -> None:
    held, differs = world.received("AB-01"), world.received("AB-02")
    refuses(labels.ship_label, world.view(held), "has not been diagnosed")
    world.do(ship.hold, held, "police")
    says(labels.ship_label(world.view(held)), speed="HOLD", holds="on hold: police")
    console_differed(world.desk, world.op(), differs, a_capture().capture, "X-9")
    says(labels.ship_label(world.view(differs)), speed="HOLD")
    assert "X-9" in labels.ship_label(world.view(differs)).fields["holds"]


def test_one_that_went_keeps_its_label(world: World) -> None:
    rma_id = world.diagnosed("AB-01", REPAIR, age=22)
    act(world, rma_id, (ship.scan_tracking, UPS), SHIP)
    says(labels.ship_label(world.view(rma_id)), speed="RUSH", holds="")
    assert UPS in labels.ship_label(world.view(rma_id)).fields["tracking"]


def test_nothing_goes_back(world: World) -> None:
    unwanted = world.diagnosed("AB-01", NTF)
    world.do(ship.contacted, unwanted, Contact.NO)
    refused = refuses(labels.ship_label, world.view(unwanted), "does not want it back")
    assert "close the RMA" in refused.remedy
    world.do(ship.close, unwanted, "scrapped")
    refuses(labels.ship_label, world.view(unwanted), "scrapped")
    ahead = appliance(world)
    act(world, ahead, *THREE_LEGGED[:8])
    refuses(labels.ship_label, world.view(ahead), "a replacement went to the customer")


# --- to the vendor


def test_a_box_for_the_vendor_needs_its_number(world: World) -> None:
    rma_id = phone(world, "PH1")
    refused = refuses(labels.vendor_label, world.view(rma_id), "no RMA number from Distri One yet")
    assert "a box without one is not taken" in refused.remedy
    act(world, rma_id, RMA)
    content = labels.vendor_label(world.view(rma_id))
    assert content.title == "vendor return label DX-9"
    assert content.fields == {
        "vendor": "Distri One",
        "vendor_rma": "DX-9",
        "serial": "PH1",
        "number": world.rma(rma_id).number,
    }


def test_an_exchange_goes_under_its_second_ticket(world: World) -> None:
    view = world.view(up_to(world, EXCHANGE))
    says(labels.vendor_label(view), vendor_rma="V-77-2", ticket="V-77", vendor="Pulse Secure")


def test_without_a_case_nothing_goes_to_a_vendor(world: World) -> None:
    view = world.view(world.received("AB-01"))
    for make in (labels.vendor_label, labels.packet_label):
        assert refuses(make, view, "has no case with a vendor").remedy == "begin one on Vendor"


# --- the cover of a packet


def test_the_cover_of_a_packet(world: World) -> None:
    rma_id = appliance(world)
    act(world, rma_id, RECEIVE)
    captured(world.desk, world.op(), rma_id, a_capture())
    refused = refuses(labels.packet_label, world.view(rma_id), "no packet was made")
    assert refused.remedy == "make it on Vendor first"
    says(labels.packet_label(world.view(rma_id), date(2026, 10, 27)), made="27 Oct 2026")
    act(world, rma_id, CHOOSE, TICKET)
    content = labels.packet_label(world.view(rma_id))
    says(
        content,
        vendor="Pulse Secure",
        ticket="V-77",
        vendor_rma="",
        serial="PS1",
        model="Pulse Secure PSA-3000",
        customer="Alder",
        made="28 Oct 2026",
    )
    parts = content.fields["parts"].split("\n")
    assert len(parts) == 5
    assert [part for part in parts if part.endswith(": PS1")]
    assert [part for part in parts if part.endswith(": STOCK1")]
    assert [part for part in parts if part.endswith(": 1 recording")]
    assert date(2026, 10, 28) == TODAY


# --- of the bench itself


def test_labels_of_the_bench_itself() -> None:
    code = make_badge()
    assert labels.badge_label("Ana", code).fields == {"name": "Ana", "code": code}
    assert code not in labels.badge_label("Ana", code).title
    assert labels.port_label("B", "/dev/ttyUSB0").fields == {
        "code": "CONSOLEB",
        "letters": "B",
        "port": "/dev/ttyUSB0",
    }
    says(labels.port_label("B", "/dev/ttyUSB0", "rack"), name="rack")
    assert labels.printer_label(PrinterSettings("XD", "dock")).fields == {
        "code": "PRINTERXD",
        "letters": "XD",
        "name": "dock",
    }


@pytest.mark.parametrize("size", SIZES)
def test_each_has_known_fields_and_can_be_kept_and_drawn(world: World, size: str) -> None:
    """Only a badge does not fit the smallest stock: its code is long, and a card is better."""
    view = world.view(up_to(world, EXCHANGE))
    ready = world.view(world.diagnosed("AB-01", REPAIR))
    small = []
    for content in (
        labels.rma_label(view, world.desk.rules),
        labels.ship_label(ready),
        labels.vendor_label(view),
        labels.packet_label(view),
        labels.badge_label("Ana", make_badge()),
        labels.port_label("B", "/dev/ttyUSB0"),
        labels.printer_label(PrinterSettings("XD", "dock")),
    ):
        assert set(content.fields) <= FIELDS[content.sort]
        assert LabelContent.from_json(content.to_json()) == content
        try:
            assert any(render(content, size, RESOLUTIONS[0], layouts()).data)
        except LabelDoesNotFit:
            small.append(content.sort)
    assert small == ([LabelSort.BADGE] if size == SIZES[0] else [])
