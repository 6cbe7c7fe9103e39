"""A console that talks by the clock, as a process: python -m … LINK SECONDS LINES.

Makes a port at LINK, waits for a listener, and says LINES realistic lines a second for SECONDS (0:
until a line comes on its input). Nothing is thrown away where the listener is late: it is told how
late. Then it tells hash and size of what it said; the port stays until its input ends.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import select
import sys
import time
import tty
from pathlib import Path

from tests.benchmarks.understanding import HEALTHY

PIECE = 0.002
"""Seconds of talk at a time."""
_MADE = 200_000
_WAIT = 0.02


def talk() -> list[bytes]:
    """Lines of healthy starts, each with other numbers."""
    pick, made = random.Random(5), list[bytes]()
    for number in range(_MADE):
        n, d = str(pick.randrange(100, 9999)), str(pick.randrange(1, 9))
        text = pick.choice(HEALTHY).replace("{n}", n).replace("{d}", d)
        made.append(text.replace("{t}", f"{number / 977:.6f}").encode() + b"\r\n")
    return made


class Console:
    """The far end of a port: what was said, and how late the listener was at worst."""

    def __init__(self, link: Path) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        new = link.with_name(link.name + ".new")
        new.symlink_to(os.ttyname(slave))
        new.replace(link)
        os.close(slave)
        os.set_blocking(self.master, False)
        self.hash, self.size, self.late = hashlib.sha256(), 0, 0.0

    def wait_listener(self) -> None:
        """Until somebody has opened the port."""
        look = select.poll()
        look.register(self.master, 0)
        while look.poll(0):
            time.sleep(_WAIT)

    def say(self, data: bytes, due: float) -> None:
        """Says it, however long the listener takes."""
        while data:
            try:
                done = os.write(self.master, data)
            except BlockingIOError:
                select.select([], [self.master], [], 1.0)
                continue
            self.hash.update(data[:done])
            self.size += done
            data = data[done:]
        self.late = max(self.late, time.monotonic() - due)


def speak(console: Console, seconds: float, lines: int) -> None:
    """By the clock, until the time is up or a line comes in."""
    said, number, begun = talk(), 0, time.monotonic()
    while not seconds or time.monotonic() - begun < seconds:
        due = int((time.monotonic() - begun) * lines)
        if due > number:
            data = b"".join(said[at % _MADE] for at in range(number, due))
            console.say(data, begun + due / lines)
            number = due
        if select.select([0], [], [], max(PIECE, 1 / lines))[0]:
            return


def main(link: Path, seconds: float, lines: int) -> None:
    """Speaks once."""
    console = Console(link)
    print("ready", flush=True)
    console.wait_listener()
    time.sleep(0.2)
    speak(console, seconds, lines)
    told = {"sha": console.hash.hexdigest(), "bytes": console.size, "late": console.late}
    print(json.dumps(told), flush=True)
    while os.read(0, 4096):
        pass


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
