"""The real program on a real disk that runs full in mid-shift, and is given room again."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from bench.store.records import Step
from tests.terminal.harness import BENCH, Terminal
from tests.terminal.seeds import Seed, seed
from tests.terminal.warehouse import there

MINE = Seed("3146023104410271")
SCRIPT = """
mount -t tmpfs -o size=1m tmpfs "$DISK"
cp "$SEEDED" "$DISK/bench.db"
dd if=/dev/zero of="$DISK/other" bs=1024 count=2000 2>/dev/null || true
truncate -s "-$LEFT" "$DISK/other"
exec "$@"
"""
"""A disk with the database on it, and LEFT free."""


class OnSmallDisk(Terminal):
    """A station whose database lies on a full disk of its own."""

    def command(self) -> list[str]:
        """The program, on its disk."""
        alone = ["unshare", "--user", "--map-root-user", "--mount"]
        database = ["--database", str(self.disk / "bench.db"), "--settings", str(self.settings)]
        return [*alone, "sh", "-c", SCRIPT, "sh", *BENCH, *database]

    @property
    def disk(self) -> Path:
        """Where the disk is mounted, for the program only."""
        return self.home / "disk"

    def from_outside(self, name: str) -> Path:
        """A file on that disk, as it is seen from here."""
        return Path(f"/proc/{self.program}/root{self.disk / name}")


@pytest.fixture
def full(tmp_path: Path) -> OnSmallDisk:
    """A station that is not started yet, with one expected unit."""
    alone = ["unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs"]
    if shutil.which("unshare") is None or subprocess.call([*alone, str(tmp_path)]):
        pytest.skip("this machine lets no test mount a disk")
    seed(tmp_path / "seeded", [MINE])
    station = OnSmallDisk(tmp_path / "home")
    station.disk.mkdir()
    seeded = str(tmp_path / "seeded" / "bench.db")
    station.extra = {"DISK": str(station.disk), "SEEDED": seeded, "LEFT": "44K"}
    return station


def test_full_at_the_start(full: OnSmallDisk) -> None:
    full.extra = {**full.extra, "LEFT": "0"}
    full.spawn()
    try:
        full.wait_for("The disk is full", "BENCHNEXT")
        full.from_outside("other").unlink()
        full.scan("BENCHNEXT")
        full.wait_for("scan a unit")
        full.scan(MINE.serial)
        full.wait_for("expected on RMA")
    finally:
        full.kill9()


def test_full_kept_elsewhere_and_done_when_there_is_room(full: OnSmallDisk) -> None:
    with full as station:
        station.scan(MINE.serial)
        station.wait_for("expected on RMA")
        station.scan("BENCHUSED")
        station.scan("BENCHOK")
        station.wait_for("The disk is full: this step was not saved", "BENCHNEXT", "BENCHPUT")
        station.scan("BENCHNEXT")
        station.wait_for("The disk is full: this step was not saved")
        station.key(b"k")
        station.wait_for("✔ kept in", "bench-kept-")
        kept = [file for file in station.home.rglob("*.txt") if MINE.serial in file.read_text()]
        assert len(kept) == 1
        assert kept[0].stat().st_mode & 0o777 == 0o600
        station.from_outside("other").unlink()
        station.key(b"t")
        station.wait_for("received as RMA", "saved")
        station.pause()
        station.scan("BENCHFXD")
        station.wait_for("diagnosed: repair")
        station.scan(MINE.serial)
        copy = station.home / "bench.db"
        for end in ("", "-wal"):
            shutil.copy(station.from_outside("bench.db" + end), f"{copy}{end}")
    steps = there(copy, MINE.serial).steps()
    assert steps == [Step.EXPECTED, Step.RECEIVED, Step.DIAGNOSED]
