"""Remembered labels in the store: texts that are no serial, each with the unit that it means.

The rows follow the events of the units; the unique key has the last word between two benches.
"""

from __future__ import annotations

from bench.store.link import Link
from bench.store.records import Alias
from bench.store.rows import ALIAS

_ALIAS = f"SELECT {ALIAS.select('a')} FROM alias a"
_ADD = 'INSERT INTO alias ("key", unit_id, scanned, op_id) VALUES (?, ?, ?, ?)'


class AliasReads:
    """What can be asked of remembered labels; part of all the reads."""

    _link: Link

    def _aliases(self, tail: str, *params: str) -> list[Alias]:
        return [ALIAS.from_row(row) for row in self._link.rows(f"{_ALIAS} {tail}", params)]

    def alias(self, key: str) -> Alias | None:
        """The remembered label with this canonical text."""
        return next(iter(self._aliases('WHERE a."key" = ?', key)), None)

    def aliases_of(self, unit_id: str) -> list[Alias]:
        """The labels that are remembered for a unit, by their text."""
        return self._aliases('WHERE a.unit_id = ? ORDER BY a."key"', unit_id)


def add(link: Link, alias: Alias) -> None:
    """Adds a label; raises RuleBroken where its text is another label already."""
    row = ALIAS.to_row(alias)
    link.rows(_ADD, [row[name] for name in ALIAS.columns])


def drop(link: Link, key: str) -> None:
    """Takes a label away; one that is not there is no error."""
    link.rows('DELETE FROM alias WHERE "key" = ?', (key,))
