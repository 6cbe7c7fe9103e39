"""Keyboard layouts: what a scanner set to US writes on a computer set otherwise, and back. Pure.

A keyboard-wedge scanner presses keys; the computer's layout decides which characters they write.
The tables are data (data/layouts.toml); here stand the rules of Caps Lock and of dead keys, and
how a text is taken back to what the scanner sent.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from bench.datafile import Table
from bench.scan.serials import without_aim

PLAIN = r"`1234567890-=qwertyuiop[]\asdfghjkl;'zxcvbnm,./"
"""The 47 printing keys of a US keyboard, in the order of the tables."""
SHIFTED = '~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?'
LABEL = string.digits + string.ascii_letters + "-./:+_"
"""The characters that serials, MAC addresses and part numbers are made of."""
_PARTNER = dict(zip(PLAIN + SHIFTED, SHIFTED + PLAIN, strict=True))
ACCENTS: Mapping[str, str] = MappingProxyType(
    {
        **{"`": "\u0300", "´": "\u0301", "^": "\u0302", "~": "\u0303", "¨": "\u0308"},
        **{"ˇ": "\u030c", "¸": "\u0327", "˛": "\u0328", "˚": "\u030a", "˘": "\u0306"},
        **{"˝": "\u030b", "˙": "\u0307", "¯": "\u0304"},
    }
)
"""The accent of a dead key by itself, and the combining mark it puts on the next letter."""
_PLAUSIBLE = re.compile(r"[0-9A-Za-z\-./:+_ \x1d]{3,}")
_DIGIT_ROW = re.compile(r"""[&"'(_\-]{3,}""")
_NO_DIGIT = frozenset("&\"'(")


class CapsRule(StrEnum):
    """What Caps Lock does besides swapping the case of plain letters."""

    CAPITALS = "capitals"
    """Graphical desktops: every letter becomes a capital, so é on a French digit key becomes É."""
    LETTER_KEYS = "letter_keys"
    """The text console of Linux: a key that writes a letter counts as shifted, so é becomes 2."""
    ALL_KEYS = "all_keys"
    """Shift Lock, as French and German Windows do it on the row of digits too."""


class Typed(NamedTuple):
    """What one key writes."""

    text: str
    dead: bool
    """It waits for the next key; `text` is its accent by itself."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One keyboard layout of a computer (an entry of data/layouts.toml)."""

    name: str
    words: str
    plain: str
    shifted: str
    dead: frozenset[str] = frozenset()
    """US characters whose keys are dead."""
    caps: tuple[tuple[str, str], ...] = ()
    """US characters and what they write with Caps Lock, where the rule would be wrong."""

    def typed(self, text: str, caps: bool = False, rule: CapsRule = CapsRule.CAPITALS) -> str:
        """What arrives when a scanner set to US sends a text; what is on no key stays as it is.

        A dead key puts its accent on a letter that can carry it and stands by itself otherwise, as
        on Windows and macOS. Some terminals on X11 swallow an accent that fits nothing.
        """
        keys, out, waiting = key_table(self, caps, rule), "", ""
        for sent in text:
            key = keys.get(sent, Typed(sent, False))
            joined = "" if key.dead or not waiting else composed(waiting, key.text)
            if waiting and not joined:
                out += waiting
            if key.dead:
                waiting = key.text
                continue
            out, waiting = out + (joined or key.text), ""
        return out + waiting

    def inverse(self, caps: bool = False, rule: CapsRule = CapsRule.CAPITALS) -> Mapping[str, str]:
        """What arrived, and what the scanner sent for it; without what cannot be told apart.

        A key that writes the character goes before a dead key and a letter that make it together,
        and characters of labels (LABEL) go before all others.
        """
        return _inverse(self, caps, rule)

    def ambiguous(self, caps: bool = False, rule: CapsRule = CapsRule.CAPITALS) -> frozenset[str]:
        """Characters of labels, and pairs of them, that `inverse` does not give back."""
        keys, back = key_table(self, caps, rule), self.inverse(caps, rule)
        dead = [sent for sent in LABEL if keys[sent].dead]
        texts = (*LABEL, *map("".join, product(dead, LABEL)))
        return frozenset(t for t in texts if correct(self.typed(t, caps, rule), back) != t)


@dataclass(frozen=True, slots=True)
class Layouts:
    """All layouts that are known, the commonest first."""

    entries: tuple[Layout, ...]

    def __iter__(self) -> Iterator[Layout]:
        return iter(self.entries)

    def named(self, name: str) -> Layout | None:
        """A layout by its short name; None where there is none."""
        return next((layout for layout in self.entries if layout.name == name), None)

    def states(self) -> Iterator[tuple[Layout, bool, CapsRule]]:
        """Every layout without Caps Lock, and with it by each of its rules."""
        for layout in self.entries:
            yield layout, False, CapsRule.CAPITALS
            yield from ((layout, True, rule) for rule in CapsRule)


class Guess(NamedTuple):
    """A layout that explains a text, and what the scanner sent if it is so."""

    layout: Layout
    caps: bool
    text: str


@cache
def composed(accent: str, letter: str) -> str:
    """A letter with the accent of a dead key, as one character; "" where there is none such."""
    joined = unicodedata.normalize("NFC", letter + ACCENTS[accent])
    return joined if len(joined) == 1 else ""


@cache
def key_table(layout: Layout, caps: bool, rule: CapsRule) -> Mapping[str, Typed]:
    """What each US character writes on a layout."""
    rows = dict(zip(PLAIN + SHIFTED, layout.plain + layout.shifted, strict=True))
    bare = {sent: Typed(text, sent in layout.dead) for sent, text in rows.items()}
    if not caps:
        return bare
    pairs = zip(PLAIN, layout.plain, layout.shifted, strict=True)
    cased = {sent for sent, low, high in pairs if low.islower() and high.isupper()}
    cased |= {_PARTNER[sent] for sent in cased}

    def locked(sent: str) -> Typed:
        key = bare[sent]
        if rule is CapsRule.ALL_KEYS or sent in cased:
            return bare[_PARTNER[sent]]
        if key.dead or not key.text.isalpha():
            return key
        if rule is CapsRule.LETTER_KEYS:
            return bare[_PARTNER[sent]]
        upper = dict(layout.caps).get(sent, key.text.upper())
        return Typed(upper, False) if len(upper) == 1 else key

    return {sent: locked(sent) for sent in bare}


@cache
def _inverse(layout: Layout, caps: bool, rule: CapsRule) -> Mapping[str, str]:
    found: dict[str, list[str]] = {}
    keys = key_table(layout, caps, rule)
    for sent, key in keys.items():
        found.setdefault(key.text, []).append(sent)
    accents = [(sent, key.text) for sent, key in keys.items() if key.dead]
    letters = [(sent, key.text) for sent, key in keys.items() if key.text.isalpha()]
    for (dead, accent), (sent, letter) in product(accents, letters):
        joined = composed(accent, letter)
        if joined:
            found.setdefault(joined, []).append(dead + sent)
    certain = {arrived: _likeliest(texts) for arrived, texts in found.items()}
    return MappingProxyType({arrived: sent for arrived, sent in certain.items() if sent})


def _likeliest(texts: list[str]) -> str:
    """The one text of the best rank; "" where two share it."""

    def rank(text: str) -> tuple[int, bool, bool]:
        # An AIM identifier begins with the bracket, and it often stands for GS.
        return len(text), not set(text) <= set(LABEL), text != "]"

    if len(texts) == 1:
        return texts[0]
    best = min(map(rank, texts))
    first, *others = (text for text in texts if rank(text) == best)
    return "" if others else first


def correct(text: str, mapping: Mapping[str, str]) -> str:
    """A text with each character taken back to what was sent; what is unknown stays as it is."""
    return "".join(mapping.get(character, character) for character in text)


def foreign(text: str) -> bool:
    """Whether a text has what no label of a unit carries, so that a wrong layout is likely.

    Letters and signs beyond ASCII (é, §, ß, ç), or what a French keyboard makes of digits. Dashes,
    spaces and symbols for control characters from a copied text do not count.
    """
    for character in text:
        kind = unicodedata.category(character)
        if ord(character) >= 0xA0 and kind[0] in "LMNSP" and not _is_harmless(character, kind):
            return True
    runs = (set(found.group()) for found in _DIGIT_ROW.finditer(text))
    return any(len(run & _NO_DIGIT) >= 2 for run in runs)


def _is_harmless(character: str, kind: str) -> bool:
    return kind == "Pd" or character in "−®™" or "\u2400" <= character <= "\u243f"


def guesses(text: str, layouts: Layouts) -> list[Guess]:
    """Every layout that could have made this text of a plausible label, the commonest first.

    Only texts that a search without regard to case would not have found anyway, each once. A
    serial with Y and Z exchanged is a serial too: whoever asks looks each one up.
    """
    arrived = unicodedata.normalize("NFC", text)
    seen, found = {arrived.upper()}, []
    for layout, caps, rule in layouts.states():
        sent = correct(arrived, layout.inverse(caps, rule))
        if sent.upper() in seen or not _is_plausible(sent):
            continue
        if layout.typed(sent, caps, rule) == arrived:
            seen.add(sent.upper())
            found.append(Guess(layout, caps, sent))
    return found


def _is_plausible(text: str) -> bool:
    bare = without_aim(text)[0]
    return _PLAUSIBLE.fullmatch(bare) is not None and any(c.isalnum() for c in bare)


def load_layouts(path: Path) -> Layouts:
    """Reads and checks the table of layouts; raises DataError where it cannot be used."""
    table = Table.read(path)
    entries = table.tables("layout")
    table.done()
    if not entries:
        raise table.wrong("layout", "at least one layout")
    layouts = Layouts(tuple(_layout(entry) for entry in entries))
    names: set[str] = set()
    for entry, layout in zip(entries, layouts, strict=True):
        if layout.name in names:
            raise entry.wrong("name", "a name that no other layout has", layout.name)
        names.add(layout.name)
    return layouts


def _layout(entry: Table) -> Layout:
    layout = Layout(
        name=_words(entry, "name"),
        words=_words(entry, "words"),
        plain=_row(entry, "plain"),
        shifted=_row(entry, "shifted"),
        dead=frozenset(_us(entry, "dead", entry.text("dead", ""))),
        caps=_exceptions(entry, entry.table("caps", {})),
    )
    rows = dict(zip(PLAIN + SHIFTED, layout.plain + layout.shifted, strict=True))
    for sent in sorted(layout.dead):
        if rows[sent] not in ACCENTS:
            raise entry.wrong("dead", f"keys that write one of {' '.join(ACCENTS)}", rows[sent])
    entry.done()
    return layout


def _words(entry: Table, name: str) -> str:
    text = entry.text(name)
    if not text.strip() or not text.isprintable() or len(text) > 40:
        raise entry.wrong(name, "1 to 40 characters", text)
    return text


def _row(entry: Table, name: str) -> str:
    text = entry.text(name)
    if len(text) != len(PLAIN) or not text.isprintable() or " " in text:
        raise entry.wrong(name, f"the characters of {len(PLAIN)} keys, not {len(text)}", text)
    return text


def _us(entry: Table, name: str, texts: Iterable[str]) -> tuple[str, ...]:
    for text in texts:
        if text not in _PARTNER:
            raise entry.wrong(name, "characters of a US keyboard", text)
    return tuple(texts)


def _exceptions(entry: Table, table: Table) -> tuple[tuple[str, str], ...]:
    found = []
    for sent in _us(entry, "caps", table.names()):
        text = table.text(sent)
        if len(text) != 1 or not text.isprintable():
            raise table.wrong(sent, "one character", text)
        found.append((sent, text))
    return tuple(found)
