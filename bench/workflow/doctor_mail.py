"""Whether letters can leave: their words, the mail server, and its password. Nothing is sent."""

from __future__ import annotations

from bench.datafile import DataError
from bench.mail_settings import mail_password
from bench.policy.letter_answers import letter_answers_file, load_letter_answers
from bench.policy.letters import load_letters
from bench.settings import Settings
from bench.store.health import Finding, Grade


def mail_finding(settings: Settings) -> Finding:
    """One line about letters, with what to do."""
    mail = settings.mail
    try:
        load_letters(mail.letters_file)
        load_letter_answers(letter_answers_file())
        if mail.user:
            mail_password(mail)
    except (DataError, OSError) as error:
        return Finding("letters", Grade.WRONG, str(error), "mend the file that is named")
    if not mail.host:
        text = "no mail server: letters go to the clipboard and the to-do list"
        return Finding("letters", Grade.GOOD, text)
    missing = [name for name in ("management", "partner_team", "billing") if not mail.address(name)]
    if missing:
        what = f"nobody is named as {', '.join(missing)}"
        return Finding("letters", Grade.HINT, what, "name them in the settings, [mail]")
    return Finding("letters", Grade.GOOD, f"by {mail.host}, port {mail.port}, TLS {mail.tls.value}")
