"""The list of vendor cases: what each line says, and how one is chosen and opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from bench.screens import vendor_answer
from bench.widgets.case_list import CaseList
from bench.widgets.themes import THEMES
from bench.workflow.duties import CaseLine
from tests.evidence.console_poison import acting
from tests.policy.vendor_stories import case_with
from tests.widgets.show import Show, rows
from tests.widgets.vendor_views import AWAY, EXCHANGED, HOSTILE, MIDDLE, line_of

LATE = case_with(EXCHANGED, return_due_on=date(2026, 11, 3))
EAST = timezone(timedelta(hours=2))


def in_the_east(moment: datetime) -> datetime:
    """The clock on a wall two hours east of Greenwich."""
    return moment.astimezone(EAST)


class Cases(Show):
    """The list alone, and which cases were opened."""

    CSS_PATH = str(Path(vendor_answer.__file__).with_name("vendor.tcss"))

    def __init__(self) -> None:
        self.list = CaseList()
        super().__init__(self.list)
        self.opened: list[str] = []

    def on_case_list_opened(self, event: CaseList.Opened) -> None:
        """A case is to be opened."""
        self.opened.append(event.line.rma.id)


def some() -> list[CaseLine]:
    """A stalled one, a late one, one due soon, one without a last day."""
    return [line_of(facts, n) for n, facts in enumerate((AWAY, LATE, EXCHANGED, MIDDLE), start=1)]


async def loaded(pilot: Pilot[None], lines: list[CaseLine]) -> list[str]:
    """What is painted of these."""
    found = pilot.app.query_one(CaseList)
    found.load(lines, in_the_east)
    await pilot.pause()
    return rows(found)


async def test_wide() -> None:
    """Who it is for, the vendor's number, what is next, who owes it, days left, last movement."""
    async with Cases().run_test(size=(160, 12)) as pilot:
        head, stalled, late, soon, quiet = (await loaded(pilot, some()))[:5]
        words = " ".join(head.split())
        assert words == "UNIT SERIAL FOR TICKET / RMA NEXT OWED BY DAYS LEFT LAST MOVED"
        assert [part.strip() for part in stalled.split("  ") if part.strip()] == [
            "◆ Yealink T54W",
            "0331122017001",
            "Meridian Bank",
            "R-1",
            "Vendor's answer",
            "vendor",
            "1 day late",
            "stalled 4 days",
        ]
        assert late.startswith(" ! Pulse Secure PSA-3000")
        assert "3 days late" in late
        assert soon.startswith(" ▸ Pulse Secure PSA-3000")
        assert "1 day left" in soon
        assert "no day set" in quiet
        assert quiet.endswith("3 Nov 2026")  # in the warehouse it was after midnight


async def test_narrow() -> None:
    """Serial, what is next, who owes it; that it is stalled is said before its days."""
    async with Cases().run_test(size=(80, 12)) as pilot:
        shown = await loaded(pilot, some())
        assert shown[1] == (
            " ◆ T54W       0331122017001    Vendor's answer          vendor   stalled 4 days"
        )
        assert shown[2].startswith(" ! PSA-3000   0331122017001    Defective unit to the…")
        assert shown[2].endswith("we       3 days late")


@pytest.mark.parametrize("theme", THEMES)
async def test_colours_of_days(theme: str) -> None:
    """Late, soon and chosen, in each theme."""
    app = Cases()
    async with app.run_test(size=(80, 12)) as pilot:
        app.theme = f"bench-{theme}"
        await loaded(pilot, some())
        await pilot.press("end")
        own = THEMES[theme].variables
        for y, name in ((1, "refused"), (2, "refused"), (3, "hold"), (4, "quiet")):
            style = list(app.list.render_line(y))[-1].style
            assert style
            assert style.color
            assert style.color.name == own[name]
            chosen = style.bgcolor and style.bgcolor.name == own["chosen"]
            assert bool(chosen) is (y == 4)


async def test_keys_and_mouse() -> None:
    """Arrows choose, enter opens; a click chooses, a second one opens."""
    app = Cases()
    async with app.run_test(size=(100, 12)) as pilot:
        await loaded(pilot, some())
        await pilot.press("down", "down", "enter")
        assert app.opened == ["r3"]
        await pilot.click(CaseList, offset=(20, 1))
        assert app.list.chosen is not None
        assert app.list.chosen.rma.id == "r1"
        assert app.opened == ["r3"]
        await pilot.click(CaseList, offset=(20, 1))
        await pilot.click(CaseList, offset=(20, 0))
        await pilot.click(CaseList, offset=(20, 9))
        assert app.opened == ["r3", "r1"]
        await pilot.press("up", "up", "end")
        assert app.list.cursor == 3


async def test_the_cursor_stays_on_its_case() -> None:
    """Where the order changed; one that is gone leaves the cursor where it was."""
    app, lines = Cases(), some()
    async with app.run_test(size=(100, 12)) as pilot:
        await loaded(pilot, lines)
        await pilot.press("down")
        await loaded(pilot, lines[::-1])
        assert app.list.chosen == lines[1]
        await loaded(pilot, [lines[0]])
        assert app.list.chosen == lines[0]


async def test_hundreds() -> None:
    """The heading stays; the last one can be reached; only what is in sight is painted."""
    app, first = Cases(), line_of(AWAY)
    lines = [replace(first, rma=replace(first.rma, id=f"r{n}")) for n in range(300)]
    lines = [replace(line, unit=replace(line.unit, serial=f"S{n}")) for n, line in enumerate(lines)]
    async with app.run_test(size=(80, 10)) as pilot:
        await loaded(pilot, lines)
        await pilot.press("end")
        await pilot.pause()
        shown = rows(app.list)
        assert shown[0].split()[0] == "UNIT"
        assert [row.split()[2] for row in shown[1:]] == [f"S{n}" for n in range(291, 300)]
        await pilot.press("pageup", "home", "pagedown")
        assert app.list.cursor == 8


async def test_nothing_is_open() -> None:
    """Says what a vendor case is and how to begin one; enter opens nothing."""
    app = Cases()
    async with app.run_test(size=(80, 15)) as pilot:
        assert rows(app.list)[0] == "Reading the cases."
        shown = await loaded(pilot, [])
        assert shown[0] == "No vendor case is open."
        assert "To begin one, scan the serial of a unit" in "\n".join(shown)
        await pilot.press("enter", "down", "end")
        assert app.list.chosen is None
        assert app.opened == []


async def test_hostile() -> None:
    """Nothing acts, nothing is read as markup; columns keep their places."""
    facts = case_with(AWAY, vendor_rma=HOSTILE, vendor_ticket=HOSTILE)
    line = line_of(facts)
    unit = replace(line.unit, serial="[/]" + HOSTILE, model=HOSTILE, brand="漢字" * 20)
    line = replace(line, unit=unit, rma=replace(line.rma, customer=HOSTILE))
    for width in (40, 80, 160):
        async with Cases().run_test(size=(width, 8)) as pilot:
            shown = await loaded(pilot, [line])
            assert acting("".join(shown)) == set()
            assert all(cell_len(row) <= width for row in shown)
            assert width < 80 or "[/]" in shown[1]
            assert width < 80 or shown[1].endswith("stalled 4 days")
