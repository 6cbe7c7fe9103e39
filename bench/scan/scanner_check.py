"""The scanner check: what one scan of a printed test code tells of the scanner. Pure.

What the code says is known, so each character that arrives shows what became of the one that was
sent: keyboard layout, Caps Lock, what stands in front and at the end, and the sign between fields.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil
from statistics import median
from string import ascii_letters

from bench.scan.layouts import ACCENTS, CapsRule, Layout, Layouts, correct, key_table
from bench.scan.profile import GS, GS_ITSELF, GS_LOST, Profile
from bench.scan.serials import without_aim
from bench.text import printable

PREFIX = "BENCHGUN"
"""Only letters that stay in place on every layout, compared without regard to case."""
_BODY = "AYMWIQZ-./:_0123456789+E"
_END = "X"
# No two letters that a layout exchanges (A and Q, W and Z, Y and Z) stand beside each other: keys
# that came in the wrong order do not look like a layout. The only sign that is a dead key on some
# layouts is the plus: after it stands a letter that carries every accent, so that no terminal
# swallows it. An E and an X in a fixed place show that nothing is missing before them.
TEST_CODE = PREFIX + _BODY + GS + _END
"""What the printed code carries. As Code 128 it is 376 modules, with quiet zones 131 mm at 0.33."""
_BEGINNING = re.compile(PREFIX, re.IGNORECASE | re.ASCII)
_CUT = 4
"""Characters after the prefix from which a scan is the test code, whole or not."""
_LONGEST_FRONT = 32
_LONGEST_STAND_IN = 10
_VARIANT = 2
"""So many characters may differ from a layout that is known: it is taken for a variant of it."""
_AIM_AT_END = re.compile(r"\][A-Za-z][0-9A-Za-z]$")
_AIM_MANGLED = re.compile(r"[^0-9A-Za-z\s][A-Za-z][0-9]")
_State = tuple[Layout, bool, CapsRule]


class DamagedCode(ValueError):
    """The test code did not arrive whole. `what` says what is wrong, `remedy` what to do."""

    def __init__(self, what: str, remedy: str = "") -> None:
        self.what = what
        self.remedy = remedy or "scan it again, and hold the scanner still until it beeps"
        super().__init__(f"{self.what}: {self.remedy}")


def is_test_code(raw: str) -> bool:
    """Whether a scan is the test code, whole or damaged, whatever became of it on the way."""
    found = _BEGINNING.search(raw)
    return found is not None and len(raw) - found.end() >= _CUT


def learn(raw: str, gaps: Sequence[float], suffix: str, layouts: Layouts, today: date) -> Profile:
    """What a scan of the test code tells. Raises DamagedCode where it did not arrive whole.

    `raw` is exactly what arrived; `gaps` are the seconds between its keys, the one to the key that
    ended it last (none for a paste); `suffix` is the name of that key.
    """
    raw = unicodedata.normalize("NFC", raw)
    begun = _BEGINNING.search(raw)
    if begun is None:
        raise DamagedCode("this is not the test code", "scan the code of the scanner check")
    front, tail = raw[: begun.start()], raw[begun.end() :]
    if len(front) > _LONGEST_FRONT:
        raise DamagedCode("too much stands in front of the test code")
    pairs, rest = _aligned(tail)
    seen = _observed([*zip(PREFIX, begun.group(), strict=True), *pairs])
    states = _states(seen, front, layouts)
    _check(seen, states, layouts)
    alike = _alike(seen)
    fix = _fix(seen, states)
    prefix, aim, cut = _front(front, fix, states)
    median_ms, p95_ms = _speed(gaps)
    return Profile(
        layout=states[0][0].name if states else "",
        words=_words(states),
        caps=seen["E"] == "e",
        fix=fix,
        alike=alike,
        prefix=prefix,
        aim=aim or cut,
        aim_cut=cut,
        aim_first=_aim_first(fix, states) if aim else {},
        gs=_separator(rest, fix, states),
        suffix=suffix,
        median_ms=median_ms,
        p95_ms=p95_ms,
        learned=today.isoformat(),
    )


def _aligned(tail: str) -> tuple[list[tuple[str, str]], str]:
    """Pairs of sent and arrived for the middle of the code, and what comes after it."""
    whole = len(_BODY)
    if tail[whole - 1 : whole].casefold() == "e":
        return [*zip(_BODY, tail, strict=False)], tail[whole:]
    letter, accent = _taken_apart(tail[whole - 2 : whole - 1])
    if letter.casefold() == "e" and accent:
        arrived = [*tail[: whole - 2], accent, letter]
        return [*zip(_BODY, arrived, strict=True)], tail[whole - 1 :]
    raise DamagedCode("characters of the test code are missing")


def _taken_apart(character: str) -> tuple[str, str]:
    """A letter without its accent, and the accent as a dead key writes it by itself."""
    letter, mark = (*unicodedata.normalize("NFD", character), "", "")[:2]
    return letter, next((accent for accent, its in ACCENTS.items() if its == mark), "")


def _observed(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    seen: dict[str, str] = {}
    for sent, arrived in pairs:
        if seen.setdefault(sent, arrived) != arrived:
            raise DamagedCode(f"{sent} of the test code did not arrive the same way each time")
    return seen


def _differing(seen: Mapping[str, str], state: _State) -> list[str]:
    """The characters that did not arrive as this layout would have them."""
    keys = key_table(*state)
    return [sent for sent, arrived in seen.items() if keys[sent].text != arrived]


def _states(seen: Mapping[str, str], front: str, layouts: Layouts) -> list[_State]:
    """The layouts and states of Caps Lock that explain the code best; none where none does."""
    ranked = [(len(_differing(seen, state)), state) for state in layouts.states()]
    least = min(count for count, _ in ranked)
    if least > _VARIANT:
        return []
    best = [state for count, state in ranked if count == least]
    named = [s for s in best if _split(correct(front, s[0].inverse(*s[1:])))[1]]
    return named or best


def _check(seen: Mapping[str, str], states: Sequence[_State], layouts: Layouts) -> None:
    """Raises DamagedCode where characters were lost, doubled or exchanged on the way."""
    moved = any(s.isdigit() and a in "0123456789" and s != a for s, a in seen.items())
    moved = moved or len({a.islower() for a in seen.values() if a.isascii() and a.isalpha()}) > 1
    for state in states:
        keys, wrong = key_table(*state), _differing(seen, state)
        usual = {keys[sent].text for sent in seen}
        moved = moved or (set(wrong) != {"Y", "Z"} and any(seen[s] in usual for s in wrong))
    if not states:
        moved = moved or bool(_alike(seen))
        tables = [key_table(*state) for state in layouts.states()]
        moved = moved or any({k[s].text for s in seen} == set(seen.values()) for k in tables)
    if moved:
        raise DamagedCode("characters of the test code were lost or exchanged on the way")


def _alike(seen: Mapping[str, str]) -> str:
    arrived = list(seen.values())
    return "".join(sent for sent, text in seen.items() if arrived.count(text) > 1)


def _fix(seen: Mapping[str, str], states: Sequence[_State]) -> dict[str, str]:
    """What arrives and what was sent for it: as seen, the rest as the layout has it."""
    alike = _alike(seen)
    learned = {arrived: sent for sent, arrived in seen.items() if sent not in alike}
    if states:
        fix = _by_layout(states)
    else:
        swapped = seen["E"] == "e"
        fix = {c.swapcase(): c for c in ascii_letters} if swapped else {}
        # A key that writes a letter writes its capital with Shift.
        pairs = ((a, s) for a, s in learned.items() if a.isalpha() and s.isalpha())
        fix |= {a.swapcase(): s.swapcase() for a, s in pairs if len(a.swapcase()) == 1}
    fix |= learned
    for sent in alike:
        fix.pop(seen[sent], None)
    return {arrived: sent for arrived, sent in fix.items() if arrived != sent}


def _by_layout(states: Sequence[_State]) -> dict[str, str]:
    """What all these layouts have in common, and for what they cannot write: the other Caps Lock.

    So digits of a French keyboard stay right when somebody presses Caps Lock later.
    """
    others = [(layout, not caps, CapsRule.CAPITALS) for layout, caps, _ in states]
    written = {key.text for state in states for key in key_table(*state).values()}
    here = _common(states)
    there = {a: sent for a, sent in _common(others).items() if a not in written}
    return there | here


def _common(states: Sequence[_State]) -> dict[str, str]:
    first, *others = (layout.inverse(caps, rule) for layout, caps, rule in states)
    return {a: sent for a, sent in first.items() if all(o.get(a) == sent for o in others)}


def _front(front: str, fix: dict[str, str], states: Sequence[_State]) -> tuple[str, bool, bool]:
    """The prefix, whether an AIM identifier came, and whether only its end did."""
    if not states and _AIM_MANGLED.fullmatch(correct(front, fix)):
        fix[front[0]] = "]"
    sent = correct(front, fix)
    prefix, aim = _split(sent)
    cut = len(sent) == 1 and sent.isdigit() and _swallows(states)
    return "" if cut else prefix, bool(aim), cut


def _split(front: str) -> tuple[str, str]:
    """What stands in front of a code as prefix and AIM identifier, in whichever order."""
    prefix, aim = without_aim(front)
    at_end = None if aim else _AIM_AT_END.search(front)
    return (front[: at_end.start()], at_end.group()) if at_end else (prefix, aim)


def _aim_first(fix: Mapping[str, str], states: Sequence[_State]) -> dict[str, str]:
    """See Profile.aim_first."""
    pairs = [(state, "]" + letter) for state in states for letter in ascii_letters]
    made = {layout.typed(pair, caps, rule): pair for (layout, caps, rule), pair in pairs}
    return {a: pair for a, pair in made.items() if len(a) == 1 and correct(a, fix) != pair}


def _swallows(states: Sequence[_State]) -> bool:
    """Whether `]` is a dead key: some terminals swallow it with the character after it."""
    return any("]" in layout.dead for layout, _, _ in states)


def _separator(rest: str, fix: Mapping[str, str], states: Sequence[_State]) -> str:
    """How GS arrives (see Profile.gs)."""
    if not rest and _swallows(states):
        return GS_LOST
    letter, accent = _taken_apart(rest[-1:])
    if letter.casefold() != _END.casefold():
        raise DamagedCode("the end of the test code is missing")
    arrived = rest[:-1] + accent
    if len(arrived) > _LONGEST_STAND_IN or (GS in arrived and arrived != GS):
        raise DamagedCode(f"more came than the test code carries ({printable(arrived):.20})")
    if arrived == GS:
        return GS_ITSELF
    sent = correct(arrived, fix)
    # The text `gs` would read as the sign itself.
    return sent.upper() if sent == GS_ITSELF else sent


def _words(states: Sequence[_State]) -> str:
    if not states or states[0][0].name == "us":
        return "US" if states else ""
    names = [*dict.fromkeys(layout.words for layout, _, _ in states)]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _speed(gaps: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds, to a hundredth."""
    if not gaps:
        return 0.0, 0.0
    ordered = sorted(max(0.0, gap) * 1000 for gap in gaps)
    return round(median(ordered), 2), round(ordered[ceil(0.95 * len(ordered)) - 1], 2)
