"""How a simulated ZPL printer takes bytes: questions, cancels and whole labels."""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.labels.zpl import CANCEL, END
from bench.labels.zpl_status import ASK

LONGEST = 4_000_000
"""Bytes of one label: plain hexadecimal of the largest stock at 300 dpi is 0.54 million."""


class TooLong(Exception):
    """More bytes than any label has, and still no end."""


@dataclass(slots=True)
class Stream:
    """Cuts a stream of bytes into labels (from anywhere to ^XZ) and questions.

    `left` is the part of a label whose rest has not come. It outlives a connection, as it does in
    many printers: the next bytes are taken as its rest, unless they cancel it.
    """

    left: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> list[bytes]:
        """The whole labels and questions (~HS) in their order. Raises TooLong."""
        # A mark may have begun in what was left; anything before that was searched already.
        begin = max(len(self.left) - 2, 0)
        self.left += data
        found: list[bytes] = []
        while True:
            tilde, end = self.left.find(b"~", begin), self.left.find(END, begin)
            if tilde >= 0 and (end < 0 or tilde < end):
                if len(self.left) < tilde + 3:
                    break
                found += self._command(tilde)
                begin = 0
            elif end >= 0:
                found.append(bytes(self.left[: end + len(END)]))
                del self.left[: end + len(END)]
                begin = 0
            else:
                break
        if len(self.left) > LONGEST:
            self.left.clear()
            raise TooLong
        return found

    def _command(self, place: int) -> list[bytes]:
        """Takes the command at `place` out of the stream: it acts at once, wherever it stands."""
        name = bytes(self.left[place : place + 3])
        # A sign of a command within it: this one was cut, and another begins.
        cut = max(name.rfind(b"~"), name.rfind(b"^"))
        name = name[:cut] if cut > 0 else name
        del self.left[place : place + len(name)]
        if name == CANCEL:
            del self.left[:place]
        return [name] if name == ASK else []
