"""A desk on an empty database, and a hand to import with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.clock import FixedClock
from bench.settings import Settings
from bench.workflow.desk import Desk, open_desk
from tests.workflow.importing.helpers import (
    NOW,
    Importer,
)


@pytest.fixture
def desk(where: Path | str) -> Iterator[Desk]:
    """A desk on an empty database, on a day that stands still."""
    settings = Settings(station="Bench 2", technician="Ana", database=where)
    opened = open_desk(settings, clock=FixedClock(NOW))
    yield opened
    opened.store.close()


@pytest.fixture
def load(desk: Desk, tmp_path: Path) -> Importer:
    """Imports content into the desk's database."""
    return Importer(desk, tmp_path)
