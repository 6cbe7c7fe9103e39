"""Tracking numbers: whose a scanned number is, and what is wrong with one that is nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.datafile import Table
from bench.scan.check_digits import ALGORITHMS, Check
from bench.scan.serials import canonical, without_aim
from bench.text import clean_line


@dataclass(frozen=True, slots=True)
class Tracking:
    """A tracking number that was recognised, as the carrier's web page wants it."""

    carrier: str
    number: str
    service: str = ""


@dataclass(frozen=True, slots=True)
class CarrierForm:
    """One sort of number of one carrier (an entry of data/carriers.toml)."""

    name: str
    service: str
    pattern: re.Pattern[str]
    length: int
    check: Check
    begins: str

    def number_in(self, plain: str) -> str | None:
        """The tracking number in a plain scan, whatever its check digit; None where none fits."""
        found = self.pattern.fullmatch(plain)
        if not found:
            return None
        number = found["number"] if "number" in self.pattern.groupindex else found[0]
        return number if len(number) == self.length else None

    def is_right(self, number: str) -> bool:
        """Whether the check digit is right; False where the algorithm cannot read the number."""
        try:
            return ALGORITHMS[self.check](number)
        except (ValueError, IndexError):
            return False


def _plain(text: str) -> str:
    return canonical(without_aim(text.strip())[0]).replace("-", "")


@dataclass(frozen=True, slots=True)
class Carriers:
    """All sorts of tracking numbers that are known, strictest first."""

    forms: tuple[CarrierForm, ...]

    def _fitting(self, plain: str) -> Iterator[tuple[CarrierForm, str]]:
        for form in self.forms:
            number = form.number_in(plain)
            if number is not None:
                yield form, number

    def recognise(self, text: str) -> Tracking | None:
        """The carrier and number of a scan whose check digit is right; None for everything else."""
        for form, number in self._fitting(_plain(text)):
            if form.is_right(number):
                return Tracking(form.name, number, form.service)
        return None

    def resembles(self, text: str) -> bool:
        """Whether a text has the shape of a carrier's number, or begins as one, right or wrong."""
        plain = _plain(text)
        begins = (form.begins and plain.startswith(form.begins) for form in self.forms)
        return any(begins) or next(self._fitting(plain), None) is not None

    def explain(self, text: str) -> str:
        """Why `recognise` gives None, as a sentence for the technician that says what to do."""
        plain = _plain(text)
        shown = clean_line(text, 60)
        form, number = next(self._fitting(plain), (None, ""))
        if form:
            return (
                f"{number} looks like a number of {form.name}, but its check digit is wrong: "
                "scan the label again, or compare each digit if it was typed."
            )
        for form in self.forms:
            if form.begins and plain.startswith(form.begins):
                return (
                    f"{shown} begins like a number of {form.name}, but has {len(plain)} characters "
                    f"instead of {form.length}: scan the label again."
                )
        if not shown:
            return "No tracking number: scan the barcode of the shipping label."
        names = ", ".join(dict.fromkeys(form.name for form in self.forms))
        return (
            f"{shown} is no tracking number of {names}: scan the long barcode of the shipping "
            "label, or type the carrier and the number."
        )


def _form(entry: Table) -> CarrierForm:
    name = entry.text("name")
    if not name.strip():
        raise entry.wrong("name", "the carrier's name", name)
    try:
        pattern = re.compile(entry.text("pattern"))
    except re.error as error:
        raise entry.wrong("pattern", f"a regular expression ({error})") from None
    form = CarrierForm(
        name=name,
        service=entry.text("service", ""),
        pattern=pattern,
        length=entry.number("length", 4, 40),
        check=entry.one_of("check", Check),
        begins=entry.text("begins", ""),
    )
    example = entry.text("example")
    number = form.number_in(example)
    if number is None:
        raise entry.wrong("example", f"a number of {form.length} that fits the pattern", example)
    if not form.is_right(number):
        raise entry.wrong("example", f"a number with the right {form.check} check digit", example)
    entry.done()
    return form


def load_carriers(path: Path) -> Carriers:
    """Reads and checks the table of carriers; raises DataError where it cannot be used."""
    table = Table.read(path)
    entries = table.tables("carrier")
    table.done()
    if not entries:
        raise table.wrong("carrier", "at least one carrier")
    return Carriers(tuple(_form(entry) for entry in entries))
