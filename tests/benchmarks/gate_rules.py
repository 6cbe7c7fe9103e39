"""How sure the gate's rules are, without a terminal: scans of each kind of scanner, typed lines.

`python -m tests.benchmarks.gate_rules [STRINGS]` prints what share was taken as a scan; scanners
should come to 100, typed lines to 0. The gaps are models: uniform for wireless scanners, bursts
with pauses for a network that bunches, log-normal for people (sigma 0.5).
"""

from __future__ import annotations

import math
import random
import string
import sys
from collections.abc import Callable

from bench.scan.gate import Gate, Key, Scanned

Gaps = Callable[[random.Random], float]
WORDS = (
    *("no dial tone", "broken display", "yes it rings", "dead", "hums", "lcd", "no boot", "DOA"),
    *(
        "RMA bkvl",
        "BKVL-VRFV",
        "T54W",
        "Northgate Dental",
        "48213",
        "psu 12V",
        "Fred",
        "rev B2",
    ),
)


def usb(rng: random.Random) -> float:
    """A USB scanner."""
    return rng.uniform(0.001, 0.025)


def wireless(rng: random.Random) -> float:
    """A Bluetooth scanner."""
    return rng.uniform(0.005, 0.06)


def even(rng: random.Random) -> float:
    """A slow scanner that is nearly even."""
    return rng.uniform(0.055, 0.062)


def bunched(rng: random.Random) -> float:
    """Bunches of keys over a network."""
    return rng.choice([0.0, 0.0, 0.0, 0.0, 0.03, 0.03, 0.08])


def person(words: int) -> Gaps:
    """A person of so many words a minute."""
    mean = 12 / words
    return lambda rng: rng.lognormvariate(math.log(mean) - 0.125, 0.5)


def taken(text: str, gaps: Gaps, rng: random.Random, shown: bool) -> bool:
    """Whether exactly this text comes out of the gate as a scan."""
    gate, time, found = Gate(), 10.0, list[str]()
    for name in (*text, "enter"):
        key = Key(name, name if len(name) == 1 else "\r", time, shown=shown and len(name) == 1)
        deadline = gate.deadline
        out = gate.expire(deadline) if deadline is not None and deadline < time else []
        out += gate.feed(key)
        found += [item.text for item in out if isinstance(item, Scanned)]
        time += gaps(rng)
    assert all(text.endswith(item) for item in found)
    assert not [item for item in found if item != text] or not shown or gaps not in SCANNERS
    return bool(found)


def codes(size: int, rng: random.Random) -> str:
    """A serial."""
    return "".join(rng.choice(string.digits + string.ascii_uppercase) for _ in range(size))


SCANNERS: tuple[Gaps, ...] = (usb, wireless, even, bunched)


def main(count: int) -> None:
    """Prints a line for each kind of scanner, and of person."""
    rng = random.Random(1)
    for shown in (False, True):
        print("in a field" if shown else "elsewhere")
        for gaps in SCANNERS:
            shares = []
            for size in (4, 7, 12, 20):
                hits = sum(taken(codes(size, rng), gaps, rng, shown) for _ in range(count))
                shares.append(f"{size}: {100 * hits / count:6.2f}")
            print(f"  {gaps.__name__:10} {'  '.join(shares)} % of scans")
        for words in (52, 100, 150):
            gaps = person(words)
            lines = {w: sum(taken(w, gaps, rng, shown) for _ in range(count)) for w in WORDS}
            worst = sorted(lines.items(), key=lambda pair: -pair[1])[:3]
            share = 100 * sum(lines.values()) / count / len(WORDS)
            said = ", ".join(f"{w} {100 * n / count:.2f}" for w, n in worst)
            print(f"  {words:3} wpm    {share:.3f} % of lines; most: {said}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4000)
