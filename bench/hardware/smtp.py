"""Handing one letter to the mail server: it took it, it did not, or nobody can know."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bench.addresses import addresses
from bench.mail_settings import MailSettings

LONGEST = 240.0
"""Seconds after which a talk is cut off, however lively the server is: well below the time after
which other benches give a letter up (`workflow.mailing.STALE`)."""


class MailTrouble(Exception):
    """The letter is not known to be sent. `why` is one clean line."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Temporary(MailTrouble):
    """Surely not sent, and a later try may work."""


class Permanent(MailTrouble):
    """Surely not sent: the server refuses this letter for good."""


class Unsure(MailTrouble):
    """All of it was handed over, but the server's answer did not come: it may have been sent."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One message, the same bytes at every try."""

    sender: str
    to: str
    """Addresses with commas between."""
    subject: str
    body: str
    message_id: str
    at: datetime
    """When it was written; becomes its date."""

    def to_bytes(self) -> bytes:
        """The message as it is sent: CRLF, UTF-8 as quoted-printable, so that any server takes it.

        Raises ValueError for an address or header that would not be one (a line break in it, say).
        """
        message = EmailMessage(policy=SMTP)
        message["From"] = ", ".join(addresses(self.sender))
        message["To"] = ", ".join(addresses(self.to))
        message["Subject"] = self.subject
        message["Date"] = format_datetime(self.at)
        message["Message-ID"] = self.message_id
        message.set_content(self.body, charset="utf-8", cte="quoted-printable")
        return message.as_bytes()


def send(
    settings: MailSettings, mail: Mail, password: str = "", stop: threading.Event | None = None
) -> None:
    """Hands a letter to the mail server; returns once the server has taken it for all recipients.

    Takes up to LONGEST seconds, on any thread; `stop` ends it early. Raises Temporary, Permanent,
    Unsure; and ValueError, before anything is sent, for what is no message.
    """
    payload = mail.to_bytes()
    from bench.hardware.smtp_talk import talk  # late: smtplib and ssl slow a start down

    talk(settings, mail.sender, addresses(mail.to), payload, password, stop, LONGEST)
