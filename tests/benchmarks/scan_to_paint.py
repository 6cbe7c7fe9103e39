"""Last byte of a scan in, to the unit's screen painted, in a real pty; few units against a million.

`python -m tests.benchmarks.scan_to_paint [--units 1000 1000000] [--scans 200] [--runs 3]`

Every scan changes unit and screen (Receive, Diagnose, Ship, Record, in turn). Painted is when the
top line names the screen, the card shows the unit's serial, and card, right column and NEXT are as
they stay; found by playing the recorded output into a terminal's screen afterwards, so that the
finding costs the program nothing. Programs on the databases run one after the other in turns.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.figures import machine, row, share, spread
from tests.benchmarks.seed import seeded
from tests.benchmarks.terminal import Piece, Program, bench

TITLES = {"receive": "Receive", "diagnose": "Diagnose", "ship": "Ship", "unit": "Record"}
CARD = 47
QUIET = 0.25


@dataclass
class Measured:
    """Figures of one run, in milliseconds, in the order of the scans."""

    painted: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    """When the first byte of the answer came."""
    places: list[str] = field(default_factory=list)
    kilobytes: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    cpu: float = 0.0
    """Milliseconds of processor time a scan, which other jobs on the machine do not change."""


def rounds(targets: dict[str, list[str]], scans: int, seed: int) -> Iterator[tuple[str, str]]:
    """Places and serials in turn; serials from all over the database, none twice if possible."""
    pick = random.Random(seed)
    order = {place: pick.sample(serials, len(serials)) for place, serials in targets.items()}
    for number in range(scans):
        place = list(TITLES)[number % len(TITLES)]
        serials = order[place]
        yield place, serials[number // len(TITLES) % len(serials)]


def body_of(display: list[str]) -> tuple[str, ...]:
    """What must be as it stays: title, card, right column and NEXT; not the clock, not the keys."""
    return (display[0][:40], *display[4:39])


def send(program: Program, text: str, pace: float) -> float:
    """The scan, all at once or with so many seconds between characters; when its last went in."""
    if not pace:
        return program.write(text.encode() + b"\r")
    for character in text:
        program.write(character.encode())
        time.sleep(pace)
    return program.write(b"\r")


def when_painted(program: Program, pieces: list[Piece], place: str, serial: str) -> float | None:
    """The moment from which on the unit's whole screen stood; None: it never did."""
    states = []
    for piece in pieces:
        program.show(piece)
        states.append(body_of(program.screen.display))
    card = "\n".join(line[:CARD] for line in program.screen.display)
    title = program.screen.display[0]
    if f" {TITLES[place]} " not in title[:40] or f"serial     {serial} " not in card:
        return None
    last = len(pieces) - 1
    while last > 0 and states[last - 1] == states[-1]:
        last -= 1
    return pieces[last].at


def measure(path: Path, targets: dict[str, list[str]], scans: int, pace: float) -> Measured:
    """One program, one scan after the other with a short thought between them."""
    program, found = Program(bench(path)), Measured()
    pick = random.Random(7)
    try:
        program.until_shown(lambda text: "ON THE BENCH" in text)
        for piece in program.until_quiet(1.0):
            program.show(piece)
        before = program.cpu()
        for place, serial in rounds(targets, scans, 11):
            time.sleep(pick.uniform(0.0, 0.05))
            sent = send(program, serial, pace)
            pieces = program.until_quiet(QUIET)
            at = when_painted(program, pieces, place, serial)
            if at is None:  # late rather than lost? The slowest must not drop out of the figures.
                pieces += program.until_quiet(QUIET, 2.0)
                at = when_painted(program, pieces, place, serial)
            if at is None:
                found.failed.append(f"{place} {serial}: {program.screen.display[2].strip()}")
                continue
            found.painted.append((at - sent) * 1000)
            found.first.append((pieces[0].at - sent) * 1000)
            found.kilobytes.append(sum(len(p.data) for p in pieces) / 1000)
            found.places.append(place)
        found.cpu = (program.cpu() - before) * 1000 / scans
    finally:
        program.stop()
    return found


def report(units: int, runs: list[Measured]) -> None:
    """The figures of all runs on one database."""
    every = [value for run in runs for value in run.painted]
    firsts = [value for run in runs for value in run.first]
    print(row(f"{units:,} units: painted", spread(every)))
    print(row(f"{units:,} units: first byte", spread(firsts)))
    for place in TITLES:
        own = [v for r in runs for v, p in zip(r.painted, r.places, strict=True) if p == place]
        print(row(f"    {TITLES[place]}", spread(own)))
    heads = [statistics.median(run.painted) for run in runs]
    p99s = [share(run.painted, 0.99) for run in runs]
    cold = [value for run in runs for value in run.painted[: len(TITLES)]]
    print(f"    per run: medians {_list(heads)}, p99 {_list(p99s)}; first four: {_list(cold)}")
    kilobytes = statistics.median(k for run in runs for k in run.kilobytes)
    failed = [text for run in runs for text in run.failed]
    busy = _list([run.cpu for run in runs])
    print(f"    {kilobytes:.1f} kB and {busy} ms of processor a scan")
    print(f"    {len(every)} scans, {len(failed)} not painted")
    for text in failed[:5]:
        print(f"    not painted: {text}")


def _list(values: list[float]) -> str:
    return " ".join(f"{value:.1f}" for value in values)


def main() -> None:
    """Measures all databases in turns and compares the first with the last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, nargs="+", default=[1_000, 1_000_000])
    parser.add_argument("--scans", type=int, default=200)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--pace", type=float, default=0.0, help="seconds between characters")
    args = parser.parse_args()
    print(machine())
    stores = {units: seeded(units) for units in args.units}
    runs: dict[int, list[Measured]] = {units: [] for units in args.units}
    for _ in range(args.runs):
        for units, (path, targets) in stores.items():
            runs[units].append(measure(path, targets, args.scans, args.pace))
    for units in args.units:
        report(units, runs[units])
    few, many = (
        [value for run in runs[units] for value in run.painted]
        for units in (args.units[0], args.units[-1])
    )
    medians = statistics.median(many) / statistics.median(few)
    print(f"ratio of medians {medians:.2f}, of p99 {share(many, 0.99) / share(few, 0.99):.2f}")
    print(machine())


if __name__ == "__main__":
    main()
