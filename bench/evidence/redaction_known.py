"""Secrets that are known by their value: what bench typed itself, and words of the technician."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bench.text import clean_line

PASSWORD, WORD = "password", "word"
_SHORT, _TINY = 8, 4
"""Typed secrets under so many characters are found only as a word, or only after ": "."""
_LINE_ENDS = re.compile(r"[\r\n]+")
_ERASING = {"\x08", "\x7f"}
_KILLS = {"\x15", "\x03"}


@dataclass(frozen=True, slots=True)
class Known:
    """A text that must not be seen anywhere, and the pattern that finds it."""

    kind: str
    value: str
    pattern: re.Pattern[str]

    def may_go_on(self, text: str) -> bool:
        """Whether a line ends with the beginning of this secret, so that the next may go on."""
        tail = text.rstrip()[-len(self.value) :]
        least = min(3, len(self.value) - 1)
        if least < 1:
            return False
        at = tail.find(self.value[:least])
        while at >= 0:
            if self.value.startswith(tail[at:]):
                return True
            at = tail.find(self.value[:least], at + 1)
        return False


def typed(data: bytes) -> tuple[Known, ...]:
    """The secrets in bytes that were sent to a device as secret: one for each line.

    Letters that were taken back while typing (backspace, Ctrl-U) do not count.
    """
    text = data.decode("utf-8", "backslashreplace")
    values = dict.fromkeys(_entered(part) for part in _LINE_ENDS.split(text))
    return tuple(Known(PASSWORD, value, _pattern_of(value)) for value in values if value.strip())


def word(text: str) -> Known:
    """A word that the technician wants hidden, whatever its case; ValueError for one too short."""
    value = clean_line(text)
    if len(value) < 2:
        raise ValueError("A word to be hidden needs two characters or more.")
    return Known(WORD, value, re.compile(f"(?P<secret>{re.escape(value)})", re.IGNORECASE))


def _entered(text: str) -> str:
    kept: list[str] = []
    for char in text:
        if char in _ERASING:
            del kept[-1:]
        elif char in _KILLS:
            kept.clear()
        elif char.isprintable():
            kept.append(char)
    return "".join(kept)


def _pattern_of(value: str) -> re.Pattern[str]:
    text = f"(?P<secret>{re.escape(value)})"
    if len(value) < _TINY:
        return re.compile(rf"(?:(?<=[:=]\s)|^){text}\s*$")
    if len(value) < _SHORT:
        return re.compile(rf"(?<![A-Za-z0-9]){text}(?![A-Za-z0-9])")
    return re.compile(text)
