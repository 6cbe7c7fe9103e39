"""Secrets of several lines: a private key is hidden as a whole, also where it is interrupted.

A cable that was out, or a kernel that talks in between, must not end a key too early: lines that
look like more of it are hidden until its end comes, the others are read as any line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bench.evidence.redaction_rules import Block
from bench.evidence.redaction_views import Span

_SURE = 40
"""Characters of a line that can only be more of the key, whatever came between."""
_MIXED = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])\S{12,}|\S+=")


@dataclass(frozen=True, slots=True)
class Finished:
    """A block that is over: what it held, and the line (from 0) and offset where it began."""

    block: Block
    secret: str
    number: int
    offset: int


@dataclass(slots=True)
class _Open:
    block: Block
    number: int
    offset: int
    text: list[str]
    lines: int = 0
    broken: bool = False
    """Something else came in between: from here on only what is surely part of it counts."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A line that belongs to a block: what of it is hidden (nothing of a public block)."""

    hide: tuple[Span, ...]
    kind: str
    """What is hidden; "" for a public block."""


class Blocks:
    """Follows the blocks of a text, line by line."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = blocks
        self._open: _Open | None = None

    @property
    def is_open(self) -> bool:
        """Whether a block has begun and not ended."""
        return self._open is not None

    @property
    def in_secret(self) -> bool:
        """Whether a secret block has begun and not ended."""
        return self._open is not None and bool(self._open.block.kind)

    def wants(self, text: str) -> bool:
        """Whether a line may belong to a block: then it has to be taken."""
        low = text.lower()
        if any(need in low for block in self._blocks for need in block.needs):
            return True
        one = self._open
        return one is not None and (
            not one.broken or bool(one.block.end.search(text)) or self._belongs(one, text)
        )

    def pass_by(self, lines: int) -> Finished | None:
        """Lines went by that are of no block; an interrupted one is over after too many."""
        if self._open is None:
            return None
        self._open.lines += lines
        return self.finish() if self._open.lines >= self._open.block.most else None

    def take(self, text: str, number: int, offset: int) -> tuple[Taken | None, Finished | None]:
        """What of the next line belongs to a block, and the block that is over with it."""
        begun = self._begin(text, number, offset)
        if begun is not None:
            finished = self.finish()  # one that never ended: a device that was switched off
            self._open, start = begun
            return self._within(text, start, finished)
        if self._open is None:
            return None, None
        return self._within(text, 0, None)

    def finish(self) -> Finished | None:
        """The block that is still open, which ends here; None where none is."""
        one, self._open = self._open, None
        return Finished(one.block, "".join(one.text), one.number, one.offset) if one else None

    def _begin(self, text: str, number: int, offset: int) -> tuple[_Open, int] | None:
        low = text.lower()
        for block in self._blocks:
            if any(one in low for one in block.needs):
                *_, found = (None, *block.begin.finditer(text))
                if found:
                    return _Open(block, number, offset, []), found.end()
        return None

    def _within(
        self, text: str, start: int, before: Finished | None
    ) -> tuple[Taken | None, Finished | None]:
        one = self._open
        assert one is not None
        one.lines += 1
        end = one.block.end.search(text, start)
        stop = end.start() if end else len(text)
        if not end and not start and not self._belongs(one, text):
            one.broken = True
            return None, self.finish() if one.lines >= one.block.most else before
        one.broken = False
        one.text.append(text[start:stop].strip())
        hide = ((start, stop),) if text[start:stop].strip() and one.block.kind else ()
        over = self.finish() if end or one.lines >= one.block.most else before
        return Taken(hide, one.block.kind), over

    def _belongs(self, one: _Open, text: str) -> bool:
        if not one.block.inside.fullmatch(text):
            return False
        if not one.broken:
            return True
        plain = text.strip()
        return " " not in plain and (len(plain) >= _SURE or bool(_MIXED.fullmatch(plain)))
