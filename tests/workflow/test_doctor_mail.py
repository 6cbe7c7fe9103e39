"""The line on letters: their words, the server, the password, and who they go to."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.mail_settings import MailSettings
from bench.settings import Settings
from bench.store.health import Grade
from bench.workflow.doctor_mail import mail_finding

EVERYBODY = MailSettings(
    host="mx.example",
    management="a@x.example",
    partner_team="b@x.example",
    billing="c@x.example",
)


@pytest.mark.parametrize(
    ("mail", "grade", "text"),
    [
        (MailSettings(), Grade.GOOD, "no mail server: letters go to the clipboard"),
        (EVERYBODY, Grade.GOOD, "by mx.example, port 587"),
        (MailSettings(host="mx.example"), Grade.HINT, "nobody is named as management, partner"),
        (MailSettings(host="mx.example", user="bench"), Grade.WRONG, "password of bench"),
        (MailSettings(letters_file=Path("/nowhere/letters.toml")), Grade.WRONG, "letters.toml"),
    ],
)
def test_letters(
    monkeypatch: pytest.MonkeyPatch, mail: MailSettings, grade: Grade, text: str
) -> None:
    monkeypatch.delenv("BENCH_MAIL_PASSWORD", raising=False)
    finding = mail_finding(Settings(mail=mail))
    assert (finding.name, finding.grade) == ("letters", grade)
    assert text in finding.text
