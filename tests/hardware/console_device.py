"""The far end of a console cable, for tests of captures: sends, hears, is pulled and plugged."""

from __future__ import annotations

import os
import select
import time
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bench.hardware.captures import CaptureOptions, NoCapture, Running, start

WAIT = 8.0


class Device:
    """A pseudo-terminal under a stable name; nobody but the capture has its near end open."""

    def __init__(self, link: Path) -> None:
        self.link, self.master = link, -1
        self.plug()

    def plug(self) -> None:
        """A new device, under the same name."""
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.link.symlink_to(os.ttyname(slave))
        os.close(slave)

    def unplug(self) -> None:
        """The cable is out; what nobody had read is lost, as with USB."""
        if self.master >= 0:
            self.link.unlink()
            os.close(self.master)
            self.master = -1

    def say(self, data: bytes) -> None:
        """Sends everything; waits while the kernel's buffer is full."""
        while data:
            data = data[os.write(self.master, data) :]

    def heard(self, seconds: float = 0.3) -> bytes:
        """What was sent to the device, until it is silent for so long."""
        data = b""
        while select.select([self.master], [], [], seconds)[0]:
            with suppress(OSError):
                data += os.read(self.master, 65536)
                continue
            break
        return data


class Captures:
    """Starts captures, and leaves none behind."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._running: list[Running] = []

    def start(self, port: str | Path, baud: int = 115200, **more: object) -> Running:
        """A capture of a port."""
        options = CaptureOptions(self.root, str(port), "Port 1", baud, **more)  # type: ignore[arg-type]
        running = start(options)
        self._running.append(running)
        return running

    def close(self) -> None:
        """Closes what still runs."""
        for one in self._running:
            with suppress(NoCapture):
                one.close()


def until(true: Callable[[], object]) -> None:
    """Waits until something is so; fails when it does not become so."""
    end = time.monotonic() + WAIT
    while not true():
        assert time.monotonic() < end, "it did not become so in time"
        time.sleep(0.01)


def raw_of(running: Running) -> bytes:
    """The received bytes of a capture."""
    return (running.folder / "raw.bin").read_bytes()


def size_of(running: Running) -> int:
    """How many bytes were received."""
    return (running.folder / "raw.bin").stat().st_size
