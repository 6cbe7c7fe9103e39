"""A fresh database in a file for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest

from bench.store.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database of this test is, or will be."""
    return tmp_path / "home" / "bench.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An open store, closed at the end."""
    opened = Store.open(path, zone=UTC)
    yield opened
    opened.close()
