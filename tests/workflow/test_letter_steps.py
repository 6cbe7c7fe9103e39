"""Letters in the history of their return: written, sent, withdrawn, never half of it."""

from __future__ import annotations

from typing import Any

import pytest

from bench.mail_settings import MailSettings
from bench.policy.facts import Outcome
from bench.policy.letters import LetterKind, load_letters
from bench.settings import Settings
from bench.store.errors import StorageFull
from bench.store.records import Event, Letter, LetterState, Step
from bench.store.store import Tx
from bench.workflow import ship
from bench.workflow.desk import Desk, Refused
from bench.workflow.letter_steps import (
    LetterAct,
    letter_detail,
    note_sent,
    sent,
    take_back,
    todo_list,
    write,
)
from bench.workflow.letter_values import due_letters
from bench.workflow.mailer import Mailer
from bench.workflow.people import NobodyAtWork
from bench.workflow.steps import Saved
from tests.mail_server import HOST, Post, mail_server
from tests.workflow.helpers import TODAY, World, expected_row
from tests.workflow.letter_helpers import TO, mail_settings, now, put

S, A, K = LetterState, LetterAct, LetterKind


def written(world: World, rma_id: str, op_id: str = "", **more: Any) -> Saved:
    """A notice to management."""
    given: dict[str, Any] = {
        **{"kind": K.MANAGEMENT_NOTICE, "to": TO, "subject": "Early return"},
        **{"body": "All of it\n  and more", "by_mail": True},
    }
    return write(world.desk, op_id or world.op(), rma_id, **given | more)


def letter(world: World, rma_id: str) -> Letter:
    """The newest letter of a return."""
    found: Letter = world.store.letters_of(rma_id)[-1]
    return found


def events(world: World, rma_id: str, step: Step) -> list[Event]:
    """The events of this kind."""
    return [event for event in world.store.events_of_rma(rma_id) if event.step is step]


@pytest.fixture
def rma_id(world: World) -> str:
    """An early return that is here."""
    return world.received("AB-01")


# --- writing


def test_outbox_and_history_have_the_same_words(world: World, rma_id: str) -> None:
    before = world.rma(rma_id)
    saved = written(world, rma_id, "op-x", to="boss@example.com;head@example.com")
    one, (event,) = letter(world, rma_id), events(world, rma_id, Step.LETTER_WRITTEN)
    assert (saved.step, saved.already, one.state) == (Step.LETTER_WRITTEN, False, S.QUEUED)
    told = {name: event.data[name] for name in ("letter", "kind", "to", "subject", "body", "by")}
    assert told == {
        **{"letter": "op-x", "kind": "management_notice", "to": one.to, "by": "mail"},
        **{"subject": one.subject, "body": one.body},
    }
    assert event.data["on"] == TODAY.isoformat()
    assert world.rma(rma_id).state is before.state
    assert world.rma(rma_id) == expected_row(world.desk, world.rma(rma_id))
    assert due_letters(saved.view, TODAY) == []


def test_the_same_op_id_writes_once(world: World, rma_id: str) -> None:
    written(world, rma_id, "op-x")
    again = written(world, rma_id, "op-x", subject="Another")
    assert again.already
    assert len(world.store.letters_of(rma_id)) == 1
    assert len(events(world, rma_id, Step.LETTER_WRITTEN)) == 1


def test_what_is_refused_leaves_nothing(world: World, rma_id: str) -> None:
    world.do(ship.cancel, rma_id, "wrong unit")
    before = world.everything()
    with pytest.raises(Refused, match="is cancelled"):
        written(world, rma_id)
    with pytest.raises(Refused, match="no text"):
        written(world, rma_id, body=" ")
    assert world.everything() == before
    assert world.store.letters_of(rma_id) == []


def test_half_a_letter_is_never_saved(
    world: World, rma_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the history cannot be written, the outbox is not either."""

    def full(*_: Any, **__: Any) -> None:
        raise StorageFull

    monkeypatch.setattr(Tx, "append", full)
    with pytest.raises(StorageFull):
        written(world, rma_id)
    assert world.store.letters_of(rma_id) == []


def test_a_closed_return_may_still_be_written_about(world: World) -> None:
    rma_id = world.diagnosed("AB-01", Outcome.REPAIR, 900)
    world.do(ship.quote_answered, rma_id, False)
    world.do(ship.close, rma_id, "customer keeps nothing")
    assert not written(world, rma_id).already


# --- what becomes of it


def test_the_worker_notes_what_was_sent_though_nobody_is_at_work(world: World, rma_id: str) -> None:
    written(world, rma_id)
    post, letters = Post(), load_letters(Settings().mail.letters_file)
    locked = Desk(world.store, world.desk.rules, world.clock, "", "Bench 3", "gone")
    with mail_server(post) as port:
        assert Mailer(mail_settings(port), letters, noting=note_sent).send_due(locked) == 1
    (event,) = events(world, rma_id, Step.LETTER_SENT)
    assert (event.actor, event.station, event.data["how"]) == ("Ana", "Bench 3", "mail")
    assert event.data["letter"] == letter(world, rma_id).id
    assert len(post.got) == 1
    assert letter_detail(event) == f"notice to management, to {TO}, by mail"


def test_a_try_that_failed_is_no_step(world: World, rma_id: str) -> None:
    written(world, rma_id)
    mail = MailSettings(HOST, 1, mail_settings(1).tls, sender="bench@example.com")
    mailer = Mailer(mail, load_letters(Settings().mail.letters_file), noting=note_sent)
    assert mailer.send_due(world.desk) == 0
    assert events(world, rma_id, Step.LETTER_SENT) == []


@pytest.mark.parametrize(
    ("state", "act", "after", "how"),
    [
        (S.WRITTEN, A.BY_HAND, S.BY_HAND, "hand"),
        (S.FAILED, A.BY_HAND, S.BY_HAND, "hand"),
        (S.UNSURE, A.ARRIVED, S.SENT, "arrived"),
        (S.UNSURE, A.NOT_ARRIVED, S.QUEUED, ""),
        (S.FAILED, A.AGAIN, S.QUEUED, ""),
    ],
)
@pytest.mark.engines("sqlite")
def test_what_a_person_says(
    world: World, rma_id: str, state: LetterState, act: LetterAct, after: LetterState, how: str
) -> None:
    one = put(world, letter(world, written(world, rma_id).view.rma.id), state)  # type: ignore[union-attr]
    op = world.op()
    assert not sent(world.desk, op, one.id, act).already
    assert sent(world.desk, op, one.id, act).already
    assert now(world, one).state is after
    assert [e.data["how"] for e in events(world, rma_id, Step.LETTER_SENT)] == ([how] * bool(how))


@pytest.mark.engines("sqlite")
def test_a_withdrawn_letter_falls_due_again(world: World, rma_id: str) -> None:
    written(world, rma_id)
    saved = sent(world.desk, world.op(), letter(world, rma_id).id, A.WITHDRAW)
    assert letter(world, rma_id).state is S.WITHDRAWN
    (event,) = events(world, rma_id, Step.UNDONE)
    assert event.reverses == letter(world, rma_id).id
    assert due_letters(saved.view, TODAY) == [K.MANAGEMENT_NOTICE]


@pytest.mark.engines("sqlite")
def test_refused_acts_change_nothing(world: World, rma_id: str) -> None:
    written(world, rma_id)
    one = put(world, letter(world, rma_id), S.SENT)
    before = world.everything()
    for act in (A.BY_HAND, A.WITHDRAW, A.AGAIN):
        with pytest.raises(Refused, match="was sent"):
            sent(world.desk, world.op(), one.id, act)
    put(world, one, S.WRITTEN)
    stranger = Desk(world.store, world.desk.rules, world.clock, "", "Bench 2", "gone")
    with pytest.raises(NobodyAtWork):
        sent(stranger, world.op(), one.id, A.BY_HAND)
    assert world.everything() == before


# --- written anew, and undone


@pytest.mark.engines("sqlite")
def test_a_letter_written_anew_replaces_the_other(world: World, rma_id: str) -> None:
    written(world, rma_id)
    one = put(world, letter(world, rma_id), S.FAILED)
    world.wait(minutes=1)
    written(world, rma_id, to="head@example.com", instead_of=one.id)
    assert now(world, one).state is S.WITHDRAWN
    assert [found.to for found in world.store.letters_due(world.clock.now())] == [
        "head@example.com"
    ]


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    ("state", "told"), [(S.SENT, "was sent already"), (S.UNSURE, "may have been sent")]
)
def test_a_letter_that_left_is_not_replaced(
    world: World, rma_id: str, state: LetterState, told: str
) -> None:
    written(world, rma_id)
    one = put(world, letter(world, rma_id), state)
    with pytest.raises(Refused, match=told):
        written(world, rma_id, instead_of=one.id)
    assert len(world.store.letters_of(rma_id)) == 1
    assert now(world, one).state is state


@pytest.mark.engines("sqlite")
def test_taking_the_step_back_takes_the_letter_out_of_the_outbox(world: World, rma_id: str) -> None:
    written(world, rma_id)
    (event,) = events(world, rma_id, Step.LETTER_WRITTEN)
    world.store.write("", lambda tx: take_back(world.desk, tx, event))
    assert letter(world, rma_id).state is S.WITHDRAWN
    world.store.write("", lambda tx: take_back(world.desk, tx, event))  # once more is no error
    put(world, letter(world, rma_id), S.SENT)
    with pytest.raises(Refused, match="was sent already"):
        world.store.write("", lambda tx: take_back(world.desk, tx, event))


# --- the list


@pytest.mark.engines("sqlite")
def test_the_list_names_each_letter(world: World, rma_id: str) -> None:
    written(world, rma_id)
    assert todo_list(world.desk, has_server=True) == []
    (one,) = todo_list(world.desk, has_server=False)  # nobody else will send it
    assert (one.serial, one.rma, one.ticket) == ("AB-01", world.rma(rma_id).number, "T-AB-01")
    put(world, one.letter, S.FAILED, why="550 no such user")
    assert [found.letter.why for found in todo_list(world.desk, True)] == ["550 no such user"]
