"""What waits to be dealt with: scans, commands and answers, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count

from bench.scan.label import Label, LabelKind


@dataclass(frozen=True, slots=True)
class Command:
    """A verb that was asked for by key or mouse; it waits its turn behind the scans before it."""

    verb: str


@dataclass(frozen=True, slots=True)
class Job:
    """An answer to a dialog, to be dealt with in its turn."""

    run: Callable[[], Awaitable[None]]


Item = Label | Command | Job


def verb_of(item: Item) -> str:
    """The verb that was asked for; "" where it is no command."""
    if isinstance(item, Command):
        return item.verb
    return item.value if isinstance(item, Label) and item.kind is LabelKind.COMMAND else ""


class Turns:
    """The one queue. Answers belong to what is in hand, so they go before the scans that wait."""

    def __init__(self) -> None:
        self._todo: asyncio.PriorityQueue[tuple[int, int]] = asyncio.PriorityQueue()
        self._items: dict[int, Item] = {}
        self._turns = count()
        self.current: Item | None = None
        """What is being dealt with now, or was last."""
        self.dealing = True
        """Whether something is being dealt with; at first that is the opening of the store."""

    def add(self, item: Item, *, in_turn: bool = False) -> None:
        """Lines up something; `in_turn`: behind the scans that wait, whatever it is."""
        turn = next(self._turns)
        self._items[turn] = item
        first = isinstance(item, Job) and not in_turn
        self._todo.put_nowait((0 if first else 1, turn))

    async def next(self) -> Item:
        """The next one, as soon as there is one."""
        _, turn = await self._todo.get()
        self.current = self._items.pop(turn)
        return self.current

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self._items

    @property
    def idle(self) -> bool:
        """Whether every scan, command and answer so far has been dealt with."""
        return self.empty and not self.dealing

    @property
    def scans(self) -> list[str]:
        """The scans that wait, in their order."""
        return [item.raw for item in self._items.values() if isinstance(item, Label)]

    @property
    def keys(self) -> int:
        """How many keys (and clicks) wait."""
        return sum(isinstance(item, Command) for item in self._items.values())

    def words(self) -> str:
        """How many wait: 3 scans and 1 key wait; "" where none does."""
        parts = [
            f"{number} {word}{'' if number == 1 else 's'}"
            for number, word in ((len(self.scans), "scan"), (self.keys, "key"))
            if number
        ]
        alone = len(self.scans) + self.keys == 1
        return f"{' and '.join(parts)} wait{'s' if alone else ''}" if parts else ""
