"""What other programs change: told by a server's notifications, or by a file's own counter."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from peewee import PeeweeException

from bench.store.copying import driver

TICK = 0.5
"""Seconds between two looks."""
Changed = tuple[str, ...]
"""The ids of units that changed; "" stands for "something did"."""
SOMETHING: Changed = ("",)


class Watch(Protocol):
    """Waits for changes, in a thread of its own that no store is used in."""

    def wait(self, seconds: float) -> Changed:
        """Until something was changed, or the time is over; () for nothing. Never raises.

        The first wait says "something": what happened before it listened, it cannot know.
        """
        ...

    def close(self) -> None:
        """Ends a wait, from another thread."""
        ...


def open_watch(where: Path | str) -> Watch:
    """A watch over a file or a server's database. Connects when it is first waited for."""
    if isinstance(where, Path):
        return FileWatch(where)
    from bench.store.server_watch import ServerWatch  # late: a file needs no driver of a server

    return ServerWatch(where)


class FileWatch:
    """SQLite counts the changes that others have made; which units, it does not say."""

    def __init__(self, path: Path) -> None:
        self._path, self._closed = path, threading.Event()
        self._connection: Any = None
        self._seen = -1

    def wait(self, seconds: float) -> Changed:
        """Looks twice a second."""
        until = time.monotonic() + seconds
        while not self._closed.is_set():
            with suppress(driver.Error, PeeweeException):
                if self._changed():
                    return SOMETHING
            left = until - time.monotonic()
            if left <= 0 or self._closed.wait(min(TICK, left)):
                break
        if self._closed.is_set() and self._connection is not None:
            self._connection.close()
            self._connection = None
        return ()

    def _changed(self) -> bool:
        if self._connection is None:
            # mode=rw: a watch never makes a file.
            name = f"{self._path.absolute().as_uri()}?mode=rw"
            self._connection = driver.connect(
                name, uri=True, timeout=1, isolation_level=None, check_same_thread=False
            )
        (now,) = self._connection.execute("PRAGMA data_version").fetchone()
        before, self._seen = self._seen, now
        return bool(before != now)

    def close(self) -> None:
        """Ends the wait; the waiting thread lets go of the file."""
        self._closed.set()
