"""Letters in the real program: by a real mail server, once whatever happens, and by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from bench.store.records import LetterState, Step
from tests.mail_server import HOST, Post, mail_server
from tests.terminal.harness import SETTINGS, Terminal
from tests.terminal.seeds import ask, read, seed, wait_kept
from tests.terminal.vendor_station import APPLIANCE, hears

UNIT = replace(APPLIANCE, age=10)
"""An early return: management is told of it."""
BOSS = "boss@example.com"
LETTER = ("BENCHLETTER", "Which letter about RMA|notice to management  (due)")
WHY = ("BENCHOK", "why did it fail on site")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Terminal]:
    """A station with an early return received; it runs only once the test starts it."""
    seed(tmp_path, [UNIT])
    terminal = Terminal(tmp_path)
    with ExitStack() as stack:
        stack.callback(terminal.kill9)
        yield terminal


def by_mail(terminal: Terminal, port: int) -> None:
    """Settings with a mail server on this machine."""
    mail = (
        *("[mail]", f'host = "{HOST}"', f"port = {port}", 'tls = "none"'),
        *('from = "bench@example.com"', f'management = "{BOSS}"'),
    )
    terminal.settings.write_text(SETTINGS + "\n".join(mail) + "\n")


def written(terminal: Terminal, send: str) -> None:
    """The notice to management, with the answer why it failed on site, until it can be sent."""
    terminal.start()
    hears(
        terminal,
        (UNIT.serial, "expected on RMA"),
        ("BENCHOK", "received as RMA|bench  Diagnose"),
        ("BENCHVENDOR", "bench  Vendor"),
        LETTER,
        ("BENCHOK", "on site"),
        ("BENCHNEXT", "▸ 2"),
        ("BENCHOK", send),
    )


def state(terminal: Terminal) -> LetterState:
    """How the only letter stands."""
    found = read(terminal, UNIT.serial)
    (letter,) = ask(terminal.home, lambda store: store.letters_of(found.rma.id))
    return letter.state


def test_a_notice_arrives_once(bench: Terminal) -> None:
    """Written and edited in the program, taken by the server, and noted in the history."""
    post = Post()
    with mail_server(post) as port:
        by_mail(bench, port)
        written(bench, "send it by mail")
        bench.paste("Found by Ana. ")
        bench.wait_for("Found by Ana.")
        bench.pause()
        hears(bench, ("BENCHOK", "letter queued"))
        wait_kept(bench, UNIT.serial, lambda kept: Step.LETTER_SENT in kept.steps())
        assert bench.quit() == 0
    (message,) = post.messages
    assert (message["To"], message["From"]) == (BOSS, "bench@example.com")
    text = message.get_content()
    for part in (UNIT.serial, UNIT.ticket, "Found by Ana."):
        assert part in text
    assert state(bench) is LetterState.SENT


def test_killed_right_after_it_was_queued(bench: Terminal) -> None:
    """The next start sends it, once."""
    post = Post()
    with mail_server(post) as port:
        by_mail(bench, port)
        written(bench, "send it by mail")
        hears(bench, ("BENCHOK", "letter queued"))
        bench.kill9()
        assert post.got == []
        assert state(bench) is LetterState.QUEUED
        bench.start()
        wait_kept(bench, UNIT.serial, lambda kept: Step.LETTER_SENT in kept.steps())
        assert bench.quit() == 0
    assert len(post.messages) == 1
    assert read(bench, UNIT.serial).steps().count(Step.LETTER_SENT) == 1


def test_by_hand_without_a_server(bench: Terminal) -> None:
    """On the clipboard and the to-do list, until a person says that it was sent."""
    written(bench, "copy it for your own mail")
    bench.paste(BOSS)
    bench.wait_for(BOSS)
    bench.pause()
    hears(bench, ("BENCHOK", "letter copied"))
    assert b"\x1b]52;c;" in bench.raw
    hears(
        bench,
        ("BENCHDESK", "ON THE BENCH"),
        ("BENCHVENDOR", "bench  Vendor"),
        ("BENCHTODO", "Letters to do|notice to management"),
        ("BENCHOK", "I sent it"),
        ("BENCHNEXT", "▸ 2  I sent it"),
        ("BENCHOK", "letter sent by hand"),
        ("BENCHTODO", "every letter is sent or queued"),
    )
    assert Step.LETTER_SENT in read(bench, UNIT.serial).steps()
    assert state(bench) is LetterState.BY_HAND
    assert bench.quit() == 0
