"""Comparison of a boot with a known-good boot of the same model: how far it came, what is new.

A good boot is kept as its milestones: its lines in order, with everything left out that differs
from one start or unit to the next (numbers, addresses, times).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.datafile import Table
from bench.text import clean_line

MOST = 400
"""Milestones of one boot."""
LONGEST = 100
"""Characters of a milestone."""
EXTRAS = 40
"""New lines that look like errors, kept in a comparison."""
_ROUNDS = 6
_LOOKED_AT = 200_000
"""Lines of a console that are looked at for milestones."""
_STAMP = re.compile(r"^(?:<\d>)?\[ {0,8}\d{1,8}\.\d{1,6}\](?:\[ {0,6}[TC]\d{1,6}\])? ?")
_DATE = re.compile(
    r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b,?"
)
_MAC = re.compile(r"\b[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}\b")
_HEX = re.compile(r"\b0x[0-9A-Fa-f]+\b|\b(?=[0-9A-Fa-f]{0,40}\d)[0-9A-Fa-f]{6,}\b")
_SIZE = re.compile(r"\b\d+[kKMGT](?:i?B)?\b")
_MIXED = re.compile(r"\b(?=[A-Za-z]{0,60}\d)[0-9A-Za-z]{8,}\b")
_NUMBER = re.compile(r"\d+")
_RUN = re.compile(r"#(?:[ .:,/+-]{0,2}#)+")
_DOTS = re.compile(r"\.{2,}|(?: \.){2,}")
_LETTERS = re.compile(r"[A-Za-z]{3}")
_ERRORLIKE = re.compile(
    r"(?i)\b(?:errors?|fail(?:ed|ure|s)?|panic|fatal|bad|corrupt\w{0,4}|cannot|can't|unable|invalid"
    r"|timed? ?out|timeout|refused|missing|not found|exception|abort(?:ed)?|oops|warn(?:ing)?)\b"
)


@dataclass(frozen=True, slots=True)
class GoodBoot:
    """A boot that went well (an entry of data/known_good.toml, or of the site's own file)."""

    brand: str
    model: str
    note: str
    milestones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a boot compares: `reached` of `total` milestones, `last` the last of them that it came
    to, `missing` the first one after that ("" where it came to the end), `skipped` those before
    `last` that did not come, `extra` lines that look like errors and are not in the good boot."""

    reached: int
    total: int
    last: str
    missing: str
    skipped: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The comparison in words, for the technician."""
        if not self.reached:
            return "Nothing of a good start was seen: start the unit again while it is recorded."
        how_far = f"It came to {self.reached} of {self.total} steps of a good start"
        if not self.missing:
            return f"{how_far}, and to its end."
        return f"{how_far}; after “{self.last}” a good one says “{self.missing}”."


def normalised(text: str) -> str:
    """A line without what differs between starts and units; "" for a line that says nothing.

    Normalising what comes out changes nothing more.
    """
    text = clean_line(text, 300)
    for _ in range(_ROUNDS):
        once = _without_numbers(text)
        if once == text:
            return text
        text = once
    return ""  # too odd to be the line of a boot


def _without_numbers(text: str) -> str:
    text = _STAMP.sub("", text)
    for pattern in (_DATE, _MAC, _SIZE, _HEX, _MIXED, _NUMBER):
        text = pattern.sub("#", text)
    text = _DOTS.sub("", _RUN.sub("#", text)).strip(" .#*-=|+")
    return clean_line(text, LONGEST) if _LETTERS.search(text) else ""


def milestones(lines: Iterable[str]) -> tuple[str, ...]:
    """The milestones in lines, in order, each once, at most `MOST`."""
    found: dict[str, None] = {}
    for number, text in enumerate(lines):
        plain = normalised(text)
        if plain:
            found.setdefault(plain)
        if len(found) >= MOST or number >= _LOOKED_AT:
            break
    return tuple(found)


def compare(good: GoodBoot, lines: Iterable[str]) -> Comparison:
    """Compares the lines of one boot, from its first banner on, with a good boot.

    The order of what runs side by side differs from start to start, so a milestone counts
    wherever it stands.
    """
    known, seen = set(good.milestones), set[str]()
    extra: dict[str, None] = {}
    for number, text in enumerate(lines):
        if number >= _LOOKED_AT:
            break
        plain = normalised(text)
        if plain in known:
            seen.add(plain)
        elif plain and len(extra) < EXTRAS and _ERRORLIKE.search(plain):
            extra.setdefault(clean_line(text))
    came = [place for place, step in enumerate(good.milestones) if step in seen]
    if not came:
        return Comparison(0, len(good.milestones), "", _at(good, 0), (), tuple(extra))
    skipped = tuple(step for step in good.milestones[: came[-1]] if step not in seen)
    return Comparison(
        len(came),
        len(good.milestones),
        good.milestones[came[-1]],
        _at(good, came[-1] + 1),
        skipped,
        tuple(extra),
    )


def _at(good: GoodBoot, place: int) -> str:
    return good.milestones[place] if place < len(good.milestones) else ""


def from_lines(brand: str, model: str, lines: Iterable[str], note: str = "") -> GoodBoot:
    """A good boot made from the lines of one: from its first banner to its first prompt.

    Give it no more than that: what comes after a log-in is no step of a start, and may be secret.
    """
    return GoodBoot(
        clean_line(brand, 60), clean_line(model, 60), clean_line(note, 200), milestones(lines)
    )


def as_toml(good: GoodBoot) -> str:
    """A good boot as an entry to append to a file of good boots."""
    steps = "".join(f"  {_quoted(step)},\n" for step in good.milestones)
    head = "".join(
        f"{name} = {_quoted(value)}\n"
        for name, value in (("brand", good.brand), ("model", good.model), ("note", good.note))
    )
    return f"\n[[good]]\n{head}milestones = [\n{steps}]\n"


def _quoted(text: str) -> str:
    return json.dumps(clean_line(text, 300), ensure_ascii=False)


def load_known_good(path: Path) -> tuple[GoodBoot, ...]:
    """The good boots of a file; raises DataError where it cannot be used."""
    table = Table.read(path)
    entries = table.tables("good", [])
    table.done()
    return tuple(_good(entry) for entry in entries)


def _good(entry: Table) -> GoodBoot:
    good = GoodBoot(
        entry.text("brand"), entry.text("model"), entry.text("note", ""), entry.texts("milestones")
    )
    if not 3 <= len(good.milestones) <= MOST:
        raise entry.wrong("milestones", f"3 to {MOST} lines of a good boot", len(good.milestones))
    for step in good.milestones:
        if normalised(step) != step:
            raise entry.wrong("milestones", f"{normalised(step)!r}, without what differs", step)
    entry.done()
    return good


def good_for(known: Iterable[GoodBoot], brand: str, model: str) -> GoodBoot | None:
    """The good boot of a brand and model; the last one of several; None where there is none."""
    wanted = brand.strip().casefold(), model.strip().casefold()
    found = [one for one in known if (one.brand.casefold(), one.model.casefold()) == wanted]
    return found[-1] if found else None
