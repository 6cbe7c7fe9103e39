"""Kills capture processes while a console talks: is everything kept that was read?

`python -m tests.benchmarks.capture_kill [--kills 50] [--baud 115200]` (0: as fast as it goes)

After each kill the bytes that the kernel still holds are taken through a second descriptor, which
only root can open beside the capture: file + these must be what was sent, to the byte.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
import threading
import time
from pathlib import Path

from bench.hardware.capture_recovery import recover, verify
from bench.hardware.captures import CaptureOptions, start
from tests.benchmarks.capture_feed import BITS, stream
from tests.hardware.console_device import Device, raw_of
from tests.terminal.stations import until_dead


class Speaker(threading.Thread):
    """Sends the stream at a rate until it is told to stop; `sent` bytes went out."""

    def __init__(self, device: Device, baud: int, data: bytes) -> None:
        super().__init__(daemon=True)
        self._device, self._baud, self._data = device, baud, data
        self.sent, self.stop = 0, False
        os.set_blocking(device.master, False)

    def run(self) -> None:
        """Sends what is due each millisecond."""
        begin = time.monotonic()
        while not self.stop:
            due = min(len(self._data), self.sent + 65536)
            if self._baud:
                due = min(due, int((time.monotonic() - begin) * self._baud / BITS))
            try:
                self.sent += os.write(self._device.master, self._data[self.sent : due])
            except BlockingIOError:
                time.sleep(0)
            if self._baud:
                time.sleep(0.001)


def rest_of(file: int) -> bytes:
    """What nobody had read."""
    data = b""
    end = time.monotonic() + 0.1
    while time.monotonic() < end:
        try:
            data += os.read(file, 65536)
        except BlockingIOError:
            time.sleep(0.005)
    return data


def one_kill(folder: Path, baud: int, data: bytes, wait: float) -> tuple[int, int]:
    """Bytes kept, and bytes lost that had been read."""
    device = Device(folder / "console")
    capture = start(CaptureOptions(folder / "captures", str(device.link), baud=baud or 115200))
    beside = os.open(device.link, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    speaker = Speaker(device, baud, data)
    speaker.start()
    time.sleep(wait)
    os.kill(capture.pid, signal.SIGKILL)
    speaker.stop = True
    speaker.join()
    until_dead(capture.pid)  # a sync that is under way is finished first
    rest = rest_of(beside)
    meta = recover(capture.folder)
    kept = raw_of(capture)
    lost = speaker.sent - len(kept) - len(rest)
    assert kept + rest == data[: speaker.sent] or lost, "bytes were changed"
    assert verify(capture.folder, meta.seal) == []
    os.close(beside)
    device.unplug()
    return len(kept), lost


def main() -> None:
    """All kills, and their sum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--baud", type=int, default=115200)
    asked = parser.parse_args()
    data = stream(64 << 20)
    kept = lost = bad = 0
    for _ in range(asked.kills):
        with tempfile.TemporaryDirectory(prefix="capture-kill-") as folder:
            took, gone = one_kill(Path(folder), asked.baud, data, random.uniform(0.05, 0.5))
        kept, lost, bad = kept + took, lost + gone, bad + bool(gone)
    print(f"{asked.kills} kills at {asked.baud or 'full speed'}: {kept} bytes kept, ", end="")
    print(f"{lost} lost of those that were read, in {bad} kills; all recovered and verified")


if __name__ == "__main__":
    main()
