"""Command codes: prefix, verbs and what keyboards do to them."""

from __future__ import annotations

import pytest

from bench.scan.commands import (
    WORDS,
    Command,
    Verb,
    check_verb,
    code,
    is_known,
    parse_command,
)


@pytest.mark.parametrize("verb", list(Verb))
def test_each_verb_is_a_safe_code_with_words(verb: Verb) -> None:
    assert check_verb(verb) is None
    assert WORDS[verb]
    for scanned in (code(verb), code(verb).lower(), f" {code(verb)} "):
        command = parse_command(scanned)
        assert command is not None
        assert command.verb == verb
        assert is_known(command.verb)


def test_words_are_not_used_twice() -> None:
    assert len(set(WORDS.values())) == len(WORDS) == len(Verb)


def test_no_verb_is_another_one_doubled() -> None:
    assert not {v + w for v in Verb for w in Verb} & set(Verb)


def test_the_dotless_i_of_a_turkish_layout_is_mended() -> None:
    command = parse_command("benchprınt")
    assert command is not None
    assert command.verb == Verb.PRINT


def test_everything_with_the_prefix_is_a_command() -> None:
    assert parse_command("benchZAP") == Command("ZAP", "benchZAP")
    assert parse_command("BENCH") == Command("", "BENCH")
    assert not is_known("ZAP")
    assert not is_known("")


@pytest.mark.parametrize("text", ["", "BENC", "XBENCHOK", "805EC0A1B2C3"])
def test_no_commands(text: str) -> None:
    assert parse_command(text) is None


@pytest.mark.parametrize("verb", ["", "X", "ok", "MAN", "PUT-IT", "B2", "X" * 13, "ÄXX"])
def test_verbs_that_cannot_be_codes(verb: str) -> None:
    assert check_verb(verb)


def test_the_reason_names_the_letters() -> None:
    assert "A M" in str(check_verb("MAN"))
