"""Captures whose process was killed, whose machine lost its power, or that somebody changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.evidence.capture_format import Kind, Meta, decode, read_meta
from bench.hardware.capture_recovery import recover, verify
from bench.hardware.capture_writer import TURN, CaptureWriter, make_folder
from bench.hardware.retention import sweep
from tests.hardware.test_capture_writer import reads

_ID = "fedcba9876543210" * 2
_NOW = datetime(2026, 11, 26, tzinfo=UTC)
_MIB = b"m" * (1 << 20)


def written(root: Path, closed: bool = True) -> Path:
    """A capture of 2 MiB and a bit."""
    folder = make_folder(root, "x", _ID, _NOW)
    writer = CaptureWriter(folder, Meta(_ID, "x", "/dev/x"))
    for data in (b"begin", _MIB, b"middle", _MIB, b"end"):
        parts = [data[at : at + 65536] for at in range(0, len(data), 65536)]
        while writer.drain(reads(*parts)) == TURN:
            parts = parts[TURN // 65536 :]
            writer.tell()
        writer.sent(b"t", secret=False)
    if closed:
        writer.close("asked", _NOW)
    else:
        writer.abandon()
    return folder


def change(path: Path, at: int, new: bytes) -> None:
    """Overwrites bytes of a file."""
    with path.open("r+b") as file:
        file.seek(at)
        file.write(new)


def cut_end(path: Path, size: int) -> None:
    """Takes bytes off the end of a file."""
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - size)


def swap_mark(path: Path) -> None:
    """Another time in a line of the index that is still one."""
    text = path.read_text()
    path.write_text(text.replace('"o":5,"n":262144', '"o":5,"n":262140', 1))


def test_a_capture_as_it_was_sealed(tmp_path: Path) -> None:
    folder = written(tmp_path)
    seal = read_meta(folder).seal
    assert verify(folder, seal) == []
    assert verify(folder, "0" * 64) == ["The seal is not the one that the RMA's record keeps."]
    assert recover(folder).seal == seal


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda f: change(f / "raw.bin", 2, b"X"), "raw.bin was changed between bytes 0 and"),
        (lambda f: change(f / "raw.bin", 2 << 20, b"X"), "raw.bin was changed between bytes 1"),
        (lambda f: cut_end(f / "raw.bin", 1), "raw.bin was changed"),
        (lambda f: change(f / "raw.bin", (2 << 20) + 14, b"more"), "raw.bin has bytes after"),
        (lambda f: change(f / "typed.bin", 1, b"X"), "typed.bin was changed"),
        (lambda f: change(f / "typed.bin", 5, b"X"), "typed.bin has bytes after"),
        (lambda f: swap_mark(f / "index.jsonl"), "The index was changed before"),
        (lambda f: cut_end(f / "index.jsonl", 1), "does not end with the seal"),
        (lambda f: change(f / "index.jsonl", 0, b"#"), "Line 1 of the index is no record"),
        (lambda f: (f / "meta.json").unlink(), "no meta.json"),
    ],
)
def test_what_was_changed_is_said(
    tmp_path: Path, spoil: Callable[[Path], object], problem: str
) -> None:
    folder = written(tmp_path)
    spoil(folder)
    assert any(problem in one for one in verify(folder))


def test_bytes_that_were_removed_on_purpose_leave_the_proof(tmp_path: Path) -> None:
    folder = written(tmp_path)
    seal = read_meta(folder).seal
    assert len(sweep(tmp_path, _NOW + timedelta(days=91), 90, lambda meta: True).erased) == 1
    assert read_meta(folder).erased == "2027-02-25T00:00:00+00:00"
    assert verify(folder, seal) == []
    assert recover(folder).seal == seal
    assert verify(folder, "0" * 64) == ["The seal is not the one that the RMA's record keeps."]
    swap_mark(folder / "index.jsonl")
    assert any("The index was changed before" in one for one in verify(folder))


def test_bytes_that_are_missing_without_a_word_are_no_retention(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "raw.bin").unlink()
    assert verify(folder) == ["raw.bin is missing."]
    (folder / "index.jsonl").unlink()
    assert verify(folder) == ["index.jsonl is missing."]


def test_what_the_index_lacks_is_added_and_what_is_broken_cut_off(tmp_path: Path) -> None:
    folder = written(tmp_path, closed=False)
    assert verify(folder) == ["The capture is not closed: close it, or recover it, first."]
    with (folder / "raw.bin").open("ab") as raw, (folder / "index.jsonl").open("ab") as index:
        raw.write(b"unindexed" + b"\0" * 40)
        index.write(b'{"t":1,"w":2,"e":"data","o":20' + b"\0" * 70)
    with (folder / "typed.bin").open("ab") as typed:
        typed.write(b"pass")
    before = (folder / "raw.bin").read_bytes()
    meta = recover(folder)
    assert (folder / "raw.bin").read_bytes() == before
    lines = [decode(line) for line in (folder / "index.jsonl").open("rb")]
    data, sent, recovered, close, last = lines[-5:]
    assert dict(data.fields) == {"o": len(before) - 49, "n": 49}
    assert dict(sent.fields) == {"o": 5, "n": 4, "secret": True}
    assert dict(recovered.fields) == {"cut": 100, "nuls": 40, "missing": 0, "rescued": 0}
    assert (close.kind, last.kind) == (Kind.CLOSE, Kind.HASH)
    assert (meta.bytes, meta.typed) == (len(before), 9)
    assert meta.ended.startswith("20")
    assert verify(folder, meta.seal) == []


def test_bytes_that_the_index_tells_of_and_the_power_cut_took(tmp_path: Path) -> None:
    folder = written(tmp_path, closed=False)
    cut_end(folder / "raw.bin", 2)
    recover(folder)
    lines = [decode(line) for line in (folder / "index.jsonl").open("rb")]
    (recovered,) = [one for one in lines if one.kind is Kind.RECOVERED]
    assert recovered.fields["missing"] == 2
    assert verify(folder) == []


def test_a_kill_between_the_seal_and_the_metadata(tmp_path: Path) -> None:
    folder = written(tmp_path)
    meta = read_meta(folder)
    text = (folder / "meta.json").read_text()
    (folder / "meta.json").write_text(text.replace(meta.seal, ""))
    index = (folder / "index.jsonl").read_bytes()
    assert recover(folder).seal == meta.seal
    assert (folder / "index.jsonl").read_bytes() == index


def test_a_capture_that_never_got_a_byte(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "x", _ID, _NOW)
    CaptureWriter(folder, Meta(_ID, "x", "/dev/x")).abandon()
    assert recover(folder).bytes == 0
    assert verify(folder) == []
