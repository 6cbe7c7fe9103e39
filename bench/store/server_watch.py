"""Listening to a PostgreSQL server for what other benches do."""

from __future__ import annotations

import select
import socket
import threading
import time
from contextlib import suppress
from typing import Any

import psycopg

from bench.store.postgres import CHANNEL, connect
from bench.store.watch import SOMETHING, Changed


class ServerWatch:
    """A connection of its own that listens; lost, it is made again, and then says "something"."""

    def __init__(self, where: str) -> None:
        self._where, self._closed = where, threading.Event()
        self._connection: Any = None
        self._bell, self._rung = socket.socketpair()

    def wait(self, seconds: float) -> Changed:
        """Waits for notifications; those that come together are given together."""
        until = time.monotonic() + seconds
        while not self._closed.is_set() and (left := until - time.monotonic()) > 0:
            try:
                if self._connection is None:
                    self._listen()
                    return SOMETHING  # what was told while nobody listened is lost
                found = self._heard(left)
            except psycopg.Error:
                self._let_go()
                self._closed.wait(min(1.0, left))
                continue
            if found:
                return found
        if self._closed.is_set():
            self._let_go()
            self._rung.close()
        return ()

    def _heard(self, seconds: float) -> Changed:
        ready, _, _ = select.select([self._connection.fileno(), self._rung], [], [], seconds)
        if not ready or self._closed.is_set():
            return ()
        told = self._connection.notifies(timeout=0)
        return tuple(dict.fromkeys(notice.payload.partition(" ")[0] for notice in told))

    def _listen(self) -> None:
        params = connect(self._where).connect_params
        self._connection = psycopg.connect(self._where, autocommit=True, **params)
        self._connection.execute(f"LISTEN {CHANNEL}")

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()

    def close(self) -> None:
        """Ends the wait at once; the waiting thread lets go of the connection."""
        self._closed.set()
        with suppress(OSError):  # it has ended before
            self._bell.send(b".")
