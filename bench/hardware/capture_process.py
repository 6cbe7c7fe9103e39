"""The capture process: it reads console ports, writes down what they say, and nothing else.

    python -m bench.hardware.capture_process

takes one line of JSON for each port on its input (capture_options), answers each with a line that
says where the capture is or why there is none, and goes on until it is told to close, by its
control socket, SIGTERM or SIGINT. It outlives whoever started it.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bench import __version__
from bench.evidence.capture_format import Meta
from bench.hardware.capture_control import Control
from bench.hardware.capture_loop import Loop
from bench.hardware.capture_options import CaptureOptions, read_options
from bench.hardware.capture_rate import RateFinder
from bench.hardware.capture_requests import answer
from bench.hardware.capture_session import SECOND, Session
from bench.hardware.capture_writer import CaptureWriter, make_folder
from bench.hardware.console_names import adapter_of, stable_name
from bench.hardware.console_port import ConsolePort, open_console
from bench.hardware.serial_port import PortBusy, PortDenied, PortGone

GIVE_UP = 10.0
"""Seconds that a stopped process waits for a disk that is full."""
_NICE = -5
_ERRORS = {PortBusy: "busy", PortDenied: "denied", PortGone: "gone"}


class CaptureProcess:
    """All captures of one process, in one loop."""

    def __init__(self) -> None:
        self.loop = Loop(self._tick)
        self.loop.on_signals(self._stop)
        self._sessions: dict[str, tuple[Session, Control]] = {}
        self._give_up: float | None = None
        self.unwritten = 0
        """Bytes that were in memory only when the process gave up."""

    def start(self, options: CaptureOptions) -> dict[str, Any]:
        """Begins one capture; where it is, or why there is none."""
        first = options.baud or RateFinder(options.rates, lambda *_: None).baud
        try:
            meta = _meta(options)
            port = open_console(options.port, options.line(first))
        except (PortBusy, PortDenied, PortGone) as error:
            return {"ok": False, "error": _ERRORS[type(error)], "text": str(error)}
        try:
            session = self._begin(options, port, meta)
        except OSError as error:
            port.close()
            return {"ok": False, "error": "disk", "text": f"{options.root}: {error.strerror}"}
        told = {"folder": str(session.writer.folder), "id": meta.id}
        self.loop.turn(0)  # further ports take their time to open; this one is read meanwhile
        return {"ok": True, **told, "pid": os.getpid(), "socket": session.writer.meta.socket}

    def _begin(self, options: CaptureOptions, port: ConsolePort, meta: Meta) -> Session:
        control = Control(self.loop, lambda request: answer(session, request))
        try:
            now = datetime.now(UTC)
            started = now.isoformat(timespec="milliseconds")
            folder = make_folder(options.root, options.name, meta.id, now)
            meta = replace(meta, started=started, socket=str(control.path))
            session = Session(options, port, CaptureWriter(folder, meta), self.loop)
        except OSError:
            control.close()
            raise
        session.begin()
        self._sessions[meta.id] = (session, control)
        return session

    def run(self) -> None:
        """Runs until every capture is closed."""
        try:
            self.loop.run()
        finally:
            for _, control in self._sessions.values():
                control.close()
            self.loop.close()

    def _stop(self) -> None:
        self._give_up = time.monotonic() + GIVE_UP
        for session, _ in self._sessions.values():
            session.end("stopped")

    def _tick(self, now: float) -> float:
        due = [session.tick(now) for session, _ in self._sessions.values()]
        for key, (session, control) in list(self._sessions.items()):
            if session.closed:
                control.close()
                del self._sessions[key]
        if self._give_up is not None and now >= self._give_up:
            self.unwritten = sum(one.writer.held for one, _ in self._sessions.values())
            self.loop.ended = True
        self.loop.ended = self.loop.ended or not self._sessions
        return min(due, default=now + SECOND)


def _meta(options: CaptureOptions) -> Meta:
    stable = stable_name(options.port)
    return Meta(
        id=uuid.uuid4().hex,
        name=options.name,
        port=options.port,
        stable=stable,
        adapter=adapter_of(stable),
        host=socket.gethostname(),
        bench=__version__,
        technician=options.technician,
        station=options.station,
        rma=options.rma,
        serial=options.serial,
        model=options.model,
        pid=os.getpid(),
    )


def _let_go() -> None:
    """Leaves the pipes of the program that started this one; it may end at any time."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)


def main(lines: Iterable[bytes]) -> int:
    """Captures the ports that the lines tell; the exit status: 0 closed, 1 none or unwritten."""
    with suppress(OSError):  # not everybody may; it only helps on a busy machine
        os.setpriority(os.PRIO_PROCESS, 0, _NICE)
    process = CaptureProcess()
    begun = 0
    for line in lines:
        told = process.start(read_options(line))
        begun += told["ok"]
        print(json.dumps(told), flush=True)
    if not begun:
        return 1
    _let_go()
    process.run()
    return 1 if process.unwritten else 0


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer))
