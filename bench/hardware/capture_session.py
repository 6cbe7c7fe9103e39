"""One console port under capture: reading, sending, losing the cable and finding it again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.evidence.capture_format import Kind
from bench.hardware.capture_loop import IN, OUT, Loop
from bench.hardware.capture_options import CaptureOptions
from bench.hardware.capture_outbox import Outbox
from bench.hardware.capture_rate import RateFinder
from bench.hardware.capture_writer import TOGETHER, CaptureWriter
from bench.hardware.console_port import ConsolePort, Counts, is_network, open_console
from bench.hardware.serial_port import FAULTS, PortBusy, PortDenied, PortGone

LOOK = 0.25
"""Seconds between two looks for a cable that is out."""
SECOND = 1.0
"""Seconds between two looks at the counters, the clock, and a disk that was full."""
CLOCK_STEP = 50_000_000
"""Nanoseconds by which the wall clock must jump to be noted."""
LAST_TURNS = 16
"""So often a port is drained when its capture is closed; a device may never stop talking."""


class Refused(Exception):
    """A request that cannot be done now; the text says why, for the technician."""


LITTLE = 1024
"""Bytes in one go from which on a line is read on at once, whatever its rate is."""
SLOW = 460_800
"""Bits a second up to which little comes in a rest: 461 bytes of the kernel's 4 KiB."""
REST = 0.01
"""Seconds between two reads of a slow line: adapters hand over bytes each millisecond, and each
read costs the same."""


class Session:
    """A port and its capture, from `begin` to `close`; all of it on the loop's thread."""

    def __init__(
        self, options: CaptureOptions, port: ConsolePort, writer: CaptureWriter, loop: Loop
    ) -> None:
        self.options, self.writer, self._loop = options, writer, loop
        self.stable = writer.meta.stable
        self.port: ConsolePort | None = port
        self.finder = None if options.baud else RateFinder(options.rates, self._new_rate)
        self.baud = self.finder.baud if self.finder else options.baud
        self.counts, self._counted = Counts(), Counts()
        self.uncounted, self.gaps, self.waits_for = False, 0, ""
        self.closed = False
        self._outbox = Outbox(writer)
        self._gone_ns, self._look_at, self._break_end = 0, 0.0, 0.0
        self._connecting, self._tell_at = False, 0.0
        self._second = time.monotonic() + SECOND
        self._ends = time.monotonic() + options.seconds if options.seconds else None
        self._why = "time is up"
        self._clock = time.time_ns() - time.monotonic_ns()

    def begin(self) -> None:
        """Notes how the port was opened, and listens."""
        at = self.options
        self.writer.record(
            Kind.OPEN, baud=self.baud, port=at.port, stable=self.stable, dtr=at.dtr, rts=at.rts
        )
        why = "searching" if self.finder else at.why
        self.writer.record(Kind.BAUD, baud=self.baud, why=why)
        self._listen()

    # -- the port

    def _listen(self) -> None:
        assert self.port is not None
        counted = self.port.counts()
        if counted is None and not self.uncounted:
            self.writer.record(Kind.UNCOUNTED)
        self.uncounted, self._counted = counted is None, counted or Counts()
        self._loop.watch(self.port.fileno(), IN, self._ready)

    def _ready(self, events: int) -> None:
        try:
            if events & OUT:
                self._send()
            if events & ~OUT:
                self._drain()
        except FAULTS:
            self._lost()

    def _drain(self) -> int:
        if self.port is None:
            return 0
        if self.finder is None:
            total = self.writer.drain(self.port.read_into)
        else:
            total = self.writer.drain(self.port.read_into, self.finder.hear)
            self.finder.act()  # after the index told of the bytes before
        if total < LITTLE and self.baud <= SLOW:
            self._loop.rest(REST)
        if self.writer.untold and not self._tell_at:
            self._tell_at = time.monotonic() + TOGETHER / 1e9
            self._loop.hurry(self._tell_at)
        return total

    def _lost(self) -> None:
        """Everything was read that the kernel still gave: the gap begins here."""
        if self.port is None:
            return
        with suppress(*FAULTS):
            self._count()
        self._loop.forget(self.port.fileno())
        self.port.close()
        self.port = None
        self.gaps += 1
        self._gone_ns = time.monotonic_ns()
        self._look_at = time.monotonic() + LOOK
        why = "connection lost" if is_network(self.stable) else "unplugged"
        self.writer.record(Kind.GONE, why=why, o=self.writer.size)
        self._outbox.drop()
        self._break_end = 0.0
        self.writer.sync()

    def _look(self, now: float) -> None:
        """Opens the port again where it is back; a network port may take seconds: on a thread."""
        self._look_at = now + LOOK
        if is_network(self.stable):
            if not self._connecting:
                self._connecting = True
                threading.Thread(target=self._connect, daemon=True).start()
        elif Path(self.stable).exists():
            self._connected(*self._open())

    def _connect(self) -> None:
        port, waits_for = self._open()
        self._loop.call(lambda: self._connected(port, waits_for))

    def _open(self) -> tuple[ConsolePort | None, str]:
        try:
            return open_console(self.stable, self.options.line(self.baud)), ""
        except PortBusy as error:
            return None, str(error) or "another program"
        except (PortDenied, PortGone) as error:
            return None, str(error)

    def _connected(self, port: ConsolePort | None, waits_for: str) -> None:
        self._connecting, self.waits_for = False, waits_for
        if port is None:
            return
        if self.closed:
            port.close()
            return
        self.port = port
        gap = time.monotonic_ns() - self._gone_ns
        self.writer.record(Kind.BACK, gap_ns=gap, o=self.writer.size)
        try:
            self._listen()
        except FAULTS:
            self._lost()

    def _count(self) -> None:
        if self.port is None or self.uncounted:
            return
        now = self.port.counts()
        if now is not None and now != self._counted:
            more, self._counted = now.since(self._counted), now
            self.counts = self.counts.plus(more)
            self.writer.record(Kind.COUNTS, **asdict(more))

    # -- what is asked of it

    def present(self) -> ConsolePort:
        """The port; raises Refused while it is gone."""
        if self.port is None:
            raise Refused("The console cable is out: plug it in again.")
        return self.port

    def send(self, data: bytes, secret: bool) -> None:
        """Sends bytes to the device, in the order of the calls. Raises Refused."""
        self.present()
        if not self._outbox.put(data, secret):
            raise Refused("The device takes no more bytes now: wait, or look at its cable.")
        self._do(self._send)

    def _send(self) -> None:
        """What can be sent now; the network port's descriptor tells only of what comes."""
        port = self.present()
        more = self._outbox.flush(port)
        if not self.stable.startswith("rfc2217:"):
            self._loop.change(port.fileno(), IN | OUT if more else IN)
        elif more:
            self._loop.call(lambda: self._do(self._send) if self.port is port else None)

    def _do(self, step: Callable[[], object]) -> None:
        try:
            step()
        except FAULTS:
            self._lost()

    def set_rate(self, baud: int) -> None:
        """The technician's rate; 0: find it by listening. Raises Refused."""
        self.finder = None if baud else RateFinder(self.options.rates, self._new_rate)
        rate, why = (self.finder.baud, "searching") if self.finder else (baud, "asked")
        self._new_rate(rate, why)

    def _new_rate(self, baud: int, why: str) -> None:
        def change() -> None:
            if self.port is not None and baud != self.baud:
                self._drain_old()
                self.port.set_baud(baud)

        self._do(change)
        self.baud = baud
        self.writer.record(Kind.BAUD, baud=baud, why=why)

    def _drain_old(self) -> None:
        """What came at the rate before stands before the change in the index."""
        if self.port is not None:
            self.writer.drain(self.port.read_into)

    def set_lines(self, dtr: bool | None, rts: bool | None) -> None:
        """Sets DTR and RTS; None leaves one as it is. Raises Refused."""
        port = self.present()
        now = self.options
        self.options = replace(  # the same when the cable is back
            now, dtr=now.dtr if dtr is None else dtr, rts=now.rts if rts is None else rts
        )
        self._do(lambda: port.set_lines(dtr, rts))
        self.writer.record(Kind.LINES, dtr=self.options.dtr, rts=self.options.rts)

    def send_break(self, ms: int) -> None:
        """Holds the line at break for so many milliseconds. Raises Refused."""
        port = self.present()
        self._do(lambda: port.set_break(True))
        self._break_end = time.monotonic() + ms / 1000
        self.writer.record(Kind.BREAK, ms=ms)

    # -- time

    def tick(self, now: float) -> float:
        """Does what is due; the moment at which something is due again."""
        if self._ends is not None and now >= self._ends:
            self._ends = now + SECOND
            with suppress(OSError):  # a full disk: the next second may have room
                self.close(self._why)
        if self.closed:
            return now + SECOND
        if self._tell_at and now >= self._tell_at:
            self._tell_at = 0.0
            self.writer.tell()
        if self._break_end and now >= self._break_end:
            self._break_end = 0.0
            self._do(lambda: self.present().set_break(False))
        if self.port is None and now >= self._look_at:
            self._look(now)
        if now >= self._second:
            self._second = now + SECOND
            self._each_second(now)
        due = [
            self._second,
            self._break_end or self._second,
            self._second if self._ends is None else self._ends,
        ]
        return min(*due, self._look_at if self.port is None else self._second)

    def _each_second(self, now: float) -> None:
        self.writer.retry()
        self._do(self._count)
        clock = time.time_ns() - time.monotonic_ns()
        if abs(clock - self._clock) > CLOCK_STEP:
            self.writer.record(Kind.CLOCK, step_ns=clock - self._clock)
        self._clock = clock
        if self.finder is not None and self.port is not None:
            self.finder.tick(now)

    def status(self) -> dict[str, Any]:
        """How it is, for the control socket."""
        writer, searching = self.writer, self.finder is not None and self.finder.searching
        state = "searching" if searching else "open"
        o, w, sync_trouble = writer.synced
        return {
            "state": "closed" if self.closed else "gone" if self.port is None else state,
            "baud": self.baud,
            "auto": self.finder is not None,
            "bytes": writer.size,
            "typed": writer.typed_size,
            "last_ns": writer.last_ns,
            "synced": {"o": o, "w": w},
            "counts": asdict(self.counts),
            "uncounted": self.uncounted,
            "trouble": writer.trouble or sync_trouble,
            "held": writer.held,
            "dropped": writer.dropped,
            "gaps": self.gaps,
            "waits_for": self.waits_for,
            "folder": str(writer.folder),
            "id": writer.meta.id,
            "pid": writer.meta.pid,
        }

    def end(self, why: str) -> None:
        """Closes at the next tick, or as soon as the disk takes everything."""
        self._ends, self._why = 0.0, why

    def close(self, why: str) -> None:
        """Reads what is there, seals the files, lets the port go.

        Raises OSError, and stays open, while the disk does not take everything.
        """
        if self.closed:
            return
        try:
            for _ in range(LAST_TURNS):
                if not self._drain():
                    break
            self._count()
        except FAULTS:
            self._lost()
        self.writer.close(why, datetime.now(UTC))
        self.closed = True
        if self.port is not None:
            self._loop.forget(self.port.fileno())
            self.port.close()
            self.port = None
