"""Many consoles at once with the Console screen open: is every byte kept?

`python -m tests.benchmarks.console_ports [PORTS] [BAUD] [SECONDS]`: the real program on a
pseudo-terminal of 160 x 48, a unit on each cable, all of them talking at BAUD while keys are
pressed. Bytes that the line lost, captures that are equal by hash, and processor time.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import time
from itertools import cycle, product
from pathlib import Path

from bench.evidence.capture_format import RAW, Meta, read_meta
from tests.benchmarks.capture_bytes import Feed, Run
from tests.benchmarks.console_screen import cpu
from tests.benchmarks.figures import machine
from tests.terminal.consoles import ConsoleStation
from tests.terminal.harness import SETTINGS, UP
from tests.terminal.seeds import Seed, seed

END = b"\x1b[F"
LETTERS = "BCDEFGHJKLNOPRSTUVX"


class ManyCables(ConsoleStation):
    """A station with a named cable for each port."""

    def __init__(self, home: Path, names: list[str]) -> None:
        super().__init__(home, 160, 48)
        cables = [f'{name} = "{home / f"console{n}"}"' for n, name in enumerate(names)]
        self.settings.write_text(
            "\n".join(
                [
                    SETTINGS + "find_scanners = false",
                    "[screen]\nsound = false",
                    f'[console]\nfolder = "{self.captures}"\nfind = false',
                    "[consoles]",
                    *cables,
                    "",
                ]
            )
        )


def captured(station: ManyCables) -> list[tuple[Path, Meta]]:
    """The captures, in the order of their ports."""
    found = [(folder, read_meta(folder)) for folder in station.folders]
    return sorted(found, key=lambda one: int(one[1].port.rpartition("console")[2]))


def main(ports: int, baud: int, seconds: int) -> None:
    """One run."""
    print(machine())
    names = ["".join(pair) for pair in product(LETTERS, LETTERS)][:ports]
    units = [
        Seed(f"03320420240{n:05}", brand="Pulse Secure", model="PSA-300") for n in range(ports)
    ]
    run = Run(baud, ports, baud // 10 * seconds)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        seed(home, units)
        station, feed = ManyCables(home, names), Feed(run, home)
        with station:
            for unit, name in zip(units, names, strict=True):
                station.scan(unit.serial)
                station.wait_for("expected on RMA", unit.serial)
                station.scan("BENCHOK")
                station.wait_for("received as RMA")
                station.scan(f"CONSOLE{name}")
                station.wait_for("recording: switch the unit on")
            recorders = {meta.pid for _, meta in captured(station)}
            processes = [station.program, *recorders]
            used, begun = {p: cpu(p) for p in processes}, time.monotonic()
            feed.begin()
            keys = cycle([b"x", b"x", UP, END])
            while time.monotonic() - begun < seconds:
                station.key(next(keys))
                time.sleep(0.4)
            told = feed.told()
            station.until(lambda: _all_there(station, run.size))
            shares = {p: (cpu(p) - used[p]) / (time.monotonic() - begun) for p in processes}
            files = [folder / RAW for folder, _ in captured(station)]
            equal = sum(
                hashlib.sha256(file.read_bytes()).hexdigest() == line["sha"]
                for file, line in zip(files, told["lines"], strict=True)
            )
            station.quit()
        feed.end()
    lost = sum(line["lost"] for line in told["lines"])
    print(f"{ports} ports x {baud} baud, {seconds} s: lost {lost}, equal by hash {equal}/{ports}")
    program, recording = shares[processes[0]], sum(shares[p] for p in recorders)
    print(f"  program {program:.0%} of a core, {len(recorders)} capture processes {recording:.0%}")
    print(machine())


def _all_there(station: ManyCables, size: int) -> bool:
    return all((folder / RAW).stat().st_size >= size for folder in station.folders)


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:]]
    main(*(asked + [16, 115200, 20][len(asked) :]))
