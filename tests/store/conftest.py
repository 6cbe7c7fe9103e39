"""A fresh database for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest

from bench.store.store import Store


@pytest.fixture
def path(where: Path | str) -> Path:
    """Where the file of this test is, or will be."""
    assert isinstance(where, Path)
    return where


@pytest.fixture
def store(where: Path | str) -> Iterator[Store]:
    """An open store, closed at the end."""
    opened = Store.open(where, zone=UTC)
    yield opened
    opened.close()
