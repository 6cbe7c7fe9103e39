"""From a kill -9 of the program to its screen: how long a scanner has to wait, and what it costs.

`python -m tests.benchmarks.comeback [--units 1000] [--kills 10]`

Seen from outside: the calm page of the keeper, the frame of the new program, and its queue or unit.
Each kill is of a program of its own, so that none counts as one crash after the other.
"""

from __future__ import annotations

import argparse
import os
import signal
from pathlib import Path
from time import perf_counter

from tests.benchmarks.figures import machine, row, spread
from tests.benchmarks.seed import seeded
from tests.benchmarks.terminal import Program, bench

BACK = "is back"


def kill_once(path: Path) -> tuple[float, float, float]:
    """Milliseconds to the calm page and to the comeback; and the keeper's own memory in MB."""
    program = Program(bench(path))
    try:
        program.until_shown(lambda text: "ON THE BENCH" in text and "YL" in text)
        program.until_quiet(0.5)
        keeper = program.memory_of(program.process.pid)["Private_Dirty"]
        begun = perf_counter()
        os.kill(program.working, signal.SIGKILL)
        calm = program.until_shown(lambda text: "Please wait" in text)
        back = program.until_shown(lambda text: BACK in text)
        return (calm - begun) * 1000, (back - begun) * 1000, keeper
    finally:
        program.stop()


def main() -> None:
    """Kills one program after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=1_000)
    parser.add_argument("--kills", type=int, default=10)
    args = parser.parse_args()
    print(machine())
    path, _ = seeded(args.units)
    kill_once(path)
    found = [kill_once(path) for _ in range(args.kills)]
    calm, back, keeper = zip(*found, strict=True)
    print(row("kill to the calm page", spread(calm)))
    print(row("kill to the comeback", spread(back)))
    print(row("the keeper's own memory", spread(keeper), "MB"))
    print(machine())


if __name__ == "__main__":
    main()
