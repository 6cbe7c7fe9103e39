"""Where a demo lives: a new directory that goes when the demo ends, also one that was killed."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX, HELD, FILLED = "bench-demo-", "held", "filled"
CAPTURES = "captures"
"""The folder in a demo's home that its recordings are in."""
YOUNG = 60.0
"""Seconds in which a new directory is left alone, whether it is held or not."""


@contextmanager
def demo_home() -> Iterator[Path]:
    """A directory for one demo, held as long as this process lives; removes what others left.

    A forked child holds it too, and leaves it to its parent.
    """
    _remove_left()
    home, owner = Path(tempfile.mkdtemp(prefix=PREFIX)), os.getpid()
    held = _hold(home)
    try:
        yield home
    finally:
        if os.getpid() == owner:
            _end_captures(home)
            shutil.rmtree(home, ignore_errors=True)
            if held is not None:
                os.close(held)


def filled(home: Path) -> bool:
    """Whether a demo has been built here. One that was begun only is thrown away."""
    if (home / FILLED).exists():
        return True
    for file in home.glob("bench.db*"):
        file.unlink()
    return False


def set_filled(home: Path) -> None:
    """The demo has been built."""
    (home / FILLED).touch()


def _remove_left() -> None:
    """Removes the demos of this user whose processes are gone."""
    if sys.platform == "win32":
        return
    for home in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            found = home.lstat()
            if found.st_uid == os.getuid() and time.time() - found.st_mtime > YOUNG:
                held = _hold(home)
                if held is not None:
                    _end_captures(home)
                    shutil.rmtree(home, ignore_errors=True)
                    os.close(held)


def _end_captures(home: Path) -> None:
    """Seals what is still recorded in a demo's home: nothing goes on once the demo is over."""
    if not (home / CAPTURES).is_dir():
        return
    from bench.hardware.captures import NoCapture, running  # late: most demos record nothing

    for one in running(home / CAPTURES):
        with suppress(NoCapture):
            one.close("the demo is over")


def _hold(home: Path) -> int | None:
    """Locks a demo's directory; None where a process holds it already."""
    if sys.platform == "win32":
        return None
    import fcntl

    held = os.open(home / HELD, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        return None
    return held
