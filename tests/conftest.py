"""Both engines for every test that keeps something: a file of its own, or a database of its own on
a real PostgreSQL that is started once and thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import pg

SQLITE, POSTGRESQL, SERIALIZABLE = "sqlite", "postgresql", "serializable"
ENGINES = (SQLITE, POSTGRESQL)
"""What the suite runs on; `--engine serializable` holds it to what CockroachDB would demand."""
ONE_ENGINE = "screens"
"""The folder whose tests run on a file only, unless they are marked or an engine is asked for: what
screens do is done by the workflow, whose tests run on both."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--engine NAME` runs the tests on one engine only."""
    known = (*ENGINES, SERIALIZABLE)
    parser.addoption("--engine", action="append", choices=known, default=[])


def pytest_configure(config: pytest.Config) -> None:
    """The marks of the suite."""
    config.addinivalue_line("markers", "engines(*names): the engines that a test is for")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever needs a place for its data is run once for each engine.

    A test that asks for `path` looks at the file itself, so it is for SQLite only.
    """
    if "engine" not in metafunc.fixturenames:
        return
    mark = metafunc.definition.get_closest_marker("engines")
    asked = metafunc.config.getoption("--engine")
    on_one = "path" in metafunc.fixturenames
    on_one |= metafunc.definition.path.parent.name == ONE_ENGINE and not asked
    meant = mark.args if mark else (SQLITE,) if on_one else ENGINES
    names = [name for name in (*ENGINES, SERIALIZABLE) if _fits(name, meant, asked)]
    metafunc.parametrize("engine", names, scope="session")


def _fits(engine: str, meant: tuple[str, ...], asked: list[str]) -> bool:
    """Whether a test that is `meant` for engines runs on this one: all it names, or those asked."""
    if not asked:
        return engine in meant
    return engine in asked and (engine in meant or (engine == SERIALIZABLE and POSTGRESQL in meant))


@pytest.fixture(scope="session")
def pg_url() -> Iterator[str]:
    """The PostgreSQL of this run, with an empty database `pg.TEMPLATE` that is prepared."""
    with pg.shared_url() as url:
        from bench.store.server import prepare

        pg.execute(url, f"DROP DATABASE IF EXISTS {pg.TEMPLATE}", f"CREATE DATABASE {pg.TEMPLATE}")
        prepare(pg.named(url, pg.TEMPLATE))
        yield url


@pytest.fixture
def where(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path | str]:
    """Where this test keeps its data: a file that is not there yet, or an empty database."""
    if engine == SQLITE:
        yield tmp_path / "home" / "bench.db"
        return
    url = pg.fresh(request.getfixturevalue("pg_url"), pg.TEMPLATE)
    yield url + (pg.SERIALIZABLE if engine == SERIALIZABLE else "")
    pg.forget(url)
