"""What counts as a secret in the text of a console: the table data/redaction.toml, checked on load.

Each rule is tried on its own example while it is read, so that a pattern that finds nothing is
found before a secret gets past it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.datafile import Table

SECRET = "secret"
"""The group of a pattern that holds what must not be seen."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A secret within one line."""

    id: str
    kind: str
    needs: tuple[str, ...]
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines from `begin` to `end`, of which those that fit `inside` belong together.

    `kind` is what is hidden; "" for a block that is public, as a certificate is. After `most`
    lines without an end the block is over.
    """

    id: str
    kind: str
    needs: tuple[str, ...]
    begin: re.Pattern[str]
    end: re.Pattern[str]
    inside: re.Pattern[str]
    most: int


@dataclass(frozen=True, slots=True)
class After:
    """A secret that stands alone in one of the `within` lines after one that fits `begin`."""

    id: str
    kind: str
    needs: tuple[str, ...]
    begin: re.Pattern[str]
    secret: re.Pattern[str]
    within: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """Which lines the technician has to look at, and what is never a secret."""

    widths: frozenset[int]
    words: re.Pattern[str]
    word_needs: tuple[str, ...]
    harmless: tuple[re.Pattern[str], ...]
    not_secret: frozenset[str]
    masked: re.Pattern[str]
    ask_from: int
    hide_from: int
    hidden_kind: str
    config: re.Pattern[str]
    config_lines: int

    def is_none(self, value: str) -> bool:
        """Whether a text that stands where a secret would stand is none: a word, or asterisks."""
        plain = value.strip().strip("\"';,.:()")
        return plain.lower() in self.not_secret or bool(self.masked.fullmatch(plain))


@dataclass(frozen=True, slots=True)
class Rules:
    """The whole table."""

    rules: tuple[Rule, ...]
    blocks: tuple[Block, ...]
    after: tuple[After, ...]
    public: tuple[Block, ...]
    doubt: Doubt


def _pattern(entry: Table, name: str, parts: Mapping[str, str], cased: bool) -> re.Pattern[str]:
    text = entry.text(name)
    for part, value in parts.items():
        text = text.replace("{{" + part + "}}", value)
    try:
        return re.compile(text, 0 if cased else re.IGNORECASE)
    except re.error as error:
        raise entry.wrong(name, f"a regular expression ({error})", text) from error


def _needs(entry: Table) -> tuple[str, ...]:
    needs = entry.texts("needs")
    if not needs or any(not one or one != one.lower() for one in needs):
        raise entry.wrong("needs", "texts in lower case, at least one", list(needs))
    return needs


def _secret_pattern(entry: Table, name: str, parts: Mapping[str, str]) -> re.Pattern[str]:
    pattern = _pattern(entry, name, parts, entry.yes("cased", False))
    if SECRET not in pattern.groupindex:
        raise entry.wrong(name, f"a pattern with the group {SECRET}", pattern.pattern)
    return pattern


def _rule(entry: Table, parts: Mapping[str, str]) -> Rule:
    pattern = _secret_pattern(entry, "pattern", parts)
    rule = Rule(entry.text("id"), entry.text("kind"), _needs(entry), pattern)
    example = entry.text("example")
    if not any(one in example.lower() for one in rule.needs):
        raise entry.wrong("example", "a line that holds one of its needs", example)
    left = pattern.sub(lambda found: without(found, "[hidden]"), example)
    _check_hides(entry, example, left)
    entry.done()
    return rule


def without(found: re.Match[str], put: str) -> str:
    """The text that a pattern found, with `put` in the place of its secret."""
    begin, end = found.span(SECRET)
    return found[0][: begin - found.start()] + put + found[0][end - found.start() :]


def _check_hides(entry: Table, example: str, left: str) -> None:
    for value in entry.texts("hides"):
        if value not in example:
            raise entry.wrong("hides", "parts of the example", value)
        if value in left:
            raise entry.wrong("example", f"a line of which {value!r} is hidden", left)


def _block(entry: Table, secret: bool) -> Block:
    block = Block(
        entry.text("id"),
        entry.text("kind") if secret else "",
        _needs(entry),
        _pattern(entry, "begin", {}, cased=True),
        _pattern(entry, "end", {}, cased=True),
        _pattern(entry, "inside", {}, cased=False),
        entry.number("most", 2, 10_000),
    )
    entry.done()
    return block


def _after(entry: Table) -> After:
    after = After(
        entry.text("id"),
        entry.text("kind"),
        _needs(entry),
        _pattern(entry, "begin", {}, cased=False),
        _secret_pattern(entry, "secret", {}),
        entry.number("within", 1, 20, 1),
    )
    first, second = entry.texts("example")
    if not after.begin.search(first):
        raise entry.wrong("example", "a first line that fits begin", first)
    left = after.secret.sub(lambda found: without(found, "[hidden]"), second)
    _check_hides(entry, second, left)
    entry.done()
    return after


def _doubt(entry: Table) -> Doubt:
    plain: dict[str, str] = {}
    doubt = Doubt(
        widths=frozenset(_widths(entry)),
        words=_pattern(entry, "words", plain, cased=False),
        word_needs=entry.texts("word_needs"),
        harmless=tuple(_harmless(entry)),
        not_secret=frozenset(entry.texts("not_secret")),
        masked=_pattern(entry, "masked", plain, cased=False),
        ask_from=entry.number("ask_from", 12, 200),
        hide_from=entry.number("hide_from", 24, 1000),
        hidden_kind=entry.text("hidden_kind"),
        config=_pattern(entry, "config", plain, cased=False),
        config_lines=entry.number("config_lines", 1, 1000),
    )
    entry.done()
    return doubt


def _widths(entry: Table) -> Iterator[int]:
    for text in entry.texts("widths"):
        if not text.isdecimal() or not 20 <= int(text) <= 500:
            raise entry.wrong("widths", "columns of terminals, from 20 to 500", text)
        yield int(text)


def _harmless(entry: Table) -> Iterator[re.Pattern[str]]:
    for text in entry.texts("harmless"):
        try:
            yield re.compile(text, re.IGNORECASE)
        except re.error as error:
            raise entry.wrong("harmless", f"regular expressions ({error})", text) from error


def _parts(entry: Table) -> dict[str, str]:
    return {name: entry.text(name) for name in entry.names()}


def load_rules(path: Path) -> Rules:
    """Reads and checks the table of secrets; raises DataError where it cannot be used."""
    table = Table.read(path)
    parts = _parts(table.table("parts"))
    rules = Rules(
        tuple(_rule(entry, parts) for entry in table.tables("rule")),
        tuple(_block(entry, secret=True) for entry in table.tables("block")),
        tuple(_after(entry) for entry in table.tables("after")),
        tuple(_block(entry, secret=False) for entry in table.tables("public")),
        _doubt(table.table("doubt")),
    )
    table.done()
    ids = [one.id for one in rules.rules]
    ids += [one.id for one in (*rules.blocks, *rules.public)] + [one.id for one in rules.after]
    for one in ids:
        if ids.count(one) > 1:
            raise table.wrong("rule", f"each id once; {one} stands twice")
    return rules
