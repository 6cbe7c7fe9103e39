"""Opening: private files, settings in force, refusals that leave the file alone, migrations."""

from __future__ import annotations

import os
import shutil
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from playhouse.schema_diff import diff_models  # type: ignore[import-untyped]

from bench.store import migrate
from bench.store.errors import (
    CannotOpen,
    NewerDatabase,
    NotADatabase,
    StoreBusy,
    StoreClosed,
    StoreError,
)
from bench.store.models import MODELS
from bench.store.store import Store
from tests.store.helpers import a_unit, program, raw, save


def _mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_files_are_private(path: Path) -> None:
    old = os.umask(0o022)
    try:
        store = Store.open(path)
        save(store, a_unit())
        files = list(path.parent.iterdir())
        assert {_mode(file) for file in files} == {0o600}
        assert path.with_name("bench.db-wal") in files
        assert _mode(path.parent) == 0o700
    finally:
        os.umask(old)
    store.close()


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("recursive_triggers", 1),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("journal_size_limit", 67108864),
        ("busy_timeout", 1000),
    ],
)
def test_settings_are_in_force(store: Store, pragma: str, value: object) -> None:
    assert store._link.row(f"PRAGMA {pragma}") == (value,)


@pytest.mark.engines("sqlite")
def test_tables_are_strict(store: Store) -> None:
    rows = store._link.rows("SELECT name, strict FROM pragma_table_list WHERE type = 'table'")
    assert {n for n, strict in rows if not strict} <= {"sqlite_schema", "schema_migration",
        "sqlite_temp_schema"}  # fmt: skip


def test_close_leaves_one_file(store: Store, path: Path) -> None:
    save(store, a_unit())
    store.close()
    store.close()
    names = {file.name for file in path.parent.iterdir()}
    assert names == {"bench.db", "bench.db.lock", "bench.db.migrate.lock"}
    with pytest.raises(StoreClosed):
        store.unit("u1")
    with pytest.raises(StoreClosed):
        save(store, a_unit("u2"))


def test_another_thread_is_told(store: Store) -> None:
    heard: list[BaseException] = []

    def ask() -> None:
        for call in (store.queue_count, store.close, lambda: save(store, a_unit())):
            try:
                call()
            except RuntimeError as error:
                heard.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert len(heard) == 3
    assert store.queue_count() == 0


@pytest.mark.parametrize("content", [b"serial,brand\n" * 100, b"x", b"SQLite format 2\0" * 64])
def test_a_file_of_another_kind_is_left_alone(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(NotADatabase, match=r"bench\.db is something else"):
        Store.open(path)
    assert path.read_bytes() == content
    assert [file.name for file in path.parent.iterdir()] == ["bench.db"]


def test_the_database_of_another_program_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with raw(path) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NotADatabase, match="another program"):
        Store.open(path)
    assert path.read_bytes() == before


def test_a_folder_and_an_unreachable_path_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotADatabase):
        Store.open(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(CannotOpen):
        Store.open(tmp_path / "file" / "bench.db")


def test_a_damaged_file_says_so(store: Store, path: Path) -> None:
    store.close()
    content = bytearray(path.read_bytes())
    content[100:4096] = b"\xff" * 3996
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        Store.open(path)


def test_an_empty_file_becomes_a_database(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    Store.open(path).close()
    assert path.stat().st_size > 4096


def test_a_newer_database_is_refused(store: Store, path: Path) -> None:
    store.close()
    with raw(path) as connection:
        row = ("9999_tomorrow", "2031-01-01 00:00:00")
        connection.execute("INSERT INTO schema_migration (name, applied) VALUES (?, ?)", row)
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NewerDatabase, match=r"newer bench \(it knows 9999_tomorrow\).*Update"):
        Store.open(path)
    assert path.read_bytes() == before


def test_opening_again_migrates_nothing(store: Store, path: Path) -> None:
    history = "SELECT id, name, applied FROM schema_migration"
    before = store._link.rows(history)
    again = Store.open(path)
    assert again._link.rows(history) == before
    assert {row[1] for row in before} == migrate.known()
    again.close()


def test_models_say_what_the_migrations_made(store: Store) -> None:
    tables: list[Any] = [model._meta for model in MODELS]
    for table in tables:
        table.set_database(store._link.db)
    try:
        found = str(diff_models(store._link.db, MODELS)).splitlines()
        # SQLite has a rowid by itself; a server's is made, and no model needs it.
        assert [line for line in found if ".rowid" not in line] == []
    finally:
        for table in tables:
            table.set_database(None)


def test_a_failing_migration_leaves_nothing_behind(
    store: Store, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.close()
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder)
    (folder / "0099_bad.py").write_text(
        "def up(migrator, db):\n"
        "    db.execute_sql('CREATE TABLE half (a TEXT)')\n"
        "    db.execute_sql('CREATE TABLE half (a TEXT)')\n"
    )
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
    with pytest.raises(StoreError, match="half"):
        Store.open(path)
    monkeypatch.undo()
    again = Store.open(path)
    assert again._link.rows("SELECT 1 FROM sqlite_master WHERE name = 'half'") == []
    again.close()


def test_waiting_for_another_migration_has_an_end(path: Path) -> None:
    path.parent.mkdir()
    with migrate.locked(path, 1), pytest.raises(StoreBusy, match="up to date"):
        Store.open(path, patience=0.1)


def test_programs_that_open_a_fresh_file_at_once(path: Path) -> None:
    both = [program("writer.py", path, name, 0) for name in "abc"]
    assert [one.stdout and one.stdout.readline() for one in both] == ["ready\n"] * 3
    for one in both:
        one.kill()
        one.communicate()
    with raw(path) as connection:
        rows = connection.execute("SELECT name FROM schema_migration").fetchall()
    assert {name for (name,) in rows} == migrate.known()
    assert len(rows) == len(migrate.known())
    connection.close()


def test_damage_found_while_reading_is_named(store: Store, path: Path) -> None:
    save(store, *(a_unit(f"u{number}", customer="c" * 300) for number in range(300)))
    store.close()
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = b"\x07" * (len(content) - len(content) // 2)
    path.write_bytes(content)
    again = Store.open(path)
    with pytest.raises(StoreError, match="damaged"):
        again.units()
    again.close()


def test_a_second_store_in_one_program_drops_no_lock(store: Store, path: Path) -> None:
    """Closing a file drops all locks that the process holds on it, those of SQLite too."""
    save(store, a_unit("u1"))
    Store.open(path).close()
    other = program("writer.py", path, "other", 0)
    assert other.stdout
    assert other.stdout.readline() == "ready\n"
    other.kill()
    other.communicate()
    held = Path("/proc/locks").read_text()
    assert f":{path.stat().st_ino} " in held
    save(store, a_unit("u2"))
    store.close()
    again = Store.open(path)
    assert [unit.id for unit in again.units()] == ["u1", "u2"]
    again.close()
