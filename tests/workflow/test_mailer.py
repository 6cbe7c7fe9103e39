"""The outbox at work: each letter sent once, and never a second time by the program itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bench.mail_settings import MailSettings
from bench.policy.letters import Letters, load_letters
from bench.settings import Settings
from bench.store.errors import StoreBusy
from bench.store.records import Letter, LetterState
from bench.store.store import Store
from bench.workflow.desk import Desk, Refused
from bench.workflow.mailer import Mailer
from bench.workflow.mailing import (
    STALE,
    give_up_stale,
    letters_todo,
    send_again,
    settle_letter,
)
from tests.mail_server import Post, free_port, mail_server
from tests.workflow.helpers import NOW, World
from tests.workflow.letter_helpers import TO, mail_settings, now, put, write

S = LetterState


@pytest.fixture
def rma_id(world: World) -> str:
    """A unit that is expected."""
    return world.expect("AB-01")


@pytest.fixture(scope="module")
def letters() -> Letters:
    """Those that bench comes with."""
    return load_letters(Settings().mail.letters_file)


@pytest.fixture
def post() -> Post:
    """What the mail server gets."""
    return Post()


@pytest.fixture
def mailer(post: Post, letters: Letters) -> Iterator[Mailer]:
    """A worker with a real mail server."""
    with mail_server(post) as port:
        yield Mailer(mail_settings(port), letters)


# --- sending


@pytest.mark.engines("sqlite")
def test_hostile_text_is_kept_without_its_sting(
    world: World, rma_id: str, mailer: Mailer, post: Post
) -> None:
    letter = write(
        world,
        rma_id,
        subject="Hi\r\nBcc: all@example.com\r\n\r\n\u202ebody",
        body=".\r\nQUIT\r\n\x1b[2J\u2028\x85RCPT TO:<all@example.com>\n.\n",
    )
    assert "\n" not in letter.subject
    assert mailer.send_due(world.desk) == 1
    (envelope,), (message,) = post.got, post.messages
    assert envelope.rcpt_tos == [TO]
    names = "From To Subject Date Message-ID Content-Type Content-Transfer-Encoding MIME-Version"
    assert sorted(message.keys()) == sorted(names.split())
    assert message.get_content().replace("\r\n", "\n") == letter.body + "\n"


def test_what_is_due_is_sent_once(world: World, rma_id: str, mailer: Mailer, post: Post) -> None:
    letter = write(world, rma_id)
    write(world, rma_id, by_mail=False)
    world.wait(seconds=20)
    assert mailer.send_due(world.desk) == 1
    assert mailer.send_due(world.desk) == 0
    (message,) = post.messages
    assert message["Message-ID"] == letter.message_id
    assert message["Date"].datetime == NOW
    sent = now(world, letter)
    assert (sent.state, sent.tries, sent.why) == (S.SENT, 1, "")
    assert sent.sent_at == NOW + timedelta(seconds=20)
    assert sent.body == letter.body


def test_a_busy_server_is_tried_later_and_later(
    world: World, rma_id: str, mailer: Mailer, post: Post
) -> None:
    letter = write(world, rma_id)
    post.answers = ["451 busy"] * 3
    waits = []
    while (mailer.send_due(world.desk), now(world, letter).state)[1] is S.QUEUED:
        later = now(world, letter).next_try_at
        assert later is not None
        assert "451 busy" in now(world, letter).why
        assert mailer.send_due(world.desk) == 0, "not before its time"
        waits.append((later - world.clock.now()) // timedelta(minutes=1))
        world.clock.moment = later
    assert waits == [1, 2, 5]
    assert (now(world, letter).state, now(world, letter).tries) == (S.SENT, 4)
    assert len({message["Message-ID"] for message in post.messages}) == 1


@pytest.mark.engines("sqlite")
def test_no_server_there_is_no_end_of_a_letter(world: World, rma_id: str, letters: Letters) -> None:
    letter = write(world, rma_id)
    few = replace(letters, tries_at_most=2)
    mailer = Mailer(mail_settings(free_port()), few)
    assert mailer.send_due(world.desk) == 0
    assert now(world, letter).state is S.QUEUED
    world.wait(minutes=1)
    mailer.send_due(world.desk)
    assert now(world, letter).state is S.FAILED
    assert now(world, letter).why.startswith("given up after 2 tries: no talk with the mail server")
    assert [one.id for one in letters_todo(world.desk)] == [letter.id]


@pytest.mark.engines("sqlite")
def test_a_refused_letter_comes_back_to_the_to_do_list(
    world: World, rma_id: str, mailer: Mailer, post: Post
) -> None:
    letter, other = write(world, rma_id), write(world, rma_id, to="team@example.org")
    post.refuses = {TO: "550 5.1.1 no such user"}
    assert mailer.send_due(world.desk) == 1, "the next one is sent all the same"
    assert now(world, letter).state is S.FAILED
    assert f"{TO}: 550 5.1.1 no such user" in now(world, letter).why
    assert now(world, other).state is S.SENT
    post.refuses = {}
    send_again(world.desk, world.op(), letter.id)
    assert mailer.send_due(world.desk) == 1


@pytest.mark.engines("sqlite")
def test_a_missing_password_is_no_fault_of_the_letter(
    world: World, rma_id: str, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BENCH_MAIL_PASSWORD", raising=False)
    letter = write(world, rma_id)
    mailer = Mailer(replace(mail_settings(free_port()), user="bench"), letters)
    assert mailer.send_due(world.desk) == 0
    assert now(world, letter).state is S.QUEUED
    assert "password" in now(world, letter).why


@pytest.mark.engines("sqlite")
def test_without_a_mail_server_nothing_is_claimed(
    world: World, rma_id: str, letters: Letters
) -> None:
    """Another bench that has one sends what was queued."""
    letter = write(world, rma_id)
    assert Mailer(MailSettings(), letters).claim(world.desk) is None
    assert now(world, letter) == letter


# --- never twice


def test_a_line_that_breaks_after_the_dot(
    world: World, rma_id: str, mailer: Mailer, post: Post
) -> None:
    letter = write(world, rma_id)
    post.answers = ["drop"]
    assert mailer.send_due(world.desk) == 0
    assert now(world, letter).state is S.UNSURE
    world.wait(days=30)
    assert mailer.send_due(world.desk) == 0
    assert len(post.got) == 1, "never again by itself"
    assert [one.id for one in letters_todo(world.desk)] == [letter.id]


@pytest.mark.parametrize(("arrived", "sent"), [(True, 1), (False, 2)])
def test_a_person_settles_what_nobody_can_know(
    world: World, rma_id: str, mailer: Mailer, post: Post, arrived: bool, sent: int
) -> None:
    letter = write(world, rma_id)
    post.answers = ["drop"]
    mailer.send_due(world.desk)
    settled = settle_letter(world.desk, "op-s", letter.id, arrived)
    assert settled.state is (S.SENT if arrived else S.QUEUED)
    assert settle_letter(world.desk, "op-s", letter.id, arrived) == settled
    mailer.send_due(world.desk)
    assert len(post.got) == sent
    assert now(world, letter).state is S.SENT
    with pytest.raises(Refused, match="was sent"):
        settle_letter(world.desk, world.op(), letter.id, False)


def test_a_bench_that_died_while_it_was_sending(
    world: World, rma_id: str, mailer: Mailer, post: Post
) -> None:
    """Claimed and saved, then the program was killed; it is started again, here or elsewhere."""
    letter = write(world, rma_id)
    assert mailer.claim(world.desk) is not None
    assert now(world, letter).state is S.SENDING
    again = replace(world.desk, store=Store.open(world.store.where), station="Bench 3")
    with closing(again.store):
        assert mailer.send_due(again) == 0
        assert now(world, letter).state is S.SENDING, "it may still be at it"
        world.wait(seconds=STALE.total_seconds() + 1)
        assert mailer.send_due(again) == 0
    assert now(world, letter).state is S.UNSURE
    assert "stopped before it was known" in now(world, letter).why
    assert post.got == []


def test_the_mailer_that_was_only_slow_has_the_last_word(
    world: World, rma_id: str, mailer: Mailer, post: Post
) -> None:
    letter = write(world, rma_id)
    claimed = mailer.claim(world.desk)
    assert claimed is not None
    world.wait(minutes=11)
    assert give_up_stale(world.desk) == 1
    mailer.talk(claimed)
    assert [one.state for one in mailer.settle(world.desk)] == [S.SENT]
    assert now(world, letter).state is S.SENT


def test_known_to_be_sent_it_is_not_sent_again(
    world: World, rma_id: str, mailer: Mailer, post: Post
) -> None:
    """The answer came after somebody had asked for another try that nobody has begun."""
    letter = write(world, rma_id)
    claimed = mailer.claim(world.desk)
    assert claimed is not None
    mailer.talk(claimed)
    world.wait(minutes=11)
    give_up_stale(world.desk)
    settle_letter(world.desk, world.op(), letter.id, False)
    assert mailer.send_due(world.desk) == 0
    assert (now(world, letter).state, len(post.got)) == (S.SENT, 1)


def test_an_old_result_says_nothing_of_a_later_try(
    world: World, rma_id: str, mailer: Mailer, letters: Letters, post: Post
) -> None:
    letter = write(world, rma_id)
    claimed = mailer.claim(world.desk)
    assert claimed is not None
    mailer.talk(claimed)
    put(world, letter, S.SENDING, claimed_by="Bench 3 other", claimed_at=NOW)
    assert mailer.settle(world.desk) == []
    assert now(world, letter).claimed_by == "Bench 3 other"


def test_what_could_not_be_saved_is_saved_the_next_time(
    world: World, rma_id: str, mailer: Mailer, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letter is sent, the database is away: it is not sent again when that comes back."""
    letter = write(world, rma_id)
    claimed = mailer.claim(world.desk)
    assert claimed is not None
    mailer.talk(claimed)

    def away(*_: object) -> None:
        raise StoreBusy("The database is away.", "Wait.")

    with monkeypatch.context() as outage:
        outage.setattr(Store, "write", away)
        with pytest.raises(StoreBusy):
            mailer.settle(world.desk)
    assert now(world, letter).state is S.SENDING
    assert mailer.send_due(world.desk) == 0
    assert (now(world, letter).state, len(post.got)) == (S.SENT, 1)


def test_no_transaction_is_open_while_the_server_is_talked_to(
    world: World, rma_id: str, letters: Letters
) -> None:
    letter = write(world, rma_id)
    seen: list[LetterState] = []

    def send(*_: object) -> None:
        with closing(Store.open(world.store.where)) as other:
            found = other.letter(letter.id)
            assert found is not None
            seen.append(found.state)
            other.write("", lambda tx: tx.next_running("Bench 2"))

    assert Mailer(mail_settings(25), letters, send).send_due(world.desk) == 1
    assert seen == [S.SENDING], "the claim is on disk before a word is said"


@pytest.mark.engines("sqlite")
def test_the_end_of_the_program(world: World, rma_id: str, mailer: Mailer, post: Post) -> None:
    letter = write(world, rma_id)
    claimed = mailer.claim(world.desk)
    assert claimed is not None
    mailer.stop()
    mailer.talk(claimed)
    mailer.settle(world.desk)
    assert mailer.claim(world.desk) is None
    assert (now(world, letter).state, post.got) == (S.QUEUED, [])


@pytest.mark.engines("sqlite")
def test_each_change_can_be_noted_in_its_transaction(
    world: World, rma_id: str, post: Post, letters: Letters
) -> None:
    noted: list[tuple[str, LetterState]] = []

    def noting(desk: Desk, tx: Any, op_id: str, letter: Letter) -> None:
        assert tx.letter(letter.id) == letter, "saved already, in the same transaction"
        noted.append((op_id, letter.state))

    letter = write(world, rma_id, "op-w", noting=noting)
    with mail_server(post) as port:
        mailer = Mailer(mail_settings(port), letters, noting=noting)
        post.answers = ["drop"]
        mailer.send_due(world.desk)
        settle_letter(world.desk, "op-s", letter.id, False, noting)
        mailer.send_due(world.desk)
    assert [state for _, state in noted] == [S.QUEUED, S.UNSURE, S.QUEUED, S.SENT]
    assert len({op_id for op_id, _ in noted}) == 4
