"""The warehouse's PostgreSQL: a connection that notices a dead network, and comes back."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from functools import lru_cache
from typing import Any

import psycopg
from peewee import PeeweeException, PostgresqlDatabase
from psycopg.conninfo import conninfo_to_dict

from bench.store.classification import classify
from bench.store.errors import BadUrl, StoreError, Unreachable
from bench.store.link import Link, Waiting
from bench.store.migrate import refuse_unprepared
from bench.store.places import shown
from bench.text import clean_line

CHANNEL = "bench"
"""What benches listen to for each other's steps."""
SILENCE = 8.0
"""Seconds without an answer after which the server counts as gone."""
_CONNECT: dict[str, Any] = {
    "connect_timeout": 4,
    "tcp_user_timeout": 5000,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
_SERVER = {
    "statement_timeout": "7000",
    "lock_timeout": "5000",
    "idle_in_transaction_session_timeout": "15000",
    "timezone": "UTC",
    "client_encoding": "UTF8",
}


class PostgresLink(Link):
    """A connection to a server; `where` is its URL, without a password."""

    engine = "postgresql"

    def __init__(
        self, where: str, db: PostgresqlDatabase, patience: float, waiting: Waiting | None
    ) -> None:
        self.where, self._watchdog = where, Watchdog(SILENCE)
        super().__init__(db, patience, waiting)

    def driver_errors(self) -> tuple[type[Exception], ...]:
        """What psycopg raises."""
        return (psycopg.Error,)

    def adapted(self, sql: str) -> str:
        """`?` and `:name` as psycopg has them."""
        return _adapted(sql)

    def tell(self, unit_id: str, station: str) -> None:
        """A notification, which the server sends when it has committed."""
        self.rows("SELECT pg_notify(?, ?)", (CHANNEL, f"{unit_id} {station}"))

    def watched(self) -> Any:
        """Ends a talk in which the server has been silent for too long."""
        return self._watchdog

    def revive(self) -> None:
        """A new connection in place of the lost one."""
        self._watchdog.connection = None
        drop(self.db)
        self.db.connect()
        self._watchdog.connection = self.db.connection()

    def shut(self) -> None:
        """Ends the connection."""
        self._watchdog.stop()
        with contextlib.suppress(*self._failures):
            drop(self.db)


def drop(db: Any) -> None:
    """Lets go of a connection in whatever state it is: peewee believes a lost one to be open."""
    try:
        db.close()
    except (PeeweeException, psycopg.Error):
        db.dispose()


@lru_cache(maxsize=256)
def _adapted(sql: str) -> str:
    """No statement of ours has a question mark, a per cent sign or a colon in a text."""
    words = sql.replace("%", "%%").replace("?", "%s").split(":")
    out = [words[0]]
    for word in words[1:]:
        name = word[: next((i for i, c in enumerate(word) if not (c.isalnum() or c == "_")), None)]
        out.append(f"%({name})s{word[len(name) :]}" if name else f":{word}")
    return "".join(out)


def connect(where: str, *, limits: bool = True) -> PostgresqlDatabase:
    """A database object for a URL, not connected yet; `limits`: no talk may take long.

    Raises BadUrl.
    """
    try:
        given = conninfo_to_dict(where)
    except psycopg.ProgrammingError as error:
        raise BadUrl(clean_line(str(error), 120)) from error
    server = _SERVER if limits else {k: v for k, v in _SERVER.items() if "timeout" not in k}
    options = " ".join(f"-c {name}={value}" for name, value in server.items())
    theirs = str(given.get("options") or "")
    ours = {k: v for k, v in _CONNECT.items() if k not in given}
    return PostgresqlDatabase(
        where,
        prefer_psycopg3=True,
        autoconnect=False,
        application_name="bench",
        options=f"{options} {theirs}".strip(),
        **ours,
    )


def open_server(where: str, patience: float, waiting: Waiting | None) -> PostgresLink:
    """Connects to a server whose database is prepared; waits for one that is starting up.

    Raises StoreError kinds: Unreachable, AccessRefused, NotPrepared, NewerDatabase, …
    """
    db: Any = connect(where)
    begun = time.monotonic()
    while True:
        try:
            db.connect()
            refuse_unprepared(db, shown(where))
            link = PostgresLink(where, db, patience, waiting)
            link._watchdog.connection = db.connection()
        except (PeeweeException, psycopg.Error, StoreError) as error:
            drop(db)
            kind = classify(error)
            if not isinstance(kind, Unreachable) or time.monotonic() > begun + patience:
                raise kind from error
            if waiting is not None:
                waiting(kind.what)
        else:
            if waiting is not None:
                waiting("")
            return link
        time.sleep(0.5)


class Watchdog:
    """Cuts the connection when the server has not answered for `limit` seconds.

    A frozen server still acknowledges packets, so no timeout of TCP would ever end the wait.
    """

    def __init__(self, limit: float) -> None:
        self.connection: Any = None
        self._limit, self._due, self._depth = limit, 0.0, 0
        self._stopped = threading.Event()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def __enter__(self) -> None:
        """A talk begins, or one inside another."""
        self._depth += 1
        self._due = time.monotonic() + self._limit

    def __exit__(self, *_: object) -> None:
        """A talk has ended: the one around it has the whole time anew."""
        self._depth -= 1
        self._due = time.monotonic() + self._limit if self._depth else 0.0

    def stop(self) -> None:
        """Watches no longer."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(0.25):
            due, connection = self._due, self.connection
            if due and connection is not None and time.monotonic() > due:
                self._due = 0.0
                _cut(connection)


def _cut(connection: Any) -> None:
    """Ends both directions, so that whoever waits for an answer is told of the end."""
    with contextlib.suppress(OSError, psycopg.Error):
        other = socket.socket(fileno=os.dup(connection.fileno()))
        with contextlib.closing(other):
            other.shutdown(socket.SHUT_RDWR)
