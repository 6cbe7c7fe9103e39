"""Restoring: checked first, refused while benches work, whole whenever it may be killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.cli import main
from bench.store.backup import make_backup
from bench.store.database import open_link
from bench.store.errors import NewerDatabase, NotADatabase, StoreBusy, StoreError
from bench.store.holding import Hold
from bench.store.loading import load_file
from bench.store.manifest import beside
from bench.store.openform import write_file
from bench.store.restore import SpoiltBackup, choice, finish, put_in_place, staged
from bench.store.rma_numbers import FIRST_KEY
from bench.store.snapshot import open_snapshot
from bench.store.store import Store
from bench.workflow.proving import prove
from tests.store.helpers import NOON, ROOT, log, program, raw
from tests.store.histories import Hand, a_history, content

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def backup(path: Path, tmp_path: Path) -> Path:
    """A backup of a history that has gone on since: event u0-6 came later."""
    a_history(path)
    folder = tmp_path / "kept"
    folder.mkdir()
    file, _ = make_backup(path, folder, NOON, "test")
    store = Store.open(path)
    store.write("", lambda tx: log(tx, "u0-6", "u0", at=NOON + timedelta(days=1)))
    store.close()
    return file


def _has_later(path: Path) -> bool:
    store = Store.open(path)
    found = store.has_event("u0-6")
    store.close()
    return found


def _kept(where: Path | str) -> dict[str, list[tuple[Any, ...]]]:
    """The content, but for what a restore settles: labels and numbers (test_settling.py)."""
    tables = content(where)
    meta = [row for row in tables["meta"] if row[0] != FIRST_KEY]
    return tables | {"print_job": [], "rma_letters": [], "meta": meta}


def _restore(*args: object) -> int:
    return main(["restore", *map(str, args)])


def test_the_backup_is_in_place_and_the_old_one_kept(
    path: Path, backup: Path, capsys: Capture
) -> None:
    assert _restore(backup, "--yes", "--database", path) == 0
    assert not _has_later(path)
    (old,) = (path.parent / "backups").glob("bench.before-restore-*.db")
    assert _has_later(old)
    assert prove(path).count == 0
    assert _kept(path) == _kept(backup)
    told = capsys.readouterr().out
    assert "6 RMAs, 30 events" in told
    assert "6 RMAs, 31 events" in told
    assert "1 events are not in the backup: they would be lost here" in told
    assert str(old) in told
    assert not [file for file in path.parent.iterdir() if "restoring" in file.name]


def test_back_to_where_it_was(path: Path, backup: Path) -> None:
    before = _kept(path)
    assert _restore(backup, "--yes", "--database", path) == 0
    (old,) = (path.parent / "backups").glob("bench.before-restore-*.db")
    assert _restore(old, "--yes", "--database", path) == 0
    assert _kept(path) == before


def test_nothing_happens_without_a_yes(
    path: Path, backup: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _restore(backup, "--database", path) == 2
    assert "add --yes" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda prompt: "no")
    assert _restore(backup, "--database", path) == 1
    assert _has_later(path)
    monkeypatch.setattr("builtins.input", lambda prompt: " YES ")
    assert _restore(backup, "--database", path) == 0
    assert not _has_later(path)


def test_a_new_machine_gets_its_database(backup: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "new" / "place" / "bench.db"
    assert _restore(backup, "--yes", "--database", fresh) == 0
    assert _kept(fresh) == _kept(backup)
    assert fresh.stat().st_mode & 0o777 == 0o600


def test_the_open_form_is_a_backup_too(path: Path, backup: Path, tmp_path: Path) -> None:
    with open_snapshot(backup) as snapshot:
        write_file(snapshot, tmp_path / "all.jsonl.gz", "", pack=True)
    assert _restore(tmp_path / "all.jsonl.gz", "--yes", "--database", path) == 0
    assert _kept(path) == _kept(backup)
    names = {file.name for file in path.parent.iterdir()}
    assert names == {"bench.db", "bench.db.lock", "bench.db.migrate.lock", "backups"}


def test_a_bench_at_work_is_not_pulled_from_under(
    path: Path, backup: Path, capsys: Capture
) -> None:
    bench = program("writer.py", path, "w", 0)
    try:
        assert bench.stdout is not None
        assert bench.stdout.readline() == "ready\n"
        assert _restore(backup, "--yes", "--database", path) == 2
    finally:
        bench.kill()
        bench.communicate()
    assert "Another bench program has this database open" in capsys.readouterr().err
    assert _has_later(path)
    assert _restore(backup, "--yes", "--database", path) == 0  # the killed one holds nothing


def test_no_bench_opens_what_is_being_restored(path: Path, backup: Path) -> None:
    hold = Hold(path, alone=True)
    with pytest.raises(StoreBusy, match="being restored"):
        Store.open(path, patience=0.1)
    hold.release()
    assert _has_later(path)


# --- backups that are not what they should be


def _refused(backup: Path, path: Path, kind: type[StoreError], match: str) -> None:
    before = content(path)
    with pytest.raises(kind, match=match), staged(backup, path):
        pass
    assert content(path) == before
    assert not [file for file in path.parent.iterdir() if "restoring" in file.name]


def test_another_file_than_the_manifest_says_is_refused(path: Path, backup: Path) -> None:
    with Hand(backup) as hand:
        hand.run("UPDATE event SET actor = 'Bob' WHERE op_id = 'u1-1'")
    _refused(backup, path, SpoiltBackup, "not the file that its manifest describes")


def test_a_broken_history_is_refused(path: Path, backup: Path) -> None:
    beside(backup).unlink()
    with Hand(backup) as hand:
        hand.run("UPDATE event SET actor = 'Bob' WHERE op_id = 'u1-1'")
    _refused(backup, path, SpoiltBackup, "1 units are broken .*event 1 of unit u1")


def test_a_damaged_file_is_refused(path: Path, backup: Path) -> None:
    beside(backup).unlink()
    data = bytearray(backup.read_bytes())
    data[-40_000:] = b"\x55" * 40_000
    backup.write_bytes(data)
    _refused(backup, path, StoreError, "damaged|cannot be used|failed")


def test_a_newer_backup_is_refused(path: Path, backup: Path) -> None:
    beside(backup).unlink()
    with raw(backup) as connection:
        row = ("9999_tomorrow", "2031-01-01 00:00:00")
        connection.execute("INSERT INTO schema_migration (name, applied) VALUES (?, ?)", row)
    connection.close()
    _refused(backup, path, NewerDatabase, "newer bench")


def test_a_file_of_another_kind_is_refused(path: Path, backup: Path) -> None:
    beside(backup).unlink()
    backup.write_text("serial,brand\n" * 999)
    _refused(backup, path, NotADatabase, "something else")


def test_the_database_itself_is_no_backup(path: Path, backup: Path, capsys: Capture) -> None:
    assert _restore(path, "--yes", "--database", path) == 2
    assert "is the database itself" in capsys.readouterr().err
    assert _has_later(path)


# --- a database in trouble


def test_a_damaged_database_is_replaced_and_kept(path: Path, backup: Path, capsys: Capture) -> None:
    data = bytearray(path.read_bytes())
    data[100:8192] = b"\xff" * 8092
    path.write_bytes(data)
    assert _restore(backup, "--yes", "--database", path) == 0
    assert "it cannot be read" in capsys.readouterr().out
    assert _kept(path) == _kept(backup)
    (old,) = (path.parent / "backups").glob("bench.before-restore-*.db")
    assert old.read_bytes() == bytes(data)


def test_steps_in_the_journal_of_a_killed_bench_are_kept(path: Path, backup: Path) -> None:
    bench = program("writer.py", path, "w", 0)
    assert bench.stdin is not None
    assert bench.stdout is not None
    assert bench.stdout.readline() == "ready\n"
    bench.stdin.write("\n")
    bench.stdin.flush()
    confirmed = [bench.stdout.readline().strip() for _ in range(20)]
    bench.kill()
    bench.communicate()
    assert path.with_name("bench.db-wal").stat().st_size
    assert _restore(backup, "--yes", "--database", path) == 0
    assert not path.with_name("bench.db-wal").exists()
    (old,) = (path.parent / "backups").glob("bench.before-restore-*.db")
    store = Store.open(old)
    assert all(store.has_event(op_id) for op_id in confirmed)
    store.close()
    assert _kept(path) == _kept(backup)


_KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from bench.store.restore import choice, put_in_place, staged
file, path, left = Path(sys.argv[1]), Path(sys.argv[2]), [int(sys.argv[3])]
def told(what, part):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
with staged(file, path, told) as stage:
    choice(stage, path)
    put_in_place(stage, path, datetime(2026, 3, 3, 12, tzinfo=UTC), told)
"""


def test_whenever_it_is_killed_one_of_the_two_is_in_place(
    path: Path, backup: Path, tmp_path: Path
) -> None:
    old, new = _kept(path), _kept(backup)
    home, seen = tmp_path / "before", set[str]()
    shutil.copytree(path.parent, home)
    for moment in range(1, 40):
        shutil.rmtree(path.parent)
        shutil.copytree(home, path.parent)
        ended = subprocess.run(
            [sys.executable, "-c", _KILLED, str(backup), str(path), str(moment)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
        found = _kept(path)
        assert found in (old, new)
        settled = any(key == FIRST_KEY for key, _ in content(path)["meta"])
        assert settled == (found == new)
        seen.add("old" if found == old else "new")
        assert prove(path).count == 0
        finish(path)
        kept = list((path.parent / "backups").glob("bench.before-restore-*.db"))
        assert [_kept(file) for file in kept] == ([old] if found == new else [])
        if ended.returncode == 0:
            break
        assert _restore(backup, "--yes", "--database", path) == 0
        assert _kept(path) == new
        assert not [file for file in path.parent.iterdir() if "restoring" in file.name]
    assert ended.returncode == 0
    assert moment > 6
    assert seen == {"old", "new"}


def test_only_the_newest_replaced_ones_are_kept(path: Path, backup: Path) -> None:
    for day in range(6):
        with staged(backup, path) as stage:
            put_in_place(stage, path, datetime(2026, 4, 1 + day, tzinfo=UTC))
    names = sorted(file.name for file in (path.parent / "backups").iterdir())
    assert names == [f"bench.before-restore-2026-04-0{day}-000000.db" for day in (4, 5, 6)]


def test_what_would_be_lost_is_counted_exactly(path: Path, backup: Path) -> None:
    store = Store.open(path)
    for number in range(7, 12):
        store.write("", lambda tx, n=number: log(tx, f"u1-{n}", "u1"))  # type: ignore[misc]
    store.close()
    with staged(backup, path) as stage:
        chosen = choice(stage, path)
    assert chosen.lost == 6
    assert chosen.here is not None
    assert chosen.here.newest.startswith("2026-03-03")
    assert chosen.there.newest.startswith("2026-03-02")


# --- a server


@pytest.mark.engines("postgresql")
def test_a_server_is_filled_from_its_backup(where: str, pg_url: str, tmp_path: Path) -> None:
    from tests import pg

    a_history(where)
    file, _ = make_backup(where, tmp_path, NOON, "test")
    fresh = pg.fresh(pg_url, pg.TEMPLATE)
    try:
        assert _restore(file, "--yes", "--database", fresh) == 0
        assert _kept(fresh) == _kept(where)
        before = content(fresh)
        assert _restore(file, "--yes", "--database", fresh) == 2  # it is not empty now
        assert content(fresh) == before
    finally:
        pg.forget(fresh)


@pytest.mark.engines("postgresql")
def test_a_server_wants_the_open_form(where: str, tmp_path: Path, capsys: Capture) -> None:
    a_history(tmp_path / "bench.db", units=1)
    assert _restore(tmp_path / "bench.db", "--yes", "--database", where) == 2
    assert "bench export --what all" in capsys.readouterr().err


def test_a_file_is_filled_from_a_servers_backup(where: Path | str, tmp_path: Path) -> None:
    a_history(where)
    with open_snapshot(where) as snapshot:
        write_file(snapshot, tmp_path / "all.jsonl.gz", "", pack=True)
    assert _restore(tmp_path / "all.jsonl.gz", "--yes", "--database", tmp_path / "n.db") == 0
    assert _kept(tmp_path / "n.db") == _kept(where)
    link = open_link(tmp_path / "m.db", 5.0)
    assert load_file(link, tmp_path / "all.jsonl.gz").units == 6
    link.close()
