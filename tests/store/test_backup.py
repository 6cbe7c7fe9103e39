"""Backups: whole or not there, made while benches work; which stay, and what is never touched."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bench.clock import FixedClock
from bench.settings import Settings
from bench.store.backup import BackupFailed, make_backup, named_as
from bench.store.errors import StoreError
from bench.store.manifest import BadManifest, beside, read_manifest
from bench.store.rotation import Made, backups_in, rotate, rotate_copies, to_keep
from bench.store.snapshot import open_snapshot
from bench.store.whole import sha256_of
from bench.workflow.backing_up import Automatic, back_up, due, folder_of
from bench.workflow.proving import prove
from tests.store.helpers import NOON, ROOT, program
from tests.store.histories import a_history, content

Where = Path | str


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder for backups."""
    folder = tmp_path / "kept"
    folder.mkdir()
    return folder


def _settings(where: Where, **more: object) -> Settings:
    return Settings(database=where, **more)  # type: ignore[arg-type]


def test_a_backup_has_everything_and_a_manifest(where: Where, kept: Path) -> None:
    a_history(where)
    file, manifest = make_backup(where, kept, NOON, "by hand")
    assert file.name.startswith("bench-2026-03-02-120000.")
    assert read_manifest(beside(file)) == manifest
    assert manifest.sha256 == sha256_of(file)
    assert manifest.size == file.stat().st_size
    assert (manifest.events, manifest.units, manifest.rows["unit"]) == (30, 6, 6)
    assert manifest.schema[:2] == ["0001_first", "0002_proof"]
    assert file.stat().st_mode & 0o777 == 0o600
    assert {entry.name for entry in kept.iterdir()} == {file.name, beside(file).name}


def test_a_backup_of_a_file_is_a_database(path: Path, kept: Path) -> None:
    a_history(path)
    file, manifest = make_backup(path, kept, NOON, "by hand")
    assert content(file) == content(path)
    assert prove(file).count == 0
    assert manifest.form == "sqlite"


@pytest.mark.engines("postgresql")
def test_a_backup_of_a_server_is_the_open_form(where: Where, kept: Path) -> None:
    a_history(where)
    file, manifest = make_backup(where, kept, NOON, "by hand")
    with gzip.open(file, "rt") as stream:
        lines = [json.loads(line) for line in stream]
    assert manifest.form == "open"
    assert [line["op_id"] for line in lines if line.get("table") == "event"][:2] == ["u0-1", "u0-2"]
    assert lines[-1]["heads"] == manifest.heads
    assert "bench@" not in manifest.database


def test_the_same_history_has_the_same_heads_on_each_engine(
    where: Where, tmp_path: Path, kept: Path
) -> None:
    a_history(where)
    a_history(tmp_path / "other.db")
    ours = make_backup(where, kept, NOON, "")[1]
    other = make_backup(tmp_path / "other.db", kept, NOON, "")[1]
    assert (ours.heads, ours.units) == (other.heads, other.units)


def test_two_backups_of_one_second_have_two_names(where: Where, kept: Path) -> None:
    a_history(where, units=1)
    names = {make_backup(where, kept, NOON, "")[0].name for _ in range(3)}
    assert len(names) == 3


def test_the_name_is_the_warehouses_time(path: Path, kept: Path) -> None:
    a_history(path, units=1)
    clock = FixedClock(datetime(2026, 3, 2, 23, 30, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
    made = back_up(_settings(path), clock, kept)
    assert made.file.name == "bench-2026-03-03-003000.db"
    assert made.manifest.made_at == "2026-03-02T23:30:00.000000Z"


def test_progress_is_told(path: Path, kept: Path) -> None:
    a_history(path)
    told: list[tuple[str, float]] = []
    make_backup(path, kept, NOON, "", lambda what, part: told.append((what, part)))
    assert {"copying", "reading the events", "taking the checksum"} <= {what for what, _ in told}
    assert all(0 <= part <= 1 for _, part in told)


def test_a_backup_is_one_moment_of_a_store_at_work(where: Where, kept: Path) -> None:
    a_history(where)
    writers = [program("writer.py", where, name, 0) for name in "ab"]
    try:
        for writer in writers:
            assert writer.stdin is not None
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            writer.stdin.write("\n")
            writer.stdin.flush()
            assert writer.stdout.readline()
        for number in range(5):
            file, manifest = make_backup(where, kept, NOON + timedelta(number), "")
            assert sha256_of(file) == manifest.sha256
            assert manifest.events > 30
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()
    if file.suffix == ".db":
        assert prove(file).count == 0
    assert prove(where, backup=file).count == 0


def test_a_large_file_is_copied_in_one_go_however_busy(path: Path, kept: Path) -> None:
    a_history(path, units=2000, events=20)
    writer = program("writer.py", path, "w", 0)
    try:
        assert writer.stdin is not None
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        writer.stdin.write("\n")
        writer.stdin.flush()
        parts: list[float] = []

        def told(what: str, part: float) -> None:
            if what == "copying":
                parts.append(part)
                assert writer.stdout is not None
                assert writer.stdout.readline()  # another step is saved between two pieces

        make_backup(path, kept, NOON, "", told)
    finally:
        writer.kill()
        writer.communicate()
    assert len(parts) > 1
    assert parts == sorted(parts)


# --- what goes wrong


def test_a_folder_that_is_not_there_is_not_made(where: Where, tmp_path: Path) -> None:
    a_history(where, units=1)
    with pytest.raises(BackupFailed, match=r"there is no folder .*usb"):
        make_backup(where, tmp_path / "usb", NOON, "")
    assert not (tmp_path / "usb").exists()


_KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from bench.store.backup import make_backup
where = sys.argv[1] if "://" in sys.argv[1] else Path(sys.argv[1])
left = [int(sys.argv[3])]
def told(what, part):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
make_backup(where, Path(sys.argv[2]), datetime(2026, 3, 2, 12, tzinfo=UTC), "", told)
"""


def _python(code: str, *args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, args)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_killed_backup_counts_for_nothing(where: Where, kept: Path) -> None:
    a_history(where, units=300)
    killed = 0
    for moment in range(1, 60):
        ended = _python(_KILLED, where, kept, moment)
        assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
        if ended.returncode == 0:
            break
        killed += 1
        assert backups_in(kept, named_as(where)) == []
        assert not list(kept.glob("bench-*"))
    assert killed >= 3
    (made,) = backups_in(kept, named_as(where))
    assert prove(where, backup=made.file).count == 0


_FULL = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from bench.store.backup import BackupFailed, make_backup
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
where = sys.argv[1] if "://" in sys.argv[1] else Path(sys.argv[1])
try:
    make_backup(where, Path(sys.argv[2]), datetime(2026, 3, 2, 12, tzinfo=UTC), "")
except BackupFailed as error:
    print(error.what)
"""


def test_a_full_disk_is_said_and_leaves_nothing(where: Where, kept: Path) -> None:
    a_history(where, units=300)
    ended = _python(_FULL, where, kept, 20_000)
    said = "or is full" if isinstance(where, Path) else "there is no room left"
    assert said in ended.stdout, ended.stderr
    assert str(kept) in ended.stdout
    assert list(kept.iterdir()) == []
    assert prove(where).count == 0


def test_a_small_disk_is_full(where: Where, tmp_path: Path) -> None:
    a_history(where, units=600, events=6)
    disk = tmp_path / "usb"
    disk.mkdir()
    code = _FULL.replace("resource.setrlimit", "(lambda *_: None)")
    mount = 'mount -t tmpfs -o size=64k tmpfs "$1" && exec "$2" -c "$3" "$4" "$1" 0'
    ended = subprocess.run(
        [
            *("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh"),
            *(str(disk), sys.executable, code, str(where)),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.stderr.startswith(("mount:", "unshare:")):
        pytest.skip("this machine lets no test mount a disk")
    assert f"No backup was made: there is no room left in {disk}." in ended.stdout, ended.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_said(path: Path, kept: Path) -> None:
    a_history(path, units=1)
    kept.chmod(0o500)
    with pytest.raises(BackupFailed, match="may not be written"):
        make_backup(path, kept, NOON, "")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"format":"other"}', '{"format":"bench-backup","version":2}', "[" * 9999],
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "m.json"
    file.write_text(text)
    with pytest.raises(BadManifest):
        read_manifest(file)


def test_a_manifest_cannot_point_elsewhere(path: Path, kept: Path) -> None:
    a_history(path, units=1)
    file, _ = make_backup(path, kept, NOON, "")
    text = beside(file).read_text().replace(f'"{file.name}"', '"../../etc/passwd"')
    beside(file).write_text(text)
    with pytest.raises(BadManifest, match="file is missing or wrong"):
        read_manifest(beside(file))


# --- which stay


def _made(*moments: str) -> list[Made]:
    return [Made(Path(m), datetime.fromisoformat(m)) for m in moments]


def test_the_last_of_each_day_and_week_stays() -> None:
    days = [f"2026-03-{day:02d}T{hour}:00" for day in range(1, 31) for hour in ("08", "20")]
    stay = sorted(str(file) for file in to_keep(_made(*days), 3, 3))
    assert stay == [
        *("2026-03-22T20:00", "2026-03-28T20:00", "2026-03-29T20:00"),
        *("2026-03-30T08:00", "2026-03-30T20:00"),
    ]


def test_days_without_backups_cost_none() -> None:
    stay = to_keep(_made("2024-01-01T08:00", "2025-06-01T08:00", "2026-03-01T08:00"), 2, 0)
    assert stay == {Path("2025-06-01T08:00"), Path("2026-03-01T08:00")}


def test_rotation_leaves_what_is_not_ours(path: Path, kept: Path) -> None:
    a_history(path, units=1)
    for day in range(12):
        make_backup(path, kept, NOON + timedelta(day), "")
    other = path.with_name("other.db")
    a_history(other, units=1)
    theirs, _ = make_backup(other, kept, NOON - timedelta(99), "")
    strangers = [kept / "bench-2020-01-01-000000.db", kept / "photo.jpg", kept / "bench-x.db"]
    for stranger in strangers:
        stranger.write_text("precious")
    gone = rotate(kept, named_as(path), 3, 2)
    assert len(gone) == 12 - 4
    assert len(backups_in(kept, named_as(path))) == 4
    assert not any(beside(file).exists() or file.exists() for file in gone)
    assert all(file.exists() for file in (*strangers, theirs, beside(theirs)))


def test_what_killed_backups_left_goes_after_a_day(path: Path, kept: Path) -> None:
    a_history(path, units=1)
    file, _ = make_backup(path, kept, NOON, "")
    left = [".bench-2026-01-01-000000.db.making", "bench-2026-01-01-000000.db.json"]
    for name in (*left, ".bench-2026-02-02-000000.db.making"):
        (kept / name).write_text("half")
    for name in left:
        os.utime(kept / name, (time.time() - 90_000,) * 2)
    rotate(kept, named_as(path), 7, 4)
    names = {entry.name for entry in kept.iterdir()}
    assert names == {file.name, beside(file).name, ".bench-2026-02-02-000000.db.making"}


def test_copies_before_changes_are_kept_apart(kept: Path) -> None:
    names = ["bench.before-0002_proof.db", "bench.before-0003_more.db"]
    names += [f"bench.before-restore-2026-01-0{day}-120000.db" for day in (1, 2, 3)]
    for name in (*names, "bench.before-christmas.db", "other.before-0002_proof.db"):
        (kept / name).write_text("x")
        time.sleep(0.01)
    rotate_copies(kept, "bench")
    left = {entry.name for entry in kept.iterdir()}
    assert left == {*names[2:], "bench.before-christmas.db", "other.before-0002_proof.db"}


def test_a_named_folder_is_not_rotated(path: Path, kept: Path) -> None:
    a_history(path, units=1)
    settings = _settings(path, backup_daily=1, backup_weekly=0)
    for day in range(3):
        assert back_up(settings, FixedClock(NOON + timedelta(day)), kept).gone == ()
    for day in range(3):
        back_up(settings, FixedClock(NOON + timedelta(day)))
    assert len(backups_in(kept, named_as(path))) == 3
    assert len(backups_in(path.parent / "backups", named_as(path))) == 1


def test_old_copies_before_migrations_go_with_the_next_backup(path: Path) -> None:
    a_history(path, units=1)
    folder = path.parent / "backups"
    folder.mkdir()
    for number in range(5):
        (folder / f"bench.before-000{number}_more.db").write_text("x")
        time.sleep(0.01)
    back_up(_settings(path), FixedClock(NOON))
    left = sorted(entry.name for entry in folder.glob("*before*"))
    assert left == [f"bench.before-000{number}_more.db" for number in (2, 3, 4)]


# --- the backup of the day


def test_due_once_a_day(path: Path) -> None:
    a_history(path, units=1)
    settings = _settings(path)
    assert due(settings, FixedClock(NOON))
    back_up(settings, FixedClock(NOON))
    assert not due(settings, FixedClock(NOON + timedelta(hours=11)))
    assert due(settings, FixedClock(NOON + timedelta(hours=13)))
    assert not due(_settings(path, backup_automatic=False), FixedClock(NOON + timedelta(9)))


@pytest.mark.engines("postgresql")
def test_a_server_is_backed_up_by_itself_only_with_a_folder(where: Where, kept: Path) -> None:
    assert folder_of(_settings(where)) is None
    assert not due(_settings(where), FixedClock(NOON))
    assert due(_settings(where, backup_folder=kept), FixedClock(NOON))
    with pytest.raises(BackupFailed, match="no folder for backups of its own"):
        back_up(_settings(where), FixedClock(NOON))


def _heard(settings: Settings, day: int = 0, times: int = 1) -> list[StoreError | None]:
    heard: list[StoreError | None] = []
    automatic = Automatic(settings, FixedClock(NOON + timedelta(day)), heard.append)
    for _ in range(times):
        automatic.look()
        _end_of_backups()
    return heard


def _end_of_backups() -> None:
    for thread in threading.enumerate():
        if thread.name == "backup":
            thread.join()


def test_the_day_is_backed_up_in_silence(where: Where, kept: Path) -> None:
    a_history(where)
    settings = _settings(where, backup_folder=kept)
    assert _heard(settings, times=3) == []
    assert len(backups_in(kept, named_as(where))) == 1
    assert _heard(settings, day=1) == []
    assert len(backups_in(kept, named_as(where))) == 2


def test_a_failure_is_told_and_so_is_its_end(where: Where, kept: Path) -> None:
    a_history(where, units=1)
    missing = kept / "usb"
    heard: list[StoreError | None] = []
    settings = _settings(where, backup_folder=missing)
    automatic = Automatic(settings, FixedClock(NOON), heard.append)
    automatic.look()
    _end_of_backups()
    missing.mkdir()
    automatic.look()
    _end_of_backups()
    first, second = heard
    assert isinstance(first, BackupFailed)
    assert "there is no folder" in first.what
    assert second is None


def test_leaving_gives_a_backup_up_and_leaves_nothing(path: Path) -> None:
    a_history(path, units=400, events=20)
    heard: list[StoreError | None] = []
    automatic = Automatic(_settings(path), FixedClock(NOON), heard.append)
    automatic.stop()
    automatic.look()
    _end_of_backups()
    assert heard == []
    names = [entry.name for entry in (path.parent / "backups").iterdir()]
    assert names == ["bench-backup.lock"]


def test_benches_of_one_file_make_one_backup_a_day(path: Path) -> None:
    a_history(path, units=50)
    each = [Automatic(_settings(path), FixedClock(NOON), lambda error: None) for _ in range(4)]
    for automatic in each:
        automatic.look()
    _end_of_backups()
    assert len(backups_in(path.parent / "backups", named_as(path))) == 1


def test_a_backup_is_looked_at_without_a_trace(path: Path, kept: Path) -> None:
    a_history(path, units=1)
    file, _ = make_backup(path, kept, NOON, "")
    with open_snapshot(file, held=False) as snapshot:
        assert snapshot.number("SELECT count(*) FROM unit") == 1
    assert len(list(kept.iterdir())) == 2
