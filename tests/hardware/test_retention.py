"""How long captures are kept: the bytes go in time, the proof stays, nothing else is touched."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.evidence.capture_format import INDEX, META, RAW, TYPED, Meta, meta_json, read_meta
from bench.hardware.retention import check_private, make_private, old_captures, sweep

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
OLD = Meta("ab" * 16, "A", "/dev/ttyUSB0", ended="2026-08-01T10:00:00+00:00", seal="cd" * 32)


def capture(root: Path, meta: Meta = OLD, name: str = "101500-A-abababab") -> Path:
    folder = root / "2026-08-01" / name
    folder.mkdir(parents=True)
    for part, data in ((RAW, b"secret"), (TYPED, b"pw"), (INDEX, b"{}\n")):
        (folder / part).write_bytes(data)
    (folder / META).write_bytes(meta_json(meta))
    return folder


def always(meta: Meta) -> bool:
    return True


def test_the_bytes_go_and_the_proof_stays(tmp_path: Path) -> None:
    folder = capture(tmp_path)
    swept = sweep(tmp_path, NOW, 90, always)
    assert (swept.erased, swept.bytes, swept.problems) == ([folder], 8, [])
    assert sorted(path.name for path in folder.iterdir()) == [INDEX, META]
    assert json.loads((folder / META).read_bytes())["erased"] == "2026-11-26T12:00:00+00:00"
    assert read_meta(folder) == replace(OLD, erased="2026-11-26T12:00:00+00:00")


@pytest.mark.parametrize(
    "meta",
    [
        replace(OLD, ended=""),
        replace(OLD, seal=""),
        replace(OLD, ended="2026-11-01T10:00:00+00:00"),
        replace(OLD, ended="soon"),
    ],
)
def test_open_young_and_unclear_captures_stay(tmp_path: Path, meta: Meta) -> None:
    folder = capture(tmp_path, meta)
    assert sweep(tmp_path, NOW, 90, always).kept == 1
    assert (folder / RAW).exists()


def test_the_rma_decides(tmp_path: Path) -> None:
    kept = capture(tmp_path, replace(OLD, rma="1"), "101500-A-1")
    gone = capture(tmp_path, replace(OLD, rma="2"), "101500-A-2")
    assert sweep(tmp_path, NOW, 90, lambda meta: meta.rma == "2").erased == [gone]
    assert (kept / RAW).exists()


def test_whose_bytes_may_go_is_known_before_the_sweep(tmp_path: Path) -> None:
    capture(tmp_path, replace(OLD, rma="1"), "101500-A-1")
    capture(tmp_path, replace(OLD, ended="2026-11-25T10:00:00+00:00"), "101500-A-2")
    (capture(tmp_path, OLD, "101500-A-3") / META).write_bytes(b"{")
    assert [meta.rma for meta in old_captures(tmp_path, NOW, 90)] == ["1"]
    sweep(tmp_path, NOW, 90, always)
    assert old_captures(tmp_path, NOW, 90) == []


def test_a_second_sweep_does_nothing(tmp_path: Path) -> None:
    folder = capture(tmp_path)
    sweep(tmp_path, NOW, 90, always)
    before = (folder / META).read_bytes()
    assert sweep(tmp_path, NOW, 90, always).erased == []
    assert (folder / META).read_bytes() == before


@pytest.mark.parametrize("step", ["unlink", "replace"])
def test_a_sweep_that_was_stopped_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    folder = capture(tmp_path)

    def stopped(*args: object, **more: object) -> None:
        raise OSError(5, "stopped")

    with monkeypatch.context() as patch:
        patch.setattr(os, step, stopped)
        assert len(sweep(tmp_path, NOW, 90, always).problems) == 1
    assert json.loads((folder / META).read_bytes())["erased"] == ""
    assert sweep(tmp_path, NOW, 90, always).erased == [folder]
    assert sorted(path.name for path in folder.iterdir()) == [INDEX, META]


def test_links_are_never_followed(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "captures"
    victim = capture(outside)
    root.mkdir()
    (root / "2026-08-01").symlink_to(outside / "2026-08-01")
    (root / "2026-08-02").mkdir()
    (root / "2026-08-02" / "101500-A-1").symlink_to(victim)
    assert sweep(root, NOW, 90, always).erased == []
    assert (victim / RAW).exists()


def test_a_linked_file_is_let_be(tmp_path: Path) -> None:
    folder = capture(tmp_path / "captures")
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    (folder / RAW).unlink()
    (folder / RAW).symlink_to(victim)
    sweep(tmp_path / "captures", NOW, 90, always)
    assert victim.read_bytes() == b"mine"


def test_what_others_can_read_is_found_and_closed(tmp_path: Path) -> None:
    root = tmp_path / "captures"
    folder = capture(root)
    for path in (root, folder.parent, folder, *folder.iterdir()):
        path.chmod(0o700 if path.is_dir() else 0o600)
    assert check_private(root) == []
    (folder / RAW).chmod(0o644)
    folder.parent.chmod(0o755)
    outside = tmp_path / "outside"
    outside.write_bytes(b"")
    outside.chmod(0o644)
    (folder / "link").symlink_to(outside)
    os.mkfifo(folder / "pipe", 0o666)
    assert check_private(root) == [folder.parent, folder / RAW]
    assert make_private(root) == [folder.parent, folder / RAW]
    assert check_private(root) == []
    assert outside.stat().st_mode & 0o777 == 0o644
