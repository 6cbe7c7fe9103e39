"""`bench verify`: whether every unit's history is whole, told in words; on two processors."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from bench.store.comparing import compare
from bench.store.errors import NotPrepared, StoreError
from bench.store.places import shown
from bench.store.proof import Chains, Fault, Faults, event_pages, table_faults
from bench.store.snapshot import Snapshot, open_snapshot
from bench.workflow.sums import Sums, label_faults

Told = Callable[[str, float], None]
"""Hears what is being done, and how much of it is done, from 0 to 1."""
WORTH_TWO = 200_000
"""Events from which on a second process is worth its start."""


@dataclass(frozen=True, slots=True)
class Name:
    """What a unit and an RMA are called."""

    serial: str = ""
    brand: str = ""
    number: str = ""


@dataclass(slots=True)
class Findings:
    """What came out. All is well where `count` is 0."""

    events: int = 0
    units: int = 0
    rmas: int = 0
    """RMAs whose fields were compared with their events; 0 where that was not asked for."""
    broken: Faults = field(default_factory=Faults)
    """Units whose chain is broken."""
    differing: Faults = field(default_factory=Faults)
    """RMAs that are not what their events add up to."""
    missing: Faults = field(default_factory=Faults)
    """Units whose history is not the one of the backup."""
    tables: list[str] = field(default_factory=list)
    """What the database's own checks found."""
    names: dict[tuple[str, str | None], Name] = field(default_factory=dict)
    """By unit id and RMA id, for each fault that is named."""

    @property
    def count(self) -> int:
        """How many faults."""
        faults = self.broken.count + self.differing.count + self.missing.count
        return faults + len(self.tables)

    def name(self, fault: Fault) -> Name:
        """What the unit and the RMA of a fault are called."""
        return self.names.get((fault.unit_id, fault.rma_id), Name())


def prove(
    where: Path | str,
    *,
    deep: bool = False,
    backup: Path | None = None,
    told: Told | None = None,
    processes: int = 0,
) -> Findings:
    """Goes through everything. `processes`: 0 for as many as are worth it.

    Raises StoreError where the database cannot be opened or read at all, and OSError.
    """
    say = told or (lambda what, part: None)
    with open_snapshot(where) as snapshot:
        if not snapshot.chained():
            raise NotPrepared(shown(where), "the proof of the events")
        total = snapshot.number("SELECT count(*) FROM event")
        findings = Findings()
        many = processes or (2 if total >= WORTH_TWO and (os.cpu_count() or 1) > 1 else 1)
        for part in _parts(where, snapshot, total, many, deep, say):
            findings.events += part.events
            findings.units += part.units
            findings.rmas += part.rmas
            findings.broken.join(part.broken)
            findings.differing.join(part.differing)
        say("checking the tables", 0)
        findings.tables = table_faults(snapshot) + (label_faults(snapshot) if deep else [])
        if backup is not None:
            findings.missing = compare(
                snapshot, backup, lambda done: say("comparing with the backup", done / (total or 1))
            )
        for faults in (findings.broken, findings.differing, findings.missing):
            for fault in faults.named:
                findings.names[fault.unit_id, fault.rma_id] = _name(snapshot, fault)
    return findings


def _name(snapshot: Snapshot, fault: Fault) -> Name:
    unit = snapshot.rows("SELECT serial, brand FROM unit WHERE id = ?", [fault.unit_id])
    rma = snapshot.rows("SELECT number FROM rma WHERE id = ?", [fault.rma_id or ""])
    serial, brand = unit[0] if unit else (fault.unit_id, "")
    return Name(serial, brand, rma[0][0] if rma else "")


# --- the parts


def _parts(
    where: Path | str, snapshot: Snapshot, total: int, many: int, deep: bool, say: Told
) -> Sequence[Findings]:
    if many < 2:
        return [_part(snapshot, "", None, deep, lambda done: say(_WHAT, done / (total or 1)))]
    sql = "SELECT unit_id FROM event ORDER BY unit_id LIMIT 1 OFFSET ?"
    marks = [snapshot.rows(sql, [total * n // many])[0][0] for n in range(1, many)]
    bounds = list(zip(["", *marks], [*marks, None], strict=True))
    return _Workers(where, bounds, deep, total, say).run()


_WHAT = "proving the events"


def _part(
    snapshot: Snapshot, low: str, high: str | None, deep: bool, told: Callable[[int], None]
) -> Findings:
    """The units from `low` to before `high`."""
    chains, sums = Chains(), Sums(snapshot, low, high) if deep else None
    for page in event_pages(snapshot.rows, low, high):
        chains.feed(page)
        if sums is not None:
            sums.feed(page)
        told(chains.events)
    found = Findings(chains.events, chains.units, broken=chains.faults)
    if sums is not None:
        sums.end()
        found.rmas, found.differing = sums.rmas, sums.faults
    return found


class _Workers:
    """A process for each part; all of them end with this one."""

    def __init__(
        self,
        where: Path | str,
        bounds: list[tuple[str, str | None]],
        deep: bool,
        total: int,
        say: Told,
    ) -> None:
        self._total, self._say = total, say
        self._done = [0] * len(bounds)
        self._found: list[Findings | None] = [None] * len(bounds)
        spawn = multiprocessing.get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes = []
        for low, high in bounds:
            mine, theirs = spawn.Pipe(duplex=False)
            process = spawn.Process(target=_work, args=(theirs, where, low, high, deep))
            process.daemon = True
            process.start()
            theirs.close()
            self._pipes.append(mine)
            self._processes.append(process)

    def run(self) -> list[Findings]:
        """Waits for all parts. Raises the StoreError of the first one that fails."""
        try:
            open_pipes = list(self._pipes)
            while open_pipes:
                for pipe in wait(open_pipes):
                    assert isinstance(pipe, Connection)
                    if self._hear(pipe):
                        open_pipes.remove(pipe)
        finally:
            for process in self._processes:
                process.terminate()
                process.join()
        return [found for found in self._found if found is not None]

    def _hear(self, pipe: Connection) -> bool:
        number = self._pipes.index(pipe)
        try:
            said = pipe.recv()
        except EOFError:
            raise StoreError("A part of the proof ended too early.", "Do it again.") from None
        if isinstance(said, int):
            self._done[number] = said
            self._say(_WHAT, sum(self._done) / (self._total or 1))
            return False
        if isinstance(said, Findings):
            self._found[number] = said
            return True
        raise StoreError(*said)


def _work(pipe: Any, where: Path | str, low: str, high: str | None, deep: bool) -> None:
    """One part, in a process of its own; a Ctrl+C is for the process that asked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with closing(pipe):
        try:
            with open_snapshot(where) as snapshot:
                pipe.send(_part(snapshot, low, high, deep, pipe.send))
        except StoreError as error:
            pipe.send((error.what, error.todo))
        except BrokenPipeError:
            return
