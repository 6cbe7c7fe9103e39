"""Where returns go back to, out of the file of expected returns."""

from __future__ import annotations

import pytest

from bench.store.records import Step
from bench.workflow.desk import Desk
from bench.workflow.importing import ImportKind
from bench.workflow.receive import Receipt, correct_facts, receive
from tests.workflow.importing.helpers import Importer, rma, says

HEAD = "ticket,serial,brand,{}\n"


@pytest.mark.parametrize(
    "name",
    ["address", "Ship To", "SHIPPING_ADDRESS", "return address", "Ship-to address", "Deliver to"],
)
def test_the_column_by_its_many_names(desk: Desk, load: Importer, name: str) -> None:
    assert load(HEAD.format(name) + 'T-1,A01,Snom,"3 Quay, York"\n').columns.unused == ()
    assert rma(desk, "A01").address == "3 Quay, York"


def test_the_lines_of_a_cell_become_one(desk: Desk, load: Importer) -> None:
    load(HEAD.format("ship to") + 'T-1,A01,Snom,"3 Quay,\r\n\r\nYork YO1\n\x1b]0;x\x07"\n')
    assert rma(desk, "A01").address == "3 Quay, York YO1, ]0;x"
    (event,) = desk.store.events_of_rma(rma(desk, "A01").id)
    assert event.data["address"] == "3 Quay, York YO1, ]0;x"


def test_what_an_export_guarded_comes_back(desk: Desk, load: Importer) -> None:
    load(HEAD.format("address") + "T-1,A01,Snom,'=1+1\n")
    assert rma(desk, "A01").address == "=1+1"


def test_one_that_does_not_fit_is_named(load: Importer) -> None:
    report = load(HEAD.format("ship to") + f"T-1,A01,Snom,{'x' * 201}\nT-2,A02,Snom,{'y' * 200}\n")
    assert says(report) == ["2: address: 201 characters are too many, 200 fit"]
    assert report.tally.new == 1


def test_shipments_have_none(load: Importer) -> None:
    """Where something went once is not where it goes back to."""
    report = load("serial,ship date,ship to\nA01,2025-01-01,York\n")
    assert report.columns.kind is ImportKind.SHIPMENTS
    assert report.columns.unused == ("ship to",)


def test_a_later_file_fills_in_and_corrects_only_what_is_still_expected(
    desk: Desk, load: Importer
) -> None:
    load("ticket,serial,brand\nT-1,A01,Snom\n")
    assert rma(desk, "A01").address == ""
    for address in ("York", "Leeds"):
        load(HEAD.format("address") + f"T-1,A01,Snom,{address}\n")
        assert rma(desk, "A01").address == address
    receive(desk, "op-1", rma(desk, "A01").id, Receipt(True))
    correct_facts(desk, "op-2", rma(desk, "A01").id, {"address": "Hull"})
    assert load.counts(HEAD.format("address") + "T-1,A01,Snom,Bath\n") == (0, 0, 1, 0)
    assert rma(desk, "A01").address == "Hull"
    steps = [event.step for event in desk.store.events_of_rma(rma(desk, "A01").id)]
    assert steps.count(Step.FACTS_CORRECTED) == 3
