"""The file of the scanner check: kept whole, for its owner, and never a reason to crash."""

from __future__ import annotations

import json
import os
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.datafile import data_dir
from bench.scan.layouts import load_layouts
from bench.scan.profile import Profile
from bench.scan.scanner_check import TEST_CODE, learn
from bench.workflow.desk import Refused
from bench.workflow.scanner_profile import (
    LARGEST,
    ProfileTrouble,
    load_profile,
    save_profile,
)

LAYOUTS = load_layouts(data_dir() / "layouts.toml")


@cache
def profiles() -> list[Profile]:
    """What the check learns on every layout, of a scanner with everything there is."""
    gaps = [0.0013, 0.0021]
    return [
        learn(
            layout.typed("\x02]C0" + TEST_CODE.replace("\x1d", "]"), caps, rule),
            gaps,
            "tab",
            LAYOUTS,
            date(2026, 3, 1),
        )
        for layout, caps, rule in LAYOUTS.states()
    ]


def written(folder: Path, **changed: Any) -> Path:
    """A file with a profile in which something is changed."""
    file = folder / "scanner.json"
    save_profile(file, profiles()[0])
    values = json.loads(file.read_text("utf-8")) | changed
    file.write_text(json.dumps(values), "utf-8")
    return file


def test_no_file_means_no_check_was_made(tmp_path: Path) -> None:
    assert load_profile(tmp_path / "none" / "scanner.json") is None


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "home" / "scanner.json"
    for profile in profiles():
        save_profile(file, profile)
        assert load_profile(file) == profile
    assert [entry.name for entry in file.parent.iterdir()] == ["scanner.json"]
    assert file.stat().st_size < LARGEST // 4


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such rights")
def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "scanner.json"
    file.write_text("{}", "utf-8")
    file.chmod(0o644)
    save_profile(file, profiles()[0])
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_an_earlier_try_left_behind_is_no_hindrance(tmp_path: Path) -> None:
    file = tmp_path / "scanner.json"
    file.with_name(f".{file.name}.{os.getpid()}").write_text("half", "utf-8")
    save_profile(file, profiles()[0])
    assert load_profile(file) == profiles()[0]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"{}",
        b"\xff\xfe\x00",
        b"[" * 60_000,
        b"9" * 10_000,
        b'{"version": 2}',
        b"\x00" * LARGEST * 2,
    ],
)
def test_a_file_that_is_none_of_ours_is_refused(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "scanner.json"
    file.write_bytes(text)
    with pytest.raises(ProfileTrouble) as caught:
        load_profile(file)
    assert isinstance(caught.value, Refused)
    assert str(file) in caught.value.what
    assert "scan the test code" in caught.value.remedy


@pytest.mark.parametrize(
    "changed",
    [
        {"fix": {"ab": "c"}},
        {"fix": {"a": ""}},
        {"fix": {"a": "\x1b["}},
        {"fix": {"a": "xyz"}},
        {"fix": {"a": 1}},
        {"fix": []},
        {"aim_first": {"a": "é"}},
        {"caps": 1},
        {"prefix": "x" * 41},
        {"gs": None},
        {"median_us": -1},
        {"p95_us": 1.5},
        {"words": 3},
        {"more": 1},
    ],
)
def test_a_file_that_somebody_changed_is_refused(
    tmp_path: Path, changed: dict[str, object]
) -> None:
    with pytest.raises(ProfileTrouble, match=r"is no file of the scanner check \(.*expected"):
        load_profile(written(tmp_path, **changed))


def test_a_complaint_cannot_steer_the_terminal(tmp_path: Path) -> None:
    with pytest.raises(ProfileTrouble) as caught:
        load_profile(written(tmp_path, **{"\x1b[2J": 1}))
    assert "\x1b" not in str(caught.value)


def test_what_is_no_plain_file_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "scanner.json"
    if hasattr(os, "mkfifo"):
        os.mkfifo(pipe)
    else:
        pipe.mkdir()
    with pytest.raises(ProfileTrouble):
        load_profile(pipe)


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    below = tmp_path / "file" / "scanner.json"
    with pytest.raises(ProfileTrouble, match="cannot be kept"):
        save_profile(below, profiles()[0])
    with pytest.raises(ProfileTrouble, match="cannot be read"):
        load_profile(below)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_profile_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.json"
    file.write_bytes(content)
    with pytest.raises(ProfileTrouble):
        load_profile(file)
