"""A scanner of bits only: the far end of a pseudo-terminal, for tests and demonstrations."""

from __future__ import annotations

import os
import select
import tty
from contextlib import suppress
from pathlib import Path
from types import TracebackType


class SimulatedScanner:
    """Stands under a stable name while it is plugged in, as a real one under /dev/serial/by-id.

    Not for Windows, which has no pseudo-terminals of this kind.
    """

    def __init__(self, link: Path, suffix: bytes = b"\r") -> None:
        self.link, self.suffix = link, suffix
        self._ends: tuple[int, int] | None = None

    def __enter__(self) -> SimulatedScanner:
        self.plug()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.unplug()

    def plug(self) -> None:
        """Plugs it in: a new device, under the same stable name."""
        if self._ends is not None:
            return
        master, slave = os.openpty()
        tty.setraw(slave)  # else what is sent before the port is open would come back as an echo
        self._ends = master, slave
        made = self.link.with_name(self.link.name + ".new")
        made.unlink(missing_ok=True)
        made.symlink_to(os.ttyname(slave))
        made.replace(self.link)

    def unplug(self) -> None:
        """Pulls the cable: whoever has the port open loses it."""
        if self._ends is not None:
            self.link.unlink(missing_ok=True)
            ends, self._ends = self._ends, None
            for end in ends:
                with suppress(OSError):
                    os.close(end)

    def scan(self, code: str | bytes) -> None:
        """Reads a code and sends it with its suffix. Raises OSError when it is not plugged in."""
        raw = code.encode() if isinstance(code, str) else code
        self.send(raw + self.suffix)

    def send(self, raw: bytes) -> None:
        """Sends bytes as they are."""
        while raw:
            raw = raw[os.write(self._master(), raw) :]

    def answers(self, wait: float = 0.0) -> bytes:
        """What the host sent so far; waits so many seconds for the first byte."""
        found = b""
        while select.select([self._master()], [], [], 0.0 if found else wait)[0]:
            found += os.read(self._master(), 4096)
        return found

    def _master(self) -> int:
        if self._ends is None:
            raise OSError("this scanner is not plugged in")
        return self._ends[0]
