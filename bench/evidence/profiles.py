"""Console profiles: how a family of devices is listened to, how it asks, what may be run on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from bench.datafile import Table
from bench.evidence.console_lines import LONGEST_PROMPT
from bench.evidence.script_steps import PROMPTS, Do, Manner, Script, Step
from bench.settings import BAUDS, Line, Settings

RATES = (*BAUDS, 1_500_000, 3_000_000)
"""Rates that a profile may name."""
GENERIC = "generic"
"""The profile for everything that no other one names."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One family of devices (an entry of data/console.toml)."""

    id: str
    title: str
    brands: tuple[str, ...]
    models: tuple[str, ...]
    rates: tuple[int, ...]
    """Bits a second, the likeliest first."""
    dtr: bool | None
    rts: bool | None
    silence_seconds: int
    """After so many seconds without a byte in mid-boot, the device hangs."""
    manner: Manner
    scripts: tuple[Script, ...]

    def is_for(self, brand: str, model: str) -> bool:
        """Whether it is for this device; case does not matter."""
        if brand.strip().casefold() not in (known.casefold() for known in self.brands):
            return False
        plain = model.strip().casefold()
        return not self.models or any(fnmatchcase(plain, one.casefold()) for one in self.models)

    def script(self, wanted: str) -> Script | None:
        """Its script of this id."""
        return next((script for script in self.scripts if script.id == wanted), None)


@dataclass(frozen=True, slots=True)
class Profiles:
    """All profiles, in the order in which they are tried; the generic one is the last."""

    all: tuple[Profile, ...]

    def profile_for(self, brand: str = "", model: str = "") -> Profile:
        """The profile of a device; the generic one for a device that nobody knows."""
        found = (profile for profile in self.all if profile.is_for(brand, model))
        return next(found, self.all[-1])


def lines_of(profile: Profile, settings: Settings, letter: str) -> tuple[bool | None, bool | None]:
    """DTR and RTS for a capture: what the settings say of the cable, else the product's profile.

    The cable wins: what hangs on its pins (a reset, a power switch) is the same for any product.
    `leave` is a policy too, and wins over the profile's on. A cable without a letter has none.
    """
    dtr, rts = settings.console_dtr.get(letter), settings.console_rts.get(letter)
    return profile.dtr if dtr is None else dtr.level, profile.rts if rts is None else rts.level


def load_profiles(file: Path) -> Profiles:
    """Reads and checks the table of consoles; raises DataError where it cannot be used."""
    table = Table.read(file)
    common, entries = _prompts(table.table("prompts")), table.tables("profile")
    table.done()
    found: list[Profile] = []
    for entry in entries:
        profile = _profile(entry, common)
        if any(other.id == profile.id for other in found):
            raise entry.wrong("id", "an id that no other profile has", profile.id)
        found.append(profile)
    if not found or found[-1].id != GENERIC or found[-1].brands:
        raise table.wrong("profile", f'a last one with the id "{GENERIC}" and without brands')
    return Profiles(tuple(found))


def _profile(entry: Table, common: Mapping[str, re.Pattern[str]]) -> Profile:
    prompts = {**common, **_prompts(entry.table("prompts", {}))}
    manner = Manner(
        prompts,
        pager_answer=entry.text("pager_answer", " ").encode(),
        enter=entry.text("enter", "\r").encode(),
    )
    scripts = [_script(one, manner) for one in entry.tables("script", [])]
    if len({script.id for script in scripts}) != len(scripts):
        raise entry.wrong("script", "scripts of which each has an id of its own")
    profile = Profile(
        id=_words(entry, "id"),
        title=_words(entry, "title"),
        brands=entry.texts("brands"),
        models=entry.texts("models", ()),
        rates=_rates(entry),
        dtr=entry.one_of("dtr", Line).level,
        rts=entry.one_of("rts", Line).level,
        silence_seconds=entry.number("silence_seconds", 5, 3600),
        manner=manner,
        scripts=tuple(scripts),
    )
    _words(entry, "source")
    entry.done()
    return profile


def _rates(entry: Table) -> tuple[int, ...]:
    rates = entry.numbers("rates", RATES[0], RATES[-1])
    if not rates or len(set(rates)) != len(rates) or not set(rates) <= set(RATES):
        known = ", ".join(map(str, RATES))
        raise entry.wrong("rates", f"different ones of {known}", list(rates))
    return rates


def _prompts(table: Table) -> dict[str, re.Pattern[str]]:
    found = {name: _pattern(table.table(name)) for name in table.names()}
    table.done()
    return found


def _pattern(entry: Table) -> re.Pattern[str]:
    """A prompt, tried on its examples; it is for whole lines of at most LONGEST_PROMPT signs."""
    try:
        pattern = re.compile(entry.text("pattern"))
    except re.error as error:
        raise entry.wrong("pattern", f"a regular expression ({error})") from None
    examples = entry.texts("examples")
    if not examples:
        raise entry.wrong("examples", "at least one line that fits")
    for example in examples:
        if not pattern.fullmatch(example.strip()) or len(example) > LONGEST_PROMPT:
            raise entry.wrong("examples", "lines that fit the pattern", example)
    for example in entry.texts("counter_examples", ()):
        if pattern.fullmatch(example.strip()):
            raise entry.wrong("counter_examples", "lines that do not fit the pattern", example)
    if pattern.fullmatch(""):
        raise entry.wrong("pattern", "a pattern that an empty line does not fit")
    entry.done()
    return pattern


def _script(entry: Table, manner: Manner) -> Script:
    steps = tuple(_step(one, manner) for one in entry.tables("steps"))
    if not steps:
        raise entry.wrong("steps", "at least one step")
    script = Script(_words(entry, "id"), _words(entry, "title"), steps, manner)
    entry.done()
    return script


def _step(entry: Table, manner: Manner) -> Step:
    do = entry.one_of("do", Do)
    until = entry.texts("until", ("enable",) if do is Do.ENABLE else PROMPTS)
    for name in until:
        if name not in manner.prompts:
            raise entry.wrong("until", "names of " + ", ".join(sorted(manner.prompts)), name)
    text = entry.text("text") if do is Do.RUN else ""
    if not text.isprintable():
        raise entry.wrong("text", "one command", text)
    step = Step(do, text, until, float(entry.number("seconds", 1, 600, 30)))
    entry.done()
    return step


def _words(entry: Table, name: str) -> str:
    text = entry.text(name)
    if not text.strip():
        raise entry.wrong(name, "words", text)
    return text
