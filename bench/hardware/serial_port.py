"""Opening a serial port for this program alone, and who else has it where that is not possible."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from bench.text import clean_line

if TYPE_CHECKING:
    from serial import Serial

try:
    import fcntl
    import grp
    import termios

    FAULTS: tuple[type[Exception], ...] = (OSError, termios.error)
    """What a port that goes away may raise; SerialException is an OSError."""
    _EXCLUSIVE, _SHARED = termios.TIOCEXCL, termios.TIOCNXCL
except ImportError:  # Windows opens ports for one program only
    FAULTS = (OSError,)

_PROC = Path("/proc")
_HELD = {errno.EBUSY, errno.EAGAIN}
_DENIED = {errno.EACCES, errno.EPERM}
TICK = 0.05
"""Seconds after which a read without data comes back."""
WRITE_TIMEOUT = 0.5
"""Seconds after which a scanner that takes no bytes is let be."""


class PortBusy(Exception):
    """Another program has the port; the text says which, "" where the system does not tell."""


class PortDenied(Exception):
    """This user may not open the port; the text is the group that may, "" where there is none."""


class PortGone(Exception):
    """There is no such device at the moment."""


def open_alone(path: str, baud: int) -> Serial:
    """Opens a port that no other program has; what came before is dropped (pyserial flushes).

    It is locked (flock) against programs that lock as well, and closed to further programs
    (TIOCEXCL); programs that had it before are looked for, since they would take away bytes.
    Raises PortBusy, PortDenied or PortGone.
    """
    from serial import Serial  # late: the program starts without it

    other = holder(path)
    if other:
        raise PortBusy(other)
    try:
        port = Serial(path, baud, timeout=TICK, write_timeout=WRITE_TIMEOUT, exclusive=True)
    except FAULTS as error:
        raise fault_of(path, error) from error
    claim(port, True)
    return port


def place_of(wanted: str) -> str:
    """Where a port is now: its last part may hold * and ?, then the first that fits; "" nowhere."""
    if os.name == "nt":
        return wanted
    path = Path(wanted)
    with suppress(OSError):
        if not set("*?[") & set(path.name):
            return wanted if path.exists() else ""
        fitting = (one for one in path.parent.iterdir() if fnmatchcase(one.name, path.name))
        return next((str(one) for one in sorted(fitting) if one.exists()), "")
    return ""


def read_some(port: Serial) -> bytes:
    """What there is to read; b"" after TICK. Raises what FAULTS names when the port is gone."""
    data = bytes(port.read(1))
    if data:
        with suppress(*FAULTS):  # the byte may end a code; the next read tells that it is gone
            data += bytes(port.read(port.in_waiting))
    return data


def close_port(port: Serial) -> None:
    """Closes a port, whether its device is still there or not."""
    claim(port, False)
    with suppress(*FAULTS):
        port.close()


def claim(port: Serial, alone: bool) -> None:
    """Closes an open port to further programs (TIOCEXCL), or lets them in again."""
    if os.name != "nt":
        with suppress(*FAULTS):
            fcntl.ioctl(port.fileno(), _EXCLUSIVE if alone else _SHARED)


def fault_of(path: str, error: Exception) -> Exception:
    """Why a port could not be opened: PortBusy, PortDenied or PortGone."""
    number = getattr(error, "errno", None)
    if number in _HELD:
        return PortBusy(_locker(path))
    if number in _DENIED:
        # On Windows a port that another program has is refused in the same way.
        return PortBusy("") if os.name == "nt" else PortDenied(_group(path))
    return PortGone(clean_line(str(error)))


def _group(path: str) -> str:
    with suppress(OSError, KeyError):
        found = Path(path).stat()
        return grp.getgrgid(found.st_gid).gr_name if found.st_mode & stat.S_IRGRP else ""
    return ""


def holder(path: str) -> str:
    """Another program that has the device open, as far as /proc shows those of others."""
    device = os.path.realpath(path)
    for process in _processes():
        with suppress(OSError):
            for handle in (process / "fd").iterdir():
                with suppress(OSError):
                    if str(handle.readlink()) == device:
                        return _name(process)
    return ""


def _processes() -> Iterator[Path]:
    with suppress(OSError):
        for place in _PROC.iterdir():
            if place.name.isdigit() and place.name != str(os.getpid()):
                yield place


def _locker(path: str) -> str:
    """The program that locked the device, by /proc/locks, which shows those of all users."""
    with suppress(OSError, ValueError):
        found = Path(path).stat()
        place = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
        for line in (_PROC / "locks").read_text().splitlines():
            words = line.split()
            if place in words and words[1] == "FLOCK" and words[4] != str(os.getpid()):
                return _name(_PROC / words[4])
    return ""


def _name(process: Path) -> str:
    with suppress(OSError):
        name = clean_line((process / "comm").read_text("utf-8", "replace"), 30)
        return f"{name} (process {process.name})"
    return f"process {process.name}"
