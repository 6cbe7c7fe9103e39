"""Keeping: starts the program, sees how it ends, and holds the terminal until it is back."""

from __future__ import annotations

import os
import select
import signal
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bench.clock import Clock
from bench.keeper.child import WATCHED, Child
from bench.keeper.ears import Ears
from bench.keeper.link import CRASHED, LEAVING, NOTE, PATIENCE, READING, Link
from bench.keeper.pages import Page, coming_back, resting
from bench.keeper.record import Record, reason_of
from bench.keeper.terminal import BUSY, IN, Terminal

MANY, SOON = 3, 60.0
"""So many crashes within so many seconds, and the keeper no longer starts the program at once."""
REST = 30
"""Seconds between two tries then."""
BRIEF = 10.0
"""Seconds that the program lives at least where the unit that it came back with did no harm."""
SAID = 8
"""Lines of the error that are shown."""


class Keeper:
    """The parent of the program."""

    def __init__(self, log: Path, sound: bool, clock: Clock) -> None:
        self.terminal = Terminal()
        self._log, self._record, self._clock = log, Record(log), clock
        self._ears, self._page = Ears(self.terminal, sound), Page(self.terminal)
        self._note = b""
        self._crashed_at: float | None = None
        self._crashes = deque[float](maxlen=MANY)
        self._told: int | None = None
        """The exit status to end with, once somebody wants that."""
        self._left: int | None = None
        """The status that the program says it ends with by its own will."""
        self._asked: float | None = None
        """When the program asked for the terminal."""
        self._mine = False
        """Whether the keeper reads the terminal."""
        self._lost = False
        """Whether the terminal has been closed."""
        self._weary = False
        """Whether the program has crashed too often of late to be started at once."""
        self._started = 0.0
        self._poll = select.poll()
        self._woken = self._listen()

    def _listen(self) -> int:
        woken, wake = os.pipe()
        for end in (woken, wake):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        for number in WATCHED:
            signal.signal(number, lambda *_: None)
        self._poll.register(woken, select.POLLIN)
        self._poll.register(IN, 0)
        return woken

    # --- the life of one program after the other

    def keep(self) -> int | Link:
        """The exit status in the end; in the process that is to be the program, its link."""
        self.terminal.take()
        while (over := self._over) is None:
            child = self._start()
            if child is not None and child.link is not None:
                return child.link
            if child is not None:
                status = self._watch(child)
                if self._over is None:
                    self._crash(status)
            if self._over is None and self._weary:
                self._rest()
        self._page.leave()
        self.terminal.give_back()
        if over == CRASHED:
            self.terminal.write(f"bench has stopped. The error stands in {self._log}\r\n")
        return over

    @property
    def _over(self) -> int | None:
        """The exit status, once it is clear that no other program is to be started."""
        return self._told if self._told is not None else self._left

    def _start(self) -> Child | None:
        """Another program; None where the system has no room for one now."""
        self._record.begin()
        self._left = self._asked = None
        self._started = time.monotonic()
        try:
            child = Child(self.terminal, self._crashed_at, self._note)
        except OSError as error:
            if self._crashed_at is None:
                raise
            self._weary = True
            self._record.crashed(f"bench could not be started: {error}", self._now())
            return None
        if child.link is None:
            self._poll.register(child.hears, select.POLLIN)
        return child

    def _now(self) -> datetime:
        return self._clock.local(self._clock.now())

    def _watch(self, child: Child) -> int:
        """Sees to a program until it has ended; gives its wait status."""
        kill_at: float | None = None
        while (status := child.ended()) is None:
            if child.stopped:
                self._suspend(child)
            if self._told is not None and kill_at is None:
                child.end()
                kill_at = time.monotonic() + PATIENCE
            elif kill_at is not None and time.monotonic() >= kill_at:
                child.kill()
            self._step(kill_at)
            self._heed(child)
            self._hand_over(child)
        self._heed(child)
        self._poll.unregister(child.hears)
        child.close()
        return status

    def _heed(self, child: Child) -> None:
        """Takes in what the program says."""
        for line in child.lines():
            if line == READING:
                self._asked = time.monotonic()
            elif line.startswith(NOTE):
                self._note = line.removeprefix(NOTE)
            elif line.startswith(LEAVING):
                self._left = int(line.removeprefix(LEAVING))

    def _hand_over(self, child: Child) -> None:
        """Gives the terminal to the program, not in the middle of a burst."""
        if self._asked is None:
            return
        now = time.monotonic()
        if self._mine and self._ears.quiet_in(now) and now < self._asked + BUSY:
            return
        if self._mine and not self._lost:
            self.terminal.flush()
            self._poll.modify(IN, 0)
            self._page.leave()
        self._mine = False
        self._asked = None
        child.go()

    def _suspend(self, child: Child) -> None:
        """The program was suspended: the shell gets its terminal until both go on."""
        if os.getsid(os.getppid()) == os.getsid(0):  # else nobody is there who would continue us
            self.terminal.give_back()
            os.kill(os.getpid(), signal.SIGSTOP)
            self.terminal.take()
        child.go_on()

    # --- crashes

    def _crash(self, status: int) -> None:
        """Holds the terminal at once, and writes down what happened."""
        now = time.monotonic()
        self.terminal.take()
        self.terminal.undo()
        self._page.forget()
        self._count(now)
        self._hold(resting((), self._log, REST) if self._weary else coming_back())
        at = self._now()
        self._record.crashed(reason_of(status), at)
        if self._crashed_at is not None and now - self._started < BRIEF:
            self._note = b""  # the unit itself may be what breaks the program: not once more
        self._crashed_at = at.timestamp()

    def _count(self, now: float) -> None:
        if now - self._started >= SOON:
            self._crashes.clear()
            self._weary = False
        self._crashes.append(now)
        if len(self._crashes) == MANY and now - self._crashes[0] < SOON:
            self._weary = True

    def _hold(self, lines: list[str]) -> None:
        """Takes what is typed and scanned, and says so on a page."""
        if self._lost:
            return
        self._mine = True
        self._poll.modify(IN, select.POLLIN)
        self._page.show(lines)

    def _rest(self) -> None:
        """Waits before the next try."""
        self._hold(resting(self._record.said(SAID), self._log, REST))
        until = time.monotonic() + REST
        while time.monotonic() < until and self._told is None:
            self._step(until)

    # --- one step

    def _step(self, until: float | None) -> None:
        """Waits until something happens, at most until a moment, and takes it in."""
        now = time.monotonic()
        waits = [] if until is None else [max(0.0, until - now)]
        leaves = self._ears.leaves_in(now) if self._mine else None
        if leaves is not None:
            waits.append(leaves)
        if self._asked is not None:
            waits.append(self._ears.quiet_in(now))
        for line, what in self._poll.poll(min(waits) * 1000 + 1 if waits else None):
            if line == self._woken:
                self._signals(os.read(line, 4096))
            elif line == IN and what & ~select.POLLIN:
                self._lose()
            elif line == IN:
                self._ears.hear(time.monotonic())
        if self._mine and self._ears.leaving(time.monotonic()):
            self._told = CRASHED

    def _signals(self, numbers: bytes) -> None:
        for number in numbers:
            if number in (signal.SIGTERM, signal.SIGHUP):
                self._told = 128 + number
            elif number == signal.SIGWINCH:
                self._page.paint()

    def _lose(self) -> None:
        """The terminal was closed: nothing is left to keep."""
        self._poll.unregister(IN)
        self._lost = True
        self._told = 128 + signal.SIGHUP


def keep(work: Callable[[Link], int], log: Path, sound: bool, clock: Clock) -> int:
    """Runs a program under a keeper; gives the exit status, to the keeper and to the program."""
    keeper, owner = Keeper(log, sound, clock), os.getpid()
    try:
        outcome = keeper.keep()
    except BaseException:
        if os.getpid() == owner:
            keeper.terminal.undo()
            keeper.terminal.give_back()
        raise
    if isinstance(outcome, int):
        return outcome
    status = work(outcome)
    outcome.leave(status)
    return status
