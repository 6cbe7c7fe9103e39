"""Shipment history: units made, filled in, linked, and never overwritten by not knowing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bench.policy.facts import Channel
from bench.store.records import State, Unit
from bench.workflow.desk import Desk
from bench.workflow.importing import (
    ImportKind,
)
from bench.workflow.receive import Receipt, receive_unannounced
from tests.workflow.importing.helpers import (
    SHIPMENTS,
    Importer,
    rma,
    says,
    unit,
)


def test_shipments_make_units(desk: Desk, load: Importer) -> None:
    report = load(
        "S/N,Manufacturer,Model Name,MAC-Address,Customer,Customer Type,SLA,Order #,Ship Date\n"
        " ab-01 ,yealink,T54W,80:5e:c0:00:00:01,Ann Ltd,Service Provider,Platinum,SO-1,2025-03-01\n"
    )
    assert report.columns.kind is ImportKind.SHIPMENTS
    assert report.columns.guessed
    assert report.columns.unused == ()
    found = unit(desk, "AB-01")
    assert replace(found, id="") == Unit(
        id="",
        serial="ab-01",
        serial_key="AB-01",
        brand="Yealink",
        model="T54W",
        mac="805EC0000001",
        customer="Ann Ltd",
        channel=Channel.RESELLER,
        service_level="Platinum",
        order_no="SO-1",
        shipped_on=date(2025, 3, 1),
    )


def test_the_same_rows_in_another_file_are_unchanged(load: Importer) -> None:
    rows = "A01,Snom,D785,Ann,direct,2025-03-01,\nA02,Snom,,,,,\n"
    assert load.counts(SHIPMENTS + rows) == (2, 0, 0, 0)
    assert load.counts(SHIPMENTS + "\n" + rows) == (0, 0, 2, 0)


def test_unknown_never_overwrites_known(desk: Desk, load: Importer) -> None:
    load(SHIPMENTS + "A01,Snom,D785,Ann,direct,2025-03-01,\n")
    assert load.counts(SHIPMENTS + "A01,Snom,,,,,\n") == (0, 0, 1, 0)
    assert load.counts(SHIPMENTS + "A01,Snom,,Bob,,,\n") == (0, 1, 0, 0)
    found = unit(desk, "A01")
    assert (found.model, found.customer, found.shipped_on) == ("D785", "Bob", date(2025, 3, 1))


def test_what_money_hangs_on_is_said_when_it_changes(load: Importer) -> None:
    load(SHIPMENTS + "A01,Snom,,,,2025-03-01,\n")
    (note,) = load(SHIPMENTS + "A01,Snom,,,,2025-04-01,\n").tally.notes
    assert (note.line, note.text) == (2, "shipped_on was 2025-03-01, is 2025-04-01 now")


def test_brands_by_any_of_their_names(desk: Desk, load: Importer) -> None:
    assert load.counts(SHIPMENTS + "A01,POLY,,,,,\n") == (1, 0, 0, 0)
    assert load.counts(SHIPMENTS + "A01,polycom,,,,,\nA01,Nokia,,,,,\n") == (1, 0, 1, 0)
    assert {u.brand for u in desk.store.find("A01")} == {"Polycom", "Nokia"}


def test_a_unit_without_a_brand_gets_one(desk: Desk, load: Importer) -> None:
    receive_unannounced(desk, "op-1", "A01", None, Receipt())
    assert rma(desk, "A01").why_here != ""
    assert load.counts(SHIPMENTS + "A01,Snom,,,direct,2025-03-01,\n") == (0, 1, 0, 0)
    assert unit(desk, "A01").brand == "Snom"


def test_a_row_without_a_brand_finds_the_one_unit(desk: Desk, load: Importer) -> None:
    load(SHIPMENTS + "A01,Snom,,,,,\nA02,Snom,,,,,\nA02,Htek,,,,,\n")
    report = load(SHIPMENTS + "A01,,D785,,,,\nA02,,D785,,,,\nA03,,D785,,,,\n")
    assert (report.tally.changed, report.tally.new) == (1, 1)
    assert says(report) == ["3: brand: is empty, and units of Htek and Snom have this serial"]
    assert unit(desk, "A01").model == "D785"


def test_replacements_are_linked_in_any_order(desk: Desk, load: Importer) -> None:
    load(SHIPMENTS + "B03,Snom,,,,2026-01-01,B02\nB02,Snom,,,,2025-01-01,b01\n")
    chain, fault = desk.store.chain_of(unit(desk, "B03").id)
    assert ([u.serial for u, _ in chain], "not in the database" in fault) == (["B02"], True)
    load(SHIPMENTS + "B01,Snom,,,,2024-01-01,\n")
    chain, fault = desk.store.chain_of(unit(desk, "B03").id)
    assert ([u.serial for u, _ in chain], fault) == (["B01", "B02"], "")


def test_an_open_rma_follows_its_unit(desk: Desk, load: Importer) -> None:
    """A ship date that arrives later changes the place in the queue at once."""
    facts = {"brand": "Snom", "channel": Channel.DIRECT, "opened_on": date(2026, 11, 10)}
    receive_unannounced(desk, "op-1", "A01", None, Receipt(facts=facts))
    before = rma(desk, "A01")
    load(SHIPMENTS + "A01,Snom,,,,2026-11-01,\n")
    after = rma(desk, "A01")
    assert before.why_here != after.why_here
    assert after.state is State.RECEIVED
    assert after.version == before.version + 1


def test_a_unit_whose_brand_was_corrected_keeps_its_id(desk: Desk, load: Importer) -> None:
    """Another unit of the brand that it had first is another unit."""
    load(SHIPMENTS + "A01,Snom,,,,,\n")
    first = replace(unit(desk, "A01"), brand="Htek")
    desk.store.write("", lambda tx: tx.save_unit(first))
    assert load.counts(SHIPMENTS + "\nA01,Snom,,,,,\n") == (1, 0, 0, 0)
    assert {u.brand for u in desk.store.find("A01")} == {"Htek", "Snom"}
