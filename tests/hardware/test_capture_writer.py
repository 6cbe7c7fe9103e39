"""Writing a capture where the disk is full: nothing is lost in silence, and the order stays."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from bench.evidence.capture_format import Kind, Meta, decode, read_meta
from bench.hardware.capture_recovery import verify
from bench.hardware.capture_sync import Syncer
from bench.hardware.capture_writer import CaptureWriter, make_folder, write_meta
from tests.hardware.console_device import Captures, Device, raw_of, size_of, until

_NOW = datetime(2026, 11, 26, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
_ID = "0123456789abcdef" * 2


class Disk:
    """A disk that can be full: stands in for os.write of the module."""

    def __init__(self) -> None:
        self.room = 1 << 40

    def write(self, file: int, data: bytes) -> int:
        """Writes what there is room for."""
        if self.room <= 0:
            raise OSError(28, "No space left on device")
        done = os.write(file, data[: self.room])
        self.room -= done
        return done


class _Os:
    def __init__(self, disk: Disk) -> None:
        self.write = disk.write

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    one = Disk()
    monkeypatch.setattr("bench.hardware.capture_writer.os", _Os(one))
    return one


def begin(root: Path, held_limit: int = 1 << 20) -> CaptureWriter:
    """A capture in a new folder."""
    folder = make_folder(root, "Port 1", _ID, _NOW)
    return CaptureWriter(folder, Meta(_ID, "Port 1", "/dev/x"), held_limit)


def reads(*chunks: bytes) -> Callable[[memoryview], int]:
    """A port that has these, and then nothing."""
    left = iter(chunks)

    def read_into(place: memoryview) -> int:
        data = next(left, b"")
        place[: len(data)] = data
        return len(data)

    return read_into


def kinds(folder: Path) -> list[Kind]:
    """What the index tells, in its order."""
    return [decode(line).kind for line in (folder / "index.jsonl").open("rb")]


def test_the_folder_of_a_capture_is_named_in_utc_and_private(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "new", "Bench 2/../x", _ID, _NOW)
    assert folder.relative_to(tmp_path) == Path("new/2026-11-27/043000-Bench-2----x-01234567")
    assert folder.stat().st_mode & 0o777 == folder.parent.stat().st_mode & 0o777 == 0o700
    with pytest.raises(FileExistsError):
        make_folder(tmp_path / "new", "Bench 2/../x", _ID, _NOW)


def test_bytes_wait_in_memory_while_the_disk_is_full(tmp_path: Path, disk: Disk) -> None:
    writer = begin(tmp_path)
    writer.drain(reads(b"a" * 4095, b"b" * 10))
    writer.tell()
    disk.room = 100
    writer.drain(reads(b"c" * 4095, b"d" * 4095, b""))
    writer.sent(b"typed", False)
    assert writer.trouble == "the disk is full"
    assert writer.held > 8000
    with pytest.raises(OSError, match="memory only"):
        writer.close("asked", _NOW)
    assert (writer.folder / "raw.bin").stat().st_size == 4105 + 100
    disk.room = 1 << 40
    writer.retry()
    assert (writer.trouble, writer.held) == ("", 0)
    meta = writer.close("asked", _NOW)
    raw = b"a" * 4095 + b"b" * 10 + b"c" * 4095 + b"d" * 4095
    assert (writer.folder / "raw.bin").read_bytes() == raw
    assert (writer.folder / "typed.bin").read_bytes() == b"typed"
    told = kinds(writer.folder)
    full = [Kind.FULL, Kind.DATA, Kind.SENT, Kind.ROOM, Kind.CLOSE, Kind.HASH]
    assert told == [Kind.DATA, Kind.DATA, *full]
    assert verify(writer.folder, meta.seal) == []


def test_each_byte_is_told_once_where_the_disk_fills_up_in_a_turn(
    tmp_path: Path, disk: Disk
) -> None:
    """Bytes from before are still to be told, and the second read of a turn finds no room."""
    writer = begin(tmp_path)
    writer.drain(reads(b"a" * 10))
    assert writer.untold
    disk.room = 4095 + 100
    writer.drain(reads(b"b" * 4095, b"c" * 4095, b""))
    disk.room = 1 << 40
    writer.retry()
    meta = writer.close("asked", _NOW)
    assert verify(writer.folder, meta.seal) == []
    assert (writer.folder / "raw.bin").read_bytes() == b"a" * 10 + b"b" * 4095 + b"c" * 4095


def test_past_the_limit_the_index_tells_what_was_dropped(tmp_path: Path, disk: Disk) -> None:
    writer = begin(tmp_path, 10_000)
    disk.room = 0
    writer.drain(reads(*[b"k" * 4095, b"k" * 4095, b"l" * 4095, b"l" * 4095, b""]))
    assert writer.dropped == 8190
    disk.room = 1 << 40
    writer.retry()
    writer.drain(reads(b"after"))
    writer.close("asked", _NOW)
    assert (writer.folder / "raw.bin").read_bytes() == b"k" * 8190 + b"after"
    lines = [decode(line) for line in (writer.folder / "index.jsonl").open("rb")]
    full = [dict(one.fields) for one in lines if one.kind is Kind.FULL]
    assert [(one["dropped"], one["o"]) for one in full] == [(0, 0), (8190, 8190)]
    assert verify(writer.folder) == []


def test_a_full_disk_met_by_the_index_alone(tmp_path: Path, disk: Disk) -> None:
    writer = begin(tmp_path)
    disk.room = 15
    writer.drain(reads(b"only this"))
    writer.tell()
    writer.record(Kind.MARK, text="m", o=9)
    disk.room = 20  # a little room: a part of a line, and full again
    writer.retry()
    assert writer.held > 0
    disk.room = 1 << 40
    writer.close("asked", _NOW)
    told = kinds(writer.folder)
    assert told == [Kind.DATA, Kind.FULL, Kind.MARK, Kind.ROOM, Kind.CLOSE, Kind.HASH]
    assert verify(writer.folder) == []


def test_metadata_that_cannot_be_written_at_the_end(tmp_path: Path, disk: Disk) -> None:
    writer = begin(tmp_path)
    writer.drain(reads(b"x"))
    writer.record(Kind.CLOSE, why="")
    disk.room = 1 << 40
    (writer.folder / "meta.json.new").mkdir()
    with pytest.raises(OSError, match=r"meta\.json"):
        writer.close("asked", _NOW)
    (writer.folder / "meta.json.new").rmdir()
    meta = writer.close("asked", _NOW)
    assert kinds(writer.folder).count(Kind.HASH) == 1
    assert verify(writer.folder, meta.seal) == []


def test_one_index_record_for_reads_that_follow_and_a_turn_can_be_ended(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    heard: list[bytes] = []
    read = reads(b"1" * 4095, b"2" * 4095, b"3")

    def hear(data: bytes) -> bool:
        heard.append(data)
        return True

    assert writer.drain(read, hear) == 4095
    assert writer.drain(read) == 4096
    assert heard == [b"1" * 4095]
    assert (writer.untold, kinds(writer.folder)) == (True, [])
    writer.tell()
    writer.tell()
    assert kinds(writer.folder) == [Kind.DATA]
    writer.abandon()


def test_what_was_read_before_the_cable_was_pulled_is_in_the_index(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    port = reads(b"x" * 4095)

    def read(place: memoryview) -> int:
        if done := port(place):
            return done
        raise OSError(5, "gone")

    with pytest.raises(OSError, match="gone"):
        writer.drain(read)
    writer.tell()
    assert kinds(writer.folder) == [Kind.DATA]
    writer.abandon()


def test_metadata_is_always_whole(tmp_path: Path) -> None:
    write_meta(tmp_path, Meta(_ID, "a", "b"))
    write_meta(tmp_path, Meta(_ID, "c", "d"))
    assert read_meta(tmp_path).name == "c"
    assert [path.name for path in tmp_path.iterdir()] == ["meta.json"]


def test_a_sync_says_what_is_on_the_disk_and_what_went_wrong(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        syncer = Syncer((file.fileno(),), lambda: 7)
        syncer.dirty()
        until(lambda: syncer.synced.o == 7)
        assert abs(syncer.synced.w - time.time_ns()) < 10**11
        syncer.end()
    closed = Syncer((file_number(tmp_path),), lambda: 9)
    closed.now()
    until(lambda: closed.trouble)
    assert closed.synced.o == 0
    closed.end()


def file_number(folder: Path) -> int:
    """A descriptor that is closed."""
    number = os.open(folder / "file", os.O_RDONLY)
    os.close(number)
    return number


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A disk of 128 KiB."""
    place = tmp_path / "tiny"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no small disk can be made here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_disk_that_is_really_full(tiny: Path, tmp_path: Path) -> None:
    with closing(Captures(tiny / "captures")) as captures:
        _fill(Device(tmp_path / "console"), captures, tiny)


def _fill(device: Device, captures: Captures, tiny: Path) -> None:
    one = captures.start(device.link)
    device.say(bytes(range(256)) * 1000)
    until(lambda: one.status()["bytes"] == 256_000)
    assert one.status()["trouble"] == "the disk is full"
    assert size_of(one) < 140_000
    subprocess.run(["mount", "-o", "remount,size=4m", str(tiny)], check=True)
    until(lambda: one.status()["held"] == 0)
    meta = one.close()
    assert raw_of(one) == bytes(range(256)) * 1000
    assert verify(one.folder, meta.seal) == []
    assert meta.ended >= datetime.now(UTC).isoformat()[:10]
    device.unplug()


def test_what_came_before_the_cable_went_is_written(tmp_path: Path) -> None:
    """The third read of a turn finds no port; the two before it wait for nothing."""
    writer, whole = begin(tmp_path), reads(b"a" * 4095, b"b" * 4095)

    def read_into(place: memoryview) -> int:
        length = whole(place)
        if not length:
            raise OSError(5, "Input/output error")
        return length

    with pytest.raises(OSError, match="Input/output"):
        writer.drain(read_into)
    assert (writer.folder / "raw.bin").read_bytes() == b"a" * 4095 + b"b" * 4095
    meta = writer.close("unplugged", _NOW)
    assert meta.bytes == 8190
    assert verify(writer.folder, meta.seal) == []


@pytest.mark.parametrize("listens", [False, True])
def test_full_reads_are_written_together_unless_somebody_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listens: bool
) -> None:
    """Who looks for the rate hears each read, after it is in the file."""
    parts = [bytes([97 + n]) * 4095 for n in range(5)] + [b"end"]
    writer, heard, written = begin(tmp_path), list[bytes](), list[int]()
    raw = writer.folder / "raw.bin"

    def hear(data: bytes) -> bool:
        heard.append(data)
        assert raw.read_bytes().endswith(data)
        return False

    class Counting(Disk):
        def write(self, file: int, data: bytes) -> int:
            written.append(len(data))
            return super().write(file, data)

    monkeypatch.setattr("bench.hardware.capture_writer.os", _Os(Counting()))
    assert writer.drain(reads(*parts), hear if listens else None) == 5 * 4095 + 3
    assert raw.read_bytes() == b"".join(parts)
    assert heard == (parts if listens else [])
    assert written == ([4095] * 5 + [3] if listens else [5 * 4095 + 3])
    writer.close("asked", _NOW)
