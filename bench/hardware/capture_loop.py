"""What a capture process waits on: descriptors, moments, and calls from its helper threads."""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

IN, OUT = 1, 4
"""EPOLLIN and EPOLLOUT; select has them on Linux only."""


class Loop:
    """epoll over everything; `tick` is called at least at each moment that it named itself."""

    def __init__(self, tick: Callable[[float], float]) -> None:
        """`tick(now)` gives the monotonic second at which it wants to be called again."""
        self._epoll = select.epoll()
        self._tick = tick
        self._handlers: dict[int, Callable[[int], object]] = {}
        self._calls = deque[Callable[[], object]]()
        self._here, self._there = socket.socketpair()
        for end in (self._here, self._there):
            end.setblocking(False)
        self.watch(self._here.fileno(), IN, self._woken)
        self._deadline = 0.0
        self._rest = 0.0
        self.ended = False

    def watch(self, fd: int, events: int, handler: Callable[[int], object]) -> None:
        """Calls the handler with the events that a descriptor has."""
        self._handlers[fd] = handler
        self._epoll.register(fd, events)

    def change(self, fd: int, events: int) -> None:
        """Other events of a descriptor that is watched."""
        self._epoll.modify(fd, events)

    def forget(self, fd: int) -> None:
        """To be called before a descriptor is closed, since its number is used again."""
        if self._handlers.pop(fd, None) is not None:
            with suppress(OSError, ValueError):  # its device may be gone
                self._epoll.unregister(fd)

    def call(self, function: Callable[[], object]) -> None:
        """From any thread: to be called on the loop's own."""
        self._calls.append(function)
        with suppress(OSError):  # full: it is awake
            self._there.send(b"\0")

    def rest(self, seconds: float) -> None:
        """Little came: the next look may wait so long, so that more comes in one read."""
        self._rest = min(self._rest or seconds, seconds)

    def hurry(self, moment: float) -> None:
        """Something is due at that monotonic second already."""
        self._deadline = min(self._deadline, moment)

    def on_signals(self, function: Callable[[], object]) -> None:
        """Calls that on SIGTERM and SIGINT; the end of the terminal (SIGHUP) ends nothing."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.call(function))
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.set_wakeup_fd(self._there.fileno(), warn_on_full_buffer=False)

    def run(self) -> None:
        """Runs until `ended`."""
        while not self.ended:
            if self._rest:
                time.sleep(self._rest)
                self._rest = 0.0
            self.turn(self._deadline - time.monotonic())

    def turn(self, wait: float) -> None:
        """Handles what is ready within so many seconds, and what is due."""
        for fd, events in self._epoll.poll(max(wait, 0)):
            handler = self._handlers.get(fd)
            if handler is not None:  # one before it may have closed this one
                handler(events)
        now = time.monotonic()
        if now >= self._deadline or self._calls:
            while self._calls:
                self._calls.popleft()()
            self._deadline = self._tick(now)

    def close(self) -> None:
        """Lets go of its descriptors."""
        with suppress(ValueError):
            signal.set_wakeup_fd(-1)
        self._epoll.close()
        self._here.close()
        self._there.close()

    def _woken(self, _events: int) -> None:
        with suppress(OSError):
            os.read(self._here.fileno(), 4096)
