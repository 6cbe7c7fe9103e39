"""The figures by which the gate tells a scanner from a person, and what a scanner check adds."""

from __future__ import annotations

from dataclasses import dataclass, replace

SLOWEST = 0.06
"""Seconds: the greatest median gap that a scanner check may allow."""
LONGEST_PAUSE = 0.3
SHORTEST_HOLD = 0.045
"""Seconds: a key waits at least so long, however quick a scanner was when it was looked at."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The figures of the gate, in seconds and characters.

    Measured for scanners of 0 to 60 ms a character and people of up to 150 words a minute.
    """

    hold: float = 0.1
    """How long the first keys of a burst are held, unless they are shown: a person waits for it."""
    rest: float = 0.1
    """What begins within so much after a torn scan is the rest of it."""
    hold_keys: int = 3
    """From so many keys on, a burst may pause for `patience`."""
    patience: float = 0.25
    """The longest pause in a burst."""
    median: float = 0.045
    """The greatest median gap of a scan, and its greatest mean gap."""
    even: float = 0.065
    """A burst without any longer gap than this is a scan too (slow wireless scanners)."""
    ours: float = 0.07
    """The greatest mean gap of a scan that has the form of our own codes: nobody types those."""
    prose: float = 0.03
    """The greatest median gap of a scan that reads like typed words."""
    shortest: int = 4
    """Characters of the shortest scan."""
    long: int = 6
    """Characters from which the median counts; a shorter burst must have no gap above `median`."""
    quiet: float = 0.3
    """A burst that starts sooner than this after a typed character of the same line is typing too:
    the quick end of a typed word, or a scan whose beginning was cut off, must not pass for one."""
    torn: float = 1.0
    """The same after the beginning of a scan that stalled: what follows may be the rest of it."""
    machine: float = 0.015
    """Median gap that no person reaches."""
    echo: float = 0.1
    """How long after a carriage return a line feed still belongs to it."""
    longest: int = 4096
    """Characters; a longer burst is given back."""
    silence: float = 0.0
    """A burst that is followed by so much silence is a scan without a suffix; 0: there are none."""


def learned(median: float, p95: float, silence: bool, alone: bool = False) -> Timing:
    """The figures for a scanner that was looked at: its median gap and its long gaps, in seconds.

    `silence`: it sends no suffix, so that only silence ends its scans. `alone`: no other keyboard
    scanner is at this bench, so that a person's key need not wait longer than this one's next key.
    """
    usual = Timing()
    quick = alone and not silence
    hold = min(usual.hold, max(SHORTEST_HOLD, 4 * p95)) if quick else usual.hold
    patience = min(max(usual.patience, 3 * p95), LONGEST_PAUSE)
    return replace(
        usual,
        hold=hold,
        median=min(max(usual.median, 1.5 * median), SLOWEST),
        even=min(max(usual.even, 1.5 * p95), 2 * usual.even),
        patience=patience,
        silence=patience if silence else 0.0,
    )


CHECKING = replace(Timing(), hold=0.5, patience=0.8, median=0.4, even=0.5, torn=0.0, quiet=0.0)
"""While a scanner is looked at, nobody types: the slowest one is to be heard too."""
