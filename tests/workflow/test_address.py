"""Where a return goes back to: entered at receiving, corrected, undone, exported, never guessed."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from bench.policy.facts import Outcome
from bench.widgets.unit_card import unit_card
from bench.workflow import ship
from bench.workflow.entry import clean_facts
from bench.workflow.exporting import ExportKind, columns, rows, write_csv
from bench.workflow.receive import Receipt, correct_facts, receive, receive_unannounced
from tests.workflow.helpers import TODAY, World

MILL = "12 Mill Road, Leeds LS1 4AB"
DOCK = "3 Quay, York"


def exported(world: World) -> list[dict[str, str]]:
    """The RMAs as CSV, read back."""
    out = io.StringIO()
    write_csv(out, columns(ExportKind.RMAS), rows(world.store, ExportKind.RMAS))
    return list(csv.DictReader(io.StringIO(out.getvalue()), strict=True))


def test_several_lines_are_typed_as_one() -> None:
    facts, faults = clean_facts({"address": "12 Mill Road,\r\nLeeds LS1 4AB\n"}, TODAY)
    assert (facts, faults) == ({"address": MILL}, {})


@pytest.mark.parametrize(("size", "fault"), [(200, ""), (201, "201 characters are too many")])
def test_two_hundred_characters_fit(size: int, fault: str) -> None:
    facts, faults = clean_facts({"address": "x" * size}, TODAY)
    assert facts.get("address", "") == ("" if fault else "x" * size)
    assert faults.get("address", "") == (f"return address: {fault}, 200 fit" if fault else "")


def test_an_address_of_commas_is_none_and_named() -> None:
    facts, faults = clean_facts({"address": " ,\n, "}, TODAY)
    fault = "return address , ,: write it out, or leave it empty"
    assert (facts, faults) == ({}, {"address": fault})


def test_entered_at_receiving(world: World) -> None:
    rma_id = world.expect("A1")
    assert world.rma(rma_id).address == "", "not known yet"
    view = receive(world.desk, world.op(), rma_id, Receipt(True, facts={"address": MILL})).view
    assert view.rma is not None
    assert view.rma.address == MILL
    assert "unit" not in view.events[0].data, "it is no fact of the unit"
    assert world.undo(rma_id).address == ""


def test_entered_with_a_unit_that_nobody_announced(world: World) -> None:
    facts = {"brand": "Snom", "address": MILL}
    saved = receive_unannounced(world.desk, world.op(), "X-1", None, Receipt(None, facts=facts))
    assert saved.view.rma is not None
    assert saved.view.rma.address == MILL


def test_corrected_and_undone(world: World) -> None:
    rma_id = world.diagnosed("A1", Outcome.REPAIR)
    world.do(correct_facts, rma_id, {"address": MILL})
    world.do(correct_facts, rma_id, {"address": DOCK, "customer": "Birch"})
    assert (world.rma(rma_id).address, world.rma(rma_id).customer) == (DOCK, "Birch")
    assert (world.undo(rma_id).address, world.rma(rma_id).customer) == (MILL, "Alder")
    assert world.undo(rma_id).address == ""


def test_another_return_of_the_same_unit_goes_where_it_says(world: World) -> None:
    """An address is a fact of one return: the next one does not take it over."""
    rma_id = world.received("A1")
    world.do(correct_facts, rma_id, {"address": MILL})
    world.do(ship.cancel, rma_id, "a mistake")
    unit_id = world.rma(rma_id).unit_id
    saved = receive_unannounced(world.desk, world.op(), "A1", unit_id, Receipt(True))
    assert saved.view.rma is not None
    assert saved.view.rma.address == ""
    assert world.rma(rma_id).address == MILL


def test_the_last_column_of_an_export_and_no_formula(world: World) -> None:
    assert columns(ExportKind.RMAS)[-1] == "address"
    for serial, address in (("A1", MILL), ("A2", "=cmd|' /C calc'!A0"), ("A3", "")):
        facts: dict[str, Any] = {"address": address} if address else {}
        world.do(receive, world.expect(serial), Receipt(True, facts=facts))
    found = {row["serial"]: row["address"] for row in exported(world)}
    assert found == {"A1": MILL, "A2": "'=cmd|' /C calc'!A0", "A3": ""}


def test_the_card_says_where_it_goes(world: World) -> None:
    rma_id = world.received("A1")
    assert "goes to    not known yet" in unit_card(world.view(rma_id), 30).plain
    world.do(correct_facts, rma_id, {"address": "\x1b[2J[b]1 Quay[/], York"})
    card = unit_card(world.view(rma_id), 30).plain
    assert "goes to    ␛[2J[b]1 Quay[/]\n           York\n" in card
