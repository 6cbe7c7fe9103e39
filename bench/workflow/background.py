"""The store's own thread: everything that touches the database runs there, nothing waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any, TypeVar

from bench.workflow.desk import Desk, Refused
from bench.workflow.drafts import park

T = TypeVar("T")


class Background:
    """One thread with one desk. Half-entered work is parked in order, the newest version wins."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "store")
        self._desk: Desk | None = None
        self._parking: dict[str, tuple[str, str, Mapping[str, Any]]] = {}
        self._lock = Lock()

    async def open(self, opening: Callable[[], Desk]) -> None:
        """Opens the desk on the thread. Raises StoreError."""
        loop = asyncio.get_running_loop()
        self._desk = await loop.run_in_executor(self._thread, opening)

    async def run(self, job: Callable[[Desk], T]) -> T:
        """Runs a job on the thread, after what was parked before it."""
        desk = self._desk
        if desk is None:
            raise Refused("the database is not open yet", "wait a moment")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, job, desk)

    def park(
        self,
        key: str,
        title: str,
        step: str,
        fields: Mapping[str, Any],
        failed: Callable[[Exception], None],
    ) -> None:
        """Keeps half-entered work soon; `failed` is called on the thread if it cannot be kept."""
        with self._lock:
            idle = not self._parking
            self._parking[key] = (title, step, fields)
        if idle:
            self._thread.submit(self._park_all, failed)

    def _park_all(self, failed: Callable[[Exception], None]) -> None:
        from bench.store.errors import StoreError  # late: the database layer loads on this thread

        while True:
            with self._lock:
                if not self._parking or self._desk is None:
                    return
                key, (title, step, fields) = self._parking.popitem()
            try:
                park(self._desk, key, title, step, fields)
            except StoreError as error:
                failed(error)

    def close(self) -> None:
        """Finishes what waits, closes the store, and ends the thread."""
        desk = self._desk
        if desk is not None:
            self._thread.submit(desk.store.close)
        self._thread.shutdown(wait=True)
