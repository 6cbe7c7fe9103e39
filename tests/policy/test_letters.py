"""The letters: templates that reach no further than their names, and hostile values in them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.datafile import DataError, data_dir
from bench.policy.letters import (
    NOT_KNOWN,
    PLACEHOLDERS,
    SUBJECT,
    LetterKind,
    Letters,
    LetterTemplate,
    LetterTo,
    compose,
    letter_text,
    load_letters,
)

SHIPPED = data_dir() / "letters.toml"


@pytest.fixture(scope="module")
def letters() -> Letters:
    """Those that bench comes with."""
    return load_letters(SHIPPED)


def template(subject: str = "About {serial}", body: str = "{findings}\n{ticket}") -> LetterTemplate:
    """A template of one's own."""
    return LetterTemplate(LetterKind.QUOTE_REQUEST, LetterTo.PARTNER_TEAM, subject, body)


def test_each_kind_goes_to_its_own(letters: Letters) -> None:
    assert {kind: one.to for kind, one in letters.templates.items()} == {
        LetterKind.MANAGEMENT_NOTICE: LetterTo.MANAGEMENT,
        LetterKind.QUOTE_REQUEST: LetterTo.PARTNER_TEAM,
        LetterKind.CUSTOMER_CONTACT: LetterTo.CUSTOMER,
        LetterKind.BILLING_NOTICE: LetterTo.BILLING,
    }


def test_management_is_told_ticket_details_and_why_it_failed(letters: Letters) -> None:
    """What the process asks for: ticket number, full details, and the question with its answer."""
    values = {name: f"<{name}>" for name in PLACEHOLDERS}
    subject, body = compose(letters.templates[LetterKind.MANAGEMENT_NOTICE], values)
    assert "<ticket>" in subject
    for name in ("ticket", "serial", "customer", "shipped_on", "age_days", "symptom", "checks"):
        assert f"<{name}>" in body
    assert "Why did it fail on site if it was tested here?\n<failed_on_site>" in body
    assert NOT_KNOWN not in body


@pytest.mark.parametrize("kind", LetterKind)
def test_what_is_empty_is_not_known(letters: Letters, kind: LetterKind) -> None:
    subject, body = compose(letters.templates[kind], {"serial": " ", "findings": "\x00\n"})
    assert NOT_KNOWN in subject
    assert "None" not in body
    assert "{" not in subject + body


def test_a_subject_is_one_line_whatever_stands_in_it() -> None:
    subject, _ = compose(template(), {"serial": "AB\r\nBcc: all@example.com\x0b\u2028x"})
    assert subject == "About AB Bcc: all@example.com x"


def test_a_value_is_no_template() -> None:
    values = {"serial": "{ticket}", "findings": "{ticket} {0.__class__}", "ticket": "T-1"}
    assert compose(template(), values) == ("About {ticket}", "{ticket} {0.__class__}\nT-1\n")


def test_only_long_values_have_lines() -> None:
    """A ticket number from a file cannot pass for a line of the letter."""
    _, body = compose(template(), {"findings": "a\n  b\t|\x1b[2J", "ticket": "T-1\nOutcome: fine"})
    assert body == "a\n  b     |␛[2J\nT-1 Outcome: fine\n"


def test_a_value_longer_than_a_page_is_cut_and_says_so() -> None:
    _, body = compose(template(), {"findings": "x" * 9000})
    assert body.startswith("x" * 4000 + " […]\n")


def test_a_name_without_a_place_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no letter has a place for seriel"):
        compose(template(), {"seriel": "AB"})


@given(value=st.text(max_size=300))
def test_nothing_that_acts_leaves_the_bench(value: str) -> None:
    subject, body = compose(template(), dict.fromkeys(PLACEHOLDERS, value))
    assert len(subject.splitlines()) == 1
    assert len(subject) <= SUBJECT
    for line in [subject, *body.split("\n")]:
        assert all(char >= " " and not "\x7f" <= char < "\xa0" for char in line)
        assert len(line.splitlines()) <= 1
    assert letter_text(body) + "\n" == body or not body.strip()


# --- the file

GOOD = SHIPPED.read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "key", "expected"),
    [
        ("{ticket}, {brand}", "{tickets}, {brand}", "letter[1].subject", "only these names"),
        ("{ticket}, {brand}", "{ticket.__class__}", "letter[1].subject", "only these names"),
        ("{ticket}, {brand}", "{ticket[0]}", "letter[1].subject", "only these names"),
        ("{ticket}, {brand}", "{ticket:>9999999999}", "letter[1].subject", "{ticket:>999"),
        ("{ticket}, {brand}", "{ticket!r}", "letter[1].subject", "{ticket!r}"),
        ("{ticket}, {brand}", "{} {brand}", "letter[1].subject", "only these names"),
        ("{ticket}, {brand}", "{0} {brand}", "letter[1].subject", "only these names"),
        ("{ticket}, {brand}", "{ticket", "letter[1].subject", "names in braces"),
        ("Findings:\n{findings}", "{finding}", "letter[1].body", "only these names"),
        ('kind = "quote_request"', 'kind = "billing_notice"', "letter[4].kind", "once"),
        ('to = "customer"', 'to = "boss@example.com"', "letter[3].to", "one of management"),
        ('to = "customer"', 'to = "customer"\ncc = "x"', "letter[3].cc", "only these keys"),
        ("[1, 2, 5, 15, 30, 60]", "[]", "sending.back_off_minutes", "at least one"),
        ("[1, 2, 5, 15, 30, 60]", "[0]", "sending.back_off_minutes", "from 1 to 1440"),
        ("tries_at_most = 50", "tries = 50", "sending.tries_at_most", "missing"),
    ],
)
def test_a_mistake_in_the_file_names_its_place(
    tmp_path: Path, old: str, new: str, key: str, expected: str
) -> None:
    file = tmp_path / "letters.toml"
    assert old in GOOD
    file.write_text(GOOD.replace(old, new, 1), "utf-8")
    with pytest.raises(DataError) as caught:
        load_letters(file)
    assert caught.value.key == key
    assert expected in str(caught.value)


def test_a_letter_that_is_missing_is_named(tmp_path: Path) -> None:
    file = tmp_path / "letters.toml"
    file.write_text(GOOD[: GOOD.rindex("[[letter]]")], "utf-8")
    with pytest.raises(DataError, match="of the kind billing_notice"):
        load_letters(file)


def test_the_comment_of_the_file_knows_all_names() -> None:
    words = set(GOOD.split("[sending]")[0].replace("#", " ").split())
    assert words >= PLACEHOLDERS


def test_waiting_grows_and_ends(letters: Letters) -> None:
    waits = [letters.back_off(tries) for tries in range(1, letters.tries_at_most + 1)]
    minutes = [wait and wait // timedelta(minutes=1) for wait in waits]
    assert minutes[:8] == [1, 2, 5, 15, 30, 60, 60, 60]
    assert minutes[-2:] == [60, None]
