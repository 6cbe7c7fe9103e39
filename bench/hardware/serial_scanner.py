"""One scanner in serial mode: kept open, opened again after unplugging, heard and answered.

Everything happens on the scanner's own thread; no caller ever waits for the device. What a scanner
sent before its port is open is dropped: it may be the rest of a code whose beginning is lost.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bench.hardware.scanner_models import Family, Mark
from bench.hardware.serial_port import (
    FAULTS,
    TICK,
    PortBusy,
    PortDenied,
    PortGone,
    close_port,
    open_alone,
    place_of,
    read_some,
)
from bench.scan.framing import Fault, Framer, text_of
from bench.settings import ScannerPort

if TYPE_CHECKING:
    from serial import Serial

ACK, NAK = b"\x06", b"\x15"
LOOK = 0.5
"""Seconds between two looks for a scanner that is not there."""
BUSY_LOOKS = 4
"""So many times less often a port is looked at that another program has: it costs 26 ms."""
ACK_AFTER = 1.0
"""Seconds after which a code is acknowledged by itself; guns wait 2 s and read nothing meanwhile
(Honeywell; Symbol: Host Serial Response Time-out)."""
SENT_AGAIN = 2.0
"""Seconds after NAK in which the same code is the gun's own repetition (Symbol: three times)."""
SETTLE_LIMIT = 1.0
"""Seconds that a port may go on sending while it is opened; what follows is skipped to its end."""
_GOODBYE = 0.2
_ANSWERS = 8


class Status(StrEnum):
    """How a scanner is; the value is the word beside its light."""

    MISSING = "missing"
    READY = "ready"
    BUSY = "busy"
    DENIED = "denied"
    LOST = "lost"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Listener:
    """Who is told. All three are called on the scanner's thread and must neither block nor raise.

    `heard(name, text, at)`: a whole code; `at` is the clock's time when its end was read.
    `spoilt(name, text, why)`: no code; how it begins, and a sentence. Both texts are foreign and
    keep their control characters. `changed(name, status, detail)`: what to do, "" for nothing.
    """

    heard: Callable[[str, str, float], object]
    spoilt: Callable[[str, str, str], object]
    changed: Callable[[str, Status, str], object]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A code that the gun wants an ACK or NAK for."""

    frame: bytes
    at: float


class SerialScanner:
    """A scanner and its thread. `family` tells, at each opening, which answers the gun knows."""

    def __init__(
        self,
        port: ScannerPort,
        listener: Listener,
        family: Callable[[str], Family],
        *,
        look: float = LOOK,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.port, self._listener, self._family_of = port, listener, family
        self._look, self._clock = look, clock
        self._family = Family()
        self._state = (Status.MISSING, "")
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._open: Serial | None = None
        self._answers: deque[tuple[Mark, float | None]] = deque(maxlen=_ANSWERS)
        self._waiting: _Waiting | None = None
        self._refused: tuple[bytes, float] | None = None
        self._enable_at: float | None = None
        self._deaf = False
        self._thread = threading.Thread(target=self._run, name=f"scanner {port.name}", daemon=True)

    @property
    def name(self) -> str:
        """What it is called on the screen."""
        return self.port.name

    @property
    def state(self) -> tuple[Status, str]:
        """The status, and what to do about it."""
        return self._state

    def start(self) -> None:
        """Begins; to be called once."""
        self._thread.start()

    def answer(self, mark: Mark, at: float | None = None) -> None:
        """Tells the gun what became of the scan heard at that time (None: of the last one).

        Tones where its family is known; ACK or NAK where the settings say so, and only for a code
        that still waits. Returns at once; where the gun is away, nothing is sent.
        """
        with self._lock:
            if self._open is not None:
                self._answers.append((mark, at))
                self._wake()

    def stop(self) -> None:
        """Asks the thread to end, without waiting for it."""
        self._stop.set()
        with self._lock:
            self._wake()

    def close(self) -> None:
        """Ends the thread and lets go of the port, within a second."""
        self.stop()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(1.0)

    def _wake(self) -> None:
        """Ends a read that waits; elsewhere it comes back after TICK."""
        if self._open is not None and hasattr(self._open, "cancel_read"):
            with suppress(*FAULTS):
                self._open.cancel_read()

    # --- on the thread

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                port = self._opened()
                if port is None:
                    busy = self._state[0] is Status.BUSY
                    self._stop.wait(self._look * (BUSY_LOOKS if busy else 1))
                else:
                    self._serve(port)
        finally:
            self._became(Status.STOPPED, "")

    def _opened(self) -> Serial | None:
        place, name = place_of(self.port.port), self.name
        try:
            if not place:
                raise PortGone
            port = open_alone(place, self.port.baud)
        except PortBusy as busy:
            who = str(busy) or "another program"
            self._became(Status.BUSY, f"{name} is in use by {who}: end that program")
        except PortDenied as denied:
            todo = f"add this user to the group {denied}, then sign in again"
            todo = todo if str(denied) else "ask whoever looks after this computer"
            self._became(Status.DENIED, f"this user may not open {name}: {todo}")
        except PortGone:
            if self._state[0] is not Status.LOST:
                self._became(Status.MISSING, f"{name} is not plugged in: plug it in")
        else:
            self._family = self._family_of(place)
            return port
        return None

    def _serve(self, port: Serial) -> None:
        framer, self._deaf = Framer(self.port.suffix), False
        with self._lock:
            self._open = port
        try:
            self._settle(port, framer)
            self._became(Status.READY, "")
            while not self._stop.is_set():
                self._send_due(port)
                self._take(port, framer)
            self._say_goodbye(port)
        except FAULTS:
            framer.unplugged()
            self._tell_spoilt(framer)
            self._became(Status.LOST, f"{self.name} was unplugged: plug it in again")
        finally:
            with self._lock:
                self._open = None
                self._answers.clear()
            self._waiting = self._refused = self._enable_at = None
            close_port(port)

    def _settle(self, port: Serial, framer: Framer) -> None:
        """Waits for silence: what comes now may be the rest of a code that began before."""
        begun = last = self._clock()
        early = b""
        while not self._stop.is_set() and (now := self._clock()) - last < TICK:
            if now - begun > SETTLE_LIMIT:
                framer.skip(now)
                break
            if data := read_some(port):
                early, last = (early + data)[:60], self._clock()
        if early:
            self._listener.spoilt(self.name, text_of(early), Fault.EARLY)
        self._write(port, self._family.enable)

    def _take(self, port: Serial, framer: Framer) -> None:
        data = read_some(port)
        if not data and port.in_waiting:  # the read was cut short by `_wake`
            return
        now = self._clock()
        for frame in framer.feed(data, now) if data else framer.expire(now):
            self._deliver(port, frame, now)
        if self._tell_spoilt(framer) and self.port.answer:
            self._write(port, NAK)

    def _deliver(self, port: Serial, frame: bytes, now: float) -> None:
        if self.port.answer:
            if self._refused and self._refused[0] == frame and now < self._refused[1]:
                self._write(port, NAK)
                return
            if self._waiting:  # this gun does not wait, so the one before needs no answer of ours
                self._write(port, ACK)
            self._waiting = _Waiting(frame, now)
        self._listener.heard(self.name, text_of(frame), now)

    def _tell_spoilt(self, framer: Framer) -> bool:
        spoilt = framer.take_spoilt()
        for one in spoilt:
            self._listener.spoilt(self.name, text_of(one.begins), one.why)
        return bool(spoilt)

    def _became(self, status: Status, detail: str) -> None:
        if (status, detail) != self._state:
            self._state = (status, detail)
            self._listener.changed(self.name, status, detail)

    # --- answers, on the thread

    def _send_due(self, port: Serial) -> None:
        now = self._clock()
        while self._answers:
            with self._lock:
                mark, at = self._answers.popleft()
            self._send(port, mark, at, now)
        if self._waiting and now >= self._waiting.at + ACK_AFTER:
            self._waiting = None
            self._write(port, ACK)
        if self._enable_at is not None and now >= self._enable_at:
            self._enable_at = None
            self._write(port, self._family.enable)

    def _send(self, port: Serial, mark: Mark, at: float | None, now: float) -> None:
        data, waiting = b"", self._waiting
        if waiting and at in (None, waiting.at):
            data, self._waiting = ACK, None
            if mark is Mark.REFUSED:
                data, self._refused = NAK, (waiting.frame, now + SENT_AGAIN)
        if mark is Mark.REFUSED and self._family.enable:
            self._enable_at = now + self._family.enable_after
        self._write(port, data + self._family.tone(mark))

    def _write(self, port: Serial, data: bytes) -> None:
        from serial import SerialTimeoutException

        try:
            if data and not self._deaf:
                port.write(data)
        except SerialTimeoutException:
            # Some have no way in at all (Linux driver metro-usb). Trying again would keep the
            # thread from reading, and a tone that comes late says something wrong.
            self._deaf = True
            port.reset_output_buffer()

    def _say_goodbye(self, port: Serial) -> None:
        """No gun stays stopped or waiting because the program ends."""
        self._write(port, (ACK if self._waiting else b"") + self._family.enable)
        until = self._clock() + _GOODBYE
        while port.out_waiting and self._clock() < until:
            time.sleep(0.01)
        if port.out_waiting:  # else closing would wait for it, on Linux for up to 30 seconds
            port.reset_output_buffer()
