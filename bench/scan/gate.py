"""The scan gate: tells a scanner's keys from a person's. No clock, no input or output of its own.

A keyboard-wedge scanner is a keyboard to the terminal. The gate holds printable keys for a moment:
a burst as quick as a scanner's that ends with Enter, Tab or line feed is a scan; everything else
was typed and is given back, in its order. All times are seconds of the caller's one clock, best
the time at which the key was read, not the time at which it is handled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import median_high

_NEVER = float("-inf")
_CARRIAGE_RETURNS = ("enter", "ctrl+m")
_TERMINATORS = (*_CARRIAGE_RETURNS, "tab", "ctrl+i", "ctrl+j")
_CONTROLS: Mapping[str, str] = {
    **{f"ctrl+{chr(96 + n)}": chr(n) for n in range(1, 27)},
    "ctrl+@": "\x00",
    "ctrl+backslash": "\x1c",
    "ctrl+right_square_bracket": "\x1d",
    "ctrl+circumflex_accent": "\x1e",
    "ctrl+underscore": "\x1f",
}
_SIDES = ("left_", "right_")
_HELD_ALONE = ("shift", "control", "alt", "meta", "super", "hyper")
_MODIFIERS = frozenset(
    [side + key for side in ("", *_SIDES) for key in _HELD_ALONE]
    + ["iso_level3_shift", "iso_level5_shift", "caps_lock", "num_lock", "scroll_lock"]
)
# A scanner set up for Windows sends a control character as Alt and its decimal number; of Alt and
# digits a terminal makes these signs.
_ALT_CODES = {"º¢": "\x04", "™•": "\x1c", "™ª": "\x1d", "£º": "\x1e", "£¡": "\x1f"}
_ALT = re.compile("º{1,2}(" + "|".join(_ALT_CODES) + ")")


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its name, the character it makes (None: none), and when it was read."""

    name: str
    character: str | None
    time: float
    token: object = None
    """The caller's own event; comes back with the key when it is released."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """One scan. The text keeps its control characters (GS and so on)."""

    text: str
    started: float
    ended: float
    suffix: str
    """Name of the key that ended it, or `paste`."""


@dataclass(frozen=True, slots=True)
class Released:
    """Keys that were typed after all, to be handed on in this order."""

    keys: tuple[Key, ...]
    spoilt: bool = False
    """Nobody types so quickly: it is a scan that was cut off, or has no end; or the rest of one."""

    @property
    def text(self) -> str:
        """What the keys would write."""
        return "".join(key.character or "" for key in self.keys).strip()


@dataclass(frozen=True, slots=True)
class Timing:
    """The figures of the gate, in seconds and characters.

    Measured for scanners of 0 to 60 ms a character and people of up to 150 words a minute.
    """

    hold: float = 0.09
    """How long the first keys of a burst are held."""
    hold_keys: int = 3
    """From so many keys on, a burst may pause for `patience`."""
    patience: float = 0.2
    median: float = 0.045
    """The greatest median gap of a scan."""
    even: float = 0.06
    """A burst without any longer gap than this is a scan too (slow wireless scanners)."""
    shortest: int = 4
    """Characters of the shortest scan."""
    long: int = 6
    """Characters from which the median counts; a shorter burst must have no gap above `median`."""
    quiet: float = 0.3
    """A burst that starts sooner than this after a typed character of the same line is typing too:
    the quick end of a typed word, or a scan whose beginning was cut off, must not pass for one."""
    echo: float = 0.1
    """How long after a carriage return a line feed still belongs to it."""
    longest: int = 4096
    """Characters; a longer burst is given back."""


class Gate:
    """Sorts keys into scans and typing. Feed it every key, and call `expire` at `deadline`."""

    def __init__(self, timing: Timing | None = None) -> None:
        self.timing = timing or Timing()
        self._held: list[Key] = []
        self._text: list[str] = []
        self._echo_until = _NEVER
        self._typed_at = _NEVER
        self._spoilt_at = _NEVER

    @property
    def deadline(self) -> float | None:
        """When held keys turn out to have been typed, unless more come; None: nothing is held."""
        if not self._held:
            return None
        few = len(self._held) < self.timing.hold_keys
        return self._held[-1].time + (self.timing.hold if few else self.timing.patience)

    def feed(self, key: Key) -> list[Scanned | Released]:
        """Takes the next key; gives what has become certain by it, oldest first.

        Lone modifier keys (some terminals report them) are dropped: nothing listens to them.
        """
        if key.name in _MODIFIERS or self._is_echo(key):
            return []
        out: list[Scanned | Released] = [*self.expire(key.time)]
        if key.name in _TERMINATORS:
            return [*out, self._end(key)]
        character = self._character(key)
        if character is None:
            return [*out, self._release(key)]
        self._held.append(key)
        self._text.append(character)
        if len(self._held) > self.timing.longest or self._is_typing():
            out.append(self._release())
        return out

    def expire(self, now: float) -> list[Released]:
        """Gives back the held keys once `now` has reached the deadline.

        A key that waits in the caller's queue may have an earlier time than `now`: a caller whose
        queue is not empty sets its timer anew instead of calling.
        """
        deadline = self.deadline
        return [self._release()] if deadline is not None and now >= deadline else []

    def _release(self, last: Key | None = None) -> Released:
        """What is held and the key that ended it, as typed; such a key ends the typed line too.

        A key in the middle of a burst does not: what follows it at once is no whole scan.
        """
        keys = (*self._held, last) if last else tuple(self._held)
        ended = last is not None and (last.name in _TERMINATORS or not self._held)
        self._typed_at = _NEVER if ended else keys[-1].time
        goes_on = keys[0].time - self._spoilt_at < self.timing.hold
        spoilt = goes_on or self._is_too_quick()
        self._spoilt_at = keys[-1].time if spoilt else _NEVER
        self._held, self._text = [], []
        return Released(keys, spoilt)

    def _is_too_quick(self) -> bool:
        """Whether what is held came quicker than a person types different letters."""
        timing = self.timing
        if len(set(self._text)) < timing.shortest:
            return False
        return median_high(self._gaps()) <= timing.median

    def _is_echo(self, key: Key) -> bool:
        """Whether a key is the line feed (or second return) of a scan that has already ended."""
        until, self._echo_until = self._echo_until, _NEVER
        return key.time <= until and key.name in (*_CARRIAGE_RETURNS, "ctrl+j")

    def _character(self, key: Key) -> str | None:
        """What a key adds to a scan; None for a key that is none of a scan's."""
        if "+" in key.name and key.name != "+":
            # In the middle of a burst only: before that it is a key binding.
            return _CONTROLS.get(key.name) if len(self._held) >= 2 else None
        character = key.character
        if character is None or len(character) != 1:
            return None
        hidden = ord(character) >= 0x80 and len(self._held) >= 2  # a joiner, a bidi mark
        return character if character.isprintable() or hidden else None

    def _gaps(self, end: Key | None = None) -> list[float]:
        keys = [*self._held, end] if end else self._held
        return [max(0.0, b.time - a.time) for a, b in pairwise(keys)]

    def _is_typing(self) -> bool:
        """Whether a burst need not be held to its end: of its first gaps hardly one is quick."""
        return len(self._held) == 8 and sorted(self._gaps())[2] > self.timing.even

    def _is_scan(self, end: Key) -> bool:
        """Whether what is held is as quick as a scanner. One key that repeats is not a scan."""
        timing = self.timing
        if len(self._held) < timing.shortest or len(set(self._text)) == 1:
            return False
        if self._held[0].time - self._typed_at < timing.quiet:
            return False
        gaps = self._gaps(end)
        if len(self._held) < timing.long:
            return max(gaps) <= timing.median
        return median_high(gaps) <= timing.median or max(gaps) <= timing.even

    def _end(self, key: Key) -> Scanned | Released:
        if not self._is_scan(key):
            return self._release(key)
        started, text = self._held[0].time, "".join(self._text)
        self._held, self._text = [], []
        if key.name in _CARRIAGE_RETURNS:
            self._echo_until = key.time + self.timing.echo
        text = _ALT.sub(lambda found: _ALT_CODES[found[1]], text)
        return Scanned(text, started, key.time, key.name)


def paste(text: str, time: float = 0.0) -> list[Scanned]:
    """A bracketed paste as scans, one for each line that is not empty."""
    # Not splitlines(): that would also split at FS, GS and RS.
    lines = re.split(r"[\r\n]+", text)
    return [Scanned(line, time, time, "paste") for line in lines if line.strip()]
