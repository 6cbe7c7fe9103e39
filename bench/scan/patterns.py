"""Forms of serials by brand, and the names of models: what tells one code of a label from another.

The forms are data (data/labels.toml), and only public ones. A text that fits none is still a
serial: an unknown form is opaque, never wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.datafile import Table
from bench.scan.serials import canonical

_ALIKE = {"O": "0", "I": "1", "L": "1"}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One form of one brand's serials (an entry of data/labels.toml)."""

    brand: str
    form: re.Pattern[str]
    distinct: bool
    """Whether no other maker's serials are likely to look so."""
    excluded: str = ""
    """Letters that never occur from `excluded_from` on."""
    excluded_from: int = 0
    """Index of the first character that cannot be one of `excluded`."""
    source: str = ""

    def fits(self, serial: str) -> bool:
        """Whether a serial, however it is written, has this form."""
        return self.form.fullmatch(canonical(serial)) is not None

    def mended(self, serial: str) -> str:
        """The serial of this form that a text would be without misread letters; "" for none.

        To be asked about, never taken (DOMAIN section 8).
        """
        text = canonical(serial)
        head, tail = text[: self.excluded_from], text[self.excluded_from :]
        better = head + "".join(_ALIKE[c] if c in self.excluded else c for c in tail)
        return better if better != text and self.form.fullmatch(better) else ""


@dataclass(frozen=True, slots=True)
class Patterns:
    """All forms, in the order of the file, with the models and MAC prefixes of known makers."""

    forms: tuple[Pattern, ...] = ()
    models: frozenset[str] = frozenset()
    """`model_key` of each known model."""
    makers: tuple[str, ...] = ()
    """The MAC prefixes of known makers, upper-case hexadecimal."""
    model_prefixes: tuple[str, ...] = ()
    """What makers print in front of a model's name, each as `model_key`."""

    def of(self, text: str) -> Pattern | None:
        """The first form that a text has; None where it has none, which says nothing against it."""
        return next((form for form in self.forms if form.fits(text)), None)

    def is_distinct(self, text: str) -> bool:
        """Whether a text is a serial of one maker beyond reasonable doubt."""
        return any(form.distinct and form.fits(text) for form in self.forms)

    def is_model(self, text: str) -> bool:
        """Whether a text is the name of a known model and nothing else."""
        return bool(text) and self.bare_model(text) in self.models

    def is_of_maker(self, mac: str) -> bool:
        """Whether a MAC (twelve upper-case digits) carries a known maker's prefix."""
        return bool(self.makers) and mac.startswith(self.makers)

    def bare_model(self, text: str, names: Iterable[str] = ()) -> str:
        """`model_key` without what stands in front of it: series names, and the brand's `names`."""
        key = model_key(text)
        fronts = {*self.model_prefixes, *(model_key(name) for name in names)} - {""}
        longest_first = sorted(fronts, key=len, reverse=True)
        while key not in self.models and key not in fronts:
            front = next((f for f in longest_first if key.startswith(f)), "")
            if not front:
                return key
            key = key.removeprefix(front)
        return key

    def suggestion(self, text: str) -> str:
        """What a text would be with a misread O, I or L put right; "" where nothing speaks for it.

        Only where no form fits as it stands. To be asked about, never taken.
        """
        if self.of(text):
            return ""
        better = (form.mended(text) for form in self.forms if form.distinct)
        return next(filter(None, better), "")


NOTHING_KNOWN = Patterns()
"""No forms, no models: every serial is opaque."""


def model_key(text: str) -> str:
    """A model's name for comparing: letters and digits only, in upper case."""
    return "".join(c for c in canonical(text) if c.isalnum())


def _pattern(entry: Table) -> Pattern:
    brand, source = entry.text("brand"), entry.text("source")
    for name, value in (("brand", brand), ("source", source)):
        if not value.strip():
            raise entry.wrong(name, "a text that is not empty", value)
    try:
        form = re.compile(entry.text("pattern"))
    except re.error as error:
        raise entry.wrong("pattern", f"a regular expression ({error})") from None
    excluded = entry.text("excluded", "")
    if set(excluded) - set(_ALIKE):
        raise entry.wrong("excluded", "only letters of " + "".join(_ALIKE), excluded)
    first = entry.number("excluded_from", 1, 64, 1)
    pattern = Pattern(brand, form, entry.yes("distinct"), excluded, first - 1, source)
    _try_out(entry, pattern)
    entry.done()
    return pattern


def _try_out(entry: Table, pattern: Pattern) -> None:
    examples, others = entry.texts("examples"), entry.texts("counter_examples")
    for name, texts in (("examples", examples), ("counter_examples", others)):
        if not texts:
            raise entry.wrong(name, "at least one", texts)
    for text in examples:
        if not pattern.fits(text):
            raise entry.wrong("examples", "serials that fit the pattern", text)
        if set(canonical(text)[pattern.excluded_from :]) & set(pattern.excluded):
            raise entry.wrong("examples", f"serials without {pattern.excluded} there", text)
    for text in others:
        if pattern.fits(text):
            raise entry.wrong("counter_examples", "serials that do not fit the pattern", text)


def load_patterns(
    path: Path, models: Iterable[str] = (), mac_prefixes: Iterable[str] = ()
) -> Patterns:
    """Reads and checks the table of labels; raises DataError where it cannot be used.

    `models` and `mac_prefixes` are those of the brands' table.
    """
    table = Table.read(path)
    entries, prefixes = table.tables("pattern", []), table.texts("model_prefixes", [])
    table.done()
    for prefix in prefixes:
        if not prefix or model_key(prefix) != prefix:
            raise table.wrong("model_prefixes", "upper-case letters and digits", prefix)
    return Patterns(
        forms=tuple(_pattern(entry) for entry in entries),
        models=frozenset(model_key(model) for model in models) - {""},
        makers=tuple(mac_prefixes),
        model_prefixes=prefixes,
    )
