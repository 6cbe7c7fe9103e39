"""A capture followed while it grows, read when it is closed, and read after it broke."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.evidence.capture_format import INDEX, RAW, BadMeta, Kind
from bench.evidence.capture_reader import CaptureReader
from tests.evidence.captures_by_hand import BEGUN, SECOND, Writer


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    """A capture that has just begun."""
    return Writer(tmp_path / "140322-A-0123abcd")


def texts(reader: CaptureReader) -> list[str]:
    """All lines."""
    return [reader.line(number).text for number in range(len(reader.lines))]


def test_follows(writer: Writer) -> None:
    """Each look finds what came since the last one, with its time."""
    with CaptureReader(writer.folder) as reader:
        assert (reader.poll(), reader.size) == (False, 0)
        writer.said(b"U-Boot\r\nDR")
        assert (reader.poll(), texts(reader)) == (False, ["U-Boot", "DR"])
        writer.said(b"AM: ok\n")
        assert (reader.poll(), texts(reader)) == (False, ["U-Boot", "DRAM: ok"])
        assert reader.time_at(0) == BEGUN + SECOND
        assert reader.time_at(12) == BEGUN + 2 * SECOND
        assert reader.read(3, 5) == b"oot\r\n"
        assert reader.meta.name == "A"


def test_begins_before_there_are_files(tmp_path: Path) -> None:
    """The process that writes may need a moment."""
    with CaptureReader(tmp_path / "later") as reader:
        assert reader.poll() is False
        with pytest.raises(BadMeta):
            assert reader.meta
        Writer(tmp_path / "later").said(b"here\n")
        assert (reader.poll(), texts(reader)) == (False, ["here"])


def test_a_look_is_short(writer: Writer) -> None:
    """No more bytes than asked for, also out of one long record; nothing is lost by it."""
    data = os.urandom(50_000)
    writer.said(data)
    writer.record("mark", text="after", o=writer.size)
    with CaptureReader(writer.folder) as reader:
        sizes = [0]
        while reader.poll(4000):
            sizes.append(reader.size)
            assert sizes[-1] - sizes[-2] <= 4000
        assert reader.read(0, 60_000) == data
        assert reader.size == len(data)
        assert [event.kind for event in reader.records] == [Kind.OPEN, Kind.MARK]


def test_half_a_line_of_the_index_is_waited_for(writer: Writer) -> None:
    """And taken when its end comes."""
    writer.raw(b"one\n")
    writer.index(b'{"t":1,"w":5000000000,"e":"da')
    with CaptureReader(writer.folder) as reader:
        reader.poll_all()
        writer.index(b'ta","o":0,"n":4}\n')
        reader.poll_all()
        assert (texts(reader), reader.bad_lines) == (["one"], 0)


def test_bytes_beyond_the_index(writer: Writer) -> None:
    """What the capture process wrote last before it was killed; then it goes on after repair."""
    writer.said(b"one\n")
    writer.raw(b"DRAM: test fai")
    with CaptureReader(writer.folder) as reader:
        reader.poll()
        reader.poll_all()
        assert texts(reader) == ["one", "DRAM: test fai"]
        writer.record("data", o=4, n=14)
        writer.record("recovered", cut=0, nuls=0)
        reader.poll_all()
        assert texts(reader) == ["one", "DRAM: test fai"]
        assert reader.records[-1].offset == 18


def test_raw_shorter_than_the_index(writer: Writer) -> None:
    """Lost with the power: said, and the rest is read."""
    writer.said(b"one\ntwo\n")
    writer.said(b"three\n")
    with (writer.folder / RAW).open("r+b") as file:
        file.truncate(6)
    with CaptureReader(writer.folder) as reader:
        reader.poll_all()
        assert (texts(reader), reader.missing) == (["one", "tw"], 8)


def test_lines_that_are_no_records(writer: Writer) -> None:
    """Counted, passed over; a line without end is not kept in memory."""
    writer.index(b'{"t":1}\n\xff\xfe\n{"t":1,"w":1,"e":"data","o":99999999999999999999,"n":1}\n')
    writer.index(b"x" * 200_000 + b"\n")
    writer.said(b"one\n")
    with CaptureReader(writer.folder) as reader:
        reader.poll_all()
        assert texts(reader) == ["one"]
        assert reader.bad_lines == 4


def test_a_folder_of_traps(tmp_path: Path) -> None:
    """A pipe blocks no one, a link leads nowhere."""
    os.mkfifo(tmp_path / INDEX)
    (tmp_path / RAW).symlink_to("/etc/hostname")
    with CaptureReader(tmp_path) as reader:
        assert (reader.poll(), reader.read(0, 10)) == (False, b"")


def test_what_happened_and_where(writer: Writer) -> None:
    """Events stand above the line that follows them; marks may be set on earlier places."""
    writer.said(b"one\ntw")
    writer.record("gone", why="unplugged", o=6)
    writer.record("back", gap_ns=SECOND, o=6)
    writer.said(b"o\nthree\n")
    writer.record("mark", text="first line", o=0)
    writer.record("counts", overrun=3)
    writer.sent(b"show version\r")
    writer.sent(b"hunter2\r", secret=True)
    with CaptureReader(writer.folder) as reader:
        reader.poll_all()
        told = [(number, event.kind.value) for number, event in reader.events_between(0, 99)]
        assert told == [(0, "open"), (0, "mark"), (2, "gone"), (2, "back"), (3, "counts")]
        assert [n for n, _ in reader.events_between(1, 3)] == [2, 2]
        assert reader.events_between(3, 3) == []
        assert [(one.at, one.length, one.secret) for one in reader.typed] == [
            (14, 13, False),
            (14, 8, True),
        ]
        assert reader.read_typed(13, 8) == b"hunter2\r"


def test_history_for_replay(writer: Writer) -> None:
    """Everything in order, long runs in pieces, bytes exact."""
    data = os.urandom(200_000)
    writer.said(data)
    writer.record("baud", baud=115200, why="found")
    writer.said(b"end")
    with CaptureReader(writer.folder) as reader:
        told = list(reader.history())
        assert b"".join(piece for _, piece in told) == data + b"end"
        assert all(len(piece) <= 1 << 16 for _, piece in told)
        assert [r.kind for r, piece in told if not piece] == [Kind.OPEN, Kind.BAUD]


def test_search(writer: Writer) -> None:
    """Forwards, backwards, through colours, and called off."""
    lines = [b"line %d" % number for number in range(5000)]
    lines[10], lines[4900] = b"Kernel \x1b[1mpanic", b"kernel PANIC again"
    writer.said(b"\n".join(lines) + b"\n")
    with CaptureReader(writer.folder) as reader:
        reader.poll_all()
        assert reader.search("kernel panic") == 10
        assert reader.search("kernel panic", 11) == 4900
        assert reader.search("kernel panic", 4899, backwards=True) == 10
        assert reader.search("kernel panic", 99_999, backwards=True) == 4900
        assert reader.search("Kernel panic", 11, ignore_case=False) is None
        assert reader.search("␛[1m") == 10
        assert reader.search("") is None
        assert reader.search("kernel panic", stop=lambda: True) is None
        assert reader.search("kernel panic", 9, backwards=True) is None
