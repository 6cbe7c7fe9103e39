"""A process that speaks as N consoles do, for the benchmarks of captures: python -m … BAUD PORTS
BYTES FOLDER. Ports appear as FOLDER/console0 …; a line on its input starts it.

Paced (BAUD > 0) it is a device without flow control behind a USB adapter of 512 bytes: what finds
no room in the kernel within that is thrown away and counted. Unpaced (0) it waits for room.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
import tty
from contextlib import suppress
from pathlib import Path

BITS = 10
"""Bits of a character: start, 8 data, stop."""
FIFO = 512
"""Bytes that an adapter holds while the kernel takes none."""


def stream(size: int) -> bytes:
    """Numbered lines and, in each 64 KiB, all byte values."""
    every, out = bytes(range(256)), bytearray()
    number = 0
    while len(out) < size:
        if number % 1000 == 0:
            out += every
        out += b"[%9.6f] \x1b[32mnode %d\x1b[0m: state %08x\r\n" % (
            number / 977, number, number * 2654435761 & 0xFFFFFFFF,
        )  # fmt: skip
        number += 1
    return bytes(out[:size])


class Line:
    """One console: how much of the stream is sent, and what was thrown away."""

    def __init__(self, link: Path) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        link.symlink_to(os.ttyname(slave))
        os.close(slave)
        os.set_blocking(self.master, False)
        self.hash = hashlib.sha256()
        self.at = self.waiting = self.lost = 0

    def advance(self, data: bytes, until: int) -> None:
        """Sends up to a place of the stream; past the adapter's FIFO bytes are lost."""
        while self.at < until:
            piece = data[self.at : until]
            try:
                done = os.write(self.master, piece)
            except BlockingIOError:
                done = 0
            self.hash.update(piece[:done])
            self.at += done
            if done < len(piece):
                over = until - self.at - FIFO
                if over > 0:
                    self.lost += over
                    self.at += over
                return


def paced(lines: list[Line], data: bytes, baud: int) -> None:
    """Sends by the clock."""
    begin = time.monotonic()
    while any(line.at < len(data) for line in lines):
        due = min(len(data), int((time.monotonic() - begin) * baud / BITS))
        for line in lines:
            line.advance(data, due)
        time.sleep(0.001)


def unpaced(lines: list[Line], data: bytes) -> None:
    """Sends as fast as it is read."""
    for line in lines:
        os.set_blocking(line.master, True)
        while line.at < len(data):
            done = os.write(line.master, data[line.at : line.at + 65536])
            line.hash.update(data[line.at : line.at + done])
            line.at += done


def main(baud: int, ports: int, size: int, folder: Path) -> None:
    """Speaks once, tells what it sent, and waits for the end of its input."""
    data = stream(size)
    lines = [Line(folder / f"console{number}") for number in range(ports)]
    print("ready", flush=True)
    sys.stdin.readline()
    with suppress(OSError, AttributeError):  # an appliance does not wait for our processor
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
    begin = time.monotonic()
    if baud:
        paced(lines, data, baud)
    else:
        unpaced(lines, data)
    told = [{"sha": line.hash.hexdigest(), "lost": line.lost} for line in lines]
    print(json.dumps({"seconds": time.monotonic() - begin, "lines": told}), flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
