"""Labels as files in a folder: whole, each its own, and no name that a title could choose."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.hardware import file_printer
from bench.hardware.printing import NotTaken, PrinterState, send, state_of
from bench.labels.bitmap import Bitmap
from bench.labels.zpl import bitmaps_of
from tests.hardware.printer_helpers import LABEL, printer_at

AT = datetime(2026, 11, 3, 14, 22, 33, tzinfo=UTC)


def test_a_label_in_each_language(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "labels"
    for language in ("zpl", "png", "pdf"):
        receipt = send(printer_at(f"file:{folder}", language), LABEL, "RMA label BKDC-FGHX")
        assert receipt.says.endswith(f"-RMA-label-BKDC-FGHX.{language}")
        assert not receipt.warns
    found = {one.suffix: one.read_bytes() for one in folder.iterdir()}
    assert len(list(folder.iterdir())) == 3  # and nothing temporary beside
    assert bitmaps_of(found[".zpl"], 203) == [LABEL]
    assert Bitmap.from_png(found[".png"], 203) == LABEL
    assert found[".pdf"].startswith(b"%PDF")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("../../etc/passwd", "20261103-142233-etc-passwd.png"),
        ("\x1b[31m\n‮ ", "20261103-142233-31m.png"),
        ("", "20261103-142233-label.png"),
        ("ÄÖ/..", "20261103-142233-label.png"),
        ("CON", "20261103-142233-CON.png"),
        ("x" * 300, f"20261103-142233-{'x' * 60}.png"),
    ],
)
def test_a_title_becomes_a_safe_name(title: str, name: str, tmp_path: Path) -> None:
    file_printer.send(tmp_path, b"data", title, "png", AT)
    assert [one.name for one in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("links", [True, False])
def test_no_label_takes_the_place_of_another(
    links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not links:

        def refuse(place: Path, other: Path) -> None:
            raise PermissionError(errno.EPERM, "no links here")

        monkeypatch.setattr(Path, "hardlink_to", refuse)
    for number in range(3):
        file_printer.send(tmp_path, b"%d" % number, "label", "zpl", AT)
    found = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    stem = "20261103-142233-label"
    assert found == {f"{stem}.zpl": b"0", f"{stem}-2.zpl": b"1", f"{stem}-3.zpl": b"2"}


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "is full"),
        (errno.EACCES, "may not write"),
        (errno.EROFS, "may not write"),
        (errno.EIO, "cannot be used"),
    ],
)
def test_what_a_disk_refuses_leaves_nothing_behind(
    number: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(NotTaken, match=words):
        send(printer_at(f"file:{tmp_path}"), LABEL, "label")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_place_that_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for place in (file, file / "deeper", Path("/dev/full/x")):
        with pytest.raises(NotTaken, match="cannot be used"):
            send(printer_at(f"file:{place}"), LABEL, "label")
        assert state_of(printer_at(f"file:{place}")).ready is False


def test_the_state_of_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "not" / "yet"
    assert state_of(printer_at(f"file:{place}")) == PrinterState(True, f"writes to {place}")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert state_of(printer_at(f"file:{place}")).ready is False
