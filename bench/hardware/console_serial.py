"""pyserial's ports with the cures that evidence needs: nothing is thrown away when one is opened.

Loads pyserial, so it is imported late. Cured here, by pyserial's own source (3.5): every kind of
port flushes its input when it is opened; a local one lowers DTR at close (HUPCL as it was), sends
SIGINT on BREAK where BRKINT is set, and cannot tell "nothing now" from "gone" (VMIN 0); both lines
are set at open, asked or not; the network one hands out its bytes one by one.
"""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from typing import Any

import serial
from serial import rfc2217
from serial.urlhandler import protocol_socket

with suppress(ImportError):  # Windows
    import termios

_KEEP_ALIVE = (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))
"""Seconds and tries after which a far end that vanished without a word counts as gone (25 s)."""


class _Lines:
    """DTR and RTS as asked: True, False, or None for "leave it as the system opens it"."""

    dtr_wanted: bool | None = None
    rts_wanted: bool | None = None

    def want(self, dtr: bool | None, rts: bool | None) -> None:
        """To be called before the port is opened."""
        self.dtr_wanted, self.rts_wanted = dtr, rts
        if dtr is not None:
            self._dtr_state = dtr
        if rts is not None:
            self._rts_state = rts

    def _update_dtr_state(self) -> None:
        if self.dtr_wanted is not None:
            super()._update_dtr_state()  # type: ignore[misc]

    def _update_rts_state(self) -> None:
        if self.rts_wanted is not None:
            super()._update_rts_state()  # type: ignore[misc]


class LocalSerial(_Lines, serial.Serial):
    """A port of this machine: raw, without flush, and let alone at close."""

    def _reset_input_buffer(self) -> None:
        """What waits in the kernel when the port is opened is the start of the boot."""

    def _reconfigure_port(self, force_update: bool = False) -> None:
        super()._reconfigure_port(force_update)  # type: ignore[misc]
        if os.name == "nt" or self.fd is None:
            return
        mode = termios.tcgetattr(self.fd)
        mode[0] &= ~(termios.BRKINT | termios.IGNPAR | termios.INPCK | termios.ISTRIP)
        mode[2] = (mode[2] | termios.CLOCAL | termios.CREAD) & ~termios.HUPCL
        mode[3] &= ~(termios.ECHO | termios.ECHOE | termios.ECHOK | termios.ECHONL)
        mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0  # a read of nothing: hung up
        termios.tcsetattr(self.fd, termios.TCSANOW, mode)


class Inbox:
    """Where the network port's own thread puts bytes; `fileno` is readable while there are some."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._over = False
        self._lock = threading.Lock()
        self._here, self._there = socket.socketpair()
        self._here.setblocking(False)
        self._there.setblocking(False)

    def fileno(self) -> int:
        """What to wait on."""
        return self._here.fileno()

    def qsize(self) -> int:
        """Bytes that wait."""
        return len(self._bytes)

    def put(self, byte: bytes | None) -> None:
        """One more byte; None: there will be no more."""
        with self._lock:
            quiet = not self._bytes
            if byte is None:
                self._over = True
            else:
                self._bytes += byte
            if quiet:
                with suppress(OSError):
                    self._there.send(b"\0")

    def take(self, most: int) -> bytes:
        """Bytes that wait; b"" for none now. Raises EOFError once there will be no more."""
        with self._lock:
            with suppress(OSError):
                self._here.recv(16)
            data = bytes(self._bytes[:most])
            del self._bytes[:most]
            if self._over and not data:
                raise EOFError
            if self._over or self._bytes:
                with suppress(OSError):
                    self._there.send(b"\0")
        return data

    def close(self) -> None:
        """Lets go of its descriptors."""
        self._here.close()
        self._there.close()


class Rfc2217Serial(_Lines, rfc2217.Serial):
    """A port of a terminal server that is set over the network (RFC 2217)."""

    inbox: Inbox | None = None
    _socket: Any

    @property
    def _read_buffer(self) -> Inbox | None:
        return self.inbox

    @_read_buffer.setter
    def _read_buffer(self, queue: object) -> None:
        """pyserial makes itself a queue when it opens: the inbox takes its place."""
        if queue is not None:
            self.inbox = Inbox()
            _keep_alive(self._socket)

    def reset_input_buffer(self) -> None:
        """Asks the server for nothing, least of all to purge what waits there."""

    def reset_output_buffer(self) -> None:
        """As `reset_input_buffer`."""


class SocketSerial(protocol_socket.Serial):
    """A console behind a plain TCP connection: bytes only, no rate, no lines."""

    _socket: Any

    def open(self) -> None:
        """Connects; raises SerialException."""
        super().open()
        _keep_alive(self._socket)

    def take(self, place: memoryview) -> int:
        """Puts what there is into memory; 0 for closed. Raises BlockingIOError for nothing now."""
        return int(self._socket.recv_into(place))

    def give(self, data: bytes) -> int:
        """Sends what can be sent now. Raises BlockingIOError for nothing now."""
        return int(self._socket.send(data))

    def reset_input_buffer(self) -> None:
        """What the server sent at once is kept."""

    def reset_output_buffer(self) -> None:
        """As `reset_input_buffer`."""

    def _update_dtr_state(self) -> None:
        """There is no such line."""

    def _update_rts_state(self) -> None:
        """There is no such line."""


def _keep_alive(sock: Any) -> None:
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEP_ALIVE:
            if hasattr(socket, name):
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
