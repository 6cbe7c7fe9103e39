"""The mail part of a station's settings: which server takes letters, and who they go to."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from bench.addresses import BadAddress, addresses
from bench.datafile import DataError, Table, data_dir

PASSWORD = "BENCH_MAIL_PASSWORD"
"""The environment variable that may hold the password."""
LOCAL = ("localhost", "127.0.0.1", "::1")
"""The only hosts that may be talked to in the clear."""


class Tls(StrEnum):
    """How the talk with the mail server is made secret (RFC 3207, RFC 8314)."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"

    @property
    def port(self) -> int:
        """Where a server usually listens for it."""
        return {Tls.STARTTLS: 587, Tls.IMPLICIT: 465}.get(self, 25)


@dataclass(frozen=True, slots=True)
class MailSettings:
    """[mail] of the settings. Without a host letters are written down and sent by hand."""

    host: str = ""
    """host: the mail server; "": there is none."""
    port: int = Tls.STARTTLS.port
    """port: 587 for starttls, 465 for implicit, 25 for none."""
    tls: Tls = Tls.STARTTLS
    """tls: starttls (default), implicit, or none, which is for a server on this machine only."""
    user: str = ""
    """user: who logs in; "": nobody does."""
    password_file: Path | None = None
    """password_file: holds the password, readable by its owner only. $BENCH_MAIL_PASSWORD, where
    it is set, goes before it."""
    sender: str = ""
    """from: the address that letters come from."""
    management: str = ""
    """management: who early returns are told to; several addresses with commas between."""
    partner_team: str = ""
    """partner_team: who is asked for action and quote."""
    billing: str = ""
    """billing: who bills an advance replacement whose original did not come back."""
    letters_file: Path = field(default_factory=lambda: data_dir() / "letters.toml")
    """letters: the site's own copy of letters.toml (the words of each letter)."""

    def address(self, to: str) -> str:
        """The addresses of `management`, `partner_team` or `billing`; "" for anybody else."""
        known = {"management": self.management, "partner_team": self.partner_team}
        return (known | {"billing": self.billing}).get(to, "")


def read_mail(table: Table, home: Path) -> MailSettings:
    """Reads [mail]; paths are beside the settings file in `home`. Raises DataError."""
    base = MailSettings()
    if table.has("password"):
        what = f"no password in this file: put it into password_file or ${PASSWORD}"
        raise table.wrong("password", what, "it is not shown here")
    tls = table.one_of("tls", Tls, base.tls)
    password, letters = table.text("password_file", ""), table.text("letters", "")
    settings = MailSettings(
        host=table.text("host", ""),
        port=table.number("port", 1, 65535, tls.port),
        tls=tls,
        user=table.text("user", ""),
        password_file=home / Path(password).expanduser() if password else None,
        sender=_addresses(table, "from"),
        management=_addresses(table, "management"),
        partner_team=_addresses(table, "partner_team"),
        billing=_addresses(table, "billing"),
        letters_file=home / Path(letters).expanduser() if letters else base.letters_file,
    )
    _check(table, settings)
    table.done()
    return settings


def _addresses(table: Table, name: str) -> str:
    text = table.text(name, "")
    try:
        return ", ".join(addresses(text)) if text else ""
    except BadAddress as error:
        raise table.wrong(name, f"mail addresses with commas between ({error})") from None


def _check(table: Table, settings: MailSettings) -> None:
    if not settings.host:
        return
    if not _is_host(settings.host):
        raise table.wrong("host", "the name of a mail server, as mail.example.com", settings.host)
    if settings.tls is Tls.NONE and settings.host not in LOCAL:
        raise table.wrong("tls", "starttls or implicit: none is for localhost only", "none")
    if not settings.sender or "," in settings.sender:
        raise table.wrong("from", "the one address that letters come from", settings.sender)
    if not settings.user.isprintable():
        raise table.wrong("user", "a name without control characters", settings.user)


def _is_host(text: str) -> bool:
    try:
        plain = text.encode("idna").decode("ascii")
    except UnicodeError:
        return False
    return len(plain) <= 253 and all(c.isalnum() or c in ".-:_" for c in plain)


def mail_password(settings: MailSettings, environ: Mapping[str, str] = os.environ) -> str:
    """The password of the mail user; "" where nobody logs in.

    Read anew for each talk, so that a changed one needs no new start. Raises DataError where
    there is none, or where others can read the file too.
    """
    if not settings.user:
        return ""
    if environ.get(PASSWORD):
        return environ[PASSWORD]
    file = settings.password_file
    if file is None:
        what = f"a file with the password of {settings.user}, or ${PASSWORD}"
        raise DataError("settings", "mail.password_file", what)
    try:
        with file.open(encoding="utf-8") as stream:
            if not _private(os.fstat(stream.fileno())):
                raise DataError(file, "", f"a file only its owner can read: chmod 600 {file}")
            password = stream.readline(1000).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(file, "", f"a readable file with the mail password ({error})") from None
    if not password or "\0" in password:
        raise DataError(file, "", "the mail password in its first line")
    return password


def _private(state: os.stat_result) -> bool:
    if os.name == "nt":  # there the folder's rights say who reads a file
        return True
    mine = state.st_uid in (os.geteuid(), 0)
    return mine and not state.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
