"""Memory of the program after the start and after scans, at a million units.

`python -m tests.benchmarks.memory [--units 1000000] [--scans 200] [--runs 3]`

Rss counts shared pages in full, Pss its share of them (/proc/PID/smaps_rollup).
"""

from __future__ import annotations

import argparse
import time

from tests.benchmarks.figures import machine
from tests.benchmarks.scan_to_paint import rounds, send
from tests.benchmarks.seed import seeded
from tests.benchmarks.start import bare
from tests.benchmarks.terminal import Program, bench


def _line(when: str, program: Program) -> None:
    found = "  ".join(f"{name} {value:6.1f}" for name, value in program.memory().items())
    print(f"{when:<32}{found}  MB", flush=True)


def main() -> None:
    """Measures a bare Textual app once, then the program so many times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--scans", type=int, default=200)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    print(machine())
    path, targets = seeded(args.units)
    program = Program(bare())
    program.until_quiet(1.0)
    _line("bare Textual app", program)
    program.stop()
    for _ in range(args.runs):
        program = Program(bench(path))
        try:
            program.until_shown(lambda text: "ON THE BENCH" in text)
            program.until_quiet(2.0)
            _line("bench after start", program)
            for number, (_, serial) in enumerate(rounds(targets, args.scans, 11), 1):
                send(program, serial, 0.0)
                program.until_quiet(0.1)
                if number % 100 == 0:
                    time.sleep(1.5)
                    _line(f"bench after {number} scans", program)
        finally:
            program.stop()
    print(machine())


if __name__ == "__main__":
    main()
