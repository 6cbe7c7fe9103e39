"""Bytes on their way to a device: sent as it takes them, written down as they are sent."""

from __future__ import annotations

from collections import deque

from bench.evidence.capture_format import Kind
from bench.hardware.capture_writer import CaptureWriter
from bench.hardware.console_port import ConsolePort

TO_SEND = 1 << 16
"""Bytes that may wait to be sent; a device that takes none gets no more."""


class Outbox:
    """What is still to be sent, in the order in which it was typed."""

    def __init__(self, writer: CaptureWriter) -> None:
        self._writer = writer
        self._waiting = deque[tuple[bytes, bool]]()
        self._bytes = 0

    def put(self, data: bytes, secret: bool) -> bool:
        """Takes bytes to be sent; False where too many wait already."""
        if self._bytes + len(data) > TO_SEND:
            return False
        if data:
            self._waiting.append((data, secret))
            self._bytes += len(data)
        return True

    def flush(self, port: ConsolePort) -> bool:
        """Sends what the port takes; True where more waits. Raises what the port raises."""
        while self._waiting:
            data, secret = self._waiting[0]
            done = port.write(data)
            self._bytes -= done
            if done:
                self._writer.sent(data[:done], secret)
            if done < len(data):
                self._waiting[0] = (data[done:], secret)
                return True
            self._waiting.popleft()
        return False

    def drop(self) -> None:
        """The port is gone: notes how many bytes it never got."""
        if self._bytes:
            text = f"{self._bytes} typed bytes were not sent: the port was gone."
            self._writer.record(Kind.NOTE, text=text, o=self._writer.size)
        self._waiting.clear()
        self._bytes = 0
