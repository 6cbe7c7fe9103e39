"""A real mail server in this process that can be told to misbehave, and certificates for it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST, USER, PASSWORD = "127.0.0.1", "bench", "pass word Žö"


@dataclass
class Post:
    """What the server was handed, and what it is to answer."""

    got: list[Envelope] = field(default_factory=list)
    """Everything that came whole, whether the answer was yes or no."""
    secret: list[bool] = field(default_factory=list)
    """For each of them, whether it came by TLS."""
    answers: list[str] = field(default_factory=list)
    """To each text in turn, then 250; "drop": the line breaks instead of an answer."""
    refuses: dict[str, str] = field(default_factory=dict)
    """Answers to recipients."""
    slow: float = 0.0
    """Seconds until the answer to a text."""

    @property
    def messages(self) -> list[EmailMessage]:
        """The messages, read by Python's own parser."""
        found = []
        for envelope in self.got:
            content = envelope.original_content
            assert content is not None
            message = message_from_bytes(content, policy=default)
            assert isinstance(message, EmailMessage)
            found.append(message)
        return found

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Takes a recipient or not."""
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keeps the text and answers as told."""
        self.got.append(envelope)
        self.secret.append(session.ssl is not None)
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if self.slow:
            await asyncio.sleep(self.slow)
        if answer == "drop":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return answer


def _knows(server: SMTP, session: Session, envelope: Envelope, how: str, data: Any) -> AuthResult:
    assert isinstance(data, LoginPassword)
    right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class _Tls(Controller):
    """TLS from the first byte."""

    def factory(self) -> SMTP:
        """The controller's own, which knows nothing of the TLS around it."""
        return SMTP(self.handler, **self.SMTP_kwargs)


@contextlib.contextmanager
def mail_server(
    post: Post, certificate: Path | None = None, *, implicit: bool = False, login: bool = False
) -> Iterator[int]:
    """Serves until the end; the port. With a certificate TLS is a must, by STARTTLS or implicit."""
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    more: dict[str, Any] = {"authenticator": _knows, "auth_required": True} if login else {}
    if login and (implicit or context is None):
        more |= {"auth_require_tls": False}
    if context is not None and not implicit:
        more |= {"tls_context": context, "require_starttls": True}
    controller = _Tls(
        post, hostname=HOST, port=free_port(), ssl_context=context if implicit else None, **more
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def make_certificate(folder: Path, name: str = f"IP:{HOST}") -> Path:
    """A self-made certificate with its key, in one file."""
    file = folder / "mail.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=mail test", "-addext"),
            *(f"subjectAltName={name}", "-keyout", str(folder / "key"), "-out", str(file)),
        ],
        check=True,
        capture_output=True,
    )
    file.write_bytes(file.read_bytes() + (folder / "key").read_bytes())
    return file


@contextlib.contextmanager
def script(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does with its one visitor what it was told, right or wrong; the port."""
    with socket.create_server((HOST, 0)) as listener:
        listener.settimeout(5)

        def serve() -> None:
            with contextlib.suppress(OSError):
                visitor, _ = listener.accept()
                with visitor:
                    visitor.settimeout(5)
                    talk(visitor)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)
