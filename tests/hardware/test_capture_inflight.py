"""Bytes that were read and not yet written: found again after a kill, and never twice."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.hardware.capture_inflight import NOWHERE, SIZE, Inflight, forget, rescued

pytestmark = pytest.mark.skipif("not __import__('pathlib').Path('/dev/shm').is_dir()")


@pytest.fixture
def name() -> Iterator[str]:
    one = uuid.uuid4().hex
    yield one
    forget(one)


def test_what_was_read_is_found_as_far_as_the_file_lacks_it(name: str) -> None:
    memory = Inflight(name)
    memory.expect(0, 100)
    data = bytes(range(1, 200)) + b"\0end!"
    memory.view[: len(data)] = data
    assert rescued(name, 100) == data or data.startswith(rescued(name, 100)), (
        "1 in 256: a byte less"
    )
    assert rescued(name, 150) == rescued(name, 100)[50:]
    assert rescued(name, 100 + len(data)) == b""
    assert rescued(name, 99) == rescued(name, 5000) == b""
    memory.expect(len(data), 100 + len(data))
    assert rescued(name, 100 + len(data)) == b"", "never twice"


def test_what_was_noted_is_found_to_the_last_byte(name: str) -> None:
    """Though it equals the filling; and once it is in the file, nothing is left to find."""
    memory = Inflight(name)
    memory.expect(0, 7)
    same = bytes(memory.view[:20])
    memory.view[:20] = same
    assert rescued(name, 7) == b""
    memory.read(20)
    assert rescued(name, 7) == same
    assert rescued(name, 27) == b""
    memory.expect(20, 27)
    assert rescued(name, 27) == rescued(name, 7) == b""


def test_what_an_earlier_version_left_is_found(name: str) -> None:
    """Its memory ends where the number of bytes in flight is noted now."""
    memory = Inflight(name)
    memory.expect(0, 7)
    memory.view[:5] = bytes(255 - byte for byte in memory.view[:5])
    left = Path(f"/dev/shm/bench-inflight-{name}")
    whole = left.read_bytes()
    left.write_bytes(whole[:-8])
    assert rescued(name, 7) == whole[8:13]
    left.write_bytes(whole[:-9])
    assert rescued(name, 7) == b""


def test_a_whole_read_and_a_disk_that_takes_nothing(name: str) -> None:
    memory = Inflight(name)
    memory.view[:] = bytes(SIZE)
    assert len(rescued(name, 0)) > SIZE - 4
    memory.expect(SIZE, NOWHERE)
    memory.view[:4] = b"held"
    assert rescued(name, 0) == b""


def test_two_captures_share_nothing_and_a_closed_one_leaves_nothing(name: str) -> None:
    memory = Inflight(name)
    memory.view[:3] = b"abc"
    other = Inflight(name)  # the name is taken: this one does without
    other.view[:3] = b"xyz"
    assert rescued(name, 0)[:2] == b"ab"
    memory.close()
    assert rescued(name, 0) == b""
