"""The letters that leave the bench: templates from `letters.toml`, and filling them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from string import Formatter

from bench.datafile import Table
from bench.text import clean_line, printable

NOT_KNOWN = "not known"
SUBJECT, BODY = 200, 20_000
"""Characters that a subject and a body may have."""
_VALUE = 4000
PLACEHOLDERS = frozenset(
    (
        *("rma", "ticket", "serial", "brand", "model", "mac", "customer", "channel", "address"),
        *("service_level", "opened_on", "received_on", "shipped_on", "today", "age_days", "band"),
        *("warranty_until", "packaging", "condition", "accessories", "symptom", "checks"),
        *("findings", "outcome", "failed_on_site", "reason", "replacement", "sent_ahead_on"),
        *("due_on", "days_over", "deductible", "tries", "technician", "station"),
    )
)
"""The names that may stand in braces."""
_LONG = ("symptom", "checks", "findings", "failed_on_site", "condition", "reason")
"""Those whose value may have several lines: no other value can pass for a line of the letter."""


class LetterKind(StrEnum):
    """What a letter is for."""

    MANAGEMENT_NOTICE = "management_notice"
    """An early return: ticket, full details, why it failed on site (DOMAIN section 3)."""
    QUOTE_REQUEST = "quote_request"
    """The Partner Team is asked for action and quote (section 3)."""
    CUSTOMER_CONTACT = "customer_contact"
    """No trouble found: does the customer want it back (section 4)?"""
    BILLING_NOTICE = "billing_notice"
    """The original of an advance replacement is not back in time (section 3)."""


class LetterTo(StrEnum):
    """Who a letter goes to: an entry of the settings, or the customer."""

    MANAGEMENT = "management"
    PARTNER_TEAM = "partner_team"
    BILLING = "billing"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class LetterTemplate:
    """One letter before it is filled in."""

    kind: LetterKind
    to: LetterTo
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Letters:
    """All letters, and how often the sending of one is tried."""

    templates: Mapping[LetterKind, LetterTemplate]
    back_off_minutes: tuple[int, ...]
    """Minutes from one try to the next; the last one repeats."""
    tries_at_most: int

    def back_off(self, tries: int) -> timedelta | None:
        """How long to wait after so many tries; None: that is enough of them."""
        if tries >= self.tries_at_most:
            return None
        place = min(max(tries, 1), len(self.back_off_minutes)) - 1
        return timedelta(minutes=self.back_off_minutes[place])


def load_letters(file: Path) -> Letters:
    """Reads and checks the letters. Raises DataError naming file, key and what was expected."""
    table = Table.read(file)
    sending, found = table.table("sending"), dict[LetterKind, LetterTemplate]()
    for part in table.tables("letter"):
        template = _template(part)
        if template.kind in found:
            raise part.wrong("kind", "each kind of letter once", template.kind.value)
        found[template.kind] = template
    if missing := [kind.value for kind in LetterKind if kind not in found]:
        raise table.wrong("letter", f"a letter of the kind {missing[0]}")
    minutes = sending.numbers("back_off_minutes", 1, 24 * 60)
    if not minutes:
        raise sending.wrong("back_off_minutes", "at least one number of minutes", list(minutes))
    letters = Letters(found, minutes, sending.number("tries_at_most", 1, 10_000))
    sending.done()
    table.done()
    return letters


def _template(part: Table) -> LetterTemplate:
    template = LetterTemplate(
        kind=part.one_of("kind", LetterKind),
        to=part.one_of("to", LetterTo),
        subject=_checked(part, "subject").strip(),
        body=_checked(part, "body").strip("\n") + "\n",
    )
    if not template.subject or len(template.subject.splitlines()) != 1:
        raise part.wrong("subject", "one line", template.subject)
    if not template.body.strip():
        raise part.wrong("body", "a text", template.body)
    part.done()
    return template


def _checked(part: Table, name: str) -> str:
    """A text whose braces hold nothing but known names: no attribute, index, format."""
    text = part.text(name)
    try:
        pieces = list(Formatter().parse(text))
    except ValueError as error:
        raise part.wrong(name, f"names in braces ({error})") from None
    for _, field, spec, conversion in pieces:
        if field is not None and (field not in PLACEHOLDERS or spec or conversion):
            written = (
                field + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
            )
            known = ", ".join(sorted(PLACEHOLDERS))
            raise part.wrong(name, f"only these names in braces: {known}", "{" + written + "}")
    return text


def letter_text(text: str) -> str:
    """A text of several lines as it may leave the bench: spaces stay where they are.

    Control, bidi and zero-width characters become signs that do nothing.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(printable(line).rstrip() for line in lines).strip("\n")


def compose(template: LetterTemplate, values: Mapping[str, str]) -> tuple[str, str]:
    """Subject and body, filled in; what is empty or left out reads "not known".

    A subject is one line whatever the values hold, so that none can add a header; what stands in
    braces inside a value stays as it is. Raises ValueError for a name that no template may have.
    """
    if unknown := sorted(values.keys() - PLACEHOLDERS):
        raise ValueError(f"no letter has a place for {unknown[0]}")
    lines = {name: clean_line(values.get(name, "")) or NOT_KNOWN for name in PLACEHOLDERS}
    texts = lines | {name: _value(values.get(name, "")) for name in _LONG}
    subject = clean_line(template.subject.format_map(lines), SUBJECT)
    return subject, letter_text(template.body.format_map(texts)) + "\n"


def _value(text: str) -> str:
    """A value inside a body: what is longer than a page is cut, and says so."""
    text = letter_text(text).strip()
    return text[:_VALUE] + " […]" if len(text) > _VALUE else text or NOT_KNOWN
