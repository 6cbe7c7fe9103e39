"""What a console says, understood as it comes: facts, failures, boots, and how the unit stands.

Pure and incremental: whole lines are fed in once, the unfinished last line as often as it grows.
Nothing that a console sends can make this grow without bound or run long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from bench.datafile import Table
from bench.evidence.boots import (
    LOOP_NS,
    BootLoop,
    BootRow,
    Boots,
    ReachedRow,
    Silence,
    Where,
    read_boots,
)
from bench.evidence.facts import FactRow, Facts, read_facts
from bench.evidence.failures import Failure, Failures, Severity, Signature, load_failures
from bench.evidence.rows import LINE_LIMIT, Prefilter, Row, shown
from bench.evidence.script_steps import Manner

SILENCE_SECONDS = 120
"""After so long without a byte a boot hangs, where the console's profile does not say."""
LOADER = "loader"
"""The name of a loader's prompt in data/console.toml."""
NOT_OVER = (LOADER, "pager", "wake")
"""Prompts that do not say that a boot is over: loaders ask for keys too."""
_ASKS = (":", ">", "#", "$", "?", "%", "]")
"""Ends of a line that asks for something, in a prompt that no profile knows."""
_SECOND_NS = 1_000_000_000


class ConsoleLine(Protocol):
    """What is needed of a line: its number, where and when it began, and its plain text."""

    @property
    def number(self) -> int:
        """From 0."""
        ...

    @property
    def offset(self) -> int:
        """Of its first byte."""
        ...

    @property
    def wall_ns(self) -> int:
        """When its first byte came, as ns since 1970 UTC."""
        ...

    @property
    def text(self) -> str:
        """Without line end and escape sequences."""
        ...


class State(StrEnum):
    """How the unit on a console stands, for the technician."""

    NOTHING = "nothing heard yet"
    TALKING = "sends text"
    BOOTING = "starts"
    UP = "is up"
    LOADER = "stopped in the loader"
    HUNG = "hangs"
    LOOPING = "starts again and again"


@dataclass(frozen=True, slots=True)
class Tables:
    """All that is known of consoles; one for all ports."""

    facts: tuple[FactRow, ...]
    boots: tuple[BootRow, ...]
    reached: tuple[ReachedRow, ...]
    failures: tuple[Signature, ...]
    prefilter: Prefilter


def load_tables(facts_file: Path, failures_file: Path, checks: Iterable[str] = ()) -> Tables:
    """Reads console_facts.toml and failures.toml, or a site's own copies; raises DataError.

    `checks`: the ids of the check list that failures may name; none given: any.
    """
    table = Table.read(facts_file)
    facts = read_facts(table)
    boots, reached = read_boots(table)
    table.done()
    failures = load_failures(failures_file, checks)
    prefilter = Prefilter((*boots, *reached, *facts, *failures))
    return Tables(facts, boots, reached, failures, prefilter)


class Understanding:
    """What one console has said so far.

    `manner`: the prompts of the console's profile; `silence_seconds`: after how long without a
    byte it hangs, in the middle of a line or of a boot.
    """

    def __init__(
        self,
        tables: Tables,
        manner: Manner | None = None,
        silence_seconds: int = SILENCE_SECONDS,
    ) -> None:
        self._tables, self._manner, self.silence_seconds = tables, manner, silence_seconds
        self.facts, self.boots, self._failures = Facts(), Boots(), Failures()
        self.first_failure: Failure | None = None
        """The first bad one, as it stood when it was seen."""
        self._heard_ns, self._half, self._last = 0, "", ""
        self._prompt = ""
        self._half_failed: tuple[int, str] | None = None

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The different failures, in the order in which they were first said."""
        return tuple(self._failures)

    @property
    def failures_left_out(self) -> int:
        """How many failures were not kept because there were too many different ones."""
        return self._failures.left_out

    @property
    def boot_loop(self) -> BootLoop | None:
        """The boot loop that was seen last."""
        return self.boots.loop

    @property
    def prompt(self) -> str:
        """The name of the prompt that the console waits at; "" where it does not."""
        return self._prompt

    @property
    def last_line(self) -> str:
        """What the console said last, cleaned: the unfinished line, or the last that has text."""
        return shown(self._half) or self._last

    def feed(self, lines: Iterable[ConsoleLine]) -> tuple[Failure, ...]:
        """Takes the next whole lines, each once; returns the failures that are new."""
        batch = list(lines)
        return self.feed_texts([line.text for line in batch], batch.__getitem__)

    def feed_texts(
        self, texts: Sequence[str], line: Callable[[int], ConsoleLine]
    ) -> tuple[Failure, ...]:
        """The same for the texts of the next whole lines; `line` gives one of them by its place
        in `texts`, and is asked for few."""
        if not texts:
            return ()
        before = len(self._failures)
        for place, rows in self._tables.prefilter.candidates(texts):
            self._look(line(place), rows)
        self._failures.follow(line(0).number, texts)
        self._heard_ns = max(self._heard_ns, line(len(texts) - 1).wall_ns)
        self._half, self._prompt = "", ""
        last = next((text for text in reversed(texts[-50:]) if text.strip()), "")
        self._last = shown(last) or self._last
        return self.failures[before:]

    def unfinished(self, line: ConsoleLine | None, heard_ns: int = 0) -> tuple[Failure, ...]:
        """Takes the last line as it stands without its end (None: there is none).

        `heard_ns`: when the last byte came. Returns the failures that are new. The same line may
        come again, longer or whole: nothing is counted twice.
        """
        self._heard_ns = max(self._heard_ns, heard_ns, line.wall_ns if line else 0)
        text = line.text[:LINE_LIMIT] if line else ""
        if line is None or text == self._half:
            self._half, self._prompt = text, self._prompt if text else ""
            return ()
        before = len(self._failures)
        self._half, self._prompt = text, self._named(text)
        for _, rows in self._tables.prefilter.candidates([text]):
            self._look(line, rows, whole=False)
        if self._prompt and self._prompt not in NOT_OVER:
            self.boots.reached(self._prompt, self._heard_ns, line.number)
        return self.failures[before:]

    def silence(self, now_ns: int) -> Silence | None:
        """Whether the console has fallen silent where it should not; None where all is well."""
        boot = self.boots.latest
        seconds = (now_ns - self._heard_ns) // _SECOND_NS
        if not self._heard_ns or seconds < self.silence_seconds or self._prompt:
            return None
        half, over = self._half.strip(), boot is None or bool(boot.reached)
        if half and not (over and half.endswith(_ASKS)):
            return Silence(Where.LINE, self._heard_ns, seconds, self.last_line)
        if not over:
            return Silence(Where.BOOT, self._heard_ns, seconds, self.last_line)
        return None

    def state(self, now_ns: int) -> State:
        """How the unit stands at a moment (ns since 1970 UTC)."""
        boot, loop = self.boots.latest, self.boots.loop
        if not self._heard_ns:
            return State.NOTHING
        if self._prompt:
            return State.LOADER if self._prompt == LOADER else State.UP
        if loop and boot and not boot.reached and now_ns - loop.last_ns <= LOOP_NS:
            return State.LOOPING
        if self.silence(now_ns):
            return State.HUNG
        if boot is None:
            return State.TALKING
        return State.UP if boot.reached else State.BOOTING

    def _named(self, text: str) -> str:
        if not self._manner:
            return ""
        names = (name for name in self._manner.prompts if name not in ("refused", "unknown"))
        return self._manner.named(text, sorted(names, key=lambda name: name != LOADER))

    def _look(self, line: ConsoleLine, rows: Iterable[Row], whole: bool = True) -> None:
        """Tries rows on a line; of failures only the first that fits counts."""
        text, failed = line.text[:LINE_LIMIT], False
        for row in rows:
            if isinstance(row, Signature):
                failed = failed or self._failure(line, text, row, whole)
            elif isinstance(row, ReachedRow):
                if row.pattern.search(text):
                    self._arrived(row, line, whole)
            elif not whole:  # the rest of a value, or of a banner, may still come
                continue
            elif isinstance(row, FactRow):
                fact = row.fact(text, line.offset, line.wall_ns, line.number)
                if fact:
                    self.facts.add(fact)
            elif isinstance(row, BootRow) and row.pattern.search(text):
                self.boots.banner(row, line.offset, line.wall_ns, line.number)

    def _arrived(self, row: ReachedRow, line: ConsoleLine, whole: bool) -> None:
        self.boots.reached(row.name, line.wall_ns, line.number)
        if not whole and not self._prompt:
            self._prompt = row.id

    def _failure(self, line: ConsoleLine, text: str, row: Signature, whole: bool) -> bool:
        title = row.title_in(text)
        if title is None:
            return False
        if self._half_failed == (line.number, row.id):
            return True
        self._half_failed = None if whole else (line.number, row.id)
        failure = Failure(
            *(row.id, title, row.severity, row.check, row.means),
            *(line.offset, line.wall_ns, line.number, shown(text)),
        )
        new = self._failures.add(failure)
        if new and not self.first_failure and row.severity is Severity.BAD:
            self.first_failure = failure
        return True
