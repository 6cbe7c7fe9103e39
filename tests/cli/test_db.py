"""`bench db`: for the owner of a warehouse's server; and what a URL may say."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.settings import server_url
from bench.store import migrate
from tests import pg
from tests.cli.conftest import Bench


@pytest.fixture
def bare(pg_url: str) -> Iterator[str]:
    """A database on the server that nobody has prepared."""
    url = pg.fresh(pg_url)
    yield url
    pg.forget(url)


def test_a_bench_says_what_the_owner_has_to_do(bench: Bench, bare: str) -> None:
    ran = bench("show", "X123", "--database", bare)
    assert ran.code == 2
    assert "lacks 0001_first" in ran.err
    assert "bench db migrate" in ran.err


def test_migrate_and_grant(bench: Bench, bare: str) -> None:
    ran = bench("db", "migrate", "--database", bare)
    assert (ran.code, ran.out.splitlines()) == (
        0,
        [f"done: {name}" for name in sorted(migrate.known())],
    )
    assert bench("--database", bare, "db", "migrate").out == "up to date: nothing to do\n"
    pg.execute(bare, "CREATE ROLE docker LOGIN")
    try:
        ran = bench("db", "grant", "docker", "--database", bare)
        assert (ran.code, "can only read and add" in ran.out) == (0, True)
        clerk = bare.replace("bench@", "docker@")
        assert "nobody knows" not in bench("show", "X123", "--database", clerk).err
        refused = bench("db", "grant", "nobody-such", "--database", bare)
        assert (refused.code, "nobody-such" in refused.err) == (2, True)
    finally:
        pg.execute(bare, "DROP OWNED BY docker", "DROP ROLE docker")


def test_a_later_migration_comes_after_a_backup(
    bench: Bench, bare: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bench("db", "migrate", "--database", bare).code == 0
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder)
    (folder / "0099_more.py").write_text("def up(migrator, db):\n    pass\n")
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
    refused = bench("db", "migrate", "--database", bare)
    assert (refused.code, "No backup was made" in refused.err) == (2, True)
    (tmp_path / "safe").mkdir()
    ran = bench("db", "migrate", "--database", bare, "--backup", tmp_path / "safe")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "done: 0099_more")
    assert [file.name.endswith(".jsonl.gz") for file in (tmp_path / "safe").iterdir()].count(True)


def test_a_file_needs_no_such_thing(bench: Bench, tmp_path: Path) -> None:
    ran = bench("db", "migrate", "--database", tmp_path / "bench.db")
    assert (ran.code, "by itself" in ran.err) == (2, True)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ana:s3cret@db/rma",
        "postgresql://ana@db/rma?password=s3cret",
        "mysql://ana:s3cret@db/rma",
    ],
)
def test_a_password_in_a_url_is_refused_and_not_repeated(
    bench: Bench, tmp_path: Path, url: str
) -> None:
    ran = bench("show", "X123", "--database", url)
    assert ran.code == 2
    assert "s3cret" not in ran.out + ran.err
    settings = tmp_path / "settings.toml"
    settings.write_text(f'[database]\nurl = "{url}"\n')
    ran = bench("show", "X123", "--settings", settings)
    assert (ran.code, "settings.toml" in ran.err, "url" in ran.err) == (2, True, True)
    assert "s3cret" not in ran.out + ran.err


def test_a_url_in_the_settings(bench: Bench, tmp_path: Path, pg_url: str) -> None:
    url = pg.fresh(pg_url, pg.TEMPLATE)
    settings = tmp_path / "settings.toml"
    settings.write_text(f'[database]\nurl = "{url}"\n')
    ran = bench("export", "--what", "units", "--settings", settings)
    assert (ran.code, ran.out.count("\n")) == (0, 1)
    pg.forget(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://[::1",
        "postgresql://db.invalid/rma?colour=blue",
        f"postgresql://{'a' * 10_000}/rma",
        "postgresql://h\x1b]52;c;aGk=\x07/[/]?colour=blue",
    ],
)
def test_a_bad_url_is_named_and_acts_on_nothing(bench: Bench, url: str) -> None:
    ran = bench("show", "X123", "--database", url)
    assert ran.code == 2
    assert "URL" in ran.err
    assert "\x1b" not in ran.err
    assert "\x07" not in ran.err


def test_urls_without_a_host_keep_their_slashes() -> None:
    for url in ("postgresql:///rma?host=/run/postgresql", "postgresql://?service=warehouse"):
        assert server_url(url) == url
    assert server_url("postgres://ana@db/rma") == "postgresql://ana@db/rma"
