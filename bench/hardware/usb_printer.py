"""A label printer on a USB cable: the device file of the printer driver, /dev/usb/lp0 and so on.

Not for Windows, which has no such files: there a printer goes over the network or a queue.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

from bench.hardware.printer_trouble import NotTaken, PrinterState, Receipt
from bench.hardware.zpl_talk import LineClosed, hand_over, state_by
from bench.text import clean_line

_FOLDER = Path("/dev")
_GET_STATUS = 0x060B
"""LPGETSTATUS of linux/lp.h: the status byte of the printer class (USB printer class, 4.2.2)."""
_PAPER_OUT = 0x20


class UsbLine:
    """An open device of the printer driver (`zpl_talk.Line`)."""

    def __init__(self, handle: int, reads: bool, name: str, place: str) -> None:
        self.name, self._handle, self._reads, self._place = name, handle, reads, place

    def put(self, data: bytes) -> int:
        """Hands bytes over without waiting; how many were taken."""
        try:
            return os.write(self._handle, data)
        except BlockingIOError:
            return 0

    def owed(self) -> int:
        """1 while the driver still has bytes that the printer has not taken.

        Raises OSError where the printer was unplugged.
        """
        poll = select.poll()
        poll.register(self._handle, select.POLLOUT)
        found = dict(poll.poll(0)).get(self._handle, 0)
        if found & (select.POLLERR | select.POLLHUP | select.POLLNVAL):
            raise OSError(errno.ENODEV, "the printer is gone")
        return 0 if found & select.POLLOUT else 1

    def get(self) -> bytes:
        """What the printer has sent; nothing where this user may only write."""
        if not self._reads:
            return b""
        try:
            data = os.read(self._handle, 4096)
        except BlockingIOError:
            return b""
        if not data:  # an empty packet, or the end
            self.owed()
        return data

    def wait(self, seconds: float, to_put: bool) -> None:
        """Waits until something can be read (or put), at most so long."""
        poll = select.poll()
        poll.register(self._handle, select.POLLIN | (select.POLLOUT if to_put else 0))
        poll.poll(seconds * 1000)

    def done(self) -> None:
        """Nothing is to be said on a cable."""

    def trouble(self, error: OSError) -> tuple[str, str]:
        """What is wrong and what to do, in words."""
        return _words(self.name, self._place, error)

    def out_of_paper(self) -> bool:
        """Whether the driver knows that the paper is out."""
        import fcntl

        with contextlib.suppress(OSError):
            answer = fcntl.ioctl(self._handle, _GET_STATUS, b"\0" * 4)
            return bool(answer[0] & _PAPER_OUT)
        return False


def send(place: str, name: str, label: bytes, asks: bool, stop: threading.Event) -> Receipt:
    """Sends a label to the device `place`. Raises NotTaken, Unsure."""
    with _opened(place, name) as line:
        if asks and line.out_of_paper():
            raise NotTaken(f"{name} is out of paper", "put labels in; the label waits")
        return hand_over(line, label, asks, stop)


def state_of(place: str, name: str, asks: bool) -> PrinterState:
    """Whether the device can be opened, and how the printer is where it may be asked."""
    try:
        with _opened(place, name) as line:
            if asks and line.out_of_paper():
                return PrinterState(False, "out of paper: put labels in")
            return state_by(line) if asks else PrinterState(None, "plugged in; it is not asked")
    except NotTaken as trouble:
        return PrinterState(False, str(trouble))
    except OSError as error:
        return PrinterState(False, ": ".join(_words(name, place, error)))


@contextlib.contextmanager
def _opened(place: str, name: str) -> Iterator[UsbLine]:
    try:
        handle, reads = _open(place)
    except (OSError, ValueError) as error:
        wrong = error if isinstance(error, OSError) else OSError(errno.ENODEV, "no device")
        raise NotTaken(*_words(name, place, wrong)) from error
    try:
        yield UsbLine(handle, reads, name, place)
    finally:
        os.close(handle)


def _open(place: str) -> tuple[int, bool]:
    """Opens a character device under /dev without waiting; and whether it can be read."""
    if os.name == "nt" or _FOLDER not in Path(os.path.realpath(place)).parents:
        raise OSError(errno.ENODEV, "no device")
    if not stat.S_ISCHR(Path(place).stat().st_mode):
        raise OSError(errno.ENODEV, "no device")
    flags = os.O_NONBLOCK | os.O_NOCTTY
    try:
        return os.open(place, os.O_RDWR | flags), True
    except PermissionError:
        # Some rules let a group write that may not read: then the printer cannot answer.
        return os.open(place, os.O_WRONLY | flags), False


def _words(name: str, place: str, error: OSError) -> tuple[str, str]:
    where = f"{name} ({place})"
    if error.errno in (errno.ENOENT, errno.ENXIO):
        return f"{where} is not there", "is it on, is its USB cable in?"
    if error.errno in (errno.EACCES, errno.EPERM):
        remedy = f"this user may not use it: put it into the group {_group(place)}, log in again"
        return f"{where} is denied", remedy
    if error.errno == errno.EBUSY:
        return f"{where} is busy: another program has it", "end that program, a queue perhaps"
    if error.errno == errno.ENOSPC:
        return f"{where} is out of paper", "put labels in; the label waits"
    if error.errno == errno.ENODEV and not _is_device(place):
        return f"{where} is no USB printer", "write at = usb:/dev/usb/lp0 or so into the settings"
    if isinstance(error, LineClosed) or error.errno in (errno.ENODEV, errno.EIO, errno.ESHUTDOWN):
        return f"{where} is gone", "look at its USB cable and its switch"
    detail = clean_line(error.strerror or str(error), 100)
    return f"{where} cannot be used ({detail})", "look at the printer and its cable"


def _is_device(place: str) -> bool:
    with contextlib.suppress(OSError, ValueError):
        inside = _FOLDER in Path(os.path.realpath(place)).parents
        return inside and stat.S_ISCHR(Path(place).stat().st_mode)
    return place.startswith("/dev/")


def _group(place: str) -> str:
    import grp

    with contextlib.suppress(OSError, KeyError):
        return grp.getgrgid(Path(place).stat().st_gid).gr_name
    return "lp"
