"""Helpers for tests in which the store does not answer: the program is busy all the while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from textual import events

from bench.store.copying import driver
from tests.screens.helpers import Bench, post_scan
from tests.screens.test_flow import TIMING, Glass

PATIENCE = 20.0
"""Seconds that a test waits before it fails."""


async def until(glass: Glass, what: Callable[[], object]) -> None:
    """Waits until this holds."""
    deadline = monotonic() + PATIENCE
    while not what():
        assert monotonic() < deadline, f"waited too long:\n{glass.text}"
        await asyncio.sleep(0.01)
    await glass.pilot.pause(0.02)


async def scan(glass: Glass, *texts: str) -> None:
    """Scans while the program is busy: only until the gate has let them through."""
    await glass._until(glass._typed_at + TIMING.quiet)
    for text in texts:
        post_scan(glass.app, text)
        glass._scanned_at = monotonic()
        await until(glass, lambda: not glass.app.message_queue_size)


async def press(glass: Glass, *names: str) -> None:
    """Keys of a person while the program is busy."""
    await glass._until(glass._scanned_at + TIMING.echo)
    gate = glass.app.gatekeeper.gate
    for name in names:
        letter = name if len(name) == 1 else None
        glass.app.post_message(events.Key(name, letter))
        glass._typed_at = monotonic()
        await until(glass, lambda: gate.deadline is None and not glass.app.message_queue_size)


def asked(glass: Glass, text: str) -> bool:
    """Whether a dialog with this text is on the glass."""
    return glass.app.dialog() is not None and text in glass.text


@contextmanager
def held(bench: Bench) -> Iterator[Callable[[], None]]:
    """Another connection keeps the file locked; the function lets go of it.

    It is of the program's own SQLite: two libraries in one process do not see each other's locks.
    """
    other = driver.connect(bench.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    def let_go() -> None:
        if other.in_transaction:
            other.execute("ROLLBACK")

    try:
        yield let_go
    finally:
        let_go()
        other.close()
