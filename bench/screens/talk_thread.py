"""Talk with a device on a thread of its own, which no end of the program waits for."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

T = TypeVar("T")


class Talks:
    """Threads that may hang on a device for seconds. They die with the program (daemons)."""

    def __init__(self) -> None:
        self._threads: set[threading.Thread] = set()

    async def talk(self, name: str, work: Callable[[], T]) -> T | None:
        """What the work gives; None where it broke down, which the thread's own hook logs."""
        loop, results = asyncio.get_running_loop(), list[T]()
        over = asyncio.Event()

        def run() -> None:
            try:
                results.append(work())
            finally:
                with contextlib.suppress(RuntimeError):  # the program has ended meanwhile
                    loop.call_soon_threadsafe(over.set)

        thread = threading.Thread(target=run, name=name, daemon=True)
        self._threads.add(thread)
        thread.start()
        try:
            await over.wait()
        finally:
            self._threads = {one for one in self._threads if one.is_alive() and one is not thread}
            if thread.is_alive():
                self._threads.add(thread)
        return results[0] if results else None

    def join(self, seconds: float) -> None:
        """Waits for all of them, so long at most."""
        until = monotonic() + seconds
        for thread in list(self._threads):
            thread.join(max(0.0, until - monotonic()))
