"""Looks for a text in the lines of a capture, block by block, so that it can be called off."""

from __future__ import annotations

from collections.abc import Callable

from bench.evidence.transcript import Line, Transcript

_LINES = 2000
"""Lines looked at between two questions whether to stop: some milliseconds."""


def search(
    lines: Transcript,
    text: str,
    start_line: int = 0,
    backwards: bool = False,
    ignore_case: bool = True,
    stop: Callable[[], bool] = bool,
) -> int | None:
    """The number of the nearest line from `start_line` on (itself included) that holds the text.

    It is looked for in the plain text of each line, and in what is shown of it, so that parts of
    an escape sequence can be found too. None where there is none, or where `stop` said so.
    """
    wanted = text.casefold() if ignore_case else text
    if not wanted:
        return None
    at = min(start_line, len(lines) - 1) if backwards else max(0, start_line)
    while 0 <= at < len(lines) and not stop():
        first = max(0, at - _LINES + 1) if backwards else at
        found = None
        for line in lines.lines(first, at - first + 1 if backwards else _LINES):
            if _holds(line, wanted, ignore_case):
                found = line.number
                if not backwards:
                    return found
        if found is not None:
            return found
        at = first - 1 if backwards else first + _LINES
    return None


def _holds(line: Line, wanted: str, ignore_case: bool) -> bool:
    text = line.text.casefold() if ignore_case else line.text
    if wanted in text:
        return True
    if line.raw.isascii() and b"\x1b" not in line.raw:
        return False
    shown = line.shown.text
    return wanted in (shown.casefold() if ignore_case else shown)
