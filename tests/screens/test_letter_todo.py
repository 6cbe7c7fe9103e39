"""The list of letters that a person has to see to, worked off by keys and scans."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bench.policy.facts import Outcome
from bench.policy.letters import LetterKind
from bench.screens.dialogs import Pick
from bench.screens.letter_dialog import LetterLook
from bench.store.records import LetterState, Step
from bench.workflow import letter_steps
from tests.screens.helpers import Bench
from tests.screens.letter_acts import open_todo
from tests.screens.test_flow import OTHER, SERIAL, Glass, data, open_glass, steps
from tests.screens.test_letters import MAIL, letters_of

K, S = LetterKind, LetterState
pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture
def written(bench: Bench) -> Callable[..., str]:
    """A letter about a unit of its own, in a state; gives the RMA's id."""

    def make(state: LetterState, serial: str = OTHER, why: str = "") -> str:
        rma_id = bench.diagnosed(serial, Outcome.REPAIR, 900)
        words = ("partners@example.com", "Action wanted", "Please.\nSoon.")
        bench.do(letter_steps.write, rma_id, K.QUOTE_REQUEST, *words, False)
        with bench.desk() as desk:
            (one,) = desk.store.letters_of(rma_id)
            desk.store.write("", lambda tx: tx.save_letter(replace(one, state=state, why=why)))
        return rma_id

    return make


async def todo(glass: Glass, *scans: str) -> None:
    """The list on the glass, and then these answers."""
    open_todo(glass.app)
    await glass.settle()
    await glass.scan(*scans)


async def take(glass: Glass, word: str) -> None:
    """Takes the choice with this word."""
    dialog = glass.dialog
    assert isinstance(dialog, Pick)
    place = next(n for n, (_, told) in enumerate(dialog.options) if word in told)
    await glass.key(str(place + 1))


async def test_nothing_to_do(bench: Bench) -> None:
    async with open_glass(bench) as glass:
        await todo(glass)
        assert "no letters to do" in glass.said


async def test_sent_by_hand_while_another_unit_is_in_hand(
    bench: Bench, written: Callable[..., str]
) -> None:
    rma_id = written(S.WRITTEN)
    bench.received(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        await todo(glass, "BENCHOK")
        await take(glass, "I sent it")
        assert "letter sent by hand" in glass.said
        view = glass.app.session.view
        assert view is not None
        assert view.unit.serial == SERIAL
    assert letters_of(bench, rma_id)[0].state is S.BY_HAND
    assert data(bench, rma_id, Step.LETTER_SENT)["how"] == "hand"


async def test_copied_and_looked_at(bench: Bench, written: Callable[..., str]) -> None:
    rma_id = written(S.WRITTEN)
    async with open_glass(bench) as glass:
        await todo(glass, "BENCHOK", "BENCHOK")
        assert "letter copied" in glass.said
        expected = "To: partners@example.com\nSubject: Action wanted\n\nPlease.\nSoon."
        assert glass.app.clipboard == expected
        await todo(glass, "BENCHOK")
        await take(glass, "look at it")
        await glass.settle()
        assert isinstance(glass.dialog, LetterLook)
        assert "Soon." in glass.text
        await glass.scan("BENCHNO")
    assert letters_of(bench, rma_id)[0].state is S.WRITTEN


async def test_a_failed_one_is_corrected(bench: Bench, written: Callable[..., str]) -> None:
    """The new one is queued as the old one is withdrawn: neither is sent twice, nor none."""
    rma_id = written(S.FAILED, why="550 no such user")
    async with open_glass(bench, mail=MAIL) as glass:
        await todo(glass)
        assert "FAILED" in glass.text
        await glass.scan("BENCHOK")
        assert "550 no such user" in glass.text
        await take(glass, "change it")
        glass.dialog.query_one("#line-to").value = "team@example.com"  # type: ignore[attr-defined]
        await glass.scan("BENCHOK")
        assert "letter queued" in glass.said
    found = {(one.to, one.state) for one in letters_of(bench, rma_id)}
    assert found == {
        ("partners@example.com", S.WITHDRAWN),
        ("team@example.com", S.QUEUED),
    }


async def test_perhaps_sent(bench: Bench, written: Callable[..., str]) -> None:
    rma_id = written(S.UNSURE)
    async with open_glass(bench, mail=MAIL) as glass:
        await todo(glass, "BENCHOK")
        for word in ("look at it", "it arrived", "send it again", "by hand"):
            assert word in glass.text
        await take(glass, "it arrived")
        assert "letter arrived" in glass.said
    assert letters_of(bench, rma_id)[0].state is S.SENT


async def test_withdrawn(bench: Bench, written: Callable[..., str]) -> None:
    rma_id = written(S.FAILED)
    async with open_glass(bench) as glass:
        await todo(glass, "BENCHOK")
        await take(glass, "withdraw")
        assert "letter withdrawn" in glass.said
    assert letters_of(bench, rma_id)[0].state is S.WITHDRAWN
    assert steps(bench, rma_id)[-1] is Step.UNDONE


async def test_a_list_that_is_longer_than_the_keys(
    bench: Bench, written: Callable[..., str]
) -> None:
    for number in range(11):
        written(S.WRITTEN, f"3146023104410{number:03d}")
    async with open_glass(bench, size=(80, 24)) as glass:
        await todo(glass)
        assert glass.question == "Letters to do: 9 of 11, the oldest first"
        assert "9  to send" in glass.text


async def test_another_bench_was_faster(bench: Bench, written: Callable[..., str]) -> None:
    rma_id = written(S.WRITTEN)
    async with open_glass(bench) as glass:
        await todo(glass, "BENCHOK")
        (one,) = letters_of(bench, rma_id)
        with bench.desk() as desk:
            letter_steps.sent(desk, bench.op(), one.id, letter_steps.LetterAct.BY_HAND)
        await take(glass, "withdraw")
        assert glass.refused("was sent by hand")
