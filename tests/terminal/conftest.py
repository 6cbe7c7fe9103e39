"""What the real-terminal tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.terminal.harness import Terminal
from tests.terminal.stations import Start

Open = Callable[..., Terminal]
AT_ONCE = 2
"""Programs at the same time: with more, a busy machine breaks scans in two by itself."""


def together(home: Path, jobs: Mapping[str, Callable[[Path], None]]) -> None:
    """Runs jobs, some at once, each in a directory of its own, and raises what went wrong."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(job, home / name) for name, job in jobs.items()]
    errors = [error for job in running if (error := job.exception()) is not None]
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise BaseExceptionGroup(f"{len(errors)} of {list(jobs)} failed", errors)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Open]:
    """Starts stations, each with a database of its own or the one of a home that is given."""
    with ExitStack() as stack:

        def start(home: Path | None = None, columns: int = 80, rows: int = 24) -> Terminal:
            return stack.enter_context(Terminal(home or tmp_path, columns, rows))

        yield start


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Start]:
    """Starts a station of a certain kind."""
    with ExitStack() as stack:
        yield lambda kind: stack.enter_context(kind(tmp_path, 160, 48))
