"""A look at a server's whole database as it is at one moment."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
from peewee import PeeweeException

from bench.store.classification import classify
from bench.store.link import Row
from bench.store.postgres import Watchdog, _adapted, connect, drop
from bench.store.snapshot import PAGE, Snapshot

SILENCE = 120.0
"""Seconds without an answer after which the server counts as gone: counting all takes a while."""
_NAMES = itertools.count(1)


class ServerSnapshot(Snapshot):
    """A repeatable-read transaction on a connection of its own."""

    engine = "postgresql"

    def __init__(self, where: str) -> None:
        self._db: Any = connect(where, limits=False)
        self._watchdog = Watchdog(SILENCE)
        try:
            with self._told():
                self._connection = self._begin()
        except BaseException:
            self.close()
            raise

    def _begin(self) -> Any:
        self._db.connect()
        connection = self._db.connection()
        self._watchdog.connection = connection
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.execute("SELECT 1 FROM pg_class LIMIT 1")  # the moment is the first question's
        return connection

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            with self._watchdog:
                yield
        except (PeeweeException, psycopg.Error) as error:
            raise classify(error) from error

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """As they are."""
        with self._told():
            found: list[Row] = self._connection.execute(_adapted(sql), tuple(params)).fetchall()
        return found

    def pages(self, sql: str, params: Sequence[Any] = ()) -> Iterator[list[Row]]:
        """Through a cursor of the server's, so that no more than a page is here at a time."""
        cursor = self._connection.cursor(name=f"pages_{next(_NAMES)}")
        try:
            with self._told():
                cursor.execute(_adapted(sql), tuple(params))
            while True:
                with self._told():
                    page: list[Row] = cursor.fetchmany(PAGE)
                if not page:
                    return
                yield page
        finally:
            with contextlib.suppress(psycopg.Error):
                cursor.close()

    def columns(self, table: str) -> list[str]:
        """By the server's own account, without the row number that SQLite has by itself."""
        sql = """SELECT column_name FROM information_schema.columns WHERE table_name = ?
            AND table_schema = current_schema() AND column_name <> 'rowid'
            ORDER BY ordinal_position"""
        return [str(name) for (name,) in self.rows(sql, (table,))]

    def _tables(self) -> set[str]:
        sql = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        return {str(name) for (name,) in self.rows(sql)}

    def close(self) -> None:
        """Ends the transaction and the connection."""
        self._watchdog.stop()
        with contextlib.suppress(PeeweeException, psycopg.Error):
            drop(self._db)
