"""Captures as the rest of the program sees them: started, asked, adopted after a crash, closed.

Everything here may be called from any thread and comes back soon, whatever the process does.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bench
from bench.evidence.capture_format import BadMeta, Meta, read_meta
from bench.hardware.capture_control import remove_stale, sockets
from bench.hardware.capture_options import AUTO, CaptureOptions, options_json
from bench.hardware.serial_port import PortBusy, PortDenied, PortGone

__all__ = ["AUTO", "CaptureOptions", "NoCapture", "Running", "running", "start"]

START = 20.0
"""Seconds that a port may take to open: a terminal server takes some, a local port none."""
ASK = 2.0
"""Seconds that an answer may take."""
CLOSE = 15.0
"""Seconds that closing may take: the last bytes go to the disk."""
_FAULTS: dict[str, type[Exception]] = {"busy": PortBusy, "denied": PortDenied, "gone": PortGone}


class NoCapture(Exception):
    """A capture cannot do what is asked, or is no longer there; the text says why."""


@dataclass(slots=True)
class Running:
    """A capture whose process runs. Requests raise NoCapture."""

    folder: Path
    id: str
    pid: int
    socket: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _alone: bool = field(default=True, repr=False)
    """Whether the process ends with this capture."""

    def status(self) -> dict[str, Any]:
        """State, rate, bytes, what is on the disk, losses: see `Session.status`."""
        return self._ask({"do": "status"})

    def send(self, data: bytes, secret: bool = False) -> None:
        """Sends bytes to the device; `secret` marks them so in the index."""
        self._ask({"do": "send", "hex": data.hex(), "secret": secret})

    def break_(self, ms: int = 250) -> None:
        """Sends a break."""
        self._ask({"do": "break", "ms": ms})

    def baud(self, baud: int = AUTO) -> int:
        """Sets the rate, or looks for it by listening (AUTO); the rate that is listened at now."""
        return int(self._ask({"do": "baud", "baud": baud or "auto"})["baud"])

    def lines(self, dtr: bool | None = None, rts: bool | None = None) -> None:
        """Sets DTR and RTS; None leaves one as it is."""
        self._ask({"do": "lines", "dtr": dtr, "rts": rts})

    def mark(self, text: str = "", offset: int | None = None) -> int:
        """Marks a place, the end of what has been received if none is given; its offset."""
        return self._noted("mark", text, offset)

    def note(self, text: str, offset: int | None = None) -> int:
        """Writes a note beside a place; its offset."""
        return self._noted("note", text, offset)

    def sync(self) -> None:
        """Asks for all bytes to be put onto the disk at once: a failure was seen."""
        self._ask({"do": "sync"})

    def rma(self, rma: str, serial: str = "", model: str = "") -> None:
        """Ties the capture to an RMA and the unit that was scanned."""
        self._ask({"do": "rma", "rma": rma, "serial": serial, "model": model})

    def close(self, why: str = "asked") -> Meta:
        """Ends and seals the capture; its metadata, with the seal."""
        self._ask({"do": "close", "why": why}, CLOSE)
        if self._process is not None and self._alone:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(ASK)
        try:
            return read_meta(self.folder)
        except BadMeta as error:
            raise NoCapture(str(error)) from error

    def alive(self) -> bool:
        """Whether the process still answers."""
        try:
            self.status()
        except NoCapture:
            return False
        return True

    def _noted(self, do: str, text: str, offset: int | None) -> int:
        place = {} if offset is None else {"o": offset}
        return int(self._ask({"do": do, "text": text, **place})["o"])

    def _ask(self, request: dict[str, Any], seconds: float = ASK) -> dict[str, Any]:
        if self._process is not None:
            self._process.poll()  # no zombie stays behind
        told = _ask(self.socket, request, seconds)
        if not told.pop("ok", False):
            raise NoCapture(str(told.get("text", "The capture gives no reason.")))
        return told


def start(options: CaptureOptions, seconds: float = START) -> Running:
    """Starts a process that captures one port, and waits until the port is open.

    Raises PortBusy (who has it), PortDenied (the group that may), PortGone, or NoCapture.
    """
    return start_all([options], seconds)[0]


def start_all(several: Sequence[CaptureOptions], seconds: float = START) -> list[Running]:
    """One process for several ports. Raises for the first that cannot be opened, and then closes
    the others."""
    process = _spawn()
    told, complaint = _told(process, b"".join(options_json(one) for one in several), seconds)
    if told is None:
        raise NoCapture(f"The port does not open within {seconds:.0f} seconds.")
    answers = [json.loads(line) for line in told.splitlines()]
    good = [_running(one, process, len(several) == 1) for one in answers if one["ok"]]
    if len(good) == len(several):
        return good
    for one in good:
        with suppress(NoCapture):
            one.close("another port could not be opened")
    process.wait(ASK)
    bad: dict[str, Any] = next((one for one in answers if not one["ok"]), {})
    text = bad.get("text") or complaint.decode("utf-8", "replace").strip()[-300:]
    raise _FAULTS.get(bad.get("error", ""), NoCapture)(text if bad else text or "No process.")


def running(root: Path) -> list[Running]:
    """The captures under a folder whose processes run: those of a screen that crashed, too."""
    found = []
    for path in sockets():
        try:
            told = _ask(path, {"do": "status"}, ASK)
        except NoCapture:
            continue
        folder = Path(str(told.get("folder")))
        if root.resolve() in folder.resolve().parents:
            found.append(Running(folder, str(told.get("id")), int(told.get("pid", 0)), path))
    return sorted(found, key=lambda one: str(one.folder))


def _running(told: dict[str, Any], process: subprocess.Popen[bytes], alone: bool) -> Running:
    place, control = Path(told["folder"]), Path(told["socket"])
    return Running(place, told["id"], int(told["pid"]), control, process, alone)


def _spawn() -> subprocess.Popen[bytes]:
    """The process, in a session of its own, so that the end of a terminal does not end it."""
    place = str(Path(bench.__file__).parent.parent)
    paths = [place, os.environ.get("PYTHONPATH", "")]
    return subprocess.Popen(
        [sys.executable, "-m", "bench.hardware.capture_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(place).anchor,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
        start_new_session=True,
    )


def _told(
    process: subprocess.Popen[bytes], asked: bytes, seconds: float
) -> tuple[bytes | None, bytes]:
    """What the process says before it lets go of its pipes; None where that takes too long."""
    late = threading.Event()

    def stop() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, stop)
    timer.start()
    assert process.stdin
    assert process.stdout
    assert process.stderr
    with process.stdin, process.stdout, process.stderr:
        with suppress(BrokenPipeError):
            process.stdin.write(asked)
            process.stdin.close()
        told, complaint = process.stdout.read(), process.stderr.read()
    timer.cancel()
    if late.is_set():
        process.wait()
        return None, complaint
    return told, complaint


def _ask(path: Path, request: dict[str, Any], seconds: float) -> dict[str, Any]:
    """One request and its answer. Raises NoCapture; clears away what a killed process left."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(seconds)
            connection.connect(str(path))
            connection.sendall(json.dumps(request).encode("ascii") + b"\n")
            with connection.makefile("rb") as lines:
                told = json.loads(lines.readline())
    except (ConnectionRefusedError, FileNotFoundError):
        remove_stale(path)
        raise NoCapture("The capture has ended.") from None
    except (OSError, ValueError) as error:
        raise NoCapture("The capture does not answer.") from error
    if not isinstance(told, dict):
        raise NoCapture("The capture gives no answer that can be read.")
    return told
