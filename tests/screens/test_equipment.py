"""Labels of console cables and printers: chosen by a scan, shown in the top line, kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from bench.datafile import DataError
from bench.printer_settings import PrinterSettings
from bench.scan.equipment import Sort
from bench.screens.comeback import Note
from bench.settings import Settings
from bench.store.records import Step
from bench.widgets.strips import TopLine
from bench.workflow.desk import load_rules
from bench.workflow.enrolling import enrol
from tests.screens.helpers import Bench
from tests.screens.pulls import pulls
from tests.screens.test_flow import SERIAL, Glass, open_glass, steps

CABLES = {"B": "/dev/ttyUSB0", "C": "/dev/ttyUSB1"}
PRINTERS = {
    "G": PrinterSettings("G", "the label printer by the door"),
    "H": PrinterSettings("H", "the big one"),
}
BOTH: dict[str, Any] = {"consoles": CABLES, "printers": PRINTERS}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A file: no store is asked for any of this."""
    return Bench(tmp_path / "bench.db")


def in_use(glass: Glass) -> tuple[str, str]:
    """The cable and the printer of the top line, which must stand on the glass."""
    line = glass.app.frame.query_one(TopLine)
    for word, name in (("console", line.console), ("printer", line.printer)):
        assert (f"{word} {name}" in glass.rows[0]) == bool(name)
    return line.console, line.printer


async def test_a_label_chooses_what_it_is_stuck_to(bench: Bench) -> None:
    """In any case of letters, with the name of the settings; what lies in hand stays."""
    rma_id = bench.received(SERIAL)
    async with open_glass(bench, SERIAL, **BOTH) as glass:
        assert in_use(glass) == ("", "")
        await pulls(glass, "CONSOLEB")
        assert in_use(glass) == ("B", "")
        assert "console cable B is now in use" in glass.said
        assert "/dev/ttyUSB0" in glass.said
        await pulls(glass, "printerh", "CONSOLEC", "CONSOLEC")
        assert in_use(glass) == ("C", "H")
        assert "console cable C is still in use" in glass.said
        assert glass.place == "Diagnose"
        assert glass.app.session.view is not None
        await pulls(glass, "PRINTERG")
        assert "printer G is now in use" in glass.said
        assert PRINTERS["G"].name in glass.said
    assert steps(bench, rma_id) == [Step.EXPECTED, Step.RECEIVED]


async def test_an_unknown_name_is_refused_with_what_there_is(bench: Bench) -> None:
    """It never becomes a serial; what was chosen before stays."""
    async with open_glass(bench, "CONSOLEB", **BOTH) as glass:
        await pulls(glass, "CONSOLEX")
        assert glass.refused("CONSOLEX", "there is no console cable X here", "B, C", "[consoles]")
        await pulls(glass, "PRINTER")
        assert glass.refused("there is no printer without a name here", "G, H", "[printers]")
        await pulls(glass, "PRINTER4711")
        assert glass.refused("there is no printer 4711 here")
        assert (in_use(glass), glass.place) == (("B", ""), "Queue")
        assert await glass.drafts() == []
    with bench.desk() as desk:
        assert desk.store.find("CONSOLEX") == []


async def test_where_none_is_set_up_that_is_said(bench: Bench) -> None:
    """The settings are named, for whoever keeps them."""
    async with open_glass(bench, "CONSOLEB") as glass:
        assert glass.refused("there is no console cable B here", "at this bench: none")
        assert in_use(glass) == ("", "")


async def test_one_that_is_alone_is_in_use_from_the_start(bench: Bench) -> None:
    """There is nothing to choose."""
    alone: dict[str, Any] = {"consoles": {"B": "/dev/ttyUSB0"}, "printers": PRINTERS}
    async with open_glass(bench, **alone) as glass:
        assert in_use(glass) == ("B", "")


async def test_while_a_question_is_open_nothing_is_chosen(bench: Bench) -> None:
    """The question first, and it is still there."""
    bench.received(SERIAL)
    async with open_glass(bench, SERIAL, "BENCHUNDO", **BOTH) as glass:
        asked = glass.question
        await pulls(glass, "CONSOLEB")
        assert glass.refused("CONSOLEB: a question is open", "answer it first")
        assert (in_use(glass), glass.question) == (("", ""), asked)
        await pulls(glass, "BENCHNO", "CONSOLEB")
        assert in_use(glass) == ("B", "")


async def test_what_only_shows_something_makes_way(bench: Bench) -> None:
    """Help asks nothing."""
    async with open_glass(bench, "BENCHHELP", **BOTH) as glass:
        assert glass.question
        await pulls(glass, "CONSOLEB")
        assert (glass.question, in_use(glass)) == ("", ("B", ""))


async def test_at_the_lock_nothing_is_chosen(bench: Bench, tmp_path: Path) -> None:
    """Nobody is at work."""
    key = tmp_path / "badge.key"
    with bench.desk() as desk:
        enrol(replace(desk, badge_key=key), "Ana R.", "EMP-0042", True)
    async with open_glass(bench, badge_key=key, **BOTH) as glass:
        await pulls(glass, "CONSOLEB", "PRINTERG")
        assert glass.app.equipment.chosen == {}
        assert glass.app.guard.lock is not None
        await pulls(glass, "EMP-0042", "CONSOLEB")
        assert in_use(glass) == ("B", "")


# --- after a crash


class Link:
    """A keeper that has seen the program before this one crash."""

    terminal_gone = False
    crashed_at: float | None = 0.0

    def __init__(self, note: Note) -> None:
        self.note = json.dumps({name: getattr(note, name) for name in Note.__slots__}).encode()
        self.told: list[bytes] = []

    def tell(self, note: bytes) -> None:
        """Another note."""
        self.told.append(note)


@pytest.mark.parametrize(
    ("noted", "comes_back"),
    [(("C", "H"), ("C", "H")), (("X", ""), ("", "")), (("", "G"), ("", "G"))],
)
async def test_what_was_chosen_comes_back(
    bench: Bench, noted: tuple[str, str], comes_back: tuple[str, str]
) -> None:
    """After a crash the same as before it; what the settings no longer know does not."""
    link = Link(Note("queue", console=noted[0], printer=noted[1]))
    async with open_glass(bench, **BOTH) as glass:
        with patch.object(glass.app.comeback, "link", link):
            await glass.app.comeback.resume()
            assert in_use(glass) == comes_back
            await pulls(glass, "CONSOLEB")
            assert Note.read(link.told[-1]).console == "B"


# --- names in the settings


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("A", "may change with the keyboard layout"),
        ("b", "may change with the keyboard layout"),
        ("B1", "may change with the keyboard layout"),
        ("", "a name has 1 to 6 letters"),
        ("BCDEFGH", "a name has 1 to 6 letters"),
    ],
)
@pytest.mark.parametrize("sort", ["consoles", "printers"])
def test_names_that_no_label_can_carry_are_refused(sort: str, name: str, why: str) -> None:
    """Before the first screen, with the place where they stand."""
    settings = replace(Settings(), **{sort: {"B": "good", name: "bad"}})  # type: ignore[arg-type]
    with pytest.raises(DataError, match="consoles") as error:
        load_rules(settings)
    assert why in str(error.value)


def test_good_names_are_taken() -> None:
    """Letters that no keyboard layout moves."""
    assert load_rules(replace(Settings(), consoles=CABLES, printers=PRINTERS)).tables.brands
    assert {sort.lower() + "s" for sort in Sort} == {"consoles", "printers"}
