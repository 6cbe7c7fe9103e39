"""`bench decide`: one start against `python -c pass`, and the time for a file of many rows.

`python -m tests.benchmarks.decide [--rows 100000] [--starts 21] [--runs 3]`
"""

from __future__ import annotations

import argparse
import csv
import random
import statistics
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.benchmarks.figures import machine, row, spread
from tests.benchmarks.seed import cache_dir
from tests.benchmarks.terminal import ROOT, clean_env

COLUMNS = (
    *("brand", "channel", "shipped_on", "opened_on", "received_on", "outcome"),
    *("original_packaging", "rush_paid_by_customer", "chain", "contract_ends_on"),
)
SINGLE = (
    *("decide", "--brand", "Yealink", "--channel", "direct", "--shipped", "2026-01-05"),
    *("--opened", "2026-01-20", "--outcome", "repair"),
)
QUIET: Mapping[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def run(command: list[str]) -> float:
    """Milliseconds from spawn to end."""
    begin = perf_counter()
    subprocess.run(command, cwd=ROOT, env=clean_env(), check=True, stdout=subprocess.DEVNULL)
    return (perf_counter() - begin) * 1000


def cases(rows: int) -> Path:
    """A file of cases: every brand and outcome, chains, gaps, some bad cells."""
    path = cache_dir() / f"cases-{rows}.csv"
    pick = random.Random(5)
    brands = ("Yealink", "Htek", "Snom", "Grandstream", "Polycom", "Poly", "Unheard-of", "")
    outcomes = ("no_trouble_found", "repair", "replace", "")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for _ in range(rows):
            shipped = date(2020, 1, 1) + timedelta(pick.randrange(2400))
            opened = shipped + timedelta(pick.choice((3, 30, 31, 400, 729, 731, 1500)))
            before = shipped - timedelta(40)
            chain = f"{before}>{shipped}" if pick.random() < 0.2 else ""
            row = [pick.choice(brands), pick.choice(("direct", "reseller", ""))]
            row += [str(shipped) if pick.random() < 0.98 else "2026-02-30", str(opened)]
            row += [str(opened + timedelta(4)), pick.choice(outcomes)]
            row += [pick.choice(("yes", "no", "")), pick.choice(("yes", "no", "")), chain, ""]
            writer.writerow(row)
    return path


def main() -> None:
    """Starts both in turns, then runs the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--starts", type=int, default=21)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    print(machine())
    ours, python = [sys.executable, "-m", "bench"], [sys.executable, "-c", "pass"]
    run([*ours, *SINGLE])
    plain, single = list[float](), list[float]()
    for _ in range(args.starts):
        plain.append(run(python))
        single.append(run([*ours, *SINGLE]))
    print(row("python -c pass", spread(plain)))
    print(row("bench decide, one return", spread(single)))
    median = statistics.median(single) / statistics.median(plain)
    print(f"ratio: of medians {median:.2f}, of minimums {min(single) / min(plain):.2f}")
    path = cases(args.rows)
    seconds = []
    for _ in range(args.runs):
        begin = perf_counter()
        command = [*ours, "decide", "--cases", str(path)]
        code = subprocess.run(command, cwd=ROOT, env=clean_env(), check=False, **QUIET).returncode
        assert code in (0, 1), code
        seconds.append(perf_counter() - begin)
    text = " ".join(f"{value:.2f}" for value in seconds)
    middle = statistics.median(seconds)
    print(f"bench decide --cases, {args.rows:,} rows: {text} s, median {middle:.2f}")
    print(machine())


if __name__ == "__main__":
    main()
