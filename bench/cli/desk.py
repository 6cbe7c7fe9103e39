"""A subcommand at the desk: opens the store, closes it, and turns its errors into sentences."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from bench.settings import Settings
from bench.store.errors import StoreError
from bench.workflow.desk import Desk, open_desk


def say(command: str, text: str) -> None:
    """One line of diagnostics, on stderr."""
    print(f"bench {command}: {text}", file=sys.stderr)


def missing(command: str, settings: Settings) -> bool:
    """Whether there is no database to be asked; if so, that was said."""
    file = settings.database
    if isinstance(file, Path) and not file.exists():
        say(command, f"there is no database at {file}; say which with --database")
        return True
    return False


def at_desk(
    command: str, settings: Settings, work: Callable[[Desk], int], *, must_exist: bool = True
) -> int:
    """Runs `work` on the database of the settings; 2 where that cannot be used.

    `must_exist`: a question to a database that is not there does not make one.
    """
    if must_exist and missing(command, settings):
        return 2
    try:
        desk = open_desk(settings)
        try:
            return work(desk)
        finally:
            desk.store.close()
    except StoreError as error:
        say(command, str(error))
        return 2
