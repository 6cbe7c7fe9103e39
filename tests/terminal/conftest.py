"""What the real-terminal tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.terminal.harness import Terminal

Open = Callable[..., Terminal]


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Open]:
    """Starts stations, each with a database of its own or the one of a home that is given."""
    with ExitStack() as stack:

        def start(home: Path | None = None, columns: int = 80, rows: int = 24) -> Terminal:
            return stack.enter_context(Terminal(home or tmp_path, columns, rows))

        yield start
