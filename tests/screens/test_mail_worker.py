"""Letters sent while the program runs, with a real mail server; silent, unless one fails."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bench.mail_settings import MailSettings, Tls
from bench.policy.letters import LetterKind
from bench.screens.mail_worker import MailWorker
from bench.store.errors import StorageFull
from bench.store.records import Letter, LetterState, Step
from bench.store.store import Tx
from bench.widgets.strips import ScanStrip
from bench.workflow import letter_steps
from tests.mail_server import HOST, Post, free_port, mail_server, script
from tests.screens.helpers import NOW, Bench
from tests.screens.test_flow import SERIAL, Glass, data, open_glass, steps
from tests.screens.waits import until

S = LetterState
TO = "boss@example.com"
pytestmark = pytest.mark.engines("sqlite")


def to_server(port: int) -> MailSettings:
    """A mail server on this machine."""
    return MailSettings(HOST, port, Tls.NONE, sender="bench@example.com")


def worker(glass: Glass) -> MailWorker:
    """A worker of its own, that is asked when the test wishes."""
    app = glass.app
    return MailWorker(app, app, app.saver.background, app.saver.own)


def queued(bench: Bench, rma_id: str, subject: str = "Early return") -> None:
    """A letter in the outbox."""
    words = (TO, subject, "It came back.")
    bench.do(letter_steps.write, rma_id, LetterKind.MANAGEMENT_NOTICE, *words, True)


def letter(bench: Bench, rma_id: str) -> Letter:
    """The newest letter of a return."""
    with bench.desk() as desk:
        return desk.store.letters_of(rma_id)[-1]


@pytest.fixture
def rma_id(bench: Bench) -> str:
    """A return with a letter that waits."""
    found = bench.received(SERIAL)
    queued(bench, found)
    return found


@pytest.fixture
def post() -> Post:
    """What the mail server gets."""
    return Post()


@pytest.fixture
def port(post: Post) -> Iterator[int]:
    """A real mail server."""
    with mail_server(post) as number:
        yield number


async def test_a_letter_goes_silently(bench: Bench, rma_id: str, post: Post, port: int) -> None:
    """While its unit is in hand: it is this program's own doing, not another bench's."""
    async with open_glass(bench, SERIAL, mail=to_server(port), live=True) as glass:
        before = glass.said
        mail = worker(glass)
        mail.look()
        mail.look()  # one round at a time
        await until(glass, lambda: post.got and letter(bench, rma_id).state is S.SENT)
        await asyncio.sleep(0.5)  # whatever others did would be told by now
        assert glass.said == before
        await mail.end()
    assert [message["To"] for message in post.messages] == [TO]
    assert data(bench, rma_id, Step.LETTER_SENT)["how"] == "mail"


async def test_all_that_is_due_goes_in_one_round(
    bench: Bench, rma_id: str, post: Post, port: int
) -> None:
    queued(bench, rma_id, "Another")
    async with open_glass(bench, mail=to_server(port)) as glass:
        assert await worker(glass).round() == 2
    assert {message["Subject"] for message in post.messages} == {"Early return", "Another"}


async def test_it_goes_though_the_bench_is_locked(
    bench: Bench, rma_id: str, post: Post, port: int
) -> None:
    async with open_glass(bench, mail=to_server(port)) as glass:
        glass.app.saver.background.act_as("", None)
        assert await worker(glass).round() == 1
    assert letter(bench, rma_id).state is S.SENT


async def test_without_a_server_nothing_is_looked_at(bench: Bench, rma_id: str) -> None:
    async with open_glass(bench) as glass:
        mail = worker(glass)
        mail.start()
        mail.look()
        await glass.settle()
        await mail.end()
    assert letter(bench, rma_id).tries == 0


async def test_one_that_failed_is_told_and_named(
    bench: Bench, rma_id: str, post: Post, port: int
) -> None:
    post.refuses[TO] = "550 no such user"
    async with open_glass(bench, mail=to_server(port)) as glass:
        assert await worker(glass).round() == 0
        assert glass.refused("letter not sent", TO, "no such user")
    assert letter(bench, rma_id).state is S.FAILED
    assert Step.LETTER_SENT not in steps(bench, rma_id)


async def test_perhaps_sent_is_told_and_never_tried_again(
    bench: Bench, rma_id: str, post: Post, port: int
) -> None:
    post.answers.append("drop")
    async with open_glass(bench, mail=to_server(port)) as glass:
        mail = worker(glass)
        await mail.round()
        assert "sent or not?" in glass.said
        assert await mail.round() == 0
    assert (letter(bench, rma_id).state, len(post.got)) == (S.UNSURE, 1)


async def test_a_server_that_is_away_is_told_once(bench: Bench, rma_id: str) -> None:
    """The letter waits, and the strip is not filled with the same trouble again."""
    async with open_glass(bench, mail=to_server(free_port())) as glass:
        mail = worker(glass)
        await mail.round()
        assert "tried again by itself" in glass.said
        await glass.scan("BENCHDESK")
        with bench.desk() as desk:
            again = replace(letter(bench, rma_id), next_try_at=NOW)
            desk.store.write("", lambda tx: tx.save_letter(again))
        await mail.round()
        assert letter(bench, rma_id).tries == 2
        assert "tried again" not in glass.said
    one = letter(bench, rma_id)
    assert (one.state, one.next_try_at) == (S.QUEUED, NOW + timedelta(minutes=2))


async def test_the_file_of_letters_is_wrong(bench: Bench, rma_id: str, tmp_path: Path) -> None:
    file = tmp_path / "letters.toml"
    file.write_text("[sending]\n", encoding="utf-8")
    mail_settings = replace(to_server(1), letters_file=file)
    async with open_glass(bench, mail=mail_settings) as glass:
        mail = worker(glass)
        mail.look()
        await until(glass, lambda: "letters wait" in glass.said)
        assert "letters.toml" in glass.app.frame.query_one(ScanStrip).read.what
    assert letter(bench, rma_id).state is S.QUEUED


async def test_the_end_waits_for_no_server(bench: Bench, rma_id: str) -> None:
    """A server that greets nobody: the talk is cut off, and the letter is surely not sent."""
    met: list[bool] = []

    def silent(visitor: socket.socket) -> None:
        met.append(True)
        visitor.recv(10)

    with script(silent) as port:
        async with open_glass(bench, mail=to_server(port)) as glass:
            mail = worker(glass)
            mail.look()
            await until(glass, lambda: met)
            assert letter(bench, rma_id).state is S.SENDING
            await mail.end()
            mail.look()  # takes no more
    assert letter(bench, rma_id).state is S.QUEUED


async def test_what_could_not_be_settled_is_settled_later(
    bench: Bench, rma_id: str, post: Post, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is away just after the talk: the letter is not sent a second time for it."""

    def full(*_: object, **__: object) -> None:
        raise StorageFull

    async with open_glass(bench, mail=to_server(port)) as glass:
        mail = worker(glass)
        with monkeypatch.context() as patch:
            patch.setattr(Tx, "append", full)
            mail.look()
            await until(glass, lambda: post.got and not mail._busy)
        assert letter(bench, rma_id).state is S.SENDING
        assert await mail.round() == 0
    assert (letter(bench, rma_id).state, len(post.got)) == (S.SENT, 1)
