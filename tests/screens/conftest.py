"""The real app over a real store, for tests of what is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.helpers import Bench


@pytest.fixture
def bench(where: Path | str) -> Bench:
    """An empty store and its app."""
    return Bench(where)
