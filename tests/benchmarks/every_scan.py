"""Thousands of scans and typed lines through a real pseudo-terminal with the real program.

`python -m tests.benchmarks.every_scan [EACH] [LINES] [BUSY]`: EACH scans for every place (table,
field, dialog, while screens mount), speed and end (128 combinations), then LINES typed lines at
each of 52, 100 and 150 words a minute. BUSY processes keep the cores busy meanwhile.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.terminal.every_scan import Recorded, run, type_lines

SPIN = "import time; end = time.monotonic() + 7200\nwhile time.monotonic() < end: pass"


def main(each: int, lines: int, busy: int) -> None:
    """Prints a line for each speed."""
    rng = random.Random(4)
    spinning = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(busy)]
    try:
        with tempfile.TemporaryDirectory() as home, Recorded(Path(home), 120, 40) as terminal:
            time.sleep(1)
            begun = time.monotonic()
            tallies = run(terminal, each, rng) if each else {}
            for speed, tally in tallies.items():
                share = 100 * tally.right / max(1, tally.sent)
                print(
                    f"{speed:12} sent {tally.sent:5} right {tally.right:5} ({share:.2f} %) "
                    f"spoilt {tally.spoilt} wrong {len(tally.wrong)} not taken {len(tally.typed)}"
                )
            sent, right = (
                sum(t.sent for t in tallies.values()),
                sum(t.right for t in tallies.values()),
            )
            print(f"all: {right} of {sent}, in {time.monotonic() - begun:.0f} s, {busy} busy")
            for words in (52, 100, 150) if lines else ():
                taken = type_lines(terminal, lines, words, rng)
                print(f"{lines} lines typed at {words} wpm: taken for scans or spoilt: {taken}")
            assert b"Traceback" not in terminal.raw
    finally:
        for spin in spinning:
            spin.kill()


if __name__ == "__main__":
    main(*(int(word) for word in [*sys.argv[1:], *("16", "167", "0")[len(sys.argv) - 1 :]]))
