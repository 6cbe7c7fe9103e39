"""The far end of a pseudo-terminal under a stable name, as a cable that can be pulled.

Not for Windows, which has none. One thread uses it; only `wake` may be called by others.
"""

from __future__ import annotations

import os
import select
from contextlib import suppress
from pathlib import Path

_MOST = 65536


class PseudoPort:
    """What a simulated device talks through; the near end is raw from the first moment on."""

    def __init__(self, link: Path | None, baud: int) -> None:
        self.link, self._first_baud = link, baud
        self.device = ""
        self._master = -1
        self._woken, self._waker = os.pipe()
        for end in (self._woken, self._waker):
            os.set_blocking(end, False)

    def plug(self) -> None:
        """A new device under the same name, set to the first rate until a listener sets its own."""
        if self._master >= 0:
            return
        import termios
        import tty

        master, slave = os.openpty()
        tty.setraw(slave)  # else what is sent before the port is open would come back as an echo
        settings = termios.tcgetattr(slave)
        code = getattr(termios, f"B{self._first_baud}", termios.B38400)
        settings[4] = settings[5] = code
        termios.tcsetattr(slave, termios.TCSANOW, settings)
        self.device = os.ttyname(slave)
        os.close(slave)  # whoever opens the port wants to be the only one
        os.set_blocking(master, False)
        self._master = master
        if self.link:
            made = self.link.with_name(self.link.name + ".new")
            made.unlink(missing_ok=True)
            made.symlink_to(self.device)
            made.replace(self.link)

    def unplug(self) -> None:
        """The device goes, and its name with it."""
        if self._master >= 0:
            if self.link:
                with suppress(OSError):  # another device may have taken the name over by now
                    if str(self.link.readlink()) == self.device:
                        self.link.unlink()
            os.close(self._master)
            self._master = -1

    def close(self) -> None:
        """Unplugs it for good."""
        self.unplug()
        for end in (self._woken, self._waker):
            os.close(end)

    def listened_to(self) -> bool:
        """Whether the cable is in and a program has the port open."""
        if self._master < 0:
            return False
        look = select.poll()
        look.register(self._master, 0)
        return not look.poll(0)

    def rate(self) -> int:
        """The rate that the listener has set; the first one where it cannot be told."""
        import termios

        if self._master >= 0:
            with suppress(termios.error):
                return _RATES.get(termios.tcgetattr(self._master)[5], self._first_baud)
        return self._first_baud

    def write(self, data: bytes) -> int:
        """Sends what there is room for; gives how many bytes that was."""
        with suppress(OSError):
            return os.write(self._master, data)
        return 0

    def wait(self, seconds: float, room: bool = False) -> bytes:
        """Waits for typed bytes, for `wake`, or for room; gives the bytes."""
        look = select.poll()
        look.register(self._woken, select.POLLIN)
        if self.listened_to():
            look.register(self._master, select.POLLIN | (select.POLLOUT if room else 0))
        elif seconds > _LOOK_AGAIN:
            seconds = _LOOK_AGAIN  # an open is not an event that can be waited for
        ready = dict(look.poll(seconds * 1000))
        if self._woken in ready:
            with suppress(BlockingIOError):
                os.read(self._woken, _MOST)
        if ready.get(self._master, 0) & select.POLLIN:
            with suppress(OSError):
                return os.read(self._master, _MOST)
        return b""

    def wake(self) -> None:
        """Ends a wait at once."""
        with suppress(BlockingIOError):
            os.write(self._waker, b".")


_LOOK_AGAIN = 0.02


def _rates() -> dict[int, int]:
    """Bits a second by the system's own number for them."""
    try:
        import termios
    except ImportError:
        return {}
    names = (name for name in dir(termios) if name[0] == "B" and name[1:].isdigit())
    return {int(getattr(termios, name)): int(name[1:]) for name in names if name != "B0"}


_RATES = _rates()
