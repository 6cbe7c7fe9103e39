"""Handing letters to a real mail server, and to ones that break off, dawdle or answer nonsense."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.hardware import smtp_talk
from bench.hardware.smtp import Mail, Permanent, Temporary, Unsure, send
from bench.mail_settings import MailSettings, Tls
from tests.mail_server import (
    HOST,
    PASSWORD,
    USER,
    Post,
    free_port,
    mail_server,
    make_certificate,
    script,
)

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")  # in the clear: here only
BODY = "Tëst ☎\n.\n..dots\nFrom here\n\n" + "long " * 300 + "\n  indented\n"
LETTER = Mail(
    sender="bench@example.com",
    to="boss@example.com, team@example.org",
    subject="Early return: ticket T-1, Žižka ☎ " + "and so on " * 12 + "end",
    body=BODY,
    message_id="<0190-a@bench.example.com>",
    at=datetime(2026, 10, 28, 9, 0, tzinfo=UTC),
)


@pytest.fixture
def post() -> Post:
    """What the server gets."""
    return Post()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))


def plain(port: int) -> MailSettings:
    """A server on this machine, in the clear."""
    return MailSettings(HOST, port, Tls.NONE, sender="bench@example.com")


def test_what_arrives_is_what_was_written(post: Post) -> None:
    with mail_server(post) as port:
        send(plain(port), LETTER)
    (envelope,), (message,) = post.got, post.messages
    assert envelope.mail_from == "bench@example.com"
    assert envelope.rcpt_tos == ["boss@example.com", "team@example.org"]
    assert message.get_content().replace("\r\n", "\n") == BODY
    assert message["Subject"] == LETTER.subject
    assert (message["From"], message["To"]) == (LETTER.sender, LETTER.to)
    assert message["Message-ID"] == LETTER.message_id
    assert message["Date"].datetime == LETTER.at
    assert isinstance(envelope.original_content, bytes)
    assert envelope.original_content.isascii(), "any server takes it"
    assert max(map(len, envelope.original_content.split(b"\r\n"))) < 100


def test_each_try_is_the_same_bytes() -> None:
    assert LETTER.to_bytes() == LETTER.to_bytes()


@pytest.mark.parametrize(
    "bad",
    [
        {"subject": "Hello\r\nBcc: all@example.com"},
        {"subject": "Hello\nBcc: all@example.com"},
        {"to": "boss@example.com\r\nRCPT TO:<all@example.com>"},
        {"to": "boss@example.com\nBcc: all@example.com"},
        {"sender": "bench@example.com>\r\nDATA"},
        {"sender": "<bench@example.com> SIZE=1"},
        {"to": ""},
    ],
)
def test_no_header_and_no_command_can_be_slipped_in(post: Post, bad: dict[str, str]) -> None:
    with mail_server(post) as port, pytest.raises(ValueError, match=r".+"):
        send(plain(port), replace(LETTER, **bad))  # type: ignore[arg-type]
    assert post.got == []


# --- TLS and login


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
def test_by_tls_with_a_login(
    post: Post, certificate: Path, tls: Tls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail_server(post, certificate, implicit=tls is Tls.IMPLICIT, login=True) as port:
        settings = replace(plain(port), tls=tls, user=USER)
        send(settings, LETTER, PASSWORD)
        with pytest.raises(Temporary, match="does not let bench in: 535"):
            send(settings, LETTER, "guess")
    assert len(post.got) == 1
    assert tls is Tls.IMPLICIT or post.secret == [True]


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
def test_a_certificate_that_nobody_vouches_for(
    post: Post, certificate: Path, tls: Tls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with (
        mail_server(post, certificate, implicit=tls is Tls.IMPLICIT) as port,
        pytest.raises(Temporary, match="is not trusted"),
    ):
        send(replace(plain(port), tls=tls), LETTER)
    assert post.got == []


def test_a_certificate_of_another_server(
    post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_certificate(tmp_path, "DNS:mail.example.com")
    monkeypatch.setenv("SSL_CERT_FILE", str(other))
    with mail_server(post, other) as port, pytest.raises(Temporary, match="is not trusted"):
        send(replace(plain(port), tls=Tls.STARTTLS), LETTER)
    assert post.got == []


def test_nothing_goes_in_the_clear_where_tls_is_wanted(post: Post) -> None:
    with mail_server(post, login=True) as port, pytest.raises(Temporary, match="no STARTTLS"):
        send(replace(plain(port), tls=Tls.STARTTLS, user=USER), LETTER, PASSWORD)
    assert post.got == []


def test_a_server_without_login(post: Post) -> None:
    with mail_server(post) as port, pytest.raises(Temporary, match="no login that bench knows"):
        send(replace(plain(port), user=USER), LETTER, PASSWORD)


# --- what the server does not take


def test_busy_then_well(post: Post) -> None:
    post.answers = ["451 4.3.0 try later", "550 5.7.1 spam\x1b[2J"]
    with mail_server(post) as port:
        with pytest.raises(Temporary, match=r"does not take the letter: 451 4\.3\.0 try later"):
            send(plain(port), LETTER)
        with pytest.raises(Permanent) as caught:
            send(plain(port), LETTER)
        send(plain(port), LETTER)
    assert "\x1b" not in caught.value.why
    assert len(post.got) == 3


@pytest.mark.parametrize(
    ("refuses", "kind", "named"),
    [
        ({"team@example.org": "550 no such user"}, Permanent, "team@example.org: 550"),
        ({"boss@example.com": "450 greylisted"}, Temporary, "boss@example.com: 450"),
        (
            {"boss@example.com": "450 greylisted", "team@example.org": "550 no such user"},
            Permanent,
            "team@example.org: 550",
        ),
    ],
)
def test_all_recipients_or_none(
    post: Post, refuses: dict[str, str], kind: type[Exception], named: str
) -> None:
    post.refuses = refuses
    with mail_server(post) as port, pytest.raises(kind, match=named):
        send(plain(port), LETTER)
    assert post.got == []


# --- lines that break


def test_broken_off_after_the_dot(post: Post) -> None:
    post.answers = ["drop"]
    with mail_server(post) as port, pytest.raises(Unsure, match="before the mail server said"):
        send(plain(port), LETTER)
    assert len(post.got) == 1, "the server has it all the same"


def test_no_answer_after_the_dot(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_talk, "ANSWER", 0.2)
    post.slow = 1.0
    with mail_server(post) as port, pytest.raises(Unsure):
        send(plain(port), LETTER)


def test_nobody_there() -> None:
    with pytest.raises(Temporary, match=r"no talk with the mail server 127\.0\.0\.1"):
        send(plain(free_port()), LETTER)


def _answers(*lines: bytes) -> Callable[[socket.socket], None]:
    """Greets with the first, answers each line with the next, then hangs up."""

    def talk(visitor: socket.socket) -> None:
        visitor.sendall(lines[0] + b"\r\n")
        heard = visitor.makefile("rb")
        for line in lines[1:]:
            heard.readline()
            if line.startswith(b"end "):  # the text, up to its dot
                while heard.readline() not in (b".\r\n", b""):
                    pass
                line = line[4:]
            visitor.sendall(line + b"\r\n")

    return talk


OK = (b"220 hi", b"250 hi", b"250 sender", b"250 to", b"250 to", b"354 go")


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ((b"554 go away",), Temporary),
        ((b"SSH-2.0-OpenSSH",), Temporary),
        ((b"x" * 9000,), Temporary),
        (OK[:1], Temporary),
        (OK[:2], Temporary),
        (OK[:3], Temporary),
        (OK[:5], Temporary),
        (OK, Unsure),
        ((*OK, b"end nonsense"), Unsure),
        ((*OK, b"end 354 more"), Unsure),
        ((*OK, b"end " + b"5" * 9000), Unsure),
        ((*OK[:2], b"553 bad sender"), Permanent),
        ((*OK[:5], b"554 no"), Permanent),
        ((*OK, b"end 421 closing"), Temporary),
        ((*OK, b"end 250-two\r\n250 lines"), None),
    ],
)
def test_wherever_it_ends(lines: tuple[bytes, ...], kind: type[Exception] | None) -> None:
    """Up to the dot a broken line means surely not sent; after it nobody knows."""
    with script(_answers(*lines)) as port:
        if kind is None:
            send(plain(port), LETTER)
            return
        with pytest.raises(kind):
            send(plain(port), LETTER)


def test_a_silent_server_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_talk, "TALK", 0.2)
    gone = threading.Event()

    def silent(visitor: socket.socket) -> None:
        gone.wait(5)

    with script(silent) as port:
        with pytest.raises(Temporary):
            send(plain(port), LETTER)
        gone.set()


def _drips(gone: threading.Event) -> Callable[[socket.socket], None]:
    def talk(visitor: socket.socket) -> None:
        while not gone.wait(0.05):
            visitor.sendall(b"220-still here\r\n")

    return talk


def test_a_lively_server_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.hardware.smtp.LONGEST", 0.3)
    gone = threading.Event()
    with script(_drips(gone)) as port:
        with pytest.raises(Temporary):
            send(plain(port), LETTER)
        gone.set()


def test_the_end_of_the_program_cuts_a_talk_off() -> None:
    gone, stop = threading.Event(), threading.Event()
    with script(_drips(gone)) as port:
        threading.Timer(0.2, stop.set).start()
        with pytest.raises(Temporary):
            send(plain(port), LETTER, "", stop)
        gone.set()


def test_smtplib_is_loaded_late() -> None:
    code = "import sys, bench.hardware.smtp; assert not {'smtplib', 'ssl'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
