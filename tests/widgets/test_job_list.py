"""The list of labels: what each line says, and how one is chosen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from bench.labels.label import LabelContent
from bench.printer_settings import LabelSort
from bench.screens import host
from bench.store.records import PrintJob, PrintState
from bench.widgets.job_list import COLUMNS, JobList
from bench.widgets.job_words import age_words, is_stuck, job_mark, job_state
from bench.widgets.marks import DONE, HOLD, NONE, REFUSED
from bench.widgets.row_list import column_widths
from tests.widgets.show import Show, rows

S = PrintState
NOW = datetime(2026, 11, 21, 21, 14, 30, tzinfo=UTC)
OUT = "Zebra at the door says: out of paper: put labels in; the label waits"


def utc(moment: datetime) -> datetime:
    """The clock on a wall in Greenwich."""
    return moment.astimezone(UTC)


def job(n: int, state: PrintState = S.QUEUED, **more: object) -> PrintJob:
    """A label."""
    title = f"RMA label BKDC-FGH{n}"
    content = LabelContent(LabelSort.RMA, title, {"number": f"BKDC-FGH{n}"}).to_json()
    base = PrintJob(
        f"job-{n}", LabelSort.RMA, title, content, "Dock 2", "B", None, None, state,
        NOW - timedelta(minutes=3), "Ana R.",
    )  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


class Jobs(Show):
    """The list alone, and what was told of it."""

    CSS_PATH = str(Path(host.__file__).with_name("labels.tcss"))

    def __init__(self) -> None:
        self.list = JobList()
        super().__init__(self.list)
        self.opened = self.chosen = 0

    def on_job_list_opened(self) -> None:
        """Something is to be done."""
        self.opened += 1

    def on_job_list_chosen(self) -> None:
        """Another one is chosen."""
        self.chosen += 1


async def loaded(pilot: Pilot[None], jobs: list[PrintJob]) -> list[str]:
    """What is painted of these."""
    found = pilot.app.query_one(JobList)
    found.load(jobs, NOW, utc)
    await pilot.pause()
    return rows(found)


ALL = [
    job(1, tries=2, why=OUT),
    job(2, S.UNSURE, tries=1, why="the connection broke"),
    job(3, S.FAILED, tries=1, why="model does not fit"),
    job(4),
    job(5, S.SENT, sent_at=NOW, tries=1, why="ready"),
    job(6, S.CANCELLED, at=NOW - timedelta(hours=5)),
]


async def test_every_state_in_plain_words() -> None:
    """Signs and words beside the colours; never "printed" for what was sent."""
    async with Jobs().run_test(size=(120, 12)) as pilot:
        found = await loaded(pilot, ALL)
    assert found[0].split() == ["LABEL", "PRINTER", "STATE", "AGE", "TRIES"]
    assert found[1].startswith(" ‖ RMA label BKDC-FGH1")
    assert "waits: out of paper: put labels in" in found[1]
    assert "may have come out: look" in found[2]
    assert found[3].startswith(" ! ")
    assert "not printed: model does not fit" in found[3]
    assert "waits its turn" in found[4]
    assert found[5].startswith(" ✔ ")
    assert "sent 21:14" in found[5]
    assert found[6].startswith(" ○ ")
    assert "5 h" in found[6]
    assert "3 min" in found[1]


@pytest.mark.parametrize("width", [40, 50, 76, 100, 200])
async def test_no_row_is_wider_than_the_list(width: int) -> None:
    """Whatever a title holds, nothing acts and nothing runs over."""
    wild = [job(7, why="\x1b[31m" * 40, tries=1), job(8, S.FAILED, why="長" * 90)]
    async with Jobs().run_test(size=(width, 8)) as pilot:
        found = await loaded(pilot, [replace(wild[0], title="‮" + "x" * 99), *wild])
    assert all(cell_len(row) <= width for row in found)
    assert "\x1b" not in "".join(found)


def test_columns_give_way() -> None:
    """Tries first, then the printer."""
    assert [w > 0 for w in column_widths(COLUMNS, 100)] == [True] * 5
    assert [w > 0 for w in column_widths(COLUMNS, 76)] == [True, True, True, True, False]
    assert [w > 0 for w in column_widths(COLUMNS, 55)] == [True, False, True, True, False]


async def test_keys_and_mouse_choose() -> None:
    """The cursor stays on its label when others come before it."""
    app = Jobs()
    async with app.run_test(size=(100, 10)) as pilot:
        await loaded(pilot, ALL)
        await pilot.press("down", "down")
        assert app.list.chosen == ALL[2]
        await loaded(pilot, [job(9), *ALL])
        assert app.list.chosen == ALL[2]
        await pilot.press("enter")
        await pilot.click(JobList, offset=(5, 1))
        assert (app.list.chosen, app.opened) == (job(9), 1)
        await pilot.click(JobList, offset=(5, 1))
        assert app.opened == 2
        assert app.chosen >= 2
        await pilot.press("end", "pageup", "home", "pagedown")
        assert app.list.chosen is not None


async def test_empty_says_why() -> None:
    """Nothing while it is not known yet."""
    app = Jobs()
    async with app.run_test(size=(60, 8)) as pilot:
        await pilot.pause()
        assert rows(app.list)[0] == "Reading the labels."
        app.list.empty = "No label yet.\n\n    at = tcp://192.0.2.7"
        found = await loaded(pilot, [])
        assert found[0] == "No label yet."
        assert app.list.chosen is None
        await pilot.press("enter", "down", "end")
        assert (app.opened, app.list.chosen) == (0, None)


async def test_a_reprint_says_so() -> None:
    content = LabelContent(LabelSort.RMA, "RMA label BKDC-FGHX", {}, 2).to_json()
    async with Jobs().run_test(size=(100, 8)) as pilot:
        found = await loaded(pilot, [job(1, content=content), job(2, content="not a label")])
    assert "RMA label BKDC-FGH1 REPRINT 2" in found[1]
    assert "REPRINT" not in found[2]


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "now"), (1, "1 min"), (59, "59 min"), (60, "1 h"), (3000, "2 days")]
)
def test_age(minutes: int, words: str) -> None:
    """In the largest unit that says enough; a clock that was set back says now."""
    assert age_words(NOW - timedelta(minutes=minutes), NOW) == words
    assert age_words(NOW + timedelta(hours=1), NOW) == "now"


def test_marks_and_what_is_stuck() -> None:
    """Waiting its first turn is no trouble; a second try is."""
    assert [job_mark(one) for one in ALL] == [HOLD, HOLD, REFUSED, NONE, DONE, NONE]
    assert [is_stuck(one) for one in ALL] == [True, True, True, False, False, False]
    assert is_stuck(job(1, S.SENDING, tries=2))
    assert job_state(job(1, S.SENDING, tries=1), NOW, utc) == "being sent"
    assert "20 Nov" in job_state(job(1, S.SENT, sent_at=NOW - timedelta(days=1)), NOW, utc)
