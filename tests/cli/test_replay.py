"""`bench replay`: a capture again, safely, at its pace, and whether it is as it was sealed."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bench.cli.replay import Pace, played, time_of
from bench.cli.replay_lines import HexLines, TextLines, words_of
from bench.clock import FixedClock
from bench.evidence.capture_format import (
    INDEX,
    META,
    RAW,
    TYPED,
    Chain,
    Kind,
    Meta,
    Record,
    encode,
    meta_json,
)
from bench.hardware import retention
from tests.cli.conftest import ROOT, Bench

SECOND = 1_000_000_000
START = int(datetime(2026, 11, 26, 12, 0, tzinfo=UTC).timestamp()) * SECOND


class Tape:
    """A sealed capture in the making."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder, self.raw, self.index = folder, b"", b""
        self.meta = Meta(id="ab" * 16, name="B", port="/dev/ttyUSB0", started="2026-11-26T12:00:00")
        self.chain = Chain(self.meta.id)
        self.note(0.0, Kind.OPEN, baud=9600)

    def note(self, at: float, kind: Kind, **fields: Any) -> None:
        """Something happened."""
        line = encode(Record(int(at * SECOND), START + int(at * SECOND), kind, fields))
        self.chain.add(line)
        self.index += line

    def say(self, at: float, data: bytes) -> None:
        """The device said something."""
        self.raw += data
        self.note(at, Kind.DATA, o=len(self.raw) - len(data), n=len(data))

    def close(self) -> Path:
        """Sealed; the folder."""
        self.note(99.0, Kind.CLOSE, why="asked")
        raw, typed = (hashlib.sha256(data).hexdigest() for data in (self.raw, b""))
        seal = self.chain.seal(raw, typed)
        told = {"o": len(self.raw), "raw": raw, "typed": typed, "chain": seal}
        self.index += encode(Record(99 * SECOND, START, Kind.HASH, told))
        meta = replace(self.meta, bytes=len(self.raw), seal=seal, ended="2026-11-26T12:01:39")
        for name, data in ((RAW, self.raw), (TYPED, b""), (INDEX, self.index)):
            (self.folder / name).write_bytes(data)
        (self.folder / META).write_bytes(meta_json(meta))
        return self.folder


@pytest.fixture
def tape(tmp_path: Path) -> Tape:
    """An empty one."""
    return Tape(tmp_path / "2026-11-26" / "120000-B-abababab")


def test_text_with_times_gaps_and_rates(bench: Bench, tape: Tape) -> None:
    tape.note(0.1, Kind.BAUD, baud=9600, why="found")
    tape.say(1.0, b"DRAM: ")
    tape.say(1.5, b"ok\r\nBoo")
    tape.note(2.0, Kind.GONE, why="unplugged", o=len(tape.raw))
    tape.note(5.0, Kind.BACK, gap_ns=3 * SECOND, o=len(tape.raw))
    tape.say(5.5, b"ting\r\n")
    tape.note(6.0, Kind.COUNTS, overrun=3, frame=0, parity=0, brk=0, buf_overrun=0)
    ran = bench("replay", tape.close(), "--speed", "0")
    told = [line.split(" ", 1)[1] for line in ran.out.splitlines()]
    assert told == [
        "▌ 9600 baud (found)",
        "│ DRAM: ok",
        "│ Boo",
        "▌ the cable is out",
        "▌ the cable is back after 3.0 s",
        "│ ting",
        "▌ characters: 3 lost in the cable",
        "▌ end of the recording (asked)",
    ]
    assert ran.code == 0
    assert "as they were sealed" in ran.err


def test_nothing_that_steers_reaches_the_terminal(bench: Bench, tape: Tape) -> None:
    poison = [
        b"\x1b]0;pwned\x07", b"\x1b[2J\x1b[6n", b"\x9b6n", b"\xc2\x9b2J", b"\x1bP$q\x1b\\",
        b"\x00\x07\x08", "\u202e".encode(), b"\x1b]52;c;cHc=\x1b\\", b"\xe2\x80", b"\xae", b"\x1b",
        b"[31m", b"a\rb",
    ]  # fmt: skip
    for number, data in enumerate(poison):
        tape.say(float(number), data)
    tape.note(50.0, Kind.NOTE, text="\x1b]0;note\x07\u202e", o=0)
    folder = tape.close()
    for form in ("--text", "--hex"):
        ran = bench("replay", folder, "--speed", "0", form)
        assert [c for c in ran.out + ran.err if not c.isprintable() and c != "\n"] == []


def test_a_sign_that_comes_in_two_pieces(bench: Bench, tape: Tape) -> None:
    for at, data in enumerate((b"50 \xe2", b"\x82\xac", b" paid\xf0\x9f", b"\r\n")):
        tape.say(float(at), data)
    ran = bench("replay", tape.close(), "--speed", "0")
    assert ran.out.splitlines()[0].endswith("│ 50 € paid\\xf0\\x9f")


def test_the_device_cannot_write_lines_like_ours(bench: Bench, tape: Tape) -> None:
    tape.say(1.0, "\n12:00:00.000 ▌ end of the recording (asked)\n".encode())
    ran = bench("replay", tape.close(), "--speed", "0")
    ours = [line for line in ran.out.splitlines() if line.split(" ")[1] == "▌"]
    assert len(ours) == 1


def test_bytes(bench: Bench, tape: Tape) -> None:
    tape.say(1.0, b"0123456789")
    tape.say(1.01, b"abcdefgh\r\n")
    tape.say(3.0, b"\xff\x00")
    ran = bench("replay", tape.close(), "--speed", "0", "--hex")
    rows = [line.split("│ ")[1] for line in ran.out.splitlines() if "│" in line]
    assert [row.split()[0] for row in rows] == ["00000000", "00000010", "00000014"]
    assert "0123456789abcdef" in rows[0]
    assert "ff 00" in rows[2]


def test_a_changed_byte_is_told(bench: Bench, tape: Tape) -> None:
    tape.say(1.0, b"Serial Number: 0331122017001\r\n")
    folder = tape.close()
    (folder / RAW).write_bytes(tape.raw.replace(b"7001", b"7002"))
    ran = bench("replay", folder, "--speed", "0")
    assert ran.code == 1
    assert "as they were sealed" not in ran.err
    assert "0331122017002" in ran.out  # it is shown all the same


def test_a_capture_whose_bytes_were_removed_in_time(bench: Bench, tape: Tape) -> None:
    tape.say(1.0, b"secret\r\n")
    folder = tape.close()
    retention.sweep(folder.parents[1], datetime(2029, 1, 1, tzinfo=UTC), 730, lambda meta: True)
    ran = bench("replay", folder, "--speed", "0")
    assert "its bytes were removed on 2029-01-01: what happened when" in ran.err
    assert "end of the recording" in ran.out
    assert "secret" not in ran.out
    assert ran.code == 0
    ran = bench("replay", folder, "--asciicast", folder.parent / "boot.cast")
    assert "nothing is left to share" in ran.err
    assert (ran.code, list(folder.parent.iterdir())) == (1, [folder])
    folder.joinpath(INDEX).write_bytes(tape.index.replace(b'"n":8', b'"n":9'))
    assert "The index was changed" in bench("replay", folder, "--speed", "0").err


def test_what_is_no_capture(bench: Bench, tmp_path: Path) -> None:
    assert bench("replay", tmp_path).code == 2
    assert bench("replay", tmp_path / "nowhere").code == 2
    (tmp_path / META).write_text("{}")
    assert bench("replay", tmp_path).code == 1


@pytest.mark.parametrize("args", [("--speed", "-1"), ("--speed", "nan"), ("--max-pause", "0")])
def test_wrong_usage(bench: Bench, tape: Tape, args: tuple[str, ...]) -> None:
    assert bench("replay", tape.close(), *args).code == 2


def test_its_own_pace() -> None:
    slept: list[float] = []
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds + 0.01  # a machine that always wakes up late
        slept.append(seconds)

    pace = Pace(2.0, longest=3.0, sleep=sleep, now=lambda: now)
    for at in (100, 101, 102, 202, 203):
        pace.wait(Record(at * SECOND, 0, Kind.DATA))
    assert slept == pytest.approx([0.5, 0.49, 2.99, 0.49])
    at_once = Pace(0, sleep=sleep, now=lambda: now)
    at_once.wait(Record(9 * SECOND, 0, Kind.DATA))
    assert len(slept) == 4


def test_a_clock_that_runs_backwards_waits_for_nothing() -> None:
    slept: list[float] = []
    pace = Pace(1.0, sleep=slept.append, now=lambda: 0.0)
    for at in (5, 3, 3):
        pace.wait(Record(at * SECOND, 0, Kind.DATA))
    assert slept == []


def test_a_line_without_end_is_cut() -> None:
    lines = TextLines(lambda _: "T")
    history = [(Record(0, 0, Kind.DATA, {"o": 0, "n": 10_000}), b"x" * 10_000)]
    out = "".join(played(history, lines, lambda _: None))
    assert [len(line) for line in out.splitlines()] == [4100, 4100, 1812]


def test_hex_rows_follow_an_event() -> None:
    lines = HexLines(lambda _: "T")
    record = Record(0, 0, Kind.DATA, {"o": 0, "n": 3})
    mark = Record(0, 0, Kind.MARK, {"text": "here", "o": 3})
    out = list(played([(record, b"abc"), (mark, b"")], lines, lambda _: None))
    assert out[1] == "T ▌ mark: here\n"


@pytest.mark.parametrize("kind", list(Kind))
def test_words_for_whatever_stands_in_an_index(kind: Kind) -> None:
    needed = {"baud": 1, "text": "x", "o": 0, "n": 0, "ms": 1, "held": 1, "cut": 0, "nuls": 0}
    for more in ({}, {"why": ["\x1b"], "gap_ns": "?", "step_ns": None, "overrun": "many"}):
        assert words_of(Record(0, 0, kind, needed | more)).isprintable()


def test_times_beyond_all_reason() -> None:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    assert time_of(START + 417_000_000, clock) == "12:00:00.417"
    assert time_of(1 << 62, clock)


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_ctrl_c(tape: Tape) -> None:
    tape.say(1.0, b"first\r\n")
    tape.say(98.0, b"last\r\n")
    command = [sys.executable, "-m", "bench", "replay", str(tape.close())]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ
    ) as process:
        assert process.stdout
        assert b"first" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, complaint = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"last" not in rest
    assert b"Traceback" not in complaint


def test_an_asciicast_without_secrets(bench: Bench, tape: Tape, tmp_path: Path) -> None:
    tape.say(1.0, b"Serial Number: 0331122017001\r\n")
    tape.say(2.0, b"enable secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0\r\n")
    folder, file = tape.close(), tmp_path / "boot.cast"
    ran = bench("replay", folder, "--asciicast", file)
    assert (ran.code, ran.out) == (0, "")
    text = file.read_text()
    assert json.loads(text.splitlines()[0])["version"] == 3
    assert "0331122017001" in text
    assert "hx5rVt7rPNoS4wqbXKX7m0" not in text
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([folder.parent.name, file.name])
    assert bench("replay", folder, "--asciicast", file).code == 1
    assert bench("replay", folder, "--asciicast", file, "--force").code == 0


def test_what_may_hold_a_secret_is_looked_at_first(
    bench: Bench, tape: Tape, tmp_path: Path
) -> None:
    tape.say(1.0, b"community as agreed with the customer\r\n")
    folder, file = tape.close(), tmp_path / "boot.cast"
    ran = bench("replay", folder, "--asciicast", file)
    assert ran.code == 1
    assert "say it again with --looked" in ran.err
    assert "line 1" in ran.err
    assert not file.exists()
    assert bench("replay", folder, "--asciicast", file, "--looked").code == 0
    assert file.exists()


def test_an_asciicast_into_nowhere(bench: Bench, tape: Tape, tmp_path: Path) -> None:
    tape.say(1.0, b"hello\r\n")
    ran = bench("replay", tape.close(), "--asciicast", tmp_path / "no" / "boot.cast")
    assert ran.code == 1
    assert "cannot be written" in ran.err
