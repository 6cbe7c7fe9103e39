"""[mail] of the settings: what it takes, what it refuses, and where the password is."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.datafile import DataError
from bench.mail_settings import PASSWORD, MailSettings, Tls, mail_password
from bench.settings import Settings, load_settings

HOST = '[mail]\nhost = "mail.example.com"\nfrom = "bench@example.com"\n'


def write(folder: Path, text: str) -> Path:
    """A settings file."""
    file = folder / "settings.toml"
    file.write_text(text, "utf-8")
    return file


def test_without_a_table_there_is_no_mail_server(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, ""))
    assert settings.mail == MailSettings() == Settings().mail
    assert settings.mail.host == ""


def test_a_whole_table(tmp_path: Path) -> None:
    more = """tls = "implicit"\nuser = "bench"\npassword_file = "mail.password"
management = "boss@example.com; head@example.com"\npartner_team = "partners@example.com"
billing = "bills@example.com"\nletters = "letters.toml"\n"""
    mail = load_settings(write(tmp_path, HOST + more)).mail
    assert (mail.host, mail.port, mail.tls) == ("mail.example.com", 465, Tls.IMPLICIT)
    assert mail.address("management") == "boss@example.com, head@example.com"
    assert mail.address("partner_team") == "partners@example.com"
    assert mail.address("billing") == "bills@example.com"
    assert mail.address("customer") == ""
    assert mail.password_file == tmp_path / "mail.password"
    assert mail.letters_file == tmp_path / "letters.toml"


@pytest.mark.parametrize("tls", Tls)
def test_each_way_has_its_port(tmp_path: Path, tls: Tls) -> None:
    text = HOST.replace("mail.example.com", "localhost") + f'tls = "{tls}"\n'
    assert load_settings(write(tmp_path, text)).mail.port == {"starttls": 587, "implicit": 465}.get(
        tls, 25
    )


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        (HOST + 'tls = "none"', "mail.tls", "none is for localhost only"),
        (HOST + 'tls = "ssl"', "mail.tls", "one of starttls, implicit, none"),
        (HOST + "port = 0", "mail.port", "from 1 to 65535"),
        (HOST + 'password = "geheim"', "mail.password", "put it into password_file"),
        (HOST + 'user = "a\\nb"', "mail.user", "without control characters"),
        (HOST + 'management = "boss"', "mail.management", "'boss' is not a mail address"),
        (HOST + 'billing = "a@b\\nBcc: c@d"', "mail.billing", "is not a mail address"),
        (HOST + 'bcc = "a@example.com"', "mail.bcc", "only these keys"),
        ('[mail]\nhost = "mail.example.com"', "mail.from", "the one address"),
        (HOST.replace("bench@", "a@example.com, bench@"), "mail.from", "the one address"),
        (HOST.replace("mail.ex", "mail ex"), "mail.host", "the name of a mail server"),
        (HOST.replace("mail.ex", "mail..ex"), "mail.host", "the name of a mail server"),
        (HOST.replace("mail.", "smtp://mail."), "mail.host", "the name of a mail server"),
        ("mail = 1", "mail", "a table"),
    ],
)
def test_a_mistake_names_its_place(tmp_path: Path, text: str, key: str, expected: str) -> None:
    with pytest.raises(DataError) as caught:
        load_settings(write(tmp_path, text))
    assert caught.value.key == key
    assert expected in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_the_password_is_in_the_environment_or_a_private_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("from file ž\n", "utf-8")
    file.chmod(0o600)
    settings = MailSettings("mail.example.com", user="bench", password_file=file)
    assert mail_password(settings, {}) == "from file ž"
    assert mail_password(settings, {PASSWORD: "from env"}) == "from env"
    assert mail_password(MailSettings("mail.example.com"), {PASSWORD: "x"}) == "", "nobody logs in"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_password_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "password"
    file.write_text("geheim\n")
    file.chmod(mode)
    settings = MailSettings("mail.example.com", user="bench", password_file=file)
    with pytest.raises(DataError, match="chmod 600") as caught:
        mail_password(settings, {})
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\n", b"a\x00b\n", b"\xff\xfe\n", None])
def test_a_password_file_of_no_use_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
        file.chmod(0o600)
    settings = MailSettings("mail.example.com", user="bench", password_file=file)
    with pytest.raises(DataError, match="password"):
        mail_password(settings, {})
    with pytest.raises(DataError, match=PASSWORD):
        mail_password(MailSettings("mail.example.com", user="bench"), {})
