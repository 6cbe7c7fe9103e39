"""The unit that goes out instead: its link, its ship date, and the chain afterwards."""

from __future__ import annotations

import pytest

from bench.policy.facts import Band, Channel, Outcome
from bench.store.records import State
from bench.workflow import ship
from bench.workflow.desk import Refused
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.receive import correct_facts
from tests.workflow.helpers import UPS, World, days_ago

REPAIR, REPLACE = Outcome.REPAIR, Outcome.REPLACE


def swapped(world: World, serial: str, stock: str, age: int) -> str:
    """A unit that was replaced, and its replacement shipped; gives the RMA's id."""
    rma_id = world.diagnosed(serial, REPLACE, age)
    world.do(ship.choose_replacement, rma_id, stock)
    world.do(ship.scan_tracking, rma_id, UPS)
    world.do(ship.ship, rma_id)
    return rma_id


def test_a_replacement_is_linked_to_the_unit_it_replaces(world: World) -> None:
    rma_id = world.diagnosed("A1", REPLACE, channel=Channel.RESELLER)
    rma = world.do(ship.choose_replacement, rma_id, "b-1")
    stock = world.store.unit(rma.replacement_id)
    assert stock is not None
    assert (stock.serial, stock.serial_key, stock.replaces_id) == ("b-1", "B-1", rma.unit_id)
    assert (stock.brand, stock.model) == ("Yealink", "T54W")
    assert (stock.customer, stock.channel) == ("Alder", Channel.RESELLER)
    assert world.view(rma_id).replacement == stock


def test_a_known_stock_unit_is_taken_not_made_again(world: World) -> None:
    stock = world.stock("B1", customer=None, channel=None)
    rma_id = world.diagnosed("A1", REPLACE)
    assert world.do(ship.choose_replacement, rma_id, "B1").replacement_id == stock.id


@pytest.mark.parametrize("serial", ["A1", " a1 "])
def test_the_returned_unit_does_not_replace_itself(world: World, serial: str) -> None:
    rma_id = world.diagnosed("A1", REPLACE)
    with pytest.raises(Refused, match="that is the returned unit itself"):
        world.do(ship.choose_replacement, rma_id, serial)


def test_a_unit_that_is_in_use_is_no_replacement(world: World) -> None:
    world.received("B1")
    first, second = world.diagnosed("A1", REPLACE), world.diagnosed("A2", REPLACE)
    world.do(ship.choose_replacement, first, "C1")
    before = world.everything()
    for serial in ("B1", "C1"):
        with pytest.raises(Refused, match=f"{serial} is in use elsewhere: scan another"):
            world.do(ship.choose_replacement, second, serial)
    assert world.everything() == before


def test_an_ancestor_is_no_replacement_so_that_no_chain_closes(world: World) -> None:
    swapped(world, "A1", "B1", 100)
    back = world.diagnosed("B1", REPLACE, None, shipped_on=None)
    world.do(ship.quote_answered, back, True)
    with pytest.raises(Refused, match="A1 stands before this unit"):
        world.do(ship.choose_replacement, back, "A1")


def test_shipping_gives_the_replacement_its_ship_date(world: World) -> None:
    rma_id = swapped(world, "A1", "B1", 100)
    stock = world.view(rma_id).replacement
    assert stock is not None
    assert stock.shipped_on == days_ago(0)
    world.undo(rma_id)
    stock = world.view(rma_id).replacement
    assert stock is not None
    assert stock.shipped_on is None


def test_a_replacement_in_warranty_inherits_and_the_next_one_goes_to_the_partner_team(
    world: World,
) -> None:
    first = swapped(world, "A1", "B1", 100)
    start = world.unit(first).shipped_on
    world.wait(days=60)
    back = world.blind("B1", brand="Yealink").view
    assert back.rma is not None
    assert back.decision.warranty_start == start
    assert (back.decision.replacements_used, back.decision.band) == (1, Band.IN_WARRANTY)
    rma = world.do(diagnose, back.rma.id, Diagnosis(REPLACE))
    assert rma.state is State.WITH_PARTNER_TEAM
    rma = world.do(diagnose, back.rma.id, Diagnosis(REPAIR))
    assert rma.state is State.READY_TO_SHIP, "a repair is not counted"


def test_after_an_initial_doa_the_replacement_starts_anew(world: World) -> None:
    swapped(world, "A1", "B1", 20)
    world.wait(days=25)
    back = world.blind("B1", brand="Yealink").view
    assert (back.decision.warranty_start, back.decision.age_days) == (days_ago(0), 25)
    assert (back.decision.replacements_used, back.decision.band) == (0, Band.EARLY)
    assert not back.decision.missing[:-1], "nothing but the outcome"


def test_a_chain_of_three(world: World) -> None:
    swapped(world, "A1", "B1", 20)
    world.wait(days=100)
    second = world.blind("B1", brand="Yealink").view.rma
    assert second is not None
    world.do(diagnose, second.id, Diagnosis(REPLACE))
    world.do(ship.choose_replacement, second.id, "C1")
    world.do(ship.scan_tracking, second.id, UPS)
    world.do(ship.ship, second.id)
    world.wait(days=10)
    third = world.blind("C1", brand="Yealink").view
    assert [unit.serial for unit, _ in third.chain] == ["A1", "B1"]
    assert (third.decision.age_days, third.decision.replacements_used) == (110, 1)


def test_a_fact_put_right_on_an_ancestor_moves_its_replacement_in_the_queue(world: World) -> None:
    world.stock("B1", 5)
    first = world.diagnosed("A1", REPLACE, 100)
    world.do(ship.choose_replacement, first, "B1")
    back = world.blind("B1", brand="Yealink").view.rma
    assert back is not None
    assert world.rma(back.id).mark == "ground"
    world.do(correct_facts, first, {"shipped_on": days_ago(10)})
    assert (world.rma(back.id).mark, world.view(back.id).decision.band) == ("rush", Band.EARLY)
    world.undo(first)
    assert world.rma(back.id).mark == "ground"


def test_a_repair_after_a_named_replacement_leaves_the_stock_units_date_alone(
    world: World,
) -> None:
    rma_id = world.diagnosed("A1", REPLACE)
    stock_id = world.do(ship.choose_replacement, rma_id, "B1").replacement_id
    world.do(diagnose, rma_id, Diagnosis(REPAIR))
    world.do(ship.scan_tracking, rma_id, UPS)
    world.do(ship.ship, rma_id)
    stock = world.store.unit(stock_id)
    assert stock is not None
    assert stock.shipped_on is None
