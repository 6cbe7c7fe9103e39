"""One open connection for one thread, whichever engine it leads to."""

from __future__ import annotations

import random
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from peewee import PeeweeException

from bench.store.classification import classify
from bench.store.errors import StoreClosed, StoreError
from bench.store.rows import tidy

Row = tuple[Any, ...]
Waiting = Callable[[str], None]
"""Told, in a sentence, why a job has to wait and try again; "" once it goes on."""
T = TypeVar("T")
PATIENT = 0.3
"""Seconds of waiting that nobody needs to be told of."""


class Link(ABC):
    """What the store asks of an engine; every error of a driver comes out as a StoreError.

    `patience`: seconds until a job that has to wait gives up.
    """

    def __init__(self, db: Any, patience: float, waiting: Waiting | None) -> None:
        # peewee leaves most of its methods without types.
        self.db, self.patience, self._waiting = db, patience, waiting
        self._thread = threading.get_ident()
        self._closed = self._lost = self._told = False
        self._failures: tuple[type[Exception], ...] = (PeeweeException, *self.driver_errors())

    @property
    @abstractmethod
    def engine(self) -> str:
        """`sqlite` or `postgresql`."""

    @abstractmethod
    def driver_errors(self) -> tuple[type[Exception], ...]:
        """What the driver itself raises: fetching and executemany go past peewee."""

    @abstractmethod
    def adapted(self, sql: str) -> str:
        """A statement written with `?` or `:name`, as the driver wants it."""

    @abstractmethod
    def tell(self, unit_id: str, station: str) -> None:
        """Inside a transaction: other benches learn, once it is saved, that a unit changed."""

    @abstractmethod
    def revive(self) -> None:
        """Lets go of a lost connection and makes a new one. Raises what the driver raises."""

    @abstractmethod
    def shut(self) -> None:
        """Lets go of the connection, what is saved being safe already."""

    def named(self, error: Exception) -> StoreError:
        """The store's own error for what was raised on this connection."""
        return classify(error)

    def own_thread(self) -> None:
        """Raises RuntimeError in a thread that is not this one's."""
        if threading.get_ident() != self._thread:
            raise RuntimeError("a Store is used in the thread that opened it, and only there")

    def check(self) -> None:
        """Raises RuntimeError in a thread that is not this one's, StoreClosed after close()."""
        self.own_thread()
        if self._closed:
            raise StoreClosed

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """All rows of a statement written with `?`; outside a write, asked again where needed."""
        self.check()
        clean = [tidy(value) if isinstance(value, str) else value for value in params]
        if self.db.in_transaction():
            return self._rows(sql, clean)
        return self.again(lambda: self._rows(sql, clean))

    def _rows(self, sql: str, params: list[Any]) -> list[Row]:
        try:
            with self.watched():
                cursor = self.db.execute_sql(self.adapted(sql), params)
                found: list[Row] = cursor.fetchall() if cursor.description else []
        except self._failures as error:
            raise self.named(error) from error
        return found

    def row(self, sql: str, params: Sequence[Any] = ()) -> Row | None:
        """The first row, or None."""
        found = self.rows(sql, params)
        return found[0] if found else None

    def run(self, query: Any) -> Any:
        """Runs a peewee query here: for a change the number of rows, as peewee counts them."""
        self.check()
        try:
            with self.watched():
                return query.execute(self.db)
        except self._failures as error:
            raise self.named(error) from error

    def many(self, sql: str, rows: Iterable[Mapping[str, Any] | Sequence[Any]]) -> int:
        """One statement with `:name` (or `?`) for many rows through the driver; how many it
        changed."""
        self.check()
        try:
            with self.watched():
                cursor = self.db.cursor()
                cursor.executemany(self.adapted(sql), rows)
                return int(cursor.rowcount)
        except self._failures as error:
            raise self.named(error) from error

    def watched(self) -> Any:
        """Around each talk with the engine: where it does not answer, the talk ends."""
        return _Nothing

    def whole(self, work: Callable[[], T]) -> T:
        """Runs `work` in one transaction; on a lock or a lost race, all of it again.

        Retrying one statement inside a transaction would save half a thought; only the whole is
        safe. Raises the last StoreError when it gives up; what `work` raises itself passes
        through, and nothing is saved.
        """
        self.check()
        if self.db.in_transaction():
            raise RuntimeError("a write inside a write: use the Tx that is already there")
        return self.again(lambda: self._once(work))

    def _once(self, work: Callable[[], T]) -> T:
        try:
            with self.watched(), self.db.atomic():
                return work()
        except self._failures as error:
            raise self.named(error) from error

    def again(self, attempt: Callable[[], T]) -> T:
        """Tries until it works, or cannot, or the patience is over; then raises the last error."""
        begun, tries = time.monotonic(), 0
        while True:
            tries += 1
            try:
                self._find_again()
                answer = attempt()
            except StoreError as error:
                self._lost = self._lost or error.lost
                if tries == error.tries or time.monotonic() > begun + self.patience:
                    self._tell_wait("")
                    raise
                if time.monotonic() > begun + PATIENT:
                    self._tell_wait(error.what)
            else:
                self._tell_wait("")
                return answer
            time.sleep(random.uniform(0, min(1.0, 0.01 * 2 ** min(tries, 7))))

    def _find_again(self) -> None:
        if not self._lost:
            return
        try:
            self.revive()
        except self._failures as error:
            raise self.named(error) from error
        self._lost = False

    def _tell_wait(self, what: str) -> None:
        if self._waiting is not None and (what or self._told):
            self._waiting(what)
        self._told = bool(what)

    def close(self) -> None:
        """Lets go of the database; twice does no harm. Never raises for a full disk."""
        self.own_thread()
        if not self._closed:
            self._closed = True
            self.shut()


class _NoWatch:
    def __enter__(self) -> None:
        """Nothing to watch: a file answers."""

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""


_Nothing = _NoWatch()
