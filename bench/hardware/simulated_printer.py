"""A ZPL printer of bits only: a real TCP server that keeps its labels as pictures.

For demonstrations and tests. It has what goes wrong with real ones: no paper, a pause, a slow or
broken line, a restart that loses what it had. `python -m bench.hardware.simulated_printer FOLDER`
runs one until Ctrl+C.
"""

from __future__ import annotations

import argparse
import select
import socket
import struct
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from bench.hardware.simulated_labels import PrintedLabels
from bench.hardware.simulated_stream import Stream, TooLong
from bench.labels.bitmap import Bitmap
from bench.labels.zpl import bitmaps_of
from bench.labels.zpl_status import ASK, HostStatus, status_reply

HERE = "127.0.0.1"
"""The only address that it listens at: nobody else in the network can print to it."""
MEMORY = 20
"""Labels that it holds while it cannot print; then it takes no more bytes."""
TICK = 0.01
"""Seconds after which it looks at its switches, whether something came or not."""
_LINES, _BACKLOG = 4, 16
_BLOCK = 16_384


class SimulatedPrinter:
    """`with SimulatedPrinter(folder) as printer:` and it listens at `printer.port`.

    The switches may be set from any thread, and act within some TICKs:
    `out_of_paper`, `paused`, `head_open`: labels wait in its memory; `silent`: no answer to ~HS;
    `answers`: it answers ~HS even without paper, which real ones may not; `slow`: bytes a second,
    0 for no limit; `stalled`: it takes no bytes at all; `cut_after`: breaks the connection after
    so many further bytes, once; `acks_late`: what it took is acknowledged when its system likes
    (on Linux 40 ms after an answer; RFC 1122 allows half a second), not at once.
    """

    def __init__(
        self, folder: Path, dpi: int = 203, port: int = 0, *, receive_buffer: int = 0
    ) -> None:
        """`receive_buffer`: bytes that the system takes for it, 0 for the usual many."""
        self.dpi, self.port = dpi, port
        self.out_of_paper = self.paused = self.head_open = False
        self.silent = self.answers = self.stalled = self.acks_late = False
        self.slow = 0
        self.cut_after: int | None = None
        self._receive_buffer = receive_buffer
        self._printed = PrintedLabels(folder)
        self._waiting: deque[bytes] = deque()
        self._stream = Stream()
        self._server: socket.socket | None = None
        self._lines: list[socket.socket] = []
        self._stop, self._restart, self._refusing = threading.Event(), threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="simulated printer", daemon=True)

    def __enter__(self) -> SimulatedPrinter:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Listens. To be called once. Raises OSError where the port is taken."""
        self._printed.open()
        self._listen()
        self._thread.start()

    def close(self) -> None:
        """Switches it off for good."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(5.0)

    # --- what tests and people look at

    @property
    def at(self) -> str:
        """Its address as the settings have it."""
        return f"tcp://{HERE}:{self.port}"

    @property
    def labels(self) -> list[Bitmap]:
        """What it printed, oldest first."""
        return self._printed.all()

    @property
    def spoilt(self) -> list[str]:
        """Why something that came was no label."""
        return self._printed.spoilt()

    @property
    def waiting(self) -> int:
        """Labels in its memory that are not printed."""
        return len(self._waiting)

    def wait_for(self, labels: int, seconds: float = 5.0) -> bool:
        """Waits until it has printed so many since it was made; whether it has."""
        return self._printed.wait_for(labels, seconds)

    def restart(self) -> None:
        """Switches it off and on: its connections break, and what it had not printed is lost."""
        self._restart.set()
        while self._restart.is_set() and self._thread.is_alive():
            time.sleep(TICK)

    @property
    def refusing(self) -> bool:
        """Whether nothing listens at its port."""
        return self._refusing

    @refusing.setter
    def refusing(self, value: bool) -> None:
        self._refusing = value
        while (self._server is None) is not value and self._thread.is_alive():
            time.sleep(TICK)

    # --- its thread

    def _listen(self) -> None:
        server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if self._receive_buffer:
                server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._receive_buffer)
            server.bind((HERE, self.port))
            server.listen(_BACKLOG)
            server.setblocking(False)
        except OSError:
            server.close()
            raise
        self.port, self._server = server.getsockname()[1], server

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._obey_switches()
                self._rest()
                self._accept()
                for line in list(self._lines):
                    self._read(line)
                self._print()
        finally:
            self._end_lines()
            if self._server is not None:
                self._server.close()

    def _obey_switches(self) -> None:
        if self._restart.is_set():
            self._end_lines()
            self._waiting.clear()
            self._stream = Stream()
            self._restart.clear()
        if self._refusing and self._server is not None:
            self._end_lines()
            self._server.close()
            self._server = None
        elif not self._refusing and self._server is None:
            with suppress(OSError):  # another program was quicker: looked at again
                self._listen()

    def _rest(self) -> None:
        """Until something comes that it would take, or for a TICK."""
        watched = list(self._lines) if self._takes and not self.slow else []
        if self._server is not None and len(self._lines) < _LINES:
            watched.append(self._server)
        idle = self._stopped or not self._waiting
        select.select(watched, [], [], TICK if idle else 0.0) if watched else time.sleep(TICK)

    @property
    def _stopped(self) -> bool:
        return self.out_of_paper or self.paused or self.head_open

    @property
    def _takes(self) -> bool:
        return not self.stalled and len(self._waiting) < MEMORY

    def _accept(self) -> None:
        if self._server is None or len(self._lines) >= _LINES:
            return
        with suppress(OSError):
            line, _ = self._server.accept()
            line.setblocking(False)
            self._lines.append(line)

    def _read(self, line: socket.socket) -> None:
        """Takes what came on one line, unless its memory is full."""
        most = max(int(self.slow * TICK), 1) if self.slow else _BLOCK
        most = most if self.cut_after is None else min(most, self.cut_after)
        if not self._takes:
            return
        try:
            data = line.recv(most) if most else b""
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data and most:
            self._end(line)
            return
        if not self.acks_late:
            _acknowledge(line)
        self._take(line, data)
        if self.cut_after is not None:
            self.cut_after -= len(data)
            if self.cut_after <= 0:
                self.cut_after = None
                self._end(line, broken=True)

    def _take(self, line: socket.socket, data: bytes) -> None:
        try:
            found = self._stream.feed(data)
        except TooLong:
            self._printed.spoil("no end in more bytes than any label has")
            self._end(line, broken=True)
            return
        for part in found:
            if part == ASK:
                self._answer(line)
            else:
                self._waiting.append(part)

    def _answer(self, line: socket.socket) -> None:
        stopped = self.out_of_paper or self.head_open
        if self.silent or (stopped and not self.answers):
            return
        status = HostStatus(
            paper_out=self.out_of_paper,
            paused=self.paused,
            head_open=self.head_open,
            waiting=self.waiting,
            partial=bool(self._stream.left),
        )
        with suppress(OSError):  # who asked is gone
            line.send(status_reply(status))

    def _print(self) -> None:
        """One label at a time, so that switches act between them."""
        if not self._waiting or self._stopped:
            return
        label = self._waiting.popleft()
        try:
            for bitmap in bitmaps_of(label, self.dpi):
                self._printed.add(bitmap)
        except ValueError as error:
            self._printed.spoil(str(error))

    def _end_lines(self) -> None:
        for line in list(self._lines):
            self._end(line, broken=True)

    def _end(self, line: socket.socket, broken: bool = False) -> None:
        """Ends a line: in good order, or as a printer does that loses its power."""
        if broken:
            with suppress(OSError):  # it may be broken already
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.close()
        self._lines.remove(line)


def _acknowledge(line: socket.socket) -> None:
    """Tells the other side at once that its bytes are here, where the system can be made to."""
    if hasattr(socket, "TCP_QUICKACK"):
        with suppress(OSError):  # the line is broken: the next look at it finds that
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def main(arguments: list[str] | None = None) -> int:
    """Runs one until Ctrl+C and tells of each label."""
    parser = argparse.ArgumentParser(description="A ZPL printer of bits only, for trying things.")
    parser.add_argument("folder", type=Path, help="where its labels go, as label-0001.png ...")
    parser.add_argument("--port", type=int, default=9100, help="where it listens (0: anywhere)")
    parser.add_argument("--dpi", type=int, default=203, choices=(203, 300))
    given = parser.parse_args(arguments)
    with (
        SimulatedPrinter(given.folder, given.dpi, given.port) as printer,
        suppress(KeyboardInterrupt),
    ):
        print(f'at = "{printer.at}"', flush=True)
        printed = 0
        while True:
            if printer.wait_for(printed + 1, 1.0):
                printed += 1
                print(f"printed label {printed}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
