"""Packets that are kept: once, for their owner alone, whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from bench.evidence.packet_zip import packet_zip
from bench.settings import Settings
from bench.workflow.desk import Refused
from bench.workflow.packet_keeping import PACKETS
from bench.workflow.packets import (
    keep_packet,
    kept_packet,
)
from tests.workflow.packet_shelf import (
    CASE,
    PANIC,
    RMA,
    Shelf,
    known,
)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(
        Settings(
            station="Bench 2", captures=tmp_path / "captures", badge_key=tmp_path / "badge.key"
        )
    )


def test_a_kept_packet_is_for_its_owner_alone_and_found_again(shelf: Shelf) -> None:
    facts = shelf.gather(known(shelf.record(PANIC)))
    kept = keep_packet(shelf.root, facts)
    data = kept.path.read_bytes()
    assert hashlib.sha256(data).hexdigest() == kept.sha256
    day = shelf.root / PACKETS / "2026-10-28"
    assert kept.path == day / f"{RMA}-{kept.sha256[:8]}.zip"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (day.parent, day, kept.path)] == [
        *(0o700, 0o700, 0o600)
    ]
    assert data == packet_zip(facts)
    assert kept_packet(shelf.root, kept.sha256) == kept.path


def test_the_same_facts_are_kept_once(shelf: Shelf) -> None:
    source = known(shelf.record(PANIC))
    first, again = (keep_packet(shelf.root, shelf.gather(source)) for _ in range(2))
    assert again == replace(first, already=True)
    assert [path.name for path in first.path.parent.iterdir()] == [first.path.name]
    assert keep_packet(shelf.root, shelf.gather(replace(source, technician="Bo"))) != first


def test_an_incomplete_packet_is_not_kept(shelf: Shelf) -> None:
    facts = shelf.gather(known(replacement=None, case=replace(CASE, output="")))
    with pytest.raises(Refused) as refused:
        keep_packet(shelf.root, facts)
    assert refused.value.what == (
        "the packet is not complete: serial number of the replacement from our stock,"
        " output from the defective unit"
    )
    assert not (shelf.root / PACKETS).exists()


def test_a_number_cannot_steer_the_name(shelf: Shelf) -> None:
    facts = replace(shelf.gather(known()), rma_number="../../etc/\x1b[31m")
    kept = keep_packet(shelf.root, facts)
    assert kept.path.name == f"etc-31m-{kept.sha256[:8]}.zip"


@pytest.mark.parametrize(
    ("number", "remedy"), [(errno.ENOSPC, "make room on the disk"), (errno.EIO, "check the rights")]
)
def test_a_disk_that_fails_leaves_nothing(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    facts = shelf.gather(known())
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(Refused, match=os.strerror(number)) as refused:
        keep_packet(shelf.root, facts)
    assert refused.value.remedy.startswith(remedy)
    assert [path for path in (shelf.root / PACKETS).rglob("*") if path.is_file()] == []


def test_a_folder_that_is_a_file_is_refused(shelf: Shelf) -> None:
    facts = shelf.gather(known())
    shelf.root.mkdir()
    (shelf.root / PACKETS).write_text("no folder")
    with pytest.raises(Refused, match="cannot be written"):
        keep_packet(shelf.root, facts)


def test_a_changed_or_missing_packet_is_told(shelf: Shelf) -> None:
    facts = shelf.gather(known())
    kept = keep_packet(shelf.root, facts)
    kept.path.write_bytes(b"something else")
    with pytest.raises(Refused, match="is there already, and is another file"):
        keep_packet(shelf.root, facts)
    with pytest.raises(Refused, match="not on this bench, or was changed"):
        kept_packet(shelf.root, kept.sha256)
    with pytest.raises(Refused, match="no packet was kept"):
        kept_packet(shelf.root, "*")
