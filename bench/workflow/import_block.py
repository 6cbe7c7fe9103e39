"""Many rows at once, column by column: how thousands of them are read and saved in one go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress
from typing import Any

from bench.workflow.import_rows import LIMITS, Entry

EMPTY: Mapping[str, Any] = dict.fromkeys((*LIMITS, "mac"), "")
"""What stands for a fact that a row does not know; None for a field that is not listed."""


@dataclass(frozen=True, slots=True)
class Block:
    """Good rows: their lines, serials and keys, and for each field one value a row."""

    lines: Sequence[int]
    serials: Sequence[str]
    keys: Sequence[str]
    columns: Mapping[str, Sequence[Any]]

    @classmethod
    def of(cls, entries: Sequence[Entry], names: Iterable[str] = ()) -> Block:
        """Entries as a block; `names`: its fields, where it is to be like others."""
        facts = [entry.facts for entry in entries]
        used = names or dict.fromkeys(chain.from_iterable(facts))
        return cls(
            [entry.line for entry in entries],
            [entry.serial for entry in entries],
            [entry.serial_key for entry in entries],
            {name: [fact.get(name, EMPTY.get(name)) for fact in facts] for name in used},
        )

    @classmethod
    def joined(cls, blocks: Sequence[Block]) -> Block:
        """Blocks of the same fields, one after the other."""
        if len(blocks) == 1:
            return blocks[0]
        every = chain.from_iterable
        return cls(
            list(every(block.lines for block in blocks)),
            list(every(block.serials for block in blocks)),
            list(every(block.keys for block in blocks)),
            {n: list(every(b.columns[n] for b in blocks)) for n in blocks[0].columns},
        )

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, name: str) -> Sequence[Any]:
        """The values of one field, whether or not the file has it."""
        return self.columns.get(name) or [EMPTY.get(name)] * len(self)

    def entries(self) -> Iterator[Entry]:
        """The rows one by one."""
        for place, line in enumerate(self.lines):
            facts = {name: col[place] for name, col in self.columns.items() if col[place]}
            yield Entry(line, self.serials[place], self.keys[place], facts)

    def pick(self, wanted: Sequence[bool]) -> Block:
        """The rows that are wanted."""
        return Block(
            list(compress(self.lines, wanted)),
            list(compress(self.serials, wanted)),
            list(compress(self.keys, wanted)),
            {name: list(compress(column, wanted)) for name, column in self.columns.items()},
        )
