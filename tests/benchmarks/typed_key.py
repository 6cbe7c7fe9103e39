"""From a typed key to the glass: a letter in a field, and a letter that is a key of the screen.

`python -m tests.benchmarks.typed_key [KEYS]`: milliseconds from the byte on the pseudo-terminal to
the first byte of the program's answer, median and p90 of KEYS keys, typed at 100 words a minute.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from tests.terminal.harness import CTRL_F, ESCAPE, Terminal
from tests.terminal.seeds import Seed, seed


def answered(terminal: Terminal, key: bytes) -> float:
    """Milliseconds until the program paints something after a key."""
    terminal.glass.settle()
    seen, begun = len(terminal.raw), time.perf_counter()
    terminal.key(key)
    while len(terminal.raw) == seen:
        terminal.glass.wait_news(seen, 1.0)
    return (time.perf_counter() - begun) * 1000


def tell(what: str, times: list[float]) -> None:
    """One line of figures."""
    print(f"{what:28} median {median(times):6.1f} ms   p90 {quantiles(times, n=10)[-1]:6.1f} ms")


def main(keys: int) -> None:
    """Measures both in one run of the program."""
    unit = Seed("RA774201")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        seed(home, [unit])
        with Terminal(home, 120, 40) as terminal:
            terminal.key(CTRL_F)
            terminal.wait_for("Type a serial")
            times = []
            for number in range(keys):
                times.append(answered(terminal, b"abcdefghij"[number % 10 : number % 10 + 1]))
                time.sleep(0.12)
            tell("a letter in a field", times)
            terminal.key(ESCAPE)
            terminal.wait_gone("Type a serial")
            terminal.pause()
            terminal.scan(unit.serial)
            terminal.wait_for("original packaging?")
            times = []
            for number in range(keys):
                times.append(answered(terminal, b"ub"[number % 2 : number % 2 + 1]))
                time.sleep(0.12)
            tell("a letter that is a key", times)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
