"""Pulls the cable of a talking console again and again: what is lost, and is every gap marked?

`python -m tests.benchmarks.capture_unplug [--unplugs 50]`

What the kernel had not handed out when the cable was pulled is lost to any reader; the rest must
be in the file, in its order, and each gap in the index.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from functools import partial
from pathlib import Path

from bench.evidence.capture_format import Kind, decode
from bench.hardware.capture_recovery import verify
from bench.hardware.captures import CaptureOptions, Running, start
from tests.hardware.console_device import Device, raw_of, size_of, until


def _has(one: Running, size: int) -> bool:
    return size_of(one) == size


def _lost(one: Running, gaps: int) -> bool:
    return bool(one.status()["gaps"] == gaps)


def main() -> None:
    """All unplugs, and what became of the bytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unplugs", type=int, default=50)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="capture-unplug-") as folder:
        device = Device(Path(folder) / "console")
        one = start(CaptureOptions(Path(folder) / "captures", str(device.link), baud=115200))
        sent, unread = [], 0
        for number in range(asked.unplugs + 1):
            words = [b"plug %03d byte %05d\r\n" % (number, part) for part in range(2000)]
            text = b"".join(words)[: 1000 + number * 700]
            before = size_of(one)
            device.say(text)
            if number % 2:  # every other time the cable is pulled in the middle of reading
                until(partial(_has, one, before + len(text)))
            device.unplug()
            until(partial(_lost, one, number + 1))
            got = raw_of(one)[before:]
            assert text.startswith(got), "bytes were changed"
            unread += len(text) - len(got)
            sent.append(got)
            time.sleep(0.01)
            device.plug()
            until(lambda: one.status()["state"] == "open")
        meta = one.close()
        kinds = [decode(line).kind for line in (one.folder / "index.jsonl").open("rb")]
        assert raw_of(one) == b"".join(sent)
        assert verify(one.folder, meta.seal) == []
        print(
            f"{asked.unplugs + 1} unplugs: {meta.bytes} bytes kept in order, {unread} bytes still "
            f"in the kernel when the cable was pulled; gaps marked {kinds.count(Kind.GONE)}, "
            f"ends of gaps {kinds.count(Kind.BACK)}"
        )
        device.unplug()


if __name__ == "__main__":
    main()
