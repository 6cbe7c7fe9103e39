"""Who has a database file open: every program holds a shared lock, a restore wants it alone."""

from __future__ import annotations

import os
import time
from pathlib import Path

from bench.store.errors import StoreBusy

try:
    import fcntl
except ImportError:  # Windows: there an open file cannot be replaced anyway
    fcntl = None  # type: ignore[assignment]


class Hold:
    """A lock on `<database>.lock`, kept until `release` or the end of the program.

    Shared with every other program that works on the file, or `alone`. Raises StoreBusy where it
    cannot be had within `patience` seconds, and OSError.
    """

    def __init__(self, path: Path, *, alone: bool = False, patience: float = 0) -> None:
        self._handle: int | None = None
        if fcntl is None:
            return
        self._handle = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            self._take(alone, time.monotonic() + patience)
        except BaseException:
            self.release()
            raise

    def _take(self, alone: bool, until: float) -> None:
        kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        while True:
            try:
                fcntl.flock(self._handle or 0, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise _busy(alone) from None
                time.sleep(0.05)
            else:
                return

    def release(self) -> None:
        """Lets go; twice does no harm."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _busy(alone: bool) -> StoreBusy:
    if alone:
        return StoreBusy(
            "Another bench program has this database open.",
            "Close bench at every station that uses it, then do it again.",
        )
    return StoreBusy("The database is being restored from a backup.", "Start again in a minute.")
