"""Running a unit of work whole: in one transaction, and again from its start where that helps."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from peewee import PeeweeException

from bench.store.database import Link
from bench.store.errors import StoreError, classify

T = TypeVar("T")


def run_whole(link: Link, work: Callable[[], T], patience: float) -> T:
    """Runs `work` in one IMMEDIATE transaction; on a lock or a lost race, all of it again.

    Retrying one statement inside a transaction would save half a thought; only the whole is
    safe. `patience` in seconds. Raises the last StoreError when it gives up; what `work` raises
    itself passes through, and nothing is saved.
    """
    link.check()
    if link.db.in_transaction():
        raise RuntimeError("a write inside a write: use the Tx that is already there")
    deadline, tries = time.monotonic() + patience, 0
    while True:
        tries += 1
        try:
            with link.db.atomic():
                return work()
        except (PeeweeException, StoreError) as error:
            kind = classify(error)
            if tries == kind.tries or time.monotonic() > deadline:
                try:
                    raise kind from (None if kind is error else error)
                finally:
                    del kind  # else its traceback would keep itself, and the cursor, alive
        time.sleep(random.uniform(0, min(1.0, 0.01 * 2 ** min(tries, 7))))
