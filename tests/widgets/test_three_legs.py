"""The picture of three legs: what stands where, what is missing, what a click means."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.pilot import Pilot

from bench.policy.facts import Route
from bench.policy.vendor_legs import Plan, Standing
from bench.policy.vendor_plan import CaseFacts, CaseStep, steps_of
from bench.widgets.legs_picture import picture
from bench.widgets.legs_text import STANDING_SIGNS
from bench.widgets.themes import THEMES
from bench.widgets.three_legs import ThreeLegs, duties_text
from tests.evidence.console_poison import acting
from tests.policy.vendor_stories import APPLIANCE, PHONE, S, after, case_with
from tests.widgets.show import Show, rows
from tests.widgets.vendor_views import AWAY, EXCHANGED, FRIDAY, HOSTILE, MIDDLE, plan_on


class Legs(Show):
    """The picture alone, and which moves were clicked."""

    CSS = "ThreeLegs { height: auto; } VerticalScroll { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__(ThreeLegs())
        self.picked: list[CaseStep] = []

    def compose(self) -> ComposeResult:
        """In a pane, as on the screen."""
        with VerticalScroll(can_focus=False):
            yield self.widget

    def on_three_legs_picked(self, event: ThreeLegs.Picked) -> None:
        """A move was clicked."""
        self.picked.append(event.step)


async def told(pilot: Pilot[None], plan: Plan, chosen: int | None = None) -> list[str]:
    """What is painted once the plan was told."""
    legs = pilot.app.query_one(ThreeLegs)
    legs.tell(plan, chosen)
    await pilot.pause()
    await pilot.pause()
    return rows(legs)


def story(route: Route) -> list[CaseFacts]:
    """The facts after each step of a case, from the first to the last."""
    first = APPLIANCE if route is Route.THREE_LEGGED else PHONE
    steps = steps_of(route)[:-1]
    return [after(first, *steps[:n]) for n in range(len(steps) + 1)]


def place_of(plan: Plan, step: CaseStep) -> int:
    """Where a step stands among the moves."""
    return [move.step for move in plan.moves].index(step)


async def test_wide() -> None:
    """Three columns: heading, progress, state, then moves with sign, number, title, detail."""
    async with Legs().run_test(size=(160, 48)) as pilot:
        shown = await told(pilot, plan_on(MIDDLE, date(2026, 11, 4)))
        head, _, state, _, _, first, second = shown[:7]
        columns = [part.strip() for part in head.split("│")]
        assert [part.split("  ")[0] for part in columns] == [
            "CUSTOMER ⇄ US",
            "US ⇄ VENDOR",
            "UNIT AND SUCCESSOR",
        ]
        assert [part.split("  ")[-1].strip() for part in columns] == [
            "2 of 4 done",
            "3 of 4 done",
            "0 of 2 done",
        ]
        assert state.startswith("have the customer make the licences for the  ")
        assert [part.strip() for part in first.split("│")] == [
            "✔ 1  Customer's ticket",
            "✔ 2  Vendor ticket, five parts",
            "‖ 7a Defective unit to the vendor",
        ]
        assert "2026-1102-0417 · 2 Nov 2026" in second
        assert len({tuple(n for n, c in enumerate(row) if c == "│") for row in shown[:9]}) == 1


async def test_narrow_fits_a_small_screen() -> None:
    """One column: every title whole, thirteen rows, and none that NEXT says already."""
    plan = plan_on(EXCHANGED)
    async with Legs().run_test(size=(76, 17)) as pilot:
        shown = await told(pilot, plan)
        assert len(shown) == 13
        for move in plan.moves:
            sign = STANDING_SIGNS[move.standing]
            assert any(row.startswith(f"{sign} {move.number:<2} {move.title}") for row in shown)
        row = next(row for row in shown if row.startswith("▸ 7a"))
        assert row.endswith("ship the defective unit to… 1 day left")
        assert shown[-1].startswith(f"{STANDING_SIGNS[plan.moves[-1].standing]} 8")


async def test_a_phone_has_two_legs() -> None:
    """Its diagnosis stands with the unit."""
    async with Legs().run_test(size=(110, 30)) as pilot:
        shown = await told(pilot, plan_on(AWAY))
        assert [part.split("  ")[0] for part in shown[0].split(" │ ")] == [
            "US ⇄ VENDOR",
            "UNIT AND SUCCESSOR",
        ]
        assert "✔ 1  Defective unit diagnosed" in shown[5]
        assert "▸ 4  Vendor's answer" in "\n".join(shown)


PASTE = "paste what the customer sent with the ticket"
LACKS = {
    120: [f"‖ the output from the defective unit is missing: {PASTE}"],
    76: [
        "‖ the output from the defective unit is missing: paste what the customer",
        "  sent with the ticket",
    ],
}


@pytest.mark.parametrize("width", LACKS)
async def test_a_chosen_move_says_what_it_lacks(width: int) -> None:
    """The first gap is where to go; each has its remedy."""
    plan = plan_on(replace(APPLIANCE, symptom="", outputs=0))
    async with Legs().run_test(size=(width, 40)) as pilot:
        shown = await told(pilot, plan, place_of(plan, S.VENDOR_TICKET))
        assert shown[shown.index("2 VENDOR TICKET, FIVE PARTS  our move") + 1 :] == [
            "▸ the failure symptom is missing: write how the unit fails",
            *LACKS[width],
        ]


@pytest.mark.parametrize("width", [76, 120])
async def test_the_chosen_move_stands_out(width: int) -> None:
    """It alone, on the ground that chosen rows have in the queue too, and bold."""
    plan, chosen = plan_on(MIDDLE), THEMES["dark"].variables["chosen"]
    app = Legs()
    async with app.run_test(size=(width, 40)) as pilot:
        await told(pilot, plan, place_of(plan, S.SUB_TICKET))
        marked = [
            part
            for y in range(app.widget.size.height)
            for part in app.widget.render_line(y)
            if part.style and part.style.bgcolor and part.style.bgcolor.name == chosen
        ]
        text = "".join(part.text for part in marked)
        assert " ".join(text.split())[:20] == "✔ 3 First sub-ticket"
        assert "V-1-1" in text
        assert "Vendor ticket" not in text
        assert all(part.style and part.style.bold for part in marked)


async def test_clicks() -> None:
    """On a title, on its detail, in each column; nothing beside them."""
    app = Legs()
    plan = plan_on(MIDDLE)
    async with app.run_test(size=(120, 40)) as pilot:
        shown = await told(pilot, plan)
        for title, below in (("Customer's ticket", 1), ("License-transfer", 0)):
            y = next(n for n, row in enumerate(shown) if title in row)
            await pilot.click(ThreeLegs, offset=(shown[y].index(title), y + below))
        await pilot.click(ThreeLegs, offset=(3, 0))
        await pilot.click(ThreeLegs, offset=(3, len(shown) - 1))
        assert app.picked == [S.TICKET, S.LICENSE_TRANSFER]
        await pilot.resize_terminal(76, 40)
        await pilot.pause()
        shown = rows(app.widget)
        y = next(n for n, row in enumerate(shown) if "Vendor's unit into stock" in row)
        await pilot.click(ThreeLegs, offset=(60, y))
        assert app.picked[2:] == [S.VENDOR_UNIT]


async def test_the_chosen_move_comes_into_sight() -> None:
    """On a screen too small for all of it."""
    plan = plan_on(MIDDLE)
    async with Legs().run_test(size=(76, 8)) as pilot:
        pane = pilot.app.query_one(VerticalScroll)
        await told(pilot, plan, 0)
        assert pane.scroll_offset.y == 0
        await told(pilot, plan, len(plan.moves) - 1)
        assert pane.scroll_offset.y > 0
        await told(pilot, plan, 0)
        assert pane.scroll_offset.y <= 1


@pytest.mark.parametrize("theme", THEMES)
async def test_late_and_nearly_late_stand_out_in_each_theme(theme: str) -> None:
    """In colour and in words."""
    facts = case_with(EXCHANGED, stalls_on=date(2026, 11, 5))
    app = Legs()
    async with app.run_test(size=(80, 24)) as pilot:
        app.theme = f"bench-{theme}"
        await told(pilot, plan_on(facts))
        found = {
            part.text.strip(): part.style.color
            for y in range(app.widget.size.height)
            for part in app.widget.render_line(y)
            if part.style and part.text.strip() in ("1 day left", "1 day late", "2 Nov 2026")
        }
        colours = [
            colour.triplet.hex if colour and colour.triplet else "" for colour in found.values()
        ]
        own = THEMES[theme].variables
        wanted = {
            "1 day late": own["refused"],
            "1 day left": own["hold"],
            "2 Nov 2026": own["quiet"],
        }
        assert dict(zip(found, colours, strict=True)) == wanted


async def test_hostile_numbers() -> None:
    """Nothing acts, nothing is read as markup, nothing leaves its place."""
    facts = case_with(
        replace(EXCHANGED, ticket=HOSTILE, replacement_serial=HOSTILE),
        vendor=HOSTILE,
        vendor_ticket=HOSTILE,
        license_ticket=HOSTILE,
        rma_detail=HOSTILE,
    )
    over = case_with(facts, ended_on=FRIDAY, ended_why=HOSTILE)
    for width, told_facts in product((76, 160), (facts, over)):
        async with Legs().run_test(size=(width, 48)) as pilot:
            plan = plan_on(told_facts)
            for chosen in (None, place_of(plan, S.LICENSE_TRANSFER)):
                text = "\n".join(await told(pilot, plan, chosen))
                assert acting(text.replace("\n", "")) == set()
                assert "[/]" in text
                assert "✔ 2  Vendor ticket, five parts" in text
    text = duties_text(plan_on(case_with(facts, licences_on=None))).plain
    assert acting(text.replace("\n", "")) == set()


@pytest.mark.parametrize("route", [Route.THREE_LEGGED, Route.DISTRIBUTOR])
def test_every_stage_at_every_width(route: Route) -> None:
    """No row is wider than its room; every move can be clicked; done moves are counted."""
    for facts, width in product(story(route), (20, 48, 60, 76, 99, 100, 106, 160)):
        plan = plan_on(facts)
        for chosen in (None, len(plan.moves) - 1):
            shown = picture(plan, width, chosen)
            assert max(row.cell_length for row in shown.rows) <= width
            assert {spot.place for spot in shown.spots} == set(range(len(plan.moves)))
        done = sum(move.standing is Standing.DONE for move in plan.moves)
        assert sum(row.plain.count("✔ ") for row in shown.rows) == done


async def test_no_vendor() -> None:
    """Words in place of an empty picture."""
    async with Legs().run_test(size=(76, 20)) as pilot:
        shown = await told(pilot, plan_on(CaseFacts(case=None, route=None, brand="Nobody")))
        assert "no vendor to go to" in shown[0]


def test_who_owes_what() -> None:
    """The soonest first, with sign and words; what follows stands beside it."""
    text = duties_text(plan_on(case_with(EXCHANGED, stalls_on=date(2026, 11, 5))))
    assert text.plain.split("\n") == [
        "WHO OWES WHAT",
        "! the vendor owes us a new unit",
        "  by 5 Nov 2026, 1 business day late · The case counts as stalled and rises in the queue",
        "‖ we owe the vendor the defective unit",
        "  by 7 Nov 2026, 1 day left · Pulse Secure may charge the price of the replacement",
    ]
    narrow = duties_text(plan_on(EXCHANGED), 60).plain.split("\n")
    assert narrow[2:4] == [
        "  by 7 Nov 2026, 1 day left · Pulse Secure may charge the",
        "  price of the replacement",
    ]
    assert duties_text(plan_on(after(EXCHANGED, S.RETURN, S.VENDOR_UNIT))).plain == ""
