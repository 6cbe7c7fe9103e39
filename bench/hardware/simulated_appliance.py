"""An appliance of bits only: it boots, fails and answers on a pseudo-terminal, for demonstrations
and tests. Not for Windows, which has no pseudo-terminals of this kind.

The rate that the listener has set on its end counts: at another rate it gets what a real UART
would get. What a pseudo-terminal cannot do: modem lines, breaks, and counters of lost bytes.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from bench.datafile import DataError
from bench.hardware.appliance_scripts import AGAIN, HALT, Dialogue, Scenario, Step, load_scenario
from bench.hardware.pseudo_port import PseudoPort
from bench.hardware.uart_model import Line

SLICE = 0.01
"""Seconds of sending at a time: a listener sees the text grow as from a real line."""
SETTLE = 0.05
"""Seconds between a listener's open and the first byte: it sets the rate meanwhile."""
IDLE = 0.02
"""Seconds between looks for a listener while there is none."""
_BLOCK = 1024


class SimulatedAppliance:
    """Starts to boot when somebody opens the port, as if it were switched on then.

    `scenario` is an id of data/appliances.toml or a scenario; `values` fill {serial}, {mac} and
    {model}. `link` is the stable name of its port (`device` is the real one). `speed` 2 is twice
    as fast; at 0 all comes as fast as the listener takes it, and what no one listens to waits
    instead of being lost. `anew`: it is switched off when the listener leaves, and boots for the
    next one. Raises DataError for an unknown scenario.
    """

    def __init__(
        self,
        scenario: str | Scenario,
        link: Path | None = None,
        speed: float = 1.0,
        values: Mapping[str, str] | None = None,
        anew: bool = False,
    ) -> None:
        self.scenario = load_scenario(scenario, values) if isinstance(scenario, str) else scenario
        self.speed = speed
        self._baud = self.scenario.baud
        self._port = PseudoPort(link, self._baud)
        self._out, self._in = Line(self._baud, self._baud), Line(self._baud, self._baud)
        self._dialogue = Dialogue(self.scenario.states)
        self._received, self._sent = bytearray(), bytearray()
        self._heard, self._due = bytearray(), 0.0
        self._anew, self._listened, self._left = anew, False, False
        self._closing, self._done_booting = threading.Event(), threading.Event()
        self._orders: deque[tuple[Callable[[], None], threading.Event]] = deque()
        self._port.plug()
        self._thread = threading.Thread(target=self._live, name="appliance", daemon=True)
        self._thread.start()

    def __enter__(self) -> SimulatedAppliance:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def device(self) -> str:
        """The device behind the link; another one after each plug."""
        return self._port.device

    @property
    def received(self) -> bytes:
        """What was typed to it so far."""
        return bytes(self._received)

    @property
    def sent(self) -> bytes:
        """What it said so far while a cable and a listener were there, before the line's doing."""
        return bytes(self._sent)

    @property
    def state(self) -> str:
        """Where its dialogue stands, "" while it boots or does not answer."""
        return self._dialogue.state

    def unplug(self) -> None:
        """Pulls the cable: the port and its link go. The appliance runs on."""
        self._order(self._port.unplug)

    def plug(self) -> None:
        """Puts the cable back: a new device under the same link."""
        self._order(self._port.plug)

    def wait_booted(self, seconds: float) -> bool:
        """Waits until the boot (the first one, of a loop) is over."""
        return self._done_booting.wait(seconds)

    def close(self) -> None:
        """Switches it off and takes its port away."""
        self._closing.set()
        self._port.wake()
        self._thread.join()
        self._port.close()

    def _order(self, work: Callable[[], None]) -> None:
        """Has the thread do it, which alone uses the port."""
        done = threading.Event()
        self._orders.append((work, done))
        self._port.wake()
        while not done.wait(0.1):
            if not self._thread.is_alive():
                return

    @property
    def off(self) -> bool:
        """Whether it is switched off, for good or until the next listener."""
        return self._closing.is_set() or self._left

    def _live(self) -> None:
        self._left = True
        while not self._closing.is_set():
            if self._left:
                self._wait_for_listener()
            stopped_in = self._boot()
            self._done_booting.set()
            after = stopped_in or self.scenario.after
            if after != AGAIN:
                self._converse(after)

    def _wait_for_listener(self) -> None:
        while not self._port.listened_to() and not self._closing.is_set():
            self._look(IDLE)
        self._look(SETTLE)
        self._left = False

    def _boot(self) -> str:
        """Says the boot; gives the state that a key led to, "" when it ran through."""
        self._baud = self.scenario.baud
        for step in self.scenario.boot:
            self._pause(step.pause, bool(step.key))
            if step.key and self._heard:
                self._heard.clear()
                return step.key
            if self.off:
                return HALT
            self._heard.clear()  # a key counts from the words that ask for it on
            self._say_step(step)
        return ""

    def _say_step(self, step: Step) -> None:
        self._baud = step.baud or self._baud
        pieces = step.data.splitlines(keepends=True) if step.line_pause else [step.data]
        for piece in pieces:
            self._say(piece)
            self._pause(step.line_pause)

    def _converse(self, state: str) -> None:
        """Answers until it is asked to start anew."""
        self._say(self._dialogue.enter(state))
        while not self.off and not self._dialogue.restarts:
            if self._heard:
                typed = bytes(self._heard)
                self._heard.clear()
                self._say(self._dialogue.feed(typed))
            else:
                self._look(60.0)
        self._dialogue.enter("")

    def _say(self, data: bytes) -> None:
        """Sends at the pace of the rate."""
        self._due = max(self._due, time.monotonic())
        size = max(1, int(self._baud / 10 * SLICE * self.speed)) if self.speed else _BLOCK
        for at in range(0, len(data), size):
            if self.off:
                return
            piece = data[at : at + size]
            self._send(piece)
            if self.speed:
                self._due += len(piece) * 10 / self._baud / self.speed
            self._look(self._due - time.monotonic())

    def _pause(self, seconds: float, keys: bool = False) -> None:
        """Says nothing; a key ends it early if keys count."""
        self._out.set(sends=self._baud, reads=self._port.rate())
        self._write(self._out.rest())
        if not self.speed:
            self._look(SETTLE if keys else 0.0)
            return
        self._due = max(self._due, time.monotonic()) + seconds / self.speed
        while (left := self._due - time.monotonic()) > 0 and not self.off:
            if keys and self._heard:
                return
            self._look(left)

    def _send(self, data: bytes) -> None:
        while not self.speed and not self._port.listened_to() and not self.off:
            self._look(IDLE)
        if self._port.listened_to():
            self._sent += data
            self._out.set(sends=self._baud, reads=self._port.rate())
            self._write(self._out.send(data))

    def _write(self, data: bytes) -> None:
        """Waits while the listener does not take it; what no one listens to is lost."""
        while data and self._port.listened_to() and not self._closing.is_set():
            data = data[self._port.write(data) :]
            if data:
                self._look(IDLE, full=True)

    def _look(self, seconds: float, full: bool = False) -> None:
        """Waits so long for typed bytes or an order; `full`: also until there is room."""
        typed = self._port.wait(max(0.0, seconds), full)
        while self._orders:
            work, done = self._orders.popleft()
            work()
            done.set()
        if typed:
            self._in.set(sends=self._port.rate(), reads=self._baud)
            got = self._in.send(typed) + self._in.rest()
            self._received += got
            self._heard += got
        before, self._listened = self._listened, self._port.listened_to()
        self._left |= self._anew and before and not self._listened


def run_apart(
    scenario: str,
    link: Path,
    speed: float = 1.0,
    values: Mapping[str, str] | None = None,
    anew: bool = False,
) -> subprocess.Popen[bytes]:
    """Starts an appliance as a process of its own; it ends when its stdin is closed.

    It has a session of its own, so that no key of a terminal ends it, and says nothing there.
    """
    command = [sys.executable, "-m", __name__, scenario, str(link), "--speed", str(speed)]
    for name, value in (values or {}).items():
        command.append(f"--value={name}={value}")
    if anew:
        command.append("--anew")
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def main(arguments: list[str] | None = None) -> int:
    """Runs one appliance until stdin ends or SIGTERM comes; 2 when there is no such scenario."""
    parser = argparse.ArgumentParser(prog="simulated_appliance", description=__doc__)
    parser.add_argument("scenario", help="an id of data/appliances.toml")
    parser.add_argument("link", type=Path, help="the name that its port shall have")
    parser.add_argument("--speed", type=float, default=1.0, help="2: twice as fast; 0: at once")
    parser.add_argument("--value", action="append", default=[], help="serial=…, mac=…, model=…")
    parser.add_argument("--anew", action="store_true", help="it boots for each listener")
    given = parser.parse_args(arguments)
    values = dict(pair.split("=", 1) for pair in given.value if "=" in pair)
    try:
        appliance = SimulatedAppliance(given.scenario, given.link, given.speed, values, given.anew)
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    ends, ended = os.pipe()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os.write(ended, b"."))
    with appliance:
        _wait_for_end(ends)
    return 0


def _wait_for_end(ends: int) -> None:
    """Until stdin ends or a signal has written to the pipe."""
    while True:
        ready, _, _ = select.select([0, ends], [], [])
        if ends in ready:
            return
        with suppress(OSError):
            if os.read(0, 4096):
                continue
        return


if __name__ == "__main__":
    sys.exit(main())
