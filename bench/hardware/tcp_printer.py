"""A label printer in the network: raw bytes to its port, 9100 as a rule."""

from __future__ import annotations

import contextlib
import errno
import select
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator

from bench.hardware.printer_trouble import NotTaken, PrinterState, Receipt
from bench.hardware.zpl_talk import Line, LineClosed, hand_over, state_by
from bench.printer_settings import host_and_port
from bench.text import clean_line

CONNECT = 3.0
"""Seconds for a connection."""
_LINGER = 0.3
"""Seconds for the printer to end its side: closed earlier, late answers would make the system
break the connection, and some printers then drop what they have."""
_GONE = {errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED, errno.ENOTCONN, errno.ESHUTDOWN}


class TcpLine:
    """A connection to a printer (`zpl_talk.Line`)."""

    def __init__(self, sock: socket.socket, name: str, at: str) -> None:
        self.name, self._sock, self._at = name, sock, at
        self._sock.setblocking(False)
        # The last three bytes of a label wait for nothing.
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def put(self, data: bytes) -> int:
        """Hands bytes over without waiting; how many were taken."""
        try:
            return self._sock.send(data)
        except BlockingIOError:
            return 0

    def owed(self) -> int:
        """Bytes that the printer's side has not acknowledged; 0 where the system does not tell."""
        error = self._sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:  # a broken connection owes nothing any more
            raise OSError(error, errno.errorcode.get(error, "broken"))
        if sys.platform != "linux":
            return 0
        import fcntl
        import termios

        count = fcntl.ioctl(self._sock.fileno(), termios.TIOCOUTQ, b"\0" * 4)
        return int(struct.unpack("i", count)[0])

    def get(self) -> bytes:
        """What the printer has sent; raises LineClosed once it ended the connection."""
        try:
            data = self._sock.recv(4096)
        except BlockingIOError:
            return b""
        if not data:
            raise LineClosed(errno.ECONNABORTED, "the printer ended the connection")
        return data

    def wait(self, seconds: float, to_put: bool) -> None:
        """Waits until something can be read (or put), at most so long."""
        select.select([self._sock], [self._sock] if to_put else [], [], seconds)

    def done(self) -> None:
        """Ends this side, and hears the printer out for a moment. Raises OSError where it broke."""
        self._sock.shutdown(socket.SHUT_WR)
        until = time.monotonic() + _LINGER
        while (left := until - time.monotonic()) > 0:
            if select.select([self._sock], [], [], left)[0] and not self._sock.recv(4096):
                return

    def trouble(self, error: OSError) -> tuple[str, str]:
        """What is wrong and what to do, in words."""
        return _words(self.name, self._at, error)


def send(at: str, name: str, label: bytes, asks: bool, stop: threading.Event) -> Receipt:
    """Sends a label to tcp://HOST[:PORT]. Raises NotTaken, Unsure."""
    with _connected(at, name) as line:
        return hand_over(line, label, asks, stop)


def state_of(at: str, name: str, asks: bool) -> PrinterState:
    """Whether the printer can be reached, and how it is where it may be asked."""
    try:
        with _connected(at, name, CONNECT - 1) as line:
            return state_by(line) if asks else PrinterState(None, "reached; it is not asked more")
    except NotTaken as trouble:
        return PrinterState(False, str(trouble))
    except OSError as error:
        return PrinterState(False, ": ".join(_words(name, at, error)))


@contextlib.contextmanager
def _connected(at: str, name: str, seconds: float = CONNECT) -> Iterator[Line]:
    try:
        host, port = host_and_port(at)
    except ValueError as error:
        what = f"{name} has no address that can be used"
        raise NotTaken(what, f"write {error} into the settings") from None
    try:
        sock = socket.create_connection((host, port), seconds)
    except (OSError, UnicodeError) as error:
        wrong = error if isinstance(error, OSError) else OSError(errno.EINVAL, str(error))
        raise NotTaken(*_words(name, at, wrong)) from error
    with sock:
        line = TcpLine(sock, name, at)
        try:
            yield line
        except NotTaken:
            # What the system still holds of the label is dropped: nobody sends it later.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise
        with contextlib.suppress(OSError):
            line.done()


def _words(name: str, at: str, error: OSError) -> tuple[str, str]:
    where = f"{name} ({at})"
    if isinstance(error, socket.gaierror):
        return f"{where} is not known in this network", "look at its address in the settings"
    if isinstance(error, ConnectionRefusedError):
        remedy = "is it on, is it free, is this its port?"
        return f"{where} takes no connection", remedy
    if isinstance(error, TimeoutError):
        return f"{where} does not answer", "is it on, is its network cable in?"
    if isinstance(error, LineClosed) or error.errno in _GONE:
        return f"{where} ended the connection", "look at the printer; was it switched off?"
    if error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN):
        return f"{where} cannot be reached", "look at the network cables"
    return f"{where} cannot be used ({clean_line(error.strerror or str(error), 100)})", (
        "look at the printer and its cable"
    )
