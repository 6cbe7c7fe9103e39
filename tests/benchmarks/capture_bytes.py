"""Are all bytes kept, at which cost? python -m tests.benchmarks.capture_bytes [--short] [--burn]

For each rate and number of ports: bytes lost by the line (nobody read in time), whether the file
is what was sent (by hash), and processor seconds per MiB; beside them cat, picocom and tio, where
they are installed, with the same stream.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench.hardware.capture_recovery import verify
from bench.hardware.captures import CaptureOptions, Running, start_all

MIB = 1 << 20
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Run:
    """What is to be sent: 0 baud is as fast as it goes."""

    baud: int
    ports: int
    size: int


@dataclass(frozen=True, slots=True)
class Result:
    """How it went."""

    seconds: float
    lost: int
    exact: int
    processor: float


class Feed:
    """The process that speaks."""

    def __init__(self, run: Run, folder: Path) -> None:
        arguments = [str(run.baud), str(run.ports), str(run.size), str(folder)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.capture_feed", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._line()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().decode()

    def begin(self) -> None:
        """Begins to speak."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()

    def told(self) -> dict[str, Any]:
        """Waits for the end of it; what was sent and lost."""
        told: dict[str, Any] = json.loads(self._line())
        return told

    def speak(self) -> dict[str, Any]:
        """Speaks; what was sent and lost."""
        self.begin()
        return self.told()

    def end(self) -> None:
        """Unplugs all."""
        self._process.communicate(b"\n")


def processor(pid: int) -> float:
    """Processor seconds of a process so far; 0 once it is gone."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / _TICK


def _settled(paths: list[Path]) -> None:
    """Waits until the files grow no more."""
    before = -1
    while (now := sum(path.stat().st_size for path in paths if path.exists())) != before:
        before = now
        time.sleep(0.5)


def _exact(paths: list[Path], told: dict[str, Any]) -> int:
    pairs = zip(paths, told["lines"], strict=True)
    return sum(hashlib.sha256(path.read_bytes()).hexdigest() == line["sha"] for path, line in pairs)


def _measured(run: Run, feed: Feed, paths: list[Path], pid: Callable[[], int]) -> Result:
    before = processor(pid())
    told = feed.speak()
    _settled(paths)
    used = processor(pid()) - before
    lost = sum(line["lost"] for line in told["lines"])
    return Result(told["seconds"], lost, _exact(paths, told), used * MIB / run.size / run.ports)


def by_capture(run: Run, folder: Path) -> Result:
    """With this program, index, hashes and syncs included."""
    feed = Feed(run, folder)
    options = [
        CaptureOptions(folder / "captures", str(folder / f"console{n}"), f"p{n}", run.baud or 9600)
        for n in range(run.ports)
    ]
    several: list[Running] = start_all(options, 120)
    result = _measured(
        run, feed, [one.folder / "raw.bin" for one in several], lambda: several[0].pid
    )
    for one in several:
        meta = one.close()
        assert verify(one.folder, meta.seal) == [], one.folder
    feed.end()
    return result


def by_peer(command: list[str], run: Run, folder: Path) -> Result:
    """With another program on a terminal of its own; its log is what it has kept."""
    feed = Feed(run, folder)
    log, console = folder / "log", folder / "console0"
    words = [word.format(log=log, console=console) for word in command]
    if words[0] == "cat":
        subprocess.run(["stty", "-F", str(console), "raw", "-echo"], check=True)
        with log.open("wb") as out:
            peer = subprocess.Popen(["cat", str(console)], stdout=out)
    else:
        peer = subprocess.Popen(
            ["script", "-qfec", " ".join(words), "/dev/null"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
    time.sleep(1.0)
    result = _measured(run, feed, [log], lambda: _deepest(peer.pid))
    peer.kill()
    peer.wait()
    feed.end()
    return result


def _deepest(pid: int) -> int:
    """The program that `script` started."""
    while True:
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            return pid
        if not children:
            return pid
        pid = int(children[0])


PEERS = {
    "cat": ["cat", "{console}"],
    "picocom": ["picocom", "-q", "-b", "115200", "--logfile", "{log}", "{console}"],
    "tio": ["tio", "-b", "115200", "-l", "--log-file", "{log}", "{console}"],
}


@contextmanager
def burning(burners: int) -> Iterator[None]:
    """Keeps processors busy meanwhile."""
    several = [multiprocessing.Process(target=_burn, daemon=True) for _ in range(burners)]
    for one in several:
        one.start()
    yield
    for one in several:
        one.kill()


def _burn() -> None:
    while True:
        sum(range(10_000))


def show(name: str, run: Run, work: Callable[[Run, Path], Result]) -> None:
    """One line of the table."""
    with tempfile.TemporaryDirectory(prefix="capture-bytes-") as folder:
        result = work(run, Path(folder))
    rate = run.size * run.ports / MIB / result.seconds
    print(
        f"{name:9} {run.baud or 'unpaced':>8} x {run.ports:3}  {run.size / MIB:7.2f} MiB each  "
        f"lost {result.lost:8}  exact {result.exact}/{run.ports}  "
        f"{rate:8.2f} MiB/s  {result.processor:.4f} CPU s/MiB",
        flush=True,
    )


def main() -> None:
    """All runs, or the short ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="10 s a run instead of 64 MiB")
    parser.add_argument("--burn", action="store_true", help="keep all processors busy meanwhile")
    asked = parser.parse_args()
    with burning(os.cpu_count() or 1 if asked.burn else 0):
        for _ in range(3):
            show("capture", Run(0, 1, 64 * MIB), by_capture)
            for name, command in PEERS.items():
                if shutil.which(name):
                    size = (2 if name == "tio" else 64) * MIB
                    with suppress(subprocess.SubprocessError):
                        show(name, Run(0, 1, size), partial(by_peer, command))
        for baud in (9600, 115200, 921600, 3_000_000):
            size = baud // 10 * 10 if asked.short or baud < 115200 else 64 * MIB
            show("capture", Run(baud, 1, size), by_capture)
        for name, command in PEERS.items():
            if shutil.which(name):
                show(name, Run(115200, 1, 115200), partial(by_peer, command))
        for ports in (16, 64):
            show("capture", Run(115200, ports, 11520 * 10), by_capture)


if __name__ == "__main__":
    main()
