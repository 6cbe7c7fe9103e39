"""How a capture goes, in one line: everything that somebody should see to stands in it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from bench.cli.capture_progress import Watcher, how_it_is
from bench.evidence.capture_format import RAW

FINE = {"state": "open", "baud": 9600, "bytes": 12, "counts": {"overrun": 0, "buf_overrun": 0}}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "9600 baud, 0 lost"),
        ({"state": "searching"}, "9600 baud, looking for the rate, 0 lost"),
        ({"state": "gone"}, "9600 baud, the cable is out, 0 lost"),
        ({"waits_for": "picocom\x1b[2J"}, "9600 baud, picocom[2J has the port, 0 lost"),
        ({"counts": {"overrun": 2, "buf_overrun": 3}}, "9600 baud, 5 lost"),
        ({"uncounted": True}, "9600 baud, losses not counted by this cable"),
        (
            {"trouble": "No space left", "held": 7},
            "9600 baud, 0 lost, disk: No space left, 7 bytes wait in memory",
        ),
        ({"dropped": 9}, "9600 baud, 0 lost, 9 bytes dropped"),
    ],
)
def test_words(more: dict[str, Any], words: str) -> None:
    assert how_it_is(FINE | more) == words


def test_in_a_log_a_line_when_something_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Watcher(tmp_path) as watcher:
        for status in (FINE, FINE, FINE | {"state": "gone"}, FINE | {"state": "gone"}):
            watcher.show(status)
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 2
    assert "\x1b" not in err
    assert watcher.last["state"] == "gone"


def test_on_a_terminal_one_line_that_is_rewritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    (tmp_path / RAW).write_bytes(b"one\ntwo\n")
    with Watcher(tmp_path) as watcher:
        watcher.show(FINE)
        watcher.show(FINE)
    err = capsys.readouterr().err
    assert "\n" not in err
    assert err.count("\r12 bytes, ") == 2
    assert err.endswith("\r\x1b[K")
