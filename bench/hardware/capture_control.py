"""The control socket of one capture: JSON lines in, an answer for each, and nobody blocks anybody.

A client that does not read, or sends no lines, is dropped.
"""

from __future__ import annotations

import json
import os
import socket
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.hardware.capture_loop import IN, OUT, Loop

LINE_LIMIT = 1 << 20
"""Bytes of the longest request."""
_UNREAD_LIMIT = 1 << 18
_PREFIX, _NAME = "bench-capture-", "s"
_STALE = 30.0
"""Seconds after which a socket that nobody listens to is cleared away."""
_PATH_LIMIT = 100
"""Bytes of a socket's path; Linux takes 107, macOS 103."""

Answerer = Callable[[dict[str, Any]], dict[str, Any]]


def places() -> list[Path]:
    """The folders that may hold control sockets, the best first."""
    own = os.environ.get("XDG_RUNTIME_DIR", "")
    found = [Path(own)] if own.startswith("/") else []
    return [one for one in (*found, Path(tempfile.gettempdir())) if one.is_dir()]


def sockets() -> Iterator[Path]:
    """All control sockets of this user, of captures that live or were killed."""
    for place in places():
        with suppress(OSError):
            for folder in place.glob(f"{_PREFIX}*"):
                with suppress(OSError):
                    about = folder.lstat()
                    if stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid():
                        yield folder / _NAME


def remove(path: Path) -> None:
    """Clears away a control socket and its folder."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
        path.parent.rmdir()


def remove_stale(path: Path) -> None:
    """Clears away what a killed process left; one that starts has no ears yet either."""
    with suppress(OSError):
        if time.time() - path.parent.stat().st_mtime > _STALE:
            remove(path)


class Control:
    """The socket, for its owner alone, and all clients of it."""

    def __init__(self, loop: Loop, answer: Answerer) -> None:
        """Listens in a new folder of its own. Raises OSError where that cannot be."""
        self._loop, self._answer = loop, answer
        self._clients: dict[int, _Client] = {}
        self.path = self._new_path()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            self._socket.bind(str(self.path))
        finally:
            os.umask(before)
        self._socket.listen(16)
        self._socket.setblocking(False)
        loop.watch(self._socket.fileno(), IN, self._accept)

    @staticmethod
    def _new_path() -> Path:
        for place in places():
            if len(os.fsencode(place)) + len(_PREFIX) + 12 < _PATH_LIMIT:
                return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place)) / _NAME
        raise OSError("no folder for the control socket has a path that is short enough")

    def _accept(self, _events: int) -> None:
        with suppress(OSError):
            connection, _ = self._socket.accept()
            connection.setblocking(False)
            client = _Client(connection, self._loop, self._answer, self._drop)
            self._clients[connection.fileno()] = client

    def _drop(self, number: int) -> None:
        self._clients.pop(number, None)

    def close(self) -> None:
        """Sends what is still to be sent, if the clients take it now, and goes."""
        self._loop.forget(self._socket.fileno())
        self._socket.close()
        for client in list(self._clients.values()):
            client.close()
        remove(self.path)


class _Client:
    def __init__(
        self,
        connection: socket.socket,
        loop: Loop,
        answer: Answerer,
        dropped: Callable[[int], object],
    ) -> None:
        self._socket, self._loop = connection, loop
        self._answer, self._dropped = answer, dropped
        self._number = connection.fileno()
        self._in, self._out = bytearray(), bytearray()
        loop.watch(self._number, IN, self._ready)

    def _ready(self, events: int) -> None:
        if events & OUT:
            self._flush()
        if events & ~OUT and self._number >= 0:
            self._read()

    def _read(self) -> None:
        try:
            data = self._socket.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._in += data
        if not data or len(self._in) > LINE_LIMIT:
            self.close()
            return
        *lines, rest = bytes(self._in).split(b"\n") if b"\n" in data else [bytes(self._in)]
        self._in = bytearray(rest)
        for line in lines:
            self._out += json.dumps(self._answered(line)).encode("ascii") + b"\n"
        if self._number >= 0:
            self._flush()

    def _answered(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            request = None
        if not isinstance(request, dict):
            return {"ok": False, "error": "request", "text": "This is no request."}
        return self._answer(request)

    def _flush(self) -> None:
        try:
            del self._out[: self._socket.send(self._out)]
        except BlockingIOError:
            pass
        except OSError:
            self._out.clear()
            self.close()
            return
        if len(self._out) > _UNREAD_LIMIT:
            self.close()
        else:
            self._loop.change(self._number, IN | OUT if self._out else IN)

    def close(self) -> None:
        if self._number < 0:
            return
        with suppress(OSError):
            if self._out:
                self._socket.send(self._out)
        self._loop.forget(self._number)
        self._dropped(self._number)
        self._number = -1
        self._socket.close()
