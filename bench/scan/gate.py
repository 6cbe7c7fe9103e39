"""The scan gate: tells a scanner's keys from a person's. No clock, no input or output of its own.

A keyboard-wedge scanner is a keyboard to the terminal. The gate holds keys for a moment: a burst as
quick as a scanner's that ends with Enter, Tab or line feed is a scan; everything else was typed and
is given back, in its order. A caller may show a held character at once (`Key.shown`) and take it
back where it turns out to be a scanner's. All times are seconds of the caller's one clock: the time
at which the key was read, and how late the reader may have been.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import mean, median_high

from bench.scan.keys import (
    CARRIAGE_RETURNS,
    CONTROLS,
    LINE_FEED,
    MODIFIERS,
    TERMINATORS,
    character_of,
    starts_scan,
    with_alt_codes,
)
from bench.scan.rma_number import LETTERS
from bench.scan.timing import Timing

_NEVER = float("-inf")
RECENT = 16
"""Keys that are looked at to tell whether a burst is going on."""
_OURS = re.compile(
    rf"(?:BENCH|PERSON|CONSOLE|PRINTER)[A-Z]+|R[{LETTERS}]{{8}}|R[0-9]{{8}}[A-Z]", re.IGNORECASE
)
_PROSE = re.compile(r"(?=.*[a-z])(?:[A-Z]?[a-z,.'!?]*|.* .*)", re.DOTALL)
PASTE, SILENCE = "paste", "silence"
"""What ended a scan that no key ended."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its name, the character it makes (None: none), and when it was read."""

    name: str
    character: str | None
    time: float
    token: object = None
    """The caller's own event; comes back with the key when it is released."""
    late: float = 0.0
    """Seconds by which the reader may have been late: the key may have come so much earlier."""
    shown: bool = False
    """The caller shows it already, so holding it longer disturbs nobody."""

    @property
    def earliest(self) -> float:
        """When it may have been pressed at the earliest."""
        return self.time - self.late


@dataclass(frozen=True, slots=True)
class Scanned:
    """One scan. The text keeps its control characters (GS and so on)."""

    text: str
    started: float
    ended: float
    suffix: str
    """Name of the key that ended it, or PASTE or SILENCE."""
    gaps: tuple[float, ...] = ()
    """Seconds between its keys, the one to the suffix last."""
    shown: bool = False
    """Some of its keys have been shown, and are to be taken back."""


@dataclass(frozen=True, slots=True)
class Released:
    """Keys that were typed after all, to be handed on in this order."""

    keys: tuple[Key, ...]
    spoilt: bool = False
    """Nobody types so quickly: it is a scan that was cut off, or has no end; or the rest of one."""
    foul: bool = False
    """No person's at all: keys amid a burst, or far too quick. To be handed to nobody."""
    pressed: bool = False
    """It is foul because of keys that it would have pressed."""

    @property
    def text(self) -> str:
        """What the keys would write."""
        return "".join(key.character or "" for key in self.keys).strip()

    @property
    def shown(self) -> bool:
        """Whether some of the keys have been shown."""
        return any(key.shown for key in self.keys)


class Gate:
    """Sorts keys into scans and typing. Feed it every key, and call `expire` at `deadline`."""

    def __init__(self, timing: Timing | None = None) -> None:
        self.timing = timing or Timing()
        self._clear()
        self._echo_until = _NEVER
        self._quiet_until = _NEVER
        self._spoilt_at = _NEVER
        self.echoed_at = _NEVER
        """When a line feed after a scan's carriage return came last."""

    def _clear(self) -> None:
        self._held: list[Key] = []
        self._text: list[str] = []
        self._foul = False

    @property
    def deadline(self) -> float | None:
        """When held keys turn out to have been typed, unless more come; None: nothing is held."""
        if not self._held:
            return None
        timing, last = self.timing, self._held[-1]
        if len(self._held) < timing.hold_keys and not last.shown:
            return last.time + timing.hold
        return last.time + max(timing.patience, timing.silence)

    @property
    def waiting(self) -> str:
        """Name of the one key that waits to act; "": none does, or it is shown, or a scan's."""
        alone = len(self._held) == 1 and not self._held[0].shown
        return self._held[0].name if alone else ""

    def feed(self, key: Key) -> list[Scanned | Released]:
        """Takes the next key; gives what has become certain by it, oldest first.

        Lone modifier keys (some terminals report them) are dropped: nothing listens to them.
        """
        if key.name in MODIFIERS or self._is_echo(key):
            return []
        out = self.expire(key.earliest)
        if key.name in TERMINATORS:
            return [*out, self._end(key)]
        character = self._character(key)
        if character is None:
            return [*out, self._release(key)]
        self._held.append(key)
        self._text.append(character)
        if len(self._held) > self.timing.longest or self._is_typing():
            out.append(self._release())
        return out

    def expire(self, now: float) -> list[Scanned | Released]:
        """Gives up the held keys once `now` has reached the deadline.

        A key that waits in the caller's queue may have an earlier time than `now`: a caller whose
        queue is not empty sets its timer anew instead of calling.
        """
        deadline = self.deadline
        if deadline is None or now < deadline:
            return []
        if self.timing.silence and len(self._held) >= self.timing.long and self._is_scan(None):
            return [self._scan(None)]
        return [self._release()]

    # --- what is given out

    def _release(self, last: Key | None = None) -> Released:
        """What is held and the key that ended it, as typed; such a key ends the typed line too.

        A key in the middle of a burst does not: what follows it at once is no whole scan.
        """
        keys = (*self._held, last) if last else tuple(self._held)
        ended = last is not None and (last.name in TERMINATORS or not self._held)
        goes_on = keys[0].earliest - self._spoilt_at < self.timing.rest
        spoilt = self._foul or goes_on or self._is_too_quick()
        pressed = self._foul or (spoilt and "" in self._text)
        foul = pressed or (spoilt and self._is_machine())
        torn = spoilt or self._is_machine(2)
        self._spoilt_at = keys[-1].time if spoilt else _NEVER
        wait = self.timing.torn if torn else self.timing.quiet
        wrote = any(text.isprintable() for text in self._text if text)
        self._quiet_until = keys[-1].time + wait if wrote and not ended else _NEVER
        self._clear()
        return Released(keys, spoilt, foul, pressed)

    def _scan(self, end: Key | None) -> Scanned:
        held, gaps, text = self._held, tuple(self._gaps(end)), "".join(self._text)
        self._clear()
        self._be_wary(gaps)
        self._spoilt_at = _NEVER
        if end is None:
            self._quiet_until = held[-1].time + self.timing.torn  # the rest of it, if it stalled
        elif end.name in CARRIAGE_RETURNS:
            self._echo_until = end.time + self.timing.echo
        suffix, ended = (end.name, end.time) if end else (SILENCE, held[-1].time)
        shown = any(key.shown for key in held)
        return Scanned(with_alt_codes(text), held[0].time, ended, suffix, gaps, shown)

    def _end(self, key: Key) -> Scanned | Released:
        return self._scan(key) if self._is_scan(key) else self._release(key)

    def _be_wary(self, gaps: tuple[float, ...]) -> None:
        """Holds keys as long as ever again where a scan's first ones came nearly too slowly.

        Another scanner than the one that was looked at may stand at the bench, too.
        """
        if max(gaps[: self.timing.hold_keys - 1], default=0.0) > self.timing.hold / 2:
            self.timing = replace(self.timing, hold=max(self.timing.hold, Timing().hold))

    # --- what a key is

    def _is_echo(self, key: Key) -> bool:
        """Whether a key is the line feed (or second return) of a scan that has already ended."""
        until, self._echo_until = self._echo_until, _NEVER
        echo = key.earliest <= until and key.name in (*CARRIAGE_RETURNS, LINE_FEED)
        if echo and key.name == LINE_FEED:
            self.echoed_at = key.time
        return echo

    def _character(self, key: Key) -> str | None:
        """What a key adds to a burst; None for a key that is none of a burst's.

        A key that a label can press may begin a burst, and then acts a moment later. In the midst
        of a quick burst no key acts: a label must not press any.
        """
        if key.character is not None and key.name == key.character and key.name.isalnum():
            return key.character
        amid = self._is_amid(key)
        character = character_of(key.name, key.character, amid)
        if character in CONTROLS.values():
            return character if amid or not self._held else None
        if character is not None:
            return character
        if not self._held and starts_scan(key.name):
            return ""
        if not amid or not self._is_of_label(key):
            return None
        self._foul = True
        return ""

    def _is_of_label(self, key: Key) -> bool:
        """Whether a key so soon after those that are held is one that a label presses.

        A person's letter and a key that moves may come nearly at once; a letter and a function key
        do not, and nothing comes at the very same time.
        """
        if starts_scan(key.name) or key.time <= self._held[-1].time:
            return True
        return len(self._held) >= self.timing.shortest or self._is_machine(2)

    def _is_amid(self, key: Key) -> bool:
        """Whether a key follows those that are held as quickly as no person types."""
        if not self._held or key.earliest - self._held[-1].time > self.timing.even:
            return False
        # Of the last keys only: a label may be thousands of characters long.
        gaps = _gaps(self._held[-RECENT:])
        return not gaps or median_high(gaps) <= self.timing.median

    # --- how quick the burst is

    def _gaps(self, end: Key | None = None, *, latest: bool = False) -> list[float]:
        """The gaps of the burst as short as they may have been, or as they were read."""
        return _gaps([*self._held, end] if end else self._held, latest=latest)

    def _is_too_quick(self) -> bool:
        """Whether what is held came quicker than a person types different letters."""
        if len(set(self._text)) < self.timing.shortest:
            return False
        return median_high(self._gaps()) <= self.timing.median

    def _is_machine(self, least: int = 6) -> bool:
        """Whether what is held came so quickly that no person can have typed it."""
        different = len(set(self._text)) >= min(least, 4)
        if len(self._held) < least or not different:
            return False
        return median_high(self._gaps(latest=True)) <= self.timing.machine

    def _is_typing(self) -> bool:
        """Whether a burst need not be held to its end: of its first gaps hardly one is quick."""
        return len(self._held) == 8 and sorted(self._gaps())[2] > self.timing.even

    def _is_scan(self, end: Key | None) -> bool:
        """Whether what is held is as quick as a scanner. One key that repeats is not a scan."""
        timing, text = self.timing, "".join(self._text)
        if "" in self._text or len(text) < timing.shortest or len(set(text)) == 1:
            return False
        if self._held[0].earliest < self._quiet_until:
            return False
        gaps = self._gaps(end)
        if _OURS.fullmatch(text):
            return mean(gaps) <= timing.ours
        if _PROSE.fullmatch(text):
            read = self._gaps(end, latest=True)
            return median_high(read) <= timing.prose and max(gaps) <= timing.even
        if len(text) < timing.long:
            return max(gaps) <= timing.median
        slow = median_high(gaps) > timing.median or mean(gaps) > timing.median
        return max(gaps) <= timing.even or not slow


def _gaps(keys: Sequence[Key], *, latest: bool = False) -> list[float]:
    pairs = pairwise(keys)
    return [max(0.0, (b.time if latest else b.earliest) - a.time) for a, b in pairs]


def paste(text: str, time: float = 0.0) -> list[Scanned]:
    """A bracketed paste as scans, one for each line that is not empty."""
    # Not splitlines(): that would also split at FS, GS and RS.
    lines = re.split(r"[\r\n]+", text)
    return [Scanned(line, time, time, PASTE) for line in lines if line.strip()]
