"""What a console says, line by line, for whoever waits for a prompt: bounded, cost linear.

A prompt has no line end, so the unfinished last line counts as much as the finished ones.
"""

from __future__ import annotations

import re

from bench.evidence.safe_text import plain_line

LONGEST_LINE = 4096
"""Bytes of an unfinished line; a longer one is cut there, as if it had ended."""
LONGEST_PROMPT = 200
"""Characters; an unfinished line that is longer is no prompt."""
KEPT = 256 * 1024
"""Characters of output that are kept; what comes later is counted only."""


def visible(raw: bytes) -> str:
    """A line as a person sees it at last: without escape sequences, what was typed over is gone."""
    pieces = (plain_line(piece).rstrip() for piece in reversed(raw.split(b"\r")))
    return next((piece for piece in pieces if piece.strip()), "")


class Lines:
    """Splits a stream of bytes into finished lines and the unfinished one."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[str]:
        """Takes bytes; returns the lines that they finish, cleaned."""
        found = []
        *ended, rest = data.split(b"\n")
        for piece in ended:
            found += self._grown(piece)
            found.append(visible(bytes(self._rest)))
            self._rest.clear()
        return found + self._grown(rest)

    def _grown(self, piece: bytes) -> list[str]:
        """The unfinished line with one more piece; what of it is too long becomes lines."""
        self._rest += piece
        if len(self._rest) <= LONGEST_LINE:
            return []
        whole = len(self._rest) // LONGEST_LINE * LONGEST_LINE
        long = bytes(self._rest[:whole])
        del self._rest[:whole]
        return [visible(long[at : at + LONGEST_LINE]) for at in range(0, whole, LONGEST_LINE)]

    @property
    def unfinished(self) -> str:
        """The last line so far, "" where it is too long for a prompt."""
        text = visible(bytes(self._rest))
        return text.strip() if len(text) <= LONGEST_PROMPT else ""

    def drop(self) -> None:
        """Forgets the unfinished line: it was answered."""
        self._rest.clear()


class Output:
    """What a command printed, without its echo."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._size, self._echo, self.dropped = 0, "", 0

    def begin(self, command: str) -> None:
        """From now on, what the device says belongs to this command."""
        self._echo = command.strip()
        if command:
            self.add(f"> {command}")

    def line(self, text: str) -> bool:
        """One finished line; False where it was the echo of what was sent."""
        if self._echo and text.endswith(self._echo):
            self._echo = ""
            return False
        if text:
            self._echo = ""
        self.add(text)
        return True

    def add(self, text: str) -> None:
        """Keeps a line, as long as there is room."""
        self._size += len(text) + 1
        if self._size > KEPT:
            self.dropped += 1
        else:
            self._lines.append(text)

    def text(self) -> str:
        """Everything, with a last line that says how much is missing where something is."""
        more = [f"… {self.dropped} further lines stand in the capture"] if self.dropped else []
        return "\n".join([*self._lines, *more]).strip("\n")


def same_prompt(one: str, other: str) -> bool:
    """Whether two prompts differ in numbers at most (some count the commands)."""
    return _without_numbers(one) == _without_numbers(other)


def begins_with_prompt(line: str, prompt: str) -> bool:
    """Whether a finished line is a prompt that a message of the system was printed behind."""
    start = _without_numbers(prompt)
    return len(start) > 2 and _without_numbers(line[:LONGEST_LINE]).startswith(start)


def _without_numbers(prompt: str) -> str:
    return re.sub(r"\d+", "0", prompt.strip())
