"""Serial scanners on pseudo-terminals: codes lost, and the time from sending to the call.

`python -m tests.benchmarks.serial_scanners [--frames 1000] [--unplugs 20] [--scanners 3]`

Each scanner sends so many frames, is unplugged in the middle of a further one, and is plugged in
again, so many times; all scanners at once. Every frame that was sent while the status was ready
must come whole and in order. Then the same number of frames one by one, for the latency.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.hardware.serial_scanner import SerialScanner, Status
from bench.hardware.simulated_scanner import SimulatedScanner
from tests.benchmarks.figures import machine, row, spread
from tests.hardware.recorder import LOOK, Recorder, scanner

SUFFIXES = (b"\r", b"\n", b"\r\n")


@contextmanager
def running(folder: Path) -> Iterator[tuple[Recorder, SimulatedScanner, SerialScanner]]:
    """One gun and its scanner."""
    recorder, gun = Recorder(), SimulatedScanner(folder / "usb-gun")
    one = scanner(recorder, gun.link)
    one.start()
    try:
        yield recorder, gun, one
    finally:
        one.close()
        gun.unplug()


def pull_the_cable(
    recorder: Recorder, gun: SimulatedScanner, frames: int, unplugs: int, again: list[float]
) -> list[str]:
    """All rounds of one gun; gives what it sent. `again` takes the seconds to be ready again."""
    sent = []
    for turn in range(unplugs):
        plugged = time.monotonic()
        gun.plug()
        recorder.until_is("Gun", Status.READY)
        again.append(time.monotonic() - plugged)
        for number in range(frames):
            sent.append(f"SN{turn:02d}{number:05d}\x1dX")
            gun.suffix = SUFFIXES[number % 3]
            gun.scan(sent[-1])
        recorder.until_heard(len(sent))
        gun.send(b"half of a co")
        gun.unplug()
        recorder.until_is("Gun", Status.LOST)
    return sent


def latency(recorder: Recorder, gun: SimulatedScanner, frames: int) -> list[float]:
    """Microseconds from before the write of each frame to the call."""
    gun.plug()
    recorder.until_is("Gun", Status.READY)
    before, gone = len(recorder.heard), []
    for number in range(frames):
        gone.append(time.monotonic())
        gun.scan(f"SN{number:05d}")
        recorder.until_heard(before + number + 1)
    return [(came - sent) * 1e6 for sent, came in zip(gone, recorder.late[before:], strict=True)]


def main() -> None:
    """Runs both and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=1000)
    parser.add_argument("--unplugs", type=int, default=20)
    parser.add_argument("--scanners", type=int, default=3)
    args = parser.parse_args()
    print(machine())
    lost = wrong = total = 0
    again: list[float] = []
    with ExitStack() as stack:
        folders = [
            Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(args.scanners)
        ]
        guns = [stack.enter_context(running(folder)) for folder in folders]
        sent: dict[int, list[str]] = {}

        def pull(number: int) -> None:
            recorder, gun, _ = guns[number]
            sent[number] = pull_the_cable(recorder, gun, args.frames, args.unplugs, again)

        pulls = [threading.Thread(target=pull, args=(number,)) for number in range(len(guns))]
        began = time.monotonic()
        for one in pulls:
            one.start()
        for one in pulls:
            one.join()
        took = time.monotonic() - began
        for number, (recorder, _, _) in enumerate(guns):
            total += len(sent[number])
            lost += len(sent[number]) - len(recorder.texts("Gun"))
            wrong += recorder.texts("Gun") != sent[number]
            changes = recorder.statuses("Gun")
            expected = [Status.MISSING, *[Status.READY, Status.LOST] * args.unplugs]
            assert changes == expected, changes
        print(
            f"{args.scanners} scanners at once, {args.unplugs} unplugs each: {total:,} frames, "
            f"{lost} lost, {wrong} scanners with a wrong code, {total / took:,.0f} frames/s"
        )
        name = f"plugged in to ready, a look each {LOOK * 1000:.0f} ms"
        print(row(name, spread([seconds * 1000 for seconds in again])))
        recorder, gun, _ = guns[0]
        print(row("sent to call", spread(latency(recorder, gun, args.frames)), "us"))
    assert (lost, wrong) == (0, 0)
    print(machine())


if __name__ == "__main__":
    main()
