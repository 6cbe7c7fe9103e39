"""A desk on a new database, with the data files that bench comes with and a clock to move."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.settings import Settings
from bench.workflow.desk import Desk, Rules, load_rules, open_desk
from tests.workflow.helpers import World, new_clock


@pytest.fixture(scope="session")
def rules() -> Rules:
    """The rules that bench comes with."""
    return load_rules(Settings())


@pytest.fixture
def path(where: Path | str) -> Path:
    """Where the file of this test is, or will be."""
    assert isinstance(where, Path)
    return where


@pytest.fixture
def world(where: Path | str, rules: Rules) -> Iterator[World]:
    """A bench with nothing on it."""
    clock = new_clock()
    settings = Settings(station="Bench 2", technician="Ana", timezone="UTC", database=where)
    desk = open_desk(settings, rules, clock)
    yield World(desk, clock)
    desk.store.close()


@pytest.fixture
def desk(world: World) -> Desk:
    """Its desk."""
    return world.desk
