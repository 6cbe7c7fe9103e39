"""The talk with a mail server (RFC 5321), step by step, so that it is known how far it came.

What the server says against this bench (its greeting, TLS, login) is a trouble that may pass: no
letter is given up for it. What it says against the letter (5xx to sender, recipient or text) is
meant for good.
"""

from __future__ import annotations

import contextlib
import platform
import re
import smtplib
import socket
import ssl
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from typing import Never

from bench.hardware.smtp import Permanent, Temporary, Unsure
from bench.mail_settings import MailSettings, Tls
from bench.text import clean_line

CONNECT, TALK, ANSWER = 10.0, 30.0, 120.0
"""Seconds: for a connection, for each answer, and for the one after the text, which servers may
take long over (RFC 5321, section 4.5.3.2.6)."""
_NAME = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
Reply = tuple[int, bytes]


class _Line(smtplib.SMTP):
    """A connection whose making has its own time limit. Nothing is opened by the constructor."""

    def __init__(self, settings: MailSettings) -> None:
        # A name is given: otherwise smtplib asks the name server for this machine's.
        name = platform.node()
        super().__init__(local_hostname=name if _NAME.fullmatch(name) else "")
        self.settings, self.context = settings, ssl.create_default_context()

    def reach(self) -> Reply:
        """Connects; gives the greeting. Raises OSError, SMTPException."""
        host, implicit = self.settings.host, self.settings.tls is Tls.IMPLICIT
        self.sock = socket.create_connection((host, self.settings.port), CONNECT)
        self.sock.settimeout(TALK)
        if not self.local_hostname:  # no full name: an address does (RFC 5321, section 4.1.3)
            here = self.sock.getsockname()[0]
            self.local_hostname = f"[IPv6:{here}]" if ":" in here else f"[{here}]"
        return self.secured() if implicit else self.getreply()

    def secured(self) -> Reply:
        """Puts TLS on the connection; gives the greeting that a server sends inside it."""
        self.protect()
        return self.getreply()

    def protect(self) -> None:
        """TLS with the server's certificate and name checked; what was said before is forgotten."""
        assert self.sock is not None
        self.sock = self.context.wrap_socket(self.sock, server_hostname=self.settings.host)
        self.file = None
        self.esmtp_features, self.does_esmtp = {}, False

    def cut(self) -> None:
        """Ends the connection from another thread: whoever waits on it wakes up."""
        sock = self.sock
        if sock is not None:
            # Not the method of a TLS socket, which would let go of the TLS first.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


def talk(
    settings: MailSettings,
    sender: str,
    recipients: tuple[str, ...],
    payload: bytes,
    password: str,
    stop: threading.Event | None,
    longest: float,
) -> None:
    """The whole talk. Raises Temporary, Permanent, Unsure; see `smtp.send`."""
    line, stop = _Line(settings), stop or threading.Event()
    if stop.is_set():
        raise Temporary("the program ended before it was sent")
    with _watched(line, stop, longest), contextlib.closing(line):
        try:
            _greet(line)
            _login(line, settings.user, password)
            _envelope(line, sender, recipients)
            # A leading dot is doubled (RFC 5321, section 4.5.2).
            line.send(re.sub(rb"(?m)^\.", b"..", payload))
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            raise Temporary(_trouble(settings, error)) from error
        _finish(line)
        with contextlib.suppress(OSError, smtplib.SMTPException):
            line.docmd("QUIT")


def _greet(line: _Line) -> None:
    _wants(line.reach(), "does not greet", 220)
    _wants(line.ehlo(), "does not go on", 250)
    if line.settings.tls is Tls.STARTTLS:
        if not line.has_extn("starttls"):
            raise Temporary("the mail server offers no STARTTLS: nothing is sent in the clear")
        _wants(line.docmd("STARTTLS"), "does not start TLS", 220)
        line.protect()
        _wants(line.ehlo(), "does not go on", 250)


def _login(line: _Line, user: str, password: str) -> None:
    if not user:
        return
    offered = line.esmtp_features.get("auth", "").upper().split()
    if "PLAIN" in offered:
        reply = line.docmd("AUTH", "PLAIN " + _base64(f"\0{user}\0{password}"))
    elif "LOGIN" in offered:
        _wants(line.docmd("AUTH", "LOGIN"), "does not ask who logs in", 334)
        _wants(line.docmd(_base64(user)), "does not ask for the password", 334)
        reply = line.docmd(_base64(password))
    else:
        raise Temporary("the mail server offers no login that bench knows (PLAIN or LOGIN)")
    _wants(reply, f"does not let {clean_line(user, 60)} in", 235)


def _envelope(line: _Line, sender: str, recipients: tuple[str, ...]) -> None:
    """Sender, recipients and the word DATA: all recipients are taken, or nothing is sent."""
    _takes(line.mail(sender), f"the sender {sender}", 250)
    replies = [(recipient, line.rcpt(recipient)) for recipient in recipients]
    # A refusal for good says more than one for now.
    for recipient, reply in sorted(replies, key=lambda pair: -pair[1][0]):
        _takes(reply, recipient, 250, 251)
    _takes(line.docmd("DATA"), "the letter", 354)


def _finish(line: _Line) -> None:
    """The dot, after which the letter is the server's, and its answer."""
    try:
        if line.sock is not None:
            line.sock.settimeout(ANSWER)
        line.send(b".\r\n")
        reply = line.getreply()
    except (OSError, smtplib.SMTPException) as error:
        why = "the line broke before the mail server said whether it took the letter"
        raise Unsure(f"{why} ({clean_line(str(error), 100)})") from error
    if 200 <= reply[0] < 300:
        return
    if 400 <= reply[0] < 600:
        _refused(reply, "the letter")
    raise Unsure(f"the mail server answered to the letter in no known way: {_said(reply)}")


# --- answers


def _wants(reply: Reply, refusal: str, *codes: int) -> None:
    """Raises Temporary where the server says something else."""
    if reply[0] not in codes:
        raise Temporary(f"the mail server {refusal}: {_said(reply)}")


def _takes(reply: Reply, what: str, *codes: int) -> None:
    """Raises Permanent or Temporary where the server does not take a part of the letter."""
    if reply[0] not in codes:
        _refused(reply, what)


def _refused(reply: Reply, what: str) -> Never:
    kind = Permanent if 500 <= reply[0] < 600 else Temporary
    raise kind(f"the mail server does not take {what}: {_said(reply)}")


def _said(reply: Reply) -> str:
    code = f"{reply[0]} " if reply[0] > 0 else ""
    return clean_line(code + reply[1].decode("utf-8", "replace"), 160)


def _trouble(settings: MailSettings, error: Exception) -> str:
    where = f"{settings.host}:{settings.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate of {where} is not trusted: {clean_line(error.verify_message, 120)}"
    if isinstance(error, TimeoutError):
        return f"the mail server {where} does not answer"
    return f"no talk with the mail server {where}: {clean_line(str(error), 120)}"


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode("ascii")


# --- the watch


@contextlib.contextmanager
def _watched(line: _Line, stop: threading.Event, longest: float) -> Iterator[None]:
    """Cuts the connection once `stop` is set or `longest` seconds are over."""
    done, deadline = threading.Event(), time.monotonic() + longest

    def watch() -> None:
        # Again and again: TLS puts another socket in the place of the first.
        while not done.wait(0.1):
            if stop.is_set() or time.monotonic() > deadline:
                line.cut()

    watcher = threading.Thread(target=watch, name="mail-watch", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
