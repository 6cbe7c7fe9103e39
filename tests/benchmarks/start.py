"""Start of the program to its first painted screen, against a bare Textual app with one label.

`python -m tests.benchmarks.start [--units 1000] [--starts 15] [--imports 20]`

Both start in turns in a pty of their own. First screen: the frame with its strips is there; queue:
its rows are there too. `--imports N` also lists the N modules that cost most to import.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.benchmarks.figures import machine, row, spread
from tests.benchmarks.scan_to_paint import when_painted
from tests.benchmarks.seed import cache_dir, seeded
from tests.benchmarks.terminal import ROOT, Program, bench, clean_env

BARE = """
from textual.app import App, ComposeResult
from textual.widgets import Label


class Bare(App[None]):
    def compose(self) -> ComposeResult:
        yield Label("bare label")


if __name__ == "__main__":
    Bare().run()
"""
_TIMED = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|(\s+)(\S+)")


def bare() -> list[str]:
    """The command line of the app to compare with."""
    file = cache_dir() / "bare.py"
    file.write_text(BARE)
    return [sys.executable, str(file)]


def start_bare() -> float:
    """Milliseconds from spawn to the label."""
    program = Program(bare())
    try:
        return (program.until_shown(lambda text: "bare label" in text) - program.started) * 1000
    finally:
        program.stop()


def start_bench(path: Path) -> tuple[float, float]:
    """Milliseconds from spawn to the frame, and to the queue's rows."""
    program = Program(bench(path))
    try:
        frame = program.until_shown(lambda text: "NEXT" in text and "SCAN" in text)
        queue = program.until_shown(lambda text: "ON THE BENCH" in text and "YL" in text)
        return (frame - program.started) * 1000, (queue - program.started) * 1000
    finally:
        program.stop()


def first_scan(path: Path, serial: str) -> float:
    """Milliseconds from a scan, sent as soon as the first screen stands, to its unit's screen."""
    program = Program(bench(path))
    try:
        program.until_shown(lambda text: "NEXT" in text and "SCAN" in text)
        sent = program.write(serial.encode() + b"\r")
        at = when_painted(program, program.until_quiet(0.5), "diagnose", serial)
        return (at - sent) * 1000 if at else float("inf")
    finally:
        program.stop()


def imports(most: int) -> None:
    """What importing the program costs, by package and by the dearest modules."""
    code = "import bench.cli, bench.app"
    command = [sys.executable, "-X", "importtime", "-c", code]
    env = clean_env()
    subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=True)
    own, dear = Counter[str](), list[tuple[int, str]]()
    text = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, check=True
    ).stderr
    for self_us, total_us, _, name in _TIMED.findall(text):
        own[name.split(".")[0]] += int(self_us)
        dear.append((int(total_us), name))
    total = sum(own.values()) / 1000
    print(f"imports: {total:.0f} ms under -X importtime; own time by package (ms):")
    print("   ", "  ".join(f"{name} {us / 1000:.1f}" for name, us in own.most_common(14)))
    print("    dearest with what they bring (ms):")
    for us, name in sorted(dear, reverse=True)[:most]:
        print(f"    {us / 1000:7.1f}  {name}")


def main() -> None:
    """Starts both programs in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=1_000)
    parser.add_argument("--starts", type=int, default=15)
    parser.add_argument("--imports", type=int, default=0)
    args = parser.parse_args()
    print(machine())
    path, targets = seeded(args.units)
    start_bare()
    start_bench(path)
    plain, frames, queues = list[float](), list[float](), list[float]()
    scans: list[float] = []
    for number in range(args.starts):
        plain.append(start_bare())
        frame, queue = start_bench(path)
        frames.append(frame)
        queues.append(queue)
        scans.append(first_scan(path, targets["diagnose"][number]))
    print(row("bare Textual app with a label", spread(plain)))
    print(row(f"bench, first screen ({args.units:,})", spread(frames)))
    print(row(f"bench, queue ({args.units:,})", spread(queues)))
    print(row("scan at the first screen: painted", spread(scans)))
    for name, values in (("first screen", frames), ("queue", queues)):
        median = statistics.median(values) / statistics.median(plain)
        least = min(values) / min(plain)
        print(f"ratio to the bare app, {name}: of medians {median:.2f}, of minimums {least:.2f}")
    if args.imports:
        imports(args.imports)
    print(machine())


if __name__ == "__main__":
    main()
