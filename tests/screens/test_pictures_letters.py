"""Letters on the glass: written, refused, about to be left, and the list of what is to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.app import BenchApp
from bench.mail_settings import MailSettings, Tls
from bench.policy.facts import Outcome
from bench.policy.letters import LetterKind
from bench.screens.letter_dialog import Text
from bench.workflow import letter_steps
from tests.screens.helpers import Bench, post_scan, settle
from tests.screens.letter_acts import ANSWER, open_letter, open_todo
from tests.screens.test_pictures import SERIAL, SMALL, WIDE, Compare, after

MAIL = MailSettings("127.0.0.1", 25, Tls.NONE, sender="bench@example.com",
                    management="management@example.com")  # fmt: skip
K = LetterKind


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A file: pictures are the same on every engine."""
    return Bench(tmp_path / "bench.db")


def letter(kind: LetterKind, *answers: str) -> Any:
    """The unit, and the letter about it."""

    async def run(pilot: Any) -> None:
        app: BenchApp = pilot.app
        await after(SERIAL)(pilot)
        open_letter(app, kind)
        await settle(app, pilot)
        for text in answers:
            post_scan(app, text)
            await settle(app, pilot)
        for area in app.screen.query(Text):
            area.cursor_blink = False

    return run


def test_which_answer(bench: Bench, snap_compare: Compare) -> None:
    """Why did it fail on site, if it was tested here?"""
    bench.diagnosed(SERIAL, Outcome.REPLACE)
    before = letter(K.MANAGEMENT_NOTICE)
    assert snap_compare(bench.app(mail=MAIL), terminal_size=SMALL, run_before=before)


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["small", "wide"])
def test_letter_to_management(bench: Bench, snap_compare: Compare, size: tuple[int, int]) -> None:
    """All that is known, filled in; the mail server sends it."""
    bench.diagnosed(SERIAL, Outcome.REPLACE)
    before = letter(K.MANAGEMENT_NOTICE, *ANSWER)
    assert snap_compare(bench.app(mail=MAIL), terminal_size=size, run_before=before)


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["small", "wide"])
def test_letter_by_hand_refused(bench: Bench, snap_compare: Compare, size: tuple[int, int]) -> None:
    """The customer's address is not known: BENCHOK says so, here and in the scan strip."""
    bench.diagnosed(SERIAL, Outcome.NO_TROUBLE_FOUND, 90)
    before = letter(K.CUSTOMER_CONTACT, "BENCHOK")
    assert snap_compare(bench.app(), terminal_size=size, run_before=before)


def test_letter_left_in_contrast(bench: Bench, snap_compare: Compare) -> None:
    """Something was written: leaving it needs to be wished twice; a unit's code is refused."""
    bench.diagnosed(SERIAL, Outcome.REPAIR, 900)

    async def leave(pilot: Any) -> None:
        await letter(K.QUOTE_REQUEST)(pilot)
        pilot.app.screen.query_one(Text).insert("Urgent. ")
        await settle(pilot.app, pilot)
        for text in (SERIAL, "BENCHNO"):
            post_scan(pilot.app, text)
            await settle(pilot.app, pilot)

    app = bench.app(theme="contrast")
    assert snap_compare(app, terminal_size=WIDE, run_before=leave)


def test_letters_to_do(bench: Bench, snap_compare: Compare) -> None:
    """By hand, and one that waits for a server that the settings do not name."""
    first = bench.diagnosed(SERIAL, Outcome.REPAIR, 900)
    words = ("partner@example.com", "Action wanted", "Please.")
    bench.do(letter_steps.write, first, K.QUOTE_REQUEST, *words, False)
    other = bench.received("001FC1F02211", 29)
    words = ("management@example.com", "Early return", "It came back.")
    bench.do(letter_steps.write, other, K.MANAGEMENT_NOTICE, *words, True)

    async def todo(pilot: Any) -> None:
        await after(SERIAL)(pilot)
        open_todo(pilot.app)
        await settle(pilot.app, pilot)

    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=todo)
