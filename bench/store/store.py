"""The store: opened once, used in one thread, asked by the workflow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, tzinfo
from pathlib import Path
from typing import TypeVar

from bench.store.bulk import ImportBatch
from bench.store.database import open_link
from bench.store.errors import StoreError
from bench.store.link import Link, Waiting
from bench.store.queries import Reads
from bench.store.records import Counts, Draft
from bench.store.tx import Tx

T = TypeVar("T")

PATIENCE = 20.0
"""Seconds that a step waits for other programs before it gives up."""


class Store(Reads):
    """The database of one bench (all the reads of `Reads`, and `write`).

    Open and use it in one and the same thread: connections belong to their thread, and a call
    from elsewhere raises RuntimeError. Lists are complete: no cursor stays open behind them.
    """

    def __init__(self, link: Link, where: Path | str, zone: tzinfo | None) -> None:
        super().__init__(link)
        self.where, self._zone = where, zone

    @classmethod
    def open(
        cls,
        where: Path | str,
        *,
        zone: tzinfo | None = None,
        patience: float = PATIENCE,
        waiting: Waiting | None = None,
    ) -> Store:
        """Opens the database: a file (made where there is none, brought up to date), or the URL
        of a server's.

        `zone` is the warehouse's (None: this machine's), for the counts of a day; `patience` in
        seconds; `waiting` is told on this thread, in a sentence, when a job has to wait, and ""
        when it goes on. Raises the kinds of StoreError: NewerDatabase, NotADatabase, ReadOnly, …
        """
        return cls(open_link(where, patience, waiting), where, zone)

    def close(self) -> None:
        """Closes the database; a file's journal is folded into it. Twice does no harm."""
        self._link.close()

    def counts(self, today: date) -> Counts:
        """The figures on Home, for this calendar day of the warehouse."""
        return self._counts(today, self._zone)

    def write(self, op_id: str, work: Callable[[Tx], T]) -> T:
        """Runs `work` in one transaction and gives back its answer: all of it is saved, or nothing.

        `work` may run several times (the database was busy, a record had changed), so it reads
        what it needs through its Tx and touches nothing else. Its own errors pass through.
        Raises StoreBusy after the deadline, and the other kinds of StoreError.
        """
        return self._link.whole(lambda: work(Tx(self._link, op_id)))

    def save_draft(self, draft: Draft) -> None:
        """Keeps half-entered work, in place of an older draft of the same key."""
        self.write("", lambda tx: tx.save_draft(draft))

    def drop_draft(self, key: str) -> None:
        """Forgets a draft; one that is not there is no error."""
        self.write("", lambda tx: tx.drop_draft(key))


__all__ = ["PATIENCE", "ImportBatch", "Store", "StoreError", "Tx"]
