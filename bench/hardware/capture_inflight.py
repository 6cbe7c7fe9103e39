"""Bytes between a port and a file, kept where the end of a process cannot lose them.

A process that is killed between a read and the write of its bytes would take them along. So reads
go into memory that belongs to a file without a disk (/dev/shm): the kernel puts the bytes there
itself, and whoever recovers the capture finds them. How many there are is noted after each read;
for a process that was killed before it could, it shows by the random filling that they replaced (1
in 256 times a byte less). An offset says where in raw.bin they belong.

Not where there is no /dev/shm (only Linux has it): there the bytes of one turn can be lost.
"""

from __future__ import annotations

import mmap
import os
import struct
from contextlib import suppress
from pathlib import Path

SIZE = 1 << 16
"""Bytes that are read before they are written, at most."""
NOWHERE = (1 << 64) - 1
"""As an offset: these bytes belong to no place of the file, since it cannot be written now."""
_PLACE = Path("/dev/shm")
_NUMBER = struct.Struct("<Q")
_HEAD = _NUMBER.size
_COUNT = _HEAD + 2 * SIZE
"""Where it is noted how many bytes are in flight: at the end, after offset, bytes and filling, so
that what a process of an earlier version left without it is found as well."""
_WHOLE = _COUNT + _NUMBER.size


def _path(capture_id: str) -> Path:
    return _PLACE / f"bench-inflight-{capture_id}"


class Inflight:
    """The memory for reads of one capture; `view` is what to read into."""

    def __init__(self, capture_id: str) -> None:
        self._path = _path(capture_id)
        self._memory = self._new()
        whole = memoryview(self._memory)
        start, fill = _HEAD, _HEAD + SIZE
        self.view, self._fill = whole[start:fill], whole[fill:_COUNT]
        self._fill[:] = self.view[:] = os.urandom(SIZE)
        self.expect(0, 0)

    def _new(self) -> mmap.mmap:
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            file = os.open(self._path, flags, 0o600)
        except (OSError, AttributeError):
            return mmap.mmap(-1, _WHOLE)
        try:
            os.posix_fallocate(file, 0, _WHOLE)  # memory that is short shows now, not at a read
            return mmap.mmap(file, _WHOLE)
        except OSError:
            self.close()
            return mmap.mmap(-1, _WHOLE)
        finally:
            os.close(file)

    def expect(self, used: int, offset: int) -> None:
        """The first `used` bytes are in the file: the next ones belong to `offset`, or NOWHERE."""
        if used:
            self.view[:used] = self._fill[:used]  # first: with the new offset they would be new
        self.read(0)
        _NUMBER.pack_into(self._memory, 0, offset)

    def read(self, count: int) -> None:
        """So many bytes have been read since."""
        _NUMBER.pack_into(self._memory, _COUNT, count)

    def close(self) -> None:
        """Nothing is in flight any more."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def rescued(capture_id: str, size: int) -> bytes:
    """The bytes that a killed process had read and that a raw.bin of that size lacks."""
    try:
        file = os.open(_path(capture_id), os.O_RDONLY | os.O_NOFOLLOW)
    except (OSError, AttributeError):
        return b""
    try:
        if os.fstat(file).st_uid != os.getuid():
            return b""
        whole = os.read(file, _WHOLE)
    finally:
        os.close(file)
    if len(whole) < _COUNT:
        return b""
    (offset,) = _NUMBER.unpack_from(whole)
    (count,) = _NUMBER.unpack_from(whole, _COUNT) if len(whole) == _WHOLE else (0,)
    data, fill = whole[_HEAD : _HEAD + SIZE], whole[_HEAD + SIZE : _COUNT]
    seen = next((at for at in range(SIZE, 0, -1) if data[at - 1] != fill[at - 1]), 0)
    length = max(seen, min(count, SIZE))
    return data[size - offset : length] if offset <= size <= offset + length else b""


def forget(capture_id: str) -> None:
    """Clears away what a killed process left, once it is in the file."""
    with suppress(OSError):
        _path(capture_id).unlink(missing_ok=True)
