"""Where a unit goes back to: on the card, among the facts, pasted in several lines."""

from __future__ import annotations

import pytest

from bench.policy.facts import Outcome
from bench.workflow.receive import correct_facts
from tests.screens.helpers import Bench
from tests.screens.test_flow import SERIAL, UNDO, only_rma, open_glass
from tests.screens.waits import until

PASTED = "Northgate Dental\r\n12 Mill Road,\r\nLeeds LS1 4AB\r\n"
FAULT = "201 characters are too many, 200 fit"
STRIP = f"return address: {FAULT}"
LINE = "Northgate Dental, 12 Mill Road, Leeds LS1 4AB"


def card_of(rows: list[str]) -> list[str]:
    """The card's rows from where the address begins, without what stands beside them."""
    card = [row.split("▕")[0].strip() for row in rows]
    start = next(n for n, row in enumerate(card) if row.startswith("goes to"))
    return card[start : start + 4]


async def test_the_card_on_ship_says_where_it_goes(bench: Bench) -> None:
    rma_id = bench.diagnosed(SERIAL, Outcome.REPAIR)
    async with open_glass(bench, SERIAL) as glass:
        assert (glass.place, card_of(glass.rows)[0]) == ("Ship", "goes to    not known yet")
        bench.do(correct_facts, rma_id, {"address": LINE})
        await glass.scan("BENCHDESK", SERIAL)
        name, road, town, _ = card_of(glass.rows)
        assert (name, road, town) == (
            "goes to    Northgate Dental",
            "12 Mill Road",
            "Leeds LS1 4AB",
        )


async def test_pasted_lines_are_saved_as_parts_and_undone(bench: Bench) -> None:
    rma_id = bench.diagnosed(SERIAL, Outcome.REPAIR)
    async with open_glass(bench, SERIAL, "BENCHLOG") as glass:
        glass.field("address").line.focus()
        await glass.settle()
        await glass.write(PASTED)
        assert "12 Mill Road" in glass.field("address").value
        await glass.scan("BENCHOK")
        assert "facts corrected" in glass.said
        assert bench.rma(rma_id).address == glass.field("address").value == LINE
        assert "save facts" not in glass.next
        await glass.scan(*UNDO, "BENCHLOG")
        assert (bench.rma(rma_id).address, glass.field("address").value) == ("", "")


async def test_one_line_can_be_pasted_into_another(bench: Bench) -> None:
    """Nothing is put between what is typed and what is pasted into it."""
    bench.received(SERIAL)
    async with open_glass(bench, SERIAL, "BENCHLOG") as glass:
        glass.field("address").line.focus()
        await glass.settle()
        for part in ("12 Mill ", "Road", ", Leeds"):
            await glass.write(part)
        assert glass.field("address").value == "12 Mill Road, Leeds"


async def test_entered_at_receiving(bench: Bench) -> None:
    bench.expect(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        await glass.enter(address=" 12 Mill Road,  Leeds, ")
        await glass.scan("BENCHOK")
        assert "received" in glass.said
    assert only_rma(bench, SERIAL).address == "12 Mill Road, Leeds"


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=["small", "wide"])
async def test_one_that_is_too_long_is_named_in_its_field(
    bench: Bench, size: tuple[int, int]
) -> None:
    rma_id = bench.received(SERIAL)
    async with open_glass(bench, SERIAL, "BENCHLOG", size=size) as glass:
        await glass.enter(address="x" * 201)
        await glass.scan("BENCHOK")
        assert glass.refused("facts not saved", STRIP)
        assert glass.app.focused is glass.field("address").line
        await until(glass, lambda: f"! {FAULT}" in glass.text)
    assert bench.rma(rma_id).address == ""


async def test_one_that_was_emptied_is_named_shortly(bench: Bench) -> None:
    """The complaint of the strip does not grow with the fact that it names."""
    bench.do(correct_facts, bench.received(SERIAL), {"address": ", ".join([LINE] * 4)})
    async with open_glass(bench, SERIAL, "BENCHLOG") as glass:
        await glass.enter(address="")
        await glass.scan("BENCHOK")
        assert glass.refused("return address: Northgate Dental", "… can be replaced, not emptied")
