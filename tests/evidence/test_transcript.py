"""Lines of growing bytes: the same however they come, each with the time of its first byte."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.evidence.transcript import LONGEST, Transcript

SECOND = 1_000_000_000


def transcript(chunks: list[bytes]) -> tuple[Transcript, bytes]:
    """A transcript of chunks that came a second after one another."""
    data = b"".join(chunks)
    lines = Transcript(lambda offset, length: data[offset : offset + length])
    for number, chunk in enumerate(chunks, 1):
        lines.feed(chunk, number * SECOND)
    return lines, data


def test_an_unfinished_line_counts() -> None:
    """What a board says before it hangs."""
    lines, _ = transcript([b"U-Boot\r\nDRAM: "])
    last = lines.line(1)
    assert (len(lines), last.text, last.whole, last.offset) == (2, "DRAM: ", False, 8)


def test_no_bytes_no_lines() -> None:
    """And none after a line feed."""
    empty, _ = transcript([])
    one, _ = transcript([b"x\n"])
    assert (len(empty), len(one), empty.time_at(0)) == (0, 1, 0)
    with pytest.raises(IndexError):
        one.line(1)


def test_time_of_the_first_byte() -> None:
    """Also where it comes alone, or right after a line feed that ended a chunk."""
    lines, _ = transcript([b"a\nb", b"c\n", b"d\ne\n", b"f"])
    walls = [lines.line(n).wall_ns // SECOND for n in range(len(lines))]
    assert walls == [1, 1, 3, 3, 4]


def test_time_in_the_middle_of_a_line() -> None:
    """A pause inside a line is not lost: "DRAM: " and, a minute later, "failed"."""
    lines, data = transcript([b"DRAM: ", b"failed\n"])
    times = [lines.time_at(at) // SECOND for at in range(len(data) + 1)]
    assert times == [1] * 6 + [2] * 8


def test_a_line_without_end_is_cut() -> None:
    """However the bytes come."""
    data = b"x" * (2 * LONGEST + 10) + b"\nnext\n"
    for step in (1, 100, LONGEST, len(data)):
        lines, _ = transcript([data[at : at + step] for at in range(0, len(data), step)])
        assert [lines.line(n).length for n in range(len(lines))] == [LONGEST, LONGEST, 11, 5]
        assert [lines.line(n).whole for n in range(len(lines))] == [True] * 4


@settings(max_examples=150, deadline=None)
@given(st.lists(st.binary(max_size=9).map(lambda b: b.replace(b"a", b"\n") * 30), max_size=12))
def test_lines_are_the_bytes(chunks: list[bytes]) -> None:
    """All bytes are in exactly one line, in order, and numbers and offsets agree."""
    lines, data = transcript(chunks)
    found = list(lines.lines(0, len(lines) + 5))
    assert b"".join(data[one.offset : one.offset + one.length] for one in found) == data
    assert [one.number for one in found] == list(range(len(lines)))
    assert all(one.offset + one.length == two.offset for one, two in pairwise(found))
    assert len(found) == len(data.split(b"\n")) - (data[-1:] in (b"\n", b""))
    for one in found:
        assert lines.number_at(one.offset) == lines.number_at(one.offset + one.length - 1)
        assert lines.number_at(one.offset) == one.number == lines.number_after(one.offset)
        assert lines.time_at(one.offset) == one.wall_ns == lines.line(one.number).wall_ns
