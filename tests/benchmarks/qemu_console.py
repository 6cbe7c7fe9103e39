"""A real boot loader in QEMU on a pseudo-terminal, captured, and compared with QEMU's own log.

    python -m tests.benchmarks.qemu_console [MACHINE FIRMWARE]

Needs qemu-system-arm and u-boot-qemu (Debian); prints bytes, hashes, and what was understood.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.evidence.capture_reader import CaptureReader
from bench.hardware.capture_recovery import verify
from bench.hardware.captures import CaptureOptions, start
from bench.settings import Settings
from bench.workflow.console_rules import load_console_rules
from bench.workflow.consoles import reread

FIRMWARE = "/usr/lib/u-boot/qemu_arm/u-boot.bin"
SECONDS = 25.0


def main(firmware: str) -> int:
    """Boots it once; 0 where every byte is there."""
    home = Path(tempfile.mkdtemp(prefix="bench-qemu-"))
    own = home / "qemu.log"
    qemu = subprocess.Popen(
        [
            *("qemu-system-arm", "-machine", "virt", "-m", "256", "-display", "none", "-S"),
            *("-nic", "none"),
            *("-bios", firmware, "-monitor", "stdio"),
            *("-chardev", f"pty,id=console,logfile={own}", "-serial", "chardev:console"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert qemu.stdin is not None
    assert qemu.stdout is not None
    port = ""
    while not port:
        found = re.search(r"/dev/pts/\d+", qemu.stdout.readline())
        port = found.group() if found else ""
    running = start(CaptureOptions(root=home / "captures", port=port, name="qemu", baud=115200))
    time.sleep(2)  # QEMU looks once a second whether somebody listens
    qemu.stdin.write("cont\n")
    qemu.stdin.flush()
    time.sleep(SECONDS)
    running.send(b"version\rprintenv\r")
    time.sleep(3)
    meta = running.close()
    qemu.kill()
    kept, told = (running.folder / "raw.bin").read_bytes(), own.read_bytes()
    same = hashlib.sha256(kept).digest() == hashlib.sha256(told).digest()
    cable, _ = reread(running.folder, load_console_rules(Settings()))
    reader = CaptureReader(running.folder).poll_all()
    print(f"{len(kept)} bytes, QEMU's own log {len(told)}, the same: {same}")
    print(f"lines {len(reader.lines)}, sealed {meta.seal[:16]}, verify {verify(running.folder)}")
    print([f"{fact.kind}: {fact.value}" for fact in cable.understanding.facts])
    print([failure.title for failure in cable.understanding.failures])
    print(cable.understanding.state(time.time_ns()), "boots", cable.understanding.boots.count)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else FIRMWARE))
