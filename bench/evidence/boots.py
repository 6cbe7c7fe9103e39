"""Boots on a console: where each began, how far it came, boot loops, and silence.

A boot begins with a banner; more of them follow in the same boot. A banner that came already is a
new boot, and so is a loader's after the kernel, and any after the boot was over.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bench.datafile import Table
from bench.evidence.rows import Row, prove, read_row, unique

LOOP_BOOTS = 3
"""The same banner so often within `LOOP_NS` is a boot loop."""
KERNEL = 3
"""The stage of a kernel's banner; lower ones are of loaders."""
LOOP_NS = 5 * 60 * 1_000_000_000
MOST = 50
"""Boots that are kept, the latest; all are counted."""


@dataclass(frozen=True, slots=True)
class BootRow(Row):
    """A banner with which a stage of a boot begins (an entry of data/console_facts.toml)."""

    name: str
    stage: int


@dataclass(frozen=True, slots=True)
class ReachedRow(Row):
    """A line that comes only when the boot is over (an entry of data/console_facts.toml)."""

    name: str


@dataclass(frozen=True, slots=True)
class Boot:
    """One boot: its first banner and where that stood, and what it reached ("" for nothing yet)."""

    name: str
    stage: int
    offset: int
    wall_ns: int
    line: int
    reached: str = ""
    reached_ns: int = 0
    reached_line: int = 0
    banners: frozenset[str] = frozenset()

    def goes_on_with(self, row: BootRow) -> bool:
        """Whether a banner is the next stage of this boot; the kernel's and the system's may come
        in either order, and two loaders of one stage one after the other."""
        loader_again = row.stage < self.stage and row.stage < KERNEL
        return not self.reached and row.id not in self.banners and not loader_again


@dataclass(frozen=True, slots=True)
class BootLoop:
    """The same banner again and again; `came_up`: in between it had reached a prompt."""

    name: str
    count: int
    first_ns: int
    last_ns: int
    came_up: bool


class Where(StrEnum):
    """Where a console fell silent."""

    LINE = "in the middle of a line"
    BOOT = "in the middle of its start"


@dataclass(frozen=True, slots=True)
class Silence:
    """A console that says nothing where it should; `text` is what it said last, cleaned."""

    where: Where
    since_ns: int
    seconds: int
    text: str


@dataclass(slots=True)
class _Banner:
    count: int = 0
    first_ns: int = 0
    times: deque[int] = field(default_factory=lambda: deque(maxlen=LOOP_BOOTS))


class Boots:
    """The boots of one console so far."""

    def __init__(self) -> None:
        self.count = 0
        self.loop: BootLoop | None = None
        """The boot loop that was seen last."""
        self._boots: deque[Boot] = deque(maxlen=MOST)
        self._banners: dict[str, _Banner] = {}
        self._reached_ns = -1

    @property
    def all(self) -> tuple[Boot, ...]:
        """The latest boots, in order."""
        return tuple(self._boots)

    @property
    def latest(self) -> Boot | None:
        """The boot that goes on, or was the last."""
        return self._boots[-1] if self._boots else None

    def banner(self, row: BootRow, offset: int, wall_ns: int, line: int) -> None:
        """A banner was seen: a new boot, or the next stage of the same."""
        now = self.latest
        if now and now.goes_on_with(row):
            stage = max(now.stage, row.stage)
            self._boots[-1] = replace(now, stage=stage, banners=now.banners | {row.id})
        else:
            banners = frozenset({row.id})
            boot = Boot(row.name, row.stage, offset, wall_ns, line, banners=banners)
            self._boots.append(boot)
            self.count += 1
        self._count(row, wall_ns)

    def _count(self, row: BootRow, wall_ns: int) -> None:
        banner = self._banners.setdefault(row.id, _Banner())
        if not banner.times or abs(wall_ns - banner.times[-1]) > LOOP_NS:
            banner.count, banner.first_ns = 0, wall_ns
            banner.times.clear()
        banner.count += 1
        banner.times.append(wall_ns)
        if len(banner.times) < LOOP_BOOTS or abs(wall_ns - banner.times[0]) > LOOP_NS:
            return
        known = self.loop
        if known and known.name != row.name and known.last_ns >= banner.first_ns:
            return  # the banners of one loop's later stages
        first = banner.first_ns
        self.loop = BootLoop(row.name, banner.count, first, wall_ns, self._reached_ns >= first)

    def reached(self, name: str, wall_ns: int, line: int) -> None:
        """The boot has come to where it waits for a person."""
        now = self.latest
        if now and not now.reached:
            self._reached_ns = wall_ns
            self._boots[-1] = replace(now, reached=name, reached_ns=wall_ns, reached_line=line)


def read_boots(table: Table) -> tuple[tuple[BootRow, ...], tuple[ReachedRow, ...]]:
    """The rows `[[boot]]` and `[[reached]]` of a table, proved; raises DataError."""
    boots = tuple(_boot_row(entry) for entry in table.tables("boot"))
    reached = tuple(_reached_row(entry) for entry in table.tables("reached"))
    unique(table, "boot", boots)
    unique(table, "reached", reached)
    return boots, reached


def _boot_row(entry: Table) -> BootRow:
    row = read_row(entry)
    prove(entry, row)
    stage = entry.number("stage", 1, 4)
    made = BootRow(row.id, row.needs, row.also, row.pattern, entry.text("name"), stage)
    entry.done()
    return made


def _reached_row(entry: Table) -> ReachedRow:
    row = read_row(entry)
    prove(entry, row)
    made = ReachedRow(row.id, row.needs, row.also, row.pattern, entry.text("name"))
    entry.done()
    return made
