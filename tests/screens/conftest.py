"""The real app over a real store, for tests of what is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.helpers import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """An empty store and its app."""
    return Bench(tmp_path / "bench.db")
