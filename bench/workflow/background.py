"""The store's own thread: everything that touches the database runs there, nothing waits for it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Lock
from typing import Any, TypeVar

from bench.store.errors import StoreError
from bench.workflow.desk import Desk, Refused
from bench.workflow.drafts import park

T = TypeVar("T")
Draft = tuple[str, str, Mapping[str, Any]]
"""Title, step and fields of half-entered work."""
AGAIN = 2.0
"""Seconds after which half-entered work that could not be kept is tried again."""


class Stopped(Exception):
    """Raised on the store's thread where nobody waits any longer for what it tries."""


class Background:
    """One thread with one desk. Half-entered work is parked in order, the newest version wins."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "store")
        self._desk: Desk | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._parking: dict[str, Draft] = {}
        self._lock = Lock()
        self._under_way = False
        self.failing = False
        """Half-entered work could not be kept so far; it is tried again by itself."""
        self.closing = False
        """The program ends: nobody waits for the store any longer."""

    async def open(self, opening: Callable[[], Desk]) -> None:
        """Opens the desk on the thread. Raises StoreError."""
        self._loop = asyncio.get_running_loop()
        self._desk = await self._loop.run_in_executor(self._thread, opening)

    def act_as(self, actor: str, technician_id: str | None) -> None:
        """From now on jobs run under this name; what is under way keeps its own."""
        if self._desk is not None:
            self._desk = replace(self._desk, actor=actor, technician_id=technician_id)

    async def run(self, job: Callable[[Desk], T]) -> T:
        """Runs a job on the thread, after what was parked before it."""
        desk = self._desk
        if desk is None:
            raise Refused("the database is not open yet", "wait a moment")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, job, desk)

    def on_loop(self, tell: Callable[..., object], *args: object) -> None:
        """Calls back in the program's own thread, soon; not any more once the program has ended."""
        with contextlib.suppress(RuntimeError):
            if self._loop is not None:
                self._loop.call_soon_threadsafe(tell, *args)

    # --- half-entered work

    def park(
        self,
        key: str,
        title: str,
        step: str,
        fields: Mapping[str, Any],
        told: Callable[[Exception | None], None],
    ) -> None:
        """Keeps half-entered work soon; where that fails, again and again.

        `told` is called on the thread when it fails for the first time, and when it is kept
        after all (None).
        """
        with self._lock:
            self._parking[key] = (title, step, fields)
        self._begin(told)

    def parking(self) -> dict[str, Draft]:
        """The half-entered work that is not on disk yet, by its key."""
        with self._lock:
            return dict(self._parking)

    def _begin(self, told: Callable[[Exception | None], None]) -> None:
        with self._lock:
            idle, self._under_way = not self._under_way, True
        if idle:
            with contextlib.suppress(RuntimeError):  # the thread has ended with the program
                self._thread.submit(self._park_all, told)

    def _park_all(self, told: Callable[[Exception | None], None]) -> None:
        while True:
            with self._lock:
                if not self._parking or self._desk is None:
                    self._under_way = False
                    break
                key, draft = next(reversed(self._parking.items()))
            try:
                park(self._desk, key, *draft)
            except (StoreError, Stopped) as error:
                self._failed(error, told)
                return
            with self._lock:
                if self._parking.get(key) is draft:
                    del self._parking[key]
        if self.failing:
            self.failing = False
            told(None)

    def _failed(self, error: Exception, told: Callable[[Exception | None], None]) -> None:
        with self._lock:
            self._under_way = False
        if not self.failing:
            self.failing = True
            told(error)
        if self._loop is not None and not self.closing:
            self.on_loop(self._loop.call_later, AGAIN, self._begin, told)

    def close(self) -> None:
        """Finishes what waits, closes the store, and ends the thread."""
        self.closing = True
        desk = self._desk
        if desk is not None:
            if self.failing:
                self._begin(lambda error: None)
            self._thread.submit(desk.store.close)
        self._thread.shutdown(wait=True)
