"""Getting a capture's files onto the disk, on a thread of its own: no read waits for a disk."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

SYNC_AFTER = 0.2
"""Seconds from the oldest byte that is not on the disk to the sync; so that it is there within a
quarter of a second, and after 200 ms of silence at the latest."""
fdatasync: Callable[[int], object] = getattr(os, "fdatasync", os.fsync)


@dataclass(frozen=True, slots=True)
class Synced:
    """What is certainly on the disk: bytes of raw.bin, and when (wall clock, ns since 1970)."""

    o: int = 0
    w: int = 0


class Syncer:
    """The thread that syncs one capture. `size` is asked for what will be on the disk.

    A sync that fails is told by `trouble` and tried again with the next bytes.
    """

    def __init__(self, files: Sequence[int], size: Callable[[], int]) -> None:
        self._files, self._size = files, size
        self._turn = threading.Condition()
        self._since: float | None = None
        self._asked = self._ended = False
        self.synced = Synced()
        self.trouble = ""
        self._thread = threading.Thread(target=self._run, name="capture sync", daemon=True)
        self._thread.start()

    def dirty(self) -> None:
        """Bytes were written; cheap to call for each read."""
        if self._since is None:
            with self._turn:
                self._since = time.monotonic()
                self._turn.notify()

    def now(self) -> None:
        """Asks for a sync at once, without waiting for it."""
        with self._turn:
            self._asked = True
            self._turn.notify()

    def end(self) -> None:
        """A last sync, waited for; then the thread ends."""
        with self._turn:
            self._asked = self._ended = True
            self._turn.notify()
        self._thread.join()

    def _run(self) -> None:
        ended = False
        while not ended:
            with self._turn:
                self._wait()
                ended = self._ended
                self._since, self._asked = None, False  # what comes from now on is for the next
            self._sync()

    def _wait(self) -> None:
        while not self._asked:
            if self._since is None:
                self._turn.wait()
                continue
            left = self._since + SYNC_AFTER - time.monotonic()
            if left <= 0:
                return
            self._turn.wait(left)

    def _sync(self) -> None:
        size = self._size()
        try:
            for file in self._files:
                fdatasync(file)
        except OSError as error:
            self.trouble = error.strerror or str(error)
            return
        self.trouble, self.synced = "", Synced(size, time.time_ns())
