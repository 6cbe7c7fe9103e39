"""Letters of a bench: written once, and what a person may do with them in each state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bench.policy.letters import LetterKind
from bench.store.records import Letter, LetterState
from bench.workflow.desk import Desk, Refused
from bench.workflow.mailing import (
    letters_todo,
    mark_by_hand,
    message_id,
    send_again,
    settle_letter,
    withdraw,
    write_letter,
)
from bench.workflow.people import NobodyAtWork
from tests.workflow.helpers import NOW, World
from tests.workflow.letter_helpers import TO, now, put, write

S = LetterState


@pytest.fixture
def rma_id(world: World) -> str:
    """A unit that is expected."""
    return world.expect("AB-01")


# --- writing


def test_a_letter_is_kept_with_its_return(world: World, rma_id: str) -> None:
    letter = write(world, rma_id, to="boss@example.com; head@example.com")
    assert world.store.letters_of(rma_id) == [letter]
    assert letter.to == "boss@example.com, head@example.com"
    assert (letter.state, letter.next_try_at, letter.at) == (S.QUEUED, NOW, NOW)
    assert (letter.actor, letter.station, letter.tries) == ("Ana", "Bench 2", 0)
    by_hand = write(world, rma_id, by_mail=False)
    assert (by_hand.state, by_hand.next_try_at) == (S.WRITTEN, None)
    assert letters_todo(world.desk) == [by_hand]


def test_the_same_op_id_makes_no_second_letter(world: World, rma_id: str) -> None:
    noted: list[str] = []

    def noting(desk: Desk, tx: object, op_id: str, letter: Letter) -> None:
        noted.append(op_id)

    first = write(world, rma_id, "op-x", noting=noting)
    world.wait(minutes=5)
    assert write(world, rma_id, "op-x", noting=noting, subject="Another") == first
    assert (noted, len(world.store.letters_of(rma_id))) == (["op-x"], 1)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"to": ""}, "there is no address"),
        ({"to": "boss"}, "'boss' is not a mail address"),
        ({"to": "a@example.com\r\nBcc: b@example.com"}, "is not a mail address"),
        ({"to": ",".join(f"a{n}@example.com" for n in range(11))}, "11 addresses"),
        ({"subject": " \x00\n"}, "no subject"),
        ({"subject": "x" * 201}, "more than 200 characters"),
        ({"body": "\n \n"}, "no text"),
        ({"body": "x" * 20_001}, "20,001 characters"),
    ],
)
@pytest.mark.engines("sqlite")
def test_what_is_no_letter_is_refused(
    world: World, rma_id: str, more: dict[str, str], told: str
) -> None:
    with pytest.raises(Refused, match=told) as caught:
        write(world, rma_id, **more)
    assert caught.value.remedy
    assert world.store.letters_of(rma_id) == []


@pytest.mark.engines("sqlite")
def test_a_return_that_is_not_there(world: World) -> None:
    with pytest.raises(Refused, match="not in the database"):
        write(world, "nobody")


@pytest.mark.engines("sqlite")
def test_nobody_at_work_writes_nothing(world: World, rma_id: str) -> None:
    letter = write(world, rma_id)
    stranger = replace(world.desk, technician_id="gone")
    for act in (mark_by_hand, withdraw):
        with pytest.raises(NobodyAtWork):
            act(stranger, world.op(), letter.id)
    with pytest.raises(NobodyAtWork):
        write_letter(stranger, "x", rma_id, LetterKind.QUOTE_REQUEST, TO, "a", "b", True)
    assert world.store.letters_of(rma_id) == [letter]


def test_a_message_id_is_made_of_what_may_stand_there() -> None:
    assert message_id("0190-ab", "Bench2.example.com") == "<0190-ab@bench2.example.com>"
    assert message_id("a b>\r\n", "..Änne's PC..") == "<a-b---@nne.s.pc>"
    assert message_id("a", "") == "<a@bench>"


# --- what a person may do, state by state

ACTS: dict[str, Callable[..., Letter]] = {
    "by hand": mark_by_hand,
    "withdraw": withdraw,
    "again": send_again,
    "arrived": lambda desk, op, letter: settle_letter(desk, op, letter, True),
    "not arrived": lambda desk, op, letter: settle_letter(desk, op, letter, False),
}
MAY = {
    "by hand": {S.WRITTEN, S.QUEUED, S.FAILED, S.UNSURE},
    "withdraw": {S.WRITTEN, S.QUEUED, S.FAILED},
    "again": {S.WRITTEN, S.FAILED},
    "arrived": {S.UNSURE},
    "not arrived": {S.UNSURE},
}
BECOMES = {
    "by hand": S.BY_HAND,
    "withdraw": S.WITHDRAWN,
    "again": S.QUEUED,
    "arrived": S.SENT,
    "not arrived": S.QUEUED,
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.engines("sqlite")
def test_what_a_person_may_do_in_each_state(world: World, rma_id: str, act: str) -> None:
    for state in LetterState:
        letter = put(world, write(world, rma_id), state)
        if state in MAY[act]:
            after = ACTS[act](world.desk, world.op(), letter.id)
            assert after.state is BECOMES[act]
            assert after == now(world, letter)
            assert (after.next_try_at is not None) == (after.state is S.QUEUED) or act == "arrived"
        elif state is BECOMES[act]:
            assert ACTS[act](world.desk, world.op(), letter.id) == letter, "done already"
        else:
            with pytest.raises(Refused, match="this letter") as caught:
                ACTS[act](world.desk, world.op(), letter.id)
            assert caught.value.remedy
            assert now(world, letter) == letter


@pytest.mark.engines("sqlite")
def test_a_letter_that_is_not_there(world: World) -> None:
    with pytest.raises(Refused, match="not in the database"):
        withdraw(world.desk, world.op(), "nobody")
