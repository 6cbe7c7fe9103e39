"""Redaction: no planted secret survives, nothing else is touched, and doubt stops the copy."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.datafile import data_dir
from bench.evidence.redaction import (
    MOST_UNSURE,
    WHY_CONFIG,
    WHY_RANDOM,
    WHY_WORD,
    Redactor,
    redact,
)
from bench.evidence.redaction_known import typed, word
from bench.evidence.redaction_result import key_for, may_share
from bench.evidence.redaction_rules import load_rules
from bench.evidence.transcript import Line
from tests.evidence.planted import as_lines, load, names, pieces

RULES = load_rules(data_dir() / "redaction.toml")
KEY = b"the key of a test"


def redactor(*known: bytes) -> Redactor:
    return Redactor(RULES, KEY, [one for data in known for one in typed(data)])


def safe(text: str, *known: bytes) -> str:
    """A text without its secrets."""
    return "\n".join(line.text for line in redact(as_lines(text.encode()), redactor(*known)).lines)


@pytest.mark.parametrize("name", names())
def test_no_planted_secret_survives(name: str) -> None:
    log = load(name)
    text = "\n".join(line.text for line in redact(log.lines(), redactor()).lines)
    left = [one for secret in log.secrets for one in pieces(secret) if one in text]
    assert left == []


@pytest.mark.parametrize("name", names())
def test_lines_without_a_secret_stay_as_they_are(name: str) -> None:
    log = load(name)
    redacted = {line.text for line in redact(log.lines(), redactor()).lines}
    changed = set(log.untouched) - redacted
    assert {line for line in changed if "-----END" not in line} == set()


def test_the_logs_hold_enough() -> None:
    assert sum(len(load(name).secrets) for name in names()) >= 150
    assert len(load("harmless").untouched) >= 50


def test_harmless_lines_are_not_asked_about() -> None:
    assert redact(load("harmless").lines(), redactor()).unsure == ()


def _examples() -> Iterator[str]:
    """The lines by which facts and failures are proved: what the vendor needs to see."""
    for name in ("console_facts", "failures"):
        tables = tomllib.loads((data_dir() / f"{name}.toml").read_text("utf-8"))
        rows = [row for rows in tables.values() for row in rows if isinstance(row, dict)]
        for row in rows:
            for example in (row.get("example"), row.get("counter_example")):
                yield from [example] if isinstance(example, str) else example or []


def test_no_fact_and_no_failure_is_harmed() -> None:
    examples = list(_examples())
    assert len(examples) > 100
    for example in examples:
        assert redactor().line(example) == (example, [])


def test_the_same_secret_has_the_same_token() -> None:
    text = safe("username a password 0 Kettle77\n password Kettle77\n password Drum8888")
    first, second, third = (line[line.index("[") :] for line in text.splitlines())
    assert first == second != third
    assert first.startswith("[password-1 sha256:")


def test_tokens_depend_on_the_key() -> None:
    line = "enable secret 0 Kettle77"
    one = Redactor(RULES, key_for(b"station", "RMA 1")).line(line)[0]
    same = Redactor(RULES, key_for(b"station", "RMA 1")).line(line)[0]
    other = Redactor(RULES, key_for(b"station", "RMA 2")).line(line)[0]
    assert one == same != other


def test_hits_tell_place_and_kind_but_no_value() -> None:
    lines = as_lines(b"hello\r\nenable secret 0 Kettle77\r\n")
    [hit] = redact(lines, redactor()).hits
    assert (hit.kind, hit.line, hit.offset, hit.column, hit.length) == ("password", 1, 7, 16, 8)
    assert "Kettle" not in repr(hit)


@pytest.mark.parametrize(
    ("console", "left"),
    [
        ("motd: Kettle Drum 7 it is", "motd: [password-1"),
        ("x" * 55 + "\nKettle D\nrum 7 and", "xxx\n[password-1"),
        ("Kettle Dxx\b\b\bDrum 7", "[password-1"),
        ("Kettle \x1b[1mDrum\x1b[0m 7", "[password-1"),
    ],
)
def test_what_bench_typed_is_hidden_by_value(console: str, left: str) -> None:
    text = safe(console, b"Kettle Drum 7\r")
    assert left in text
    assert not {"Kettle", "rum 7"} & {part for part in ("Kettle", "rum 7") if part in text}


def test_what_was_taken_back_while_typing_is_not_the_secret() -> None:
    [one] = typed(b"wrong\x15Kettlx\x7fe77\r")
    assert one.value == "Kettle77"


@pytest.mark.parametrize(
    ("secret", "line", "hidden"),
    [
        (b"1234\r", "Serial Number: 0123456789", False),
        (b"1234\r", "code 1234.", True),
        (b"ab\r", "a fabled label: ab ba", False),
        (b"ab\r", "Password: ab", True),
    ],
)
def test_short_secrets_do_not_eat_other_words(secret: bytes, line: str, hidden: bool) -> None:
    assert (safe(line, secret) != line) is hidden


def test_a_serial_number_that_is_the_password_stays() -> None:
    keeping = Redactor(RULES, KEY, typed(b"805EC0A1B2C3\r"), keep=["80:5E:C0:A1:B2:C3"])
    assert keeping.line("MAC 805EC0A1B2C3")[0] == "MAC 805EC0A1B2C3"


def test_words_of_the_technician_are_hidden_whatever_their_case() -> None:
    text, [hit] = Redactor(RULES, KEY, [word("Acme Bank")]).line("motd ACME BANK branch")
    assert text == f"motd {hit.token} branch"
    with pytest.raises(ValueError, match="two characters"):
        word(" a ")


def test_a_stream_without_the_next_line_hides_what_goes_on() -> None:
    stream = redactor()
    log = load("broken")
    text = "\n".join(stream.line(line.text)[0] for line in log.lines())
    assert "Secret123" not in text
    assert "c2lnbmF0dXJl" not in text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("the secret ingredient: love and more", WHY_WORD),
        ("blob 7f3ad9bb01c4e8d2f6a0b5c9d3e7f1a2", WHY_RANDOM),
        ("hostname a\nip route 1\nrouter bgp 1\nvlan 5\naccess-list 1\n", WHY_CONFIG),
    ],
)
def test_doubt_stops_the_copy_until_the_technician_has_looked(text: str, why: str) -> None:
    redacted = redact(as_lines(text.encode()), redactor())
    assert [one.why for one in redacted.unsure] == [why]
    assert not may_share(redacted, looked=False)
    assert may_share(redacted, looked=True)


def test_without_doubt_the_copy_may_leave() -> None:
    redacted = redact(as_lines(b"DRAM:  512 MiB\npassword = Kettle77\n"), redactor())
    assert may_share(redacted, looked=False)
    assert redacted.counts() == {"password": 1}


def test_doubts_are_bounded() -> None:
    redacted = redact(as_lines(b"my secret place is here now\n" * (MOST_UNSURE + 7)), redactor())
    assert (len(redacted.unsure), redacted.more_unsure) == (MOST_UNSURE, 7)


def test_what_the_device_hid_itself_is_no_secret() -> None:
    line = "password = ********"
    assert redactor().line(line) == (line, [])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n")), max_size=12))
def test_any_text_keeps_its_lines(texts: list[str]) -> None:
    lines = [Line(n, n * 9, len(text), 0, text, True) for n, text in enumerate(texts)]
    redacted = redact(lines, redactor())
    assert [line.number for line in redacted.lines] == list(range(len(texts)))


@settings(max_examples=60, deadline=None)
@given(
    before=st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=90),
    secret=st.text("abcdefGHIJKL0123456789!%+-", min_size=9, max_size=40),
)
def test_a_typed_secret_never_survives(before: str, secret: str) -> None:
    line = f"{before} {secret}"
    broken = "\r\n".join(line[at : at + 80] for at in range(0, len(line), 80))
    text = safe(broken, secret.encode() + b"\r")
    assert secret not in text.replace("\n", "")
