"""A console port of any kind, opened for this program alone and ready to be waited on.

Local ports, `rfc2217://host:port` and `socket://host:port`, all through pyserial. Bytes are taken
from the descriptor as they are, never through pyserial's own reads, which lose what they hold when
the cable is pulled. At a wrong moment nothing is sent: no echo, and DTR and RTS by policy only
(Linux raises both when it opens a local port, whatever is asked; False lowers them again).
"""

from __future__ import annotations

import errno
import io
import os
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from bench.hardware.serial_port import FAULTS, PortBusy, PortGone, claim, fault_of, holder
from bench.text import clean_line

if TYPE_CHECKING:
    from bench.hardware.console_serial import Inbox, LocalSerial, Rfc2217Serial, SocketSerial

with suppress(ImportError):  # Windows
    import fcntl

_TIOCGICOUNT = 0x545D
_ICOUNT = struct.Struct("20i")
"""struct serial_icounter_struct of linux/serial.h; frame, overrun, parity, brk, buf_overrun are
the 7th to 11th."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Losses that the driver has counted: since the port is there, or between two looks."""

    overrun: int = 0
    frame: int = 0
    parity: int = 0
    brk: int = 0
    buf_overrun: int = 0

    def since(self, before: Counts) -> Counts:
        """The increase; a counter that fell began anew with its driver, so it counts whole."""
        pairs = zip(astuple(self), astuple(before), strict=True)
        return Counts(*(now - then if now >= then else now for now, then in pairs))

    def plus(self, more: Counts) -> Counts:
        """The sum of both."""
        pairs = zip(astuple(self), astuple(more), strict=True)
        return Counts(*(one + other for one, other in pairs))


class ConsolePort(Protocol):
    """What a capture needs of a port. A port that goes away raises what FAULTS names."""

    def fileno(self) -> int:
        """What to wait on for input."""

    def read_into(self, place: memoryview) -> int:
        """Puts what there is now into memory; how many bytes, 0 for nothing. Raises OSError when
        the port is gone."""

    def write(self, data: bytes) -> int:
        """Sends what can be sent now; how many bytes that was."""

    def set_baud(self, baud: int) -> None:
        """Another rate; what has been received stays."""

    def set_lines(self, dtr: bool | None, rts: bool | None) -> None:
        """Sets DTR and RTS; None leaves one as it is."""

    def set_break(self, on: bool) -> None:
        """Begins or ends a break."""

    def counts(self) -> Counts | None:
        """What the driver has counted; None where this cable cannot report losses."""

    def close(self) -> None:
        """Lets the port go, whether it is still there or not."""


class _Common:
    """What all kinds do in the same way, by pyserial."""

    def __init__(self, port: LocalSerial | Rfc2217Serial | SocketSerial) -> None:
        self._port = port

    def set_baud(self, baud: int) -> None:
        self._port.baudrate = baud

    def set_break(self, on: bool) -> None:
        self._port.break_condition = on

    def counts(self) -> Counts | None:
        return None

    def close(self) -> None:
        with suppress(*FAULTS):
            self._port.close()


class _WithLines(_Common):
    _port: LocalSerial | Rfc2217Serial

    def set_lines(self, dtr: bool | None, rts: bool | None) -> None:
        try:
            if dtr is not None:
                self._port.dtr_wanted = self._port.dtr = dtr
            if rts is not None:
                self._port.rts_wanted = self._port.rts = rts
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTTY):  # a port without such lines
                raise


class _Local(_WithLines):
    _port: LocalSerial

    def __init__(self, port: LocalSerial) -> None:
        super().__init__(port)
        self._fd = int(port.fileno())
        self._input = io.FileIO(self._fd, closefd=False)

    def fileno(self) -> int:
        return self._fd

    def read_into(self, place: memoryview) -> int:
        done = self._input.readinto(place)
        if done is None:
            return 0
        if not done:
            raise OSError(errno.EIO, "hung up")
        return done

    def write(self, data: bytes) -> int:
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0

    def counts(self) -> Counts | None:
        numbers = bytearray(_ICOUNT.size)
        try:
            fcntl.ioctl(self._fd, _TIOCGICOUNT, numbers)
        except (OSError, NameError):  # ENOTTY, EINVAL: the driver keeps none
            return None
        _, _, _, _, _, _, frame, overrun, parity, brk, buf_overrun, *_ = _ICOUNT.unpack(numbers)
        return Counts(overrun, frame, parity, brk, buf_overrun)

    def close(self) -> None:
        claim(self._port, False)
        super().close()


class _Socket(_Common):
    _port: SocketSerial

    def fileno(self) -> int:
        return int(self._port.fileno())

    def read_into(self, place: memoryview) -> int:
        try:
            done = self._port.take(place)
        except BlockingIOError:
            return 0
        if not done:
            raise OSError(errno.EPIPE, "connection closed")
        return done

    def write(self, data: bytes) -> int:
        try:
            return self._port.give(data)
        except BlockingIOError:
            return 0

    def set_lines(self, dtr: bool | None, rts: bool | None) -> None:
        """A plain connection has no lines."""

    def set_break(self, on: bool) -> None:
        """A plain connection has no break."""

    def close(self) -> None:
        _later(super().close)


class _Rfc2217(_WithLines):
    _port: Rfc2217Serial
    _PIECE = 512

    def __init__(self, port: Rfc2217Serial) -> None:
        super().__init__(port)
        assert port.inbox is not None  # made when it was opened
        self._inbox: Inbox = port.inbox

    def fileno(self) -> int:
        return self._inbox.fileno()

    def read_into(self, place: memoryview) -> int:
        try:
            data = self._inbox.take(len(place))
        except EOFError:
            raise OSError(errno.EPIPE, "connection closed") from None
        place[: len(data)] = data
        return len(data)

    def write(self, data: bytes) -> int:
        """pyserial waits until it is sent, so it gets little at a time."""
        return int(self._port.write(data[: self._PIECE]) or 0)

    def close(self) -> None:
        _later(super().close, self._inbox.close)


def _later(*steps: Callable[[], None]) -> None:
    """pyserial's network ports rest 0.3 s and more when they close; other ports are read on."""

    def run() -> None:
        for step in steps:
            step()

    threading.Thread(target=run, name="network port closes").start()


@dataclass(frozen=True, slots=True)
class LineSettings:
    """How a port is set: 8 data bits, no parity, 1 stop bit, and this."""

    baud: int
    dtr: bool | None = None
    """DTR: on, off, or None for as the system opens the port."""
    rts: bool | None = None
    xonxoff: bool = False
    rtscts: bool = False


def is_network(port: str) -> bool:
    """Whether the port is reached over the network."""
    return "://" in port


def open_console(port: str, settings: LineSettings) -> ConsolePort:
    """Opens a port for this program alone; nothing that waits there is dropped.

    Raises PortBusy (who has it), PortDenied (the group that may) or PortGone. A network port may
    take some seconds.
    """
    return _open_network(port, settings) if is_network(port) else _open_local(port, settings)


def _open_local(path: str, settings: LineSettings) -> ConsolePort:
    from bench.hardware.console_serial import LocalSerial  # late: loads pyserial

    other = holder(path)
    if other:
        raise PortBusy(other)
    port = LocalSerial()
    try:
        _prepare(port, path, settings)
        port.exclusive = True
        port.want(settings.dtr, settings.rts)
        port.open()
    except FAULTS as error:
        raise fault_of(path, error) from error
    claim(port, True)
    return _Local(port)


def _open_network(url: str, settings: LineSettings) -> ConsolePort:
    from bench.hardware.console_serial import Rfc2217Serial, SocketSerial  # late: as above

    try:
        parts = urlsplit(url)
        place = f"{parts.hostname}:{parts.port}"
    except ValueError:
        raise PortGone(f"{clean_line(url, 80)} is no address: write host:port") from None
    try:
        if parts.scheme == "socket":
            plain = SocketSerial()
            _prepare(plain, url, settings)
            plain.open()
            return _Socket(plain)
        if parts.scheme == "rfc2217":
            port = Rfc2217Serial()
            _prepare(port, url, settings)
            port.want(settings.dtr, settings.rts)
            port.open()
            return _Rfc2217(port)
    except (OSError, ValueError) as error:  # a SerialException is an OSError
        why = clean_line(str(error), 160)
        raise PortGone(f"{place} gives no console: {why}") from error
    raise PortGone(f"{clean_line(url, 80)}: write rfc2217://host:port or socket://host:port")


def _prepare(
    port: LocalSerial | Rfc2217Serial | SocketSerial, place: str, settings: LineSettings
) -> None:
    port.port, port.baudrate, port.timeout = place, settings.baud, 0
    port.xonxoff, port.rtscts = settings.xonxoff, settings.rtscts
