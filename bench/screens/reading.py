"""Reading the terminal: keys carry the time at which they were read, and how late that may be.

Textual stamps each key when it has parsed it. On a busy computer that spreads the keys of one read
over tens of milliseconds, as if a person had typed them.
"""

from __future__ import annotations

import os
import selectors
import sys
from codecs import getincrementaldecoder
from time import monotonic
from typing import TYPE_CHECKING

from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.events import Key
from textual.message import Message

POLL = 0.05
"""Seconds between two looks where nothing comes."""
LATE = "_bench_late"

if TYPE_CHECKING or sys.platform != "win32":
    import fcntl
    import termios

    from textual.drivers.linux_driver import LinuxDriver

    class Reading(LinuxDriver):
        """Textual's driver for terminals (of 8.2.8, which is pinned), with the times of the reads.

        Bytes that are no UTF-8 become replacement characters; of them Textual's own reader dies.
        """

        keys_read = 0
        """Keys that were handed on so far."""
        _at_work = False

        def has_more(self, seen: int) -> bool:
            """Whether keys have come that the program has not seen yet; `seen`: how many it has.

            The order matters: bytes leave the terminal while `_at_work`, and are counted before it
            ends.
            """
            return self._unread() or self._at_work or self.keys_read > seen

        def _unread(self) -> bool:
            try:
                count = fcntl.ioctl(self.fileno, termios.FIONREAD, bytes(4))
            except OSError:  # the terminal is gone: nothing will come of it
                return False
            return int.from_bytes(count, sys.byteorder) > 0

        def run_input_thread(self) -> None:
            """Reads until the program ends."""
            parser = XTermParser(self._debug)
            decode = getincrementaldecoder("utf-8")("replace").decode
            with selectors.SelectSelector() as selector:
                selector.register(self.fileno, selectors.EVENT_READ)
                now = monotonic()
                while not self.exit_event.is_set():
                    ready = selector.select(POLL)
                    before, now = now, monotonic()
                    # It looks each POLL seconds unless the computer keeps it from doing so.
                    late = max(0.0, now - before - POLL)
                    self._at_work = True
                    if ready:
                        data = os.read(self.fileno, 4096)
                        text = decode(data)
                        # Half a character is no text yet; to the parser that would be the end.
                        for message in parser.feed(text) if text or not data else ():
                            self._hand_on(message, now, late)
                    for message in parser.tick():
                        self._hand_on(message, now, late)
                    self._at_work = False

        def _hand_on(self, message: Message, now: float, late: float) -> None:
            message.time = now
            setattr(message, LATE, late)
            self.keys_read += isinstance(message, Key)
            self.process_message(message)


def was_read(message: Message) -> bool:
    """Whether it came from the terminal by this reader, and not from a test or a binding."""
    return hasattr(message, LATE)


def lateness(message: Message) -> float:
    """Seconds by which the reader may have come late to a key; 0 where that is not known."""
    return float(getattr(message, LATE, 0.0))


def keys_read(driver: Driver | None) -> int | None:
    """How many keys the driver has handed on; None for one that does not count them."""
    return getattr(driver, "keys_read", None)


def has_more(driver: Driver | None, seen: int) -> bool:
    """Whether keys of the terminal are under way to a program that has `seen` so many."""
    ask = getattr(driver, "has_more", None)
    return ask is not None and bool(ask(seen))


def driver() -> type[Driver] | None:
    """The driver for this system; None: Textual's own choice."""
    if sys.platform == "win32" or os.environ.get("TEXTUAL_DRIVER"):
        return None
    return Reading
