"""Scans that are not certain: near matches, remembered labels, several brands, a wrong keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.scan.layouts import Layouts, load_layouts
from bench.scan.scanner_check import TEST_CODE, learn
from bench.screens.scanner_check import ScannerCheck
from bench.settings import Settings
from bench.store.records import State, Step
from bench.workflow.scanner_profile import save_profile
from tests.screens.helpers import NOW, Bench
from tests.screens.pulls import pulls
from tests.screens.test_flow import OTHER, THIRD, Glass, data, open_glass, steps

KEPT = "20EZ1C6F33O1"
"""Differs from THIRD by one O for a 0."""
PHONE: dict[str, Any] = {"brand": "Grandstream", "model": "GXP2170"}
ONCE, ALWAYS, NEITHER = (), ("BENCHNEXT",), ("BENCHNEXT", "BENCHNEXT")
"""The way to each choice where one unit is close."""
SERIAL = "AY12Z34"
AS_GERMAN = "AZ12Y34"
"""What a scanner set to US makes of it on a German keyboard."""
STRANGE = "QX77-0042-ZK"


@pytest.fixture
def plain(tmp_path: Path) -> Bench:
    """A file: what is asked is the same on every engine."""
    return Bench(tmp_path / "bench.db")


@pytest.fixture(scope="module")
def layouts() -> Layouts:
    """The keyboard layouts that are known."""
    return load_layouts(Settings().layouts_file)


def typed(layouts: Layouts, name: str, text: str) -> str:
    """What arrives of a text on a computer with this layout."""
    layout = layouts.named(name)
    assert layout is not None
    return layout.typed(text)


def remembered(bench: Bench, serial: str) -> list[str]:
    """The labels that mean a unit besides its own serial."""
    with bench.desk() as desk:
        (unit,) = desk.store.find(serial)
        return [alias.scanned for alias in desk.store.aliases_of(unit.id)]


# --- near matches


async def test_a_plain_choice_remembers_nothing(plain: Bench) -> None:
    """The unit opens, and the next scan of the same text is asked about again."""
    plain.received(KEPT, **PHONE)
    async with open_glass(plain, THIRD) as glass:
        assert "20EZ1C6F33‹O›1" in glass.text
        assert "the same, and remember this label for it" in glass.text
        await pulls(glass, *ONCE, "BENCHOK")
        assert (glass.place, glass.question) == ("Diagnose", "")
        await pulls(glass, "BENCHDESK", THIRD)
        assert f"{THIRD} is not known" in glass.question
        assert "only a near match" in glass.said
    assert remembered(plain, KEPT) == []


async def test_what_a_plain_choice_received_keeps_what_the_label_says(plain: Bench) -> None:
    """The receipt says what was on the label, though the record has another serial."""
    rma_id = plain.expect(KEPT, **PHONE)
    async with open_glass(plain, THIRD, "BENCHOK", "BENCHOK") as glass:
        assert glass.place == "Diagnose"
    assert data(plain, rma_id, Step.RECEIVED)["label"] == THIRD


async def test_none_of_them_is_a_unit_of_its_own(plain: Bench) -> None:
    """The third choice; what is close stays as it was."""
    rma_id = plain.expect(KEPT, **PHONE)
    async with open_glass(plain, THIRD, *NEITHER, "BENCHOK") as glass:
        assert (glass.place, glass.word) == ("Receive", "UNKNOWN")
        assert THIRD in glass.said
    assert plain.rma(rma_id).state is State.EXPECTED
    assert remembered(plain, KEPT) == []


async def test_a_remembered_label_opens_its_unit_until_it_is_forgotten(bench: Bench) -> None:
    """At once and without a question, and it is said why; the record shows it and forgets it."""
    rma_id = bench.received(KEPT, **PHONE)
    async with open_glass(bench, THIRD, *ALWAYS, "BENCHOK") as glass:
        assert glass.place == "Diagnose"
        assert f"{THIRD} means this unit from now on" in glass.said
        await pulls(glass, "BENCHDESK", THIRD)
        assert (glass.place, glass.question) == ("Diagnose", "")
        assert f"{KEPT}, by a label that was remembered" in glass.said
        await pulls(glass, "BENCHLOG")
        assert f"also read as  {THIRD}" in glass.text
        assert "label remembered" in glass.text
        await pulls(glass, "BENCHDROP")
        assert "does not mean this unit any more" in glass.question
        await pulls(glass, "BENCHOK")
        assert "label forgotten" in glass.said
        assert "also read as" not in glass.text
        await pulls(glass, "BENCHDESK", THIRD)
        assert f"{THIRD} is not known" in glass.question
    assert data(bench, rma_id, Step.ALIAS_ADDED)["scanned"] == THIRD
    assert steps(bench, rma_id)[-2:] == [Step.ALIAS_ADDED, Step.ALIAS_REMOVED]
    assert remembered(bench, KEPT) == []


async def test_undo_takes_a_remembered_label_back(bench: Bench) -> None:
    """As any other step: the next scan is asked about again."""
    rma_id = bench.received(KEPT, **PHONE)
    async with open_glass(bench, THIRD, *ALWAYS, "BENCHOK") as glass:
        assert remembered(bench, KEPT) == [THIRD]
        await pulls(glass, "BENCHUNDO")
        assert "label remembered" in glass.question
        await pulls(glass, "BENCHOK")
        assert "undone: label remembered" in glass.said
        await pulls(glass, "BENCHDESK", THIRD)
        assert f"{THIRD} is not known" in glass.question
    assert remembered(bench, KEPT) == []
    assert steps(bench, rma_id)[-2:] == [Step.ALIAS_ADDED, Step.UNDONE]


async def test_a_remembered_label_of_a_unit_that_was_never_returned(plain: Bench) -> None:
    """It has no RMA for the event to stand in; the label is remembered all the same."""
    plain.unit(KEPT, **PHONE)
    async with open_glass(plain, THIRD, *ALWAYS, "BENCHOK") as glass:
        assert (glass.place, glass.word) == ("Receive", "NO RMA")
        await pulls(glass, "BENCHDESK", THIRD)
        assert (glass.word, glass.question) == ("NO RMA", "")
    assert remembered(plain, KEPT) == [THIRD]


# --- several brands


async def test_the_mac_beside_a_serial_says_which_brand(plain: Bench) -> None:
    """Where the label has it, nothing is asked; the serial alone is asked about."""
    plain.expect("0001234567", brand="Snom", model="D785", mac="000413A99812")
    plain.received("0001234567", brand="Htek", model="UC926", mac=OTHER)
    async with open_glass(plain, f"SN:0001234567;MAC:{OTHER}") as glass:
        assert (glass.place, glass.question) == ("Diagnose", "")
        assert "Htek" in glass.text
        await pulls(glass, "0001234567")
        assert "Units of several brands carry 0001234567" in glass.question
        await pulls(glass, "BENCHNO")
        assert (glass.place, glass.question) == ("Diagnose", ""), "what was in hand stays"


# --- a keyboard that is set to another language


async def test_a_unit_that_another_keyboard_names_is_asked_about(plain: Bench) -> None:
    """Y and Z exchanged: the unit is offered with the layout's name, and the check before it."""
    plain.received(SERIAL)
    async with open_glass(plain, AS_GERMAN) as glass:
        assert f"{AS_GERMAN} looks like a scanner and a keyboard" in glass.question
        assert "wrong keyboard layout?" in glass.said
        assert "check the scanner now (BENCHGUN)" in glass.text
        assert f"{SERIAL} on a German keyboard" in glass.text
        assert f"no: {AS_GERMAN} is another unit's serial" in glass.text
        await pulls(glass, "BENCHNEXT", "BENCHOK")
        assert (glass.place, glass.question) == ("Diagnose", "")
        assert "already here" in glass.said


async def test_it_may_be_another_unit_all_the_same(plain: Bench) -> None:
    """The last choice: nothing is put right against the technician's word."""
    plain.received(SERIAL)
    async with open_glass(plain, AS_GERMAN, "BENCHNEXT", "BENCHNEXT", "BENCHOK") as glass:
        assert (glass.place, glass.word) == ("Receive", "UNKNOWN")
        assert AS_GERMAN in glass.said


@pytest.mark.parametrize("way", ["BENCHOK", "BENCHGUN"])
async def test_digits_of_a_french_keyboard_offer_the_check(
    plain: Bench, layouts: Layouts, way: str
) -> None:
    """Whether a unit is found or not; the check's own code answers the question too."""
    arrives = typed(layouts, "fr", OTHER)
    async with open_glass(plain, arrives) as glass:
        assert f"{arrives} looks like" in glass.question
        assert "keyboard" not in glass.text.split("BENCHGUN")[1]
        await pulls(glass, way)
        assert isinstance(glass.app.screen, ScannerCheck)
        assert glass.app.screen.profile is None


async def test_nothing_is_kept_where_nobody_minds(plain: Bench, layouts: Layouts) -> None:
    """Never mind: no unit, no stranger, no draft."""
    async with open_glass(plain, typed(layouts, "fr", STRANGE), "BENCHNO") as glass:
        assert (glass.place, glass.question) == ("Queue", "")
        assert await glass.drafts() == []


@pytest.mark.parametrize("serial", [STRANGE, OTHER, "3146023104410271", "MY-ZQ-0815"])
async def test_a_clean_unknown_serial_raises_no_question(plain: Bench, serial: str) -> None:
    """Y and Z alone are no reason to doubt a keyboard."""
    plain.expect(SERIAL)
    async with open_glass(plain, serial) as glass:
        assert (glass.place, glass.word, glass.question) == ("Receive", "UNKNOWN", "")


@pytest.mark.parametrize("name", ["fr", "de"])
async def test_what_is_put_right_already_is_not_doubted(
    plain: Bench, layouts: Layouts, tmp_path: Path, name: str
) -> None:
    """After the check an unknown serial is just unknown, and the label is kept as it arrived."""
    file, code = tmp_path / "scanner.json", typed(layouts, name, TEST_CODE)
    save_profile(file, learn(code, (), "enter", layouts, NOW.date()))
    async with open_glass(plain, scanner_file=file) as glass:
        await pulls(glass, typed(layouts, name, STRANGE))
        assert (glass.place, glass.word, glass.question) == ("Receive", "UNKNOWN", "")
        assert glass.app.session.stranger == STRANGE
        assert glass.app.session.scanned == typed(layouts, name, STRANGE)


def close_on_a_keyboard(glass: Glass) -> bool:
    """Whether the question is about the keyboard."""
    return "set to different languages" in glass.question


async def test_a_near_match_is_still_reached_behind_the_keyboard(plain: Bench) -> None:
    """A text that is close to one unit, and another one's on a German keyboard."""
    plain.received("AY12Z30", **PHONE)
    plain.received("AZ12Y3O", **PHONE)
    async with open_glass(plain, "AZ12Y30") as glass:
        assert close_on_a_keyboard(glass)
        await pulls(glass, "BENCHNEXT", "BENCHNEXT", "BENCHOK")
        assert "is not known, but something close is" in glass.question
        assert "AZ12Y3‹O›" in glass.text
