"""Migrations: after a copy, once, never edited, never backwards; on a server only by its owner."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bench.store import migrate
from bench.store.errors import EditedMigration, NewerDatabase, NotADatabase, NotPrepared
from bench.store.server import missing, prepare
from bench.store.store import Store
from tests import pg
from tests.fire.rig import all_events, broken_chains
from tests.store.helpers import a_unit, log, raw, save

OLD_EVENT = """INSERT INTO event (op_id, unit_id, rma_id, seq, step, at, actor, station, data)
VALUES (?, ?, NULL, ?, 'received', '2026-03-02T12:00:00.000000Z', 'Änne', 'bench-1', '{}')"""


@pytest.fixture
def old(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file as the first bench made it, with three events of two units."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    shutil.copy(migrate.MIGRATIONS / "0001_first.py", folder)
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
    store = Store.open(path)
    save(store, a_unit("u1"), a_unit("u2"))
    store.close()
    monkeypatch.undo()
    connection = raw(path)
    for op_id, unit, seq in (("a", "u1", 1), ("b", "u2", 1), ("c", "u1", 2)):
        connection.execute(OLD_EVENT, (op_id, unit, seq))
    connection.execute("DELETE FROM meta")  # the first bench kept no checksums
    connection.close()
    return path


def test_what_was_there_gets_its_chain(old: Path) -> None:
    store = Store.open(old)
    assert [len(event.hash) for event in store.events()] == [32, 32, 32]
    assert broken_chains(list(all_events(store))) == 0
    event = store.write("d", lambda tx: log(tx, "d"))
    assert event.seq == 3
    assert broken_chains(list(all_events(store))) == 0
    store.close()


def test_a_copy_is_kept_from_before(old: Path) -> None:
    Store.open(old).close()
    (copy,) = (old.parent / migrate.BACKUPS).iterdir()
    assert copy.name == "bench.before-0002_proof.db"
    connection = raw(copy)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("SELECT count(*) FROM event").fetchone() == (3,)
    assert "hash" not in {row[1] for row in connection.execute("PRAGMA table_info(event)")}
    connection.close()


def test_a_new_file_needs_no_copy(path: Path) -> None:
    Store.open(path).close()
    assert not (path.parent / migrate.BACKUPS).exists()


def test_the_guards_are_back_after_the_migration(old: Path) -> None:
    Store.open(old).close()
    connection = raw(old)
    for statement in ("UPDATE event SET actor = ''", "DELETE FROM event"):
        with pytest.raises(Exception, match="events are never"):
            connection.execute(statement)
    connection.close()


def test_an_edited_migration_is_named(path: Path) -> None:
    Store.open(path).close()
    connection = raw(path)
    edit = """UPDATE meta SET "value" = 'edited' WHERE "key" = 'migration:0001_first'"""
    connection.execute(edit)
    connection.close()
    with pytest.raises(EditedMigration, match="another version of 0001_first"):
        Store.open(path)


# --- a server


@pytest.fixture
def bare(pg_url: str) -> str:
    """A database on the server that nobody has prepared."""
    return pg.fresh(pg_url)


def test_a_server_is_never_migrated_by_a_bench(bare: str) -> None:
    with pytest.raises(NotPrepared, match=r"lacks 0001_first.*bench db migrate"):
        Store.open(bare)
    assert pg.execute(bare, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_its_owner_prepares_it_once(bare: str) -> None:
    assert missing(bare) == sorted(migrate.known())
    assert prepare(bare) == sorted(migrate.known())
    assert prepare(bare) == missing(bare) == []
    Store.open(bare).close()


def test_owners_at_once_do_it_one_after_the_other(bare: str) -> None:
    ran: list[list[str]] = []
    threads = [threading.Thread(target=lambda: ran.append(prepare(bare))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(len, ran)) == [0, 0, 0, len(migrate.known())]


def test_before_a_later_migration_there_is_time_for_a_backup(
    bare: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder)
    prepare(bare, told.append)
    (folder / "0099_more.py").write_text("def up(migrator, db):\n    pass\n")
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
    assert prepare(bare, told.append) == ["0099_more"]
    assert told == ["0099_more"]


def test_a_newer_server_is_refused(bare: str) -> None:
    prepare(bare)
    row = "INSERT INTO schema_migration (name, applied) VALUES ('9999_tomorrow', now())"
    pg.execute(bare, row)
    name = urlsplit(bare).path.strip("/")
    with pytest.raises(NewerDatabase, match=rf"{name} on 127\.0\.0\.1.*9999_tomorrow"):
        Store.open(bare)
    with pytest.raises(NewerDatabase):
        prepare(bare)


def test_the_database_of_another_program_on_a_server_is_left_alone(bare: str) -> None:
    pg.execute(bare, "CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(NotADatabase, match="another program"):
        prepare(bare)
    assert pg.execute(bare, "SELECT tablename::text FROM pg_tables WHERE schemaname='public'") == [
        ("bookmarks",)
    ]
